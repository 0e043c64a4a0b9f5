using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Inlining;
using static Harness.Engine.Tests.Optimizer.Inlining.TestTrees;

namespace Harness.Engine.Tests.Optimizer.Inlining;

/// <summary>What the policies promise, each on a module that shows it, by feedback that no run has made.</summary>
public sealed class PolicyTests
{
    public static TheoryData<InliningPolicyKind> Policies => [.. Enum.GetValues<InliningPolicyKind>()];

    public static TheoryData<InliningPolicyKind> OtherPolicies => [.. Enum.GetValues<InliningPolicyKind>().Where(policy => policy != InliningPolicyKind.Oracle)];

    private static EngineOptions With(InliningPolicyKind policy) => EngineOptions.Default with { InliningPolicy = policy };

    private static InliningDecision DecisionAt(InliningTree caller, int site, int target = 0) => caller.CallSites[site].Targets[target].Decision;

    private static string Calls(string name, int count) => string.Concat(Enumerable.Repeat($"(call ${name})", count));

    private static string[] Hot(int sites) => [.. Enumerable.Range(0, sites).Select(i => $"root@{i} -> 10")];

    /// <summary>A chain of functions of 60 bytes, each of which calls the next: <c>root</c>, <c>f1</c>, <c>f2</c> …</summary>
    private static string Chain(int length) => "(module (func $root (call $f1) " + Nops(56) + ")" + string.Concat(
        Enumerable.Range(1, length).Select(i => i == length ? Leaf("f" + i, 60) : $"(func $f{i} (call $f{i + 1}) {Nops(56)})")) + ")";

    private static string[] ChainFeedback(int length) =>
        ["root@0 -> 1", .. Enumerable.Range(1, length - 1).Select(i => $"f{i}@0 -> 1")];

    private static int Depth(InliningTree tree)
    {
        var depth = 0;
        while (tree.CallSites.Length > 0 && tree.CallSites[0].Targets[0] is { IsInlined: true } inlined)
        {
            tree = inlined;
            depth++;
        }

        return depth;
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void EveryPolicyInlinesAHotSmallCallAndRefusesAHugeOne(InliningPolicyKind policy)
    {
        var text = $"(module (func $root (call $small) (call $huge) {Nops(40)}) {Leaf("small", 20)} {Leaf("huge", 600)})";
        var root = Grow(With(policy), text, "root@0 -> 1000", "root@1 -> 1000");
        Assert.Equal((InliningDecision.Inlined, InliningDecision.TooLarge), (DecisionAt(root, 0), DecisionAt(root, 1)));
    }

    /// <summary>A function that calls itself at many places: whatever the limits, the tree is finite and soon grown.</summary>
    [Theory]
    [MemberData(nameof(Policies))]
    public void RecursionEndsEvenWithoutLimits(InliningPolicyKind policy)
    {
        var options = With(policy) with
        {
            InliningBudget = 1_000_000, InliningFactor = 10_000, InliningMaxCount = 10_000, InliningMaxDepth = 100, InliningJscBudget = 1_000_000,
            InliningJscFactor = 10_000, InliningSeparateFactor = 10_000, InliningBenefitThreshold = 0,
            InliningBenefitDoubling = 1_000_000, InliningSpidermonkeyBaseSize = 480,
        };
        var root = Grow(options, $"(module (func $root {Calls("root", 16)}))", [.. Hot(16)]);
        Assert.InRange(Count(root), 1, 20_000);
        Assert.DoesNotContain(All(root), tree => tree.Decision is InliningDecision.NotConsidered or InliningDecision.Deferred);
        Assert.All(All(root), tree => Assert.True(tree.IsInlined || tree.CallSites.Length == 0));
    }

    [Fact]
    public void JscHasAFactorOfItsOwn()
    {
        // Half of the functions are small: a root of 60 bytes may grow by 5 times, each call inlined adds 25 - 6.
        var text = $"(module (func $root {Calls("leaf", 20)} {Nops(18)}) {Leaf("leaf", 25)})";
        Assert.Equal(12, Count(Grow(With(InliningPolicyKind.Jsc), text, Hot(20))));
        var options = With(InliningPolicyKind.Jsc) with { InliningJscFactor = 6 };
        Assert.True(Count(Grow(options, text, Hot(20))) > 12);
    }

    [Fact]
    public void JscLetsLargeFunctionsGrowMore()
    {
        var text = $"(module (func $root {Calls("leaf", 20)} {Nops(9900)}) {Leaf("leaf", 100)})";
        Assert.Equal(10, Count(Grow(With(InliningPolicyKind.V8) with { InliningBudget = 1000 }, text, Hot(20))));
        Assert.Equal(20, Count(Grow(With(InliningPolicyKind.Jsc), text, Hot(20))));
    }

    [Fact]
    public void SpidermonkeyInlinesSmallerFunctionsTheDeeper()
    {
        // 160 bytes at first, then 120, 80, 40: of a chain of functions of 60 bytes, three.
        Assert.Equal(3, Depth(Grow(With(InliningPolicyKind.Spidermonkey), Chain(6), ChainFeedback(6))));
        var root = Grow(With(InliningPolicyKind.Spidermonkey), $"(module (func $root (call $cold)) {Leaf("cold", 100)})");
        Assert.Equal(InliningDecision.Inlined, DecisionAt(root, 0));
    }

    /// <summary>Forty indirect calls of one function, and one direct call that is less dense than all of them.</summary>
    [Fact]
    public void IndirectCallsDoNotStarveDirectOnes()
    {
        var text = $$"""
            (module
              (type $f (func))
              (table 1 funcref)
              (func $root {{string.Concat(Enumerable.Repeat("(call_indirect (type $f) (i32.const 0))", 40))}} (call $direct))
              {{Leaf("target", 40)}} {{Leaf("direct", 70)}})
            """;
        string[] feedback = [.. Enumerable.Range(0, 40).Select(i => $"root@{i} -> target:10"), "root@40 -> 10"];
        Assert.Equal(InliningDecision.BudgetExceeded, DecisionAt(Grow(With(InliningPolicyKind.V8), text, feedback), 40));
        var root = Grow(With(InliningPolicyKind.SeparateBudgets), text, feedback);
        Assert.Equal(InliningDecision.Inlined, DecisionAt(root, 40));
        Assert.Equal(41, Count(root));
    }

    /// <summary>Three levels of calls, each of which a decision reaches by its path; what is not named is left to the other policy.</summary>
    [Fact]
    public void TheOracleFollowsDecisionsByThePathOfACall()
    {
        var text = $"(module (func $root (call $middle) (call $middle) (call $cold)) (func $middle (call $leaf) {Nops(20)}) {Leaf("leaf", 30)} {Leaf("cold", 40)})";
        string[] feedback = ["root -> 100000", "root@0 -> 100000", "root@1 -> 100000", "middle -> 200000", "middle@0 -> 200000"];
        var module = TestGraphs.Module(text);
        var plain = Grow(WithRoom(InliningPolicyKind.V8), text, feedback);
        Assert.Equal((InliningDecision.Inlined, InliningDecision.TooCold), (DecisionAt(plain, 0), DecisionAt(plain, 2)));
        var first = plain.CallSites[0].BytecodeOffset;
        var last = plain.CallSites[2].BytecodeOffset;
        var inner = plain.CallSites[0].Targets[0].CallSites[0].BytecodeOffset;
        var root = GrowWith(module, feedback, $"refuse 0 {first}>1 {inner}>2", $"inline 0 {last}>3");
        Assert.Equal(InliningDecision.Refused, DecisionAt(root.CallSites[0].Targets[0], 0));
        Assert.Equal(InliningDecision.Inlined, DecisionAt(root.CallSites[1].Targets[0], 0));
        Assert.Equal(InliningDecision.Inlined, DecisionAt(root, 2));
        Assert.Equal(InliningDecision.Refused, DecisionAt(GrowWith(module, feedback, $"refuse 0 {first}>1"), 0));

        // Decisions about another module, and of a function that is not compiled here, mean nothing.
        Assert.Equal(InliningDecision.TooCold, DecisionAt(GrowWith(module, feedback, $"inline 1 {last}>3"), 2));
        var other = WithRoom(InliningPolicyKind.Oracle) with
        {
            InliningDecisions = InliningDecisionsReader.Read($"inlining-decisions 1\nmodule {new string('0', 64)}\ninline 0 {last}>3\n", "other"),
        };
        Assert.Equal(InliningDecision.TooCold, DecisionAt(Grow(other, text, feedback), 2));
    }

    /// <summary>A decision about a call instruction holds for all of its targets, whoever admits them, and against the knobs; there and nowhere else.</summary>
    [Fact]
    public void TheOracleSaysWhatASiteDoesWithOtherTargets()
    {
        const string Text = """
            (module (type $f (func)) (table 2 funcref)
              (func $root (call_indirect (type $f) (i32.const 0)) (call_indirect (type $f) (i32.const 1)))
              (func $often nop nop nop nop nop nop nop nop nop nop nop nop)
              (func $seldom nop nop nop nop nop nop nop nop nop nop nop nop))
            """;
        string[] feedback = ["root -> 100", "root@0 -> often:80 seldom:20", "root@1 -> often:100"];
        var module = TestGraphs.Module(Text);
        var plain = GrowWith(module, feedback);
        Assert.Equal([MissHandling.ByKnobs, MissHandling.ByKnobs], plain.CallSites.Select(site => site.Miss));
        Assert.Equal([true, true], plain.CallSites.Select(site => site.Deoptimizes));
        Assert.True(plain.HasSpeculation);
        var first = plain.CallSites[0].BytecodeOffset;
        var second = plain.CallSites[1].BytecodeOffset;
        var root = GrowWith(module, feedback, $"generic 0 {first}");
        Assert.Equal([MissHandling.GenericCall, MissHandling.ByKnobs], root.CallSites.Select(site => site.Miss));
        Assert.Equal([false, true], root.CallSites.Select(site => site.Deoptimizes));
        Assert.Equal(All(plain).Select(tree => tree.Decision), All(root).Select(tree => tree.Decision));
        Assert.False(GrowWith(module, feedback, $"generic 0 {first}", $"generic 0 {second}").HasSpeculation);

        // What was seen and is not inlined is called generically, unless there is to be a guard all the same.
        var refused = $"refuse 0 {first}>2";
        Assert.Equal([false, true], GrowWith(module, feedback, refused).CallSites.Select(site => site.Deoptimizes));
        Assert.Equal([true, true], GrowWith(module, feedback, refused, $"guard 0 {first}").CallSites.Select(site => site.Deoptimizes));

        // A decision about calls of another function is none about these.
        Assert.Equal([true, true], GrowWith(module, feedback, $"generic 1 {first}").CallSites.Select(site => site.Deoptimizes));
    }

    [Theory]
    [MemberData(nameof(OtherPolicies))]
    public void TheOracleLeavesTheRestToAnyPolicy(InliningPolicyKind policy)
    {
        var text = $"(module (func $root (call $middle) {Calls("leaf", 8)}) (func $middle (call $leaf) {Nops(20)}) {Leaf("leaf", 30)})";
        string[] feedback = ["root -> 10", .. Hot(9), "middle -> 10", "middle@0 -> 10"];
        var name = System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(policy.ToString());
        var root = GrowWith(TestGraphs.Module(text), feedback, name, []);
        Assert.Equal(All(Grow(WithRoom(policy), text, feedback)).Select(tree => tree.Decision), All(root).Select(tree => tree.Decision));
        var second = root.CallSites[1].BytecodeOffset;
        var refused = GrowWith(TestGraphs.Module(text), feedback, name, [$"refuse 0 {second}>2"]);
        Assert.Equal(InliningDecision.Refused, DecisionAt(refused, 1));
        Assert.All(All(refused), tree => Assert.All(tree.Features!, feature => Assert.True(double.IsFinite(feature))));
    }

    /// <summary>Small functions may grow.</summary>
    private static EngineOptions WithRoom(InliningPolicyKind policy) => With(policy) with { InliningMinBudget = 1000 };

    private static InliningTree GrowWith(WasmModule module, string[] feedback, params string[] decisions) => GrowWith(module, feedback, "v8", decisions);

    private static InliningTree GrowWith(WasmModule module, string[] feedback, string rest, string[] decisions)
    {
        var text = $"inlining-decisions 1\nrest {rest}\nmodule {Harness.Engine.Feedback.ModuleProfile.HashOf(module)}\n{string.Join('\n', decisions)}\n";
        var options = WithRoom(InliningPolicyKind.Oracle) with { InliningDecisions = InliningDecisionsReader.Read(text, "test") };
        return Grow(options, module, feedback);
    }

    [Fact]
    public void ColdCallsGetNoBudgetHoweverSmall()
    {
        var text = $"(module (func $root (call $tiny) (call $empty)) {Leaf("tiny", 10)} (func $empty))";
        var root = Grow(With(InliningPolicyKind.SeparateBudgets), text, "root -> 1000", "root@0 -> 1");
        Assert.Equal((InliningDecision.TooCold, InliningDecision.Inlined), (DecisionAt(root, 0), DecisionAt(root, 1)));
        Assert.Equal(InliningDecision.Inlined, DecisionAt(Grow(With(InliningPolicyKind.V8), text, "root -> 1000", "root@0 -> 1"), 0));
    }

    [Fact]
    public void OneTargetDoesNotTakeAllOfABudget()
    {
        // Budget 1000: twelve calls of 86 - 6 bytes, denser than the other, would leave nothing; half of it is kept for others at first.
        var options = With(InliningPolicyKind.SeparateBudgets) with { InliningSeparateMinBudget = 1000, InliningSeparateFactor = 0 };
        var text = $"(module (func $root {Calls("common", 12)} (call $other)) {Leaf("common", 86)} {Leaf("other", 306)})";
        var root = Grow(options, text, Hot(13));
        Assert.Equal(InliningDecision.Inlined, DecisionAt(root, 12));
        Assert.Equal(9, Count(root));
        Assert.Equal(InliningDecision.BudgetExceeded, DecisionAt(root, 11));
        root = Grow(options with { InliningSeparateShare = 1 }, text, Hot(13));
        Assert.Equal(InliningDecision.BudgetExceeded, DecisionAt(root, 12));
    }

    [Fact]
    public void TinyFunctionsAreNotCounted()
    {
        var options = With(InliningPolicyKind.SeparateBudgets) with { InliningSeparateMaxCount = 1 };
        var text = $"(module (func $root {Calls("tiny", 5)} (call $a) (call $b)) {Leaf("tiny", 11)} {Leaf("a", 20)} {Leaf("b", 30)})";
        var root = Grow(options, text, Hot(7));
        Assert.Equal(6, Count(root));
        Assert.Equal(InliningDecision.TooManyInlined, DecisionAt(root, 6));
    }

    /// <summary>A function that only passes on to one that runs long is as good with a call; what the latter calls in its loop is not.</summary>
    [Theory]
    [InlineData(InliningPolicyKind.SeparateBudgets)]
    [InlineData(InliningPolicyKind.Benefit)]
    [InlineData(InliningPolicyKind.Incremental)]
    public void WhatRunsLongIsLeftToItsOwnCode(InliningPolicyKind policy)
    {
        const string Text = """
            (module
              (func $root (call $work))
              (func $work (local $i i32)
                (loop (call $step) (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 10000)))))
              (func $step nop nop nop nop nop nop nop nop nop nop))
            """;
        var root = Grow(With(policy), Text, "root -> 10 60", "root@0 -> 10", "work -> 10 2000000", "work@0 -> 100000");
        Assert.Equal(InliningDecision.LongRunning, DecisionAt(root, 0));
        var module = TestGraphs.Module(Text);
        var feedback = SyntheticFeedback.Parse(module, ["work -> 10 2000000", "work@0 -> 100000"]);
        var work = new InliningTreeGrower(module, With(policy), feedback).Grow(SyntheticFeedback.FunctionNamed(module, "work"));
        Assert.Equal(InliningDecision.Inlined, DecisionAt(work, 0));
    }

    [Fact]
    public void AConstantArgumentThatDecidesABranchIsABenefit()
    {
        const string Text = """
            (module
              (func $root (param i32) (call $f (i32.const 1)) (call $f (local.get 0)))
              (func $f (param $mode i32)
                (if (i32.eq (local.get $mode) (i32.const 1)) (then (nop)) (else (nop)))
                (if (i32.eq (local.get $mode) (i32.const 2)) (then (nop)) (else (nop)))))
            """;
        var root = Grow(With(InliningPolicyKind.Benefit), Text, Hot(2));
        var constant = root.CallSites[0].Targets[0].Estimate!.Value;
        var variable = root.CallSites[1].Targets[0].Estimate!.Value;
        Assert.Equal((2 * 1) + (2 * 2), constant.CyclesSaved - variable.CyclesSaved);
        Assert.True(constant.NodesAdded < variable.NodesAdded);

        // Of either branch the way that is not taken disappears, whose size is a knob as all others are.
        var other = Grow(With(InliningPolicyKind.Benefit) with { InliningBenefitBranchNodes = 10 }, Text, Hot(2));
        Assert.Equal(2 * (3 - 10), other.CallSites[0].Targets[0].Estimate!.Value.NodesAdded - constant.NodesAdded);
    }

    /// <summary>The object is made in the compiled function, and used two levels below.</summary>
    [Fact]
    public void AnObjectThatStaysVirtualIsABenefitThroughTheFunctionsBetween()
    {
        const string Text = """
            (module
              (type $s (struct (field i32) (field i32)))
              (func $root (param (ref $s)) (drop (call $outer (struct.new $s (i32.const 1) (i32.const 2)))) (drop (call $outer (local.get 0))))
              (func $outer (param (ref $s)) (result i32) (call $sum (local.get 0)))
              (func $sum (param (ref $s)) (result i32)
                (i32.add (struct.get $s 0 (local.get 0)) (struct.get $s 1 (local.get 0)))))
            """;
        var root = Grow(With(InliningPolicyKind.Benefit), Text, "root@0 -> 10", "root@1 -> 10", "outer -> 20", "outer@0 -> 20");
        var made = root.CallSites[0].Targets[0].CallSites[0].Targets[0].Estimate!.Value;
        var unknown = root.CallSites[1].Targets[0].CallSites[0].Targets[0].Estimate!.Value;
        Assert.Equal((2 * 3) + 15, made.CyclesSaved - unknown.CyclesSaved);
        Assert.Equal(-2, made.NodesAdded - unknown.NodesAdded);
    }

    [Fact]
    public void TheThresholdRisesWithWhatWasInlined()
    {
        var text = $"(module (func $root {Calls("leaf", 40)}) (func $leaf {string.Concat(Enumerable.Repeat("(drop (i32.popcnt (i32.const 1)))", 40))}))";
        var options = With(InliningPolicyKind.Benefit) with { InliningBenefitThreshold = 0.001 };
        Assert.Equal(40, Count(Grow(options, text, Hot(40))));
        var fewer = Count(Grow(options with { InliningBenefitDoubling = 100 }, text, Hot(40)));
        Assert.InRange(fewer, 1, 39);
        var root = Grow(options with { InliningBenefitBudget = 100 }, text, Hot(40));
        Assert.Contains(All(root), tree => tree.Decision == InliningDecision.BudgetExceeded);
    }

    /// <summary>
    /// The middle function alone gains too little for its size; with what it calls in its loop it gains much. Decided about alone it is
    /// refused, in a cluster it is not.
    /// </summary>
    [Fact]
    public void ACallIsWorthWhatItsClusterIsWorth()
    {
        var text = $$"""
            (module
              (func $root (local $i i32) (loop (call $middle) (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 10)))))
              (func $middle (local $i i32) {{string.Concat(Enumerable.Repeat("(drop (i32.popcnt (i32.const 1)))", 60))}}
                (loop (call $step) (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 30)))))
              (func $step nop nop nop nop nop nop nop nop))
            """;
        string[] feedback = ["root -> 100", "root@0 -> 1000", "middle -> 1000 1000000", "middle@0 -> 30000"];
        var options = EngineOptions.Default with { InliningBenefitThreshold = 0.03 };
        Assert.Equal(InliningDecision.TooLittleGain, DecisionAt(Grow(options with { InliningPolicy = InliningPolicyKind.Benefit }, text, feedback), 0));
        var incremental = options with { InliningPolicy = InliningPolicyKind.Incremental, InliningIncrementalTrialBudget = 0 };
        var root = Grow(incremental, text, feedback);
        Assert.Equal(2, Count(root));
        root = Grow(incremental with { InliningIncrementalExploreTotal = 0 }, text, feedback);
        Assert.Equal(InliningDecision.TooLittleGain, DecisionAt(root, 0));
    }

    [Fact]
    public void RareTargetsOfASiteAreLeftToTheGenericCall()
    {
        const string Text = """
            (module (type $f (func)) (table 2 funcref)
              (func $root (call_indirect (type $f) (i32.const 0)))
              (func $often nop nop nop nop nop nop nop nop nop nop nop nop)
              (func $seldom nop nop nop nop nop nop nop nop nop nop nop nop))
            """;
        var options = EngineOptions.Default with { PolymorphismShare = 0.2 };
        var root = Grow(options, Text, "root -> 100", "root@0 -> often:81 seldom:19");
        Assert.Equal((InliningDecision.Inlined, InliningDecision.RareTarget), (DecisionAt(root, 0), DecisionAt(root, 0, 1)));
        root = Grow(options, Text, "root -> 100", "root@0 -> often:80 seldom:20");
        Assert.Equal((InliningDecision.Inlined, InliningDecision.Inlined), (DecisionAt(root, 0), DecisionAt(root, 0, 1)));
    }

    [Fact]
    public void ASiteThatHasSeenFewCallsDoesNotDeoptimize()
    {
        const string Text = """
            (module (type $f (func)) (table 2 funcref)
              (func $root (call_indirect (type $f) (i32.const 0)))
              (func $leaf nop nop nop nop nop nop nop nop nop nop nop nop))
            """;
        var options = EngineOptions.Default with { DeoptMinCalls = 10 };
        Assert.False(Grow(options, Text, "root@0 -> leaf:9").CallSites[0].MayDeoptimize);
        Assert.True(Grow(options, Text, "root@0 -> leaf:10").CallSites[0].MayDeoptimize);
    }

    private static int Count(InliningTree root) => All(root).Count(tree => tree.IsInlined);

    private static List<InliningTree> All(InliningTree root)
    {
        var all = new List<InliningTree>();
        var work = new Stack<InliningTree>([root]);
        while (work.TryPop(out var caller))
        {
            foreach (var target in caller.CallSites.SelectMany(site => site.Targets))
            {
                all.Add(target);
                work.Push(target);
            }
        }

        return all;
    }
}
