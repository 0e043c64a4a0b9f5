using Harness.Experiments.Engines;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Sweeps;

/// <summary>What a sweep measures, ready to be run: its engines opened, its programs built as all of its configurations ask for them.</summary>
internal sealed class PreparedSweep
{
    private readonly PreparedPrograms _builds;

    /// <summary>Opens engines and builds programs; a program that cannot be built has its problem in the place of a request.</summary>
    /// <exception cref="HarnessException">An engine is not there, or does not have a knob that it is asked for.</exception>
    public PreparedSweep(SweepDefinition definition)
    {
        Definition = definition;
        Engines = definition.Engines.ToDictionary(name => name, EngineCatalog.Open);
        Configurations = definition.Configurations.ToDictionary(configuration => configuration.Name);
        WorkloadsOf = definition.Workloads.ToLookup(workload => workload.Program);
        _builds = new PreparedPrograms(definition.Programs);
        Programs = definition.Programs.ToDictionary(program => program.Name, BuildAll);
        foreach (var engine in Engines.Values)
        {
            foreach (var configuration in definition.ConfigurationsFor(engine.Name).Where(configuration => configuration.Name == definition.BaselineOf(engine.Name) || KnobGap(engine, configuration) is null))
            {
                engine.CheckKnobs(configuration.Knobs, definition.IgnoredBy(engine.Name));
            }
        }
    }

    /// <summary>What the sweep's file says.</summary>
    public SweepDefinition Definition { get; }

    /// <summary>The engines by name.</summary>
    public IReadOnlyDictionary<string, IEngine> Engines { get; }

    /// <summary>The configurations by name.</summary>
    public IReadOnlyDictionary<string, SweepConfiguration> Configurations { get; }

    /// <summary>The programs by name: of the builds that configurations ask for the first that cannot be run, else the first.</summary>
    public IReadOnlyDictionary<string, PreparedProgram> Programs { get; }

    /// <summary>The workloads, which are rows of results, by the program that gives them.</summary>
    public ILookup<string, Workload> WorkloadsOf { get; }

    /// <summary>The programs that can be run.</summary>
    public IEnumerable<PreparedProgram> Runnable => Programs.Values.Where(program => program.Problem is null);

    /// <summary>A program as a configuration asks for it.</summary>
    public PreparedProgram BuildOf(string program, SweepConfiguration configuration) => _builds.Find(program, configuration.Knobs);

    /// <summary>Why an engine cannot be run in a configuration; null if it can.</summary>
    public string? KnobGap(IEngine engine, SweepConfiguration configuration) => engine.FindGap(configuration.Knobs, Definition.IgnoredBy(engine.Name));

    private PreparedProgram BuildAll(ProgramDefinition program)
    {
        var all = Definition.Configurations.Select(configuration => BuildOf(program.Name, configuration)).Distinct().ToList();
        return all.FirstOrDefault(build => build.Problem is not null) ?? all[0];
    }
}
