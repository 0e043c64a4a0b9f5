using Harness.Dart;
using Harness.Experiments.Fuzzing;
using Harness.Experiments.Fuzzing.DartPrograms;
using Harness.Experiments.Fuzzing.DartPrograms.Generation;

namespace Harness.Experiments.Tests.Fuzzing.DartPrograms;

/// <summary>Which lowerings, and which configurations of the engine, the program of a seed meets.</summary>
public class DartLoweringsTests
{
    private static readonly DartFeatures Features = DartGenerator.Generate(0).Features with { ReliesOnCasts = false, ReliesOnBounds = false };

    [Fact]
    public void TheDefaultIsFirstAndAllDiffer()
    {
        for (var seed = 0ul; seed < 60; seed++)
        {
            var lowerings = DartLowerings.For(seed, Features);
            Assert.Empty(lowerings[0]);
            Assert.InRange(lowerings.Count, 2, 4);
            Assert.Equal(lowerings.Count, lowerings.Select(DartLowerings.Describe).Distinct().Count());
        }
    }

    [Fact]
    public void OverManySeedsAllPairsOfValuesAreMet()
    {
        var rows = Enumerable.Range(0, 100).SelectMany(seed => DartLowerings.For((ulong)seed, Features)).ToList();
        foreach (var (first, i) in LoweringCombinations.Factors.Select((factor, i) => (factor, i)))
        {
            foreach (var second in LoweringCombinations.Factors.Skip(i + 1))
            {
                foreach (var a in first.Values)
                {
                    Assert.All(second.Values, b => Assert.Contains(rows, row => ValueIn(row, first.Knob) == a && ValueIn(row, second.Knob) == b));
                }
            }
        }
    }

    [Theory]
    [InlineData(true, false, "dart.casts")]
    [InlineData(false, true, "dart.bounds")]
    public void WhatAProgramReliesOnIsAlwaysChecked(bool reliesOnCasts, bool reliesOnBounds, string knob)
    {
        var features = Features with { ReliesOnCasts = reliesOnCasts, ReliesOnBounds = reliesOnBounds };
        Assert.Equal("checked", DartKnobs.TryFind(knob)!.DefaultText);
        for (var seed = 0ul; seed < 100; seed++)
        {
            Assert.All(DartLowerings.For(seed, features), row => Assert.False(row.ContainsKey(knob)));
        }

        Assert.Contains(Enumerable.Range(0, 100).SelectMany(seed => DartLowerings.For((ulong)seed, Features)), row => row.ContainsKey(knob));
    }

    [Fact]
    public void EachConfigurationRunsOneOfTheLowerings()
    {
        for (var seed = 0ul; seed < 8; seed++)
        {
            var trials = DartTrial.For(DartGenerator.Generate(seed), null);
            Assert.Equal(
                FuzzConfiguration.For(seed).Select(configuration => configuration.Name).Order(),
                trials.SelectMany(trial => trial.Configurations).Select(configuration => configuration.Name).Order());
        }
    }

    [Fact]
    public void TheOnlyConfigurationRunsAllLowerings()
    {
        var only = FuzzConfiguration.Find("eager");
        Assert.All(DartTrial.For(DartGenerator.Generate(3), only), trial => Assert.Equal([only], trial.Configurations));
    }

    private static string ValueIn(IReadOnlyDictionary<string, string> row, DartKnob knob) => row.GetValueOrDefault(knob.Name, knob.DefaultText);
}
