using System.CommandLine;
using System.Text;
using System.Text.Json;
using Harness.Engine.Configuration;
using Harness.Experiments.Reports;
using Spectre.Console;

namespace Harness.Experiments.Commands;

/// <summary><c>harness knobs</c>: all knobs of the engine, from the registry.</summary>
internal static class KnobsCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var markdown = new Option<string?>("--markdown")
        {
            Description = "print a Markdown table, or put it into FILE where it says 'begin: ./harness knobs'",
            HelpName = "FILE",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("knobs", "list every knob: type, range, default, meaning, and V8's flag of the same meaning") { json, markdown };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(json))
                Console.WriteLine(ToJson());
            else if (parsed.GetResult(markdown) is not null)
                GeneratedSection.Write(parsed.GetValue(markdown), "./harness knobs", ToMarkdown());
            else
                WriteTable();
        });
        return command;
    }

    private static string ToJson() => JsonSerializer.Serialize(
        KnobRegistry.All.Select(knob => new
        {
            knob.Name,
            Type = JsonNamingPolicy.KebabCaseLower.ConvertName(knob.Type.ToString()),
            Default = knob.DefaultText,
            knob.Minimum,
            knob.Maximum,
            knob.Unit,
            Values = knob.Values.Select(value => new { value.Name, value.Documentation, value.V8Flags }),
            knob.Documentation,
            knob.V8Flag,
        }),
        Json);

    /// <summary>The knobs as a Markdown table.</summary>
    public static string ToMarkdown()
    {
        var text = new StringBuilder("| knob | default | meaning | V8's flag |\n| --- | --- | --- | --- |\n");
        foreach (var knob in KnobRegistry.All)
        {
            var unit = knob.Unit is null ? "" : $" ({knob.Unit})";
            var values = knob.Type == KnobType.Enum ? $": {knob.RangeText}" : "";
            text.Append($"| `{knob.Name}` | {knob.DefaultText} | {knob.Documentation}{unit}{values} | {Flag(knob, "`")} |\n");
        }

        return text.ToString();
    }

    private static void WriteTable()
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("knob", "type", "range", "default", "meaning", "V8's flag");
        foreach (var knob in KnobRegistry.All)
        {
            table.AddRow([.. new[]
            {
                knob.Name, TypeName(knob), knob.RangeText, knob.DefaultText,
                knob.Documentation + (knob.Unit is null ? "" : $" [{knob.Unit}]"), Flag(knob, ""),
            }.Select(Markup.Escape)]);
        }

        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = 240;
        AnsiConsole.Write(table);
    }

    private static string TypeName(Knob knob) => JsonNamingPolicy.KebabCaseLower.ConvertName(knob.Type.ToString());

    private static string Flag(Knob knob, string quote) => knob.V8Flag is { } flag ? quote + flag + quote : "";
}
