using System.Diagnostics;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Experiments.Engines;
using Harness.Hosts;

namespace Harness.Experiments.Hosting;

/// <summary>
/// A module that is compiled and instantiated, and not run: all that it imports are functions that fail when they are called. An iteration makes a module of the
/// bytes and an instance of it, and gives what that exports.
/// </summary>
internal sealed class StubHost(WorkerProgram program, EngineOptions options) : ProgramHost(program, options)
{
    private byte[] _bytes = [];
    private Store? _store;

    public override void Load() => _bytes = File.ReadAllBytes(Program.Module!);

    public override ProgramOutput Iterate()
    {
        // The instance that was made last stays, so that it can be explained.
        if (_store is not null)
        {
            CloseStore(_store);
        }

        _store = OpenStore();
        var start = Stopwatch.GetTimestamp();
        Compile(_bytes);
        var elapsed = Stopwatch.GetElapsedTime(start);
        var imports = MakeStubs();
        start = Stopwatch.GetTimestamp();
        Instantiate(_store, imports);
        elapsed += Stopwatch.GetElapsedTime(start);
        return new ProgramOutput
        {
            Text = string.Concat(Module.Exports.Select(export => $"{export.Kind.ToString().ToLowerInvariant()} {export.Name}\n")),
            TimedMilliseconds = elapsed.TotalMilliseconds,
        };
    }

    private Imports MakeStubs()
    {
        var imports = HostModules.CreateStringImports();
        foreach (var import in Module.Imports)
        {
            if (import.Kind != ExternalKind.Function)
            {
                throw new ProgramException($"the host stubs has functions only, and the module imports the {import.Kind.ToString().ToLowerInvariant()} '{import.Name}' from '{import.ModuleName}'");
            }

            imports.Define(import.ModuleName, import.Name, (_, _, _) => throw new ProgramException($"the module calls '{import.Name}' of '{import.ModuleName}', which is a stub"));
        }

        return imports;
    }
}
