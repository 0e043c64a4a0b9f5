using System.Globalization;
using Harness.Experiments.Engines;
using Harness.Experiments.Reports;

namespace Harness.Experiments.Tuning.Reporting;

/// <summary>What somebody who looks after the engine can do with a result, in sentences. Each follows from figures of the report, and says no more than they do.</summary>
internal static class TuningAdvice
{
    /// <summary>Places of a range, from 0 to 1, within this of an end are at the end.</summary>
    private const double NearEnd = 0.05;

    /// <summary>A knob that explains less of the variance, alone and with any other, hardly matters.</summary>
    private const double LittleShare = TuningFindings.LittleShare;

    private const int MostLosers = 5;

    /// <summary>The sentences; none where nothing was judged.</summary>
    /// <param name="specification">What was searched.</param>
    /// <param name="result">What was found.</param>
    /// <param name="model">The response to the knobs; null where too little was measured.</param>
    public static IReadOnlyList<string> Of(TuningSpecification specification, TuningResult result, ResponseModel? model)
    {
        if (result is not { Winner: { } winner, Confirmed: { } confirmed })
        {
            return [];
        }

        var sets = new List<(Judgement Judgement, string Where)> { (confirmed, "on the programs of the search") };
        if (result.HeldOut is { } heldOut)
        {
            sets.Add((heldOut, "on the held-out programs"));
        }

        return
        [
            .. result.IsFound ? OfFound(specification, result, winner, sets[^1]) : sets.Select(set => OfNothing(set.Judgement, set.Where)),
            .. Losers(sets),
            .. model is null ? [] : KnobsThatMatter(specification, model),
        ];
    }

    private static IEnumerable<string> OfFound(TuningSpecification specification, TuningResult result, Trial winner, (Judgement Judgement, string Where) quoted)
    {
        var speedup = quoted.Judgement.Speedup;
        var general = speedup.General.HasInterval ? FormattableString.Invariant($", {speedup.General.Low:0.00}–{speedup.General.High:0.00}x for programs like these in general") : "";
        yield return FormattableString.Invariant($"Quote {MarkdownTable.Times(speedup.Measured)} {quoted.Where}{general}. The {1 / winner.Ratios[TuningQuantity.Time]:0.00}x that the search saw of the winner in {Count(winner.Rounds, "round")} has the luck in it for which it was chosen.");
        if (result.HeldOut is null)
        {
            yield return "Nothing was held out, so that nobody knows whether other programs gain: name some under held-out before the values become defaults.";
        }

        if (result.Reservations.Count > 0)
        {
            yield return FormattableString.Invariant($"Measure again with more than {specification.ConfirmRounds} confirm-rounds, or with less noise, before the values become defaults: {Count(result.Reservations.Count, "limit")} of a program {(result.Reservations.Count == 1 ? "is" : "are")} open.");
        }

        foreach (var parameter in specification.Space.Parameters)
        {
            if (winner.Knobs.TryGetValue(parameter.Name, out var value) && IsAtEnd(parameter, value))
            {
                yield return FormattableString.Invariant($"{parameter.Name} is {value}, at the end of the range that was searched ({parameter.Low:0.######} to {parameter.High:0.######}): the best may be outside, so search farther.");
            }
        }
    }

    private static string OfNothing(Judgement judgement, string where)
    {
        if (judgement.IsGain)
        {
            return $"The best candidate gains {MarkdownTable.Times(judgement.Gain)} {where}; it is refused for the other reasons above.";
        }

        if (judgement.Gain.High > 1)
        {
            return FormattableString.Invariant($"The best candidate may be up to {judgement.Gain.High:0.00}x as good as the default {where}: more is excluded, and less neither shown nor excluded.");
        }

        return $"The best candidate is no better than the default {where}: its interval, {MarkdownTable.Times(judgement.Gain)}, excludes a gain.";
    }

    /// <summary>The programs to look into: those whose interval, widened for all of them together, lies below 1.</summary>
    private static IEnumerable<string> Losers(List<(Judgement Judgement, string Where)> sets)
    {
        var losers = sets.SelectMany(set => set.Judgement.Programs.Select(program => (program.Program, Speedup: set.Judgement.TogetherOf(program))))
            .Where(program => program.Speedup.High < 1)
            .OrderBy(program => program.Speedup.Value)
            .ToList();
        if (losers.Count > 0)
        {
            yield return $"Look into what becomes slower: {string.Join(", ", losers.Take(MostLosers).Select(program => $"{program.Program} {MarkdownTable.Times(program.Speedup)}"))}{(losers.Count > MostLosers ? $" and {losers.Count - MostLosers} more" : "")}.";
        }
    }

    private static IEnumerable<string> KnobsThatMatter(TuningSpecification specification, ResponseModel model)
    {
        var idle = model.Knobs.Where(knob => model.Variance.Single(knob).Share < LittleShare && model.Variance.Pairs.Where(pair => pair.First == knob || pair.Second == knob).All(pair => model.Variance.Pair(pair.First, pair.Second).Share < LittleShare)).ToList();
        var strong = model.Knobs.Except(idle).Select(knob => string.Create(CultureInfo.InvariantCulture, $"{specification.Space.Parameters[knob].Name} ({100 * model.Variance.Single(knob).Share:0}%)")).ToList();
        if (strong.Count > 0)
        {
            yield return $"Most of what differs between the candidates of the search goes back to {string.Join(", ", strong)}: shares of the variance that each explains alone, by the forest below.";
        }

        if (idle.Count > 0 && strong.Count > 0)
        {
            yield return FormattableString.Invariant($"{string.Join(", ", idle.Select(knob => specification.Space.Parameters[knob].Name))} explain{(idle.Count == 1 ? "s" : "")} less than {100 * LittleShare:0}% alone and with any other: the default may do as well, which a run with the other values alone would tell.");
        }
    }

    private static bool IsAtEnd(TuningParameter parameter, string value)
    {
        if (parameter.IsCategorical)
        {
            return false;
        }

        var (place, knob) = (parameter.PlaceOf(value), KnobCatalog.Find(parameter.Name));
        return (place <= NearEnd && parameter.Low > knob.Minimum) || (place >= 1 - NearEnd && parameter.High < knob.Maximum);
    }

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : string.Create(CultureInfo.InvariantCulture, $"{count} {what}s");
}
