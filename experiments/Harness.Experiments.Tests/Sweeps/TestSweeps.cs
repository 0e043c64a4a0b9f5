using Harness.Experiments.Sweeps;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Tests.Sweeps;

/// <summary>Sweeps from texts.</summary>
internal static class TestSweeps
{
    public static SweepDefinition Read(string text)
    {
        using var folder = new TemporaryFolder();
        return SweepFile.Read(folder.Write("test.yaml", text), ProgramCatalog.Read());
    }
}
