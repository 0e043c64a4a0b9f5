namespace Harness.Notebooks;

/// <summary>A row of results: a workload in one process.</summary>
/// <param name="Engine">Name of the engine.</param>
/// <param name="Configuration">Name of the configuration.</param>
/// <param name="Workload">Name of the workload.</param>
/// <param name="Repetition">The round, from 1.</param>
/// <param name="ExecuteMs">The result: the median of the timed iterations in ms.</param>
/// <param name="CompileMs">From bytes to a module, in ms.</param>
/// <param name="OptimizedBytes">Machine code of optimized functions, in bytes; this and what follows is 0, and no figure, on an engine that does not tell.</param>
/// <param name="TierUps">Compilations by the optimizing compiler.</param>
/// <param name="Deopts">Failed speculations.</param>
public sealed record ResultRow(string Engine, string Configuration, string Workload, int Repetition, double ExecuteMs, double CompileMs, long OptimizedBytes, int TierUps, int Deopts);
