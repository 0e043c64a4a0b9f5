using Harness.Engine.Diagnostics.Growth;

namespace Harness.Experiments.Fuzzing.Mutation;

/// <summary>
/// Finds modules that take far longer than others of their size, long before a process that hangs is ended: what a kind of work takes is fitted by a line over the bytes
/// of all modules that it was done with.
/// </summary>
/// <param name="clock">The processor time of this thread, in nanoseconds.</param>
internal sealed class HangWatch(Func<long> clock)
{
    /// <summary>How many times the fit a module may take.</summary>
    public const double MostTimesTheFit = 20;

    /// <summary>What takes less does not hang, in nanoseconds: small modules differ by more than that factor, and a collection of garbage may fall into any.</summary>
    public const long LeastTime = 50_000_000;

    /// <summary>How many modules a fit is made of before it judges others.</summary>
    public const int LeastModules = 100;

    /// <summary>How often work that took too long is done; the least time counts, since what is longer may have been disturbed.</summary>
    private const int MostRepetitions = 3;

    private readonly Dictionary<string, LinearFit> _fits = new(StringComparer.Ordinal);

    /// <summary>Watches this thread.</summary>
    public HangWatch()
        : this(static () => ThreadClock.Now)
    {
    }

    /// <summary>Does something with a module, again if that took too long.</summary>
    /// <param name="kind">Tells apart kinds of work that take different times.</param>
    /// <param name="bytes">The size of the module.</param>
    /// <param name="work">What is done.</param>
    /// <returns>How the module hangs, as a verdict on it; null if it does not.</returns>
    public string? Watch(string kind, int bytes, Action work)
    {
        if (!_fits.TryGetValue(kind, out var fit))
        {
            _fits.Add(kind, fit = new LinearFit());
        }

        var time = TimeOf(work);
        for (var i = 1; i < MostRepetitions && IsTooLong(fit, bytes, time); i++)
        {
            time = Math.Min(time, TimeOf(work));
        }

        if (IsTooLong(fit, bytes, time))
        {
            return $"{Verdict.Error}: hang: {time / 1_000_000} ms of processor time for {bytes} bytes, {time / fit.At(bytes):F0} times what others of that size take";
        }

        fit.Add(bytes, time);
        return null;
    }

    private long TimeOf(Action work)
    {
        var start = clock();
        work();
        return clock() - start;
    }

    private static bool IsTooLong(LinearFit fit, int bytes, long time) =>
        time > LeastTime && fit.Count >= LeastModules && time > MostTimesTheFit * fit.At(bytes);

    /// <summary>The line of least squares through times over sizes. Neither what a module takes nor what a byte takes is below nothing.</summary>
    private sealed class LinearFit
    {
        private double _sizes;
        private double _times;
        private double _squares;
        private double _products;

        /// <summary>How many points there are.</summary>
        public int Count { get; private set; }

        /// <summary>Adds a point.</summary>
        public void Add(double size, double time)
        {
            Count++;
            _sizes += size;
            _times += time;
            _squares += size * size;
            _products += size * time;
        }

        /// <summary>The time for a size; there is at least one point.</summary>
        public double At(double size)
        {
            var spread = _squares - (_sizes * _sizes / Count);
            var slope = spread <= 0 ? 0 : Math.Max(0, (_products - (_sizes * _times / Count)) / spread);
            var start = (_times - (slope * _sizes)) / Count;
            return start >= 0 ? start + (slope * size) : _products / _squares * size;
        }
    }
}
