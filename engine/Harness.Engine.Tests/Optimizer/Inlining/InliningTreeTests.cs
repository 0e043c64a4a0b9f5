using Harness.Engine.Configuration;
using Harness.Engine.Optimizer.Inlining;
using static Harness.Engine.Tests.Optimizer.Inlining.TestTrees;

namespace Harness.Engine.Tests.Optimizer.Inlining;

/// <summary>Which calls are inlined, in which order and why not, by feedback that no run has made.</summary>
public sealed class InliningTreeTests
{
    private static InliningTree Only(InliningTree caller, int site) => Assert.Single(caller.CallSites[site].Targets);

    [Fact]
    public void CallsCountForEachCallOfTheFunctionThatIsCompiled()
    {
        var text = $"(module (func $root (call $middle)) (func $middle (call $leaf)) {Leaf("leaf", 30)})";
        var root = Grow(EngineOptions.Default, text, "root -> 10", "root@0 -> 5", "middle -> 100", "middle@0 -> 400");
        var middle = Only(root, 0);
        Assert.Equal(0.5, middle.Frequency);
        Assert.Equal(2, Only(middle, 0).Frequency);
        Assert.Equal(2.0 / 30, Only(middle, 0).Score, 6);
    }

    [Fact]
    public void TheHotterForItsSizeComesFirst()
    {
        var text = $"(module (func $root (call $large) (call $small) {Nops(20)}) {Leaf("large", 40)} {Leaf("small", 20)})";
        var root = Grow(EngineOptions.Default, text, "root@0 -> 1500", "root@1 -> 1000");
        Assert.Equal((2, 1), (Only(root, 0).Order, Only(root, 1).Order));
        root = Grow(
            EngineOptions.Default with { InliningPolicy = InliningPolicyKind.HotnessFirst }, text, "root@0 -> 1500", "root@1 -> 1000");
        Assert.Equal((1, 2), (Only(root, 0).Order, Only(root, 1).Order));
    }

    [Fact]
    public void OfEquallyGoodOnesTheFirstFunctionComesFirst()
    {
        var text = $"(module {Leaf("first", 20)} {Leaf("second", 20)} (func $root (call $second) (call $first)))";
        var root = Grow(EngineOptions.Default, text, "root@0 -> 7", "root@1 -> 7");
        Assert.Equal((2, 1), (Only(root, 0).Order, Only(root, 1).Order));
    }

    [Fact]
    public void HowOftenTheCallerIsEnteredDecidesWhetherACallIsHot()
    {
        var text = $"(module (func $root (call $leaf)) {Leaf("leaf", 40)})";
        Assert.Equal(InliningDecision.Inlined, Only(Grow(EngineOptions.Default, text, "root -> 2", "root@0 -> 1"), 0).Decision);
        Assert.Equal(InliningDecision.TooCold, Only(Grow(EngineOptions.Default, text, "root -> 1000", "root@0 -> 3"), 0).Decision);
    }

    [Fact]
    public void TinyFunctionsNeedNoCalls()
    {
        var text = $"(module (func $root (call $tiny) (call $leaf)) {Leaf("tiny", 11)} {Leaf("leaf", 12)})";
        var root = Grow(EngineOptions.Default, text);
        Assert.Equal((InliningDecision.Inlined, InliningDecision.TooCold), (Only(root, 0).Decision, Only(root, 1).Decision));
    }

    [Theory]
    [InlineData(true, 12)]
    [InlineData(false, 2)]
    public void FunctionsGrowMoreWhereMostFunctionsAreSmall(bool manySmall, int inlined)
    {
        // The root has 60 bytes and may grow by 5 or by 2 times, each call inlined adds 25 - 6.
        const int Calls = 20;
        var calls = string.Concat(Enumerable.Repeat("(call $leaf)", Calls));
        var others = string.Concat(Enumerable.Range(0, 4).Select(i => Leaf("other" + i, manySmall ? 5 : 60)));
        var text = $"(module (func $root {calls} {Nops(18)}) {Leaf("leaf", 25)} {others})";
        var root = Grow(EngineOptions.Default, text, [.. Enumerable.Range(0, Calls).Select(i => $"root@{i} -> 10")]);
        Assert.Equal(60, root.WireSize);
        Assert.Equal(inlined, root.CallSites.Count(site => site.Targets[0].IsInlined));
        Assert.Contains(root.CallSites, site => site.Targets[0].Decision == InliningDecision.BudgetExceeded);
    }
}
