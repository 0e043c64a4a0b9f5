using Harness.Experiments.Results;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Tests.Results;

namespace Harness.Experiments.Tests.Sweeps;

/// <summary>What others on the machine disturbed is measured again, and nothing else is.</summary>
public sealed class DisturbedRowsTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void RowsOfDisturbedProcessesAreKeptAside()
    {
        var folder = Disturbed(row => row.Repetition == 2);
        var before = MeasurementFile.Read(folder.Results);
        Assert.Equal(2, DisturbedRows.SetAside(folder));
        Assert.Equal(before.Where(row => row.Repetition != 2), MeasurementFile.Read(folder.Results));
        Assert.Equal(before.Where(row => row.Repetition == 2), DurableCsv<Measurement>.Read(folder.Disturbed));
        var provenance = Provenance.Read(folder.Provenance)!;
        Assert.Equal(2, provenance.MeasuredAgain);
        Assert.Null(provenance.FinishedUtc);
        Assert.Contains(Experiments.Reports.Cautions.OfEnvironment(provenance), line => line.StartsWith("2 processes", StringComparison.Ordinal));
    }

    [Fact]
    public void ATimeIsNoReason()
    {
        var folder = Disturbed(_ => false, slow: row => row.Repetition == 3);
        var before = File.ReadAllText(folder.Results);
        Assert.Equal(0, DisturbedRows.SetAside(folder));
        Assert.Equal(before, File.ReadAllText(folder.Results));
        Assert.False(File.Exists(folder.Disturbed));
    }

    /// <summary>How fast the machine is, the process may have a share in; and what counts as slow depends on the other rows.</summary>
    [Fact]
    public void ASlowMachineIsNoReason()
    {
        var folder = Disturbed(_ => false, onSlowMachine: row => row.Repetition == 3);
        Assert.StartsWith("Slow machine: beside 2 of 6 processes", Experiments.Statistics.SlowMachine.Describe(MeasurementFile.Read(folder.Results)), StringComparison.Ordinal);
        Assert.Equal(0, DisturbedRows.SetAside(folder));
    }

    [Fact]
    public void AKillBeforeTheRowsAreTakenOutMovesNoneTwice()
    {
        var folder = Disturbed(row => row.Repetition == 2);
        var before = File.ReadAllText(folder.Results);
        DisturbedRows.SetAside(folder);
        File.WriteAllText(folder.Results, before);
        Assert.Equal(2, DisturbedRows.SetAside(folder));
        Assert.Equal(2, DurableCsv<Measurement>.Read(folder.Disturbed).Count);
    }

    [Fact]
    public void NobodyAppendsRowsWhileOthersAreTakenOut()
    {
        var folder = Disturbed(row => row.Repetition == 2);

        // The rest cannot be written. A filter is asked before what the method holds is let go.
        Directory.CreateDirectory(folder.Results + ".new");
        Exception? refused = null;
        try
        {
            DisturbedRows.SetAside(folder);
            Assert.Fail("the rest was written over a folder");
        }
        catch (UnauthorizedAccessException) when ((refused = Record.Exception(() => DurableCsv<Measurement>.RequireUnused(folder.Results))) is not null)
        {
            Assert.EndsWith("is being written by another run of the harness; wait for its end", Assert.IsType<HarnessException>(refused).Message, StringComparison.Ordinal);
        }
    }

    /// <summary>Two workloads, three repetitions; others used half a processor beside some of them.</summary>
    private ResultsFolder Disturbed(Func<Measurement, bool> isDisturbed, Func<Measurement, bool>? slow = null, Func<Measurement, bool>? onSlowMachine = null)
    {
        var folder = SyntheticResults.Write(
            _temporary.File("results"), ["ours"], new Dictionary<string, Dictionary<string, string>> { ["base"] = [] }, ["v8-example", "two-targets"], 3, _ => 10);
        var rows = MeasurementFile.Read(folder.Results);
        File.Delete(folder.Results);
        using var csv = DurableCsv<Measurement>.Open(folder.Results, out _);
        csv.Append([.. rows.Select(row => row with
        {
            ElapsedMs = 1000,
            OthersCpuMs = isDisturbed(row) ? 500 : 20,
            ExecuteMs = slow?.Invoke(row) ?? false ? row.ExecuteMs * 3 : row.ExecuteMs,
            ProbeBeforeMs = 3,
            ProbeAfterMs = onSlowMachine?.Invoke(row) ?? false ? 9 : 3,
        })]);
        return folder;
    }
}
