namespace Harness.Experiments.Sweeps;

/// <summary>Makes sweeps that give a first picture in two minutes: few repetitions, a short warm-up, and an end after which no process is started.</summary>
internal static class QuickLook
{
    /// <summary>Time after which no process is started any more; with what the last one takes and the charts, a picture is there in two minutes.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(90);

    /// <summary>Ends the names of such sweeps.</summary>
    public const string Suffix = "-quick";

    private const int MostRepetitions = 6;
    private const double WarmUpLimitMilliseconds = 500;
    private const double GainMilliseconds = 100;
    private static readonly TimeSpan MostOfProcess = TimeSpan.FromSeconds(20);

    /// <summary>The quick form of a sweep.</summary>
    public static SweepDefinition Make(SweepDefinition sweep) => WithRepetitions(
        sweep with
        {
            Name = sweep.Name + Suffix,
            Title = sweep.Title + " (a first look)",
            TimedCalls = 1,
            WarmUp = sweep.WarmUp with
            {
                LimitMilliseconds = Math.Min(sweep.WarmUp.LimitMilliseconds, WarmUpLimitMilliseconds),
                GainMilliseconds = Math.Min(sweep.WarmUp.GainMilliseconds, GainMilliseconds),
            },
            Timeout = sweep.Timeout < MostOfProcess ? sweep.Timeout : MostOfProcess,
        },
        Math.Min(sweep.Repetitions, MostRepetitions));

    /// <summary>The sweep with a number of repetitions, in its text too: as many as there was time for.</summary>
    public static SweepDefinition WithRepetitions(SweepDefinition sweep, int repetitions) => sweep with
    {
        Repetitions = repetitions,
        SourceText = SweepText.Replace(sweep.SourceText, sweep.Title, repetitions),
    };
}
