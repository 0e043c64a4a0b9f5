using Harness.Engine.Runtime;
using Microsoft.ClearScript;

namespace Harness.Hosts.JavaScript;

/// <summary>A function of JavaScript without arguments and results that the host calls past ClearScript: what it takes and gives travels in memory that both sides see.</summary>
/// <param name="realm">Where it belongs.</param>
/// <param name="name">The property of the global object that has it now.</param>
internal sealed unsafe class NativeCallback(V8Realm realm, string name)
{
    private readonly nint* _function = realm.Take(name);

    /// <summary>Calls the function, if V8 runs on this thread; if not, ClearScript has to enter it.</summary>
    /// <returns>Whether it was called.</returns>
    /// <exception cref="ScriptInterruptedException">The script was ended from outside.</exception>
    /// <exception cref="HostTrapException">There is no stack left for it. Whatever else the function might throw it must catch itself.</exception>
    public bool TryCall()
    {
        if (!realm.IsEntered)
        {
            return false;
        }

        var scope = new V8Scope(realm);
        var tryCatch = stackalloc byte[V8Interface.TryCatchSize];
        V8Interface.BeginTry(tryCatch, realm.Isolate);
        var hasReturned = V8Interface.Call(_function, realm.Isolate, realm.Context, _function, 0, null) is not null;
        var hasTerminated = !hasReturned && V8Interface.HasTerminated(tryCatch) != 0;
        V8Interface.EndTry(tryCatch);
        scope.Dispose();
        if (hasTerminated)
        {
            throw new ScriptInterruptedException("Script execution was interrupted");
        }

        return hasReturned ? true : throw new HostTrapException(TrapKind.StackOverflow);
    }
}
