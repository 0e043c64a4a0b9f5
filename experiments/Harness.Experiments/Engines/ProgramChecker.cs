using System.Globalization;
using Harness.Experiments.Hosting;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Engines;

/// <summary>
/// Runs programs once in every cell of engines and configurations, and compares what they give with what they must give, and with each other. What an engine
/// cannot run is a gap, which is named and counted apart: it is nobody's mistake. A program that none of the engines ran was not checked, and is no success.
/// </summary>
/// <param name="engines">The engines.</param>
/// <param name="configurations">Knobs of our engine, which is the only one that they are for, and of the Dart compiler, whose modules every engine runs; at least one configuration.</param>
/// <param name="timeout">Time after which a program is stopped.</param>
/// <param name="traces">Whether programs of J2CL tell every number that they read or write.</param>
/// <param name="knobs">How programs in Dart are compiled where a configuration does not say it.</param>
/// <param name="output">Is told what was found, a line each.</param>
internal sealed class ProgramChecker(IReadOnlyList<IEngine> engines, IReadOnlyList<SweepConfiguration> configurations, TimeSpan timeout, bool traces, IReadOnlyDictionary<string, string> knobs, TextWriter output)
{
    private int _right;
    private int _wrong;
    private int _absent;
    private int _gaps;
    private int _notChecked;

    /// <summary>Runs programs, with a line for each.</summary>
    /// <returns>0 if all were run by one engine at least and are right, else 1.</returns>
    public int Run(IReadOnlyList<ProgramDefinition> programs)
    {
        foreach (var program in programs)
        {
            Check(program);
        }

        var notRun = _gaps == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {_gaps} not run{(_notChecked == 0 ? "" : $" ({_notChecked} by no engine)")}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_right} right, {_wrong} wrong, {_absent} absent{notRun}"));
        return _wrong + _absent + _notChecked == 0 ? 0 : 1;
    }

    private void Check(ProgramDefinition program)
    {
        var builds = new PreparedPrograms([program]);
        var first = builds.Find(program.Name, BuildKnobs(configurations[0]));
        if (first.Problem is { } absence)
        {
            _absent++;
            output.WriteLine($"ABSENT {program.Name}: {absence}");
            return;
        }

        using var traced = traces && program.Host == HostKind.J2cl ? new TracedModule(first.Request!.Module!) : null;
        var mistakes = new List<string>();
        string? reference = null;
        foreach (var (engine, configuration) in Cells(program, RequestOf(first)))
        {
            var build = builds.Find(program.Name, BuildKnobs(configuration));
            if (build.Problem is { } problem)
            {
                mistakes.Add($"{engine.Name}, {configuration.Name}: {problem}");
                continue;
            }

            var report = ProgramResult.Check(program, engine.Measure(ToRequest(RequestOf(build), configuration), timeout));
            if (report.Status == WorkerStatus.Unsupported)
            {
                NoteGap(program, engine, report.Message);
                continue;
            }

            if (report.Status != WorkerStatus.Ok)
            {
                mistakes.Add($"{engine.Name}, {configuration.Name}: {report.Message}");
                continue;
            }

            var digest = string.Join(' ', report.Outputs.Select(result => $"{result.Sha256} {result.ExitCode} {string.Join(' ', result.Files.Order())}"));
            reference ??= digest;
            if (digest != reference && !program.IsVolatile)
            {
                mistakes.Add($"{engine.Name}, {configuration.Name}: its result is not that of the first configuration");
            }
        }

        // What no engine could run is neither right nor wrong.
        _right += mistakes.Count == 0 && reference is not null ? 1 : 0;
        _wrong += mistakes.Count == 0 ? 0 : 1;
        _notChecked += mistakes.Count == 0 && reference is null ? 1 : 0;
        if (mistakes.Count == 0 && reference is not null)
        {
            output.WriteLine($"right  {program.Name}{(HasCheck(program) ? "" : " (it gives no result that could be wrong)")}");
        }

        foreach (var mistake in mistakes)
        {
            output.WriteLine($"WRONG  {program.Name}: {mistake}");
        }

        WorkerProgram RequestOf(PreparedProgram build) => traced is null ? build.Request! : build.Request! with { Module = traced.Path };
    }

    private void NoteGap(ProgramDefinition program, IEngine engine, string reason)
    {
        _gaps++;
        output.WriteLine($"GAP    {program.Name}: {engine.Name} cannot run it: {OneLine.Of(reason)}");
    }

    /// <summary>What is to be run: an engine that cannot run the program is a gap and has no part in it, however the program is built.</summary>
    private IEnumerable<(IEngine Engine, SweepConfiguration Configuration)> Cells(ProgramDefinition program, WorkerProgram request)
    {
        foreach (var engine in engines)
        {
            if (engine.FindGap(request) is { } gap)
            {
                NoteGap(program, engine, gap);
                continue;
            }

            foreach (var configuration in ConfigurationsOf(engine))
            {
                yield return (engine, configuration);
            }
        }
    }

    /// <summary>On other engines than ours there is nothing to configure but how programs are compiled: what is left is the default where no configuration says that alone.</summary>
    private IReadOnlyList<SweepConfiguration> ConfigurationsOf(IEngine engine)
    {
        if (engine.Name == OwnEngine.EngineName)
        {
            return configurations;
        }

        List<SweepConfiguration> common = [.. configurations.Where(configuration => configuration.Knobs.Keys.All(KnobCatalog.IsOfPrograms))];
        return common.Count > 0 ? common : [CheckConfigurations.All[0]];
    }

    /// <summary>How programs are compiled under a configuration, whose values come before those for all of them.</summary>
    private Dictionary<string, string> BuildKnobs(SweepConfiguration configuration)
    {
        var values = knobs.ToDictionary();
        foreach (var (knob, value) in configuration.Knobs)
        {
            values[knob] = value;
        }

        return values;
    }

    private static WorkerRequest ToRequest(WorkerProgram program, SweepConfiguration configuration) => new()
    {
        Program = program,
        TimedCalls = 1,
        Settle = new WarmUpRule(1, 0, 1, 1, 0),
        Knobs = configuration.Knobs,
        Checks = true,
    };

    private static bool HasCheck(ProgramDefinition program) => program.Timed is { Expected.Count: > 0 } || program.Check.SaysAnything || program.Metric is not null || program.ChecksItself;
}
