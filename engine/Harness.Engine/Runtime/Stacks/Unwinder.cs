namespace Harness.Engine.Runtime.Stacks;

/// <summary>
/// Finds the handler of an exception: it walks the frames of the running activation, up to its entry stub, by their code sites. A
/// handler is a landing pad in the code of the frame, which stays as it is.
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
        if (FindHandler(ref returnAddress, ref framePointer) is not { } code)
        {
            store.SetPending(ExceptionObject.ToHost(exception));
            return null;
        }

        var landingPad = code.Block.Address + code.LandingPads[code.HandlerAt(returnAddress)];
        var instance = Instance.Of(*(InstanceHeader**)(framePointer + FrameLayout.Instance))!;
        store.FrameImage.Begin(instance, framePointer, []);
        return store.FrameImage.BuildHandler(framePointer - code.FrameSize, landingPad, exception);
    }

    /// <summary>As <see cref="Unwind"/>, for the <see cref="WasmException"/> that is pending, which stays so if nothing may catch it.</summary>
    public static FrameTransfer* UnwindFromHost(Store store, nint returnAddress, byte* framePointer)
    {
        if (FindHandler(ref returnAddress, ref framePointer) is null)
        {
            return null;
        }

        // The function of the host has ended, and the exception that it threw is made of what the collector knows.
        var thrown = (WasmException)store.TakePendingException();
        store.Heap.CatchUp();
        var exception = ExceptionObject.New(thrown);
        return Unwind(store, exception, returnAddress, framePointer);
    }

    /// <summary>Looks for the innermost frame that may catch an exception.</summary>
    /// <returns>Its code; null if the activation has none.</returns>
    private static CompiledCode? FindHandler(ref nint returnAddress, ref byte* framePointer)
    {
        while (NativeRuntime.Registry.FindCaller(returnAddress) is { } caller)
        {
            if (caller.Code.HandlerAt(returnAddress) >= 0)
            {
                return caller.Code;
            }

            returnAddress = *(nint*)(framePointer + FrameLayout.ReturnAddress);
            framePointer = *(byte**)framePointer;
        }

        return null;
    }
}
