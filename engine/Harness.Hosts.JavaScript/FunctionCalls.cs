using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Hosts.JavaScript;

/// <summary>
/// Calls of functions of WebAssembly by JavaScript. The arguments are in the slots, where compiled code takes them and leaves its results. What it throws becomes a status with values and a message.
/// </summary>
/// <param name="slots">Where values cross.</param>
/// <param name="find">Functions by number, with their realms.</param>
/// <param name="numberOf">The number of a tag of a realm.</param>
internal sealed unsafe class FunctionCalls(SharedSlots slots, Func<int, (StoreRealm Realm, WasmFunction Function)> find, Func<StoreRealm, Tag, int> numberOf) : IDisposable
{
    /// <summary>What <see cref="SharedSlots.TrapKind"/> is where a function is not valid.</summary>
    private const int NotValidKind = 2;

    private Callee?[] _callees = new Callee?[64];
    private ExceptionDispatchInfo? _escaped;

    /// <summary>Those functions that <see cref="CallCode"/> can call itself, since their arguments and results are numbers.</summary>
    public DirectCallees Direct { get; } = new();

    /// <summary>What JavaScript is told with a status.</summary>
    public string Message { get; set; } = "";

    /// <summary>Calls a function, and leaves the status in the header of the slots. Throws nothing.</summary>
    /// <param name="id">The function's number.</param>
    public void Call(int id) => Finish(id, isMade: false);

    /// <summary>Leaves the status of a call that machine code has made itself and that has not returned normally. Throws nothing.</summary>
    /// <param name="id">The function's number.</param>
    public void Fail(int id) => Finish(id, isMade: true);

    /// <summary>Throws what a call ended with whose status was <see cref="CallStatus.Escaped"/>.</summary>
    public void ThrowEscaped()
    {
        var escaped = _escaped;
        _escaped = null;
        escaped?.Throw();
    }

    /// <summary>Forgets a function, whose number will be another's.</summary>
    public void Forget(int id)
    {
        if (id >= _callees.Length)
        {
            return;
        }

        _callees[id] = null;
        Direct.Remove(id);
    }

    /// <inheritdoc/>
    public void Dispose() => Direct.Dispose();

    /// <summary>Runs something of a realm; what it throws becomes a status.</summary>
    public CallStatus Guarded(StoreRealm realm, Func<CallStatus> action)
    {
        try
        {
            return action();
        }
        catch (WasmTrapException e)
        {
            return Trapped(e.Kind, e.Message);
        }
        catch (ScriptTrapException e)
        {
            realm.Put(0, e.Error);
            return CallStatus.Thrown;
        }
        catch (WasmException e) when (e.Tag == realm.ScriptTag || e.Tag == realm.ForeignTag)
        {
            realm.Put(0, e.Values[0]);
            return CallStatus.Thrown;
        }
        catch (WasmException e)
        {
            slots.Put(0, numberOf(realm, e.Tag), ReferenceKind.Null);
            slots.Put(1, e.Values.Count, ReferenceKind.Null);
            for (int i = 0, slot = 2; i < e.Values.Count; slot += e.Values[i++].Type.WordCount)
            {
                realm.Put(slot, e.Values[i]);
            }

            return CallStatus.Raised;
        }
        catch (InsufficientMemoryException e)
        {
            return Trapped(TrapKind.OutOfMemory, e.Message);
        }
        catch (ModuleException e)
        {
            // A function that is not valid was called, which is known only now (compile.lazy-validation).
            slots.TrapKind = NotValidKind;
            Message = $"WebAssembly: {e.Message}";
            return CallStatus.Trapped;
        }
    }

    private void Finish(int id, bool isMade)
    {
        try
        {
            var callee = CalleeOf(id);
            slots.Status = isMade ? Failed(callee.Realm) : Call(callee);
        }
        catch (Exception e)
        {
            _escaped = ExceptionDispatchInfo.Capture(e);
            slots.Status = CallStatus.Escaped;
        }
    }

    private CallStatus Call(Callee callee)
    {
        var store = callee.Function.Store;
        store.CatchUpOnCollection();
        var isConverted = callee.ReferenceParameters.Length == 0 || TryConvert(callee);

        // No id is in the slots any more: the heap has the values of those arguments that were converted, and there are no results yet.
        callee.Realm.ReleaseValues();
        if (!isConverted)
        {
            return CallStatus.Refused;
        }

        if (!callee.Function.TryCallSlots(slots.First))
        {
            return Failed(callee.Realm);
        }

        foreach (var (slot, type) in callee.ReferenceResults)
        {
            callee.Realm.Put(slot, store.FromNative(slots[slot], type));
        }

        return CallStatus.Returned;
    }

    /// <summary>Makes references in the slots into what compiled code has of them, at their places.</summary>
    private bool TryConvert(Callee callee)
    {
        try
        {
            foreach (var (slot, type) in callee.ReferenceParameters)
            {
                slots[slot] = callee.Function.Store.ToNative(callee.Realm.Take(slot, type), type);
            }

            return true;
        }
        catch (ArgumentException e)
        {
            Message = $"WebAssembly: {e.Message}";
            return false;
        }
    }

    private CallStatus Failed(StoreRealm realm) => Guarded(realm, () =>
    {
        realm.Store.ThrowPending();
        return CallStatus.Returned;
    });

    private CallStatus Trapped(TrapKind kind, string message)
    {
        slots.TrapKind = kind == TrapKind.StackOverflow ? 1 : 0;
        Message = message;
        return CallStatus.Trapped;
    }

    private Callee CalleeOf(int id) => (uint)id < (uint)_callees.Length && _callees[id] is { } callee ? callee : Find(id);

    private Callee Find(int id)
    {
        if (id >= _callees.Length)
        {
            Array.Resize(ref _callees, Math.Max(id + 1, 2 * _callees.Length));
        }

        var (realm, function) = find(id);
        var callee = new Callee(realm, function);
        if (callee.ReferenceParameters.Length == 0 && callee.ReferenceResults.Length == 0)
        {
            Direct.Add(id, function);
        }

        return _callees[id] = callee;
    }

    /// <summary>A function with what each call of it needs to know.</summary>
    private sealed class Callee(StoreRealm realm, WasmFunction function)
    {
        public StoreRealm Realm { get; } = realm;

        public WasmFunction Function { get; } = function;

        /// <summary>The slots of those arguments that are not numbers.</summary>
        public (int Slot, ValueType Type)[] ReferenceParameters { get; } = ReferencesOf(function.Type.Parameters);

        /// <summary>The slots of those results that are not numbers.</summary>
        public (int Slot, ValueType Type)[] ReferenceResults { get; } = ReferencesOf(function.Type.Results);

        private static (int Slot, ValueType Type)[] ReferencesOf(ImmutableArray<ValueType> types)
        {
            var references = new List<(int Slot, ValueType Type)>();
            for (var slot = 0; slot < types.Length; slot++)
            {
                if (types[slot].IsReference)
                {
                    references.Add((slot, types[slot]));
                }
            }

            return [.. references];
        }
    }
}
