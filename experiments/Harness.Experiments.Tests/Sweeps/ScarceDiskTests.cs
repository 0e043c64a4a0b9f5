using System.Diagnostics;
using Harness.Experiments.Engines;
using Harness.Experiments.Results;

namespace Harness.Experiments.Tests.Sweeps;

/// <summary>A disk that is full, and one that cannot be written: one line says so, and nothing that was measured is lost.</summary>
public sealed class ScarceDiskTests : IDisposable
{
    private const int Rounds = 40;

    private readonly TemporaryFolder _folder = new();

    private string Disk => _folder.File("disk");

    public void Dispose() => _folder.Dispose();

    [SmallDiskFact]
    public void AFullDiskEndsASweepWithOneLineAndTheSameCommandGoesOn()
    {
        // The disk is filled while rows are written, but for the end of the page that their file is in; and it is still full when the command is given again.
        Run($"""
            harness sweep first --repetitions 3
            cp disk/results/results.csv before.csv
            harness sweep full --repetitions {Rounds} &
            while cmp -s before.csv disk/results/results.csv; do sleep 0.05; done
            cat /dev/zero > disk/filler 2>/dev/null
            wait
            cp disk/results/results.csv full.csv
            harness sweep still --repetitions {Rounds}
            cmp full.csv disk/results/results.csv
            rm disk/filler
            harness sweep last --repetitions {Rounds}
            cp -r disk/results results
            """);
        Assert.Equal("0", Read("first.code"));
        foreach (var command in (string[])["full", "still"])
        {
            IsToldInOneLine(command, "No space left on device", "because the disk was full");
        }

        Assert.Contains("results.csv: ", Read("full.log"), StringComparison.Ordinal);
        Assert.Equal("0", Read("last.code"));

        var (before, full, last) = (Read("before.csv"), Read("full.csv"), Read("results/results.csv"));
        Assert.StartsWith(before, full, StringComparison.Ordinal);
        Assert.StartsWith(full[..(full.LastIndexOf('\n') + 1)], last, StringComparison.Ordinal);
        var keys = DurableCsv<Measurement>.Read(_folder.File("results/results.csv")).Select(row => row.Key).ToList();
        Assert.Equal(2 * Rounds, keys.Count);
        Assert.Equal(2 * Rounds, keys.Distinct().Count());
        Assert.NotNull(Provenance.Read(_folder.File("results/provenance.json"))!.FinishedUtc);
    }

    [SmallDiskFact]
    public void ADiskThatCannotBeWrittenIsToldInOneLineAndStaysAsItIs()
    {
        Run($"""
            harness sweep first --repetitions 3
            find disk -type f -exec sha256sum '{"{}"}' + | sort > before.sums
            mount -o remount,ro disk
            harness sweep more --repetitions {Rounds}
            harness sweep again --restart
            harness report report
            harness chart chart
            harness merge merge
            find disk -type f -exec sha256sum '{"{}"}' + | sort > after.sums
            """);
        Assert.Equal("0", Read("first.code"));
        Assert.Equal(Read("before.sums"), Read("after.sums"));
        Assert.Contains("results.csv", Read("before.sums"), StringComparison.Ordinal);
        foreach (var command in (string[])["more", "again", "report", "chart", "merge"])
        {
            IsToldInOneLine(command, "Read-only file system");
        }
    }

    /// <summary>A reason has another wording where the system finds it before it writes.</summary>
    private void IsToldInOneLine(string command, params string[] reasons)
    {
        var log = Read(command + ".log");
        Assert.True(Read(command + ".code") == "2", $"{command}: {log}");
        var told = Assert.Single(log.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => line.StartsWith("harness: ", StringComparison.Ordinal));
        Assert.True(reasons.Any(reason => told.Contains(reason, StringComparison.Ordinal)), $"{command}: {told}");
        Assert.DoesNotContain("   at ", log, StringComparison.Ordinal);
    }

    /// <summary>Runs commands where the folder <c>disk</c> is a disk of its own, of a megabyte. Each <c>harness COMMAND NAME …</c> leaves <c>NAME.code</c> and <c>NAME.log</c>.</summary>
    private void Run(string commands)
    {
        // Both are installed on first need, which a full disk is no time for.
        _ = NodeInstallation.NodePath;
        _folder.Write("test.yaml", """
            engines: [v8]
            workloads: [recursion]
            configurations: [{name: base, knobs: {deopt: off}}, {name: deopt}]
            timed-calls: 1
            warm-up: {calls: 2, window: 2, milliseconds: 0, limit-milliseconds: 0}
            """);
        Directory.CreateDirectory(Disk);
        var script = _folder.Write("script.sh", $$"""
            set -u
            cd '{{_folder.Path}}'
            mount -t tmpfs -o size=1m none disk || exit 9
            harness() {
              local command=$1 name=$2 arguments
              shift 2
              case $command in
                sweep) arguments=(sweep test.yaml --results disk/results "$@") ;;
                merge) arguments=(merge disk/merged disk/results) ;;
                *) arguments=("$command" disk/results) ;;
              esac
              dotnet '{{typeof(HarnessException).Assembly.Location}}' "${arguments[@]}" >"$name.log" 2>&1 </dev/null
              echo -n $? >"$name.code"
            }
            {{commands}}
            """);
        using var process = Process.Start(new ProcessStartInfo(SmallDiskFactAttribute.Program, [.. SmallDiskFactAttribute.Arguments, "bash", script]) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error);
    }

    private string Read(string file) => File.ReadAllText(_folder.File(file));
}
