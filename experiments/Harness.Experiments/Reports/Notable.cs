using Harness.Experiments.Statistics;

namespace Harness.Experiments.Reports;

/// <summary>What deserves a reader's eye first, where a document has no room for everything.</summary>
internal static class Notable
{
    /// <summary>Those items that rank highest, in their own order; of equals the first ones.</summary>
    /// <param name="items">The items.</param>
    /// <param name="most">How many there is room for.</param>
    /// <param name="rank">An item's rank: first by the group, then by the size, both from the largest down.</param>
    public static IReadOnlyList<T> Choose<T>(IReadOnlyList<T> items, int most, Func<T, (int Group, double Size)> rank) =>
        items.Count <= most
            ? items
            : [.. items.Select((item, place) => (Item: item, Place: place)).OrderByDescending(pair => rank(pair.Item)).Take(most).OrderBy(pair => pair.Place).Select(pair => pair.Item)];

    /// <summary>Cells whose difference from the baseline is shown come first, then the largest differences.</summary>
    public static (int Group, double Size) RankOf(CellSummary cell) => (IsShown(cell) ? 1 : 0, DistanceOf(cell.Speedup));

    /// <summary>Cells whose processes slowed down or did not settle come first, then those whose processes went in different ways.</summary>
    public static (int Group, double Size) RankOf(CellSteadiness cell) => (cell.IsDoubtful ? 2 : cell.IsInconsistent ? 1 : 0, 0);

    /// <summary>Whether a cell is shown to differ from its baseline, all tests of the sweep considered.</summary>
    public static bool IsShown(CellSummary cell) => cell.Difference?.AdjustedPValue < Holm.Level;

    /// <summary>How far a ratio is from 1, up or down; 0 where there is none.</summary>
    public static double DistanceOf(Estimate? ratio) => ratio is { Value: > 0 } known ? Math.Abs(Math.Log(known.Value)) : 0;
}
