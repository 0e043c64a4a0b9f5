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
    /// <returns>How to go on in the handler; null if there is none: then the exception is pending in the store.</returns>
    public static FrameTransfer* Unwind(Store store, ulong exception, nint returnAddress, byte* framePointer)
    {
        if (Find(ref returnAddress, ref framePointer) is { } handler)
            return Enter(store, handler, returnAddress, framePointer, exception);
        store.SetPending(ExceptionObject.ToHost(exception));
        return null;
    }

    /// <summary>As <see cref="Unwind"/>, for the <see cref="WasmException"/> that is pending, which stays so if nothing catches it.</summary>
    public static FrameTransfer* UnwindFromHost(Store store, nint returnAddress, byte* framePointer)
    {
        if (Find(ref returnAddress, ref framePointer) is not { } handler) return null;
        ulong exception = ExceptionObject.New((WasmException)store.TakePendingException());
        return Enter(store, handler, returnAddress, framePointer, exception);
    }

    /// <summary>Looks for the innermost frame that may catch an exception.</summary>
    /// <returns>Its code; null if the activation has none.</returns>
    private static RegisteredCode? Find(ref nint returnAddress, ref byte* framePointer)
    {
        while (NativeRuntime.Registry.FindCaller(returnAddress) is { } code)
        {
            if (HandlerAt(code.Code, returnAddress) >= 0) return code;
            returnAddress = *(nint*)(framePointer + FrameLayout.ReturnAddress);
            framePointer = *(byte**)framePointer;
        }

        return null;
    }

    private static FrameTransfer* Enter(
        Store store, RegisteredCode registered, nint returnAddress, byte* framePointer, ulong exception)
    {
        Instance instance = Instance.Of(*(InstanceHeader**)(framePointer + FrameLayout.Instance))!;
        CompiledCode code = registered.Code;
        int handler = HandlerAt(code, returnAddress);
        FrameImage image = store.FrameImage;
        image.Begin(instance, framePointer);
        if (code.Tier == CodeTier.Baseline)
        {
            return image.BuildHandler(framePointer - code.FrameSize, code.Block.Address + code.LandingPads[handler], exception);
        }

        throw new NotSupportedException("optimized code catches no exceptions");
    }

    private static int HandlerAt(CompiledCode code, nint returnAddress)
    {
        int site = code.FindSite(returnAddress, isTrap: false);
        return site < 0 ? -1 : code.Sites[site].Handler;
    }
}
