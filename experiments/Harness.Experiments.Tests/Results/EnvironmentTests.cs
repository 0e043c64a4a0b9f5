using Harness.Experiments.Results;
using Harness.Experiments.Statistics;

namespace Harness.Experiments.Tests.Results;

/// <summary>What is known of the machine, and how it is judged.</summary>
public sealed class EnvironmentTests : IDisposable
{
    private readonly TemporaryFolder _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void ALaptopIsToldFromAMachineForMeasuring()
    {
        Write("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
        Write("sys/devices/system/cpu/intel_pstate/no_turbo", "0\n");
        Write("sys/devices/system/cpu/smt/active", "1\n");
        Write("sys/class/thermal/thermal_zone0/temp", "41000\n");
        Write("sys/class/thermal/thermal_zone1/temp", "67500\n");
        Write("proc/sys/kernel/randomize_va_space", "0\n");
        Write("proc/loadavg", "3.25 2.00 1.00 2/500 1234\n");
        Write("proc/cpuinfo", "processor : 0\nflags\t: fpu hypervisor\ncpu MHz\t\t: 1000.0\n\nprocessor : 1\nflags\t: fpu hypervisor\ncpu MHz\t\t: 3000.0\n");
        var environment = EnvironmentDescription.Current(_root.Path);
        Assert.Equal(
            new EnvironmentDescription { Governor = "powersave", Turbo = true, SimultaneousThreads = true, AddressRandomization = 0, FrequencyMHz = 2000, Temperature = 67.5, Load = 3.25, Virtual = true },
            environment);
        string[] beginnings = ["the frequency governor was 'powersave'", "turbo was on", "cores were shared", "address-space layout was not random", "the machine was a virtual one", "the load was 3.25"];
        Assert.Equal(beginnings, environment.Cautions().Select((caution, i) => caution[..Math.Min(caution.Length, beginnings[i].Length)]));
    }

    [Fact]
    public void AMachineSetUpForMeasuringNeedsNoCaution()
    {
        Write("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance\n");
        Write("sys/devices/system/cpu/cpufreq/boost", "0\n");
        Write("sys/devices/system/cpu/smt/active", "0\n");
        Write("proc/sys/kernel/randomize_va_space", "2\n");
        Write("proc/loadavg", "0.10 0.50 0.50 1/500 1234\n");
        Write("proc/cpuinfo", "flags\t: fpu\n");
        Assert.Empty(EnvironmentDescription.Current(_root.Path).Cautions());
    }

    [Fact]
    public void WhatTheSystemDoesNotTellIsNull() => Assert.Equal(new EnvironmentDescription(), EnvironmentDescription.Current(_root.Path));

    [Fact]
    public void TheKernelsTimesAreRead() =>
        Assert.Equal(new SystemTimes((100 + 20 + 30 + 5 + 6) * 10, 70), SystemTimes.Parse("cpu  100 20 30 4000 50 5 6 7 0 0"));

    [Theory]
    [InlineData(1000, 0, 0, false)]
    [InlineData(1000, 0, 90, false)]
    [InlineData(1000, 0, 110, true)]
    [InlineData(10_000, 90, 900, false)]
    [InlineData(10_000, 110, 0, true)]
    [InlineData(100, 40, 40, false)]
    [InlineData(100, 50, 50, false)]
    [InlineData(100, 0, 51, true)]
    [InlineData(499, 0, 50, false)]
    [InlineData(4999, 50, 0, false)]
    [InlineData(4000, 51, 0, true)]
    public void WhatIsMoreThanTheKernelsStepsIsADisturbance(double elapsed, double steal, double others, bool isOne) =>
        Assert.Equal(isOne, new Interference(elapsed, steal, others).IsDisturbance);

    [Fact]
    public void WhatTheMeasuredProcessUsesIsNotThatOfOthers()
    {
        // It ends once it has used half a second of CPU time, however long that takes.
        const string burn = "while :; do read -ra fields < /proc/self/stat; (( fields[13] + fields[14] >= 50 )) && break; done";
        var before = SystemTimes.Now();
        var meter = new InterferenceMeter();
        using (var child = System.Diagnostics.Process.Start("bash", ["-c", burn]))
        {
            child.WaitForExit();
        }

        var interference = meter.Stop(0);
        var busy = SystemTimes.Now().BusyMs - before.BusyMs;
        Assert.True(interference.OthersMs <= busy - 500 + Interference.Resolution, $"{interference}, busy {busy}");
    }

    [Fact]
    public void ASentenceSaysHowManyProcessesWereDisturbed()
    {
        Measurement[] rows = [Row(1, 1000, 0), Row(2, 1000, 500), Row(3, 1000, 20), Row(4, 0, 0), Row(5, 20, 40)];
        Assert.Equal(
            "Noisy environment: 1 of 4 processes were disturbed (others used up to 0.50 processors beside them, up to 0.00 were taken by the hypervisor; up to 50 ms beside a process do not count, however short it was); times may be too long, and intervals too wide or, where the noise drifted, wrong.",
            Disturbances.Describe(rows));
        Assert.Null(Disturbances.Describe([Row(1, 1000, 0)]));
        Assert.Null(Disturbances.Describe([Row(1, 0, 0)]));
    }

    private static Measurement Row(int repetition, double elapsed, double others) =>
        new() { Engine = "ours", Configuration = "a", Workload = "w", Repetition = repetition, ExecuteMs = 1, ElapsedMs = elapsed, OthersCpuMs = others };

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_root.File(path))!);
        _root.Write(path, text);
    }
}
