using Harness.Engine.Configuration;
using Harness.Experiments.Engines;

namespace Harness.Experiments.Commands;

/// <summary>
/// Reads files of knob values, as tuning runs write them: a line each, as in <c>inlining.budget: 3000</c>. A file that a value names is looked for beside the configuration first, so that a folder with both can be moved.
/// </summary>
internal static class ConfigurationFile
{
    /// <summary>The knobs of a file, of whatever engine.</summary>
    /// <exception cref="HarnessException">It cannot be read, or a knob is unknown or does not take its value; the message names the file.</exception>
    public static Dictionary<string, string> Read(string path)
    {
        var values = YamlFile.Read<Dictionary<string, string?>>(path, "configuration");
        if (values.FirstOrDefault(pair => pair.Value is null).Key is { } empty)
        {
            throw new HarnessException($"configuration {path}: knob '{empty}' has no value; write one, as in '{empty}: on'");
        }

        try
        {
            var found = values.ToDictionary(pair => pair.Key, pair => Place(pair.Key, pair.Value!, path));
            KnobCatalog.Check(found);
            return found;
        }
        catch (KnobException exception)
        {
            throw new HarnessException($"configuration {path}: {exception.Message}", exception);
        }
    }

    /// <summary>The full path of a file that a value names and that lies beside the configuration; any other value as it is.</summary>
    private static string Place(string knob, string value, string path)
    {
        if (KnobCatalog.Find(knob).Type is not (KnobType.Path or KnobType.Model or KnobType.Decisions or KnobType.Assembly))
        {
            return value;
        }

        var beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, value);
        return File.Exists(beside) ? beside : value;
    }
}
