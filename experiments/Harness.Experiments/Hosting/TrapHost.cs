using Harness.Engine.Configuration;
using Harness.Engine.Runtime;
using Harness.Experiments.Costs;
using Harness.Experiments.Engines;
using Harness.Hosts;

namespace Harness.Experiments.Hosting;

/// <summary>A module whose export <c>descend</c> calls itself to a depth and traps or returns there. An iteration measures <see cref="TrapCost"/>.</summary>
internal sealed class TrapHost(WorkerProgram program, EngineOptions options, bool checks) : ProgramHost(program, options)
{
    public override ProgramOutput Iterate()
    {
        var store = OpenStore();
        var descend = Instantiate(store, new Imports()).GetFunction("descend");
        return new ProgramOutput { Text = TrapCost.Measure(Trap, depth => descend.Invoke(depth, 0)[0].AsI32(), checks) };

        int Trap(int depth)
        {
            try
            {
                descend.Invoke(depth, 1);
                return 0;
            }
            catch (WasmTrapException trap) when (trap.Kind == TrapKind.Unreachable)
            {
                return trap.CallStack.Count;
            }
        }
    }
}
