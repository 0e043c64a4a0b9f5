using System.Runtime.InteropServices;
using Microsoft.ClearScript.V8;

namespace Harness.Hosts.JavaScript;

/// <summary>
/// The limit of V8's heap. V8 itself says when its objects come to it, before it would end the process: on the thread of the script, in whichever way that was entered, so that nobody has to look
/// meanwhile. The script ends then, as by an interrupt, and V8 may have more until it has. (ClearScript's own monitor looks at the heap now and then, when a timer has it do so: by then a script may have gone any way beyond.)
/// V8 still ends the process where one function of its own needs more than it may have, as for an array of more than 2^27 elements.
/// </summary>
internal sealed unsafe class HeapLimit : IDisposable
{
    /// <summary>
    /// Bytes that V8 may have more each time it says so: a script ends where it calls a function or goes round a loop, and what V8 does for it before may take as much as its largest array, of 2^27
    /// elements. Nothing is taken that is not needed.
    /// </summary>
    private const nuint Spare = 1 << 30;

    private readonly V8ScriptEngine _script;
    private readonly nint _isolate;
    private readonly GCHandle _self;
    private nuint _initial;

    /// <summary>Has V8 say when it comes to the limit that it was made with.</summary>
    /// <param name="script">What ends scripts.</param>
    /// <param name="isolate">Its isolate.</param>
    public HeapLimit(V8ScriptEngine script, nint isolate)
    {
        _script = script;
        _isolate = isolate;
        _self = GCHandle.Alloc(this);
        Listen();
    }

    /// <summary>Whether V8 has come to the limit since it was last <see cref="Restore">restored</see>.</summary>
    public bool IsReached { get; private set; }

    private static delegate* unmanaged<nint, nuint, nuint, nuint> Callback => &Reach;

    /// <summary>Makes the limit what it was if V8 has come to it: at least a quarter more than what is still in use. To be called when no script runs.</summary>
    public void Restore()
    {
        if (!IsReached)
        {
            return;
        }

        _script.CollectGarbage(exhaustive: true);
        V8Interface.RemoveNearHeapLimitCallback(_isolate, Callback, _initial);
        Listen();
        IsReached = false;
    }

    /// <summary>Lets V8 say nothing more. To be called while the isolate lives.</summary>
    public void Dispose()
    {
        V8Interface.RemoveNearHeapLimitCallback(_isolate, Callback, 0);
        _self.Free();
    }

    private void Listen() => V8Interface.AddNearHeapLimitCallback(_isolate, Callback, GCHandle.ToIntPtr(_self));

    /// <summary>V8 calls this while it collects, when nothing of its heap may be touched.</summary>
    /// <returns>The limit from now on.</returns>
    [UnmanagedCallersOnly]
    private static nuint Reach(nint self, nuint current, nuint initial)
    {
        var limit = (HeapLimit)GCHandle.FromIntPtr(self).Target!;
        limit._initial = initial;
        limit.IsReached = true;
        limit._script.Interrupt();
        return current + Spare;
    }
}
