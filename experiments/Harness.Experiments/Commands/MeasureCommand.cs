using System.CommandLine;
using System.Globalization;
using Harness.Engine.Modules;
using Harness.Experiments.Engines;
using Harness.Experiments.Reports;
using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Workloads;
using Spectre.Console;

namespace Harness.Experiments.Commands;

/// <summary><c>harness measure</c>: measures a module of the user's own, which no manifest has, or a program; a sweep of one program without a file.</summary>
internal static class MeasureCommand
{
    private static readonly TimeSpan MostProbe = TimeSpan.FromMinutes(5);

    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "module: .wasm or .wat; or the name of a program ('harness workloads' lists them)" };
        var arguments = new Argument<string[]>(HostOptions.ArgumentsName) { Description = HostOptions.ArgumentsText, Arity = ArgumentArity.ZeroOrMore };
        var invoke = new Option<string>("--invoke") { Description = "name of the exported function", HelpName = "NAME", DefaultValueFactory = _ => "main" };
        var engines = new Option<string>("--engines") { Description = "names with commas between them, 'both' for ours and v8, or 'all' ('harness engines' lists them)", HelpName = "NAMES", DefaultValueFactory = _ => OwnEngine.EngineName };
        var knobs = new Option<string[]>("--knob") { Description = "knob and values: with more than one, all are measured; with more than one knob, all combinations (may be repeated)", HelpName = "NAME=VALUE,…" };
        var expect = new Option<string[]>("--expect") { Description = "result that the function must give, as in i32:42 (may be repeated); what this engine gives if left out", HelpName = "RESULT" };
        var repetitions = new Option<int>("--repetitions") { Description = "processes for each engine and configuration", HelpName = "N", DefaultValueFactory = _ => 11 }.AtLeast(1).AtMost(SweepFile.MostRepetitions);
        var timedCalls = new Option<int>("--timed-calls") { Description = "calls that a process times once it is warmed up", HelpName = "N", DefaultValueFactory = _ => 3 }.AtLeast(1);
        var command = new Command("measure", "measure a module of your own, or a program, on one or more engines, with one or more values of knobs")
        {
            file, arguments, invoke, engines, knobs, expect, repetitions, timedCalls,
        };
        var hosts = HostOptions.AddTo(command, invoke);
        var running = SweepRunOptions.AddTo(command, "measure-NAME");
        command.SetAction(parsed =>
        {
            var name = parsed.GetRequiredValue(file);
            var known = SuiteOption.FindProgram(name, running.SuitesOf(parsed));
            if (known is not null)
            {
                hosts.RefuseForProgram(parsed, name, parsed.GetValue(arguments) ?? []);
                if (parsed.GetValue(expect) is { Length: > 0 })
                {
                    throw new HarnessException($"{expect.Name} is for modules of your own, and '{name}' is a program, whose manifest says what it must give; leave it out");
                }
            }

            var path = known is null ? Path.GetFullPath(name) : name;
            var module = known is null ? ModuleFile.Load(path) : null;
            var given = new MeasureRequest
            {
                Path = path,
                Known = known,
                Host = hosts.Read(parsed),
                Function = parsed.GetRequiredValue(invoke),
                Arguments = parsed.GetValue(arguments) ?? [],
                Expected = parsed.GetValue(expect) ?? [],
                Engines = EngineCatalog.ParseOption(parsed.GetRequiredValue(engines)),
                Knobs = [.. (parsed.GetValue(knobs) ?? []).Select(ReadKnob)],
                Repetitions = parsed.GetValue(repetitions),
                TimedCalls = parsed.GetValue(timedCalls),
            };
            given.Check();
            if (module is not null)
            {
                given.Host.Check(module, path);

                // Before a folder is made for what cannot be called.
                if (!given.Host.IsForCommands)
                {
                    _ = RunCommand.ParseArguments(module, path, given.Function, given.Arguments);
                }
            }

            var folder = running.FolderOf(parsed, given.FolderName + (running.IsQuick(parsed) ? QuickLook.Suffix : ""));
            if (!running.IsDry(parsed))
            {
                folder.Create();
            }

            var program = module is null ? MeasuredProgram.OfManifest : given.Host.IsForCommands ? ProbeCommand(given, running.IsDry(parsed)) : ProbeCall(given, module, running.IsDry(parsed));
            var sweep = running.Shape(parsed, SweepFile.Parse(given.ToSweep(program), Path.Combine(folder.Path, "measure.yaml"), () => ProgramCatalog.Read(running.SuitesOf(parsed)), known: null));
            SweepCommand.RequireSuites(sweep);
            var code = running.Run(parsed, sweep, folder);
            if (!running.IsDry(parsed) && File.Exists(folder.Results) && DurableCsv<Measurement>.Read(folder.Results).Count > 0)
            {
                WriteTable(folder);
            }

            return code;
        });
        return command;
    }

    private static KeyValuePair<string, IReadOnlyList<string>> ReadKnob(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0 || equals == text.Length - 1)
        {
            throw new HarnessException($"--knob {text}: write NAME=VALUE, or NAME=VALUE,VALUE,…");
        }

        var values = text[(equals + 1)..].Split(',', StringSplitOptions.TrimEntries);
        var knob = KnobCatalog.Find(text[..equals]);
        foreach (var value in values)
        {
            knob.Parse(value);
        }

        return new(knob.Name, values);
    }

    /// <summary>The call with what it must give: what the user says, or what this engine gives; nothing where it is not to be run.</summary>
    private static MeasuredProgram ProbeCall(MeasureRequest given, WasmModule module, bool isDry)
    {
        var arguments = RunCommand.ParseArguments(module, given.Path, given.Function, given.Arguments).Select(value => WasmLiterals.ToLiteral(value).ToString()).ToList();
        if (given.Expected.Count > 0)
        {
            return new MeasuredProgram(arguments, [.. given.Expected.Select(ReadExpected)], null);
        }

        if (isDry)
        {
            return new MeasuredProgram(arguments, [], null);
        }

        var report = Probe(given, OwnEngine.EngineName, given.ToDefinition(arguments));
        if (report.Outputs is not [var only])
        {
            throw new HarnessException($"'{given.Function}' gives other results at its second call than at its first ({string.Join("; then ", report.Outputs.Select(output => output.Text))}), so that it cannot be checked; measure a function that always gives the same");
        }

        return new MeasuredProgram(arguments, only.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries), null);
    }

    private static string ReadExpected(string text)
    {
        try
        {
            return TypedLiteral.Parse(text).ToString();
        }
        catch (FormatException exception)
        {
            throw new HarnessException($"--expect {exception.Message}", exception);
        }
    }

    /// <summary>The command with what it must print: what it prints on the first engine; nothing where it is not to be run.</summary>
    private static MeasuredProgram ProbeCommand(MeasureRequest given, bool isDry)
    {
        if (given.Expected.Count > 0)
        {
            throw new HarnessException("--expect is for functions; a WASI command must print on every engine what it prints on the first");
        }

        if (isDry)
        {
            return new MeasuredProgram([], [], new WorkerOutputText { Text = "", Sha256 = Sha256.HashToHex([]) });
        }

        var report = Probe(given, given.Engines[0], given.ToDefinition([]));
        return new MeasuredProgram([], [], report.Outputs[^1]);
    }

    private static WorkerReport Probe(MeasureRequest given, string engine, ProgramDefinition definition)
    {
        var prepared = PreparedProgram.Prepare(definition);
        if (prepared.Problem is { } problem)
        {
            throw new HarnessException(problem);
        }

        var program = prepared.Request!;
        if (program.Timed is { } call)
        {
            program = program with { Timed = call with { Expected = null }, WarmUp = call with { Expected = null } };
        }

        Console.Error.WriteLine($"harness: running it once on {engine}, to know what it must give");
        var request = new WorkerRequest { Program = program, TimedCalls = 1, Settle = new WarmUpRule(1, 0, 1, 1, 0), Knobs = new Dictionary<string, string>(), Checks = true };
        var report = EngineCatalog.Open(engine).Measure(request, MostProbe);
        return report.Status == WorkerStatus.Ok
            ? report
            : throw new HarnessException($"{Path.GetFileName(given.Path)} cannot be run on {engine} ({report.Message}){(!given.Host.IsForCommands ? "; say what it must give, as in '--expect i32:42', to measure it on other engines" : "")}");
    }

    private static void WriteTable(ResultsFolder folder)
    {
        var (sweep, summary) = ReportWriter.Summarize(folder);
        var workloads = summary.Workloads;
        string[] columns = [.. workloads.Count > 1 ? (string[])["workload"] : [], "engine", "configuration", "processes", "ms", "95%", "speedup", "95%", "code bytes", "warm-up"];
        var table = new Table().Border(TableBorder.Simple).AddColumns(columns);
        foreach (var workload in workloads)
        {
            foreach (var engine in summary.Engines)
            {
                foreach (var configuration in summary.ConfigurationsOf(engine))
                {
                    if (summary.Find(engine, configuration.Name, workload.Name) is { } cell)
                    {
                        string[] row = [.. workloads.Count > 1 ? (string[])[workload.Name] : [], .. Row(engine, configuration.Name, cell)];
                        table.AddRow([.. row.Select(Markup.Escape)]);
                    }
                }
            }
        }

        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = 400;
        }

        AnsiConsole.Write(table);
        foreach (var caution in Cautions.OfCells(sweep, summary).Where(caution => caution.Kind == CautionKind.TooShort))
        {
            Console.Error.WriteLine(caution.Text);
        }
    }

    private static string[] Row(string engine, string configuration, CellSummary cell) =>
    [
        engine, configuration, cell.Count.ToString(CultureInfo.InvariantCulture), MarkdownTable.Time(cell.Time.Value, "0.00"), cell.Time.HasInterval ? $"{MarkdownTable.Time(cell.Time.Low, "0.00")}–{MarkdownTable.Time(cell.Time.High, "0.00")}" : "–",
        cell.Speedup is { } speedup ? Number(speedup.Value) + "x" : "", cell.Speedup is { } interval && cell.Difference is not null ? Range(interval) : "",
        cell.OptimizedBytes > 0 ? cell.OptimizedBytes.ToString("0", CultureInfo.InvariantCulture) : "", cell.Unsettled > 0 ? $"{cell.Unsettled} unsettled" : "",
    ];

    private static string Range(Estimate estimate) => estimate.HasInterval ? $"{Number(estimate.Low)}–{Number(estimate.High)}" : "–";

    private static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
