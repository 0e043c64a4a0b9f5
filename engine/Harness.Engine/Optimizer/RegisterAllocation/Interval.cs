namespace Harness.Engine.Optimizer.RegisterAllocation;

/// <summary>How much a use of a value wants a register.</summary>
internal enum UseKind : byte
{
    /// <summary>It can take the value from the frame.</summary>
    Should,

    /// <summary>It needs a register.</summary>
    Must,
}

/// <summary>
/// A part of a value's lifetime without a hole: positions from <paramref name="Start"/> up to, not including,
/// <paramref name="End"/>.
/// </summary>
/// <param name="Start">The first position.</param>
/// <param name="End">Behind the last position.</param>
/// <param name="Next">The next part's index; 0 if none.</param>
internal record struct LiveRange(int Start, int End, int Next);

/// <summary>A use of a value for which it matters where the value is.</summary>
/// <param name="Position">Where it is.</param>
/// <param name="Kind">What it wants.</param>
/// <param name="Next">The next use's index; 0 if none.</param>
internal record struct UsePosition(int Position, UseKind Kind, int Next);

/// <summary>
/// The lifetime of a value, or after a split a part of it, with the place where the value lies for that time.
/// </summary>
/// <remarks>
/// Instruction i has four positions: 4i, where inputs are read; 4i + 1, where the fixed registers are overwritten; 4i + 2, where
/// results are written; 4i + 3, up to which late inputs are read. Values move between places only at positions 4i.
/// </remarks>
internal struct Interval
{
    /// <summary>The virtual register.</summary>
    public int Value;

    /// <summary>The first part.</summary>
    public int FirstRange;

    /// <summary>The part at the current position of the allocator.</summary>
    public int CurrentRange;

    /// <summary>The first use.</summary>
    public int FirstUse;

    /// <summary>The first use behind the current position of the allocator, or one before it; 0 if none.</summary>
    public int CurrentUse;

    /// <summary>The first position.</summary>
    public int Start;

    /// <summary>Behind the last position.</summary>
    public int End;

    /// <summary>Where the value lies.</summary>
    public Location Location;

    /// <summary>The interval of the same value that comes next; 0 if none.</summary>
    public int Next;

    /// <summary>Whether it came about by a split.</summary>
    public bool IsChild;
}
