using System.CommandLine;
using Harness.Experiments.Results;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Commands;

/// <summary>How a sweep is run, as all commands take it that run one: with programs from elsewhere, only to say what it would cost, for a first picture, into which folder, and from the beginning.</summary>
internal sealed class SweepRunOptions
{
    private readonly Option<string?> _results;
    private readonly Option<bool> _restart = new("--restart") { Description = "set earlier results aside and measure anew, instead of going on" };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "say how many processes it would start and how long they would take, and measure nothing" };
    private readonly Option<bool> _quick;

    private SweepRunOptions(string folder)
    {
        _results = new("--results") { Description = $"results folder; results/{folder} if left out", HelpName = "FOLDER" };
        _quick = new("--quick") { Description = $"a first picture in about two minutes: at most 6 repetitions, a short warm-up, an end after 90 s; results/{folder}-quick" };
    }

    /// <summary>The option by which programs come from elsewhere.</summary>
    public Option<string[]> Suites { get; } = SuiteOption.Create();

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="folder">What the results folder is named after, in words for its description.</param>
    public static SweepRunOptions AddTo(Command command, string folder)
    {
        var options = new SweepRunOptions(folder);
        foreach (var option in (Option[])[options.Suites, options._results, options._restart, options._dryRun, options._quick])
        {
            command.Options.Add(option);
        }

        return options;
    }

    /// <summary>The suites that are given.</summary>
    public IReadOnlyList<string> SuitesOf(ParseResult parsed) => parsed.GetValue(Suites) ?? [];

    /// <summary>Whether nothing is to be measured.</summary>
    public bool IsDry(ParseResult parsed) => parsed.GetValue(_dryRun);

    /// <summary>Whether a first picture is enough.</summary>
    public bool IsQuick(ParseResult parsed) => parsed.GetValue(_quick);

    /// <summary>Whether earlier results are set aside.</summary>
    public bool Restarts(ParseResult parsed) => parsed.GetValue(_restart);

    /// <summary>The sweep as it is to be run.</summary>
    public SweepDefinition Shape(ParseResult parsed, SweepDefinition sweep) => IsQuick(parsed) ? QuickLook.Make(sweep) : sweep;

    /// <summary>The results folder.</summary>
    /// <param name="parsed">What was given.</param>
    /// <param name="name">Its name in <c>results/</c> where none is given.</param>
    public ResultsFolder FolderOf(ParseResult parsed, string name) => new(parsed.GetValue(_results) ?? Path.Combine(ProjectLayout.Results, name));

    /// <summary>Runs a sweep that <see cref="Shape"/> has given, or says what that would cost.</summary>
    /// <returns>The exit code.</returns>
    public int Run(ParseResult parsed, SweepDefinition sweep, ResultsFolder folder, bool redoDisturbed = false) => IsDry(parsed)
        ? SweepCommand.Describe(sweep, folder)
        : SweepCommand.Run(sweep, folder, Restarts(parsed), IsQuick(parsed) ? QuickLook.Limit : null, redoDisturbed);
}
