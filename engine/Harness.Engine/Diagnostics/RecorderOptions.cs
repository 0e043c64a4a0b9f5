using Harness.Engine.Modules;

namespace Harness.Engine.Diagnostics;

/// <summary>How much an <see cref="ExecutionRecorder"/> keeps.</summary>
public sealed record RecorderOptions
{
    /// <summary>
    /// Which functions <see cref="Graphs"/> and <see cref="Code"/> are kept for. Called on compile threads.
    /// </summary>
    public Func<FunctionInfo, bool> Functions { get; init; } = _ => true;

    /// <summary>Whether to keep the graph after each pass.</summary>
    public bool Graphs { get; init; }

    /// <summary>Whether to keep the machine code of both tiers.</summary>
    public bool Code { get; init; }
}
