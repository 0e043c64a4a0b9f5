namespace Harness.Experiments.Charts;

/// <summary>The charts that can be made of a sweep's results.</summary>
internal enum ChartKind
{
    /// <summary>What fits the sweep: lines or heat maps for a grid of one or two knobs, else bars.</summary>
    Auto,

    /// <summary>Speedups as grouped bars, as in V8's report: a group per workload, a bar per configuration.</summary>
    Bars,

    /// <summary>Speedups of one configuration, workloads from the slowest to the fastest.</summary>
    Sorted,

    /// <summary>What the step from one configuration to another does to each program.</summary>
    Slope,

    /// <summary>Speedup over a knob's values, a line per workload.</summary>
    Lines,

    /// <summary>Mean speedup over a knob's values, without the lines of the workloads: for more of them than lines can be told apart.</summary>
    Means,

    /// <summary>Mean speedup over two knobs' values.</summary>
    Heat,

    /// <summary>Every repetition as a dot below its density, a row per workload and configuration.</summary>
    Dots,

    /// <summary>Mean speedup against size of code, time of compilation and peak memory, a point per configuration.</summary>
    Pareto,

    /// <summary>Time over iterations, with changepoints.</summary>
    Iterations,
}
