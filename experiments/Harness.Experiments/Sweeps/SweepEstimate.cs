using System.Globalization;
using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Sweeps;

/// <summary>How many processes a sweep will start, how long they will take, and how large an effect they would show, judged by those that were measured before.</summary>
internal sealed class SweepEstimate
{
    /// <summary>Time of a process beside what its row says: start, end and the harness's own work, in seconds.</summary>
    private const double Overhead = 0.15;

    /// <summary>Median of the absolute values of a standard normal distribution.</summary>
    private const double MedianOfNormal = 0.6745;

    private readonly SweepDefinition _sweep;
    private readonly IReadOnlyList<ProgramRun> _pending;
    private readonly Dictionary<Cell, double> _ofCells;
    private readonly Dictionary<(string Engine, string Program), double> _ofPrograms;

    /// <summary>Looks at a sweep.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="pending">The runs that it has to make.</param>
    /// <param name="measured">Rows measured before, of this sweep or of others.</param>
    public SweepEstimate(SweepDefinition sweep, IReadOnlyList<ProgramRun> pending, IEnumerable<Measurement> measured)
    {
        _sweep = sweep;
        _pending = pending;

        // Rows of one process all have its times.
        var rows = measured.ToList();
        Detectable = FindDetectable(sweep, rows);
        var processes = rows
            .DistinctBy(row => (row.Engine, row.Configuration, row.Program, row.Repetition, row.FinishedUtc))
            .Select(row => (Cell: new Cell(row.Engine, row.Configuration, row.Program), Seconds: SecondsOf(row)))
            .ToList();
        _ofCells = processes.GroupBy(process => process.Cell).ToDictionary(group => group.Key, group => group.Average(process => process.Seconds));
        _ofPrograms = processes.GroupBy(process => (process.Cell.Engine, process.Cell.Workload)).ToDictionary(group => group.Key, group => group.Average(process => process.Seconds));
    }

    /// <summary>Reads the rows of all results below a folder. They are only estimated by: a file that is damaged is told and left out.</summary>
    /// <param name="root">The folder, which need not be there.</param>
    /// <param name="except">Path of results that are left out.</param>
    /// <param name="tell">Is told why a file cannot be read, in one line.</param>
    public static IReadOnlyList<Measurement> ReadBelow(string root, string except, Action<string> tell)
    {
        var rows = new List<Measurement>();
        if (!Directory.Exists(root))
        {
            return rows;
        }

        foreach (var path in Directory.EnumerateFiles(root, "results.csv", SearchOption.AllDirectories).Where(path => path != except))
        {
            try
            {
                rows.AddRange(DurableCsv<Measurement>.Read(path));
            }
            catch (HarnessException exception)
            {
                tell(exception.Message);
            }
        }

        return rows;
    }

    /// <summary>How long each process of a program took on an engine, in seconds, under whatever configuration.</summary>
    /// <param name="rows">Rows measured before.</param>
    /// <param name="engine">Name of the engine.</param>
    public static ILookup<string, double> SecondsByProgram(IEnumerable<Measurement> rows, string engine) => rows
        .Where(row => row.Engine == engine && row.ElapsedMs > 0)
        .DistinctBy(row => (row.Program, row.Configuration, row.Repetition, row.FinishedUtc))
        .ToLookup(row => row.Program, row => row.ElapsedMs / 1000);

    /// <summary>
    /// The smallest speedup that the sweep would find with 80% power at an uncorrected p of 0.05, as a ratio above 1, for each of its workloads on each of its engines that was measured before; ascending. None where it has too few
    /// repetitions to show anything.
    /// </summary>
    public IReadOnlyList<double> Detectable { get; }

    /// <summary>Number of processes to start.</summary>
    public int Processes => _pending.Count;

    /// <summary>Number of cells of which a process was measured before, under this configuration or another.</summary>
    public int KnownCells => _pending.Select(run => run.Cell).Distinct().Count(cell => Known(cell) is not null);

    /// <summary>The time that all will take; null where nothing of it was ever measured.</summary>
    public TimeSpan? Duration
    {
        get
        {
            var cells = _pending.GroupBy(run => run.Cell).Select(group => (Count: group.Count(), Seconds: Known(group.Key))).ToList();
            if (cells.TrueForAll(cell => cell.Seconds is null))
            {
                return null;
            }

            var average = cells.Where(cell => cell.Seconds is not null).Average(cell => cell.Seconds!.Value);
            return TimeSpan.FromSeconds(cells.Sum(cell => cell.Count * (cell.Seconds ?? average)));
        }
    }

    /// <summary>The estimate in words, a line each.</summary>
    public IReadOnlyList<string> Describe()
    {
        var cells = _pending.Select(run => run.Cell).Distinct().Count();
        var lines = new List<string>
        {
            string.Create(CultureInfo.InvariantCulture, $"sweep '{_sweep.Name}': {_sweep.Programs.Count} programs, {_sweep.Configurations.Count} configurations, {string.Join(" and ", _sweep.Engines)}, {_sweep.Repetitions} repetitions"),
            string.Create(CultureInfo.InvariantCulture, $"{Processes:#,0} processes to start, of {cells:#,0} cells"),
        };
        lines.Add(Duration is { } time
            ? $"about {Words(time)}, by earlier processes of {KnownCells} cells{(KnownCells < cells ? "; the others are taken to be like their average" : "")}"
            : $"how long is not known: nothing of it was measured before. A process takes at least {Words(TimeSpan.FromSeconds(Overhead + (Math.Min(_sweep.WarmUp.LimitMilliseconds, Math.Max(_sweep.WarmUp.MinimumMilliseconds, _sweep.WarmUp.GainMilliseconds)) / 1000)))}, and is stopped after {Words(_sweep.Timeout)}");
        if (Detectable.Count > 0)
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture,
                $"with {_sweep.Repetitions} repetitions a speedup of {Detectable[Detectable.Count / 2]:0.000}x would be found in half of the workloads that were measured before, one of {Detectable[9 * Detectable.Count / 10]:0.000}x in nine of ten ({Detectable.Count} known; 80% power at p = 0.05 before the correction)"));
        }

        return lines;
    }

    /// <summary>A duration in words.</summary>
    public static string Words(TimeSpan time) => time switch
    {
        { TotalHours: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.0} hours"),
        { TotalMinutes: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} minutes"),
        { TotalSeconds: >= 10 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
    };

    /// <summary>What the ratio of two configurations of a round varies by is taken to be what a time varies by from one repetition to the next: drifts and other machines are in neither.</summary>
    private static IReadOnlyList<double> FindDetectable(SweepDefinition sweep, List<Measurement> rows)
    {
        if (sweep.Repetitions < MedianInterval.LeastValues)
        {
            return [];
        }

        var workloads = sweep.Workloads.Select(workload => workload.Name).ToHashSet();
        return
        [
            .. rows.Where(row => row.ExecuteMs > 0 && sweep.Engines.Contains(row.Engine) && workloads.Contains(row.Workload))
                .GroupBy(row => row.Key.Cell)
                .Where(cell => cell.Count() > MedianInterval.LeastValues)
                .GroupBy(cell => (cell.Key.Engine, cell.Key.Workload), cell => DeviationOf(cell))
                .Select(deviations => Difference.DetectableOf(deviations.Median(), sweep.Repetitions))
                .Order(),
        ];
    }

    /// <summary>By how much the logarithms of a cell's times differ from one repetition to the next, as a standard deviation that a few outliers, and the step from one results folder to another, do not move.</summary>
    private static double DeviationOf(IEnumerable<Measurement> cell)
    {
        var logarithms = cell.OrderBy(row => row.FinishedUtc).Select(row => Math.Log(row.ExecuteMs)).ToArray();
        return Enumerable.Range(1, logarithms.Length - 1).Select(i => Math.Abs(logarithms[i] - logarithms[i - 1])).Median() / MedianOfNormal;
    }

    private double? Known(Cell cell) =>
        _ofCells.TryGetValue(cell, out var exact) ? exact : _ofPrograms.TryGetValue((cell.Engine, cell.Workload), out var similar) ? similar : null;

    /// <summary>
    /// What a process would take under this sweep's rules, which a quick look's are not: it times as many calls as this sweep wants, and warms up as long as the
    /// process did, or, where that was too short for it to settle, as long as it may.
    /// </summary>
    private double SecondsOf(Measurement row)
    {
        var warmUp = row.Settled ? row.WarmUpMs : Math.Max(row.WarmUpMs, _sweep.WarmUp.LimitMilliseconds);
        return Overhead + ((row.StartMs + row.CompileMs + row.InstantiateMs + warmUp + (_sweep.TimedCalls * IterationOf(row))) / 1000);
    }

    /// <summary>The mean of the timed iterations; a row without them has the time that counts, which is the same where a program does not time itself.</summary>
    private static double IterationOf(Measurement row) =>
        row.IterationsMs.Length == 0
            ? row.ExecuteMs
            : row.IterationsMs.Split(';').TakeLast(Math.Max(1, row.TimedCalls)).Average(text => double.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : 0);
}
