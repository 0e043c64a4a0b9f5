namespace Harness.Experiments.Conformance;

/// <summary>What came of a test of Dart's conformance suite.</summary>
/// <param name="Test">Its file, as a path in the suite's folder.</param>
/// <param name="Directory">The directory that it is counted in.</param>
/// <param name="MustBeRefused">Whether it has an error that a compiler must find.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Reason">Why it did not pass, in a line; empty where it did.</param>
internal sealed record ConformanceResult(string Test, string Directory, bool MustBeRefused, DartOutcome Outcome, string Reason)
{
    /// <summary>Whether it came out as the suite wants it.</summary>
    public bool IsRight => Outcome == (MustBeRefused ? DartOutcome.Refused : DartOutcome.Passed);

    /// <summary>What is to be said about it, in a line; null where it is right.</summary>
    public string? Complaint =>
        IsRight ? null
        : MustBeRefused && Outcome != DartOutcome.Crashed ? $"Not refused: {Test}"
        : $"{Outcome}: {Test}: {Reason}";
}
