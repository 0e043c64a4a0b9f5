using System.CommandLine;
using Harness.Engine.Configuration;
using Harness.Experiments.Engines;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Commands;

/// <summary><c>harness check</c>: runs programs once and compares what they give with what they must give.</summary>
internal static class CheckCommand
{
    private const string AllConfigurations = "all";
    private const string AllLowerings = "lowerings";

    public static Command Create()
    {
        var names = new Argument<string[]>("names") { Description = "names of programs, groups or suites; the project's own programs, or those of the suites given, if left out", Arity = ArgumentArity.ZeroOrMore };
        var suites = SuiteOption.Create();
        var configurations = new Option<string>("--configurations")
        {
            Description = $"'{AllConfigurations}', or names with commas between them: {string.Join(", ", CheckConfigurations.All.Select(configuration => configuration.Name))}; or '{AllLowerings}': "
                + $"of the programs chosen those in Dart, each compiled {CheckConfigurations.Lowerings.Count} times (every value of every knob dart.* alone, and all pairs of values, "
                + "without dart.wasm-opt) and run on every engine",
            HelpName = "NAMES",
            DefaultValueFactory = _ => CheckConfigurations.Default,
        };
        var engine = new Option<string>("--engine") { Description = "engines with commas between them, 'both' for ours and v8, or 'all'; with more than one, results must be equal", HelpName = "NAMES", DefaultValueFactory = _ => OwnEngine.EngineName };
        var trace = new Option<bool>("--trace") { Description = "make programs with the host j2cl tell every number that they read from or write to an object, and compare these" };
        var timeout = new Option<int>("--timeout") { Description = "seconds after which a program is stopped", HelpName = "N", DefaultValueFactory = _ => 300 }.AtLeast(1).AtMost(OptionRanges.MostSeconds);
        var command = new Command("check", "run programs once in one or more configurations, and check their results; ends with 1 if one is wrong or absent, or no engine could run it") { names, suites, configurations, engine, trace, timeout };
        var knobs = KnobOptions.AddCompilerTo(command);
        command.SetAction(parsed =>
        {
            var given = parsed.GetValue(suites) ?? [];
            var catalog = ProgramCatalog.Read(given);
            var wanted = parsed.GetValue(names) is { Length: > 0 } chosen ? chosen
                : given.Length > 0 ? [.. catalog.Programs.Where(program => program.Suite.Length > 0 && program.Folder is not null).Select(program => program.Suite).Distinct()] : ["all"];
            var programs = wanted.SelectMany(catalog.Select).Select(workload => workload.Program).Distinct().Select(catalog.Find).ToList();
            var asked = parsed.GetRequiredValue(configurations);
            if (asked == AllLowerings)
            {
                programs = OnlyCompiled(programs);
            }

            if (programs.FirstOrDefault(program => program.Folder is null) is { } program)
            {
                throw new HarnessException(program.Absence!);
            }

            var checker = new ProgramChecker(
                [.. EngineCatalog.ParseOption(parsed.GetRequiredValue(engine)).Select(EngineCatalog.Open)],
                ReadConfigurations(asked),
                TimeSpan.FromSeconds(parsed.GetValue(timeout)),
                parsed.GetValue(trace),
                knobs.Read(parsed),
                Console.Out);
            return checker.Run(programs);
        });
        return command;
    }

    /// <summary>The programs that are compiled from Dart, of which it says how many compilations they take: many make for a long run.</summary>
    /// <exception cref="HarnessException">There are none.</exception>
    private static List<ProgramDefinition> OnlyCompiled(List<ProgramDefinition> programs)
    {
        List<ProgramDefinition> compiled = [.. programs.Where(program => program.IsCompiled)];
        if (compiled.Count == 0)
        {
            throw new HarnessException($"--configurations {AllLowerings} is for programs that are compiled from Dart, and none of these is ('harness workloads dart-micro' lists some)");
        }

        var builds = CheckConfigurations.Lowerings.Count;
        Console.Error.WriteLine(FormattableString.Invariant($"harness: {compiled.Count} programs in Dart, each compiled {builds} times: {compiled.Count * builds} compilations"));
        return compiled;
    }

    private static IReadOnlyList<SweepConfiguration> ReadConfigurations(string text) => text switch
    {
        AllConfigurations => CheckConfigurations.All,
        AllLowerings => CheckConfigurations.Lowerings,
        _ => [.. text.Split(',', StringSplitOptions.TrimEntries).Select(name => CheckConfigurations.All.FirstOrDefault(configuration => configuration.Name == name)
            ?? throw new HarnessException($"unknown configuration '{name}'; did you mean '{NameSuggestion.Nearest(name, CheckConfigurations.All.Select(configuration => configuration.Name))}'?"))],
    };
}
