using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing;

/// <summary>A value type of a random program; unlike the engine's, it names function types by their index in the program.</summary>
/// <param name="Kind">The broad kind: a number or a reference.</param>
/// <param name="Signature">For references to functions of one type, its index; else -1, for <c>func</c>.</param>
/// <param name="Nullable">For references, whether null is a value.</param>
internal readonly record struct ProgramType(ValueKind Kind, int Signature = -1, bool Nullable = true)
{
    public static readonly ProgramType I32 = new(ValueKind.I32);
    public static readonly ProgramType I64 = new(ValueKind.I64);
    public static readonly ProgramType F32 = new(ValueKind.F32);
    public static readonly ProgramType F64 = new(ValueKind.F64);
    public static readonly ProgramType FuncRef = new(ValueKind.Ref);

    /// <summary>The types of numbers.</summary>
    public static IReadOnlyList<ProgramType> Numbers { get; } = [I32, I64, F32, F64];

    public bool IsReference => Kind == ValueKind.Ref;

    public bool IsFloat => Kind is ValueKind.F32 or ValueKind.F64;

    /// <summary>The type of references to functions of one type.</summary>
    public static ProgramType ReferenceTo(int signature, bool nullable = true) => new(ValueKind.Ref, signature, nullable);

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
        if (Signature >= 0)
            writer.S33(Signature);
        else
            writer.Byte(BinaryFormat.CodeOf(AbstractHeapType.Func));
    }
}
