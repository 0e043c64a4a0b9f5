using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing.Programs;

/// <summary>A value type of a random program; unlike the engine's, it names defined types by their index in the program.</summary>
/// <param name="Kind">The broad kind: a number, a vector or a reference.</param>
/// <param name="Heap">For references, what they refer to: the index of a defined type, or one of the negative numbers below.</param>
/// <param name="Nullable">For references, whether null is a value.</param>
internal readonly record struct ProgramType(ValueKind Kind, int Heap = -1, bool Nullable = true)
{
    public static readonly ProgramType I32 = new(ValueKind.I32);
    public static readonly ProgramType I64 = new(ValueKind.I64);
    public static readonly ProgramType F32 = new(ValueKind.F32);
    public static readonly ProgramType F64 = new(ValueKind.F64);
    public static readonly ProgramType V128 = new(ValueKind.V128);
    public static readonly ProgramType FuncRef = new(ValueKind.Ref);
    public static readonly ProgramType AnyRef = new(ValueKind.Ref, -2);
    public static readonly ProgramType EqRef = new(ValueKind.Ref, -3);
    public static readonly ProgramType I31Ref = new(ValueKind.Ref, -4);
    public static readonly ProgramType StructRef = new(ValueKind.Ref, -5);
    public static readonly ProgramType ArrayRef = new(ValueKind.Ref, -6);
    public static readonly ProgramType ExternRef = new(ValueKind.Ref, -7);
    public static readonly ProgramType ExnRef = new(ValueKind.Ref, -8);

    /// <summary>The abstract heap types: the one at i has the number -1 - i.</summary>
    private static readonly AbstractHeapType[] AbstractTypes =
    [
        AbstractHeapType.Func, AbstractHeapType.Any, AbstractHeapType.Eq, AbstractHeapType.I31,
        AbstractHeapType.Struct, AbstractHeapType.Array, AbstractHeapType.Extern, AbstractHeapType.Exn,
    ];

    /// <summary>The types of numbers.</summary>
    public static IReadOnlyList<ProgramType> Numbers { get; } = [I32, I64, F32, F64];

    public bool IsReference => Kind == ValueKind.Ref;

    /// <summary>Whether a local or field of the type has a value before it is given one.</summary>
    public bool IsDefaultable => !IsReference || Nullable;

    public bool IsFloat => Kind is ValueKind.F32 or ValueKind.F64;

    /// <summary>The type of references to what one defined type describes.</summary>
    public static ProgramType ReferenceTo(int type, bool nullable = true) => new(ValueKind.Ref, type, nullable);

    public void Write(WasmWriter writer)
    {
        if (!IsReference)
        {
            writer.Byte(BinaryFormat.CodeOf(Kind));
        }
        else
        {
            writer.Byte(Nullable ? BinaryFormat.TypeRefNull : BinaryFormat.TypeRef);
            WriteHeapType(writer);
        }
    }

    public void WriteHeapType(WasmWriter writer)
    {
        if (Heap >= 0)
        {
            writer.S33(Heap);
        }
        else
        {
            writer.Byte(BinaryFormat.CodeOf(AbstractTypes[-1 - Heap]));
        }
    }
}
