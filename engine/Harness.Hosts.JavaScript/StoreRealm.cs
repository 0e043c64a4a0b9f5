using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Hosts.JavaScript;

/// <summary>A store with what JavaScript knows of it, and the conversions between its values and those in slots.</summary>
internal sealed class StoreRealm : IDisposable
{
    private readonly SharedSlots _slots;
    private readonly Func<WasmFunction, int> _idOfFunction;
    private readonly Func<int, WasmFunction> _functionOf;

    public StoreRealm(int id, WasmEngine engine, SharedSlots slots, StagingBuffer staging, Func<WasmFunction, int> idOfFunction, Func<int, WasmFunction> functionOf)
    {
        Id = id;
        Store = new Store(engine);
        Objects = new HeapObjectTable(Store.Heap);
        Values = new ScriptValueTable(Store.Heap);
        _slots = slots;
        Staging = staging;
        _idOfFunction = idOfFunction;
        _functionOf = functionOf;
        var payload = new FunctionType([ValueType.ExternRef], []);
        var type = new TagType(TypeRegistry.CanonicalId(payload), payload);
        ScriptTag = new Tag(Store, type);
        ForeignTag = new Tag(Store, type);
    }

    /// <summary>Number of the store.</summary>
    public int Id { get; }

    public Store Store { get; }

    /// <summary>Bytes of memory that the heap of the store has taken: its nursery, and the most that it had besides.</summary>
    public long HeapMemory
    {
        get
        {
            var heap = Store.HeapStatistics;
            return heap.NurseryBytes + heap.LargestUsedBytes;
        }
    }

    /// <summary>What V8 was last told of <see cref="HeapMemory"/>.</summary>
    public long ToldMemory { get; set; }

    /// <summary>Where blocks of elements cross.</summary>
    public StagingBuffer Staging { get; }

    /// <summary>Values of JavaScript that the store refers to.</summary>
    public ScriptValueTable Values { get; }

    /// <summary>Objects of the store that JavaScript has.</summary>
    public HeapObjectTable Objects { get; }

    /// <summary>The tag of exceptions that are values of JavaScript (JavaScript API, <c>WebAssembly.JSTag</c>).</summary>
    public Tag ScriptTag { get; }

    /// <summary>The tag of exceptions of other stores on their way through this one, whose code cannot catch them by their own.</summary>
    public Tag ForeignTag { get; }

    /// <summary>Ids of tables, memories, globals, tags and functions.</summary>
    public Dictionary<Extern, int> Items { get; } = [];

    /// <summary>Puts a value into a slot (ToJSValue; JavaScript reads it), a vector into two.</summary>
    public void Put(int slot, WasmValue value)
    {
        switch (value)
        {
            case { Kind: ValueKind.V128 }: PutVector(slot, value.AsV128()); break;
            case { Kind: not ValueKind.Ref }: _slots[slot] = value.Bits; break;
            case { IsNull: true }: _slots.Put(slot, 0, ReferenceKind.Null); break;
            case { IsI31: true }: _slots.Put(slot, value.AsI31(), ReferenceKind.I31); break;
            default: PutReferent(slot, value.Referent!); break;
        }
    }

    /// <summary>Takes a value from a slot (the host's part of ToWebAssemblyValue), a vector from two.</summary>
    public WasmValue Take(int slot, ValueType type)
    {
        if (type.IsVector)
        {
            return WasmValue.FromV128(new V128(_slots[slot], _slots[slot + 1]));
        }

        if (!type.IsReference)
        {
            return WasmValue.FromBits(type.Kind, _slots[slot]);
        }

        var (id, kind) = _slots.Get(slot);
        var isExtern = TypeRegistry.TopOf(type.HeapType) == AbstractHeapType.Extern;
        switch (kind)
        {
            case ReferenceKind.Null: return WasmValue.Null(type.HeapType);
            case ReferenceKind.Function: return WasmValue.FromFunction(_functionOf(id));
            case ReferenceKind.Object: return isExtern ? WasmValue.FromHeap(Objects.Get(id)).ExternConvertAny() : WasmValue.FromHeap(Objects.Get(id));
            case ReferenceKind.I31: return isExtern ? WasmValue.FromI31(id).ExternConvertAny() : WasmValue.FromI31(id);
            default:
                var value = WasmValue.FromExtern(kind == ReferenceKind.String ? _slots.Texts[slot]! : Values.Get(id));
                return isExtern ? value : value.AnyConvertExtern();
        }
    }

    /// <summary>
    /// Releases values of JavaScript that nothing of the store refers to any more, if that is due. For places where no slot has an id that somebody is still to read: it could become another value's.
    /// Nothing of the heap is collected meanwhile, and the slots stay as they are.
    /// </summary>
    public void ReleaseValues()
    {
        if (Values.IsSweepDue)
        {
            Staging.Sweep(Id, Values);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Store.Dispose();

    private void PutVector(int slot, V128 vector)
    {
        _slots[slot] = vector.Low;
        _slots[slot + 1] = vector.High;
    }

    private void PutReferent(int slot, object referent)
    {
        switch (referent)
        {
            case string text:
                _slots.Texts[slot] = text;
                _slots.Put(slot, 0, ReferenceKind.String);
                break;
            case ScriptValue value: _slots.Put(slot, value.Id, ReferenceKind.Value); break;
            case WasmFunction function: _slots.Put(slot, _idOfFunction(function), ReferenceKind.Function); break;
            case HeapReference reference: _slots.Put(slot, Objects.Hold(reference), ReferenceKind.Object); break;
            default: throw new InvalidOperationException($"a {referent.GetType()} cannot be handed to JavaScript");
        }
    }
}
