using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Harness.Engine.Heap;
using Harness.Engine.X64;

namespace Harness.Engine.Runtime.Stubs;

/// <summary>
/// Writes what stands before the runtime functions of bulk instructions: machine code that does the frequent case, bytes that are in
/// bounds, few in place and many by the C library, and leaves everything else, traps too, to the runtime function. Arguments and
/// results are those of <see cref="Builtin"/>.
/// </summary>
internal sealed unsafe class BulkStubs(Assembler assembler)
{
    /// <summary>So many bytes at most are copied or filled in place.</summary>
    public const int MaxBytes = 128;

    // The library chooses by processor and size; it neither calls back nor meets a fault, as bounds are checked before.
    private static readonly nint Library = NativeLibrary.Load("libc.so.6");
    private static readonly nint MoveBytes = NativeLibrary.GetExport(Library, "memmove");
    private static readonly nint SetBytes = NativeLibrary.GetExport(Library, "memset");

    private const int VectorBytes = 16;

    // The arguments, by the System V calling convention.
    private const Gpr First = Gpr.Rsi;
    private const Gpr Second = Gpr.Rdx;
    private const Gpr Third = Gpr.Rcx;
    private const Gpr Fourth = Gpr.R8;
    private const Gpr Fifth = Gpr.R9;

    /// <summary>The builtins that have such code.</summary>
    public static ImmutableArray<Builtin> Builtins { get; } = [Builtin.MemoryFill, Builtin.MemoryCopy, Builtin.ArrayCopy];

    /// <summary>Writes the code of a builtin at the current position.</summary>
    /// <param name="builtin">One of <see cref="Builtins"/>.</param>
    /// <param name="function">The address of the runtime function.</param>
    public void Emit(Builtin builtin, nint function)
    {
        var general = assembler.NewLabel();
        switch (builtin)
        {
            case Builtin.MemoryFill:
                EmitMemoryFill(general);
                break;
            case Builtin.MemoryCopy:
                EmitMemoryCopy(general);
                break;
            case Builtin.ArrayCopy:
                EmitArrayCopy(general);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(builtin), builtin, null);
        }

        assembler.Bind(general);
        assembler.MovImm(Gpr.Rax, function);
        assembler.Jmp(Gpr.Rax);
    }

    private void EmitMemoryFill(Label general)
    {
        assembler.Test(OpSize.Dword, First, First);
        assembler.Jcc(Condition.NotZero, general);
        EmitMemoryLimit(Fourth, general);
        assembler.Alu(AluOp.Cmp, OpSize.Qword, Second, Gpr.Rax);
        assembler.Jcc(Condition.Above, general);
        assembler.Alu(AluOp.Add, OpSize.Qword, Second, CallingConvention.MemoryBase);

        var few = assembler.NewLabel();
        assembler.MovZx(OpSize.Byte, Third, Third);
        assembler.Alu(AluOp.Cmp, OpSize.Qword, Fourth, MaxBytes);
        assembler.JccShort(Condition.BelowOrEqual, few);
        assembler.Mov(OpSize.Qword, Gpr.Rdi, Second);
        assembler.Mov(OpSize.Dword, Gpr.Rsi, Third);
        assembler.Mov(OpSize.Qword, Gpr.Rdx, Fourth);
        EmitLibraryCall(SetBytes);

        // The byte, eight times.
        assembler.Bind(few);
        assembler.MovImm(Gpr.Rax, 0x0101010101010101);
        assembler.Imul(OpSize.Qword, Gpr.Rax, Third);
        EmitFill(Second, Fourth, Gpr.Rax);
    }

    private void EmitMemoryCopy(Label general)
    {
        assembler.Test(OpSize.Qword, First, First);
        assembler.Jcc(Condition.NotZero, general);
        EmitMemoryLimit(Fourth, general);
        assembler.Alu(AluOp.Cmp, OpSize.Qword, Second, Gpr.Rax);
        assembler.Jcc(Condition.Above, general);
        assembler.Alu(AluOp.Cmp, OpSize.Qword, Third, Gpr.Rax);
        assembler.Jcc(Condition.Above, general);
        assembler.Alu(AluOp.Add, OpSize.Qword, Second, CallingConvention.MemoryBase);
        assembler.Alu(AluOp.Add, OpSize.Qword, Third, CallingConvention.MemoryBase);
        EmitCopy(Second, Third, Fourth);
    }

    /// <summary>Computes the highest address in memory 0 that <paramref name="count"/> bytes may begin at, in rax.</summary>
    private void EmitMemoryLimit(Gpr count, Label general)
    {
        assembler.Mov(OpSize.Qword, Gpr.Rax, Mem.Base(CallingConvention.Instance, InstanceHeader.MemoryOffset));
        assembler.Mov(OpSize.Qword, Gpr.Rax, Mem.Base(Gpr.Rax, MemoryData.ByteLengthOffset));
        assembler.Alu(AluOp.Sub, OpSize.Qword, Gpr.Rax, count);
        assembler.Jcc(Condition.Below, general);
    }

    private void EmitArrayCopy(Label general)
    {
        var knowsTarget = assembler.NewLabel();
        EmitArrayPlace(First, Second, Gpr.R10, general);
        EmitArrayPlace(Third, Fourth, Gpr.R10, general);

        // The shape: rax = its address.
        assembler.Mov(OpSize.Dword, Gpr.Rax, Mem.Base(First, ObjectHeader.TypeIdOffset));
        assembler.Imul(OpSize.Qword, Gpr.Rax, Gpr.Rax, sizeof(ObjectShape));
        assembler.MovImm(Gpr.R10, (long)ObjectShapes.Base);
        assembler.Alu(AluOp.Add, OpSize.Qword, Gpr.Rax, Gpr.R10);

        // Who stores references into an old array remembers it, and where.
        assembler.Test(OpSize.Byte, Mem.Base(First, ObjectHeader.FlagsOffset), (int)(ObjectFlags.Unremembered | ObjectFlags.Carded));
        assembler.JccShort(Condition.Zero, knowsTarget);
        assembler.Alu(AluOp.Cmp, OpSize.Byte, Mem.Base(Gpr.Rax, ObjectShape.KindOffset), (int)ShapeKind.PlainArray);
        assembler.Jcc(Condition.NotEqual, general);
        assembler.Bind(knowsTarget);

        assembler.Mov(OpSize.Qword, Gpr.R11, Third);
        assembler.MovZx(OpSize.Byte, Gpr.Rcx, Mem.Base(Gpr.Rax, ObjectShape.ElementShiftOffset));
        assembler.ShiftCl(ShiftOp.Shl, OpSize.Qword, Second);
        assembler.ShiftCl(ShiftOp.Shl, OpSize.Qword, Fourth);
        assembler.Mov(OpSize.Dword, Gpr.R10, Fifth);
        assembler.ShiftCl(ShiftOp.Shl, OpSize.Qword, Gpr.R10);
        assembler.Lea(OpSize.Qword, Second, Mem.BaseIndex(First, Second, 1, ObjectLayout.ArrayElements));
        assembler.Lea(OpSize.Qword, Fourth, Mem.BaseIndex(Gpr.R11, Fourth, 1, ObjectLayout.ArrayElements));
        EmitCopy(Second, Fourth, Gpr.R10);
    }

    /// <summary>Checks that elements from an index on are in an array; the upper halves of index and count become zero.</summary>
    private void EmitArrayPlace(Gpr array, Gpr index, Gpr scratch, Label general)
    {
        assembler.Test(OpSize.Qword, array, array);
        assembler.Jcc(Condition.Zero, general);
        assembler.Mov(OpSize.Dword, index, index);
        assembler.Mov(OpSize.Dword, Fifth, Fifth);
        assembler.Lea(OpSize.Qword, scratch, Mem.BaseIndex(index, Fifth));
        assembler.Mov(OpSize.Dword, Gpr.Rax, Mem.Base(array, ObjectLayout.ArrayLength));
        assembler.Alu(AluOp.Cmp, OpSize.Qword, scratch, Gpr.Rax);
        assembler.Jcc(Condition.Above, general);
    }

    /// <summary>
    /// Copies and returns 0. For each range of counts everything is loaded before anything is stored, from both ends towards the
    /// middle, so that the places may overlap.
    /// </summary>
    private void EmitCopy(Gpr to, Gpr from, Gpr count)
    {
        var few = assembler.NewLabel();
        assembler.Alu(AluOp.Cmp, OpSize.Qword, count, MaxBytes);
        assembler.JccShort(Condition.BelowOrEqual, few);
        assembler.Mov(OpSize.Qword, Gpr.Rdi, to);
        assembler.Mov(OpSize.Qword, Gpr.Rsi, from);
        assembler.Mov(OpSize.Qword, Gpr.Rdx, count);
        EmitLibraryCall(MoveBytes);
        assembler.Bind(few);
        for (var vectors = MaxBytes / VectorBytes / 2; vectors > 0; vectors >>= 1)
        {
            var fewer = assembler.NewLabel();
            assembler.Alu(AluOp.Cmp, OpSize.Qword, count, vectors * VectorBytes);
            assembler.JccShort(Condition.Below, fewer);
            for (var i = 0; i < vectors; i++)
            {
                assembler.MovUps((Xmm)(2 * i), Mem.Base(from, i * VectorBytes));
                assembler.MovUps((Xmm)((2 * i) + 1), Mem.BaseIndex(from, count, 1, -(i + 1) * VectorBytes));
            }

            for (var i = 0; i < vectors; i++)
            {
                assembler.MovUps(Mem.Base(to, i * VectorBytes), (Xmm)(2 * i));
                assembler.MovUps(Mem.BaseIndex(to, count, 1, -(i + 1) * VectorBytes), (Xmm)((2 * i) + 1));
            }

            EmitReturn();
            assembler.Bind(fewer);
        }

        foreach (var size in (ReadOnlySpan<OpSize>)[OpSize.Qword, OpSize.Dword, OpSize.Word, OpSize.Byte])
        {
            var bytes = 1 << (int)size;
            var fewer = assembler.NewLabel();
            assembler.Alu(AluOp.Cmp, OpSize.Qword, count, bytes);
            assembler.JccShort(Condition.Below, fewer);
            assembler.Mov(size, Gpr.Rax, Mem.Base(from));
            assembler.Mov(size, Gpr.R9, Mem.BaseIndex(from, count, 1, -bytes));
            assembler.Mov(size, Mem.Base(to), Gpr.Rax);
            assembler.Mov(size, Mem.BaseIndex(to, count, 1, -bytes), Gpr.R9);
            EmitReturn();
            assembler.Bind(fewer);
        }

        EmitReturn();
    }

    /// <summary>Fills with a pattern of 8 bytes and returns 0.</summary>
    private void EmitFill(Gpr to, Gpr count, Gpr pattern)
    {
        var few = assembler.NewLabel();
        assembler.Alu(AluOp.Sub, OpSize.Qword, count, sizeof(ulong));
        assembler.JccShort(Condition.Below, few);
        assembler.Zero(Gpr.Rdi);
        var next = assembler.NewBoundLabel();
        assembler.Mov(OpSize.Qword, Mem.BaseIndex(to, Gpr.Rdi), pattern);
        assembler.Alu(AluOp.Add, OpSize.Qword, Gpr.Rdi, sizeof(ulong));
        assembler.Alu(AluOp.Cmp, OpSize.Qword, Gpr.Rdi, count);
        assembler.JccShort(Condition.BelowOrEqual, next);
        assembler.Mov(OpSize.Qword, Mem.BaseIndex(to, count), pattern);
        EmitReturn();

        assembler.Bind(few);
        assembler.Alu(AluOp.Add, OpSize.Qword, count, sizeof(ulong));
        foreach (var size in (ReadOnlySpan<OpSize>)[OpSize.Dword, OpSize.Word, OpSize.Byte])
        {
            var bytes = 1 << (int)size;
            var fewer = assembler.NewLabel();
            assembler.Alu(AluOp.Cmp, OpSize.Qword, count, bytes);
            assembler.JccShort(Condition.Below, fewer);
            assembler.Mov(size, Mem.Base(to), pattern);
            assembler.Mov(size, Mem.BaseIndex(to, count, 1, -bytes), pattern);
            EmitReturn();
            assembler.Bind(fewer);
        }

        EmitReturn();
    }

    /// <summary>Calls a function of the C library, whose arguments are in place, and returns 0.</summary>
    private void EmitLibraryCall(nint function)
    {
        assembler.Alu(AluOp.Sub, OpSize.Qword, Gpr.Rsp, sizeof(long));
        assembler.MovImm(Gpr.Rax, function);
        assembler.Call(Gpr.Rax);
        assembler.Alu(AluOp.Add, OpSize.Qword, Gpr.Rsp, sizeof(long));
        EmitReturn();
    }

    private void EmitReturn()
    {
        assembler.Zero(Gpr.Rax);
        assembler.Ret();
    }
}
