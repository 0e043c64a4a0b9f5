using System.CommandLine;
using System.Globalization;
using Harness.Engine.Configuration;
using Harness.Experiments.Engines;
using Harness.Experiments.Hosting;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Commands;

/// <summary><c>harness check</c>: runs programs once and compares what they give with what they must give.</summary>
internal static class CheckCommand
{
    private const string AllConfigurations = "all";

    public static Command Create()
    {
        var names = new Argument<string[]>("names") { Description = "names of programs, groups or suites; the project's own programs, or those of the suites given, if left out", Arity = ArgumentArity.ZeroOrMore };
        var suites = SuiteOption.Create();
        var configurations = new Option<string>("--configurations")
        {
            Description = $"'{AllConfigurations}', or names with commas between them: {string.Join(", ", CheckConfigurations.All.Select(configuration => configuration.Name))}",
            HelpName = "NAMES",
            DefaultValueFactory = _ => CheckConfigurations.Default,
        };
        var engine = new Option<string>("--engine") { Description = "engines with commas between them, 'both' for ours and v8, or 'all'; with more than one, results must be equal", HelpName = "NAMES", DefaultValueFactory = _ => OwnEngine.EngineName };
        var trace = new Option<bool>("--trace") { Description = "make programs with the host j2cl tell every number that they read from or write to an object, and compare these" };
        var timeout = new Option<int>("--timeout") { Description = "seconds after which a program is stopped", HelpName = "N", DefaultValueFactory = _ => 300 }.AtLeast(1);
        var command = new Command("check", "run programs once in one or more configurations, and check their results") { names, suites, configurations, engine, trace, timeout };
        command.SetAction(parsed =>
        {
            var given = parsed.GetValue(suites) ?? [];
            var catalog = ProgramCatalog.Read(given);
            var wanted = parsed.GetValue(names) is { Length: > 0 } chosen ? chosen
                : given.Length > 0 ? [.. catalog.Programs.Where(program => program.Suite.Length > 0 && program.Folder is not null).Select(program => program.Suite).Distinct()] : ["all"];
            var programs = wanted.SelectMany(catalog.Select).Select(workload => workload.Program).Distinct().Select(catalog.Find).ToList();
            if (programs.FirstOrDefault(program => program.Folder is null) is { } program)
                throw new HarnessException(program.Absence!);
            var checker = new Checker(
                [.. EngineCatalog.ParseOption(parsed.GetRequiredValue(engine)).Select(EngineCatalog.Open)],
                ReadConfigurations(parsed.GetRequiredValue(configurations)),
                TimeSpan.FromSeconds(parsed.GetValue(timeout)),
                parsed.GetValue(trace));
            return checker.Run(programs);
        });
        return command;
    }

    private static IReadOnlyList<SweepConfiguration> ReadConfigurations(string text) => text == AllConfigurations
        ? CheckConfigurations.All
        : [.. text.Split(',', StringSplitOptions.TrimEntries).Select(name => CheckConfigurations.All.FirstOrDefault(configuration => configuration.Name == name)
            ?? throw new HarnessException($"unknown configuration '{name}'; did you mean '{NameSuggestion.Nearest(name, CheckConfigurations.All.Select(configuration => configuration.Name))}'?"))];

    /// <summary>Runs programs in all cells and keeps count.</summary>
    private sealed class Checker(IReadOnlyList<IEngine> engines, IReadOnlyList<SweepConfiguration> configurations, TimeSpan timeout, bool traces)
    {
        private int right;
        private int wrong;
        private int absent;

        /// <summary>Runs programs, with a line for each.</summary>
        /// <returns>0 if all are right, else 1.</returns>
        public int Run(IReadOnlyList<ProgramDefinition> programs)
        {
            foreach (var program in programs)
                Check(program);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{right} right, {wrong} wrong, {absent} absent"));
            return wrong + absent == 0 ? 0 : 1;
        }

        private void Check(ProgramDefinition program)
        {
            var prepared = PreparedProgram.Prepare(program);
            if (prepared.Problem is { } problem)
            {
                absent++;
                Console.WriteLine($"ABSENT {program.Name}: {problem}");
                return;
            }

            using var traced = traces && program.Host == HostKind.J2cl ? new TracedModule(prepared.Request!.Module!) : null;
            var request = traced is null ? prepared.Request! : prepared.Request! with { Module = traced.Path };
            var mistakes = new List<string>();
            string? reference = null;
            foreach (var (engine, configuration) in Cells)
            {
                var report = ProgramResult.Check(program, engine.Measure(ToRequest(request, configuration), timeout));
                if (report.Status != WorkerStatus.Ok)
                {
                    mistakes.Add($"{engine.Name}, {configuration.Name}: {report.Message}");
                    continue;
                }

                var digest = string.Join(' ', report.Outputs.Select(output => $"{output.Sha256} {output.ExitCode} {string.Join(' ', output.Files.Order())}"));
                reference ??= digest;
                if (digest != reference && !program.IsVolatile)
                    mistakes.Add($"{engine.Name}, {configuration.Name}: its result is not that of the first configuration");
            }

            right += mistakes.Count == 0 ? 1 : 0;
            wrong += mistakes.Count == 0 ? 0 : 1;
            if (mistakes.Count == 0)
                Console.WriteLine($"right  {program.Name}{(HasCheck(program) ? "" : " (it gives no result that could be wrong)")}");
            foreach (var mistake in mistakes)
                Console.WriteLine($"WRONG  {program.Name}: {mistake}");
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
}
