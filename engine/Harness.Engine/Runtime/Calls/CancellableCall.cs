namespace Harness.Engine.Runtime.Calls;

/// <summary>
/// A call from C# into a store that a token may cancel: whatever compiled code runs in it then ends with a trap, on its way out through functions of the host, too,
/// and nothing of that is left when the call has returned.
/// </summary>
internal sealed class CancellableCall : IDisposable
{
    private readonly Store _store;
    private readonly CancellationToken _cancellation;
    private readonly CancellationTokenRegistration _registration;
    private bool _isCancelled;

    /// <summary>Begins a call.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled before.</exception>
    public CancellableCall(Store store, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        _store = store;
        _cancellation = cancellation;
        _registration = cancellation.UnsafeRegister(static call => ((CancellableCall)call!).Cancel(), this);
    }

    /// <summary>Whether a trap is there because the call was cancelled.</summary>
    public bool IsCauseOf(WasmTrapException trap) => trap.Kind == TrapKind.Interrupted && _cancellation.IsCancellationRequested;

    /// <summary>What the caller is told in place of the trap.</summary>
    public OperationCanceledException Cancelled(WasmTrapException trap) => new("the call was cancelled", trap, _cancellation);

    /// <summary>Ends the call. A cancellation that is under way on another thread is waited for; it only sets a mark.</summary>
    public void Dispose()
    {
        _registration.Dispose();
        if (_isCancelled)
        {
            _store.EndCancellation();
        }
    }

    private void Cancel()
    {
        _isCancelled = true;
        _store.BeginCancellation();
    }
}
