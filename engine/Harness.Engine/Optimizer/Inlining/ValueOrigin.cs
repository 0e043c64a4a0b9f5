namespace Harness.Engine.Optimizer.Inlining;

/// <summary>Where a value comes from, as far as a look at the bytes tells.</summary>
internal enum ValueOriginKind : byte
{
    /// <summary>Nothing is known of it.</summary>
    Unknown,

    /// <summary>A number that is a constant.</summary>
    Constant,

    /// <summary>The null reference.</summary>
    Null,

    /// <summary>A reference to a known function.</summary>
    Function,

    /// <summary>The object in an immutable global that a constant expression makes.</summary>
    ConstantObject,

    /// <summary>An object that the function itself has made: its exact type is known, and it may stay virtual.</summary>
    NewObject,

    /// <summary>A parameter of the function, or a number that follows from it and constants alone.</summary>
    Parameter,
}

/// <summary>Where a value comes from.</summary>
/// <param name="Kind">The kind of origin.</param>
/// <param name="Index">The parameter, for a <see cref="ValueOriginKind.Parameter"/>; else 0.</param>
internal readonly record struct ValueOrigin(ValueOriginKind Kind, int Index = 0)
{
    /// <summary>
    /// Which it is: the bits of a number, as constants of graphs have them; the index of a <see cref="ValueOriginKind.Function"/>; the global of a
    /// <see cref="ValueOriginKind.ConstantObject"/>; the canonical type id of a structure that is a <see cref="ValueOriginKind.NewObject"/>. Null where that is not known.
    /// </summary>
    public long? Detail { get; init; }

    /// <summary>Whether it is not the parameter itself but a number that follows from it.</summary>
    public bool IsDerived { get; init; }

    /// <summary>Whether the value is the same number whenever the code is executed.</summary>
    public bool IsConstant => Kind == ValueOriginKind.Constant;
}
