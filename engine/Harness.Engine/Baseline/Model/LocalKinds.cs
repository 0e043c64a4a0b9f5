namespace Harness.Engine.Baseline.Model;

/// <summary>In which registers the locals of a chunk may be.</summary>
[Flags]
internal enum LocalKinds : byte
{
    /// <summary>There are none.</summary>
    None = 0,

    /// <summary>General-purpose ones: integers and references.</summary>
    Integers = 1,

    /// <summary>Floating-point ones: numbers and vectors.</summary>
    Floats = 2,
}
