using System.Runtime.InteropServices;
using Harness.Engine.Runtime;
using Harness.Hosts.Wasi.Files;

namespace Harness.Hosts.Wasi;

/// <summary>
/// How a function waits for what is outside of the program: in parts, between which it looks whether the program has ended, or the execution in its store is to end.
/// </summary>
/// <param name="table">The functions of the program.</param>
/// <param name="store">The store in which the thread runs that calls.</param>
internal readonly unsafe struct Waiting(WasiFunctionTable table, Store store)
{
    /// <summary>The most that a part takes in real time, in ns.</summary>
    public const ulong LongestPart = 20_000_000;

    private const int LongestPartMilliseconds = (int)(LongestPart / 1_000_000);

    /// <summary>Whether reading or writing a file may wait: it is no regular one, and not to fail instead.</summary>
    public static bool MayBeFor(WasiFile file) => file.Pollable is not null && !file.Flags.HasFlag(FdFlags.Nonblock);

    /// <summary>Ends a wait where there is no reason to go on.</summary>
    /// <exception cref="OperationCanceledException">Another thread has ended the program.</exception>
    /// <exception cref="HostTrapException">The execution is to end.</exception>
    public void ThrowIfEnded()
    {
        table.Ending?.ThrowIfCancellationRequested();
        if (store.IsOverdue() || store.TryTakeInterrupt())
        {
            throw new HostTrapException(TrapKind.Interrupted);
        }
    }

    /// <summary>
    /// Waits until a file can be read, or written, without a wait, or that fails, and enters the gate of the functions: no other thread of the program is faster then, but whoever has the same pipe in
    /// another process may be.
    /// </summary>
    /// <param name="file">The file, which nobody may close meanwhile.</param>
    /// <param name="events">What is wanted of it (<c>poll</c>).</param>
    /// <param name="waits">Whether it is waited for; if not, this enters the gate alone.</param>
    /// <returns>What leaves the gate.</returns>
    /// <inheritdoc cref="ThrowIfEnded" path="/exception"/>
    public Lock.Scope EnterFor(WasiFile file, short events, bool waits)
    {
        while (true)
        {
            var entered = table.Gate.EnterScope();
            if (!waits || !MayBeFor(file) || Poll(file, events, 0) != 0)
            {
                return entered;
            }

            entered.Dispose();
            do
            {
                ThrowIfEnded();
            }
            while (Poll(file, events, LongestPartMilliseconds) == 0);
        }
    }

    /// <summary>Looks whether a file can be read, or written, for a time at most.</summary>
    /// <returns>0 if it cannot; below 0 if the system does not say.</returns>
    private static int Poll(WasiFile file, short events, int milliseconds)
    {
        var poll = new NativePoll { File = file.Pollable!.Value, Events = events };
        var ready = Posix.Poll(&poll, 1, milliseconds);
        return ready < 0 && Marshal.GetLastPInvokeError() == LinuxErrno.Interrupted ? 0 : ready;
    }
}
