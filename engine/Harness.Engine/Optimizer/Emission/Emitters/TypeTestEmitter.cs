using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission.Emitters;

/// <summary>
/// Tests of references' types. A type without subtypes is one comparison with the id in the object; any other is the word at its depth in
/// the row of the object's type (<see cref="TypeDisplays"/>), which the type itself is in too, so that nothing else needs to be looked at.
/// </summary>
internal sealed class TypeTestEmitter(
    OperandLocations locations, SiteRecorder sites, BlockLabels blocks, ColdPaths coldPaths, ConditionEmitter conditions,
    BranchEmitter branches, Assembler asm, TypeMentions types)
{
    /// <summary>Whether a reference is of a type.</summary>
    public void EmitTestType(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        var reference = locations.Input(operands, 1).Gpr;
        var result = locations.Result(operands).Gpr;
        var yes = asm.NewLabel();
        var no = asm.NewLabel();
        var done = asm.NewLabel();
        var condition = EmitTypeTest(instruction, reference, yes, no);
        conditions.EmitJumpIf(condition.Negate(), no, isNear: true);
        asm.Bind(yes);
        asm.MovImm(result, 1);
        asm.JmpShort(done);
        asm.Bind(no);
        asm.Zero(result);
        asm.Bind(done);
    }

    /// <summary>Traps unless a reference is of a type.</summary>
    public void EmitCheckType(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        var reference = locations.Input(operands, 0).Gpr;
        var yes = asm.NewLabel();
        var no = coldPaths.AddTrap(instruction, TrapKind.CastFailure);
        var condition = EmitTypeTest(instruction, reference, yes, no);
        conditions.EmitJumpIf(condition.Negate(), no);
        asm.Bind(yes);
    }

    /// <summary>Branches by a reference's type.</summary>
    public void EmitBranchOnType(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands, int first, int second)
    {
        if (instruction.Condition == Condition.NotEqual.ToFlag())
        {
            (first, second) = (second, first);
        }

        var condition = EmitTypeTest(instruction, locations.Input(operands, 0).Gpr, blocks.Labels[first], blocks.Labels[second]);
        branches.EmitBranch(condition, first, second);
    }

    /// <summary>
    /// Tests a reference's type: goes on to the targets as soon as the answer is known, and ends with a comparison that decides on the
    /// rest. Where null is to trap, the access to the object's header does it.
    /// </summary>
    /// <returns>The condition under which the reference is of the type.</returns>
    private FlagCondition EmitTypeTest(in LirInstruction instruction, Gpr reference, Label yes, Label no)
    {
        var test = TypeTest.Of(instruction);
        var readsHeader = test.Kind is TypeTestKind.Flags or TypeTestKind.Exact or TypeTestKind.Display;
        var nullFaults = readsHeader && instruction.Op == LirOp.CheckType && test.MayBeNull && !test.AcceptsNull;
        var testsNull = test.MayBeNull && !nullFaults && (readsHeader || (test.Kind == TypeTestKind.I31 && test.AcceptsNull));
        if (testsNull)
        {
            asm.Test(OpSize.Qword, reference, reference);
            asm.Jcc(Condition.Zero, test.AcceptsNull ? yes : no);
        }

        if (test.MayBeI31)
        {
            asm.Test(OpSize.Byte, reference, 1);
            asm.Jcc(Condition.NotZero, test.AcceptsI31 ? yes : no);
        }

        if (nullFaults)
        {
            sites.AddSite(instruction, asm.Position, TrapKind.CastFailure);
        }

        switch (test.Kind)
        {
            case TypeTestKind.Never or TypeTestKind.Always:
                return EmitNullTest(test, reference);
            case TypeTestKind.I31:
                asm.Test(OpSize.Byte, reference, 1);
                return Condition.NotZero.ToFlag();
            case TypeTestKind.Flags:
                asm.Test(OpSize.Byte, Mem.Base(reference, ObjectHeader.FlagsOffset), (int)test.Flags);
                return Condition.NotZero.ToFlag();
            case TypeTestKind.Exact:
                var exact = test.Target.HeapType;
                types.Compare(Mem.Base(reference, TypeTest.TypeIdOffsetOf(exact)), exact.CanonicalId);
                return Condition.Equal.ToFlag();
            default:
                EmitDisplayTest(reference, test.Target.HeapType);
                return Condition.Equal.ToFlag();
        }
    }

    /// <summary>
    /// Compares a type with the supertype at its depth of the type of an object or function. The first instruction reads the object.
    /// </summary>
    private void EmitDisplayTest(Gpr reference, HeapType target)
    {
        var place = TypeDisplays.OffsetOf(TypeRegistry.Get(target.CanonicalId).Depth);
        asm.Mov(OpSize.Dword, CallingConvention.Scratch, Mem.Base(reference, TypeTest.TypeIdOffsetOf(target)));
        asm.Shift(ShiftOp.Shl, OpSize.Qword, CallingConvention.Scratch, TypeDisplays.RowShift);
        if (TypeDisplays.TryGetDisplacement(out var firstRow))
        {
            types.CompareDisplay(CallingConvention.Scratch, firstRow, place, target.CanonicalId);
            return;
        }

        asm.Alu(AluOp.Add, OpSize.Qword, CallingConvention.Scratch, Mem.Base(CallingConvention.Instance, InstanceHeader.TypeDisplaysOffset));
        types.Compare(Mem.Base(CallingConvention.Scratch, place), target.CanonicalId);
    }

    /// <summary>Decides by null alone: all other references are of the type, or none is.</summary>
    private FlagCondition EmitNullTest(in TypeTest test, Gpr reference)
    {
        var isAlways = test.Kind == TypeTestKind.Always;
        if (test.MayBeNull && test.AcceptsNull != isAlways)
        {
            asm.Test(OpSize.Qword, reference, reference);
            return (isAlways ? Condition.NotZero : Condition.Zero).ToFlag();
        }

        // The stack pointer is not zero.
        asm.Test(OpSize.Qword, Gpr.Rsp, Gpr.Rsp);
        return (isAlways ? Condition.NotZero : Condition.Zero).ToFlag();
    }
}
