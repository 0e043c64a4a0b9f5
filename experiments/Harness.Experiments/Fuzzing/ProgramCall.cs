namespace Harness.Experiments.Fuzzing;

/// <summary>One call of an exported function.</summary>
internal readonly record struct ProgramCall(string Export, int Argument);
