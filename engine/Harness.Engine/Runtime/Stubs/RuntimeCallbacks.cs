using System.Runtime.InteropServices;
using Harness.Engine.Deoptimization;
using Harness.Engine.Feedback;
using Harness.Engine.Runtime.Stacks;
using Harness.Engine.X64;

namespace Harness.Engine.Runtime.Stubs;

/// <summary>
/// The C# side of the stubs. No exception may leave these functions: what goes wrong stays pending in the store, and the
/// stub goes back to the innermost entry stub.
/// </summary>
internal static unsafe class RuntimeCallbacks
{
    /// <summary>What a callback returns in place of an address when something is pending that unwinds the stack.</summary>
    public const int Unwinds = 1;

    /// <summary>Makes a trap pending.</summary>
    /// <param name="header">The running instance.</param>
    /// <param name="address">The faulting instruction, or the return address of the call to the trap stub.</param>
    /// <param name="isFault">Whether it was a memory fault.</param>
    /// <param name="framePointer">rbp of the function that trapped.</param>
    [UnmanagedCallersOnly]
    public static void Trap(InstanceHeader* header, nint address, int isFault, byte* framePointer)
    {
        var code =
            isFault != 0 ? NativeRuntime.Registry.Find(address) : NativeRuntime.Registry.FindCaller(address);
        if (code is null)
        {
            Environment.FailFast($"{(isFault != 0 ? "memory fault" : "trap")} at 0x{address:x}, outside of any function's code");
            return;
        }

        var store = Store.Of(header->Context);
        var site = code.Code.FindSite(address, isTrap: true);
        if (site < 0)
        {
            store.SetPending(new InvalidOperationException(
                $"{code.Code.Tier} code of {code.Owner.Module.Functions[code.Code.FunctionIndex]} trapped at code offset "
                + $"0x{address - code.Code.Block.Address:x}, where the compiler announced no trap"));
            return;
        }

        var kind = code.Code.Sites[site].Trap;
        if (kind == TrapKind.Pending)
        {
            kind = header->Context->PendingTrap;
        }

        store.SetPending(kind, CapturedStack.Capture(code, site, framePointer));
    }

    /// <summary>
    /// Compiled code has found rsp below the limit, no fuel left, or the deadline come: decides what that means; returns 0 to go on.
    /// </summary>
    [UnmanagedCallersOnly]
    public static int StackGuard(InstanceHeader* header, nint returnAddress, byte* framePointer, nuint stackPointer)
    {
        var store = Store.Of(header->Context);
        try
        {
            var kind = store.CheckStack(stackPointer);
            if (kind == TrapKind.None)
            {
                return 0;
            }

            var code = NativeRuntime.Registry.FindCaller(returnAddress)!;
            var site = code.Code.FindSite(returnAddress, isTrap: false);
            if (site < 0)
            {
                site = code.Code.FindSite(returnAddress, isTrap: true);
            }

            store.SetPending(kind, CapturedStack.Capture(code, site, framePointer));
        }
        catch (Exception e)
        {
            store.SetPending(e);
        }

        return 1;
    }

    /// <summary>A function's budget is used up; returns 0 to go on.</summary>
    [UnmanagedCallersOnly]
    public static int TierUp(InstanceHeader* header, int functionIndex)
    {
        try
        {
            var instance = Instance.Of(header)!;
            instance.Code.Engine.TierUp.BudgetUsedUp(instance, functionIndex);
            return 0;
        }
        catch (Exception e)
        {
            Store.Of(header->Context).SetPending(e);
            return 1;
        }
    }

    /// <summary>Records a target that a call site has not seen before.</summary>
    [UnmanagedCallersOnly]
    public static void FeedbackMiss(InstanceHeader* header, FunctionReference* target, FeedbackSlot* slot)
    {
        try
        {
            FeedbackRecorder.Record(Instance.Of(header)!, slot, target);
        }
        catch (OutOfMemoryException)
        {
            // The site goes on without the target.
        }
    }

    /// <summary>A guard of optimized code failed: returns the baseline frames that replace the optimized one, or null to unwind.</summary>
    [UnmanagedCallersOnly]
    public static FrameTransfer* Deoptimize(
        InstanceHeader* header, RegisterFile* registers, nint returnAddress, byte* framePointer)
    {
        try
        {
            return Deoptimizer.Deoptimize(Instance.Of(header)!, registers, returnAddress, framePointer);
        }
        catch (Exception e)
        {
            Store.Of(header->Context).SetPending(e);
            return null;
        }
    }

    /// <summary>
    /// Baseline code is at the header of a loop of which there may be optimized code: returns the frame that replaces its own, null to go
    /// on, or <see cref="Unwinds"/>.
    /// </summary>
    [UnmanagedCallersOnly]
    public static FrameTransfer* EnterLoop(InstanceHeader* header, RegisterFile* registers, nint returnAddress, byte* framePointer)
    {
        try
        {
            return LoopEntry.Enter(Instance.Of(header)!, registers, returnAddress, framePointer);
        }
        catch (Exception e)
        {
            SetPending(Store.Of(header->Context), e);
            return (FrameTransfer*)Unwinds;
        }
    }

    /// <summary>An allocation does not fit; returns 0 when there is room, or 1 to unwind.</summary>
    /// <param name="header">The running instance.</param>
    /// <param name="registers">The registers at the allocation; r11 has the bytes wanted.</param>
    [UnmanagedCallersOnly]
    public static int CollectGarbage(InstanceHeader* header, RegisterFile* registers)
    {
        var store = Store.Of(header->Context);
        try
        {
            if (store.MakeRoom((nuint)(*registers)[Gpr.R11], registers))
            {
                return 0;
            }

            store.SetPending(TrapKind.OutOfMemory, CapturedStack.Capture(store.Context->ExitFrame));
        }
        catch (Exception e)
        {
            store.SetPending(e);
        }

        return 1;
    }

    /// <summary>A function is called that has no code yet: returns its entry, or 0 to unwind.</summary>
    [UnmanagedCallersOnly]
    public static nint LazyCompile(InstanceHeader* header, int functionIndex)
    {
        try
        {
            var instance = Instance.Of(header)!;
            return instance.Code.Enter(instance, functionIndex);
        }
        catch (Exception e)
        {
            SetPending(Store.Of(header->Context), e);
            return 0;
        }
    }

    /// <summary>
    /// Compiled code throws an exception: returns how to go on in the handler, or null to unwind, which is also what null does: it
    /// traps.
    /// </summary>
    [UnmanagedCallersOnly]
    public static FrameTransfer* Throw(InstanceHeader* header, ulong exception, nint returnAddress, byte* framePointer)
    {
        var store = Store.Of(header->Context);
        try
        {
            if (exception != 0)
            {
                return Unwinder.Unwind(store, exception, returnAddress, framePointer);
            }

            var code = NativeRuntime.Registry.FindCaller(returnAddress)!;
            var site = code.Code.FindSite(returnAddress, isTrap: false);
            store.SetPending(TrapKind.NullException, CapturedStack.Capture(code, site, framePointer));
        }
        catch (Exception e)
        {
            store.SetPending(e);
        }

        return null;
    }

    /// <summary>A function of the host threw the exception that is pending: as <see cref="Throw"/>, from the call of that function.</summary>
    [UnmanagedCallersOnly]
    public static FrameTransfer* ThrowFromHost(InstanceHeader* header, nint returnAddress, byte* framePointer)
    {
        var store = Store.Of(header->Context);
        try
        {
            return Unwinder.UnwindFromHost(store, returnAddress, framePointer);
        }
        catch (InsufficientMemoryException)
        {
            store.SetPending(TrapKind.OutOfMemory, CapturedStack.Capture(store.Context->ExitFrame));
            return null;
        }
        catch (Exception e)
        {
            store.SetPending(e);
            return null;
        }
    }

    /// <summary>
    /// Compiled code calls a function of the host; returns 0, 1 to unwind, or 2 if compiled code may catch the pending exception.
    /// </summary>
    [UnmanagedCallersOnly]
    public static int CallHost(FunctionReference* reference, InstanceHeader* caller, ulong* slots)
    {
        var function = Store.FunctionOf(reference);
        try
        {
            function.Host!.Call(new HostCaller(function.Store, Instance.Of(caller)), slots);
            return 0;
        }
        catch (WasmException e) when (e.Tag.Store == function.Store)
        {
            function.Store.SetPending(e);
            return 2;
        }
        catch (HostTrapException trap)
        {
            function.Store.SetPending(trap.Kind, CapturedStack.Capture(function.Store.Context->ExitFrame));
            return 1;
        }
        catch (Exception e)
        {
            function.Store.SetPending(e);
            return 1;
        }
    }

    /// <summary>A compilation that the guest waited for has ended without code: where the guest was interrupted, that is a trap.</summary>
    private static void SetPending(Store store, Exception failure)
    {
        if (failure is OperationCanceledException && store.TryTakeInterrupt())
        {
            store.SetPending(TrapKind.Interrupted, CapturedStack.Empty);
        }
        else
        {
            store.SetPending(failure);
        }
    }
}
