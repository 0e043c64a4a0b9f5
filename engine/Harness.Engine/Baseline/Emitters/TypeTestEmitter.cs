using Harness.Engine.Baseline.Model;
using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>Tests of the dynamic type of references.</summary>
internal sealed class TypeTestEmitter(BaselineState state)
{
    /// <summary>The bit that tells a small integer from an address.</summary>
    public const int SmallIntegerTag = 1;

    private readonly Assembler _asm = state.Assembler;
    private readonly CodeSites _sites = state.Sites;
    private readonly TypeMentions _types = state.Types;

    /// <summary>Tests the dynamic type of a reference. Overwrites the scratch register only.</summary>
    /// <param name="reference">The reference.</param>
    /// <param name="target">The type that is asked for.</param>
    /// <param name="isNullable">Whether null is of the type.</param>
    /// <param name="mayBeSmallInteger">Whether the reference's static type allows for small integers.</param>
    /// <param name="trap">The trap that follows unless the reference is of the type; none if something else is done.</param>
    /// <returns>The test of the flags that holds if the reference is of the type; a mere condition.</returns>
    public FlagTest EmitTypeTest(
        Gpr reference, HeapType target, bool isNullable, bool mayBeSmallInteger, TrapKind trap = TrapKind.None)
    {
        if (target.IsDefined)
        {
            return EmitDefinedTypeTest(reference, target, isNullable, mayBeSmallInteger, trap);
        }

        switch (target.AbstractType)
        {
            case AbstractHeapType.Any or AbstractHeapType.Extern or AbstractHeapType.Func or AbstractHeapType.Exn:
                // Everything but null is; rbp is never zero.
                var tested = isNullable ? Gpr.Rbp : reference;
                _asm.Test(OpSize.Qword, tested, tested);
                return new FlagTest(Condition.NotZero);
            case AbstractHeapType.I31:
                return EmitSmallIntegerTest(reference, isNullable);
            case AbstractHeapType.Eq:
                return EmitEqTest(reference, isNullable);
            case AbstractHeapType.Struct:
                return EmitKindTest(reference, ObjectFlags.Struct, isNullable, mayBeSmallInteger);
            case AbstractHeapType.Array:
                return EmitKindTest(reference, ObjectFlags.Array, isNullable, mayBeSmallInteger);
            default:
                // Nothing but null is.
                var bottom = isNullable ? reference : Gpr.Rbp;
                _asm.Test(OpSize.Qword, bottom, bottom);
                return new FlagTest(Condition.Zero);
        }
    }

    /// <summary>
    /// Tests whether a reference is to an object with a descriptor, which is then of the type that the descriptor describes. Overwrites the scratch register only.
    /// </summary>
    /// <param name="reference">The reference.</param>
    /// <param name="descriptor">The descriptor, which is not null.</param>
    /// <param name="source">What is known of the reference: only where that does not say that its object has a descriptor the type is tested before.</param>
    /// <param name="target">The type that is asked for; null is of it if it says so.</param>
    /// <returns>The test of the flags that holds if the reference is of the type; a mere condition.</returns>
    public FlagTest EmitDescriptorTest(Gpr reference, Gpr descriptor, HeapType source, ValueType target)
    {
        var done = _asm.NewLabel();
        EmitNullExit(reference, target.IsNullable, Condition.Equal, done);
        var described = TypeRegistry.Get(target.HeapType.CanonicalId);
        if (source.IsDefined && TypeRegistry.Get(source.CanonicalId) is { DescriptorSlot: >= 0 } known)
        {
            described = known;
        }
        else
        {
            var mayBeSmallInteger = TypeRegistry.IsSubtype(HeapType.Abstract(AbstractHeapType.I31), source);
            if (mayBeSmallInteger)
            {
                _asm.Test(OpSize.Byte, reference, SmallIntegerTag);
                _asm.JccShort(Condition.NotZero, done);
            }

            CompareType(reference, ObjectHeader.TypeIdOffset, target.HeapType);
            _asm.JccShort(Condition.NotEqual, done);
        }

        var offset = ObjectLayout.Of(described.CanonicalId).SlotOffsets[described.DescriptorSlot];
        _asm.Alu(AluOp.Cmp, OpSize.Qword, Mem.Base(reference, offset), descriptor);
        _asm.Bind(done);
        return new FlagTest(Condition.Equal);
    }

    private FlagTest EmitDefinedTypeTest(
        Gpr reference, HeapType target, bool isNullable, bool mayBeSmallInteger, TrapKind trap)
    {
        var isFunction = TypeRegistry.Get(target.CanonicalId).Function is not null;
        var typeOffset = isFunction ? FunctionReference.TypeIdOffset : ObjectHeader.TypeIdOffset;
        var done = _asm.NewLabel();
        var nullFaults = trap != TrapKind.None && !isNullable;
        if (!nullFaults)
        {
            EmitNullExit(reference, isNullable, Condition.Equal, done);
        }

        if (mayBeSmallInteger && !isFunction)
        {
            _asm.Test(OpSize.Byte, reference, SmallIntegerTag);
            _asm.JccShort(Condition.NotZero, done);
        }

        if (nullFaults)
        {
            _sites.AddFaultSite(trap);
        }

        CompareType(reference, typeOffset, target);
        _asm.Bind(done);
        return new FlagTest(Condition.Equal);
    }

    /// <summary>
    /// Compares the type of an object (or function) with a type that it is of or below; with an exact or final one alone. Overwrites the scratch register; the
    /// first instruction reads the object.
    /// </summary>
    private void CompareType(Gpr reference, int typeOffset, HeapType target)
    {
        var type = TypeRegistry.Get(target.CanonicalId);
        _types.Compare(Mem.Base(reference, typeOffset), type.CanonicalId);
        if (target.IsExact || type.Definition.IsFinal)
        {
            return;
        }

        var found = _asm.NewLabel();
        _asm.JccShort(Condition.Equal, found);
        CompareDisplay(reference, typeOffset, type);
        _asm.Bind(found);
    }

    /// <summary>
    /// Compares the supertype at a type's depth of an object's (or function's) type with that type. Overwrites the scratch register.
    /// </summary>
    public void CompareDisplay(Gpr reference, int typeOffset, DefinedType type)
    {
        var row = CallingConvention.Scratch;
        _asm.Mov(OpSize.Dword, row, Mem.Base(reference, typeOffset));
        _asm.Shift(ShiftOp.Shl, OpSize.Qword, row, TypeDisplays.RowShift);
        _asm.Alu(AluOp.Add, OpSize.Qword, row, InstanceFields.At(InstanceHeader.TypeDisplaysOffset));
        _types.Compare(Mem.Base(row, TypeDisplays.OffsetOf(type.Depth)), type.CanonicalId);
    }

    /// <summary>
    /// Goes on at a label if a reference is null, with flags that answer a test by a condition (equal or not equal) with whether null
    /// is of the type.
    /// </summary>
    private void EmitNullExit(Gpr reference, bool isNullable, Condition condition, Label done)
    {
        if (isNullable == (condition == Condition.Equal))
        {
            _asm.Test(OpSize.Qword, reference, reference);
            _asm.JccShort(Condition.Zero, done);
        }
        else
        {
            // Null is the only word below 1, and not equal to it.
            _asm.Alu(AluOp.Cmp, OpSize.Qword, reference, 1);
            _asm.JccShort(Condition.Below, done);
        }
    }

    private FlagTest EmitSmallIntegerTest(Gpr reference, bool isNullable)
    {
        var done = _asm.NewLabel();
        if (isNullable)
        {
            EmitNullExit(reference, isNullable, Condition.NotEqual, done);
        }

        _asm.Test(OpSize.Byte, reference, SmallIntegerTag);
        _asm.Bind(done);
        return new FlagTest(Condition.NotZero);
    }

    private FlagTest EmitEqTest(Gpr reference, bool isNullable)
    {
        var done = _asm.NewLabel();
        EmitNullExit(reference, isNullable, Condition.NotEqual, done);
        _asm.Test(OpSize.Byte, reference, SmallIntegerTag);
        _asm.JccShort(Condition.NotZero, done);
        _asm.Test(
            OpSize.Byte, Mem.Base(reference, ObjectHeader.FlagsOffset), (int)(ObjectFlags.Struct | ObjectFlags.Array));
        _asm.Bind(done);
        return new FlagTest(Condition.NotZero);
    }

    private FlagTest EmitKindTest(Gpr reference, ObjectFlags kind, bool isNullable, bool mayBeSmallInteger)
    {
        var done = _asm.NewLabel();
        EmitNullExit(reference, isNullable, Condition.Equal, done);
        if (mayBeSmallInteger)
        {
            _asm.Test(OpSize.Byte, reference, SmallIntegerTag);
            _asm.JccShort(Condition.NotZero, done);
        }

        _asm.Mov(OpSize.Dword, CallingConvention.Scratch, Mem.Base(reference, ObjectHeader.FlagsOffset));
        _asm.Unary(UnaryOp.Not, OpSize.Dword, CallingConvention.Scratch);
        _asm.Test(OpSize.Byte, CallingConvention.Scratch, (int)kind);
        _asm.Bind(done);
        return new FlagTest(Condition.Zero);
    }
}
