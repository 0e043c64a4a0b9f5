using System.ComponentModel;
using System.Runtime.InteropServices;
using Harness.Engine.Runtime.Stubs;
using Harness.Engine.X64;

namespace Harness.Engine.Runtime.Instances;

/// <summary>
/// Tables of functions whose elements are written when something first accesses them (knob <c>instance.lazy-tables</c>). They lie in one range of addresses, in blocks of one size, and their pages cannot
/// be accessed at first. The fault, in compiled code or in C#, comes to the <see cref="FaultHandler"/>, which makes the block's pages usable up to that address, writes the elements there
/// (<see cref="TableImage"/>) and lets the access happen again. Nobody who accesses a table knows of it.
/// </summary>
/// <remarks>
/// Pages become usable from the first one on, so that a block never has more than two parts that the system tells apart. To write elements is all done in machine code, within the signal handler.
/// </remarks>
internal static unsafe class LazyTables
{
    /// <summary>Most elements of a table.</summary>
    public const int MostElements = (BlockBytes - PageBytes) / sizeof(long);

    /// <summary>Elements from which on a table is worth a fault.</summary>
    public const int LeastElements = 256;

    private const int BlockBytes = 1 << 20;
    private const long AllBytes = (1L << 14) * BlockBytes;
    private const int PageBytes = 4096;

    private static readonly Lock Gate = new();
    private static readonly Stack<nint> Free = new();
    private static readonly byte* Start;
    private static byte* _next;

    static LazyTables()
    {
        try
        {
            var addresses = LinuxMemory.Reserve(unchecked((nuint)(AllBytes + BlockBytes)));
            Start = (byte*)(((nint)addresses + BlockBytes - 1) & -BlockBytes);
            _next = Start;
        }
        catch (Win32Exception)
        {
            // No addresses are left: tables are filled at once.
        }
    }

    private static byte* End => Start == null ? null : Start + AllBytes;

    /// <summary>Takes a block.</summary>
    /// <param name="image">What the table contains at first.</param>
    /// <param name="instance">The data of its instance.</param>
    /// <returns>Its elements; null if there is no room.</returns>
    public static nint* Take(TableImage image, byte* instance)
    {
        if (image.Length > MostElements || Start == null)
        {
            return null;
        }

        byte* block;
        lock (Gate)
        {
            if (Free.TryPop(out var free))
            {
                block = (byte*)free;
            }
            else
            {
                if (_next == End)
                {
                    return null;
                }

                block = _next;
                _next += BlockBytes;
            }
        }

        try
        {
            LinuxMemory.Protect(block, PageBytes, LinuxMemory.ProtRead | LinuxMemory.ProtWrite);
        }
        catch (Win32Exception)
        {
            lock (Gate)
            {
                Free.Push((nint)block);
            }

            return null;
        }

        var head = (Head*)block;
        var elements = block + PageBytes;
        head->Instance = instance;
        head->Offsets = image.Offsets;
        head->Usable = elements;
        head->End = elements + ((nint)image.Length * sizeof(long));
        return (nint*)elements;
    }

    /// <summary>Forgets the elements of a block that stays with its instance's data: they are written anew when they are accessed.</summary>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public static void Empty(nint* elements)
    {
        var head = (Head*)((byte*)elements - PageBytes);
        var used = (nuint)(head->Usable - (byte*)elements);
        if (used == 0)
        {
            return;
        }

        LinuxMemory.Discard((byte*)elements, used);
        LinuxMemory.Protect((byte*)elements, used, LinuxMemory.ProtNone);
        head->Usable = (byte*)elements;
    }

    /// <summary>How many elements have been written so far, rounded up to pages.</summary>
    public static int WrittenElements(nint* elements) => (int)((((Head*)((byte*)elements - PageBytes))->Usable - (byte*)elements) / sizeof(long));

    /// <summary>Gives a block back.</summary>
    public static void Leave(nint* elements)
    {
        var block = (byte*)elements - PageBytes;
        try
        {
            LinuxMemory.Discard(block, BlockBytes);
            LinuxMemory.Protect(block, BlockBytes, LinuxMemory.ProtNone);
        }
        catch (Win32Exception)
        {
            // Its addresses are not used again.
            return;
        }

        lock (Gate)
        {
            Free.Push((nint)block);
        }
    }

    /// <summary>
    /// Writes the part of the fault handler that makes tables usable (siginfo in rsi); it returns from the handler where it did, and goes on behind it, with rsi and rdx as they
    /// were, where the fault is none of a table.
    /// </summary>
    public static void EmitHandler(Assembler assembler)
    {
        if (Start == null)
        {
            return;
        }

        var protect = NativeLibrary.GetExport(NativeLibrary.Load("libc.so.6"), "mprotect");
        var elsewhere = assembler.NewLabel();
        var failed = assembler.NewLabel();
        var done = assembler.NewLabel();
        const Gpr block = Gpr.Rbx;
        const Gpr end = Gpr.Rbp;
        const Gpr element = Gpr.Rcx;
        const Gpr instance = Gpr.R8;
        const Gpr offset = Gpr.R9;
        const Gpr value = Gpr.Rax;

        assembler.Mov(OpSize.Qword, Gpr.Rax, Mem.Base(Gpr.Rsi, 16));
        assembler.Mov(OpSize.Qword, Gpr.R8, Gpr.Rax);
        assembler.MovImm(Gpr.Rcx, (nint)Start);
        assembler.Alu(AluOp.Sub, OpSize.Qword, Gpr.R8, Gpr.Rcx);
        assembler.MovImm(Gpr.Rcx, End - Start);
        assembler.Alu(AluOp.Cmp, OpSize.Qword, Gpr.R8, Gpr.Rcx);
        assembler.Jcc(Condition.AboveOrEqual, elsewhere);

        // Five words and the return address keep the stack aligned.
        foreach (var register in (ReadOnlySpan<Gpr>)[Gpr.Rdi, Gpr.Rsi, Gpr.Rdx, Gpr.Rbx, Gpr.Rbp])
        {
            assembler.Push(register);
        }

        assembler.Mov(OpSize.Qword, block, Gpr.Rax);
        assembler.Alu(AluOp.And, OpSize.Qword, block, -BlockBytes);
        assembler.Mov(OpSize.Qword, end, Gpr.Rax);
        assembler.Alu(AluOp.Or, OpSize.Qword, end, PageBytes - 1);
        assembler.Alu(AluOp.Add, OpSize.Qword, end, 1);

        // A block that nobody has: its first page cannot be read either, and the fault is somebody's mistake.
        assembler.Alu(AluOp.Sub, OpSize.Qword, Gpr.Rax, block);
        assembler.Alu(AluOp.Cmp, OpSize.Qword, Gpr.Rax, PageBytes);
        assembler.Jcc(Condition.Below, failed);
        assembler.Mov(OpSize.Qword, Gpr.Rdi, Mem.Base(block, Head.UsableOffset));
        assembler.Mov(OpSize.Qword, Gpr.Rsi, end);
        assembler.Alu(AluOp.Sub, OpSize.Qword, Gpr.Rsi, Gpr.Rdi);
        assembler.Jcc(Condition.BelowOrEqual, failed);
        assembler.MovImm(Gpr.Rdx, LinuxMemory.ProtRead | LinuxMemory.ProtWrite);
        assembler.MovImm(Gpr.Rax, protect);
        assembler.Call(Gpr.Rax);
        assembler.Test(OpSize.Dword, Gpr.Rax, Gpr.Rax);
        assembler.Jcc(Condition.NotZero, failed);

        assembler.Mov(OpSize.Qword, element, Mem.Base(block, Head.UsableOffset));
        assembler.Mov(OpSize.Qword, Mem.Base(block, Head.UsableOffset), end);
        assembler.Mov(OpSize.Qword, Gpr.R10, Mem.Base(block, Head.EndOffset));
        assembler.Alu(AluOp.Cmp, OpSize.Qword, end, Gpr.R10);
        assembler.Cmov(Condition.Above, OpSize.Qword, end, Gpr.R10);
        assembler.Mov(OpSize.Qword, instance, Mem.Base(block, Head.InstanceOffset));

        // Offsets are half as long as elements.
        assembler.Mov(OpSize.Qword, offset, element);
        assembler.Alu(AluOp.Sub, OpSize.Qword, offset, block);
        assembler.Alu(AluOp.Sub, OpSize.Qword, offset, PageBytes);
        assembler.Shift(ShiftOp.Shr, OpSize.Qword, offset, 1);
        assembler.Alu(AluOp.Add, OpSize.Qword, offset, Mem.Base(block, Head.OffsetsOffset));

        var imported = assembler.NewLabel();
        var store = assembler.NewLabel();
        var isNull = assembler.NewLabel();
        var next = assembler.NewBoundLabel();
        assembler.Alu(AluOp.Cmp, OpSize.Qword, element, end);
        assembler.Jcc(Condition.AboveOrEqual, done);
        assembler.MovSx(OpSize.Qword, OpSize.Dword, value, Mem.Base(offset));
        assembler.Alu(AluOp.Cmp, OpSize.Qword, value, TableImage.Null);
        assembler.Jcc(Condition.Equal, isNull);
        assembler.Test(OpSize.Qword, value, value);
        assembler.Jcc(Condition.Sign, imported);
        assembler.Alu(AluOp.Add, OpSize.Qword, value, instance);
        assembler.Mov(OpSize.Qword, Mem.Base(value, FunctionReference.InstanceOffset), instance);
        assembler.Jmp(store);
        assembler.Bind(imported);
        assembler.Unary(UnaryOp.Not, OpSize.Qword, value);
        assembler.Alu(AluOp.Add, OpSize.Qword, value, instance);
        assembler.Mov(OpSize.Qword, value, Mem.Base(value));
        assembler.Bind(store);
        assembler.Mov(OpSize.Qword, Mem.Base(element), value);
        assembler.Bind(isNull);
        assembler.Alu(AluOp.Add, OpSize.Qword, element, sizeof(long));
        assembler.Alu(AluOp.Add, OpSize.Qword, offset, sizeof(int));
        assembler.Jmp(next);

        assembler.Bind(done);
        PopAll();
        assembler.Ret();
        assembler.Bind(failed);
        PopAll();
        assembler.Bind(elsewhere);

        void PopAll()
        {
            foreach (var register in (ReadOnlySpan<Gpr>)[Gpr.Rbp, Gpr.Rbx, Gpr.Rdx, Gpr.Rsi, Gpr.Rdi])
            {
                assembler.Pop(register);
            }
        }
    }

    /// <summary>The beginning of a block's first page.</summary>
    [StructLayout(LayoutKind.Explicit)]
    private struct Head
    {
        public const int InstanceOffset = 0x00;
        public const int OffsetsOffset = 0x08;
        public const int UsableOffset = 0x10;
        public const int EndOffset = 0x18;

        /// <summary>The data of the instance that has the table.</summary>
        [FieldOffset(InstanceOffset)]
        public byte* Instance;

        /// <summary><see cref="TableImage.Offsets"/>.</summary>
        [FieldOffset(OffsetsOffset)]
        public int* Offsets;

        /// <summary>The first element that cannot be accessed, at the beginning of a page.</summary>
        [FieldOffset(UsableOffset)]
        public byte* Usable;

        /// <summary>The end of the elements that the image has.</summary>
        [FieldOffset(EndOffset)]
        public byte* End;
    }
}
