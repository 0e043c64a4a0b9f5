using Harness.Experiments.Results;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Tests.Sweeps;
using Harness.Experiments.Tuning;

namespace Harness.Experiments.Tests.Results;

public sealed class DurableCsvTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void RowsAreReadBackAsWritten()
    {
        var path = _folder.File("results.csv");
        var row = Row(1) with { Workload = "odd, \"name\"", CompileMs = 0.1234567890123, FinishedUtc = new DateTime(2026, 1, 2, 3, 4, 5, 678) };
        using (var csv = DurableCsv<Measurement>.Open(path, out var before))
        {
            Assert.Empty(before);
            csv.Append(row);
            Assert.Equal([row], DurableCsv<Measurement>.Read(path));
        }

        using (DurableCsv<Measurement>.Open(path, out var after))
        {
            Assert.Equal([row], after);
        }
    }

    [Fact]
    public void RowsOfTheFirstVersionHaveAProgramAndNoIterations()
    {
        var path = _folder.Write("results.csv", "engine,configuration,workload,repetition,compile_ms,instantiate_ms,warm_up_calls,warm_up_ms,settled,execute_ms,execute_min_ms,execute_max_ms,timed_calls,optimized_bytes,baseline_bytes,tier_ups,deopts,finished_utc\nours,a,sort,1,1,1,5,100,True,2.5,1,1,1,0,0,0,0,2026-11-28T10:00:00.000Z\n");
        var row = Assert.Single(DurableCsv<Measurement>.Read(path));
        Assert.Equal((1, "sort", ""), (row.Format, row.Program, row.IterationsMs));
        Assert.Equal(("", false), (row.Machine, row.Speed.IsKnown));
        var sweep = TestSweeps.Read("engines: [ours]\nworkloads: [recursion]\nconfigurations: [{name: a}]\nrepetitions: 2\n");
        Assert.Null(new SweepEstimate(sweep, [.. SweepPlan.Order(sweep)], [row]).Duration);
    }

    [Fact]
    public void AFileCutAtAnyByteLosesNoWholeRowAndGoesOn()
    {
        var path = _folder.File("results.csv");
        using (var csv = DurableCsv<Measurement>.Open(path, out _))
        {
            csv.Append(Row(1));
            csv.Append(Row(2));
        }

        var whole = File.ReadAllBytes(path);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            var lines = whole[..length].Count(symbol => symbol == (byte)'\n');
            if (lines > 0)
            {
                Assert.Equal(lines - 1, DurableCsv<Measurement>.Read(path).Count);
            }

            using (var csv = DurableCsv<Measurement>.Open(path, out var rows))
            {
                Assert.Equal(Math.Max(0, lines - 1), rows.Count);
                for (var repetition = rows.Count + 1; repetition <= 2; repetition++)
                {
                    csv.Append(Row(repetition));
                }
            }

            Assert.Equal(whole, File.ReadAllBytes(path));
        }
    }

    /// <summary>A file of an older version gets the columns that it lacks; what a later one has is not thrown away.</summary>
    [Fact]
    public void OnlyAnOlderFileIsRenewed()
    {
        var path = _folder.File("evaluations.csv");
        DurableCsv<Evaluation>.Renew(path);
        Assert.False(File.Exists(path));
        using (DurableCsv<Evaluation>.Open(path, out _))
        {
            Assert.Contains(" is being written by another run", Assert.Throws<HarnessException>(() => DurableCsv<Evaluation>.Renew(path)).Message, StringComparison.Ordinal);
        }

        var header = File.ReadAllText(path);
        const string machine = ",program,elapsed_ms,steal_ms,others_cpu_ms,probe_before_ms,probe_after_ms,machine,format\n";
        Assert.EndsWith(",peak_memory_bytes,longest_pause_ms" + machine, header, StringComparison.Ordinal);
        foreach (var same in (string[])["", header, header.TrimEnd('\n') + ",of_a_later_version\n", "some,thing\n", header[..20]])
        {
            File.WriteAllText(path, same);
            DurableCsv<Evaluation>.Renew(path);
            Assert.Equal(same, File.ReadAllText(path));
        }

        const string row = "search,1,default,two-targets,ok,1.25,0.5,100,1.5";
        foreach (var (columns, cells) in ((string, string)[])[("", ""), (",peak_memory_bytes", ",4096"), (",peak_memory_bytes,longest_pause_ms", ",4096,2.5")])
        {
            File.WriteAllText(path, header[..^(",peak_memory_bytes,longest_pause_ms".Length + machine.Length)] + columns + "\n" + row + cells + "\n" + row[..20]);
            DurableCsv<Evaluation>.Renew(path);
            var lines = File.ReadAllLines(path);
            Assert.Equal((2, header.TrimEnd('\n')), (lines.Length, lines[0]));
            Assert.StartsWith(row + (cells.Length > 0 ? cells : ",0"), lines[1], StringComparison.Ordinal);

            // What nobody has recorded is not known, and not 0.
            var read = Assert.Single(DurableCsv<Evaluation>.Read(path));
            Assert.True(read is { Program: "", ElapsedMs: null, StealMs: null, OthersCpuMs: null, ProbeBeforeMs: null, ProbeAfterMs: null, Machine: "", Format: null }, $"{read}");
            Assert.False(read.Interference.IsKnown || read.Speed.IsKnown);
            Assert.Equal(cells.EndsWith(",2.5", StringComparison.Ordinal) ? 2.5 : (double?)null, read.LongestPauseMs);
            Assert.False(File.Exists(path + ".lock"));
        }
    }

    [Fact]
    public void TwoWritersAreRefused()
    {
        var path = _folder.File("results.csv");
        using var first = DurableCsv<Measurement>.Open(path, out _);
        var mistake = Assert.Throws<HarnessException>(() => DurableCsv<Measurement>.Open(path, out _));
        Assert.Equal($"{path} is being written by another run of the harness; wait for its end", mistake.Message);
    }

    [Fact]
    public void ResultsThatAreBeingWrittenAreNotSetAside()
    {
        var results = new ResultsFolder(_folder.File("sweep"));
        results.Create();
        using (DurableCsv<Measurement>.Open(results.Results, out _))
        {
            var mistake = Assert.Throws<HarnessException>(() => results.SetAside());
            Assert.Equal($"{results.Results} is being written by another run of the harness; wait for its end", mistake.Message);
            Assert.True(File.Exists(results.Results));
        }

        // What a killed run leaves behind holds nobody up.
        File.WriteAllText(results.Results + ".lock", "");
        var aside = results.SetAside();
        Assert.True(File.Exists(new ResultsFolder(aside!).Results));
        Assert.False(Directory.Exists(results.Path));
    }

    [Fact]
    public void ADamagedRowIsToldInOneLine()
    {
        var path = _folder.File("results.csv");
        using (var csv = DurableCsv<Measurement>.Open(path, out _))
        {
            csv.Append(Row(1));
        }

        File.AppendAllText(path, "what,is,this,row\n");
        var mistake = Assert.Throws<HarnessException>(() => DurableCsv<Measurement>.Read(path));
        Assert.StartsWith(path + " is damaged: ", mistake.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', mistake.Message);
    }

    [Fact]
    public void AFileThatCannotBeReadIsNotKeptFromOthers()
    {
        var path = _folder.File("results.csv");
        using (DurableCsv<Measurement>.Open(path, out _))
        {
            File.AppendAllText(path, "what,is,this,row\n");
        }

        Assert.Contains(" is damaged: ", Assert.Throws<HarnessException>(() => DurableCsv<Measurement>.Open(path, out _)).Message, StringComparison.Ordinal);
        Assert.Contains(" is damaged: ", Assert.Throws<HarnessException>(() => DurableCsv<Measurement>.Open(path, out _)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(path + ".lock"));
    }

    private static Measurement Row(int repetition) => new()
    {
        Engine = "v8", Configuration = "base", Workload = "sort", Program = "sort", Repetition = repetition, ExecuteMs = 12.5, Settled = true,
    };
}
