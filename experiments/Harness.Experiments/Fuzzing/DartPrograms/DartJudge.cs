using Harness.Experiments.Fuzzing.Observers;

namespace Harness.Experiments.Fuzzing.DartPrograms;

/// <summary>
/// Compares what a program prints under several lowerings, on V8 and in configurations of this engine. The first lowering tells what is expected, on V8 where it is at hand, else in this engine's
/// baseline tier.
/// </summary>
/// <param name="engines">Who compiles and runs.</param>
internal sealed class DartJudge(IDartEngines engines)
{
    private const string Success = "exit 0";

    /// <summary>How the only observation begins where there is no output.</summary>
    private static readonly string[] Faults = [Observation.NotInstantiated, "crash:", "timeout:"];

    /// <summary>The first thing that is wrong about a program; null where nothing is.</summary>
    public DartFinding? Judge(string source, IReadOnlyList<DartTrial> trials)
    {
        IReadOnlyList<string>? expected = null;
        foreach (var (lowering, configurations) in trials)
        {
            var compilation = engines.Compile(source, lowering);
            if (compilation.Module is not { } module)
            {
                return new DartFinding(compilation.Kind, lowering, null, compilation.Detail);
            }

            var reference = engines.RunOnV8(module) ?? engines.Run(module, FuzzConfiguration.Always[0]);
            var failedChecks = (expected ?? reference).Count(IsFailedCheck);
            if (expected is null && reference[^1] != Success)
            {
                return FaultOf(reference, lowering, null) ?? new DartFinding(DartFinding.Ended, lowering, null, string.Join(' ', reference.TakeLast(2)));
            }

            if (expected is not null && Compare(expected, reference, lowering, null) is { } difference)
            {
                return difference with { FailedChecks = failedChecks };
            }

            expected ??= reference;
            foreach (var configuration in configurations)
            {
                if (Compare(expected, engines.Run(module, configuration), lowering, configuration) is { } finding)
                {
                    return finding with { FailedChecks = failedChecks };
                }
            }
        }

        return null;
    }

    /// <summary>
    /// Whether a program shows what another one showed. It must not fail more checks than the other, since it would then not be right any more where these are left out.
    /// </summary>
    public bool Shows(string source, DartFinding finding) => Judge(source, finding.Trials) is { } seen && seen.Key == finding.Key && seen.FailedChecks <= finding.FailedChecks;

    private static bool IsFailedCheck(string line) => line.EndsWith(" RangeError", StringComparison.Ordinal) || line.EndsWith(" TypeError", StringComparison.Ordinal);

    private static DartFinding? Compare(IReadOnlyList<string> expected, IReadOnlyList<string> actual, IReadOnlyDictionary<string, string> lowering, FuzzConfiguration? configuration)
    {
        if (expected.SequenceEqual(actual))
        {
            return null;
        }

        if (FaultOf(actual, lowering, configuration) is { } fault)
        {
            return fault;
        }

        var line = 0;
        while (line < expected.Count && line < actual.Count && expected[line] == actual[line])
        {
            line++;
        }

        return new DartFinding(DartFinding.Differs, lowering, configuration, $"line {line + 1} is {At(actual, line)} instead of {At(expected, line)}");
    }

    /// <summary>What is wrong where there is no output: an invalid module, or an engine that fails or does not end.</summary>
    private static DartFinding? FaultOf(IReadOnlyList<string> outcome, IReadOnlyDictionary<string, string> lowering, FuzzConfiguration? configuration) =>
        outcome is [var only] && Array.Exists(Faults, fault => only.StartsWith(fault, StringComparison.Ordinal))
            ? new DartFinding(DartFinding.Failure, lowering, configuration, only)
            : null;

    private static string At(IReadOnlyList<string> lines, int index) => index < lines.Count ? $"'{lines[index]}'" : "nothing";
}
