using Harness.Engine.Modules;
using Harness.Engine.X64;

namespace Harness.Engine.Heap;

/// <summary>
/// The supertype displays of all defined types, in native memory for compiled code (Cohen, "Type-Extension Type Tests Can Be
/// Performed in Constant Time", 1991): row i holds the canonical ids of the supertypes of type i from the root down to itself, zeros
/// behind. An object of type a is of type b when the word at b's depth in row a is b.
/// </summary>
/// <remarks>The base is <see cref="Runtime.InstanceHeader.TypeDisplays"/>. The table is reserved once and never moves.</remarks>
internal static unsafe class TypeDisplays
{
    /// <summary>Binary logarithm of the bytes of a row.</summary>
    public const int RowShift = 8;

    /// <summary>Most supertypes of a type, itself included (63 levels of subtyping, as all engines allow).</summary>
    public const int MaxDepth = 64;

    /// <summary>The first row.</summary>
    public static byte* Base { get; } = LinuxMemory.MapPages((nuint)HeapType.MaxTypes << RowShift);

    /// <summary>Offset in a row of the word for a depth.</summary>
    public static int OffsetOf(int depth) => depth * sizeof(int);

    /// <summary>
    /// Fills the row of a type, which may be filled already, and its <see cref="ObjectShape"/>. Called before any object or function of
    /// the type exists.
    /// </summary>
    public static void Add(DefinedType type)
    {
        ObjectShapes.Add(type);
        var row = new Span<int>(Base + ((nuint)type.CanonicalId << RowShift), MaxDepth);
        type.Display.CopyTo(row);
    }
}
