using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing;

/// <summary>A program whose outcome in some configuration differs from V8's.</summary>
/// <param name="Program">The program.</param>
/// <param name="Configuration">The configuration that differs.</param>
/// <param name="Expected">V8's observations.</param>
/// <param name="Actual">This engine's observations.</param>
internal sealed record FuzzMismatch(
    IFuzzProgram Program, FuzzConfiguration Configuration, IReadOnlyList<string> Expected, IReadOnlyList<string> Actual)
{
    /// <summary>What differs first, and how to see it again.</summary>
    public override string ToString()
    {
        var call = 0;
        while (call < Expected.Count && call < Actual.Count && Expected[call] == Actual[call])
        {
            call++;
        }

        var made = call < Program.Calls.Count ? $"{Program.Calls[call].Export}({Program.Calls[call].Argument})" : "end";
        var (expected, actual) = (At(Expected, call), At(Actual, call));
        return $"""
            seed {Program.Seed}, configuration {Configuration.Name}: call {call}, {made}, gives {actual} instead of {expected}
              again: harness fuzz --source {Program.Source} --seed {Program.Seed} --count 1 --configuration {Configuration.Name} --reduce
              knobs: {Configuration.CommandLine}
            """;
    }

    private static string At(IReadOnlyList<string> observations, int index) => index < observations.Count ? observations[index] : "nothing";
}
