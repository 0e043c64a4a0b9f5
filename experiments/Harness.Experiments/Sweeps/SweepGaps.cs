using Harness.Dart;
using Harness.Experiments.Engines;
using Harness.Experiments.Results;

namespace Harness.Experiments.Sweeps;

/// <summary>Tells which cells of a sweep need not be tried, and why.</summary>
internal static class SweepGaps
{
    /// <summary>The gaps of all engines of a sweep that are known before anything is measured.</summary>
    public static IEnumerable<EngineGap> Find(PreparedSweep prepared) => prepared.Engines.Values.SelectMany(engine => Find(prepared, engine));

    /// <summary>
    /// What is known beforehand: programs that an engine cannot run, configurations that it has no settings for, and those that come to the same on it as an
    /// earlier one although their knobs differ. A baseline that cannot be measured is a mistake of the sweep.
    /// </summary>
    private static IEnumerable<EngineGap> Find(PreparedSweep prepared, IEngine engine)
    {
        var sweep = prepared.Definition;
        var seen = new Dictionary<string, SweepConfiguration>();
        var seenBySettings = new Dictionary<string, SweepConfiguration>();
        var uncompiled = prepared.Runnable.Where(program => !program.Definition.IsCompiled).Select(program => program.Definition.Name).ToList();
        foreach (var configuration in sweep.ConfigurationsFor(engine.Name).OrderBy(configuration => configuration.Name == sweep.BaselineOf(engine.Name) ? 0 : 1))
        {
            if (prepared.KnobGap(engine, configuration) is { } obstacle)
            {
                yield return new EngineGap(engine.Name, configuration.Name, null, obstacle);
                continue;
            }

            var settings = string.Join(' ', engine.Settings(configuration.Knobs));
            var compiled = $"{settings} {DartKnobs.Describe(configuration.Knobs)}";
            if (!seen.TryAdd(compiled, configuration) && ChangedKnobs(seen[compiled]) != ChangedKnobs(configuration))
            {
                yield return new EngineGap(engine.Name, configuration.Name, null, $"does the same as in '{seen[compiled].Name}'");
                continue;
            }

            // A program that is not compiled by the project is the same for all knobs of the compiler.
            if (!seenBySettings.TryAdd(settings, configuration) && ChangedKnobs(seenBySettings[settings]) != ChangedKnobs(configuration))
            {
                foreach (var program in uncompiled)
                {
                    yield return new EngineGap(engine.Name, configuration.Name, program, $"does the same as in '{seenBySettings[settings].Name}'");
                }
            }
        }

        foreach (var program in prepared.Runnable)
        {
            if (engine.FindGap(program.Request!) is { } reason)
            {
                yield return new EngineGap(engine.Name, null, program.Definition.Name, reason);
            }
        }
    }

    private static string ChangedKnobs(SweepConfiguration configuration) => string.Join(' ', configuration.Knobs
        .Select(pair => (Knob: KnobCatalog.Find(pair.Key), pair.Value))
        .Where(pair => !pair.Knob.Parse(pair.Value).Equals(pair.Knob.Default))
        .Select(pair => $"{pair.Knob.Name}={pair.Knob.Format(pair.Knob.Parse(pair.Value))}")
        .Order(StringComparer.Ordinal));
}
