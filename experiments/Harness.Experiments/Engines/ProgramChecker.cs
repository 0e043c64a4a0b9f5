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
/// <param name="configurations">The configurations of our engine.</param>
/// <param name="timeout">Time after which a program is stopped.</param>
/// <param name="traces">Whether programs of J2CL tell every number that they read or write.</param>
/// <param name="knobs">How programs in Dart are compiled.</param>
/// <param name="output">Is told what was found, a line each.</param>
internal sealed class ProgramChecker(IReadOnlyList<IEngine> engines, IReadOnlyList<SweepConfiguration> configurations, TimeSpan timeout, bool traces, IReadOnlyDictionary<string, string> knobs, TextWriter output)
{
    private int right;
    private int wrong;
    private int absent;
    private int gaps;
    private int notChecked;

    /// <summary>Runs programs, with a line for each.</summary>
    /// <returns>0 if all were run by one engine at least and are right, else 1.</returns>
    public int Run(IReadOnlyList<ProgramDefinition> programs)
    {
        foreach (var program in programs)
            Check(program);
        var notRun = gaps == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {gaps} not run{(notChecked == 0 ? "" : $" ({notChecked} by no engine)")}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{right} right, {wrong} wrong, {absent} absent{notRun}"));
        return wrong + absent + notChecked == 0 ? 0 : 1;
    }

    private void Check(ProgramDefinition program)
    {
        var prepared = PreparedProgram.Prepare(program, knobs);
        if (prepared.Problem is { } problem)
        {
            absent++;
            output.WriteLine($"ABSENT {program.Name}: {problem}");
            return;
        }

        using var traced = traces && program.Host == HostKind.J2cl ? new TracedModule(prepared.Request!.Module!) : null;
        var request = traced is null ? prepared.Request! : prepared.Request! with { Module = traced.Path };
        var mistakes = new List<string>();
        string? reference = null;
        foreach (var (engine, configuration) in Cells)
        {
            if (engine.FindGap(request) is { } gap)
            {
                NoteGap(program, engine, gap);
                continue;
            }

            var report = ProgramResult.Check(program, engine.Measure(ToRequest(request, configuration), timeout));
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
                mistakes.Add($"{engine.Name}, {configuration.Name}: its result is not that of the first configuration");
        }

        // What no engine could run is neither right nor wrong.
        right += mistakes.Count == 0 && reference is not null ? 1 : 0;
        wrong += mistakes.Count == 0 ? 0 : 1;
        notChecked += mistakes.Count == 0 && reference is null ? 1 : 0;
        if (mistakes.Count == 0 && reference is not null)
            output.WriteLine($"right  {program.Name}{(HasCheck(program) ? "" : " (it gives no result that could be wrong)")}");
        foreach (var mistake in mistakes)
            output.WriteLine($"WRONG  {program.Name}: {mistake}");
    }

    private void NoteGap(ProgramDefinition program, IEngine engine, string reason)
    {
        gaps++;
        output.WriteLine($"GAP    {program.Name}: {engine.Name} cannot run it: {OneLine.Of(reason)}");
    }

    /// <summary>On other engines than ours there is nothing to configure.</summary>
    private IEnumerable<(IEngine Engine, SweepConfiguration Configuration)> Cells =>
        from engine in engines
        from configuration in engine.Name == OwnEngine.EngineName ? configurations : CheckConfigurations.All.Take(1)
        select (engine, configuration);

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
