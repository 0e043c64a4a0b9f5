using Harness.Engine.Deoptimization;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Emission.Emitters;

/// <summary>Frame states as data: which frames they stand for, and where their values lie.</summary>
internal sealed class FrameStateDescriber(EmissionState state, OperandLocations locations)
{
    private readonly FrameStateValues _stateValues = new();
    private int _describedAt;
    private V128[]? _constantVectors;

    /// <summary>Begins with a function.</summary>
    public void Clear() => _constantVectors = null;

    /// <summary>
    /// The exit at an instruction's frame state: its frames, outermost first, and the objects to be made, with the places where their
    /// values lie at a position. The values are the instruction's last operands.
    /// </summary>
    public DeoptPoint DescribeExit(int frameState, ReadOnlySpan<LirOperand> operands, int at, DeoptReason reason)
    {
        var graph = state.Code.Graph;
        var depth = 0;
        for (var i = frameState; i >= 0; i = graph.FrameStates[i].Parent)
        {
            depth++;
        }

        _stateValues.Collect(graph, frameState);
        var leaves = operands[^_stateValues.Leaves.Count..];
        _describedAt = at;
        var frames = new DeoptFrame[depth];
        for (var i = frameState; i >= 0; i = graph.FrameStates[i].Parent)
        {
            var frame = graph.FrameStates[i];
            frames[--depth] = new DeoptFrame(
                frame.FunctionIndex,
                frame.BytecodeOffset,
                frame.Resume,
                frame.LocalCount,
                DescribeValues(frame.Values, ref leaves));
        }

        var objects = _stateValues.Objects.Count == 0 ? [] : new DeoptObject[_stateValues.Objects.Count];
        for (var i = 0; i < objects.Length; i++)
        {
            var id = _stateValues.Objects[i];
            objects[i] = new DeoptObject(graph[id].Aux, DescribeValues(graph.Inputs(id), ref leaves));
        }

        return new DeoptPoint(0, reason, frames, objects) { Vectors = ConstantVectors };
    }

    /// <summary>Describes values whose leaves come next.</summary>
    private ValueLocation[] DescribeValues(ReadOnlySpan<int> ids, ref ReadOnlySpan<LirOperand> leaves)
    {
        var places = new ValueLocation[ids.Length];
        for (var i = 0; i < places.Length; i++)
        {
            ref var node = ref state.Code.Graph[ids[i]];
            if (node.Op == IrOp.VirtualObject)
            {
                places[i] = ValueLocation.Made(_stateValues.NumberOf(ids[i]));
                continue;
            }

            places[i] = DescribeValue(leaves[0], node.Type);
            leaves = leaves[1..];
        }

        return places;
    }

    private ValueLocation DescribeValue(LirOperand operand, IrType type)
    {
        var kind = KindOf(type);
        if (operand.IsConstant)
        {
            return ValueLocation.Constant(Constants.RegisterBits(state.Code.Graph, operand.ConstantNode), kind);
        }

        var location = locations.LocationAt(operand.Value, _describedAt);
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
        IrType.V128 => ValueKind.V128,
        _ => ValueKind.Ref,
    };

    /// <summary>The vectors of the graph by number, for what is read when the graph is gone.</summary>
    private V128[] ConstantVectors => state.Code.Graph.HasVectors ? _constantVectors ??= state.Code.Graph.Vectors.ToArray() : [];
}
