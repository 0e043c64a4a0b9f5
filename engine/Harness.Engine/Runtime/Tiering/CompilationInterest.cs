namespace Harness.Engine.Runtime.Tiering;

/// <summary>
/// Whether anybody still wants the result of a compilation: its job may be cancelled, or the guest that waits for it interrupted. Compilers ask every so many
/// steps and give up when nobody does.
/// </summary>
/// <param name="Cancellation">Cancels the job.</param>
/// <param name="Waiter">The store whose guest waits for the code; null if none does.</param>
internal readonly record struct CompilationInterest(CancellationToken Cancellation, Store? Waiter = null)
{
    /// <summary>Gives up if nobody wants the result.</summary>
    /// <exception cref="OperationCanceledException">Nobody does.</exception>
    public void ThrowIfGone()
    {
        if (Cancellation.IsCancellationRequested || Waiter is { IsInterruptRequested: true })
        {
            throw new OperationCanceledException("the compilation is not wanted any more");
        }
    }
}
