namespace Harness.Engine.Modules.Text;

/// <summary>
/// A value or storage type as the binary format encodes it, in the one form that the type section's indices allow, so that
/// equal types compare equal.
/// </summary>
/// <param name="Code">The type's code; for references <c>ref</c> or <c>ref null</c>.</param>
/// <param name="HeapType">For references, the heap type: a type index, with <see cref="ExactFlag"/> if it is exact, or an abstract type's code less 0x80.</param>
internal readonly record struct EncodedType(byte Code, long HeapType = 0)
{
    /// <summary>What the index of an exact type has beyond 32 bits.</summary>
    public const long ExactFlag = 1L << 32;

    /// <summary>Whether this is a reference type.</summary>
    public bool IsReference => Code is BinaryFormat.TypeRef or BinaryFormat.TypeRefNull;

    /// <summary>Whether this is a reference type with null.</summary>
    public bool IsNullable => Code == BinaryFormat.TypeRefNull;

    /// <summary>The nullable reference to an abstract heap type.</summary>
    public static EncodedType NullableReference(AbstractHeapType type) => new(BinaryFormat.TypeRefNull, Encode(type));

    /// <summary>An abstract heap type in a signed number, where type indices are not negative.</summary>
    public static long Encode(AbstractHeapType type) => BinaryFormat.CodeOf(type) - 0x80;

    /// <summary>Writes the type, in short form where there is one.</summary>
    public void Write(WasmWriter writer)
    {
        if (!IsNullable || HeapType >= 0)
        {
            writer.Byte(Code);
        }

        if (IsReference)
        {
            WriteHeapType(HeapType, writer);
        }
    }

    /// <summary>Writes a heap type, which is encoded as <see cref="HeapType"/> is.</summary>
    public static void WriteHeapType(long heapType, WasmWriter writer)
    {
        if (heapType < ExactFlag)
        {
            writer.S33(heapType);
            return;
        }

        // An unsigned number, but so written that who reads a signed one finds the same.
        writer.Byte(BinaryFormat.ExactHeapType);
        writer.S33(heapType - ExactFlag);
    }
}
