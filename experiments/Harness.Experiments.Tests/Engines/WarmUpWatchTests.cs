using System.Globalization;
using System.Text.Json;
using Harness.Experiments.Engines;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Tests.Engines.Shells;

namespace Harness.Experiments.Tests.Engines;

/// <summary>When warm-up ends: on sequences of calls that were recorded, and on made ones; in workers of the harness and in shells alike.</summary>
public sealed class WarmUpWatchTests
{
    /// <summary>The rule of sweeps that say nothing else.</summary>
    private static readonly WarmUpRule Rule = new(5, 100, 3, 0.05, 3000);

    /// <summary>It as it was before there was a gain: steady calls alone.</summary>
    private static readonly WarmUpRule SteadyCallsAlone = Rule with { GainCalls = 0, GainMilliseconds = 0 };

    /// <summary>
    /// The calls by which processes of V8 warmed up as long as steady calls alone counted (page-app and todo-app, without speculation and with all of it). Each was timed after these at 29 to 41 ms a call, where processes that
    /// had happened to go on for twice as long were timed at 24 to 28 ms.
    /// </summary>
    private static readonly string[] TimedTooEarly =
    [
        "28.9686;18.2633;12.2033;12.0608;16.5047;10.1667;10.0509;10.3988",
        "30.1324;17.4413;13.8046;11.9042;16.6467;9.888;10.232;10.2171",
        "35.6084;17.0415;11.9903;11.8718;17.0341;10.2844;10.42;10.4534",
        "28.6122;18.5673;13.8804;12.0183;17.7146;10.1731;10.431;10.7958;13.5908;8.9784;8.6911;9.1219",
        "33.4496;19.7286;16.411;12.7182;17.1067;11.0897;16.6616;12.1841;9.9977;10.8083;9.2194;9.2002;8.903",
        "29.8626;14.1061;11.2955;9.21;9.4897;12.8669;7.902;7.6481;7.865",
        "29.7411;16.1947;15.8961;13.7123;12.3222;13.2078;10.2873;7.9032;9.9057;10.1168;6.5191;9.1112;8.3078;8.4244;8.0414",
    ];

    /// <summary>A process of todo-app that steady calls alone made go on for 40 calls, and that was becoming faster nearly to the end.</summary>
    private const string Longer =
        "27.0828;15.0212;11.5203;10.4383;10.6571;12.0096;10.8453;7.956;8.3864;8.2113;7.125;7.556;7.6782;6.9882;9.3069;7.5966;7.5646;6.5167;6.9358;7.2159;10.7274;11.4705;7.1744;5.5898;5.9536;5.9363;6.3426;"
        + "5.8707;5.7725;5.1529;5.6743;6.8174;5.61;6.3492;5.9698;5.0355;5.3335;5.9589;6.0871;6.2112";

    public static TheoryData<string> Early => [.. TimedTooEarly];

    [Theory]
    [MemberData(nameof(Early))]
    public void ProcessesThatWereTimedTooEarlyGoOn(string recorded)
    {
        var times = Read(recorded);
        Assert.Equal(times.Count, SettledAfter(times, SteadyCallsAlone));
        Assert.Null(SettledAfter(times, Rule));

        // What they came to: all is quiet from there on.
        List<double> whole = [.. times, .. Enumerable.Repeat(6.0, 200)];
        var settled = SettledAfter(whole, Rule)!.Value;
        Assert.InRange(whole[times.Count..settled].Sum(), 490, 515);
    }

    [Fact]
    public void AProcessThatStillBecomesFasterHasNotSettled()
    {
        Assert.Null(SettledAfter(Read(Longer), Rule));

        // A call in forty is faster by a twentieth than all before: far apart, but no end.
        List<double> slopes = [.. Enumerable.Range(0, 600).Select(i => 10 * Math.Pow(0.95, i / 40))];
        Assert.NotNull(SettledAfter(slopes[..200], SteadyCallsAlone));
        Assert.Null(SettledAfter(slopes[..200], Rule));
    }

    [Theory]
    [InlineData(1, 501)]
    [InlineData(10, 51)]
    [InlineData(25, 21)]
    [InlineData(40, 21)]
    [InlineData(50, 21)]
    [InlineData(100, 11)]
    [InlineData(500, 5)]
    public void LongCallsNeedFewer(double milliseconds, int calls) => Assert.Equal(calls, SettledAfter([.. Enumerable.Repeat(milliseconds, 1000)], Rule));

    [Fact]
    public void SlowCallsAmongOthersAreNoGainAndNoEnd()
    {
        // A collection at every tenth call: between two of them calls are steady.
        List<double> times = [.. Enumerable.Range(1, 200).Select(i => i % 10 == 0 ? 9.0 : 6.0)];
        Assert.Equal(83, SettledAfter(times, Rule));
    }

    [Fact]
    public void ShellsFollowTheSameRule()
    {
        List<List<double>> sequences =
        [
            .. TimedTooEarly.Select(Read), Read(Longer), [.. Read(TimedTooEarly[0]), .. Enumerable.Repeat(7.0, 200)],
            [.. Enumerable.Repeat(100.0, 30)], [.. Enumerable.Repeat(0.0, 30)], [.. Enumerable.Range(0, 300).Select(i => 10 + (i * 7919 % 13 / 10.0))],
        ];
        foreach (var rule in (WarmUpRule[])[Rule, SteadyCallsAlone, Rule with { Gain = 0.3, GainCalls = 40, GainMilliseconds = 50 }, new(3, 10, 2, 0.5, 1000)])
        {
            var own = sequences.Select(times => SettledAfter(times, rule) ?? 0);
            var script = $$"""
                const { WarmUpWatch } = await import(`${shells}/measure.mjs`);
                const counts = {{JsonSerializer.Serialize(sequences)}}.map((times) => {
                  const watch = new WarmUpWatch({{JsonSerializer.Serialize(rule, WorkerProtocol.Json)}});
                  let elapsed = 0;
                  return times.findIndex((time) => watch.add(time, elapsed += time)) + 1;
                });
                console.log(counts.join(' '));
                """;
            Assert.Equal(string.Join(' ', own), ShellScriptTests.RunInNode(script));
        }
    }

    [Fact]
    public void WorkersGoOnUntilCallsNoLongerBecomeFaster()
    {
        // The twelfth call is the third steady one.
        var made = 0;
        var rule = new WarmUpRule(3, 0, 3, 0.05, 5000) { GainMilliseconds = 200 };
        var request = new WorkerRequest
        {
            Program = new WorkerProgram { Name = "test", Host = "none", Iteration = "call" }, TimedCalls = 2, Settle = rule, Knobs = new Dictionary<string, string>(),
        };
        var loop = WorkerLoop.Run(request, Call, Call, areTiersQuiet: null);
        Assert.True(loop.Settled);
        Assert.Equal(2, loop.ExecuteMs.Length);
        Assert.InRange(loop.WarmUpTotalMs, 200, 4999);

        double Call()
        {
            Thread.Sleep(1);
            return Math.Max(10, 20 - ++made);
        }
    }

    private static List<double> Read(string recorded) => [.. recorded.Split(';').Select(text => double.Parse(text, CultureInfo.InvariantCulture))];

    /// <summary>The number of the call with which times have settled; null where they have not.</summary>
    private static int? SettledAfter(List<double> times, WarmUpRule rule)
    {
        var watch = new WarmUpWatch(rule);
        var elapsed = 0.0;
        for (var i = 0; i < times.Count; i++)
        {
            elapsed += times[i];
            if (watch.Add(times[i], elapsed))
            {
                return i + 1;
            }
        }

        return null;
    }
}
