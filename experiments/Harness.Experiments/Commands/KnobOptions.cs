using System.CommandLine;
using System.CommandLine.Parsing;
using Harness.Engine.Configuration;

namespace Harness.Experiments.Commands;

/// <summary>An option for each knob, made from the registry: <c>--inlining.budget 3000</c>.</summary>
internal sealed class KnobOptions
{
    private readonly List<(EngineKnob Knob, Option<string?> Option)> options;

    private KnobOptions(List<(EngineKnob Knob, Option<string?> Option)> options) => this.options = options;

    /// <summary>Adds the options to a command.</summary>
    public static KnobOptions AddTo(Command command)
    {
        var options = KnobRegistry.All.Select(knob => (knob, new Option<string?>("--" + knob.Name)
        {
            Description = $"{knob.Documentation}; {knob.RangeText}{(knob.Unit is null ? "" : " " + knob.Unit)} [{knob.DefaultText}]",
            HelpName = knob.Type is KnobType.Bool ? "on|off" : knob.Type is KnobType.Enum ? "NAME" : knob.Type is KnobType.Path or KnobType.Model ? "FILE" : "N",
        })).ToList();
        foreach (var (_, option) in options)
            command.Options.Add(option);
        return new KnobOptions(options);
    }

    /// <summary>The knobs given on the command line, by name.</summary>
    /// <exception cref="KnobException">A knob is unknown, or does not take its value.</exception>
    public IReadOnlyDictionary<string, string> Read(ParseResult parsed)
    {
        RefuseUnknownKnobs(parsed);
        var values = options
            .Select(pair => (pair.Knob.Name, Value: parsed.GetValue(pair.Option)))
            .Where(pair => pair.Value is not null)
            .ToDictionary(pair => pair.Name, pair => pair.Value!);
        EngineOptions.FromDictionary(values);
        return values;
    }

    /// <summary>A mistyped option would otherwise be taken for an argument.</summary>
    private static void RefuseUnknownKnobs(ParseResult parsed)
    {
        foreach (var token in parsed.Tokens)
        {
            if (token.Type == TokenType.Argument && token.Value.StartsWith("--", StringComparison.Ordinal))
                KnobRegistry.Find(token.Value[2..]);
        }
    }
}
