using Harness.Experiments.Engines;
using Harness.Experiments.Engines.Shells;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Tests.Engines.Shells;

/// <summary>The protocol of shells, spoken by scripts in place of engines.</summary>
public sealed class ShellObserverTests
{
    /// <summary>Uses CPU time until it has used as much as is asked.</summary>
    private const string Burn = "burn() { local end fields; read -ra fields < /proc/self/stat; end=$(( fields[13] + fields[14] + $1 / 10 )); while (( fields[13] + fields[14] < end )); do read -ra fields < /proc/self/stat; done; };";

    private static readonly WorkerRequest Request = new()
    {
        Program = new WorkerProgram { Name = "test", Host = "none", Iteration = "call" },
        TimedCalls = 1,
        Settle = new WarmUpRule(1, 0, 1, 1, 0),
        Knobs = new Dictionary<string, string>(),
    };

    [Fact]
    public void CpuTimeIsTakenAtTheMarksAndMemoryAtTheReport()
    {
        var (report, _) = Run(Burn + """
            read -r request
            echo '{"mark":"timed-begin"}'
            read -r line
            burn 300
            echo '{"mark":"timed-end"}'
            read -r line
            echo '{"status":"ok","executeMs":[1,2],"startMs":5}'
            read -r rest
            """);
        Assert.Equal(WorkerStatus.Ok, report.Status);
        Assert.InRange(report.ExecuteCpuMs, 140, 200);
        Assert.True(report.CpuMs >= 2 * report.ExecuteCpuMs && report.PeakMemoryBytes > 100_000);
    }

    /// <summary>In a browser each mark is an exchange between processes, which takes longer than a short timed part.</summary>
    [Fact]
    public void WhatAMarkTakesItselfIsNotOfTheTimedPart()
    {
        var (report, _) = Run(Burn + """
            mark() { burn 100; echo "{\"mark\":\"$1\"}"; read -r line; burn 100; }
            read -r request
            mark timed-begin
            burn 100
            mark timed-end
            burn 100
            mark again
            mark again
            mark again
            echo '{"status":"ok","executeMs":[1]}'
            read -r rest
            """);
        Assert.Equal(WorkerStatus.Ok, report.Status);
        Assert.InRange(report.ExecuteCpuMs, 60, 160);
    }

    /// <summary>What a shell does before it is let go on would be in its timed part, or be missing there.</summary>
    [Fact]
    public void AShellWaitsAtTheMarksOfItsTimedPart()
    {
        var (report, _) = Run("""
            read -r request
            answers=
            for mark in timed-begin timed-end; do
              echo "{\"mark\":\"$mark\"}"
              read -r -t 20 line && answers="$answers/$line"
            done
            read -r -t 0.5 line && answers="$answers/more"
            echo "{\"status\":\"ok\",\"message\":\"answers: $answers\"}"
            cat
            """);
        Assert.Equal((WorkerStatus.Ok, "answers: //"), (report.Status, report.Message));
    }

    [Fact]
    public void TheStartIsTakenWhenTheShellIsReady()
    {
        var (report, _) = Run("sleep 0.3; echo '{\"mark\":\"ready\"}'; read -r request; sleep 0.5; echo '{\"status\":\"ok\"}'; cat");
        Assert.Equal(WorkerStatus.Ok, report.Status);
        Assert.InRange(report.StartMs, 300, 780);

        // One that knows better is believed.
        Assert.Equal(5, Run("echo '{\"mark\":\"ready\"}'; read -r request; echo '{\"status\":\"ok\",\"startMs\":5}'; cat").Report.StartMs);
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

    [Theory]
    [InlineData("NODE_OPTIONS", true)]
    [InlineData("JSC_useJIT", true)]
    [InlineData("MOZ_LOG", true)]
    [InlineData("LD_PRELOAD", true)]
    [InlineData("MALLOC_ARENA_MAX", true)]
    [InlineData("DOTNET_TieredPGO", true)]
    [InlineData("COMPlus_gcServer", true)]
    [InlineData("HARNESS_LAYOUT", true)]
    [InlineData("DOTNET_ROOT", false)]
    [InlineData("DOTNET_ROOT_X64", false)]
    [InlineData("DOTNET_ROLL_FORWARD", false)]
    [InlineData("DOTNET_ROLL_FORWARD_TO_PRERELEASE", false)]
    [InlineData("LD_LIBRARY_PATH", false)]
    [InlineData("PATH", false)]
    [InlineData("HOME", false)]
    public void SettingsOfEnginesAreKeptFromWorkers(string variable, bool isKept) => Assert.Equal(isKept, WorkerProcess.IsKeptFromWorkers(variable));

    [Fact]
    public void AWorkerInheritsNoSettingsButThoseOfItsLaunch()
    {
        // Names that mean nothing to anybody: other tests start engines meanwhile.
        string[] names = ["NODE_OF_THIS_TEST", "MALLOC_OF_THIS_TEST", "DOTNET_OF_THIS_TEST", "OF_THIS_TEST"];
        foreach (var name in names)
        {
            Environment.SetEnvironmentVariable(name, "inherited");
        }

        try
        {
            var launch = new WorkerLaunch("bash", ["-c", "echo \"$NODE_OF_THIS_TEST/$MALLOC_OF_THIS_TEST/$DOTNET_OF_THIS_TEST/$OF_THIS_TEST\""])
            {
                Environment = new Dictionary<string, string> { ["DOTNET_OF_THIS_TEST"] = "own" },
            };
            Assert.Equal("//own/inherited", WorkerProcess.Run(launch, Request, TimeSpan.FromSeconds(30)).Lines[0]);
        }
        finally
        {
            foreach (var name in names)
            {
                Environment.SetEnvironmentVariable(name, null);
            }
        }
    }

    private static (WorkerReport Report, int ExitCode) Run(string script, TimeSpan? timeout = null)
    {
        var observer = new ShellObserver();
        var output = WorkerProcess.Run(new WorkerLaunch("bash", ["-c", script]), Request, timeout ?? TimeSpan.FromSeconds(30), observer.Observe);
        return (observer.Complete(output.Report()), output.ExitCode);
    }
}
