using Harness.Engine.Configuration;

namespace Harness.Experiments.Workloads;

/// <summary>All programs that a command can name: the project's own, and those of the suites that it knows or was told of.</summary>
internal sealed class ProgramCatalog
{
    private readonly IReadOnlyList<ProgramDefinition> _own;
    private readonly IReadOnlyList<ProgramDefinition> _given;
    private readonly IReadOnlyList<ProgramDefinition> _near;
    private readonly Lazy<IReadOnlyList<ProgramDefinition>> _known;
    private readonly Lazy<IReadOnlyList<ProgramDefinition>> _all;

    /// <param name="own">The project's own programs.</param>
    /// <param name="given">Those of suites that the user named.</param>
    /// <param name="known">Those of the other suites: their manifests are long, and read only where a name is not among the rest.</param>
    private ProgramCatalog(IReadOnlyList<ProgramDefinition> own, IReadOnlyList<ProgramDefinition> given, Lazy<IReadOnlyList<ProgramDefinition>> known)
    {
        _own = own;
        _given = given;
        _known = known;
        _near = [.. own, .. given];
        _all = new Lazy<IReadOnlyList<ProgramDefinition>>(() => [.. _near, .. known.Value]);
    }

    /// <summary>All programs.</summary>
    public IReadOnlyList<ProgramDefinition> Programs => _all.Value;

    /// <summary>The project's own programs.</summary>
    public IReadOnlyList<ProgramDefinition> Own => _own;

    /// <summary>Reads the project's manifests, and the suites that the user names.</summary>
    /// <param name="suites">Values of <c>--suite</c>.</param>
    /// <exception cref="HarnessException">A manifest or suite is missing or wrong.</exception>
    public static ProgramCatalog Read(params IReadOnlyList<string> suites)
    {
        var given = suites.Select(SuiteCatalog.Open).ToList();
        var repeated = given.GroupBy(suite => suite.Name).FirstOrDefault(group => group.Count() > 1);
        if (repeated is not null)
        {
            throw new HarnessException($"two suites are named '{repeated.Key}'; give one another name: --suite NAME=FOLDER");
        }

        return new ProgramCatalog(
            ReadOwn(), [.. given.SelectMany(suite => suite.Programs)],
            new(() => [.. SuiteCatalog.Known.Where(name => given.All(suite => suite.Name != name)).SelectMany(SuiteCatalog.ReadKnown)]));
    }

    private static List<ProgramDefinition> ReadOwn()
    {
        string[] manifests = [Path.Combine(ProjectLayout.Workloads, "workloads.yaml"), Path.Combine(ProjectLayout.DartPrograms, SuiteCatalog.ManifestName)];
        var programs = manifests.SelectMany(path => ProgramManifest.Read(path, suite: "", Path.GetDirectoryName(path))).ToList();
        var repeated = programs.SelectMany(program => program.Workloads).GroupBy(workload => workload.Name).FirstOrDefault(group => group.Count() > 1);
        return repeated is null ? programs : throw new HarnessException($"two programs of the project are named '{repeated.Key}'");
    }

    /// <summary>The same with some more of the project's own programs; one of a name that there is takes its place.</summary>
    public ProgramCatalog With(IReadOnlyList<ProgramDefinition> programs) =>
        new([.. _own.Where(program => programs.All(other => other.Name != program.Name)), .. programs], _given, _known);

    /// <summary>Finds a program by name, or by the name of one of its workloads.</summary>
    /// <exception cref="HarnessException">There is none; the message suggests the nearest name.</exception>
    public ProgramDefinition Find(string name) => Find(_near, name) ?? Find(Programs, name) ?? throw Unknown(name);

    /// <summary>Finds a program by name; null if there is none.</summary>
    public ProgramDefinition? TryFind(string name) => _near.FirstOrDefault(program => program.Name == name) ?? Programs.FirstOrDefault(program => program.Name == name);

    /// <summary>The workloads that a name stands for: all of the project's own, those of a suite, a group or a program, or one.</summary>
    /// <exception cref="HarnessException">There is nothing of that name; the message suggests the nearest.</exception>
    public IReadOnlyList<Workload> Select(string name)
    {
        if (name == "all")
        {
            return [.. _own.SelectMany(program => program.Workloads)];
        }

        var selected = Select(_near, name);
        if (selected.Count == 0)
        {
            selected = Select(Programs, name);
        }

        return selected.Count > 0 ? selected : throw Unknown(name);
    }

    private static ProgramDefinition? Find(IReadOnlyList<ProgramDefinition> programs, string name) =>
        programs.FirstOrDefault(program => program.Name == name) ?? programs.FirstOrDefault(program => program.Workloads.Any(workload => workload.Name == name));

    private static List<Workload> Select(IReadOnlyList<ProgramDefinition> programs, string name)
    {
        var selected = programs
            .Where(program => program.Name == name || program.Suite == name || program.Group == name || (program.Suite.Length > 0 && $"{program.Suite}/{program.Group}" == name))
            .SelectMany(program => program.Workloads)
            .ToList();
        return selected.Count > 0 ? selected : [.. programs.SelectMany(program => program.Workloads).Where(workload => workload.Name == name).Take(1)];
    }

    private HarnessException Unknown(string name)
    {
        var names = Programs.SelectMany(program => program.Workloads.Select(workload => workload.Name).Append(program.Name)).Distinct();
        return new HarnessException($"unknown workload '{name}'; did you mean '{NameSuggestion.Nearest(name, names)}'? ('harness workloads' lists all)");
    }
}
