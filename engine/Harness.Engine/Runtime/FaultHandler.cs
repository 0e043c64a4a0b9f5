using System.ComponentModel;
using System.Runtime.InteropServices;
using Harness.Engine.X64;

namespace Harness.Engine.Runtime;

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

    /// <summary>Installs the handler for good.</summary>
    /// <param name="space">Where its code is put.</param>
    /// <param name="start">Lowest address of compiled code.</param>
    /// <param name="end">The address behind compiled code.</param>
    /// <param name="trap">Where a fault goes on, with the faulting instruction in r11.</param>
    public static void Install(CodeSpace space, nint start, nint end, nint trap)
    {
        foreach (int signal in (ReadOnlySpan<int>)[SigSegv, SigBus])
        {
            SigAction action;
            Check(Sigaction(signal, null, &action));
            action.Handler = EmitHandler(space, start, end, trap, action.Handler);
            Check(Sigaction(signal, &action, null));
        }
    }

    /// <summary>Writes a handler (signal in edi, siginfo in rsi, ucontext in rdx).</summary>
    private static nint EmitHandler(CodeSpace space, nint start, nint end, nint trap, nint next)
    {
        using var assembler = new Assembler();
        Label passOn = assembler.NewLabel();
        LazyTables.EmitHandler(assembler);
        assembler.Mov(OpSize.Qword, Gpr.Rax, Mem.Base(Gpr.Rdx, ContextRip));
        assembler.Mov(OpSize.Qword, Gpr.R8, Gpr.Rax);
        assembler.MovImm(Gpr.Rcx, start);
        assembler.Alu(AluOp.Sub, OpSize.Qword, Gpr.R8, Gpr.Rcx);
        assembler.MovImm(Gpr.Rcx, end - start);
        assembler.Alu(AluOp.Cmp, OpSize.Qword, Gpr.R8, Gpr.Rcx);
        assembler.JccShort(Condition.AboveOrEqual, passOn);
        assembler.Mov(OpSize.Qword, Mem.Base(Gpr.Rdx, ContextR11), Gpr.Rax);
        assembler.MovImm(Gpr.Rax, trap);
        assembler.Mov(OpSize.Qword, Mem.Base(Gpr.Rdx, ContextRip), Gpr.Rax);
        assembler.Ret();
        assembler.Bind(passOn);
        assembler.MovImm(Gpr.Rax, next);
        assembler.Jmp(Gpr.Rax);
        return space.Publish(assembler).Address;
    }

    private static void Check(int result)
    {
        if (result != 0) throw new Win32Exception();
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
