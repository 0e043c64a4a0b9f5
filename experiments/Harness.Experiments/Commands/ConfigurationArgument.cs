using Harness.Engine.Configuration;
using Harness.Experiments.Engines;
using Harness.Experiments.Results;

namespace Harness.Experiments.Commands;

/// <summary>
/// A configuration as a command takes it as one argument: knobs, a file of them, one of a results folder, or the default. It is read for what this engine does with programs, so that what files and
/// results say to other engines is passed over; what they say to the Dart compiler is not.
/// </summary>
internal static class ConfigurationArgument
{
    /// <summary>The name of the configuration that has no knobs.</summary>
    public const string Default = "default";

    /// <summary>How it is written, for descriptions.</summary>
    public const string Forms =
        "knobs such as inlining.budget=100,deopt=off, a file of them (.yaml), such as a search's winner, RESULTS[@COMMIT]:CONFIGURATION for one of a sweep, or 'default'";

    private const char Separator = ':';

    /// <summary>The knobs of this engine and of the Dart compiler that it sets.</summary>
    /// <exception cref="HarnessException">It is of none of the forms, or names what there is not; the message says how to mend it.</exception>
    /// <exception cref="KnobException">A knob is unknown, or does not take its value.</exception>
    public static IReadOnlyDictionary<string, string> Read(string text)
    {
        if (text == Default)
        {
            return new Dictionary<string, string>();
        }

        if (text.EndsWith(".yaml", StringComparison.Ordinal))
        {
            return KnobCatalog.OfThisEngine(ConfigurationFile.Read(text));
        }

        // Knobs begin with a name and its value, in which there may be any sign.
        var (colon, equals) = (text.IndexOf(Separator, StringComparison.Ordinal), text.IndexOf('=', StringComparison.Ordinal));
        return colon > 0 && (equals < 0 || colon < equals) ? OfResults(text[..colon], text[(colon + 1)..]) : OfKnobs(text);
    }

    private static Dictionary<string, string> OfKnobs(string text)
    {
        var knobs = new Dictionary<string, string>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                throw new HarnessException($"'{part}' is no knob with its value; write KNOB=VALUE, with commas between several, or '{Default}'");
            }

            if (!knobs.TryAdd(part[..equals], part[(equals + 1)..]))
            {
                throw new HarnessException($"'{text}' gives the knob '{part[..equals]}' twice; give it once");
            }
        }

        if (knobs.Count == 0)
        {
            throw new HarnessException($"'{text}' names no knob; write KNOB=VALUE, with commas between several, or '{Default}'");
        }

        KnobCatalog.Check(knobs);
        if (knobs.Keys.FirstOrDefault(knob => KnobCatalog.OwnerOf(knob) is not null) is { } foreign)
        {
            throw new HarnessException($"knob '{foreign}' is one of {KnobCatalog.OwnerOf(foreign)!.Title} alone, and this engine is asked; leave it out");
        }

        return knobs;
    }

    /// <summary>What a configuration sets otherwise than the defaults: provenance has the values of all knobs, and says nothing by those that are as they would be anyway.</summary>
    private static Dictionary<string, string> OfResults(string results, string configuration)
    {
        var folder = ComparisonSide.FindFolder(results);
        if (Provenance.Read(folder.Provenance) is not { } provenance)
        {
            throw new HarnessException($"{folder.Path} has no provenance.json, which alone says what the knobs of its configurations are");
        }

        if (!provenance.Knobs.TryGetValue(configuration, out var knobs))
        {
            throw new HarnessException($"{folder.Path} has no configuration '{configuration}'; it has {string.Join(", ", provenance.Knobs.Keys.Order(StringComparer.Ordinal).Take(20))}");
        }

        try
        {
            return KnobCatalog.OfThisEngine(knobs).Where(pair => KnobCatalog.Find(pair.Key) is var knob && !knob.Parse(pair.Value).Equals(knob.Default)).ToDictionary();
        }
        catch (KnobException exception)
        {
            throw new HarnessException($"configuration '{configuration}' of {folder.Path}: {exception.Message}", exception);
        }
    }
}
