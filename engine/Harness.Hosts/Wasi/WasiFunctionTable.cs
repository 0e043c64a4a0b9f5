using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Hosts.Wasi;

/// <summary>A function of WASI: works on the arguments' bits, and fails with a <see cref="WasiErrorException"/>.</summary>
/// <param name="memory">The calling program's memory.</param>
/// <param name="arguments">The bits of the arguments; the high half of 32-bit ones is zero.</param>
internal delegate void WasiFunction(GuestMemory memory, ReadOnlySpan<ulong> arguments);

/// <summary>All functions of WASI by name, as functions of the host.</summary>
internal sealed class WasiFunctionTable
{
    private const string MemoryName = "memory";
    private Instance? _instance;
    private GuestMemory _memory;
    private bool _hasFixedMemory;

    /// <summary>The functions.</summary>
    public Dictionary<string, HostFunction> Functions { get; } = [];

    /// <summary>Guards what the functions work on while a program has several threads.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Is cancelled when a program with several threads ends; null of a program that has one.</summary>
    public CancellationToken? Ending { get; set; }

    /// <summary>Adds a function that returns an error number.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="parameters">A letter for each parameter: <c>i</c> for i32, <c>l</c> for i64.</param>
    /// <param name="function">What it does.</param>
    /// <param name="waits">Whether it lets other threads call functions meanwhile, and takes <see cref="Gate"/> itself where it must.</param>
    public void Add(string name, string parameters, WasiFunction function, bool waits = false)
    {
        var types = new ValueType[parameters.Length];
        for (var i = 0; i < types.Length; i++)
        {
            types[i] = parameters[i] == 'l' ? ValueType.I64 : ValueType.I32;
        }

        var type = FunctionType.Of(types, [ValueType.I32]);
        Functions.Add(name, HostFunction.Create(type, (caller, slots) =>
        {
            try
            {
                ReadOnlySpan<ulong> arguments = slots[..parameters.Length];
                if (Ending is null)
                {
                    function(MemoryOf(caller), arguments);
                }
                else
                {
                    CallOnThread(function, caller, arguments, waits);
                }

                slots[0] = (ulong)Errno.Success;
            }
            catch (WasiErrorException error)
            {
                slots[0] = (ulong)error.Error;
            }
        }));
    }

    /// <summary>Says which memory the functions work on, whatever calls them.</summary>
    public void UseMemory(Memory memory)
    {
        _memory = new GuestMemory(memory);
        _hasFixedMemory = true;
    }

    private void CallOnThread(WasiFunction function, HostCaller caller, ReadOnlySpan<ulong> arguments, bool waits)
    {
        GuestMemory memory;
        lock (Gate)
        {
            memory = MemoryOf(caller);
            if (!waits)
            {
                function(memory, arguments);
                return;
            }
        }

        function(memory, arguments);
    }

    /// <summary>The memory of the instance that calls; of the last one that did if the host calls.</summary>
    /// <exception cref="ProgramException">There is none.</exception>
    private GuestMemory MemoryOf(HostCaller caller)
    {
        if (_hasFixedMemory)
        {
            return _memory;
        }

        if (caller.Instance is { } instance && instance != _instance)
        {
            if (instance.Export(MemoryName) is not Memory memory)
            {
                throw new ProgramException($"the program calls WASI but exports no memory \"{MemoryName}\"");
            }

            _memory = new GuestMemory(memory);
            _instance = instance;
        }

        return _instance is not null ? _memory : throw new ProgramException("a function of WASI was called by no instance");
    }
}
