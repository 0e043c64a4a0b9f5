using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Inlining;
using Harness.Engine.Optimizer.Inlining.Trials;
using static Harness.Engine.Tests.Optimizer.Inlining.TestTrees;

namespace Harness.Engine.Tests.Optimizer.Inlining;

/// <summary>Callees that the policy incremental builds and simplifies in trial: what is left of them decides, and how much is built is bounded.</summary>
public sealed class InliningTrialTests
{
    private static readonly EngineOptions Incremental = EngineOptions.Default with { InliningPolicy = InliningPolicyKind.Incremental };

    private static readonly EngineOptions Untried = Incremental with { InliningIncrementalTrialBudget = 0 };

    /// <summary>Operations that nobody can fold: 4 bytes and a node each.</summary>
    private static string Work(int count) => "(local.get $x)" + string.Concat(Enumerable.Repeat(" local.get $x i32.mul i32.popcnt", count));

    private static InliningTree Target(InliningTree caller, int site) => caller.CallSites[site].Targets[0];

    /// <summary>The first call passes the mode in which the function does next to nothing; the other one does not know the mode.</summary>
    [Fact]
    public void ACalleeThatShrinksInTrialIsAdmittedWhereItsSizeAloneRefusesIt()
    {
        var text = $$"""
            (module
              (func $root (param i32) (result i32) (i32.add (call $f (i32.const 0) (local.get 0)) (call $f (local.get 0) (local.get 0))))
              (func $f (param $mode i32) (param $x i32) (result i32)
                (if (result i32) (local.get $mode) (then {{Work(110)}}) (else (i32.add (local.get $x) (i32.const 1))))))
            """;
        string[] feedback = ["root@0 -> 1", "root@1 -> 1"];
        var untried = Grow(Untried, text, feedback);
        Assert.All(untried.CallSites, site => Assert.Equal(InliningDecision.TooLittleGain, site.Targets[0].Decision));
        var root = Grow(Incremental, text, feedback);
        Assert.Equal((InliningDecision.Inlined, InliningDecision.TooLittleGain), (Target(root, 0).Decision, Target(root, 1).Decision));
        Assert.Matches(@"^in trial, \d+ nodes become 1$", Target(root, 0).Reason);
        Assert.Matches(@"^in trial, (\d{3}) nodes become \d{3}$", Target(root, 1).Reason);
        Assert.True(Target(root, 0).Estimate!.Value.NodesAdded < 0);
        Assert.True(Target(root, 0).Estimate!.Value.CyclesSaved > Target(root, 1).Estimate!.Value.CyclesSaved);
    }

    /// <summary>What folds by itself folds whatever is passed.</summary>
    [Fact]
    public void ACalleeThatFoldsByItselfCostsWhatIsLeft()
    {
        var text = $$"""
            (module (func $root (drop (call $f)))
              (func $f (result i32) (i32.const 1) {{string.Concat(Enumerable.Repeat("(i32.const 3) i32.mul i32.popcnt ", 100))}}))
            """;
        Assert.Equal(InliningDecision.TooLittleGain, Target(Grow(Untried, text, "root@0 -> 1"), 0).Decision);
        var target = Target(Grow(Incremental, text, "root@0 -> 1"), 0);
        Assert.Equal(InliningDecision.Inlined, target.Decision);
        Assert.Equal("in trial, 200 nodes become 0", target.Reason);
    }

    /// <summary>The constant is passed on through a function between, once as it is and once as another number, of which nothing is known.</summary>
    [Fact]
    public void AConstantIsKnownBehindOthersAsLongAsItIsTheSame()
    {
        var text = $$"""
            (module
              (func $root (param i32) (result i32) (call $outer (i32.const 0) (local.get 0)))
              (func $outer (param $mode i32) (param $x i32) (result i32)
                (i32.add (call $f (local.get $mode) (local.get $x)) (call $f (i32.add (local.get $mode) (i32.const 1)) (local.get $x))))
              (func $f (param $mode i32) (param $x i32) (result i32)
                (if (result i32) (local.get $mode) (then {{Work(20)}}) (else (i32.const 7)))))
            """;
        var root = Grow(Incremental with { InliningBenefitThreshold = 0 }, text, "root@0 -> 10", "outer -> 10", "outer@0 -> 10", "outer@1 -> 10");
        var outer = Target(root, 0);
        Assert.Matches(@"^in trial, \d+ nodes become 0$", Target(outer, 0).Reason);
        Assert.Matches(@"^in trial, \d+ nodes become \d\d$", Target(outer, 1).Reason);
    }

    [Fact]
    public void AnObjectOfTheCallerStaysVirtualInTrial()
    {
        const string Text = """
            (module
              (type $s (struct (field i32) (field i32)))
              (global $seen (mut (ref null $s)) (ref.null $s))
              (func $root (param (ref $s))
                (drop (call $sum (struct.new $s (i32.const 1) (i32.const 2)))) (drop (call $sum (local.get 0)))
                (call $keep (struct.new $s (i32.const 1) (i32.const 2))) (call $keep (local.get 0)))
              (func $sum (param (ref $s)) (result i32) (i32.add (struct.get $s 0 (local.get 0)) (struct.get $s 1 (local.get 0))))
              (func $keep (param (ref $s)) (global.set $seen (local.get 0))))
            """;
        var root = Grow(Incremental, Text, "root@0 -> 10", "root@1 -> 10", "root@2 -> 10", "root@3 -> 10");
        InliningEstimate[] estimates = [.. root.CallSites.Select(site => site.Targets[0].Estimate!.Value)];
        Assert.Equal((2 * 3) + 15, estimates[0].CyclesSaved - estimates[1].CyclesSaved);
        Assert.Equal(-2, estimates[0].NodesAdded - estimates[1].NodesAdded);
        Assert.Equal(estimates[3], estimates[2]);
    }

    [Fact]
    public void AKnownFunctionIsCalledDirectlyInTrial()
    {
        const string Text = """
            (module
              (type $f (func (result i32)))
              (elem declare func $seven)
              (func $seven (type $f) (i32.const 7))
              (func $root (param (ref null $f)) (drop (call $apply (ref.func $seven))) (drop (call $apply (local.get 0))))
              (func $apply (param (ref null $f)) (result i32) (call_ref $f (local.get 0))))
            """;
        var root = Grow(Incremental, Text, "root@0 -> 10", "root@1 -> 10");
        Assert.True(Target(root, 0).Estimate!.Value.CyclesSaved - Target(root, 1).Estimate!.Value.CyclesSaved >= 12 + 6);
    }

    /// <summary>The same function is built once without arguments and once for each of those that tell it something, however often it is asked for.</summary>
    [Fact]
    public void ATrialIsMadeOnceForTheSameFunctionAndArguments()
    {
        var text = $"""
            (module
              (func $root (param i32) {string.Concat(Enumerable.Repeat("(call $f (local.get 0)) (call $f (i32.const 1)) (call $f (i32.const 2))", 100))})
              (func $f (param $x i32) {Work(5)} drop))
            """;
        var (state, trials) = Trials(Incremental, text, Enumerable.Range(0, 300));
        ValueOrigin[][] passed = [[default], [new(ValueOriginKind.Constant) { Detail = 1 }], [new(ValueOriginKind.Constant) { Detail = 2 }]];
        InliningTrial?[] found = [.. state.Root.CallSites.Select((site, i) => trials.Find(site.Targets[0], passed[i % 3]))];
        Assert.All(found, trial => Assert.NotNull(trial));
        Assert.Equal(3, found.Distinct(ReferenceEqualityComparer.Instance).Count());
        Assert.Equal(3 * state.Root.CallSites[0].Targets[0].WireSize, trials.BytesBuilt);
    }

    /// <summary>A budget of five functions: those that come later are estimated as they would be without trials.</summary>
    [Fact]
    public void TheBudgetBoundsWhatIsBuilt()
    {
        const int count = 30;
        var text = "(module (func $root (param i32) " + string.Concat(Enumerable.Range(0, count).Select(i => $"(drop (call $f{i} (local.get 0)))")) + ")"
            + string.Concat(Enumerable.Range(0, count).Select(i => $"(func $f{i} (param $x i32) (result i32) {Work(10)} (i32.const {i}) (i32.const 1) i32.add i32.add)")) + ")";
        var size = TestGraphs.Module(text).Functions[1].BodySize;
        var options = Incremental with { InliningIncrementalTrialBudget = (5 * size) + 1 };
        var root = Grow(options, text, [.. Enumerable.Range(0, count).Select(i => $"root@{i} -> 10")]);
        InliningTree[] targets = [.. root.CallSites.Select(site => site.Targets[0])];
        Assert.Equal(5, targets.Count(target => target.Reason is not null));
        var untried = Grow(Untried, text, [.. Enumerable.Range(0, count).Select(i => $"root@{i} -> 10")]);
        Assert.All(targets.Zip(untried.CallSites), pair => Assert.Equal(pair.First.Reason is null, pair.First.Estimate == pair.Second.Targets[0].Estimate));
        var (_, trials) = Trials(options, text, Enumerable.Range(0, count), find: true);
        Assert.Equal(5 * size, trials.BytesBuilt);
    }

    [Fact]
    public void NothingIsBuiltThatIsNeverCalledOrTooLarge()
    {
        var text = $"(module (func $root (call $cold) (call $large)) {Leaf("cold", 20)} {Leaf("large", 600)})";
        var (_, trials) = Trials(Incremental, text, [1], find: true);
        Assert.Equal(0, trials.BytesBuilt);
    }

    [Fact]
    public void TheSameFeedbackGivesTheSameTree()
    {
        var module = WasmModule.FromFile(RepositoryFiles.Workload("gc-visitor.wat"), BuiltinSets.JsString);
        string Decisions(int function)
        {
            var lines = new List<string>();
            var work = new Stack<InliningTree>([new InliningTreeGrower(module, Incremental, SyntheticFeedback.Random(module, 7, 3)).Grow(function)]);
            while (work.TryPop(out var caller))
            {
                foreach (var target in caller.CallSites.SelectMany(site => site.Targets))
                {
                    lines.Add($"{target.CallOffset} {target.FunctionIndex} {target.Decision} {target.Estimate} {target.Reason}");
                    work.Push(target);
                }
            }

            return string.Join('\n', lines);
        }

        int[] functions = [.. Enumerable.Range(module.ImportedFunctionCount, module.Functions.Length - module.ImportedFunctionCount)];
        string[] first = [.. functions.Select(Decisions)];
        Assert.Equal(first, functions.Select(Decisions));
        Assert.Contains(first, lines => lines.Contains("in trial", StringComparison.Ordinal));
    }

    /// <summary>Trials for the calls of a module's function <c>root</c>, of which some were executed.</summary>
    private static (InliningState State, InliningTrials Trials) Trials(EngineOptions options, string text, IEnumerable<int> executed, bool find = false)
    {
        var module = TestGraphs.Module(text);
        var index = SyntheticFeedback.FunctionNamed(module, "root");
        var root = new InliningTree(index, null, 0, 0, module.Functions[index].BodySize);
        var state = new InliningState(module, options, SyntheticFeedback.Parse(module, executed.Select(site => $"root@{site} -> 10")), root);
        state.Expand(root);
        var trials = new InliningTrials(state);
        foreach (var site in find ? root.CallSites : [])
        {
            trials.Find(site.Targets[0], []);
        }

        return (state, trials);
    }
}
