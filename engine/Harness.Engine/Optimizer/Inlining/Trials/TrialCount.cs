using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Inlining.Trials;

/// <summary>
/// What a graph consists of: its nodes, and by kind how many are executed in a call. A node that is not always executed counts by the frequency of its block; one in a loop counts once.
/// </summary>
internal readonly record struct TrialCount
{
    /// <summary>The high byte of the optimizer's own operators.</summary>
    private const int OwnOperators = 0xE0;

    /// <summary>Nodes that become code, branches among them; calls and allocations count by <see cref="NodeEstimates"/>, as they do where nothing is built.</summary>
    public int Nodes { get; private init; }

    /// <summary>What allocations have of <see cref="Nodes"/>.</summary>
    public int AllocationNodes { get; private init; }

    /// <summary>Objects that are made, wherever that is.</summary>
    public int Allocations { get; private init; }

    /// <summary>Operations on values.</summary>
    public double Operations { get; private init; }

    /// <summary>Branches.</summary>
    public double Branches { get; private init; }

    /// <summary>Type tests, casts, and checks that trap.</summary>
    public double Tests { get; private init; }

    /// <summary>Loads and stores of fields and elements.</summary>
    public double Accesses { get; private init; }

    /// <summary>Calls through a reference.</summary>
    public double ReferenceCalls { get; private init; }

    /// <summary>Counts a graph.</summary>
    public static TrialCount Of(Graph graph)
    {
        var nodes = 0;
        var allocationNodes = 0;
        var allocations = 0;
        double operations = 0;
        double branches = 0;
        double tests = 0;
        double accesses = 0;
        double calls = 0;
        foreach (var block in graph.Analyses.Order)
        {
            var weight = Math.Min(1, block.Frequency);
            foreach (var id in block.Nodes)
            {
                var op = graph[id].Op;
                if (IsFree(op))
                {
                    continue;
                }

                nodes++;
                switch (op)
                {
                    case IrOp.NewStruct or IrOp.NewArray or IrOp.NewArrayFixed:
                        allocations++;
                        allocationNodes += NodeEstimates.Allocation + graph[id].InputCount;
                        break;
                    case IrOp.RefTest or IrOp.RefCast or IrOp.TrapIf or IrOp.TrapUnless or Opcode.RefIsNull or IrOp.ReferenceEqual:
                        tests += weight;
                        break;
                    case IrOp.CallReference:
                        nodes += CallNodes(graph[id].InputCount - 1) - 1;
                        calls += weight;
                        break;
                    case IrOp.CallDirect or IrOp.CallBuiltin:
                        nodes += CallNodes(graph[id].InputCount) - 1;
                        break;
                    case Opcode.ArrayLen:
                        accesses += weight;
                        break;
                    default:
                        var isAccess = (int)op >> 8 != OwnOperators && OpcodeTable.GetAccess(op).IsObject;
                        accesses += isAccess ? weight : 0;
                        operations += isAccess ? 0 : weight;
                        break;
                }
            }

            switch (block.Terminator.Kind)
            {
                case TerminatorKind.Branch or TerminatorKind.Switch:
                    nodes++;
                    branches += weight;
                    break;
                case TerminatorKind.TailCall:
                    nodes += CallNodes(block.Terminator.Values.Length);
                    break;
                case TerminatorKind.Throw:
                    nodes++;
                    break;
            }
        }

        return new TrialCount
        {
            Nodes = nodes - allocations + allocationNodes,
            AllocationNodes = allocationNodes,
            Allocations = allocations,
            Operations = operations,
            Branches = branches,
            Tests = tests,
            Accesses = accesses,
            ReferenceCalls = calls,
        };
    }

    private static int CallNodes(int arguments) => NodeEstimates.Call + arguments;

    /// <summary>Whether a node becomes no code of its own, or is there whether the function is inlined or not.</summary>
    private static bool IsFree(Opcode op) => OperatorTable.IsConstant(op)
        || op is IrOp.Nop or IrOp.Alias or IrOp.Argument or IrOp.Narrow or IrOp.Projection or IrOp.TypeId or IrOp.TypeAndIndex or IrOp.FunctionAddress or IrOp.UseFuel or IrOp.LoopStackCheck
            or IrOp.LoopEpochCheck;
}
