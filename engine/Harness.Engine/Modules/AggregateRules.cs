using Harness.Engine.Modules.Decoding;

namespace Harness.Engine.Modules;

/// <summary>The rules on structure and array types that constant expressions and function bodies share.</summary>
internal static class AggregateRules
{
    /// <summary>The structure type that a type defines.</summary>
    public static StructType RequireStruct(DefinedType type, int offset) =>
        type.Struct ?? throw new InvalidModuleException("type mismatch: not a structure type", offset);

    /// <summary>
    /// The type of the descriptors of a structure type's objects, exact, and nullable as operands are; checks that an instruction makes such objects with a
    /// descriptor or without one as the type asks for.
    /// </summary>
    /// <returns>The type; null if there is no descriptor.</returns>
    public static ValueType? RequireAllocation(DefinedType type, Opcode opcode, int offset)
    {
        var givesDescriptor = opcode is Opcode.StructNewDesc or Opcode.StructNewDefaultDesc;
        if (type.Definition.Descriptor is not { } descriptor)
        {
            if (givesDescriptor)
            {
                throw new InvalidModuleException("type without descriptor requires non-descriptor allocation", offset);
            }

            return null;
        }

        if (!givesDescriptor)
        {
            throw new InvalidModuleException("type with descriptor requires descriptor allocation", offset);
        }

        return ValueType.Reference(descriptor.Exact, nullable: true);
    }

    /// <summary>The type of the descriptors of a type's objects.</summary>
    public static HeapType RequireDescriptor(DefinedType type, int offset) =>
        type.Definition.Descriptor ?? throw new InvalidModuleException("type without descriptor", offset);

    /// <summary>The array type that a type defines.</summary>
    public static ArrayType RequireArray(DefinedType type, int offset) =>
        type.Array ?? throw new InvalidModuleException("type mismatch: not an array type", offset);

    /// <summary>Checks that all fields have initial values.</summary>
    public static void RequireDefaultable(StructType type, int offset) => RequireDefaultable(type.IsDefaultable, offset);

    /// <summary>Checks that a field has an initial value.</summary>
    public static void RequireDefaultable(FieldType field, int offset) => RequireDefaultable(field.Type.IsDefaultable, offset);

    /// <summary>Reads the number of operands of <c>array.new_fixed</c>.</summary>
    public static int ReadFixedCount(ref ModuleReader reader)
    {
        var at = reader.Offset;
        var count = reader.ReadVarU32();
        return count <= ImplementationLimits.ArrayNewFixedOperands
            ? (int)count
            : throw InvalidModuleException.TooMany("operands", ImplementationLimits.ArrayNewFixedOperands, at);
    }

    private static void RequireDefaultable(bool isDefaultable, int offset)
    {
        if (!isDefaultable)
        {
            throw new InvalidModuleException("type mismatch: field type is not defaultable", offset);
        }
    }
}
