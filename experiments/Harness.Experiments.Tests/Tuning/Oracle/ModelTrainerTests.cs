using Harness.Engine.Configuration;
using Harness.Experiments.Results;
using Harness.Experiments.Tuning.Oracle;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;

namespace Harness.Experiments.Tests.Tuning.Oracle;

public sealed class ModelTrainerTests
{
    private static readonly int Count = Enum.GetValues<InliningFeature>().Length;

    /// <summary>Decisions whose effects follow two features, whatever the built-in model says of them.</summary>
    private static List<ChangeRow> Rows(int count, double effect, double noise, int programs = 4, int seed = 7)
    {
        var random = new MersenneTwister(seed);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var features = random.NextDoubles(Count);
            var benefit = (effect * (features[(int)InliningFeature.Share] - features[(int)InliningFeature.Parameters])) + Normal.Sample(random, 0, noise);
            var isInlined = random.NextDouble() < 0.5;
            return ChangeRow.Of("program" + (i % programs), new MeasuredChange(
                new CallDecision($"1 {i}>2", "f", "g", 10, 20, !isInlined, features), Math.Exp(isInlined ? -benefit : benefit), 4, false));
        })];
    }

    [Theory]
    [InlineData(4)]
    [InlineData(1)]
    public void WhatDecidesIsLearntAndHoldsWhereItWasNotSeen(int programs)
    {
        var trained = ModelTrainer.Train(InliningModel.BuiltIn, Rows(300, 0.2, 0.01, programs), "test");
        Assert.Equal((300, programs), (trained.Decisions, trained.Programs));
        Assert.InRange(trained.RightLeftOut, 0.9, 1);
        Assert.InRange(trained.RightBefore, 0, 0.75);
        Assert.True(trained.IsBetter);
        Assert.False((trained with { RightLeftOut = trained.RightBefore }).IsBetter);
        Assert.True(trained.Model.WeightOf(InliningFeature.Share) > 1);
        Assert.True(trained.Model.WeightOf(InliningFeature.Parameters) < -1);

        // Shares of the time rightly decided about, by the model as a file has it.
        using var folder = new TemporaryFolder();
        var read = InliningModel.Load(folder.Write("model.txt", trained.Model.ToText()));
        var fresh = Rows(600, 0.2, 0).Skip(300).ToList();
        Assert.InRange(fresh.Where(row => (read.Evaluate([.. row.Features]) >= 0) == (row.Benefit >= 0)).Sum(row => Math.Abs(row.Benefit)) / fresh.Sum(row => Math.Abs(row.Benefit)), 0.9, 1);
    }

    [Fact]
    public void NoiseAloneIsNotTakenForKnowledge()
    {
        var trained = ModelTrainer.Train(InliningModel.BuiltIn, Rows(ModelTrainer.LeastDecisions, 0, 0.01), "test");
        Assert.InRange(trained.RightLeftOut, 0, 0.85);
    }

    /// <summary>Over many sets of decisions that nothing explains, what is told of programs left out is no better than guessing: the penalty is not chosen by them.</summary>
    [Fact]
    public void TheChoiceOfAPenaltyDoesNotFlatterItself()
    {
        var right = Enumerable.Range(1, 40).Average(seed => ModelTrainer.Train(InliningModel.BuiltIn, Rows(60, 0, 0.01, seed: seed), "test").RightLeftOut);
        Assert.InRange(right, 0.44, 0.53);
    }

    /// <summary>Decisions about a call that was turned round five times are no news to a model that has seen four of them.</summary>
    [Fact]
    public void ACallIsLeftOutWithAllThatWasMeasuredOfIt()
    {
        var random = new MersenneTwister(3);
        List<ChangeRow> rows = [.. Enumerable.Range(0, 14).SelectMany(call =>
        {
            var features = random.NextDoubles(Count);
            var benefit = random.NextDouble() < 0.5 ? 0.1 : -0.1;
            return Enumerable.Range(0, 5).Select(_ => ChangeRow.Of("program", new MeasuredChange(new CallDecision($"1 {call}>2", "f", "g", 10, 20, false, features), Math.Exp(-benefit), 4, false)));
        })];
        Assert.InRange(ModelTrainer.Train(InliningModel.BuiltIn, rows, "test").RightLeftOut, 0, 0.8);
    }

    /// <summary>Two hundred effects that are nothing but errors of 25%, beside sixty that are known well: what is learnt is what these say, where the errors are told.</summary>
    [Fact]
    public void WhatMayBeNoiseWeighsLittle()
    {
        List<ChangeRow> rows = [.. Rows(60, 0.2, 0).Select(row => row with { Error = 0.01 }), .. Rows(200, 0, 0.25, seed: 8).Select(row => row with { Error = 0.25 })];
        var fresh = Rows(600, 0.2, 0).Skip(300).ToList();
        var (told, untold) = (Right(rows), Right([.. rows.Select(row => row with { Error = 0 })]));
        Assert.InRange(told, 0.75, 1);
        Assert.True(told > untold, FormattableString.Invariant($"{told:0.000} where errors are told, {untold:0.000} where they are not"));

        double Right(IReadOnlyList<ChangeRow> measured)
        {
            var model = ModelTrainer.Train(InliningModel.BuiltIn, measured, "test").Model;
            return fresh.Where(row => (model.Evaluate([.. row.Features]) >= 0) == (row.Benefit >= 0)).Sum(row => Math.Abs(row.Benefit)) / fresh.Sum(row => Math.Abs(row.Benefit));
        }
    }

    [Fact]
    public void TooFewOrForeignRowsAreExplainedInOneLine()
    {
        var few = Assert.Throws<HarnessException>(() => ModelTrainer.Train(InliningModel.BuiltIn, Rows(5, 1, 0), "test"));
        Assert.Contains("5 decisions are too few to learn from", few.Message, StringComparison.Ordinal);
        var foreign = Assert.Throws<HarnessException>(() => ModelTrainer.Train(InliningModel.BuiltIn, [.. Rows(30, 1, 0), Rows(1, 1, 0)[0] with { FeaturesText = "1;2" }], "test"));
        Assert.Contains("has not the 16 features of this engine", foreign.Message, StringComparison.Ordinal);
        foreach (var error in (double[])[-1, 1e200, double.PositiveInfinity, double.NaN])
        {
            var changed = Assert.Throws<HarnessException>(() => ModelTrainer.Train(InliningModel.BuiltIn, [.. Rows(30, 1, 0), Rows(1, 1, 0)[0] with { Error = error }], "test"));
            Assert.Contains($"has an error of {error}, which no search has written", changed.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void RowsAreReadAsTheyAreWritten()
    {
        using var folder = new TemporaryFolder();
        List<ChangeRow> rows = [.. Rows(3, 0.2, 0.01).Select(row => row with { Error = 0.0125 })];
        using (var file = DurableCsv<ChangeRow>.Open(folder.File("changes.csv"), out _))
        {
            file.Append(rows);
        }

        Assert.Equal(rows, DurableCsv<ChangeRow>.Read(folder.File("changes.csv")));

        // Searches from before there were errors.
        var older = folder.Write("older.csv", string.Concat(File.ReadAllLines(folder.File("changes.csv")).Select(line => line[..line.LastIndexOf(',')] + "\n")));
        Assert.Equal(rows.Select(row => row with { Error = 0 }), DurableCsv<ChangeRow>.Read(older));
    }
}
