using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics;
using Harness.Engine.Optimizer.Inlining;
using static Harness.Engine.Tests.Optimizer.Inlining.TestTrees;

namespace Harness.Engine.Tests.Optimizer.Inlining;

/// <summary>A policy as somebody outside of the engine writes it: whatever is called at least once a call, smallest first, as long as the function at most doubles.</summary>
public sealed class SmallestFirst : CustomInliningPolicy
{
    /// <inheritdoc/>
    public override double Score(InliningCandidate candidate) => -candidate.WireBytes;

    /// <inheritdoc/>
    public override bool Admits(InliningCandidate candidate) =>
        candidate.Frequency >= 1 && candidate.WireBytesSoFar + candidate.WireBytes <= candidate.RootWireBytes;
}

public sealed class CustomPolicyTests
{
    private static EngineOptions With(InliningPolicySource source) => EngineOptions.Default with { InliningPolicy = InliningPolicyKind.Custom, InliningCustom = source };

    [Fact]
    public void AClassFromOutsideDecides()
    {
        var text = $"(module (func $root (call $large) (call $small) (call $cold) {Nops(90)}) (func $large {Nops(78)}) (func $small {Nops(28)}) (func $cold {Nops(8)}))";
        string[] feedback = ["root -> 10", "root@0 -> 100", "root@1 -> 10", "root@2 -> 5"];
        var root = Grow(With(InliningPolicySource.Of<SmallestFirst>()), text, feedback);
        Assert.Equal(
            [InliningDecision.NotAdmitted, InliningDecision.Inlined, InliningDecision.NotAdmitted], root.CallSites.Select(site => site.Targets[0].Decision));
        var loaded = Grow(EngineOptions.Default.With("inlining.policy", "custom").With("inlining.custom", typeof(SmallestFirst).Assembly.Location), text, feedback);
        Assert.Equal(root.CallSites.Select(site => site.Targets[0].Decision), loaded.CallSites.Select(site => site.Targets[0].Decision));
    }

    [Fact]
    public void OneThatAdmitsEverythingEnds()
    {
        var calls = string.Concat(Enumerable.Repeat("(call $root)", 16));
        var root = Grow(With(InliningPolicySource.Of<Everything>()), $"(module (func $root {calls}))", [.. Enumerable.Range(0, 16).Select(i => $"root@{i} -> 10")]);
        Assert.Contains(root.CallSites, site => site.Targets[0].IsInlined);
    }

    /// <summary>What the policy says in words is in the tree and in what is told of it, on one line.</summary>
    [Fact]
    public void ReasonsAreKept()
    {
        var module = TestGraphs.Module($"(module (func $root (call $large) (call $small)) {Leaf("large", 40)} {Leaf("small", 20)})");
        var root = Grow(With(InliningPolicySource.Of<UpToParameter>()) with { InliningCustom2 = 30 }, module, "root@0 -> 10", "root@1 -> 10");
        Assert.Equal((string?[])[@"40 bytes,\0atoo large", null], root.CallSites.Select(site => site.Targets[0].Reason));
        Assert.Equal(
            [@"not admitted by the policy of inlining.custom: 40 bytes,\0atoo large", "inlined"], InliningReport.Of(module, root).Select(site => site.Targets[0].Reason));
        var trace = new StringWriter();
        InliningTrace.Write(trace, module, root);
        Assert.Contains(@": NotAdmitted (40 bytes,\0atoo large)", trace.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void NumbersAreKnobs()
    {
        var text = $"(module (func $root (call $large) (call $small)) {Leaf("large", 40)} {Leaf("small", 20)})";
        var options = With(InliningPolicySource.Of<UpToParameter>());
        foreach (var (knob, expected) in ((string, int)[])[("-5", 0), ("20", 1), ("40.5", 2)])
        {
            var root = Grow(options.With("inlining.custom.2", knob), text, "root@0 -> 10", "root@1 -> 10");
            Assert.Equal(expected, root.CallSites.Count(site => site.Targets[0].IsInlined));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => Grow(With(InliningPolicySource.Of<Fifth>()), text, "root@0 -> 10"));
    }

    [Fact]
    public void OneThatOnlyOrdersLeavesTheRestToTheLimits()
    {
        var root = Grow(With(InliningPolicySource.Of<Order>()), $"(module (func $root (call $leaf) (call $huge)) {Leaf("leaf", 20)} {Leaf("huge", 600)})", "root@0 -> 1", "root@1 -> 1");
        Assert.Equal([InliningDecision.Inlined, InliningDecision.TooLarge], root.CallSites.Select(site => site.Targets[0].Decision));
    }

    /// <summary>Targets of one call about which a policy says different things: the call is generic as soon as one of those inlined is to be.</summary>
    [Fact]
    public void ACallDoesOneThingForAllItsTargets()
    {
        const string Text = """
            (module (type $f (func)) (table 2 funcref)
              (func $root (call_indirect (type $f) (i32.const 0)) (call_indirect (type $f) (i32.const 0)) (call $a))
              (func $a nop nop nop nop)
              (func $b nop nop nop nop))
            """;
        var root = Grow(MissPolicies.With<MissPolicies.GuardsOfA>(), Text, "root@0 -> a:10", "root@1 -> a:10 b:5", "root@2 -> 10");
        Assert.Equal([MissHandling.Guard, MissHandling.GenericCall, MissHandling.ByKnobs], root.CallSites.Select(site => site.Miss));
        var module = TestGraphs.Module(Text);
        var told = InliningReport.Of(module, root);
        Assert.Equal(((MissHandling?, bool)[])[(MissHandling.Guard, true), (MissHandling.GenericCall, true), (null, false)], told.Select(site => (site.Miss, site.IsMissByPolicy)));
        Assert.Equal(
            ["inlined behind a check of the target; a guard for others, by the policy", "inlined behind a check of the target; a generic call for others, by the policy", "inlined"],
            told.Select(site => site.Targets[0].Reason));

        // A target that is not inlined has no say.
        root = Grow(MissPolicies.With<MissPolicies.GuardedA>(), Text, "root@0 -> b:10", "root@1 -> a:10 b:5", "root@2 -> 10");
        Assert.Equal([MissHandling.ByKnobs, MissHandling.Guard, MissHandling.ByKnobs], root.CallSites.Select(site => site.Miss));
        Assert.Equal((MissHandling?[])[null, MissHandling.Guard, null], InliningReport.Of(module, root).Select(site => site.Miss));
    }

    [Fact]
    public void AssembliesWithoutOneAreExplainedInOneLine()
    {
        foreach (var (path, part) in ((string, string)[])
            [
                ("/nowhere/policy.dll", "cannot be loaded: "), ("", "its name is empty"), (RepositoryFiles.InliningModel, "cannot be loaded: "),
                (typeof(EngineOptions).Assembly.Location, "this one has none"),
            ])
        {
            var message = Assert.Throws<KnobException>(() => EngineOptions.Default.With("inlining.custom", path)).Message;
            Assert.StartsWith($"the inlining policy '{path}'", message, StringComparison.Ordinal);
            Assert.Contains(part, message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', message);
        }
    }

    /// <summary>Not public, so that the assembly has one policy only.</summary>
    private sealed class Everything : CustomInliningPolicy
    {
        public override double Score(InliningCandidate candidate) => double.NaN;

        public override bool Admits(InliningCandidate candidate) => true;
    }

    /// <summary>Whatever is no larger than the second number.</summary>
    private sealed class UpToParameter : CustomInliningPolicy
    {
        public override double Score(InliningCandidate candidate) => candidate.Frequency;

        public override InliningAnswer Judge(InliningCandidate candidate) =>
            candidate.WireBytes <= Parameter(2) ? InliningAnswer.Inline : InliningAnswer.Refuse($"{candidate.WireBytes} bytes,\ntoo large");
    }

    /// <summary>Asks for a number that there is not.</summary>
    private sealed class Fifth : CustomInliningPolicy
    {
        public override double Score(InliningCandidate candidate) => Parameter(ParameterCount + 1);
    }

    /// <summary>Says nothing but what comes first.</summary>
    private sealed class Order : CustomInliningPolicy
    {
        public override double Score(InliningCandidate candidate) => candidate.Frequency;
    }
}
