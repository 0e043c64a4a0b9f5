using System.ComponentModel;
using System.Runtime.InteropServices;
using Harness.Engine.Runtime.Instances;
using Harness.Engine.X64;

namespace Harness.Engine.Runtime.Stubs;

/// <summary>
/// The handler of SIGSEGV and SIGBUS. It is machine code, put in front of the handler of the .NET runtime: a fault at a table that is filled late fills it (<see cref="LazyTables"/>), another fault in
/// compiled code goes on at the trap stub, every other fault is passed on.
/// </summary>
internal static unsafe partial class FaultHandler
{
    private const int SigBus = 7;
    private const int SigSegv = 11;

    /// <summary>Offset of r11 in the <c>ucontext_t</c> of Linux on x86-64.</summary>
    private const int ContextR11 = 64;

    /// <summary>Offset of rip in the <c>ucontext_t</c> of Linux on x86-64.</summary>
    private const int ContextRip = 168;

    /// <summary>How many ranges of compiled code there are, and then each: its lowest address, and its size. The handler reads them while others may add one.</summary>
    private static readonly nint* Ranges = (nint*)NativeMemory.AllocZeroed((nuint)(1 + (2 * CodeSpace.MostRegions)), (nuint)sizeof(nint));

    /// <summary>Makes a region known whose compiled code may fault. Called by one thread at a time.</summary>
    public static void Add(CodeRegion region)
    {
        var count = Ranges[0];
        var start = region.SharedCode.Address + region.SharedCode.Size;
        Ranges[1 + (2 * count)] = start;
        Ranges[2 + (2 * count)] = (nint)region.End - start;
        Volatile.Write(ref Ranges[0], count + 1);
    }

    /// <summary>Installs the handler for good.</summary>
    /// <param name="space">Where its code is put.</param>
    /// <param name="trap">Where a fault goes on, with the faulting instruction in r11.</param>
    public static void Install(CodeSpace space, nint trap)
    {
        foreach (var signal in (ReadOnlySpan<int>)[SigSegv, SigBus])
        {
            SigAction action;
            Check(Sigaction(signal, null, &action));
            action.Handler = EmitHandler(space, trap, action.Handler);
            Check(Sigaction(signal, &action, null));
        }
    }

    /// <summary>Writes a handler (signal in edi, siginfo in rsi, ucontext in rdx).</summary>
    private static nint EmitHandler(CodeSpace space, nint trap, nint previous)
    {
        using var assembler = new Assembler();
        var passOn = assembler.NewLabel();
        LazyTables.EmitHandler(assembler);
        assembler.Mov(OpSize.Qword, Gpr.Rax, Mem.Base(Gpr.Rdx, ContextRip));
        assembler.MovImm(Gpr.Rcx, (nint)Ranges);
        assembler.Mov(OpSize.Qword, Gpr.R9, Mem.Base(Gpr.Rcx));
        var next = assembler.NewBoundLabel();
        assembler.Alu(AluOp.Sub, OpSize.Qword, Gpr.R9, 1);
        assembler.JccShort(Condition.Below, passOn);
        assembler.Mov(OpSize.Qword, Gpr.R8, Gpr.Rax);
        assembler.Alu(AluOp.Sub, OpSize.Qword, Gpr.R8, Mem.Base(Gpr.Rcx, sizeof(nint)));
        assembler.Alu(AluOp.Cmp, OpSize.Qword, Gpr.R8, Mem.Base(Gpr.Rcx, 2 * sizeof(nint)));
        assembler.Lea(OpSize.Qword, Gpr.Rcx, Mem.Base(Gpr.Rcx, 2 * sizeof(nint)));
        assembler.JccShort(Condition.AboveOrEqual, next);
        assembler.Mov(OpSize.Qword, Mem.Base(Gpr.Rdx, ContextR11), Gpr.Rax);
        assembler.MovImm(Gpr.Rax, trap);
        assembler.Mov(OpSize.Qword, Mem.Base(Gpr.Rdx, ContextRip), Gpr.Rax);
        assembler.Ret();
        assembler.Bind(passOn);
        assembler.MovImm(Gpr.Rax, previous);
        assembler.Jmp(Gpr.Rax);
        return space.Publish(assembler).Address;
    }

    private static void Check(int result)
    {
        if (result != 0)
        {
            throw new Win32Exception();
        }
    }

    [LibraryImport("libc", EntryPoint = "sigaction", SetLastError = true)]
    private static partial int Sigaction(int signal, SigAction* action, SigAction* previous);

    /// <summary>glibc's <c>struct sigaction</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 152)]
    private struct SigAction
    {
        [FieldOffset(0)]
        public nint Handler;
    }
}
