using Harness.Engine.Configuration;
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
        string text = $"(module (func $root (call $large) (call $small) (call $cold) {Nops(90)}) (func $large {Nops(78)}) (func $small {Nops(28)}) (func $cold {Nops(8)}))";
        string[] feedback = ["root -> 10", "root@0 -> 100", "root@1 -> 10", "root@2 -> 5"];
        InliningTree root = Grow(With(InliningPolicySource.Of<SmallestFirst>()), text, feedback);
        Assert.Equal(
            [InliningDecision.NotAdmitted, InliningDecision.Inlined, InliningDecision.NotAdmitted], root.CallSites.Select(site => site.Targets[0].Decision));
        InliningTree loaded = Grow(EngineOptions.Default.With("inlining.policy", "custom").With("inlining.custom", typeof(SmallestFirst).Assembly.Location), text, feedback);
        Assert.Equal(root.CallSites.Select(site => site.Targets[0].Decision), loaded.CallSites.Select(site => site.Targets[0].Decision));
    }

    [Fact]
    public void OneThatAdmitsEverythingEnds()
    {
        string calls = string.Concat(Enumerable.Repeat("(call $root)", 16));
        InliningTree root = Grow(With(InliningPolicySource.Of<Everything>()), $"(module (func $root {calls}))", [.. Enumerable.Range(0, 16).Select(i => $"root@{i} -> 10")]);
        Assert.Contains(root.CallSites, site => site.Targets[0].IsInlined);
    }

    [Fact]
    public void AssembliesWithoutOneAreExplainedInOneLine()
    {
        foreach ((string path, string part) in ((string, string)[])
            [
                ("/nowhere/policy.dll", "cannot be loaded: "), ("", "its name is empty"), (RepositoryFiles.InliningModel, "cannot be loaded: "),
                (typeof(EngineOptions).Assembly.Location, "this one has none"),
            ])
        {
            string message = Assert.Throws<KnobException>(() => EngineOptions.Default.With("inlining.custom", path)).Message;
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
}
