using System.Collections.Immutable;

namespace Harness.Engine.Modules;

/// <summary>How a field's value is packed in the heap.</summary>
public enum Packing : byte
{
    /// <summary>The value takes the room of its value type.</summary>
    None,

    /// <summary>The low 8 bits of an i32.</summary>
    I8,

    /// <summary>The low 16 bits of an i32.</summary>
    I16,
}

/// <summary>The type of a structure's field or of an array's elements (specification, section 2.3).</summary>
/// <param name="Type">The type of the value when unpacked.</param>
/// <param name="Packing">How the value is stored.</param>
/// <param name="IsMutable">Whether it can be written after construction.</param>
public readonly record struct FieldType(ValueType Type, Packing Packing, bool IsMutable)
{
    /// <summary>Whether the field is an i8 or an i16.</summary>
    public bool IsPacked => Packing != Packing.None;

    /// <summary>
    /// Whether a field of type <paramref name="other"/> can be used through this field's type and the reverse, where
    /// mutable.
    /// </summary>
    internal bool Matches(FieldType other) =>
        IsMutable == other.IsMutable
        && Packing == other.Packing
        && (IsMutable ? Type == other.Type : Type.IsSubtypeOf(other.Type));
}

/// <summary>A structure: a sequence of fields.</summary>
public sealed class StructType : CompositeType
{
    /// <summary>Makes a structure type.</summary>
    public StructType(ImmutableArray<FieldType> fields)
    {
        Fields = fields;
        IsDefaultable = true;
        foreach (var field in fields)
        {
            if (field.Type.IsVector)
            {
                HasVectors = true;
            }

            if (!field.Type.IsDefaultable)
            {
                IsDefaultable = false;
            }
        }
    }

    /// <summary>The fields.</summary>
    public ImmutableArray<FieldType> Fields { get; }

    /// <summary>Whether a field is a vector.</summary>
    public bool HasVectors { get; }

    /// <summary>Whether all fields have initial values.</summary>
    public bool IsDefaultable { get; }
}

/// <summary>An array: any number of elements of one type.</summary>
public sealed class ArrayType : CompositeType
{
    /// <summary>Makes an array type.</summary>
    public ArrayType(FieldType element) => Element = element;

    /// <summary>The elements' type.</summary>
    public FieldType Element { get; }
}
