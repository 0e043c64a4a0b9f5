using Harness.Engine.Configuration;
using Harness.Experiments.Engines;

namespace Harness.Experiments.Commands;

/// <summary>Reads files of knob values, as tuning runs write them: a line each, as in <c>inlining.budget: 3000</c>.</summary>
internal static class ConfigurationFile
{
    /// <summary>The knobs of a file, of whatever engine.</summary>
    /// <exception cref="HarnessException">It cannot be read, or a knob is unknown or does not take its value; the message names the file.</exception>
    public static Dictionary<string, string> Read(string path)
    {
        var values = YamlFile.Read<Dictionary<string, string?>>(path, "configuration");
        if (values.FirstOrDefault(pair => pair.Value is null).Key is { } empty)
            throw new HarnessException($"configuration {path}: knob '{empty}' has no value; write one, as in '{empty}: on'");
        try
        {
            KnobCatalog.Check(values!);
        }
        catch (KnobException exception)
        {
            throw new HarnessException($"configuration {path}: {exception.Message}", exception);
        }

        return values.ToDictionary(pair => pair.Key, pair => pair.Value!);
    }
}
