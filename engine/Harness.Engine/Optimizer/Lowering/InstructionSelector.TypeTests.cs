using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering;

/// <content>Tests of references' types and casts.</content>
internal sealed partial class InstructionSelector
{
    private TypeTest TestOf(int id) => TypeTest.Of(
        graph[graph.Input(id, 0)].ReferenceType,
        graph[id].Op == IrOp.RefTest ? ValueType.FromBits((uint)graph[id].Immediate) : graph[id].ReferenceType);

    private void SelectRefTest(int id)
    {
        TypeTest test = TestOf(id);
        if (IsOneComparison(test))
        {
            SelectCondition(id);
            return;
        }

        int reference = Register(graph.Input(id, 0));
        EmitTypeTest(LirOp.TestType, test);
        Def(Value(id));
        Use(reference, role: OperandRole.UseLate);
    }

    private void SelectCast(int id)
    {
        bool isNullCheck = graph[id].Op == Opcode.RefAsNonNull;
        TypeTest test = isNullCheck ? default : TestOf(id);
        int reference = Register(graph.Input(id, 0));
        if (isNullCheck)
        {
            if (MayBeNull(graph.Input(id, 0)))
            {
                TrapIfNull(reference, TrapKind.NullReference);
            }
        }
        else if (test.Kind != TypeTestKind.Always || (test.MayBeNull && !test.AcceptsNull))
        {
            EmitTypeTest(LirOp.CheckType, test);
            Use(reference);
        }
    }

    /// <summary>Ends a block with a test whose result nothing else needs.</summary>
    /// <returns>False if the condition is not such a test.</returns>
    private bool TrySelectBranchOnType(int condition)
    {
        bool whenTrue = true;
        while (graph[condition].Op == Opcode.I32Eqz && IsOnlyHere(condition))
        {
            condition = graph.Input(condition, 0);
            whenTrue = !whenTrue;
        }

        if (graph[condition].Op != IrOp.RefTest || !IsOnlyHere(condition) || IsOneComparison(TestOf(condition)))
        {
            return false;
        }

        int reference = Register(graph.Input(condition, 0));
        ref LirInstruction branch = ref EmitTypeTest(LirOp.BranchOnType, TestOf(condition));
        branch.Condition = (whenTrue ? Condition.Equal : Condition.NotEqual).ToFlag();
        Use(reference);
        return true;
    }

    private ref LirInstruction EmitTypeTest(LirOp op, in TypeTest test)
    {
        ref LirInstruction instruction = ref Emit(op, OpSize.Qword);
        instruction.Immediate = test.Target.Bits;
        instruction.Sub = test.Code;
        return ref instruction;
    }

    /// <summary>Whether one comparison decides a test.</summary>
    private static bool IsOneComparison(in TypeTest test) => test.Kind switch
    {
        TypeTestKind.Never => test.MayBeNull && test.AcceptsNull,
        TypeTestKind.Always => test.MayBeNull && !test.AcceptsNull,
        TypeTestKind.I31 => !test.MayBeNull || !test.AcceptsNull,
        TypeTestKind.Flags or TypeTestKind.Exact => !test.MayBeNull && !test.MayBeI31,
        _ => false,
    };

    /// <summary>The comparison for a test that <see cref="IsOneComparison"/>.</summary>
    private Comparison CompareType(int id, bool whenTrue, bool mayFault)
    {
        TypeTest test = TestOf(id);
        int reference = graph.Input(id, 0);
        if (test.Kind is TypeTestKind.Never or TypeTestKind.Always)
        {
            return CompareWithZero(reference, OpSize.Qword, test.Kind == TypeTestKind.Never == whenTrue, mayFault);
        }

        bool isExact = test.Kind == TypeTestKind.Exact;
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
                comparison.Left = Register(reference);
                comparison.Immediate = 1;
                break;
            case TypeTestKind.Flags:
                comparison.Size = OpSize.Byte;
                comparison.HasAddress = true;
                comparison.Address = Address.OfBase(Register(reference), ObjectHeader.FlagsOffset);
                comparison.Immediate = (long)test.Flags;
                break;
            default:
                comparison.Size = OpSize.Dword;
                comparison.HasAddress = true;
                comparison.Address = Address.OfBase(Register(reference), TypeIdOffsetOf(test.Target.HeapType));
                comparison.Immediate = test.Target.HeapType.CanonicalId;
                break;
        }

        return comparison;
    }

    /// <summary>Where the id of its type lies in what a reference of a hierarchy points to.</summary>
    public static int TypeIdOffsetOf(HeapType type) =>
        TypeRegistry.TopOf(type) == AbstractHeapType.Func ? FunctionReference.TypeIdOffset : ObjectHeader.TypeIdOffset;
}
