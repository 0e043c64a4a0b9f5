using System.Globalization;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Tests.Workloads;

/// <summary>Compares the expected results in the manifest with those of <see cref="WorkloadReference"/>.</summary>
public class WorkloadChecksumTests
{
    public static TheoryData<string> Names => [.. WorkloadManifest.ReadDefault().All.Select(workload => workload.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void TimedCallReturnsWhatTheReferenceComputes(string name)
    {
        var workload = WorkloadManifest.ReadDefault().Find(name);
        var (result, calls) = Compute(workload, workload.Timed);
        Assert.Equal(Number(Assert.Single(workload.Timed.Expected)), result);
        Assert.Equal(workload.Calls, calls);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void WarmUpReturnsWhatTheReferenceComputes(string name)
    {
        var workload = WorkloadManifest.ReadDefault().Find(name);
        Assert.Equal(Number(Assert.Single(workload.WarmUp.Expected)), Compute(workload, workload.WarmUp).Result);
    }

    [Fact]
    public void EveryProgramIsInTheManifest()
    {
        var listed = WorkloadManifest.ReadDefault().All.Select(workload => Path.GetFileName(workload.Path));
        var present = Directory.GetFiles(ProjectLayout.Workloads, "*.wat").Select(Path.GetFileName);
        Assert.Empty(present.Except(listed));
    }

    private static (double Result, long Calls) Compute(Workload workload, Invocation invocation) =>
        WorkloadReference.Compute(Path.GetFileName(workload.Path), [.. invocation.Arguments.Select(argument => (int)Number(argument))]);

    private static double Number(TypedLiteral literal) => double.Parse(literal.Text, CultureInfo.InvariantCulture);
}
