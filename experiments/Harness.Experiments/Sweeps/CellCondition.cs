using System.Text.RegularExpressions;
using Harness.Engine.Configuration;
using Harness.Experiments.Engines;
using Harness.Experiments.Results;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Sweeps;

/// <summary>
/// A condition on the cells of a sweep: an engine, a configuration, a workload, values of knobs, all of which must hold. <c>*</c> in a value stands for
/// anything. A condition on a workload holds for the whole program that measures it, whose processes cannot be run in part.
/// </summary>
internal sealed class CellCondition
{
    private const string Engine = "engine";
    private const string Configuration = "configuration";
    private const string WorkloadField = "workload";

    private readonly Dictionary<string, Regex> _wanted;

    /// <summary>Makes a condition.</summary>
    /// <param name="fields">Values by <c>engine</c>, <c>configuration</c>, <c>workload</c> or the name of a knob.</param>
    /// <exception cref="KnobException">A field is none of these.</exception>
    /// <exception cref="HarnessException">There is no field, or one has no value.</exception>
    public CellCondition(Dictionary<string, string?> fields)
    {
        if (fields.Count == 0)
        {
            throw new HarnessException("a condition of 'include' or 'exclude' is empty; write {engine: NAME}, {workload: NAME}, {configuration: NAME} or {KNOB: VALUE}");
        }

        foreach (var (field, value) in fields)
        {
            if (field is not (Engine or Configuration or WorkloadField))
            {
                KnobCatalog.Find(field);
            }

            if (value is null)
            {
                throw new HarnessException($"the condition on '{field}' has no value");
            }
        }

        _wanted = fields.ToDictionary(pair => pair.Key, pair => RowFilter.Glob(pair.Value!));
    }

    /// <summary>Reads a condition from the command line: <c>engine=v8,workload=gc-*</c>.</summary>
    /// <exception cref="HarnessException">It is none.</exception>
    public static CellCondition Parse(string text)
    {
        var fields = new Dictionary<string, string?>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !fields.TryAdd(part[..equals], part[(equals + 1)..]))
            {
                throw new HarnessException($"'{text}' is no condition; write FIELD=VALUE with commas between several, where a field is engine, configuration, workload or a knob");
            }
        }

        return new CellCondition(fields);
    }

    /// <summary>Whether the condition holds for a program under a configuration on an engine.</summary>
    public bool Holds(string engine, SweepConfiguration configuration, ProgramDefinition program) => _wanted.All(pair => pair.Key switch
    {
        Engine => pair.Value.IsMatch(engine),
        Configuration => pair.Value.IsMatch(configuration.Name),
        WorkloadField => Names(program).Any(pair.Value.IsMatch),
        var knob => pair.Value.IsMatch(configuration.Knobs.GetValueOrDefault(knob) ?? KnobCatalog.Find(knob).DefaultText),
    });

    private static IEnumerable<string> Names(ProgramDefinition program) =>
        program.Workloads.Select(workload => workload.Name).Append(program.Name).Append(program.Group).Where(name => name.Length > 0);
}
