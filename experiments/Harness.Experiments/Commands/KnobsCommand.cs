using System.CommandLine;
using System.Text;
using System.Text.Json;
using Harness.Dart;
using Harness.Engine.Configuration;
using Harness.Experiments.Engines;
using Harness.Experiments.Reports;
using Harness.Experiments.Reports.Tables;

namespace Harness.Experiments.Commands;

/// <summary><c>harness knobs</c>: all knobs, those of this engine and those of the others, from the registry.</summary>
internal static class KnobsCommand
{
    private const string CompilerName = "dart";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var csv = new Option<bool>("--csv") { Description = "print CSV" };
        var markdown = new Option<string?>("--markdown")
        {
            Description = "print a Markdown table, or put it into FILE where it says 'begin: ./harness knobs'",
            HelpName = "FILE",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var engine = new Argument<string?>("engine") { Description = "only the knobs of this engine, or of the compiler 'dart'", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("knobs", "list every knob: type, range, default, meaning, and V8's flag of the same meaning") { engine, json, csv, markdown };
        command.SetAction(parsed =>
        {
            var knobs = Choose(parsed.GetValue(engine));
            if (parsed.GetValue(json))
            {
                Console.WriteLine(ToJson(knobs));
            }
            else if (parsed.GetValue(csv))
            {
                Console.Write(TableWriter.Write(MakeTable(knobs), TableFormat.Csv));
            }
            else if (parsed.GetResult(markdown) is not null)
            {
                GeneratedSection.Write(parsed.GetValue(markdown), "./harness knobs", ToMarkdown());
            }
            else
            {
                TerminalTable.Write(MakeTable(knobs));
            }
        });
        return command;
    }

    private static IReadOnlyCollection<Knob> Choose(string? engine) => engine switch
    {
        null => KnobCatalog.All,
        CompilerName => DartKnobs.All,
        _ => [.. KnobCatalog.All.Where(knob => !KnobCatalog.IsOfPrograms(knob.Name) && (KnobCatalog.OwnerOf(knob.Name)?.Name ?? OwnEngine.EngineName) == EngineCatalog.CheckName(engine))],
    };

    private static string ToJson(IReadOnlyCollection<Knob> knobs) => JsonSerializer.Serialize(
        knobs.Select(knob => new
        {
            knob.Name,
            Type = JsonNamingPolicy.KebabCaseLower.ConvertName(knob.Type.ToString()),
            Default = knob.DefaultText,
            knob.Minimum,
            knob.Maximum,
            knob.Unit,
            Values = knob.Values.Select(value => new { value.Name, value.Documentation, value.V8Flags }),
            knob.Documentation,
            (knob as EngineKnob)?.V8Flag,
        }),
        Json);

    /// <summary>The knobs of this engine and of the Dart compiler as a Markdown table.</summary>
    public static string ToMarkdown()
    {
        var text = new StringBuilder("| knob | default | meaning | V8's flag |\n| --- | --- | --- | --- |\n");
        foreach (var knob in KnobRegistry.All.Concat<Knob>(DartKnobs.All))
        {
            var unit = knob.Unit is null ? "" : $" ({knob.Unit})";
            var values = knob.Type == KnobType.Enum ? $": {knob.RangeText}" : "";
            text.Append($"| `{knob.Name}` | {knob.DefaultText} | {knob.Documentation}{unit}{values} | {Flag(knob, "`")} |\n");
        }

        return text.ToString();
    }

    private static ResultTable MakeTable(IReadOnlyCollection<Knob> knobs)
    {
        var table = new ResultTable([new("knob"), new("type"), new("range"), new("default"), new("meaning"), new("unit"), new("v8_flag")]);
        foreach (var knob in knobs)
        {
            table.Add(knob.Name, TypeName(knob), knob.RangeText, knob.DefaultText, knob.Documentation, knob.Unit, Flag(knob, ""));
        }

        return table;
    }

    private static string TypeName(Knob knob) => JsonNamingPolicy.KebabCaseLower.ConvertName(knob.Type.ToString());

    private static string Flag(Knob knob, string quote) => knob is EngineKnob { V8Flag: { } flag } ? quote + flag + quote : "";
}
