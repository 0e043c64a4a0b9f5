namespace Harness.Engine.Optimizer.Passes.Escape;

/// <summary>
/// What <see cref="EscapeWalk"/> has found for the start of a block: once something cannot be had there, it never can.
/// </summary>
internal sealed class JoinPlan(int parameterCount)
{
    /// <summary>What each parameter is.</summary>
    public ParameterKind[] Kinds { get; } = new ParameterKind[parameterCount];

    /// <summary>Objects that have memory here.</summary>
    public HashSet<int> InMemory { get; } = [];

    /// <summary>Fields, by object and index, whose values are no objects without memory, or not the same one on all edges.</summary>
    public HashSet<(int Tracked, int Field)> Values { get; } = [];
}

/// <summary>What a block parameter is to the walk, from the best to what is always possible.</summary>
internal enum ParameterKind : byte
{
    /// <summary>Another name of an object that all edges agree on.</summary>
    SameObject,

    /// <summary>An object made up of those that the edges give.</summary>
    MergedObject,

    /// <summary>A value.</summary>
    Value,
}
