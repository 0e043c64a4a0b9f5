using System.CommandLine;
using System.CommandLine.Parsing;
using Harness.Dart;
using Harness.Engine.Configuration;
using Harness.Experiments.Engines;

namespace Harness.Experiments.Commands;

/// <summary>
/// An option for each knob, made from the registry: <c>--inlining.budget 3000</c>. With <c>--config FILE</c> come those of a file, as tuning runs write it, a line each:
/// <c>inlining.budget: 3000</c>.
/// </summary>
internal sealed class KnobOptions
{
    /// <summary>The option that every command has which takes knobs as options.</summary>
    public const string FileOption = "--config";

    private readonly List<(Knob Knob, Option<string?> Option)> _options;
    private readonly Option<string?> _file = new(FileOption)
    {
        Description = "file with knob values, a line each as in 'inlining.budget: 3000'; those that are none of this command are passed over, options of their own come before it", HelpName = "FILE",
    };

    private KnobOptions(List<(Knob Knob, Option<string?> Option)> options) => _options = options;

    /// <summary>Adds the knobs of this engine to a command.</summary>
    public static KnobOptions AddTo(Command command) => Add(command, KnobRegistry.All);

    /// <summary>Adds the knobs of the Dart compiler to a command that compiles programs.</summary>
    public static KnobOptions AddCompilerTo(Command command) => Add(command, DartKnobs.All);

    /// <summary>Adds the knobs of both to a command that compiles programs and runs them on this engine.</summary>
    public static KnobOptions AddAllTo(Command command) => Add(command, KnobRegistry.All.Concat<Knob>(DartKnobs.All));

    /// <summary>The knobs given on the command line, by name.</summary>
    /// <exception cref="KnobException">A knob is unknown, or does not take its value.</exception>
    public IReadOnlyDictionary<string, string> Read(ParseResult parsed)
    {
        RefuseUnknownKnobs(parsed);
        var values = parsed.GetValue(_file) is { } path ? ConfigurationFile.Read(path).Where(pair => _options.Exists(option => option.Knob.Name == pair.Key)).ToDictionary() : [];
        foreach (var (knob, option) in _options)
        {
            if (parsed.GetValue(option) is { } value)
            {
                values[knob.Name] = value;
            }
        }

        KnobCatalog.Check(values);
        EngineOptions.FromDictionary(KnobCatalog.Shared(values));
        return values;
    }

    private static KnobOptions Add(Command command, IEnumerable<Knob> knobs)
    {
        var options = knobs.Select(knob => (knob, new Option<string?>("--" + knob.Name)
        {
            Description = $"{knob.Documentation}; {knob.RangeText}{(knob.Unit is null ? "" : " " + knob.Unit)} [{knob.DefaultText}]",
            HelpName = knob.Type is KnobType.Bool ? "on|off" : knob.Type is KnobType.Enum ? "NAME" : knob.Type is KnobType.Path or KnobType.Model or KnobType.Decisions or KnobType.Assembly ? "FILE" : knob.Type is KnobType.Folder ? "FOLDER" : knob.Type is KnobType.Flags ? "FLAGS" : "N",
        })).ToList();
        var added = new KnobOptions(options);
        command.Options.Add(added._file);
        foreach (var (_, option) in options)
        {
            command.Options.Add(option);
        }

        return added;
    }

    /// <summary>How a knob is written: the one whose name is nearest to what was asked for.</summary>
    private string Example(string wanted)
    {
        var knob = _options.Find(option => option.Knob.Name == NameSuggestion.Nearest(wanted, _options.Select(pair => pair.Knob.Name))).Knob;
        return $"{knob.Name} {knob.DefaultText}";
    }

    /// <summary>What stands before and behind the first sign =; nothing behind where there is none.</summary>
    private static (string Name, string? Value) Divide(string text) => text.IndexOf('=', StringComparison.Ordinal) is >= 0 and var end ? (text[..end], text[(end + 1)..]) : (text, (string?)null);

    /// <summary>A mistyped option would otherwise be taken for an argument, as what stands behind <c>--</c> is meant to be.</summary>
    private void RefuseUnknownKnobs(ParseResult parsed)
    {
        List<Token> tokens = [.. parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash)];
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            if (token.Type != TokenType.Argument || !token.Value.StartsWith("--", StringComparison.Ordinal))
            {
                continue;
            }

            if (_options.Exists(option => option.Knob.Type == KnobType.Flags && parsed.GetValue(option.Option) == token.Value))
            {
                continue;
            }

            var (name, value) = Divide(token.Value[2..]);
            if (KnobCatalog.All.Any(knob => knob.Name == name))
            {
                throw new KnobException($"knob '{name}' is none of this command");
            }

            // 'harness measure' has one option for all of them, --knob NAME=VALUE, and other programs have theirs: what follows names a knob.
            var (wanted, setting) = Divide(value ?? tokens.ElementAtOrDefault(i + 1)?.Value ?? "");
            if (_options.Exists(option => option.Knob.Name == wanted))
            {
                throw new KnobException($"there is no option '--{name}': each knob is an option of its own, as in --{wanted} {setting ?? "VALUE"} ('harness knobs' lists all)");
            }

            if (name is "knob" or "knobs")
            {
                throw new KnobException($"there is no option '--{name}': each knob is an option of its own, as in --{Example(wanted)} ('harness knobs' lists all)");
            }

            throw new KnobException($"unknown knob '{name}'; did you mean '{NameSuggestion.Nearest(name, _options.Select(pair => pair.Knob.Name))}'? ('harness knobs' lists all)");
        }
    }
}
