using System.Globalization;
using System.Text;
using Harness.Dart;
using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics;
using Harness.Engine.Runtime;
using Harness.Experiments.Engines;
using Harness.Experiments.Explaining;
using Harness.Experiments.Workloads;
using Harness.Hosts;

namespace Harness.Experiments.Hosting;

/// <summary>
/// A module of the Dart compiler. An iteration is a call of a function that it exports, all in one instance, or a run of its <c>main</c> in
/// an instance of its own with the program's arguments, whose output is the result.
/// </summary>
internal sealed class DartProgramHost(WorkerProgram program, EngineOptions options) : ProgramHost(program, options)
{
    private readonly StringBuilder _printed = new();
    private readonly StringBuilder _complained = new();
    private Lazy<SourceMap?>? _map;
    private Store? _store;

    private bool RunsMain => string.Equals(Program.Iteration, nameof(IterationKind.Instance), StringComparison.OrdinalIgnoreCase);

    public override void Load()
    {
        base.Load();
        if (!RunsMain)
        {
            Open();
        }
    }

    public override ProgramOutput Iterate()
    {
        _printed.Clear();
        _complained.Clear();
        if (!RunsMain)
        {
            var call = Program.Timed!;
            var results = Instance!.GetFunction(call.Function).Invoke([.. call.Arguments.Select(text => WasmLiterals.ToValue(TypedLiteral.Parse(text)))]);
            return new ProgramOutput { Text = _printed.ToString(), ErrorText = _complained.ToString(), Results = results };
        }

        // The instance that ran last stays, so that it can be explained.
        if (_store is not null)
        {
            CloseStore(_store);
        }

        var exitCode = DartHost.RunMain(Open());
        var text = _printed.ToString();
        return new ProgramOutput { Text = text, Bytes = Encoding.UTF8.GetBytes(text), ErrorText = _complained.ToString(), ExitCode = exitCode };
    }

    private Instance Open()
    {
        _store = OpenStore();
        _map ??= new Lazy<SourceMap?>(() => SourceMapFile.Find(Program.Module!, Module));
        var host = new DartHost(Into(_printed), Into(_complained), _map, Program.Arguments);
        var instance = Instantiate(_store, host.CreateImports());
        host.Attach(instance);
        return instance;
    }

    private static StringWriter Into(StringBuilder text) => new(text, CultureInfo.InvariantCulture);
}
