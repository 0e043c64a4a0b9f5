namespace Harness.Experiments.Fuzzing;

/// <summary>What a function may do.</summary>
internal enum FunctionRole
{
    /// <summary>Neither loops nor calls.</summary>
    Leaf,

    /// <summary>Anything, as long as fuel and depth last.</summary>
    General,

    /// <summary>Exported: fills up the fuel and returns a checksum.</summary>
    Run,
}
