using System.Runtime.InteropServices;
using Harness.Experiments.Results;

namespace Harness.Experiments.Statistics;

/// <summary>What <see cref="Steadiness"/> says of a process, without its iterations and segments: sweeps have hundreds of thousands of processes.</summary>
/// <param name="Class">How it went.</param>
/// <param name="Iterations">How many iterations were looked at.</param>
/// <param name="SteadyFrom">Place of the first iteration of the steady state; the number of iterations where there is none.</param>
/// <param name="SteadyAfterMs">Time from the first iteration that was looked at to the steady state, in ms; all of it where there is none.</param>
internal readonly record struct ProcessSteadiness(SteadinessClass Class, int Iterations, int SteadyFrom, double SteadyAfterMs);

/// <summary>Classifies processes one after the other in the same room.</summary>
internal sealed class SteadinessScan
{
    private readonly List<double> _values = [];
    private readonly Changepoints _changepoints = new();

    /// <summary>Classifies the process that a row is of, as <see cref="Steadiness.Of(Measurement)"/> does.</summary>
    public ProcessSteadiness Classify(Measurement row)
    {
        _values.Clear();
        Steadiness.Parse(row.IterationsMs, _values);
        var iterations = Steadiness.Comparable(CollectionsMarshal.AsSpan(_values), row.WarmUpCalls, row.OmittedIterations);
        var (kind, steadyFrom) = iterations.Length < Steadiness.LeastIterations
            ? (SteadinessClass.TooShort, iterations.Length)
            : Steadiness.Classify(_changepoints.Search(iterations), iterations.Length);
        var before = 0.0;
        foreach (var iteration in iterations[..steadyFrom])
        {
            before += iteration;
        }

        return new ProcessSteadiness(kind, iterations.Length, steadyFrom, before);
    }
}
