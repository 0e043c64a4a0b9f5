using Harness.Engine.Modules;
using Harness.Engine.Numbers;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Vectors;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering;

/// <content>Comparisons, fused with what depends on them.</content>
internal sealed partial class InstructionSelector
{
    /// <summary>Conditions of the six <see cref="FloatRelation"/>s.</summary>
    /// <remarks>
    /// <c>ucomis</c> sets the flags as an unsigned comparison does, and all three of carry, zero and parity for NaN. Above and
    /// above-or-equal fail then, so that less is asked as greater with the operands exchanged.
    /// </remarks>
    private static ReadOnlySpan<FlagCondition> FloatConditions =>
    [
        FlagCondition.FloatEqual, FlagCondition.FloatNotEqual, (FlagCondition)Condition.Above,
        (FlagCondition)Condition.Above, (FlagCondition)Condition.AboveOrEqual, (FlagCondition)Condition.AboveOrEqual,
    ];

    /// <summary>A node that computes a comparison as a value.</summary>
    private void SelectCondition(int id)
    {
        Comparison comparison = CompareNode(id, whenTrue: true, mayFault: true);
        ref LirInstruction instruction = ref Emit(LirOp.SetCondition, comparison.Size);
        Def(Value(id));
        AddComparison(ref instruction, comparison);
    }

    private void SelectSelect(int id)
    {
        Comparison comparison = Compare(graph.Input(id, 2), whenTrue: true, mayFault: false);
        int first = Register(graph.Input(id, 0));
        int second = Register(graph.Input(id, 1));
        IrType type = graph[id].Type;
        ref LirInstruction instruction = ref Emit(LirOp.Select, comparison.Size);
        instruction.AccessSize = SizeOf(type);
        Def(Value(id));
        Use(first, OperandPlace.Any, OperandRole.UseLate);
        Use(second, OperandPlace.Any, comparison.Condition >= FlagCondition.FloatEqual ? OperandRole.UseLate : OperandRole.Use);
        Hint(Value(id), second);
        AddComparison(ref instruction, comparison);
    }

    /// <summary>The comparison to make for a condition: of a comparing node in this block, or with zero.</summary>
    /// <param name="id">The condition.</param>
    /// <param name="whenTrue">Whether the flags are to hold when it is not 0 or when it is 0.</param>
    /// <param name="mayFault">Whether an operand may be read from a memory.</param>
    private Comparison Compare(int id, bool whenTrue, bool mayFault)
    {
        while (graph[id].Op == Opcode.I32Eqz && IsInBlock(id) && IsComparison(graph.Input(id, 0)))
        {
            id = graph.Input(id, 0);
            whenTrue = !whenTrue;
        }

        return IsComparison(id) && IsInBlock(id)
            ? CompareNode(id, whenTrue, mayFault)
            : CompareWithZero(id, OpSize.Dword, isZero: !whenTrue, mayFault);
    }

    private bool IsComparison(int id) =>
        NumericForms.Of(graph[id].Op).IsComparison
        || graph[id].Op is Opcode.RefIsNull or IrOp.ReferenceEqual or IrOp.HasTag
        || (graph[id].Op == IrOp.RefTest && IsOneComparison(TestOf(id)))
        || (VectorOperators.IsVector(graph[id].Op) && VectorSelections.Of(graph[id].Op).IsTest);

    private Comparison CompareNode(int id, bool whenTrue, bool mayFault)
    {
        Opcode op = graph[id].Op;
        return op switch
        {
            Opcode.I32Eqz => Compare(graph.Input(id, 0), !whenTrue, mayFault),
            Opcode.I64Eqz or Opcode.RefIsNull => CompareWithZero(graph.Input(id, 0), OpSize.Qword, whenTrue, mayFault),
            IrOp.ReferenceEqual => CompareIntegers(id, Condition.Equal, OpSize.Qword, whenTrue, mayFault),
            IrOp.RefTest => CompareType(id, whenTrue, mayFault),
            IrOp.HasTag => CompareTag(id, whenTrue),
            >= Opcode.V128Load => CompareVector(id, op, whenTrue),
            _ => CompareNumbers(id, NumericForms.Of(op), whenTrue, mayFault),
        };
    }

    private Comparison CompareNumbers(int id, NumericForm form, bool whenTrue, bool mayFault) =>
        form.Kind == NumericFormKind.CompareIntegers
            ? CompareIntegers(id, (Condition)form.Operation, form.Size, whenTrue, mayFault)
            : CompareFloats(id, (FloatRelation)form.Operation, form.Size, whenTrue, mayFault);

    private Comparison CompareWithZero(int id, OpSize size, bool isZero, bool mayFault)
    {
        var comparison = new Comparison
        {
            Kind = CompareKind.Test,
            Size = size,
            Condition = (isZero ? Condition.Equal : Condition.NotEqual).ToFlag(),
        };
        if (graph[id].Op == (size == OpSize.Dword ? Opcode.I32And : Opcode.I64And) && IsOnlyHere(id))
        {
            var (left, right) = OrderedInputs(id);
            comparison.Left = Register(left);
            if (TryImmediate(right, size, out comparison.Immediate))
            {
                comparison.HasImmediate = true;
            }
            else
            {
                comparison.Right = Register(right);
            }

            return comparison;
        }

        if (TryCover(id, size, mayFault, out comparison.Address))
        {
            comparison.Kind = CompareKind.Integer;
            comparison.HasAddress = true;
            comparison.HasImmediate = true;
            return comparison;
        }

        // x + c is 0 when x is -c, whatever wraps around.
        if (graph[id].Op == (size == OpSize.Dword ? Opcode.I32Add : Opcode.I64Add) && IsOnlyHere(id)
            && TryImmediate(graph.Input(id, 1), size, out long addend) && addend != int.MinValue)
        {
            comparison.Kind = CompareKind.Integer;
            comparison.HasImmediate = true;
            comparison.Immediate = -addend;
            comparison.Left = Register(graph.Input(id, 0));
            return comparison;
        }

        comparison.Left = comparison.Right = Register(id);
        return comparison;
    }

    private Comparison CompareIntegers(int id, Condition condition, OpSize size, bool whenTrue, bool mayFault)
    {
        int left = graph.Input(id, 0);
        int right = graph.Input(id, 1);
        if (Constants.IsConstant(graph, left) || graph[left].Op == IrOp.FunctionAddress)
        {
            (left, right) = (right, left);
            condition = condition.Swap();
        }

        bool isConstant = TryImmediate(right, size, out long immediate);
        if (isConstant && immediate == 0 && condition is (Condition.Equal or Condition.NotEqual))
        {
            return CompareWithZero(left, size, condition == Condition.Equal == whenTrue, mayFault);
        }

        var comparison = new Comparison { Kind = CompareKind.Integer, Size = size };
        if (isConstant)
        {
            comparison.HasImmediate = true;
            comparison.Immediate = immediate;
            comparison.HasAddress = TryCover(left, size, mayFault, out comparison.Address);
            comparison.Left = comparison.HasAddress ? 0 : Register(left);
        }
        else if (TryCover(right, size, mayFault, out comparison.Address))
        {
            comparison.HasAddress = true;
            comparison.Left = Register(left);
        }
        else if (TryCover(left, size, mayFault, out comparison.Address))
        {
            comparison.HasAddress = true;
            comparison.Left = Register(right);
            condition = condition.Swap();
        }
        else if (graph[right].Op == IrOp.FunctionAddress && module.Layout.IsImportedFunction((int)graph[right].Immediate))
        {
            comparison.HasAddress = true;
            comparison.Address = Address.OfInstance(module.Layout.ImportedFunction((int)graph[right].Immediate));
            comparison.Left = Register(left);
        }
        else
        {
            comparison.Left = Register(left);
            comparison.Right = Register(right);
        }

        comparison.Condition = (whenTrue ? condition : condition.Negate()).ToFlag();
        return comparison;
    }

    private Comparison CompareFloats(int id, FloatRelation relation, OpSize size, bool whenTrue, bool mayFault)
    {
        int left = graph.Input(id, 0);
        int right = graph.Input(id, 1);
        bool isLess = relation is FloatRelation.Less or FloatRelation.LessOrEqual;
        if (isLess)
        {
            (left, right) = (right, left);
        }

        FlagCondition condition = FloatConditions[(int)relation];
        var comparison = new Comparison
        {
            Kind = CompareKind.Float,
            Size = size,
            Condition = whenTrue ? condition : condition.Negate(),
        };
        comparison.HasAddress = TryCover(right, size, mayFault, out comparison.Address);
        comparison.Left = Register(left);
        comparison.Right = comparison.HasAddress ? 0 : Register(right);
        return comparison;
    }

    private bool TryCover(int id, OpSize size, bool mayFault, out Address address)
    {
        address = default;
        bool cannotFault = graph[id].Op switch
        {
            IrOp.TableLength or IrOp.MemoryByteLength or IrOp.LoadReferenceType or Opcode.ArrayGet => true,
            Opcode.StructGet or Opcode.ArrayLen => !MayBeNull(graph.Input(id, 0)),
            _ => false,
        };
        return (mayFault || cannotFault) && TryCoverLoad(id, size, out address);
    }

    /// <summary>Adds the operands of a comparison to an instruction.</summary>
    private void AddComparison(ref LirInstruction instruction, in Comparison comparison)
    {
        instruction.Compare = comparison.Kind;
        instruction.Condition = comparison.Condition;
        instruction.Size = comparison.Size;
        instruction.HasImmediate = comparison.HasImmediate;
        if (comparison.HasImmediate)
        {
            instruction.Immediate = comparison.Immediate;
        }

        if (comparison.Left != 0)
        {
            bool isAny = comparison.HasImmediate && comparison.Kind != CompareKind.Vector;
            Use(comparison.Left, isAny ? OperandPlace.Any : OperandPlace.Register);
        }

        if (comparison.HasAddress)
        {
            AddAddress(ref instruction, comparison.Address, OperandRole.Use);
        }
        else if (!comparison.HasImmediate)
        {
            Use(comparison.Right, OperandPlace.Any);
        }
    }
}
