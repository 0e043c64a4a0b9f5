namespace Harness.Hosts.JavaScript;

/// <summary>
/// The buffer in which values cross between JavaScript and the host: both write and read it directly, so that numbers arrive bit by bit and a call needs no
/// arguments. Its layout is described in <c>slots.js</c>.
/// </summary>
internal sealed unsafe class SharedSlots
{
    /// <summary>Words before the first slot.</summary>
    private const int Header = 8;

    /// <summary>Bytes from <see cref="Address"/> to <see cref="Status"/>.</summary>
    public const int StatusOffset = 5 * sizeof(int);

    /// <summary>Bytes from <see cref="Address"/> to <see cref="Callbacks"/>.</summary>
    public const int CallbacksOffset = 8 * sizeof(int);

    /// <summary>Bytes from <see cref="Address"/> to <see cref="First"/>.</summary>
    public const int FirstOffset = Header * sizeof(ulong);

    /// <summary>Slots: more than a function may have parameters or results, and more than the values of an exception take with its tag and their number, should all be vectors.</summary>
    private const int Count = 2048;

    /// <summary>What <see cref="Tag"/> is where an import threw the error that JavaScript had for a trap.</summary>
    public const int TrapTag = -3;

    private readonly ulong* _words;

    /// <summary>Makes the buffer, and leaves it in the global object, for the script that takes it away from there.</summary>
    public SharedSlots(V8Realm realm) => _words = (ulong*)realm.DefineBuffer("harness:slots", (Header + Count) * sizeof(ulong));

    /// <summary>Where the buffer is, at the header.</summary>
    public nint Address => (nint)_words;

    /// <summary>Strings in slots.</summary>
    public string?[] Texts { get; } = new string?[Count];

    /// <summary>The first word: what kind of trap happened.</summary>
    public int TrapKind { set => ((int*)_words)[0] = value; }

    /// <summary>How a call has ended, whichever side made it.</summary>
    public CallStatus Status
    {
        get => *(CallStatus*)(Address + StatusOffset);
        set => *(CallStatus*)(Address + StatusOffset) = value;
    }

    /// <summary>How many calls of functions have come through V8's interface, not directly; modulo 2^32.</summary>
    public uint Callbacks => *(uint*)(Address + CallbacksOffset);

    /// <summary>
    /// What an import threw: the number of the tag whose values are in the slots, -1 for a value of JavaScript in slot 0, -2 for an exception of an unrelated store there,
    /// <see cref="TrapTag"/> for the error of a trap there.
    /// </summary>
    public int Tag => ((int*)_words)[6];

    /// <summary>The first slot; the others follow.</summary>
    public ulong* First => _words + Header;

    /// <summary>A slot.</summary>
    public ref ulong this[int slot] => ref _words[Header + slot];

    /// <summary>Number of the store whose import JavaScript is to call.</summary>
    public int Store { set => ((int*)_words)[2] = value; }

    /// <summary>Number of that import among those of the store's realm.</summary>
    public int Import { set => ((int*)_words)[3] = value; }

    /// <summary>Puts a reference into a slot.</summary>
    public void Put(int slot, int id, ReferenceKind kind)
    {
        var pair = (int*)(_words + Header + slot);
        pair[0] = id;
        pair[1] = (int)kind;
    }

    /// <summary>The reference in a slot.</summary>
    public (int Id, ReferenceKind Kind) Get(int slot)
    {
        var pair = (int*)(_words + Header + slot);
        return (pair[0], (ReferenceKind)pair[1]);
    }
}

/// <summary>What a reference in a slot refers to.</summary>
internal enum ReferenceKind
{
    /// <summary>Nothing.</summary>
    Null,

    /// <summary>A value of JavaScript in its realm's table.</summary>
    Value,

    /// <summary>An object of the store's heap.</summary>
    Object,

    /// <summary>A function.</summary>
    Function,

    /// <summary>An unboxed integer: the id itself.</summary>
    I31,

    /// <summary>A string, which is in <see cref="SharedSlots.Texts"/>.</summary>
    String,
}
