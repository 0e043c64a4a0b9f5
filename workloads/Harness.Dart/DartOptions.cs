namespace Harness.Dart;

/// <summary>How a virtual call finds its target.</summary>
internal enum DispatchKind
{
    /// <summary>One table for all selectors, rows packed by offset, <c>call_indirect</c>.</summary>
    Table,
    /// <summary>Tests of class ids with direct calls.</summary>
    ClassSwitch,
}

/// <summary>Which virtual calls become direct.</summary>
internal enum DevirtualizeKind { Off, Cha, Rta }

/// <summary>The choices of the lowering. None of them changes what a program computes, except that what is trusted is not checked.</summary>
internal sealed record DartOptions
{
    public static DartOptions Default { get; } = new();

    public DispatchKind Dispatch { get; init; } = DispatchKind.Table;
    public DevirtualizeKind Devirtualize { get; init; } = DevirtualizeKind.Rta;
    public bool CastsChecked { get; init; } = true;
    public bool BoundsChecked { get; init; } = true;
    public bool Immutable { get; init; } = true;
    public bool ExactTypes { get; init; } = true;
    public int ClassSwitchLimit { get; init; } = 4;
}
