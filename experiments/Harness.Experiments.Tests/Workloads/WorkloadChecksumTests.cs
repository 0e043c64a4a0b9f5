using System.Globalization;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Tests.Workloads;

/// <summary>Compares the expected results in the manifest with those of <see cref="WorkloadReference"/>.</summary>
public class WorkloadChecksumTests
{
    public static TheoryData<string> Names => [.. Listed.Where(program => program.Module.EndsWith(".wat", StringComparison.Ordinal)).Select(program => program.Name)];

    private static IReadOnlyList<ProgramDefinition> Listed { get; } = ProgramCatalog.Read().Own;

    [Theory]
    [MemberData(nameof(Names))]
    public void TimedCallReturnsWhatTheReferenceComputes(string name)
    {
        var program = Find(name);
        var (result, calls) = Compute(program, program.Timed!);
        Assert.Equal(Number(Assert.Single(program.Timed!.Expected)), result);
        Assert.Equal(program.Workloads[0].Calls, calls);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void WarmUpReturnsWhatTheReferenceComputes(string name)
    {
        var program = Find(name);
        Assert.Equal(Number(Assert.Single(program.WarmUp!.Expected)), Compute(program, program.WarmUp).Result);
    }

    [Fact]
    public void EveryProgramIsInTheManifest()
    {
        var listed = Listed.Select(program => Path.GetFileName(program.Module));
        var present = Directory.GetFiles(ProjectLayout.Workloads, "*.wat").Select(Path.GetFileName);
        Assert.Empty(present.Except(listed));
    }

    /// <summary>What the modules give in every configuration is tested elsewhere; here, that they are listed with these results.</summary>
    [Theory]
    [InlineData("c")]
    [InlineData("assemblyscript")]
    public void ProgramsOfAFolderAreListedAndWarmUpWithTheirChecksums(string folder)
    {
        var expected = File.ReadLines(Path.Combine(ProjectLayout.Workloads, folder, "checksums.txt")).Where(line => line.Length > 0 && line[0] != '#');
        var listed = Listed.Where(program => program.Group == folder).Select(program => $"{Path.GetFileNameWithoutExtension(program.Module)} {program.WarmUp!.Arguments[0].Text} {program.WarmUp.Expected[0].Text}");
        Assert.Equal(expected.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
        Assert.Equal(Directory.GetFiles(Path.Combine(ProjectLayout.Workloads, folder), "*.wasm").Length, listed.Count());
    }

    private static ProgramDefinition Find(string name) => Listed.Single(program => program.Name == name);

    private static (double Result, long Calls) Compute(ProgramDefinition program, Invocation invocation) =>
        WorkloadReference.Compute(Path.GetFileName(program.Module), [.. invocation.Arguments.Select(argument => (int)Number(argument))]);

    private static double Number(TypedLiteral literal) => double.Parse(literal.Text, CultureInfo.InvariantCulture);
}
