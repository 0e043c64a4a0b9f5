using System.Text.RegularExpressions;
using Harness.Engine.Configuration;

namespace Harness.Engine.Tests.Configuration;

/// <summary>The registry describes every knob once and binds it to the right property.</summary>
public sealed class KnobRegistryTests
{
    public static TheoryData<string> KnobNames => [.. KnobRegistry.All.Select(knob => knob.Name)];

    [Fact]
    public void NamesAreUniqueAndEveryPropertyIsAKnob()
    {
        var properties = typeof(EngineOptions).GetProperties().Where(property => property.GetMethod is { IsStatic: false, IsPublic: true });
        Assert.Equal(properties.Count(), KnobRegistry.All.Select(knob => knob.Name).Distinct().Count());
    }

    [Fact]
    public void EveryKnobIsFoundByTheNameOfItsProperty()
    {
        var properties = typeof(EngineOptions).GetProperties().Where(property => property.GetMethod is { IsStatic: false, IsPublic: true });
        Assert.Equal(properties.Select(property => property.Name).Order(StringComparer.Ordinal), KnobRegistry.All.Select(knob => KnobRegistry.PropertyOf(knob.Name)).Order(StringComparer.Ordinal));
    }

    /// <summary>Knobs are in the order of areas and, within an area, of one file, so that it does not matter in which order files are compiled.</summary>
    [Fact]
    public void AnAreaStandsInOneFileWhoseOrderTheRegistryHas()
    {
        var folder = Path.Combine(RepositoryFiles.Root, "engine", "Harness.Engine", "Configuration");
        List<(string Name, string File)> knobs =
        [
            .. Directory.EnumerateFiles(folder, "EngineOptions*.cs").SelectMany(
                file => Regex.Matches(File.ReadAllText(file), "\\[Knob\\(\"([^\"]+)").Select(match => (match.Groups[1].Value, file))),
        ];
        Assert.All(knobs.GroupBy(knob => KnobRegistry.AreaOf(knob.Name)), area => Assert.Single(area.Select(knob => knob.File).Distinct()));
        Assert.Equal(knobs.OrderBy(knob => KnobRegistry.AreaOf(knob.Name), StringComparer.Ordinal).Select(knob => knob.Name), KnobRegistry.All.Select(knob => knob.Name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("TierUp")]
    [InlineData("tier.up")]
    [InlineData("default")]
    [InlineData("equality-contract")]
    public void NoOtherNameIsFound(string name)
    {
        Assert.False(KnobRegistry.TryFind(name, out var knob));
        Assert.Null(knob);
    }

    [Theory]
    [MemberData(nameof(KnobNames))]
    public void EveryKnobSetsItsOwnPropertyAndNoOther(string name)
    {
        var knob = KnobRegistry.Find(name);
        var other = knob.Type switch
        {
            KnobType.Bool => knob.DefaultText == "on" ? "off" : "on",
            KnobType.Enum => knob.Values[^1].Name,
            KnobType.Path or KnobType.Folder => "some.file",
            KnobType.Model => RepositoryFiles.InliningModel,
            KnobType.Decisions => DecisionsFile(),
            KnobType.Assembly => typeof(KnobRegistryTests).Assembly.Location,
            KnobType.Int => knob.Format((int)knob.Default + 1),
            _ => knob.Format((double)knob.Default + 1 <= knob.Maximum ? (double)knob.Default + 1 : (double)knob.Default / 2),
        };
        var options = EngineOptions.Default.With(name, other);
        Assert.Equal(other, options.ToDictionary()[name]);
        Assert.Equal(new Dictionary<string, string> { [name] = other }, options.ChangedKnobs());
        Assert.Equal(options, EngineOptions.FromDictionary(options.ToDictionary()));
    }

    /// <summary>The path of decisions: an empty file of them.</summary>
    private static string DecisionsFile()
    {
        var path = Path.Combine(Path.GetTempPath(), "harness-test.decisions");
        File.WriteAllText(path, "inlining-decisions 1\n");
        return path;
    }

    [Theory]
    [MemberData(nameof(KnobNames))]
    public void DefaultsAreWithinRange(string name)
    {
        var knob = KnobRegistry.Find(name);
        Assert.Equal(knob.Default, knob.Parse(knob.DefaultText));
        Assert.False(string.IsNullOrWhiteSpace(knob.Documentation));
    }

    [Fact]
    public void OptionsAreTyped()
    {
        var options = EngineOptions.FromDictionary(new Dictionary<string, string>
        {
            ["inlining.budget"] = "3000", ["deopt"] = "off", ["tier-up"] = "synchronous", ["inlining.score.size-weight"] = "0.5",
        });
        Assert.Equal(3000, options.InliningBudget);
        Assert.False(options.Deopt);
        Assert.Equal(TierUpMode.Synchronous, options.TierUp);
        Assert.Equal(0.5, options.InliningScoreSizeWeight);
        Assert.Equal(5000, EngineOptions.Default.InliningBudget);
    }

    [Theory]
    [InlineData("inlinig.budget", "1", "unknown knob 'inlinig.budget'; did you mean 'inlining.budget'? ('harness knobs' lists all)")]
    [InlineData("inlining.budget", "-1", "knob 'inlining.budget' does not take '-1'; it takes a whole number in 0..1000000 (IR nodes)")]
    [InlineData("inlining.budget", "many", "knob 'inlining.budget' does not take 'many'; it takes a whole number in 0..1000000 (IR nodes)")]
    [InlineData("deopt", "maybe", "knob 'deopt' does not take 'maybe'; it takes on or off")]
    [InlineData("tier-up", "now", "knob 'tier-up' does not take 'now'; it takes one of background, synchronous, eager, never")]
    [InlineData("inlining.score.size-weight", "NaN", "knob 'inlining.score.size-weight' does not take 'NaN'; it takes a number in 0..1000")]
    public void MistakesAreExplainedInOneLine(string name, string value, string message) =>
        Assert.Equal(message, Assert.Throws<KnobException>(() => EngineOptions.Default.With(name, value)).Message);

    [Theory]
    [InlineData("deopt", "off", "--no-wasm-deopt")]
    [InlineData("deopt", "on", "--wasm-deopt")]
    [InlineData("inlining.budget", "3000", "--wasm-inlining-budget=3000")]
    [InlineData("memory.guard-pages", "off", "--wasm-enforce-bounds-checks")]
    [InlineData("memory.guard-pages", "on", "--no-wasm-enforce-bounds-checks")]
    [InlineData("tier-up", "never", "--liftoff-only")]
    [InlineData("tier-up", "background", "")]
    [InlineData("heap.nursery-size", "8192", "--min-semi-space-size=8")]
    [InlineData("heap.nursery-max-size", "16384", "--max-semi-space-size=16")]
    [InlineData("heap.nursery-max-size", "0", "")]
    [InlineData("heap.limit", "512", "--max-old-space-size=512")]
    [InlineData("tiering.threads", "2", "--wasm-num-compilation-tasks=2")]
    [InlineData("tiering.threads", "0", "")]
    [InlineData("stress.gc-interval", "0", "")]
    [InlineData("inlining.max-size", "0", "--wasm-inlining-max-size=0")]
    [InlineData("pass.gvn", "on", null)]
    public void KnobsMapToTheFlagsOfV8(string name, string value, string? flags)
    {
        var knob = KnobRegistry.Find(name);
        var mapped = knob.ToV8Flags(knob.Parse(value));
        Assert.Equal(flags, mapped is null ? null : string.Join(' ', mapped));
    }

    [Fact]
    public void WhatV8CountsInLargerUnitsMustBeAWholeNumberOfThem()
    {
        var knob = KnobRegistry.Find("heap.nursery-max-size");
        Assert.Equal("knob 'heap.nursery-max-size' = 1500 is no whole number for V8's flag --max-semi-space-size, which counts 1024 KiB as one; write a multiple of 1024", knob.FindV8Mistake(1500));
        Assert.Equal(knob.FindV8Mistake(1500), Assert.Throws<KnobException>(() => knob.ToV8Flags(1500)).Message);
        Assert.Null(knob.FindV8Mistake(2048));
        Assert.Null(knob.FindV8Mistake(0));
        Assert.Null(KnobRegistry.Find("inlining.budget").FindV8Mistake(1500));
        Assert.Null(KnobRegistry.Find("deopt").FindV8Mistake(true));
    }
}
