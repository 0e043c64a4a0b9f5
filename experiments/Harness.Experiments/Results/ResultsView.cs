using System.Globalization;
using System.Reflection;
using CsvHelper;
using Harness.Engine.Configuration;
using Harness.Experiments.Engines;

namespace Harness.Experiments.Results;

/// <summary>
/// The rows of a results folder with all that is known of each: the measured columns, and the value of every knob in the row's configuration,
/// which the provenance has.
/// </summary>
internal sealed class ResultsView
{
    /// <summary>The columns that came with later formats, by the format: of rows of an older one nobody knows what they would have there. All others have a value in every format.</summary>
    private static readonly (int Format, string[] Columns)[] LaterColumns =
    [
        (2, [
            "start_ms", "first_ms", "execute_cpu_ms", "cpu_ms", "steady_after_ms", "iterations_ms", "baseline_compile_ms", "optimized_compile_ms",
            "young_collections", "full_collections", "collection_ms", "promoted_bytes", "peak_memory_bytes",
        ]),
        (3, ["elapsed_ms", "steal_ms", "others_cpu_ms"]),
        (4, ["instance_bytes"]),
        (5, ["cache_hits", "cache_misses"]),
        (6, ["cache_optimized_hits"]),
        (9, ["clock_step_ms"]),
        (11, ["probe_before_ms", "probe_after_ms", "machine"]),
        (12, ["longest_pause_ms"]),
        (13, ["decode_ms", "validate_ms", "queue_wait_ms", "longest_queue_wait_ms", "code_wait_ms", "longest_code_wait_ms"]),
    ];

    /// <summary>
    /// The columns that came to mean something else with later formats, by the format, and those of times that another rule of warm-up makes other ones. What is computed anew from the rows of older formats is not among them.
    /// </summary>
    private static readonly (int Format, string[] Columns)[] ChangedColumns =
    [
        (7, ["elapsed_ms", "steal_ms", "others_cpu_ms"]),
        (Measurement.GainFormat, ["compile_ms", "instantiate_ms", "warm_up_calls", "warm_up_ms", "execute_ms", "execute_min_ms", "execute_max_ms", "first_ms", "execute_cpu_ms", "start_ms"]),
        (9, ["execute_cpu_ms"]),
        (10, ["execute_cpu_ms"]),
    ];

    /// <summary>The columns of <c>results.csv</c>, in their order. What older formats computed otherwise is computed anew from the row; what a row's format or engine does not tell is not known.</summary>
    public static IReadOnlyList<ResultColumn> Measured { get; } =
    [
        .. typeof(Measurement).GetProperties()
            .Select(property => (Property: property, Column: property.GetCustomAttribute<CsvColumnAttribute>()))
            .Where(pair => pair.Column is not null)
            .Select(pair => new ResultColumn(pair.Column!.Name!, Nullable.GetUnderlyingType(pair.Property.PropertyType) ?? pair.Property.PropertyType, ReaderOf(pair.Property, pair.Column!.Name!))),
    ];

    private readonly string _place;

    private ResultsView(string place, IReadOnlyList<Measurement> rows, Provenance? provenance)
    {
        _place = place;
        Rows = rows;
        Provenance = provenance;
        Knobs = MakeKnobs(provenance, rows.Select(row => row.Configuration).ToHashSet());
        Columns = [.. Measured, .. Knobs];
    }

    /// <summary>The rows, as they were measured.</summary>
    public IReadOnlyList<Measurement> Rows { get; }

    /// <summary>Where they come from; null where that is not known.</summary>
    public Provenance? Provenance { get; }

    /// <summary>A column per knob; none where the provenance is lost.</summary>
    public IReadOnlyList<ResultColumn> Knobs { get; }

    /// <summary>All columns: the measured ones, then the knobs.</summary>
    public IReadOnlyList<ResultColumn> Columns { get; }

    /// <summary>Reads a folder.</summary>
    /// <exception cref="HarnessException">It has no rows, or they are damaged.</exception>
    public static ResultsView Open(ResultsFolder folder)
    {
        var rows = MeasurementFile.Read(folder.Results);
        return rows.Count > 0
            ? new ResultsView(folder.Path, rows, Provenance.Read(folder.Provenance))
            : throw new HarnessException($"{folder.Results} has no rows yet; continue the sweep");
    }

    /// <summary>The knobs that have more than one value in these results.</summary>
    public IReadOnlyList<ResultColumn> DifferingKnobs()
    {
        var examples = Rows.DistinctBy(row => row.Configuration).ToList();
        return [.. Knobs.Where(knob => examples.Select(knob.Read).Distinct().Count() > 1)];
    }

    /// <summary>The formats with which a column came to mean something else than in an older one.</summary>
    /// <param name="name">Name of the column.</param>
    /// <param name="oldest">The oldest format of the rows that are looked at.</param>
    /// <param name="newest">The newest one.</param>
    public static IReadOnlyList<int> ChangesOf(string name, int oldest, int newest) => [.. ChangedColumns.Where(change => change.Format > oldest && change.Format <= newest && change.Columns.Contains(name)).Select(change => change.Format)];

    /// <summary>Finds a column of <c>results.csv</c>.</summary>
    /// <param name="name">Its name, which is one of them.</param>
    public static ResultColumn FindMeasured(string name) => Measured.First(column => column.Name == name);

    /// <summary>Finds a column by its name.</summary>
    /// <exception cref="HarnessException">There is none; the message suggests the nearest.</exception>
    public ResultColumn Find(string name) => Columns.FirstOrDefault(column => column.Name == name)
        ?? throw new HarnessException($"{_place} has no column '{name}'; did you mean '{NameSuggestion.Nearest(name, Columns.Select(column => column.Name))}'? (experiments/FORMAT.md describes the columns; each knob is one, too)");

    /// <summary>Finds a column of numbers by its name.</summary>
    /// <exception cref="HarnessException">There is none.</exception>
    public ResultColumn FindNumber(string name) => Find(name) is { IsNumber: true } column
        ? column
        : throw new HarnessException($"column '{name}' holds no numbers; numbers are in {string.Join(", ", Columns.Where(column => column.IsNumber).Take(12).Select(column => column.Name))} …");

    private static Func<Measurement, object?> ReaderOf(PropertyInfo property, string column)
    {
        Func<Measurement, object?> read = property.Name == nameof(Measurement.SteadyAfterMs) ? row => SteadyState.Of(row) : property.GetValue;
        var first = LaterColumns.FirstOrDefault(format => format.Columns.Contains(column)).Format;
        var silent = EngineCatalog.All.Where(engine => engine.Untold.Contains(column)).Select(engine => engine.Name).ToHashSet();
        return row => row.Format < first || silent.Contains(row.Engine) ? null : read(row);
    }

    private static List<ResultColumn> MakeKnobs(Provenance? provenance, HashSet<string> configurations)
    {
        if (provenance is null)
        {
            return [];
        }

        var known = provenance.Knobs.Where(pair => configurations.Contains(pair.Key)).ToDictionary();
        return [.. known.Values.SelectMany(knobs => knobs.Keys).Distinct().Select(name => MakeKnob(name, known))];
    }

    private static ResultColumn MakeKnob(string name, Dictionary<string, IReadOnlyDictionary<string, string>> known)
    {
        var texts = known.Where(pair => pair.Value.ContainsKey(name)).ToDictionary(pair => pair.Key, pair => pair.Value[name]);
        if (!texts.Values.All(text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _)))
        {
            return new ResultColumn(name, typeof(string), row => texts.GetValueOrDefault(row.Configuration));
        }

        var numbers = texts.ToDictionary(pair => pair.Key, pair => (object)double.Parse(pair.Value, CultureInfo.InvariantCulture));
        return new ResultColumn(name, typeof(double), row => numbers.GetValueOrDefault(row.Configuration));
    }
}
