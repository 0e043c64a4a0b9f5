using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics;
using Harness.Experiments.Commands;
using Harness.Experiments.Tuning;
using Harness.Experiments.Tuning.Oracle;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Tests.Tuning.Oracle;

public sealed class OracleSearchTests
{
    private static readonly OracleRules Rules = new(Processes: 1200, LeastGain: 0.01, Rounds: 11, Seed: 1);

    /// <summary>Calls of three functions: some gain, some lose, some do neither, and some are made by others that must be inlined before.</summary>
    private static readonly Dictionary<string, double> Effects = new()
    {
        ["1 10>2"] = -0.10, ["1 20>3"] = 0.08, ["1 30>4"] = -0.06, ["1 40>5"] = 0.0, ["2 50>6"] = -0.12, ["2 60>7"] = 0.10, ["2 70>8"] = -0.03, ["3 80>9"] = 0.0,
        ["1 10>2 90>6"] = -0.08, ["1 10>2 95>7"] = 0.05, ["2 60>7 99>3"] = -0.02,
    };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void WhatIsFoundIsNearTheBestThatThereIs(int seed)
    {
        var world = new CallWorld(seed, Effects);
        var result = new OracleSearch(Rules, CallWorld.NoInlining, CallWorld.Starts, world).Run();
        string[] best = ["1 10>2", "1 30>4", "2 50>6", "2 70>8", "1 10>2 90>6"];
        var (found, least) = (CallWorld.TimeOf(Effects, world.Inlined(result.Found)), CallWorld.TimeOf(Effects, best));
        var policies = CallWorld.Starts.Min(start => CallWorld.TimeOf(Effects, world.Inlined(OracleChoice.Of(start))));
        Assert.InRange(found, least - 1e-9, least * 1.02);
        Assert.True(found < policies * 0.9, "the policies are far from it");
        Assert.NotEmpty(result.Steps);
        Assert.InRange(result.Processes, 1, Rules.Processes + 40);

        var table = new OracleTable(world.Rows, CallWorld.NoInlining.Name);
        Assert.Equal(1, table.ShareOf(OracleSearch.FoundName)!.Value.Value, 10);
        Assert.InRange(table.ShareOf("none-of-all")!.Value.Value, -0.1, 0.1);
        foreach (var start in CallWorld.Starts)
        {
            var truth = (100 - CallWorld.TimeOf(Effects, world.Inlined(OracleChoice.Of(start)))) / (100 - found);
            Assert.Equal(truth, table.ShareOf(start.Name)!.Value.Value, 0.1);
        }

        Assert.Equal(["thirds", "none-of-all", "odd", "oracle"], table.Create().Rows.Select(row => row[0]));
        var compared = OracleTable.Compare([("a", table), ("b", table)]);
        Assert.Equal(["policy", "a", "b", "mean"], compared.Columns.Select(column => column.Name));
        Assert.Equal(compared.Rows[0][1], compared.Rows[0][3]);
    }

    [Fact]
    public void WhereInliningGainsNothingNobodyHasAShare()
    {
        var effects = Effects.ToDictionary(pair => pair.Key, _ => 0.0);
        var gained = Enumerable.Range(1, 20).Count(seed =>
        {
            var world = new CallWorld(seed, effects);
            new OracleSearch(Rules with { Processes = 300 }, CallWorld.NoInlining, CallWorld.Starts, world).Run();
            return new OracleTable(world.Rows, CallWorld.NoInlining.Name).ShareOf("thirds") is not null;
        });
        Assert.True(gained <= 1, $"a gain in {gained} of 20 searches");
    }

    /// <summary>A change that saves 30% and fails in every seventh round, and a policy that has it, are worth nothing.</summary>
    [Fact]
    public void AChangeThatFailsOnceIsNotKept()
    {
        var effects = new Dictionary<string, double>(Effects) { ["2 70>8"] = -0.35 };
        var world = new CallWorld(1, effects) { Fails = (phase, round, _, inlined) => phase == "search" && round % 7 == 6 && inlined.Contains("2 70>8") };
        var result = new OracleSearch(Rules, CallWorld.NoInlining, [.. CallWorld.Starts.Where(start => start.Name != "thirds")], world).Run();
        Assert.DoesNotContain("2 70>8", world.Inlined(result.Found));
        Assert.Contains("2 50>6", world.Inlined(result.Found));
        Assert.DoesNotContain(result.Changes, change => change.IsKept && change.Call.Path == "2 70>8");
        Assert.Contains(world.Rows, row => row.Phase == "search" && !row.IsOk);
    }

    /// <summary>A policy that is fast and fails in one of the rounds in which policies are looked at is not what a search starts from.</summary>
    [Fact]
    public void APolicyThatFailsOnceIsNoStart()
    {
        var world = new CallWorld(1, Effects) { Fails = (phase, round, name, _) => phase == "search" && round == 2 && name == "thirds" };
        var told = new List<string>();
        new OracleSearch(Rules with { Processes = 60 }, CallWorld.NoInlining, CallWorld.Starts, world, told.Add).Run();
        Assert.StartsWith("the search starts from ", told[0], StringComparison.Ordinal);
        Assert.DoesNotContain("thirds", told[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("thirds", "thirds failed in 2 of the fresh rounds (trap) and has no share", true)]
    [InlineData("oracle", "oracle failed in 2 of the fresh rounds (trap) and has no share", false)]
    [InlineData("no-inlining", "no-inlining failed in 2 of the fresh rounds (trap) and has no share", false)]
    public void WhatFailsInFreshRoundsIsToldAndHasNoShare(string failing, string note, bool othersHave)
    {
        var world = new CallWorld(1, Effects) { Fails = (phase, round, name, _) => phase == "confirm" && round is 3 or 8 && name == failing };
        new OracleSearch(Rules with { Processes = 300 }, CallWorld.NoInlining, CallWorld.Starts, world).Run();
        var table = new OracleTable(world.Rows, CallWorld.NoInlining.Name);
        Assert.Equal(2, table.FailuresOf(failing));
        if (failing != CallWorld.NoInlining.Name)
            Assert.Null(table.ShareOf(failing));
        Assert.Equal(othersHave, table.ShareOf("odd") is not null);
        var written = table.Create();
        Assert.Contains(written.Notes, line => line.StartsWith(note, StringComparison.Ordinal));
        Assert.DoesNotContain(written.Notes, line => line.StartsWith("Inlining gains nothing", StringComparison.Ordinal));
        Assert.Contains(OracleTable.Compare([("a", table)]).Notes, line => line.StartsWith($"a: {failing} failed in fresh rounds; ", StringComparison.Ordinal));
    }

    /// <summary>Where a refused call lets another one in, the time tells nothing of either, and no model learns from it.</summary>
    [Fact]
    public void ACallThatLetsAnotherInIsNoLesson()
    {
        var result = new OracleSearch(Rules with { Processes = 300 }, CallWorld.NoInlining, [ScarceWorld.Start], new ScarceWorld()).Run();
        Assert.Equal(["1 30>4"], result.Changes.Select(change => change.Call.Path).Distinct());
        Assert.True(result.Entangled >= 2);
        Assert.True(result.Tried >= 3);
    }

    [Fact]
    public void ARefusedCallTakesTheDecisionsBelowItAway()
    {
        var world = new CallWorld(1, Effects);
        var choice = OracleChoice.Of(CallWorld.Starts[2]);
        CallDecision At(string path) => world.Explain(choice).Single(call => call.Path == path);
        choice = choice.With(At("1 10>2"), isInlined: true);
        choice = choice.With(At("1 10>2 90>6"), isInlined: true).With(At("1 20>3"), isInlined: true);
        Assert.Equal(["1 10>2", "1 10>2 90>6", "1 20>3"], choice.Decisions.Keys);
        Assert.Equal(["1 20>3"], choice.With(At("1 10>2"), isInlined: false).Decisions.Where(pair => pair.Value).Select(pair => pair.Key));
        Assert.Equal(choice.Name, choice.With(At("1 20>3"), isInlined: true).Name);
        Assert.NotEqual(choice.Name, choice.With(At("1 20>3"), isInlined: false).Name);
        var replaced = choice.With("1", [At("1 20>3") with { IsInlined = false }]);
        Assert.Equal(new KeyValuePair<string, bool>("1 20>3", false), Assert.Single(replaced.Decisions));
    }

    /// <summary>A real program on the engine: a decision that is turned round is followed, and so are those of another policy.</summary>
    [Fact]
    public void TheEngineFollowsWhatIsWrittenDown()
    {
        using var folder = new TemporaryFolder();
        var files = new OracleFolder(folder.Path);
        Directory.CreateDirectory(folder.File("tried"));
        var program = ProgramCatalog.Read().Find("two-targets");
        var options = new List<EngineOptions>();
        var world = new ProgramWorld(program.Name, [program.Name], files, new FunctionEvaluator(1, (_, _) => 1), knobs =>
        {
            options.Add(knobs);
            return ExplainCommand.ExplainProgram(program, 1, knobs, new RecorderOptions(), new HashSet<string>());
        });
        var start = OracleChoice.Of(new OracleStart("v8", "v8", new Dictionary<string, string> { ["inlining.policy"] = "v8", ["tiering.budget"] = "100000" }));
        var decisions = world.Explain(start);
        var call = decisions.First(decision => decision.IsInlined);
        var turned = start.With(call, isInlined: false);
        Assert.NotNull(world.Measure("search", 1, turned.Name, turned));
        var after = world.Explain(turned);
        Assert.False(after.Single(decision => decision.Path == call.Path).IsInlined);
        Assert.Equal(
            decisions.Where(decision => decision.Path != call.Path && !decision.IsBelow(call.Path)).Select(decision => (decision.Path, decision.IsInlined)).Order(),
            after.Where(decision => decision.Path != call.Path).Select(decision => (decision.Path, decision.IsInlined)).Order());
        Assert.Equal(InliningPolicyKind.Oracle, options[^1].InliningPolicy);

        File.WriteAllText(files.Decisions, DecisionsText.Write(turned, world.ModuleHash, world.KnownCalls));
        var written = InliningDecisions.Load(files.Decisions);
        Assert.Equal(turned.Decisions.ToList(), written.Of(world.ModuleHash).OrderBy(pair => pair.Key, StringComparer.Ordinal).ToList());
        Assert.Contains($"# in {call.Function}: {call.Target}", File.ReadAllText(files.Decisions), StringComparison.Ordinal);
    }

    /// <summary>What is written down is what was measured: the decisions, and all knobs of the policy about the rest, from wherever the folder is.</summary>
    [Fact]
    public void TheConfigurationThatIsWrittenIsTheOneMeasured()
    {
        using var folder = new TemporaryFolder();
        var files = new OracleFolder(folder.File("made"));
        Directory.CreateDirectory(folder.File("made/tried"));
        var measured = new List<IReadOnlyDictionary<string, string>>();
        var world = new ProgramWorld("p", ["p"], files, new KnobsEvaluator(measured), _ => throw new InvalidOperationException("nothing is to be explained"));
        var start = new OracleStart("v8-large", "v8", new Dictionary<string, string> { ["inlining.policy"] = "v8", ["inlining.budget"] = "20000", ["inlining.factor"] = "10" });
        foreach (var choice in (OracleChoice[])[OracleChoice.Of(start), OracleChoice.Of(start).With(new CallDecision("1 10>2", "f", "g", 10, 20, true, []), isInlined: false)])
        {
            world.Measure("confirm", 1, OracleSearch.FoundName, choice);
            File.WriteAllText(files.Decisions, DecisionsText.Write(choice, choice.Decisions.Count == 0 ? null : new string('0', 64), []));
            File.WriteAllText(files.Configuration, DecisionsText.WriteConfiguration(choice, "oracle.decisions"));
            Directory.Move(files.Path, folder.File("moved"));
            var written = ConfigurationFile.Read(folder.File("moved/oracle.yaml"));
            Assert.Equal(measured[^1].Keys.Order(), written.Keys.Order());
            Assert.All(written.Where(pair => pair.Key != "inlining.decisions"), pair => Assert.Equal(measured[^1][pair.Key], pair.Value));
            if (choice.Decisions.Count > 0)
                Assert.Equal(folder.File("moved/oracle.decisions"), written["inlining.decisions"]);
            Directory.Move(folder.File("moved"), files.Path);
        }

        Assert.Equal(["v8", "oracle"], measured.Select(knobs => knobs["inlining.policy"]));
        Assert.All(measured, knobs => Assert.Equal("20000", knobs["inlining.budget"]));
    }

    [Theory]
    [InlineData("oracle.yaml", "a start cannot be named 'oracle', as ")]
    [InlineData("no-inlining.yaml", "a start cannot be named 'no-inlining', as ")]
    public void NamesThatRowsHaveForSomethingElseAreNoStarts(string file, string message)
    {
        using var folder = new TemporaryFolder();
        var mistake = Assert.Throws<HarnessException>(() => OracleCommand.ReadStart(folder.Write(file, "inlining.budget: 3000\n")));
        Assert.StartsWith(message, mistake.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', mistake.Message);
        Assert.Equal("large", OracleCommand.ReadStart(folder.Write("large.yaml", "inlining.budget: 3000\n")).Name);
    }

    /// <summary>A policy inlines two of three calls, and the third in the place of one that is refused; nothing changes the time.</summary>
    private sealed class ScarceWorld : IOracleWorld
    {
        public static readonly OracleStart Start = new("scarce", "scarce", new Dictionary<string, string>());

        public IReadOnlyList<CallDecision> Explain(OracleChoice choice)
        {
            var left = 2;
            return [.. ((string[])["1 10>2", "1 20>3", "1 30>4"]).Select(path => new CallDecision(path, "f", "g", 10, 20, choice.Decisions.TryGetValue(path, out var decided) ? Take(decided) : Take(left > 0), []))];

            bool Take(bool isInlined)
            {
                left -= isInlined ? 1 : 0;
                return isInlined;
            }
        }

        public double? Measure(string phase, int round, string name, OracleChoice choice) => 100;
    }

    /// <summary>Remembers the knobs that it was asked to measure with.</summary>
    private sealed class KnobsEvaluator(List<IReadOnlyDictionary<string, string>> measured) : IEvaluator
    {
        public IReadOnlyList<Evaluation> Evaluate(EvaluationProcess process, IReadOnlyDictionary<string, string> knobs)
        {
            measured.Add(knobs);
            return new FunctionEvaluator(1, (_, _) => 1).Evaluate(process, knobs);
        }
    }
}
