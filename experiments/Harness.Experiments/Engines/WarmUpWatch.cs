using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Engines;

/// <summary>
/// Watches the times of calls that warm up, and tells when they have settled. It is the same for every engine, and so rests on times alone: most engines say nothing of their tiers. The class of
/// this name in <c>experiments/shells/measure.mjs</c> is its counterpart.
/// </summary>
/// <param name="rule">When times have settled.</param>
internal sealed class WarmUpWatch(WarmUpRule rule)
{
    private readonly List<double> _times = [];
    private double _best = double.PositiveInfinity;
    private int _callsAtGain;
    private double _elapsedAtGain;

    /// <summary>Takes a call.</summary>
    /// <param name="time">What it took, in ms.</param>
    /// <param name="elapsed">What has passed since warm-up began, in ms.</param>
    /// <returns>Whether times have settled with this call.</returns>
    public bool Add(double time, double elapsed)
    {
        _times.Add(time);
        if (time < _best * (1 - rule.Gain))
        {
            (_best, _callsAtGain, _elapsedAtGain) = (time, _times.Count, elapsed);
        }

        return _times.Count >= rule.MinimumCalls && elapsed >= rule.MinimumMilliseconds && IsSteady() && HasStoppedGaining(elapsed);
    }

    /// <summary>Whether the slowest and fastest of the last calls differ by little.</summary>
    private bool IsSteady()
    {
        if (_times.Count < rule.Window)
        {
            return false;
        }

        var (fastest, slowest) = (double.PositiveInfinity, double.NegativeInfinity);
        for (var i = _times.Count - rule.Window; i < _times.Count; i++)
        {
            (fastest, slowest) = (Math.Min(fastest, _times[i]), Math.Max(slowest, _times[i]));
        }

        return slowest <= fastest * (1 + rule.Tolerance);
    }

    /// <summary>Whether no call has been clearly faster than all before it for a while: some time and some calls, or, where calls are long, twice that time.</summary>
    private bool HasStoppedGaining(double elapsed)
    {
        var time = elapsed - _elapsedAtGain;
        return time >= rule.GainMilliseconds && (_times.Count - _callsAtGain >= rule.GainCalls || time >= 2 * rule.GainMilliseconds);
    }
}
