using System.CommandLine;
using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics;
using Harness.Experiments.Engines;
using Harness.Experiments.Explaining;
using Harness.Experiments.Reports.Tables;

namespace Harness.Experiments.Commands;

/// <summary><c>harness diff-decisions</c>: runs a program in two configurations and lists the calls that only one of them inlines, or leaves the code for where another target comes.</summary>
internal static class DiffDecisionsCommand
{
    private const string Default = "default";

    public static Command Create()
    {
        var a = new Argument<string>("a") { Description = "a configuration: knobs such as inlining.budget=100,deopt=off, a file of them (.yaml), such as a search's winner, or 'default'" };
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
            var (first, second) = (ReadKnobs(parsed.GetRequiredValue(a)), ReadKnobs(parsed.GetRequiredValue(b)));
            var path = parsed.GetRequiredValue(file);
            var words = parsed.GetValue(arguments) ?? [];
            var program = hosts.FindProgram(parsed, path, parsed.GetValue(suites) ?? [], words);
            Explanation Explain(EngineOptions options) => program is not null
                ? ExplainCommand.ExplainProgram(program, parsed.GetValue(repeat), options, new RecorderOptions(), new HashSet<string>())
                : ExplainCommand.ExplainModule(path, parsed.GetRequiredValue(invoke), words, parsed.GetValue(repeat), options, new RecorderOptions(), new HashSet<string>());
            var table = MakeTable(Explain(first), Explain(second));
            table.AddNote($"a is {parsed.GetRequiredValue(a)}, b is {parsed.GetRequiredValue(b)}; calls: how often the call was executed before the code was made; wire_bytes: size of the called function; cycles_saved, nodes_added: what inlining is estimated to save each time and to add (knobs inlining.benefit.*).");
            table.AddNote("Functions are optimized at the call that uses up their budget (tier-up synchronous) unless a configuration says otherwise, so that both see the same feedback.");
            output.Print(parsed, table, $"{parsed.GetRequiredValue(a)} {parsed.GetRequiredValue(b)} {path}");
        });
        return command;
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

    private static EngineOptions ReadKnobs(string text)
    {
        var knobs = new Dictionary<string, string> { ["tier-up"] = "synchronous" };
        if (text.EndsWith(".yaml", StringComparison.Ordinal))
        {
            // What such a file says to other engines decides nothing here.
            foreach (var (name, value) in KnobCatalog.Shared(ConfigurationFile.Read(text)))
                knobs[name] = value;
        }
        else if (text != Default)
        {
            foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                var equals = part.IndexOf('=', StringComparison.Ordinal);
                if (equals < 0)
                    throw new HarnessException($"'{part}' is no knob with its value; write KNOB=VALUE, with commas between several, or '{Default}'");
                knobs[part[..equals]] = part[(equals + 1)..];
            }
        }

        return EngineOptions.FromDictionary(knobs);
    }
}
