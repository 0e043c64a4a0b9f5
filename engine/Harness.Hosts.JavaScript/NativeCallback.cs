using Harness.Engine.Runtime;
using Microsoft.ClearScript;

namespace Harness.Hosts.JavaScript;

/// <summary>A function of JavaScript without arguments and results that the host calls past ClearScript: what it takes and gives travels in memory that both sides see.</summary>
/// <param name="realm">Where it belongs.</param>
/// <param name="name">The property of the global object that has it now.</param>
internal sealed unsafe class NativeCallback(V8Realm realm, string name)
{
    private readonly nint* _function = realm.Take(name);
    private readonly nint* _next = V8Interface.HandleNext(realm.Isolate);
    private readonly nint* _limit = V8Interface.HandleLimit(realm.Isolate);
    private readonly int* _level = V8Interface.HandleLevel(realm.Isolate);

    /// <summary>Calls the function, if V8 runs on this thread; if not, ClearScript has to enter it.</summary>
    /// <returns>Whether it was called.</returns>
    /// <exception cref="ScriptInterruptedException">The script was ended from outside.</exception>
    /// <exception cref="HostTrapException">There is no stack left for it. Whatever else the function might throw it must catch itself.</exception>
    public bool TryCall()
    {
        if (!realm.IsEntered) return false;

        // A scope of handles: those made meanwhile are given back.
        nint next = *_next, limit = *_limit;
        ++*_level;
        byte* tryCatch = stackalloc byte[V8Interface.TryCatchSize];
        V8Interface.BeginTry(tryCatch, realm.Isolate);
        bool hasReturned = V8Interface.Call(_function, realm.Isolate, realm.Context, _function, 0, null) is not null;
        bool hasTerminated = !hasReturned && V8Interface.HasTerminated(tryCatch) != 0;
        V8Interface.EndTry(tryCatch);
        *_next = next;
        --*_level;
        if (*_limit != limit)
        {
            *_limit = limit;
            V8Interface.DeleteHandleExtensions(realm.Isolate);
        }

        if (hasTerminated) throw new ScriptInterruptedException("Script execution was interrupted");
        return hasReturned ? true : throw new HostTrapException(TrapKind.StackOverflow);
    }
}
