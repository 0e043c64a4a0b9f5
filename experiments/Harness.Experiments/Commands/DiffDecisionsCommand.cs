using System.CommandLine;
using Harness.Dart;
using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics;
using Harness.Experiments.Engines;
using Harness.Experiments.Explaining;
using Harness.Experiments.Reports.Tables;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Commands;

/// <summary><c>harness diff-decisions</c>: runs a program in two configurations and lists the calls that only one of them inlines, or leaves the code for where another target comes.</summary>
internal static class DiffDecisionsCommand
{
    public static Command Create()
    {
        var a = new Argument<string>("a") { Description = "a configuration: " + ConfigurationArgument.Forms };
        var b = new Argument<string>("b") { Description = "the configuration to compare it with" };
        var file = new Argument<string>("file") { Description = "module: .wasm or .wat; or the name of a program ('harness workloads' lists them)" };
        var arguments = new Argument<string[]>(HostOptions.ArgumentsName) { Description = HostOptions.ArgumentsText, Arity = ArgumentArity.ZeroOrMore };
        var invoke = new Option<string>("--invoke") { Description = "name of the exported function", HelpName = "NAME", DefaultValueFactory = _ => "main" };
        var repeat = new Option<int>("--repeat") { Description = "call the function N times", HelpName = "N", DefaultValueFactory = _ => 1 }.AtLeast(1);
        var suites = SuiteOption.Create();
        var command = new Command("diff-decisions", "run a program in two configurations and list the calls that only one of them inlines, or has a guard at, with reasons, what inlining costs and what it saves")
        {
            a, b, file, arguments, invoke, repeat, suites,
        };
        var hosts = HostOptions.AddTo(command, invoke);
        var output = TableOutput.AddTo(command);
        command.SetAction(parsed =>
        {
            var (nameOfA, nameOfB) = (parsed.GetRequiredValue(a), parsed.GetRequiredValue(b));
            var (first, second) = (ConfigurationArgument.Read(nameOfA), ConfigurationArgument.Read(nameOfB));
            var path = parsed.GetRequiredValue(file);
            var words = parsed.GetValue(arguments) ?? [];
            var program = hosts.FindProgram(parsed, path, parsed.GetValue(suites) ?? [], words);
            RequireOneModule(program, program is null ? path : $"program '{program.Name}'", (nameOfA, first), (nameOfB, second));
            Explanation Explain(IReadOnlyDictionary<string, string> knobs) => program is not null
                ? ExplainCommand.ExplainProgram(program, parsed.GetValue(repeat), OptionsOf(knobs), new RecorderOptions(), new HashSet<string>(), knobs)
                : ExplainCommand.ExplainModule(path, parsed.GetRequiredValue(invoke), words, parsed.GetValue(repeat), OptionsOf(knobs), new RecorderOptions(), new HashSet<string>());
            var table = MakeTable(Explain(first), Explain(second));
            table.AddNote($"a is {nameOfA}, b is {nameOfB}; calls: how often the call was executed before the code was made; wire_bytes: size of the called function; cycles_saved, nodes_added: what inlining is estimated to save each time and to add (knobs inlining.benefit.*).");
            table.AddNote("Functions are optimized at the call that uses up their budget (tier-up synchronous) unless a configuration says otherwise, so that both see the same feedback.");
            output.Print(parsed, table, $"{nameOfA} {nameOfB} {path}");
        });
        return command;
    }

    /// <summary>This engine's options in a configuration whose decisions are compared: functions are optimized at the call that uses up their budget unless it says otherwise, so that both sides see the same feedback.</summary>
    public static EngineOptions OptionsOf(IReadOnlyDictionary<string, string> knobs)
    {
        var all = new Dictionary<string, string> { ["tier-up"] = "synchronous" };
        foreach (var (knob, value) in KnobCatalog.Shared(knobs))
        {
            all[knob] = value;
        }

        return EngineOptions.FromDictionary(all);
    }

    /// <summary>The table of the differences.</summary>
    public static ResultTable MakeTable(Explanation a, Explanation b)
    {
        var table = new ResultTable(
        [
            new("function"), new("site"), new("instruction"), new("target"), new("calls", "0"), new("wire_bytes", "0"), new("cycles_saved", "0.#"), new("nodes_added", "0.#"), new("a"), new("b"), new("code_bytes_a", "0"), new("code_bytes_b", "0"),
        ]);
        var differences = DecisionDifference.Between(a, b);
        foreach (var difference in differences)
        {
            table.Add(
                difference.Function, difference.Site, difference.Instruction, difference.Target, difference.Calls, difference.WireBytes, difference.CyclesSaved, difference.NodesAdded,
                Words(difference.A), Words(difference.B), DecisionDifference.CodeBytes(a, difference.Function), DecisionDifference.CodeBytes(b, difference.Function));
        }

        var functions = differences.Select(difference => difference.Function).Distinct().Count();
        table.AddNote(differences.Count == 0 ? "Both decide alike about every call." : $"{differences.Count} calls in {functions} functions are decided differently.");
        return table;
    }

    private static string Words(Verdict? verdict) => verdict is null ? "not come to" : verdict.Reason;

    /// <summary>
    /// Refuses configurations that compile a program differently: a call is known by its function and its place there, which in another module are of another call. What they say of the compiler is
    /// refused where nothing is compiled.
    /// </summary>
    private static void RequireOneModule(
        ProgramDefinition? program, string subject, (string Name, IReadOnlyDictionary<string, string> Knobs) a, (string Name, IReadOnlyDictionary<string, string> Knobs) b)
    {
        if (program is not { IsCompiled: true })
        {
            KnobCatalog.RefuseOfPrograms(a.Knobs.Concat(b.Knobs), subject);
            return;
        }

        var (first, second) = (PreparedPrograms.BuildOf(program, a.Knobs), PreparedPrograms.BuildOf(program, b.Knobs));
        if (first != second)
        {
            throw new HarnessException($"{a.Name} and {b.Name} compile '{program.Name}' differently ({Build(first)}; {Build(second)}), and calls of two modules are not the same calls; give both the same knobs {DartKnobs.Prefix}*");
        }

        static string Build(string build) => build.Length == 0 ? "the compiler's defaults" : build;
    }
}
