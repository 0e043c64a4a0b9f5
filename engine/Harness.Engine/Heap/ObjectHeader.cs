namespace Harness.Engine.Heap;

/// <summary>
/// The first 8 bytes of every heap object: the canonical id of its type in the low half, <see cref="ObjectFlags"/> in the high
/// half. Compiled code writes both as one constant.
/// </summary>
/// <remarks>
/// A reference is a 64-bit word: 0 is null, an odd word is an i31 (the value times two plus one, in the low half, zeros above), and
/// anything else the address of an object, a multiple of 8. References to functions point to native
/// <see cref="Runtime.FunctionReference"/>s, which lie outside of the heap and never move, so that the collector may meet any
/// reference word anywhere. An <c>externref</c> is the same word as the <c>anyref</c> it converts to.
/// </remarks>
internal static class ObjectHeader
{
    /// <summary>Bytes of the header.</summary>
    public const int Size = 8;

    /// <summary>Offset of the type's id (32 bits).</summary>
    public const int TypeIdOffset = 0;

    /// <summary>Offset of the <see cref="ObjectFlags"/> (32 bits).</summary>
    public const int FlagsOffset = 4;

    /// <summary>Alignment and granularity of objects, in bytes.</summary>
    public const int Alignment = 8;

    /// <summary><see cref="ObjectFlags.Unremembered"/> as a bit of the whole header.</summary>
    public const ulong UnrememberedBit = (ulong)ObjectFlags.Unremembered << 32;

    /// <summary><see cref="ObjectFlags.Marked"/> as a bit of the whole header.</summary>
    public const ulong MarkedBit = (ulong)ObjectFlags.Marked << 32;

    /// <summary><see cref="ObjectFlags.Forwarded"/> as a bit of the whole header.</summary>
    public const ulong ForwardedBit = (ulong)ObjectFlags.Forwarded << 32;

    /// <summary><see cref="ObjectFlags.Carded"/> as a bit of the whole header.</summary>
    public const ulong CardedBit = (ulong)ObjectFlags.Carded << 32;

    /// <summary>Most collections that the age of an object counts.</summary>
    public const int MaxAge = 15;

    /// <summary>The age of an object, in a header: how many collections it has survived while it was young.</summary>
    public const ulong AgeMask = MaxAge * OneCollection;

    /// <summary>What an object's header grows by when it survives a collection and stays young.</summary>
    public const ulong OneCollection = 1UL << AgeShift;

    private const int AgeShift = 40;

    /// <summary>The age in a header.</summary>
    public static int AgeOf(ulong header) => (int)(header >> AgeShift) & MaxAge;

    /// <summary>The header of a new object in the nursery.</summary>
    public static ulong Of(int typeId, ObjectFlags flags) => ((ulong)flags << 32) | (uint)typeId;
}

/// <summary>The high half of an object's header.</summary>
[Flags]
internal enum ObjectFlags : uint
{
    /// <summary>A young object that is neither structure nor array.</summary>
    None = 0,

    /// <summary>A structure.</summary>
    Struct = 1 << 0,

    /// <summary>An array.</summary>
    Array = 1 << 1,

    /// <summary>
    /// The object is old and not in the remembered set: who stores a reference in it calls <see cref="Runtime.Stub.Remember"/>,
    /// which puts it there and takes the flag away.
    /// </summary>
    Unremembered = 1 << 2,

    /// <summary>A large object that the running collection has reached.</summary>
    Marked = 1 << 3,

    /// <summary>
    /// An old array of references that is long enough for <see cref="CardTable">cards</see>: who stores a reference in it marks the card of the
    /// place (<see cref="Runtime.Stub.MarkCard"/>), and remembers it as any other.
    /// </summary>
    Carded = 1 << 4,

    /// <summary>
    /// The object has moved: the whole header without its highest bit, which is this flag, is the new address.
    /// </summary>
    Forwarded = 1u << 31,
}

/// <summary>
/// Types of heap objects that no module defines; canonical ids of modules' types begin behind them, at
/// <see cref="Modules.TypeRegistry.FirstId"/>.
/// </summary>
internal static class BuiltinTypeId
{
    /// <summary>An object of the host: the index in the store's table of host objects (64 bits) follows the header.</summary>
    public const int HostObject = 1;

    /// <summary>
    /// A string of the JavaScript String Builtins: laid out like an array of 16-bit elements, which are its UTF-16 code units.
    /// </summary>
    public const int String = Modules.TypeRegistry.StringId;

    /// <summary>An exception: the address of its <see cref="Runtime.TagData"/> follows the header, then its values, 8 bytes each.</summary>
    public const int Exception = 3;
}
