using Harness.Engine.Configuration;

namespace Harness.Experiments.Workloads;

/// <summary>
/// The list of workloads, <c>workloads/workloads.yaml</c>. An entry has the fields of <see cref="Entry"/>: for example
/// <code>
/// - name: two-targets            # short name, unique
///   file: two-targets.wat        # beside the manifest
///   title: Two targets           # for charts
///   description: One call site that alternates between two targets
///   group: targets               # optional
///   invoke: main                 # the exported function; main if left out
///   args: ["i32:40000000"]       # typed numbers: i32:7, i64:-1, f32:0.5, f64:inf
///   expected: ["i32:0"]          # the results it must give, on every call
///   calls: 40000000              # calls it makes inside; optional
///   warmup: {args: ["i32:200000"], expected: ["i32:0"]}   # shorter call to warm up with; optional
/// </code>
/// </summary>
internal sealed class WorkloadManifest
{
    private readonly string path;

    private WorkloadManifest(string path, IReadOnlyList<Workload> workloads)
    {
        this.path = path;
        All = workloads;
    }

    public IReadOnlyList<Workload> All { get; }

    /// <summary>Reads the project's manifest.</summary>
    public static WorkloadManifest ReadDefault() => Read(Path.Combine(ProjectLayout.Workloads, "workloads.yaml"));

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="HarnessException">It is missing or wrong.</exception>
    public static WorkloadManifest Read(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var workloads = YamlFile.Read<List<Entry>>(path, "workload manifest").Select(entry => entry.ToWorkload(path, folder)).ToList();
        var repeated = workloads.GroupBy(workload => workload.Name).FirstOrDefault(group => group.Count() > 1);
        return repeated is null
            ? new WorkloadManifest(path, workloads)
            : throw new HarnessException($"workload manifest {path}: two workloads are named '{repeated.Key}'");
    }

    /// <summary>Finds a workload by name.</summary>
    /// <exception cref="HarnessException">There is none; the message suggests the nearest name.</exception>
    public Workload Find(string name) =>
        All.FirstOrDefault(workload => workload.Name == name)
        ?? throw new HarnessException($"unknown workload '{name}'; did you mean '{NameSuggestion.Nearest(name, All.Select(workload => workload.Name))}'? ({path} lists all)");

    /// <summary>The workloads that a name stands for: all, a group, or one.</summary>
    /// <exception cref="HarnessException">There is no such workload or group; the message suggests the nearest name.</exception>
    public IReadOnlyList<Workload> Select(string name)
    {
        var selected = All.Where(workload => name == "all" || workload.Group == name).ToList();
        return selected.Count > 0 ? selected : [Find(name)];
    }

    private sealed class Entry
    {
        public string Name { get; set; } = "";

        public string File { get; set; } = "";

        public string? Title { get; set; }

        public string Description { get; set; } = "";

        public string Group { get; set; } = "";

        public string Invoke { get; set; } = "main";

        public List<string> Args { get; set; } = [];

        public List<string> Expected { get; set; } = [];

        public long Calls { get; set; }

        public WarmUpEntry? Warmup { get; set; }

        public Workload ToWorkload(string manifest, string folder)
        {
            if (Name.Length == 0 || File.Length == 0)
                throw new HarnessException($"workload manifest {manifest}: each entry needs a name and a file (see '{Name}{File}')");
            var file = Path.Combine(folder, File);
            if (!System.IO.File.Exists(file))
                throw new HarnessException($"workload manifest {manifest}: workload '{Name}' names a file that does not exist: {file}");
            try
            {
                var timed = new Invocation(Invoke, Literals(Args), Literals(Expected));
                return new Workload
                {
                    Name = Name,
                    Title = Title ?? Name,
                    Description = Description,
                    Group = Group,
                    Path = file,
                    Timed = timed,
                    WarmUp = Warmup is null ? timed : new Invocation(Warmup.Invoke ?? Invoke, Literals(Warmup.Args), Literals(Warmup.Expected)),
                    Calls = Calls,
                };
            }
            catch (FormatException exception)
            {
                throw new HarnessException($"workload manifest {manifest}: workload '{Name}': {exception.Message}", exception);
            }
        }

        private static List<TypedLiteral> Literals(List<string> texts) => [.. texts.Select(TypedLiteral.Parse)];
    }

    private sealed class WarmUpEntry
    {
        public string? Invoke { get; set; }

        public List<string> Args { get; set; } = [];

        public List<string> Expected { get; set; } = [];
    }
}
