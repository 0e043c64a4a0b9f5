using Harness.Experiments.Engines;
using Harness.Experiments.Fuzzing;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Tests.Fuzzing;

/// <summary>Random programs in every configuration; <c>harness fuzz</c> runs as many as one likes.</summary>
public class FuzzTests
{
    private const int Programs = 80;

    [Fact]
    public void ConfigurationsAgreeWithBaseline() => Check(node: null, firstSeed: 1);

    [Fact]
    public void ConfigurationsAgreeWithV8() => Check(NodeInstallation.NodePath, firstSeed: 1_000_000);

    [Fact]
    public void ConfigurationsAgreeWithV8OnProgramsOfTheFullProfile() => Check(NodeInstallation.NodePath, firstSeed: 3_000_000, ProgramProfile.Full);

    private static void Check(string? node, ulong firstSeed, ProgramProfile profile = ProgramProfile.Basic)
    {
        using var runner = new FuzzRunner(node);
        for (var seed = firstSeed; seed < firstSeed + Programs; seed++)
        {
            var mismatches = runner.Run(RandomProgram.Generate(seed, profile), FuzzConfiguration.For(seed));
            Assert.NotNull(mismatches);
            Assert.True(mismatches.Count == 0, string.Join('\n', mismatches));
        }
    }
}
