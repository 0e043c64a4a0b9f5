namespace Harness.Experiments.Fuzzing.Programs;

/// <summary>A call of an export, with an i32 or without arguments.</summary>
internal sealed record ProgramCall(string Export, int? Argument);
