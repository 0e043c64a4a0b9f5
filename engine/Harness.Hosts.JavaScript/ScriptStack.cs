using System.Runtime.CompilerServices;
using Harness.Engine.Runtime;

namespace Harness.Hosts.JavaScript;

/// <summary>
/// The part of the thread's stack that V8 uses: some of it from where V8 was started. WebAssembly, whose stack is as large as the engine's options say, may have gone far beyond that before it calls a
/// script, and so may a script before it calls a function of the host that enters V8 again; V8 ends the process where it finds itself there. To be made where V8 is started.
/// </summary>
internal sealed unsafe class ScriptStack
{
    /// <summary>KiB that the thread's stack must have: V8 does not ask for its size, but takes its part.</summary>
    public const int LeastSize = 1536;

    /// <summary>
    /// Bytes that V8 takes (its flag <c>--stack-size</c> has 984 KiB, counted from where it was started), but for what it takes to get there. Beyond them it throws, which ends the process
    /// where that is further from the beginning of the thread's stack than these and some 40 KiB (<c>Isolate::Throw</c>, <c>Isolate::IsOnCentralStack</c>).
    /// </summary>
    private const nint Size = (984 - 64) << 10;

    private readonly nint _end = Here() - Size;

    /// <summary>Whether V8 has no stack here. Scripts that have come nearly as far themselves may have called what asks.</summary>
    public bool IsExhausted => Here() < _end;

    /// <summary>Lets nobody enter V8 where it has no stack.</summary>
    /// <exception cref="HostTrapException">There is none left.</exception>
    public void ThrowIfExhausted()
    {
        if (IsExhausted)
        {
            throw new HostTrapException(TrapKind.StackOverflow);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nint Here()
    {
        byte here;
        return (nint)(&here);
    }
}
