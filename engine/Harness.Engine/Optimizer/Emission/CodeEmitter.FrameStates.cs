using Harness.Engine.Deoptimization;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Optimizer.RegisterAllocation;

namespace Harness.Engine.Optimizer.Emission;

/// <content>Frame states: which frames they stand for, and where their values lie.</content>
internal sealed partial class CodeEmitter
{
    private readonly List<int> stateLeaves = [];
    private readonly Dictionary<int, DeoptObject> describedObjects = [];
    private int describedAt;

    /// <summary>How many of an instruction's operands, the last ones, are the values of a frame state.</summary>
    private int CountStateOperands(int frameState)
    {
        stateLeaves.Clear();
        FrameStateLeaves.Collect(code.Graph, frameState, stateLeaves);
        return stateLeaves.Count;
    }

    /// <summary>
    /// The frames of an instruction's frame state, outermost first, with the places where their values lie at a position.
    /// </summary>
    private DeoptFrame[] DescribeFrames(int frameState, ReadOnlySpan<LirOperand> operands, int at)
    {
        Graph graph = code.Graph;
        int depth = 0;
        for (int i = frameState; i >= 0; i = graph.FrameStates[i].Parent)
        {
            depth++;
        }

        ReadOnlySpan<LirOperand> leaves = operands[^CountStateOperands(frameState)..];
        describedAt = at;
        describedObjects.Clear();
        var frames = new DeoptFrame[depth];
        for (int i = frameState; i >= 0; i = graph.FrameStates[i].Parent)
        {
            FrameState state = graph.FrameStates[i];
            frames[--depth] = new DeoptFrame(
                state.FunctionIndex,
                state.BytecodeOffset,
                state.Resume,
                state.LocalCount,
                DescribeValues(state.Values, ref leaves));
        }

        return frames;
    }

    /// <summary>Describes values whose leaves come next.</summary>
    private ValueLocation[] DescribeValues(ReadOnlySpan<int> ids, ref ReadOnlySpan<LirOperand> leaves)
    {
        var locations = new ValueLocation[ids.Length];
        for (int i = 0; i < locations.Length; i++)
        {
            ref Node node = ref code.Graph[ids[i]];
            if (node.Op == IrOp.VirtualObject)
            {
                locations[i] = ValueLocation.Of(DescribeObject(ids[i], ref leaves));
                continue;
            }

            locations[i] = DescribeValue(leaves[0], node.Type);
            leaves = leaves[1..];
        }

        return locations;
    }

    private DeoptObject DescribeObject(int id, ref ReadOnlySpan<LirOperand> leaves)
    {
        if (!describedObjects.TryGetValue(id, out DeoptObject? described))
        {
            described = new DeoptObject(code.Graph[id].Aux, DescribeValues(code.Graph.Inputs(id), ref leaves));
            describedObjects.Add(id, described);
        }

        return described;
    }

    private ValueLocation DescribeValue(LirOperand operand, IrType type)
    {
        ValueKind kind = KindOf(type);
        if (operand.IsConstant)
        {
            return ValueLocation.Constant(Constants.RegisterBits(code.Graph, operand.ConstantNode), kind);
        }

        Location location = LocationAt(operand.Value, describedAt);
        return location.IsGpr ? ValueLocation.In(location.Gpr, kind)
            : location.IsXmm ? ValueLocation.In(location.Xmm, kind)
            : ValueLocation.OnStack(location.RbpOffset, kind);
    }

    private static ValueKind KindOf(IrType type) => type switch
    {
        IrType.I32 => ValueKind.I32,
        IrType.I64 => ValueKind.I64,
        IrType.F32 => ValueKind.F32,
        IrType.F64 => ValueKind.F64,
        _ => ValueKind.Ref,
    };
}
