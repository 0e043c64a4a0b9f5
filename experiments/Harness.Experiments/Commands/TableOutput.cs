using System.CommandLine;
using Harness.Experiments.Reports;
using Harness.Experiments.Reports.Tables;

namespace Harness.Experiments.Commands;

/// <summary>The options by which commands print their table as JSON, CSV or Markdown instead of text.</summary>
internal sealed class TableOutput
{
    private readonly string _command;
    private readonly Option<bool> _json = new("--json") { Description = "print JSON: an array of objects" };
    private readonly Option<bool> _csv = new("--csv") { Description = "print CSV" };
    private readonly Option<string?> _markdown;

    private TableOutput(string command)
    {
        _command = command;
        _markdown = new Option<string?>("--markdown")
        {
            Description = $"print Markdown, or put it into FILE where it says 'begin: ./harness {command}'",
            HelpName = "FILE",
            Arity = ArgumentArity.ZeroOrOne,
        };
    }

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="name">Its name as sections of documents have it, where it is a command of another one; its own if left out.</param>
    public static TableOutput AddTo(Command command, string? name = null)
    {
        var output = new TableOutput(name ?? command.Name);
        command.Options.Add(output._json);
        command.Options.Add(output._csv);
        command.Options.Add(output._markdown);
        command.Validators.Add(result =>
        {
            if (result.Children.Count(child => child is System.CommandLine.Parsing.OptionResult { Implicit: false } option && (option.Option == output._json || option.Option == output._csv || option.Option == output._markdown)) > 1)
            {
                result.AddError("--json, --csv and --markdown exclude each other.");
            }
        });
        return output;
    }

    /// <summary>The format that was asked for.</summary>
    public TableFormat FormatOf(ParseResult parsed) =>
        parsed.GetValue(_json) ? TableFormat.Json
        : parsed.GetValue(_csv) ? TableFormat.Csv
        : parsed.GetResult(_markdown) is not null ? TableFormat.Markdown
        : TableFormat.Text;

    /// <summary>Prints a table in the format that was asked for; where programs read it, its notes go to standard error.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="table">The table.</param>
    /// <param name="arguments">The arguments of the command by which its section is found in a document.</param>
    /// <param name="folds">Whether its texts are long, so that they are folded on a terminal.</param>
    public void Print(ParseResult parsed, ResultTable table, string arguments, bool folds = false)
    {
        var format = FormatOf(parsed);
        if (format == TableFormat.Text && folds)
        {
            TerminalTable.Write(table);
            return;
        }

        if (format == TableFormat.Markdown)
        {
            PrintMarkdown(parsed, TableWriter.Write(table, format), arguments);
            return;
        }

        Console.Write(TableWriter.Write(table, format));
        if (format == TableFormat.Text)
        {
            return;
        }

        foreach (var note in table.Notes)
        {
            Console.Error.WriteLine(note);
        }
    }

    /// <summary>The document that Markdown is put into; null where it is printed.</summary>
    public string? DocumentOf(ParseResult parsed) => parsed.GetValue(_markdown);

    /// <summary>Prints Markdown, or puts it into the document that was named.</summary>
    public void PrintMarkdown(ParseResult parsed, string text, string arguments) =>
        GeneratedSection.Write(DocumentOf(parsed), $"./harness {_command} {arguments}".TrimEnd(), text);
}
