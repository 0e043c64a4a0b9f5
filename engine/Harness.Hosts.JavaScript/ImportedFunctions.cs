using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Hosts.JavaScript;

/// <summary>Makes functions of JavaScript into functions of the host: those whose meaning is known are served here, the others cross.</summary>
/// <param name="slots">Where values cross.</param>
/// <param name="functions">What calls imports in JavaScript, and tells what they threw.</param>
/// <param name="tagOf">Tags by number.</param>
internal sealed class ImportedFunctions(SharedSlots slots, ScriptFunctions functions, Func<int, Tag> tagOf)
{
    /// <summary>Makes the function for an import.</summary>
    /// <param name="realm">The store that it is for.</param>
    /// <param name="type">Its parameters and results.</param>
    /// <param name="canonicalTypeId">The number of the type.</param>
    /// <param name="number">Its number among the imports of the realm.</param>
    /// <param name="description">What it is; see <c>describe</c> in known-functions.js.</param>
    /// <param name="module">The module that imports it; null for one that no module imports.</param>
    public unsafe HostFunction Make(StoreRealm realm, FunctionType type, int canonicalTypeId, int number, string description, WasmModule? module)
    {
        var known = KnownFunctions.Find(description, type) ?? (module is not null && ArrayTransfer.Find(description, type, module) is { } transfer ? transfer.TryServe : null);
        return HostFunction.CreateRaw(type, canonicalTypeId, (_, values) =>
        {
            if (known is null || !known(realm, values))
            {
                Cross(realm, type, number, values);
            }
        });
    }

    private unsafe void Cross(StoreRealm realm, FunctionType type, int number, ulong* values)
    {
        var store = realm.Store;

        // The slots have nothing yet. The arguments are in compiled code's form, by which the heap still has their values.
        realm.ReleaseValues();
        for (int i = 0, word = 0; i < type.Parameters.Length; word += type.Parameters[i++].WordCount)
        {
            if (type.Parameters[i].IsReference)
            {
                realm.Put(i, store.FromNative(values[word], type.Parameters[i]));
            }
            else
            {
                slots[i] = values[word];
            }
        }

        // Here nothing in compiled code's form is needed: the arguments are converted, and there are no results yet.
        store.Heap.CatchUp();
        slots.Store = realm.Id;
        slots.Import = number;
        functions.Dispatch();
        if (slots.Status != CallStatus.Returned)
        {
            Throw(realm);
        }

        try
        {
            for (int i = 0, word = 0; i < type.Results.Length; word += type.Results[i++].WordCount)
            {
                var result = type.Results[i];
                values[word] = result.IsReference ? store.ToNative(realm.Take(i, result), result) : slots[i];
            }
        }
        catch (ArgumentException e)
        {
            functions.RefuseResult(realm.Id, $"WebAssembly: {e.Message}");
            throw new WasmException(realm.ScriptTag, realm.Take(0, ValueType.ExternRef));
        }
        catch (InsufficientMemoryException)
        {
            throw new HostTrapException(TrapKind.OutOfMemory);
        }
    }

    /// <summary>Throws what an import threw.</summary>
    private void Throw(StoreRealm realm)
    {
        var tagId = slots.Tag;
        if (tagId == SharedSlots.TrapTag)
        {
            throw new ScriptTrapException(realm.Take(0, ValueType.ExternRef));
        }

        if (tagId < 0)
        {
            throw new WasmException(tagId == -1 ? realm.ScriptTag : realm.ForeignTag, realm.Take(0, ValueType.ExternRef));
        }

        var tag = tagOf(tagId);
        var types = tag.Type.Type.Parameters;
        var values = new WasmValue[types.Length];
        for (int i = 0, slot = 0; i < values.Length; slot += types[i++].WordCount)
        {
            values[i] = realm.Take(slot, types[i]);
        }

        throw new WasmException(tag, values);
    }
}
