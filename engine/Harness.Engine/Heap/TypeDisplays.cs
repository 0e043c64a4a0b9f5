using Harness.Engine.Modules;
using Harness.Engine.X64;

namespace Harness.Engine.Heap;

/// <summary>
/// The supertype displays of all defined types, in native memory for compiled code (Cohen, "Type-Extension Type Tests Can Be
/// Performed in Constant Time", 1991): row i holds the canonical ids of the supertypes of type i from the root down to itself, zeros
/// behind. An object of type a is of type b when the word at b's depth in row a is b.
/// </summary>
/// <remarks>
/// The base is <see cref="Runtime.InstanceHeader.TypeDisplays"/>. The table is reserved once and never moves. It begins in the lowest 2 GiB
/// of addresses if there is room, so that its base fits into an instruction.
/// </remarks>
internal static unsafe class TypeDisplays
{
    /// <summary>Binary logarithm of the bytes of a row.</summary>
    public const int RowShift = 8;

    /// <summary>Most supertypes of a type, itself included (63 levels of subtyping, as all engines allow).</summary>
    public const int MaxDepth = 64;

    /// <summary>Where the table is to begin: behind what programs that are loaded at fixed addresses take.</summary>
    private const nuint PreferredBase = 0x4000_0000;

    /// <summary>The first row.</summary>
    public static byte* Base { get; } = CreateTable();

    /// <summary>Offset in a row of the word for a depth.</summary>
    public static int OffsetOf(int depth) => depth * sizeof(int);

    /// <summary>The base as a displacement, to which places in a row can be added.</summary>
    /// <returns>False if the table lies too high.</returns>
    public static bool TryGetDisplacement(out int displacement)
    {
        var isLow = (nuint)Base <= int.MaxValue - (1 << RowShift);
        displacement = isLow ? (int)Base : 0;
        return isLow;
    }

    private static byte* CreateTable()
    {
        var table = LinuxMemory.MapPagesNear(PreferredBase, (nuint)HeapType.MaxTypes << RowShift);
        var pages = new TypePages(table, 1 << RowShift);
        TypeRegistry.Removed += pages.Remove;
        return table;
    }

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
