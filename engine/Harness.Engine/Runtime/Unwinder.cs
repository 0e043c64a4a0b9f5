using Harness.Engine.Deoptimization;

namespace Harness.Engine.Runtime;

/// <summary>
/// Finds the handler of an exception: it walks the frames of the running activation, up to its entry stub, by their code sites.
/// Handlers are in baseline code only. Where optimized code has one, the baseline frames that the optimized frame stands for are
/// rebuilt, as at a deopt, and the innermost that has a handler goes on.
/// </summary>
internal static unsafe class Unwinder
{
    /// <summary>Finds the handler of an exception.</summary>
    /// <param name="store">The store whose code runs.</param>
    /// <param name="exception">The exception.</param>
    /// <param name="returnAddress">Where the call that threw would return to.</param>
    /// <param name="framePointer">rbp of the function that called.</param>
    /// <returns>How to go on in the handler; null to unwind the activation, for the reason that is pending in the store.</returns>
    public static FrameTransfer* Unwind(Store store, ulong exception, nint returnAddress, byte* framePointer)
    {
        while (FindHandler(ref returnAddress, ref framePointer) is { } code)
        {
            FrameTransfer* transfer = Enter(store, code.Code, returnAddress, framePointer, exception);
            if (transfer != null) return CheckRoom(store, transfer, code, returnAddress, framePointer);
            GoOut(ref returnAddress, ref framePointer);
        }

        store.SetPending(ExceptionObject.ToHost(exception));
        return null;
    }

    /// <summary>As <see cref="Unwind"/>, for the <see cref="WasmException"/> that is pending, which stays so if nothing may catch it.</summary>
    public static FrameTransfer* UnwindFromHost(Store store, nint returnAddress, byte* framePointer)
    {
        if (FindHandler(ref returnAddress, ref framePointer) is null) return null;
        ulong exception = ExceptionObject.New((WasmException)store.TakePendingException());
        return Unwind(store, exception, returnAddress, framePointer);
    }

    /// <summary>Looks for the innermost frame that may catch an exception.</summary>
    /// <returns>Its code; null if the activation has none.</returns>
    private static RegisteredCode? FindHandler(ref nint returnAddress, ref byte* framePointer)
    {
        while (NativeRuntime.Registry.FindCaller(returnAddress) is { } code)
        {
            if (code.Code.HandlerAt(returnAddress) >= 0) return code;
            GoOut(ref returnAddress, ref framePointer);
        }

        return null;
    }

    private static void GoOut(ref nint returnAddress, ref byte* framePointer)
    {
        returnAddress = *(nint*)(framePointer + FrameLayout.ReturnAddress);
        framePointer = *(byte**)framePointer;
    }

    private static FrameTransfer* Enter(
        Store store, CompiledCode code, nint returnAddress, byte* framePointer, ulong exception)
    {
        Instance instance = Instance.Of(*(InstanceHeader**)(framePointer + FrameLayout.Instance))!;
        int handler = code.HandlerAt(returnAddress);
        if (code.Tier == CodeTier.Optimized)
            return Deoptimizer.EnterHandler(instance, code.ExceptionPoints[handler], framePointer, exception);
        store.FrameImage.Begin(instance, framePointer);
        return store.FrameImage.BuildHandler(
            framePointer - code.FrameSize, code.Block.Address + code.LandingPads[handler], exception);
    }

    /// <summary>Baseline frames may be larger than the optimized frame that they replace.</summary>
    private static FrameTransfer* CheckRoom(
        Store store, FrameTransfer* transfer, RegisteredCode code, nint returnAddress, byte* framePointer)
    {
        if (store.HasRoomFor(transfer->StackPointer)) return transfer;
        int site = code.Code.FindSite(returnAddress, isTrap: false);
        store.SetPending(TrapKind.StackOverflow, CapturedStack.Capture(code, site, framePointer));
        return null;
    }
}
