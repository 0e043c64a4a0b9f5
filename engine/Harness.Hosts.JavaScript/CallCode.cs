using System.Runtime.InteropServices;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Hosts.JavaScript;

/// <summary>
/// The machine code of the function of V8 by which JavaScript calls functions of WebAssembly, directly (<see cref="DirectFunction"/>) or through V8's interface. Its argument is the number of the
/// function. It enters compiled code itself where that needs nothing from C#: the arguments are numbers, and the store is open to the stack that it runs on (<see cref="StoreContext.OpenStack"/>).
/// All else, and what goes wrong, it leaves to <see cref="FunctionCalls"/>. It asks V8 for nothing: what it has to know is in the slots, or part of the code.
/// </summary>
/// <remarks>It gives nothing, and leaves the status in the slots: V8 ends the process where code was deoptimized that waits for what a direct function gives.</remarks>
internal sealed unsafe class CallCode : IDisposable
{
    private readonly GCHandle _calls;
    private readonly CodeBlock _code;

    /// <summary>Makes the code.</summary>
    /// <param name="calls">What it leaves to C#.</param>
    /// <param name="slots">Where values and status are.</param>
    /// <param name="argument">Where it finds the number of the function when it is called through V8's interface.</param>
    public CallCode(FunctionCalls calls, SharedSlots slots, IntegerArgument argument)
    {
        _calls = GCHandle.Alloc(calls);
        using var a = new Assembler();
        var direct = a.NewLabel();
        var slow = a.NewLabel();
        var failed = a.NewLabel();

        // The callback makes of its info what the direct function is given, and goes on as that.
        a.MovImm(Gpr.R8, slots.Address);
        a.Alu(AluOp.Add, OpSize.Dword, Mem.Base(Gpr.R8, SharedSlots.CallbacksOffset), 1);
        a.Mov(OpSize.Dword, Gpr.Rsi, Mem.Base(Gpr.Rdi, argument.Offset));
        a.Shift(ShiftOp.Shr, OpSize.Dword, Gpr.Rsi, argument.Shift);
        a.Align(16);
        a.Bind(direct);
        FindRow(a, calls.Direct.Address, slow);
        CheckStack(a, slow);

        // The number of the function is kept for what may go wrong; with that, rsp is a multiple of 16.
        a.Push(Gpr.Rsi);
        a.Mov(OpSize.Qword, Gpr.Rdi, Mem.Base(Gpr.Rax, DirectCallees.FunctionOffset));
        a.MovImm(Gpr.Rsi, slots.Address + SharedSlots.FirstOffset);
        a.Call(Mem.Base(Gpr.Rax, DirectCallees.EntryOffset));
        a.Pop(Gpr.Rsi);
        a.Test(OpSize.Dword, Gpr.Rax, Gpr.Rax);
        a.Jcc(Condition.NotZero, failed);
        a.MovImm(Gpr.R8, slots.Address);
        a.Mov(OpSize.Dword, Mem.Base(Gpr.R8, SharedSlots.StatusOffset), (int)CallStatus.Returned);
        a.Ret();
        a.Bind(failed);
        Leave(a, (nint)(delegate* unmanaged<nint, int, void>)&Fail);
        a.Bind(slow);
        Leave(a, (nint)(delegate* unmanaged<nint, int, void>)&Run);
        _code = NativeRuntime.CodeSpace.Publish(a);
        Direct = DirectFunction.OfInteger(_code.Address + a.OffsetOf(direct));
        PerfMap.Record(_code, "call from JavaScript");
    }

    /// <summary>What V8's interface calls, as <c>void (const FunctionCallbackInfo&amp;)</c>.</summary>
    public nint Callback => _code.Address;

    /// <summary>What optimized code of JavaScript calls.</summary>
    public DirectFunction Direct { get; }

    /// <summary>Gives the code back. No function may call it any more.</summary>
    public void Dispose()
    {
        NativeRuntime.CodeSpace.Free(_code);
        _calls.Free();
    }

    /// <summary>Leaves the row of the function whose number is in esi in rax.</summary>
    private static void FindRow(Assembler a, nint callees, Label slow)
    {
        a.MovImm(Gpr.R9, callees);
        a.Alu(AluOp.Cmp, OpSize.Dword, Gpr.Rsi, Mem.Base(Gpr.R9, DirectCallees.CountOffset));
        a.Jcc(Condition.AboveOrEqual, slow);
        a.Mov(OpSize.Dword, Gpr.Rax, Gpr.Rsi);
        a.Shift(ShiftOp.Shl, OpSize.Qword, Gpr.Rax, DirectCallees.RowShift);
        a.Alu(AluOp.Add, OpSize.Qword, Gpr.Rax, Mem.Base(Gpr.R9));
    }

    /// <summary>Goes the slow way unless the row has a function whose store is open to this stack.</summary>
    private static void CheckStack(Assembler a, Label slow)
    {
        a.Mov(OpSize.Qword, Gpr.Rcx, Mem.Base(Gpr.Rax, DirectCallees.ContextOffset));
        a.Mov(OpSize.Qword, Gpr.Rdx, Gpr.Rsp);
        a.Alu(AluOp.Sub, OpSize.Qword, Gpr.Rdx, Mem.Base(Gpr.Rcx, StoreContext.OpenStackOffset));
        a.Alu(AluOp.Cmp, OpSize.Qword, Gpr.Rdx, Mem.Base(Gpr.Rcx, StoreContext.OpenStackSizeOffset));
        a.Jcc(Condition.AboveOrEqual, slow);
    }

    /// <summary>Goes on in C#, with the number of the function as its second argument.</summary>
    private void Leave(Assembler a, nint target)
    {
        a.MovImm(Gpr.Rdi, GCHandle.ToIntPtr(_calls));
        a.MovImm(Gpr.Rax, target);
        a.Jmp(Gpr.Rax);
    }

    [UnmanagedCallersOnly]
    private static void Run(nint calls, int id) => ((FunctionCalls)GCHandle.FromIntPtr(calls).Target!).Call(id);

    [UnmanagedCallersOnly]
    private static void Fail(nint calls, int id) => ((FunctionCalls)GCHandle.FromIntPtr(calls).Target!).Fail(id);
}
