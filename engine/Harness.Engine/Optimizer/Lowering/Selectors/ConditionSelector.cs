using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Numbers;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Vectors;
using Harness.Engine.X64;
using Comparisons = Harness.Engine.Optimizer.Passes.Comparisons;

namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>Comparisons, fused with what depends on them: those of numbers by the rules of conditions (<see cref="NumberConditions"/>).</summary>
internal sealed class ConditionSelector(
    SelectionState state, LirWriter writer, InstanceFields instance, OperandSelector operands, LoadFolding loads)
{
    /// <summary>A node that computes a comparison as a value.</summary>
    public void SelectCondition(int id)
    {
        var comparison = CompareNode(id, whenTrue: true, mayFault: true);
        ref var instruction = ref writer.Emit(LirOp.SetCondition, comparison.Size);
        writer.Def(state.Value(id));
        AddComparison(ref instruction, comparison);
    }

    /// <summary>A choice between two values.</summary>
    public void SelectSelect(int id)
    {
        var comparison = Compare(state.Graph.Input(id, 2), whenTrue: true, mayFault: false);
        var first = operands.Register(state.Graph.Input(id, 0));
        var second = operands.Register(state.Graph.Input(id, 1));
        var type = state.Graph[id].Type;
        ref var instruction = ref writer.Emit(LirOp.Select, comparison.Size);
        instruction.AccessSize = LirWriter.SizeOf(type);
        writer.Def(state.Value(id));
        writer.Use(first, OperandPlace.Any, OperandRole.UseLate);
        writer.Use(second, OperandPlace.Any, comparison.Condition >= FlagCondition.FloatEqual ? OperandRole.UseLate : OperandRole.Use);
        writer.Hint(state.Value(id), second);
        AddComparison(ref instruction, comparison);
    }

    /// <summary>The comparison to make for a condition: of a comparing node in this block, or with zero.</summary>
    /// <param name="id">The condition.</param>
    /// <param name="whenTrue">Whether the flags are to hold when it is not 0 or when it is 0.</param>
    /// <param name="mayFault">Whether an operand may be read from a memory.</param>
    public Comparison Compare(int id, bool whenTrue, bool mayFault)
    {
        // Each of several users makes the comparison anew: what is in a memory is loaded before, once for all of them.
        mayFault &= state.Nodes[id].Uses == 1;
        while (state.Graph[id].Op == Opcode.I32Eqz && state.IsInBlock(id) && IsComparison(state.Graph.Input(id, 0)))
        {
            id = state.Graph.Input(id, 0);
            whenTrue = !whenTrue;
            mayFault &= state.Nodes[id].Uses == 1;
        }

        return IsComparison(id) && state.IsInBlock(id)
            ? CompareNode(id, whenTrue, mayFault)
            : CompareWithZero(id, OpSize.Dword, isZero: !whenTrue, mayFault);
    }

    private bool IsComparison(int id) =>
        NumericForms.Of(state.Graph[id].Op).IsComparison
        || state.Graph[id].Op is Opcode.RefIsNull or IrOp.ReferenceEqual or IrOp.HasTag
        || (state.Graph[id].Op == IrOp.RefTest && TypeTest.Of(state.Graph, id).IsOneComparison)
        || (VectorOperators.IsVector(state.Graph[id].Op) && VectorSelections.Of(state.Graph[id].Op).IsTest);

    private Comparison CompareNode(int id, bool whenTrue, bool mayFault)
    {
        var op = state.Graph[id].Op;
        return op switch
        {
            Opcode.I32Eqz => Compare(state.Graph.Input(id, 0), !whenTrue, mayFault),
            Opcode.I64Eqz or Opcode.RefIsNull => CompareWithZero(state.Graph.Input(id, 0), OpSize.Qword, whenTrue, mayFault),
            IrOp.ReferenceEqual => CompareInputs(id, Opcode.I64Eq, whenTrue, mayFault),
            IrOp.RefTest => CompareType(id, whenTrue, mayFault),
            IrOp.HasTag => CompareTag(id, whenTrue),
            >= Opcode.V128Load => CompareVector(id, op, whenTrue),
            _ => CompareInputs(id, op, whenTrue, mayFault),
        };
    }

    private Comparison CompareWithZero(int id, OpSize size, bool isZero, bool mayFault) =>
        Choose(size == OpSize.Dword ? Opcode.I32Eq : Opcode.I64Eq, id, NumberConditions.Zero, isZero, mayFault);

    /// <summary>The comparison for a relation of a node's inputs: of integers, what can be a constant in an instruction is the right one.</summary>
    private Comparison CompareInputs(int id, Opcode op, bool whenTrue, bool mayFault)
    {
        var left = state.Graph.Input(id, 0);
        var right = state.Graph.Input(id, 1);
        if (NumericForms.Of(op).Kind == NumericFormKind.CompareIntegers
            && (Constants.IsConstant(state.Graph, left) || state.Graph[left].Op is IrOp.FunctionAddress or IrOp.TypeId))
        {
            (op, left, right) = (Comparisons.Swap(op), right, left);
        }

        return Choose(op, left, right, whenTrue, mayFault);
    }

    private Comparison Choose(Opcode op, int left, int right, bool whenTrue, bool mayFault)
    {
        var comparison = new NumberConditions(state, operands, loads, op, left, right, mayFault).Choose();
        if (!whenTrue)
        {
            comparison.Condition = comparison.Condition.Negate();
        }

        return comparison;
    }

    /// <summary>Adds the operands of a comparison to an instruction.</summary>
    public void AddComparison(ref LirInstruction instruction, in Comparison comparison)
    {
        instruction.Compare = comparison.Kind;
        instruction.Condition = comparison.Condition;
        instruction.Size = comparison.Size;
        instruction.HasImmediate = comparison.HasImmediate;
        if (comparison.HasImmediate)
        {
            instruction.Immediate = comparison.Immediate;
            instruction.IsType = comparison.IsType;
        }

        if (comparison.Left != 0)
        {
            var isAny = comparison.HasImmediate && comparison.Kind != CompareKind.Vector;
            writer.Use(comparison.Left, isAny ? OperandPlace.Any : OperandPlace.Register);
        }

        if (comparison.HasAddress)
        {
            writer.AddAddress(ref instruction, comparison.Address, OperandRole.Use);
        }
        else if (!comparison.HasImmediate)
        {
            writer.Use(comparison.Right, OperandPlace.Any);
        }
    }

    /// <summary>The comparison for a test that <see cref="TypeTest.IsOneComparison"/>.</summary>
    private Comparison CompareType(int id, bool whenTrue, bool mayFault)
    {
        var test = TypeTest.Of(state.Graph, id);
        var reference = state.Graph.Input(id, 0);
        if (test.Kind is TypeTestKind.Never or TypeTestKind.Always)
        {
            return CompareWithZero(reference, OpSize.Qword, test.Kind == TypeTestKind.Never == whenTrue, mayFault);
        }

        var isExact = test.Kind == TypeTestKind.Exact;
        var comparison = new Comparison
        {
            Kind = isExact ? CompareKind.Integer : CompareKind.Test,
            Condition = (isExact == whenTrue ? Condition.Equal : Condition.NotEqual).ToFlag(),
            HasImmediate = true,
        };
        switch (test.Kind)
        {
            case TypeTestKind.I31:
                comparison.Size = OpSize.Dword;
                comparison.Left = operands.Register(reference);
                comparison.Immediate = 1;
                break;
            case TypeTestKind.Flags:
                comparison.Size = OpSize.Byte;
                comparison.HasAddress = true;
                comparison.Address = Address.OfBase(operands.Register(reference), ObjectHeader.FlagsOffset);
                comparison.Immediate = (long)test.Flags;
                break;
            default:
                comparison.Size = OpSize.Dword;
                comparison.HasAddress = true;
                comparison.Address = Address.OfBase(operands.Register(reference), TypeTest.TypeIdOffsetOf(test.Target.HeapType));
                comparison.Immediate = test.Target.HeapType.CanonicalId;
                comparison.IsType = true;
                break;
        }

        return comparison;
    }

    private Comparison CompareTag(int id, bool whenTrue)
    {
        var tag = instance.LoadTag((int)state.Graph[id].Immediate);
        return new Comparison
        {
            Kind = CompareKind.Integer,
            Size = OpSize.Qword,
            Condition = (whenTrue ? Condition.Equal : Condition.NotEqual).ToFlag(),
            Left = tag,
            HasAddress = true,
            Address = Address.OfBase(operands.Register(state.Graph.Input(id, 0)), ObjectLayout.ExceptionTag),
        };
    }

    /// <summary>A question about all lanes, answered by the zero flag.</summary>
    private Comparison CompareVector(int id, Opcode op, bool whenTrue) => new()
    {
        Kind = CompareKind.Vector,
        Size = OpSize.Qword,
        Condition = (whenTrue ? VectorSelections.Of(op).WhenTrue : VectorSelections.Of(op).WhenTrue.Negate()).ToFlag(),
        Left = operands.Register(state.Graph.Input(id, 0)),
        HasImmediate = true,
        Immediate = (long)op,
    };
}
