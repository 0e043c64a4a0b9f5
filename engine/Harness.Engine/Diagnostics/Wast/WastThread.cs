using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Engine.Diagnostics.Wast;

/// <summary>The shared memories that an instance exports, by name: what a thread of a script sees of an instance that is not its own.</summary>
internal sealed class WastSharedInstance
{
    private readonly Dictionary<string, SharedMemory> _memories = [];

    /// <param name="instance">The instance.</param>
    public WastSharedInstance(Instance instance)
    {
        foreach (var export in instance.Module.Exports)
        {
            if (instance.Export(export) is Memory { Shared: { } shared })
            {
                _memories[export.Name] = shared;
            }
        }
    }

    /// <summary>Offers the memories for import.</summary>
    public void Register(string module, Imports imports)
    {
        foreach (var (name, memory) in _memories)
        {
            imports.Define(module, name, memory);
        }
    }
}

/// <summary>A thread of a script, with a store of its own on the script's engine.</summary>
internal sealed class WastThread
{
    /// <summary>How long a script waits for one of its threads before it interrupts it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly WastCommand.Thread _command;
    private readonly Thread _thread;
    private readonly Action _interrupt;
    private readonly WastTally _tally;

    /// <summary>Starts the thread.</summary>
    /// <param name="command">What it executes.</param>
    /// <param name="engine">The engine of the script.</param>
    /// <param name="shared">The instances that it knows, by name.</param>
    /// <param name="tally">What comes of its commands is added here.</param>
    public WastThread(WastCommand.Thread command, WasmEngine engine, IReadOnlyDictionary<string, WastSharedInstance> shared, WastTally tally)
    {
        _command = command;
        _tally = tally;
        var store = new Store(engine);
        _interrupt = store.Interrupt;
        _thread = new Thread(() => Run(store, shared), checked(engine.Options.StackSize * 1024)) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>Waits for the end of the thread; one that takes too long is interrupted, which is a failure.</summary>
    /// <returns>What came of its commands.</returns>
    public WastTally Join()
    {
        if (!_thread.Join(Patience))
        {
            // Each interrupt ends one command.
            do
            {
                _interrupt();
            }
            while (!_thread.Join(TimeSpan.FromMilliseconds(100)));
            _tally.Add(_command, WastOutcome.Failed($"the thread was still running after {Patience.TotalSeconds} s"));
        }

        return _tally;
    }

    private void Run(Store store, IReadOnlyDictionary<string, WastSharedInstance> shared)
    {
        using (store)
        {
            var session = new WastSession(store, shared, _tally);
            _tally.Execute(_command.Commands, session);
            session.JoinThreads();
        }
    }
}
