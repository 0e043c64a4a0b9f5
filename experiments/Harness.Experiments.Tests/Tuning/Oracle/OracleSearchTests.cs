using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics;
using Harness.Experiments.Commands;
using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
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

    /// <summary>Errors of 1% in each process are 1.4% in a ratio of two, and less in the median of several rounds.</summary>
    [Fact]
    public void ChangesHaveTheErrorOfTheirRounds()
    {
        var result = new OracleSearch(Rules, CallWorld.NoInlining, CallWorld.Starts, new CallWorld(1, Effects)).Run();
        Assert.True(result.Changes.Select(change => change.Rounds).Distinct().Count() > 1);
        Assert.All(result.Changes, change => Assert.InRange(change.Error / (0.01 * Math.Sqrt(2 * MedianInterval.RelativeVariance(change.Rounds))), 0.7, 1.3));
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

    /// <summary>A program that does not end with a policy is stopped in its process; in this one nobody would stop it.</summary>
    [Fact]
    public void WhatAPolicyThatFailedDecidesIsNotAskedFor()
    {
        var world = new CountingWorld(new CallWorld(1, Effects) { Fails = (phase, _, name, _) => phase == "search" && name == "odd" });
        var result = new OracleSearch(Rules, CallWorld.NoInlining, CallWorld.Starts, world).Run();
        Assert.NotEmpty(result.Steps);
        Assert.True(world.Explained > 5);
        Assert.DoesNotContain("odd", world.Starts);
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
        {
            Assert.Null(table.ShareOf(failing));
        }

        Assert.Equal(othersHave, table.ShareOf("odd") is not null);
        var written = table.Create();
        Assert.Contains(written.Notes, line => line.StartsWith(note, StringComparison.Ordinal));
        Assert.DoesNotContain(written.Notes, line => line.StartsWith("Inlining gains nothing", StringComparison.Ordinal));
        Assert.Contains(OracleTable.Compare([("a", table)]).Notes, line => line.StartsWith($"a: {failing} failed in fresh rounds; ", StringComparison.Ordinal));
    }

    /// <summary>A mean over fewer programs than those beside it says so.</summary>
    [Fact]
    public void APolicyThatOneSearchLeftOutHasAMeanOverTheOthers()
    {
        var (all, some) = (new CallWorld(1, Effects), new CallWorld(1, Effects));
        new OracleSearch(Rules with { Processes = 300 }, CallWorld.NoInlining, CallWorld.Starts, all).Run();
        new OracleSearch(Rules with { Processes = 300 }, CallWorld.NoInlining, [.. CallWorld.Starts.Where(start => start.Name != "odd")], some).Run();
        var table = OracleTable.Compare([("a", new OracleTable(all.Rows, CallWorld.NoInlining.Name)), ("b", new OracleTable(some.Rows, CallWorld.NoInlining.Name))]);
        Assert.Equal("odd was not compared in b: its mean is over the other programs.", Assert.Single(table.Notes, note => note.Contains("was not compared", StringComparison.Ordinal)));
    }

    /// <summary>What a noisy environment has touched says so, of one program and of several.</summary>
    [Fact]
    public void DisturbedProcessesAreToldBelowTheTables()
    {
        foreach (var (others, isNoisy) in ((double, bool)[])[(500, true), (0, false)])
        {
            var world = new CallWorld(1, Effects) { OthersCpuMs = others };
            new OracleSearch(Rules with { Processes = 300 }, CallWorld.NoInlining, CallWorld.Starts, world).Run();
            var table = new OracleTable(world.Rows, CallWorld.NoInlining.Name);
            Assert.Equal(isNoisy, table.Create().Notes.Any(note => note.StartsWith($"Noisy environment: {world.Rows.Count} of {world.Rows.Count} processes were disturbed", StringComparison.Ordinal)));
            Assert.Equal(isNoisy, OracleTable.Compare([("a", table)]).Notes.Any(note => note.StartsWith("a: Noisy environment: ", StringComparison.Ordinal)));
        }

        var old = new CallWorld(1, Effects);
        new OracleSearch(Rules with { Processes = 300 }, CallWorld.NoInlining, CallWorld.Starts, old).Run();
        Assert.Contains(
            $"What else the machine did is not known of {old.Rows.Count} of {old.Rows.Count} rows, which an older version of the harness measured.",
            new OracleTable([.. old.Rows.Select(row => row with { ElapsedMs = null, StealMs = null, OthersCpuMs = null })], CallWorld.NoInlining.Name).Create().Notes);
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

    /// <summary>A generic call in the place of a guard saves 10% at one site and costs as much at another.</summary>
    [Theory]
    [InlineData(0, null)]
    [InlineData(1, null)]
    [InlineData(5, "1 30")]
    public void GuardsAreTurnedRoundAtTheHottestSitesIfTheyAreToBe(int guards, string? found)
    {
        var world = new CallWorld(1, Effects) { Sites = new Dictionary<string, double> { ["1 10"] = 0.1, ["1 30"] = -0.1, ["2 50"] = 0.1 } };
        var told = new List<string>();
        var result = new OracleSearch(Rules with { Guards = guards }, CallWorld.NoInlining, CallWorld.Starts, world, told.Add).Run();
        KeyValuePair<string, MissHandling>[] expected = found is null ? [] : [KeyValuePair.Create(found, MissHandling.GenericCall)];
        Assert.Equal(expected, result.Found.Misses.ToArray());
        Assert.Equal(found is not null, result.Steps.Any(step => step.What == "in f1, a generic call for other targets where g is called (1 30)"));
        Assert.InRange(result.Processes, 1, Rules.Processes + OracleSearch.MostBeyond);
    }

    /// <summary>Where no guard may leave the code, guard and generic call are the same.</summary>
    [Fact]
    public void WithoutDeoptsThereAreNoGuardsToTry()
    {
        var world = new CallWorld(1, Effects) { Sites = new Dictionary<string, double> { ["1 10"] = -0.1, ["1 30"] = -0.1, ["2 50"] = -0.1 } };
        OracleStart[] starts = [.. CallWorld.Starts.Select(start => start with { Knobs = new Dictionary<string, string> { ["deopt"] = "off" } })];
        Assert.Empty(new OracleSearch(Rules with { Guards = 5 }, CallWorld.NoInlining, starts, world).Run().Found.Misses);
    }

    /// <summary>What a call does with other targets is one decision of its site: a choice of its own, gone with the call around it, and taken over with its function.</summary>
    [Fact]
    public void ASiteHasADecisionOfItsOwn()
    {
        var world = new CallWorld(1, Effects) { Sites = new Dictionary<string, double> { ["1 10>2 90"] = 0.1, ["1 30"] = 0.1 } };
        var start = OracleChoice.Of(CallWorld.Starts[2]);
        CallDecision At(OracleChoice of, string path) => world.Explain(of).Single(call => call.Path == path);
        var choice = start.With("1 10>2 90", MissHandling.GenericCall).With("1 30", MissHandling.Guard);
        Assert.False(choice.IsPolicyAlone);
        Assert.NotEqual(start.Name, choice.Name);
        Assert.NotEqual(choice.Name, choice.With("1 30", MissHandling.GenericCall).Name);
        Assert.Equal("oracle", choice.KnobsWith("some.decisions")["inlining.policy"]);
        Assert.Equal(["1 30"], choice.With(At(start, "1 10>2"), isInlined: false).Misses.Keys);

        var inlined = choice.With(At(start, "1 30>4"), isInlined: true);
        Assert.Equal((MissHandling.Guard, true), (At(inlined, "1 30>4").Miss!.Value, At(inlined, "1 30>4").IsMissByPolicy));
        Assert.Equal(KeyValuePair.Create("1 30", MissHandling.Guard), Assert.Single(start.With("1", [At(inlined, "1 30>4")]).Misses));
        Assert.Empty(choice.With("1", [At(start, "1 30>4")]).Misses);
        Assert.Equal(
            "inlining-decisions 1\nrest none-of-all\nmodule 00\nguard 1 30  # in f1: where g is called\n",
            DecisionsText.Write(start.With("1 30", MissHandling.Guard), "00", world.Explain(start)));
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

        // The call has two targets, which are both inlined.
        Assert.Equal((MissHandling.Guard, false, 2), (call.Miss!.Value, call.IsMissByPolicy, call.SiteTargets));
        var generic = start.With(call.Site, MissHandling.GenericCall);
        Assert.NotNull(world.Measure("search", 2, generic.Name, generic));
        var without = world.Explain(generic);
        Assert.Equal(decisions.Select(decision => (decision.Path, decision.IsInlined)).Order(), without.Select(decision => (decision.Path, decision.IsInlined)).Order());
        Assert.All(without.Where(decision => decision.Site == call.Site), decision => Assert.Equal((MissHandling.GenericCall, true), (decision.Miss!.Value, decision.IsMissByPolicy)));
        File.WriteAllText(files.Decisions, DecisionsText.Write(generic, world.ModuleHash, world.KnownCalls));
        Assert.Equal(generic.Misses.ToList(), InliningDecisions.Load(files.Decisions).MissesOf(world.ModuleHash).ToList());
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
            {
                Assert.Equal(folder.File("moved/oracle.decisions"), written["inlining.decisions"]);
            }

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
        var mistake = Assert.Throws<HarnessException>(() => OracleStarts.Read(folder.Write(file, "inlining.budget: 3000\n")));
        Assert.StartsWith(message, mistake.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', mistake.Message);
        Assert.Equal("large", OracleStarts.Read(folder.Write("large.yaml", "inlining.budget: 3000\n")).Name);
    }

    [Fact]
    public void StartsAreAllPoliciesOrThoseThatAreNamed()
    {
        Assert.Equal(11, OracleStarts.Choose([], []).Count);
        Assert.DoesNotContain(OracleStarts.All, start => start.Name is "oracle" or "custom" or "no-inlining");
        Assert.Equal(["benefit", "v8-large"], OracleStarts.Choose(["benefit", "v8-large"], []).Select(start => start.Name));
        using var folder = new TemporaryFolder();
        var file = folder.Write("large.yaml", "inlining.budget: 3000\n");
        Assert.Equal(["benefit", "large"], OracleStarts.Choose(["benefit"], [file]).Select(start => start.Name));
        Assert.Equal("two starts are named 'benefit'; name it once", Assert.Throws<HarnessException>(() => OracleStarts.Choose(["benefit", "benefit"], [file])).Message);
        Assert.Equal("two starts are named 'large'; rename the file of one", Assert.Throws<HarnessException>(() => OracleStarts.Choose(["benefit"], [file, file])).Message);
    }

    /// <summary>A model that was trained again under the same name is another one, whose times do not stand beside those of the first.</summary>
    [Fact]
    public void WhatTheFilesOfStartsSayIsAmongWhatRowsDependOn()
    {
        using var folder = new TemporaryFolder();
        var model = folder.Write("model.txt", InliningModel.BuiltIn.ToText());
        var start = OracleStarts.Read(folder.Write("trained.yaml", "inlining.policy: learned\ninlining.model: model.txt\n"));
        Assert.Equal("learned", start.Policy);
        var before = OracleStarts.Fingerprints(Rules, [start]);
        Assert.Contains($"file {model}", before.Keys);
        Assert.Equal(before, OracleStarts.Fingerprints(Rules, [start]));
        File.AppendAllText(model, "# trained again\n");
        var after = OracleStarts.Fingerprints(Rules, [start]);
        Assert.Equal([$"file {model}"], before.Where(part => after[part.Key] != part.Value).Select(part => part.Key));
    }

    /// <summary>What is said beforehand of processes and runs is what a search keeps to.</summary>
    [Theory]
    [InlineData(1, 50)]
    [InlineData(2, 83)]
    [InlineData(3, 600)]
    public void CostsAreToldBeforehand(int seed, int processes)
    {
        var rules = Rules with { Processes = processes };
        var inner = new CallWorld(seed, Effects);
        var world = new CountingWorld(inner);
        var result = new OracleSearch(rules, CallWorld.NoInlining, CallWorld.Starts, world).Run();
        Assert.InRange(result.Processes, 1, processes + OracleSearch.MostBeyond);
        Assert.InRange(world.Explained, 1, OracleSearch.MostExplanations(rules, CallWorld.Starts.Length));
        Assert.Equal(new OracleCost(rules, CallWorld.Starts.Length, []).Judgement, inner.Rows.Count - result.Processes);
    }

    [Fact]
    public void CostsAreInWords()
    {
        var rules = new OracleRules(400, 0.01, 11, 1);
        var known = new OracleCost(rules, 11, [1.0, 1.4, 1.2]);
        Assert.Equal((13, 143, 652), (known.Configurations, known.Judgement, (int)Math.Round(known.Duration!.Value.TotalSeconds)));
        Assert.Equal("two-targets: search from 11 policies in at most 400 processes, and up to 30 more to end a race", known.Describe("two-targets")[0]);
        Assert.StartsWith("about 11 minutes, by 3 earlier processes of 1.2 s; ", known.Describe("two-targets")[2], StringComparison.Ordinal);
        var unknown = new OracleCost(rules, 11, []);
        Assert.Null(unknown.Duration);
        Assert.StartsWith("how long is not known: no process of it was measured before; ", unknown.Describe("two-targets")[2], StringComparison.Ordinal);
    }

    /// <summary>Shares of three rounds of eleven are none to quote.</summary>
    [Fact]
    public void ASearchThatIsNotFinishedIsTold()
    {
        using var folder = new TemporaryFolder();
        var world = new CallWorld(1, Effects);
        new OracleSearch(Rules with { Processes = 300 }, CallWorld.NoInlining, CallWorld.Starts, world).Run();
        var table = OracleCommand.Compare([Write("whole", world.Rows, Provenance.Now()), Write("part", world.Rows.Where(row => row.Phase == "search" || row.Round <= 3), finished: null)]);
        Assert.Equal(["policy", "program whole", "program part", "mean"], table.Columns.Select(column => column.Name));
        Assert.Contains("program part: not finished, 3 of 11 fresh rounds so far; go on with its 'harness oracle' command.", table.Notes);
        Assert.DoesNotContain(table.Notes, note => note.StartsWith("program whole", StringComparison.Ordinal));

        OracleFolder Write(string name, IEnumerable<Evaluation> rows, string? finished)
        {
            var made = new OracleFolder(folder.File(name));
            made.Prepare($"program {name}", Rules, "ours", "1", []);
            using (var file = DurableCsv<Evaluation>.Open(made.Evaluations, out _))
            {
                file.Append([.. rows]);
            }

            (Provenance.Read(made.Provenance)! with { FinishedUtc = finished }).Write(made.Provenance);
            return made;
        }
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

    /// <summary>Counts how often it is asked what is decided.</summary>
    private sealed class CountingWorld(IOracleWorld inner) : IOracleWorld
    {
        public int Explained { get; private set; }

        /// <summary>Names of the policies that it was asked about.</summary>
        public List<string> Starts { get; } = [];

        public IReadOnlyList<CallDecision> Explain(OracleChoice choice)
        {
            Explained++;
            Starts.Add(choice.Start.Name);
            return inner.Explain(choice);
        }

        public double? Measure(string phase, int round, string name, OracleChoice choice) => inner.Measure(phase, round, name, choice);
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
