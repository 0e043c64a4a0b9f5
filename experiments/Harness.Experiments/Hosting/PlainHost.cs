using Harness.Engine.Configuration;
using Harness.Experiments.Engines;
using Harness.Experiments.Workloads;
using Harness.Hosts;

namespace Harness.Experiments.Hosting;

/// <summary>A module that needs nothing but what the engine provides itself: an iteration is a call of its export.</summary>
internal sealed class PlainHost(WorkerProgram program, EngineOptions options) : ProgramHost(program, options)
{
    public override void Load()
    {
        base.Load();
        Instantiate(OpenStore(), HostModules.CreateStringImports());
    }

    public override ProgramOutput Iterate()
    {
        var call = Program.Timed!;
        return new ProgramOutput
        {
            Results = Instance!.GetFunction(call.Function).Invoke([.. call.Arguments.Select(text => WasmLiterals.ToValue(TypedLiteral.Parse(text)))]),
        };
    }
}
