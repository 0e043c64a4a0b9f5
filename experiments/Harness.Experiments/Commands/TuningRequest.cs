using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Harness.Experiments.Commands;

/// <summary>
/// What <c>harness tune</c> was asked by flags, and the specification that they mean: an ordinary file, so that all else can read it. What is left out here is left out there. Whether it can be meant is what the reader of
/// specifications says, but for the form of the flags themselves.
/// </summary>
internal sealed partial record TuningRequest
{
    /// <summary>Begins the specification.</summary>
    public const string FirstLine = "# Made by 'harness tune' of its flags.";

    /// <summary>How a knob is written.</summary>
    public const string KnobForm = "NAME[=LOW..HIGH[:log]|=VALUE,…]";

    private static readonly string[] RacingNames = ["candidates", "rounds", "factor"];

    public string? Engine { get; init; }

    public string? Method { get; init; }

    /// <summary>The knobs as the user wrote them, each in <see cref="KnobForm"/>.</summary>
    public IReadOnlyList<string> Knobs { get; init; } = [];

    public IReadOnlyList<string> Train { get; init; } = [];

    public IReadOnlyList<string> Validation { get; init; } = [];

    public IReadOnlyList<string> HeldOut { get; init; } = [];

    /// <summary>Weights as the user wrote them, each as <c>NAME=NUMBER</c>; so are <see cref="Constraints"/> and <see cref="Racing"/>.</summary>
    public IReadOnlyList<string> Objective { get; init; } = [];

    public IReadOnlyList<string> Constraints { get; init; } = [];

    public IReadOnlyList<string> Racing { get; init; } = [];

    public string? Weigh { get; init; }

    public int? Processes { get; init; }

    public double? Minutes { get; init; }

    public int? Finalists { get; init; }

    public int? ConfirmRounds { get; init; }

    public int? Seed { get; init; }

    public int? TimedCalls { get; init; }

    public double? TimeoutSeconds { get; init; }

    /// <summary>The specification.</summary>
    /// <exception cref="HarnessException">A flag is not of its form, or says something twice; the message names it.</exception>
    public string ToYaml()
    {
        var text = new StringBuilder().Append(FirstLine).Append('\n');
        AddText("engine", Engine);
        AddText("method", Method);
        if (Knobs.Count > 0)
        {
            var knobs = Knobs.Select(ReadKnob).ToList();
            RefuseTwice("--knob", knobs.Select(knob => knob.Name));
            text.Append("knobs:\n");
            foreach (var (name, values) in knobs)
            {
                text.Append(CultureInfo.InvariantCulture, $"  {YamlText.Quote(name)}: {{{values}}}\n");
            }
        }

        AddNames("train", Train);
        AddNames("validation", Validation);
        AddNames("held-out", HeldOut);
        AddNumbers("objective", Objective);
        AddText("weigh", Weigh);
        AddNumbers("constraints", Constraints);
        if (Racing.Select(pair => ReadPair("--racing", pair).Name).FirstOrDefault(name => !RacingNames.Contains(name)) is { } unknown)
        {
            throw new HarnessException($"--racing takes {string.Join(", ", RacingNames)}, not '{unknown}'");
        }

        AddNumbers("racing", Racing);
        if (Processes is not null || Minutes is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"budget: {{{string.Join(", ", ((string?[])[Field("processes", Processes), Field("minutes", Minutes)]).OfType<string>())}}}\n");
        }

        AddNumber("finalists", Finalists);
        AddNumber("confirm-rounds", ConfirmRounds);
        AddNumber("seed", Seed);
        AddNumber("timed-calls", TimedCalls);
        AddNumber("timeout-seconds", TimeoutSeconds);
        return text.ToString();

        void AddText(string field, string? value)
        {
            if (value is not null)
            {
                text.Append(CultureInfo.InvariantCulture, $"{field}: {YamlText.Quote(value)}\n");
            }
        }

        void AddNumber(string field, IFormattable? value)
        {
            if (Field(field, value) is { } line)
            {
                text.Append(line).Append('\n');
            }
        }

        void AddNames(string field, IReadOnlyList<string> names)
        {
            if (names.Count > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"{field}: {YamlText.List(names)}\n");
            }
        }

        void AddNumbers(string field, IReadOnlyList<string> pairs)
        {
            if (pairs.Count == 0)
            {
                return;
            }

            var read = pairs.Select(pair => ReadPair("--" + field, pair)).ToList();
            RefuseTwice("--" + field, read.Select(pair => pair.Name));
            text.Append(CultureInfo.InvariantCulture, $"{field}: {{{string.Join(", ", read.Select(pair => $"{YamlText.Quote(pair.Name)}: {pair.Number}"))}}}\n");
        }
    }

    private static string? Field(string name, IFormattable? value) => value is null ? null : $"{name}: {value.ToString(null, CultureInfo.InvariantCulture)}";

    private static (string Name, string Values) ReadKnob(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var (name, values) = equals < 0 ? (text, (string?)null) : (text[..equals], text[(equals + 1)..]);
        if (name.Length == 0 || values is { Length: 0 })
        {
            throw new HarnessException($"--knob {text}: write {KnobForm}");
        }

        if (values == "..")
        {
            throw new HarnessException($"--knob {text}: the range has neither end; write {KnobForm}");
        }

        if (values is null)
        {
            return (name, "");
        }

        if (NumberRange().Match(values) is not { Success: true } range)
        {
            return (name, $"values: {YamlText.List(values.Split(',', StringSplitOptions.TrimEntries))}");
        }

        string?[] fields = [End("low"), End("high"), range.Groups["scale"] is { Success: true } scale ? $"scale: {YamlText.Quote(scale.Value)}" : null];
        return (name, string.Join(", ", fields.OfType<string>()));

        string? End(string end) => range.Groups[end].Value is { Length: > 0 } number ? $"{end}: {ReadNumber("--knob", text, number)}" : null;
    }

    private static (string Name, string Number) ReadPair(string option, string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 ? (text[..equals], ReadNumber(option, text, text[(equals + 1)..])) : throw new HarnessException($"{option} {text}: write NAME=NUMBER");
    }

    private static string ReadNumber(string option, string text, string number) => double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
        ? value.ToString("R", CultureInfo.InvariantCulture)
        : throw new HarnessException($"{option} {text}: '{number}' is no number");

    private static void RefuseTwice(string option, IEnumerable<string> names)
    {
        if (names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new HarnessException($"{option} {twice.Key} is given twice; give it once");
        }
    }

    /// <summary>A range of numbers, either end of which may be left out. A path with two dots in it has a slash beside them.</summary>
    [GeneratedRegex(@"^(?<low>[-+.\w]*?)\.\.(?<high>[-+.\w]*)(:(?<scale>\w*))?$")]
    private static partial Regex NumberRange();
}
