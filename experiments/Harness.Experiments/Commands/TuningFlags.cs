using System.CommandLine;
using Harness.Experiments.Tuning;
using Harness.Experiments.Tuning.Search;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Commands;

/// <summary>The options by which <c>harness tune</c> is told what to search where no file says it: one for each field of specifications but conditions of knobs.</summary>
internal sealed class TuningFlags
{
    private readonly Option<string?> _name = new("--name") { Description = "without a file: name of the search, by which its folder is called", HelpName = "NAME" };
    private readonly Option<string?> _engine = new("--engine") { Description = "without a file: the engine that is searched on; ours if left out", HelpName = "NAME" };
    private readonly Option<string?> _method = new("--method") { Description = $"without a file: {string.Join(", ", SearchMethods.Names)}", HelpName = "NAME" };
    private readonly Option<string[]> _knobs = Several("--knob", "a knob with the range or the values that are searched, those of the registry if left out (may be repeated)", TuningRequest.KnobForm);
    private readonly Option<string[]> _train = Several("--train", "workloads or groups that are searched on", "NAMES");
    private readonly Option<string[]> _validation = Several("--validation", "workloads or groups by which the winner is chosen among the finalists", "NAMES");
    private readonly Option<string[]> _heldOut = Several("--held-out", "workloads or groups that only the winner is measured on", "NAMES");
    private readonly Option<string[]> _objective = Several("--objective", "weights of what is made small, as in time=1,memory=0.2; time alone if left out", "NAME=WEIGHT,…");
    private readonly Option<string?> _weigh = new("--weigh") { Description = "without a file: what counts once in means of times", HelpName = "programs|benchmarks" };
    private readonly Option<string[]> _constraints = Several("--constraints", "limits, as in slower=1.02,code=1.05", "NAME=RATIO,…");
    private readonly Option<string[]> _racing = Several("--racing", "size of a batch, its first rounds and by how much they grow, as in candidates=4,rounds=2,factor=2", "NAME=N,…");
    private readonly Option<int?> _processes = new("--processes") { Description = "without a file: processes that the search may take", HelpName = "N" };
    private readonly Option<double?> _minutes = new("--minutes") { Description = "without a file: minutes that the search may take", HelpName = "N" };
    private readonly Option<int?> _finalists = new("--finalists") { Description = "without a file: candidates that come to fresh rounds", HelpName = "N" };
    private readonly Option<int?> _confirmRounds = new("--confirm-rounds") { Description = "without a file: fresh rounds in which the winner must hold", HelpName = "N" };
    private readonly Option<int?> _seed = new("--seed") { Description = "without a file: seed of the search", HelpName = "N" };
    private readonly Option<int?> _timedCalls = new("--timed-calls") { Description = "without a file: calls that a process times", HelpName = "N" };
    private readonly Option<double?> _timeout = new("--timeout-seconds") { Description = "without a file: seconds after which a process counts as failed", HelpName = "N" };

    private TuningFlags()
    {
    }

    private IReadOnlyList<Option> All =>
        [_name, _engine, _method, _knobs, _train, _validation, _heldOut, _objective, _weigh, _constraints, _racing, _processes, _minutes, _finalists, _confirmRounds, _seed, _timedCalls, _timeout];

    /// <summary>Adds the options to a command.</summary>
    public static TuningFlags AddTo(Command command)
    {
        var flags = new TuningFlags();
        foreach (var option in flags.All)
        {
            command.Options.Add(option);
        }

        return flags;
    }

    /// <summary>Reads what is to be searched: the file where one is named, else the flags.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="file">The file; null for none.</param>
    /// <param name="folder">The folder of the run; null where it is called by the name of the search.</param>
    /// <param name="catalog">The programs that there are.</param>
    /// <exception cref="HarnessException">It is wrong, or there is neither or both; the message says how to mend it.</exception>
    public TuningSpecification Read(ParseResult parsed, string? file, string? folder, ProgramCatalog catalog)
    {
        var given = All.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false });
        if (file is not null)
        {
            return given is null ? TuningFile.Read(file, catalog) : throw new HarnessException($"{given.Name} is for a search without a file, and {file} is one; write it there, or leave one of them out");
        }

        if (given is null)
        {
            throw new HarnessException("name a tuning specification, or say by flags what is searched: --name my-search --knob inlining.budget=2000..50000:log --train NAMES --held-out NAMES --minutes 30");
        }

        var called = parsed.GetValue(_name) ?? (folder is null ? null : Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)));
        if (string.IsNullOrEmpty(called))
        {
            throw new HarnessException("the search has no name, by which its folder is called; give it one, as in --name my-search");
        }

        if (called.Contains('/', StringComparison.Ordinal))
        {
            throw new HarnessException($"--name {called}: a name has no slash in it; --results says where the folder is");
        }

        return TuningFile.Parse(RequestOf(parsed).ToYaml(), called, called, catalog);
    }

    private TuningRequest RequestOf(ParseResult parsed) => new()
    {
        Engine = parsed.GetValue(_engine),
        Method = parsed.GetValue(_method),
        Knobs = parsed.GetValue(_knobs) ?? [],
        Train = Split(parsed, _train),
        Validation = Split(parsed, _validation),
        HeldOut = Split(parsed, _heldOut),
        Objective = Split(parsed, _objective),
        Weigh = parsed.GetValue(_weigh),
        Constraints = Split(parsed, _constraints),
        Racing = Split(parsed, _racing),
        Processes = parsed.GetValue(_processes),
        Minutes = parsed.GetValue(_minutes),
        Finalists = parsed.GetValue(_finalists),
        ConfirmRounds = parsed.GetValue(_confirmRounds),
        Seed = parsed.GetValue(_seed),
        TimedCalls = parsed.GetValue(_timedCalls),
        TimeoutSeconds = parsed.GetValue(_timeout),
    };

    private static Option<string[]> Several(string name, string description, string form) =>
        new(name) { Description = $"without a file: {description}", HelpName = form, DefaultValueFactory = _ => [] };

    private static IReadOnlyList<string> Split(ParseResult parsed, Option<string[]> option) =>
        [.. (parsed.GetValue(option) ?? []).SelectMany(text => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
}
