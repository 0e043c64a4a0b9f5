using Harness.Experiments.Engines;
using Harness.Experiments.Engines.Shells;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Tests.Engines.Shells;

/// <summary>The protocol of shells, spoken by scripts in place of engines.</summary>
public sealed class ShellObserverTests
{
    /// <summary>Uses CPU time until it has used as much as is asked.</summary>
    private const string Burn = "burn() { local end fields; read -ra fields < /proc/self/stat; end=$(( fields[13] + fields[14] + $1 / 10 )); while (( fields[13] + fields[14] < end )); do read -ra fields < /proc/self/stat; done; };";

    [Fact]
    public void CpuTimeIsTakenAtTheMarksAndMemoryAtTheReport()
    {
        var (report, _) = Run(Burn + """
            read -r request
            echo '{"mark":"timed-begin"}'
            burn 300
            echo '{"mark":"timed-end"}'
            echo '{"status":"ok","executeMs":[1,2],"startMs":5}'
            read -r rest
            """);
        Assert.Equal(WorkerStatus.Ok, report.Status);
        Assert.InRange(report.ExecuteCpuMs, 140, 200);
        Assert.True(report.CpuMs >= 2 * report.ExecuteCpuMs && report.PeakMemoryBytes > 100_000);
    }

    [Fact]
    public void AShellThatReportsIsLetGo()
    {
        // It ends only once its input does.
        var (report, exitCode) = Run("read -r request; echo '{\"status\":\"trap\",\"message\":\"unreachable\"}'; cat; exit 7");
        Assert.Equal((WorkerStatus.Trap, "unreachable", 7), (report.Status, report.Message, exitCode));
    }

    [Fact]
    public void TheRequestIsOneLine()
    {
        var (report, _) = Run("read -r request; case $request in '{'*'}') echo '{\"status\":\"ok\",\"message\":\"one line\"}';; esac; cat");
        Assert.Equal("one line", report.Message);
    }

    [Theory]
    [InlineData("read -r request; echo broken >&2; exit 3", "the worker ended with code 3 and no report: broken")]
    [InlineData("read -r request; echo '{\"mark\":\"timed-begin\"}'; exit 1", "the worker ended with code 1 and no report: ")]
    [InlineData("exec <&-; exit 0", "the worker ended with code 0 and no report: ")]
    public void AShellThatBreaksIsAnError(string script, string message)
    {
        var (report, _) = Run(script);
        Assert.Equal((WorkerStatus.Error, message), (report.Status, report.Message));
    }

    [Fact]
    public void AShellThatNeverReportsIsStopped()
    {
        var (report, _) = Run("read -r request; sleep 100", TimeSpan.FromSeconds(1));
        Assert.Equal(WorkerStatus.Timeout, report.Status);
    }

    private static (WorkerReport Report, int ExitCode) Run(string script, TimeSpan? timeout = null)
    {
        var request = new WorkerRequest
        {
            Program = new WorkerProgram { Name = "test", Host = "none", Iteration = "call" },
            TimedCalls = 1,
            Settle = new WarmUpRule(1, 0, 1, 1, 0),
            Knobs = new Dictionary<string, string>(),
        };
        var observer = new ShellObserver();
        var output = WorkerProcess.Run(new WorkerLaunch("bash", ["-c", script]), request, timeout ?? TimeSpan.FromSeconds(30), observer.Observe);
        return (observer.Complete(output.Report()), output.ExitCode);
    }
}
