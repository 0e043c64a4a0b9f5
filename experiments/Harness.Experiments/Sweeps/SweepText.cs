using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace Harness.Experiments.Sweeps;

/// <summary>Changes the text of sweep files, so that what is kept beside results says what was measured where that is not what the file said.</summary>
internal static class SweepText
{
    /// <summary>The text with other configurations and another number of repetitions, and all else as it was.</summary>
    /// <param name="text">The text of a sweep file that was read without mistakes.</param>
    /// <param name="title">The title.</param>
    /// <param name="configurations">The configurations; knobs that the file sets for all of them may be repeated.</param>
    /// <param name="baseline">Name of the baseline.</param>
    /// <param name="repetitions">The number of repetitions.</param>
    public static string Replace(string text, string title, IReadOnlyList<SweepConfiguration> configurations, string baseline, int repetitions)
    {
        var root = Parse(text);
        foreach (var field in (string[])["grid", "baselines", "group-baseline", "include", "exclude"])
        {
            root.Children.Remove(new YamlScalarNode(field));
        }

        Set(root, "baseline", Text(baseline));
        SetFigures(root, title, repetitions);
        Set(root, "configurations", new YamlSequenceNode(configurations.Select(Describe)));
        return Save(root);
    }

    /// <summary>The text with another title and number of repetitions, and all else as it was.</summary>
    public static string Replace(string text, string title, int repetitions)
    {
        var root = Parse(text);
        SetFigures(root, title, repetitions);
        return Save(root);
    }

    private static void SetFigures(YamlMappingNode root, string title, int repetitions)
    {
        Set(root, "title", Text(title));
        Set(root, "repetitions", new YamlScalarNode(repetitions.ToString(CultureInfo.InvariantCulture)));
    }

    private static YamlMappingNode Parse(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return (YamlMappingNode)stream.Documents[0].RootNode;
    }

    private static YamlMappingNode Describe(SweepConfiguration configuration) => new(
        Text("name"), Text(configuration.Name),
        Text("title"), Text(configuration.Title),
        Text("knobs"), new YamlMappingNode(configuration.Knobs.SelectMany(knob => (YamlNode[])[Text(knob.Key), Text(knob.Value)])));

    private static YamlScalarNode Text(string text) => new(text) { Style = YamlDotNet.Core.ScalarStyle.DoubleQuoted };

    private static void Set(YamlMappingNode root, string field, YamlNode value) => root.Children[new YamlScalarNode(field)] = value;

    private static string Save(YamlMappingNode root)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        new YamlStream(new YamlDocument(root)).Save(writer, assignAnchors: false);

        // The end of the document is marked by three dots, which a file does not need.
        var text = writer.ToString();
        return text.EndsWith("...\n", StringComparison.Ordinal) ? text[..^4] : text;
    }
}
