namespace Harness.Experiments.Engines;

/// <summary>The engines that can be measured.</summary>
internal static class EngineCatalog
{
    public static IReadOnlyList<string> Names { get; } = [OwnEngine.EngineName, V8Engine.EngineName];

    /// <summary>Makes an engine ready for use; for V8 this installs Node on first need.</summary>
    public static IEngine Open(string name) => CheckName(name) == OwnEngine.EngineName ? new OwnEngine() : new V8Engine();

    /// <summary>Returns the name if there is such an engine.</summary>
    /// <exception cref="HarnessException">There is none.</exception>
    public static string CheckName(string name) =>
        Names.Contains(name) ? name : throw new HarnessException($"unknown engine '{name}'; there are {string.Join(" and ", Names)}");

    /// <summary>The engine's name for charts and tables.</summary>
    public static string TitleOf(string name) => name == OwnEngine.EngineName ? "this engine" : "V8";

    /// <summary>Reads the value of an <c>--engine</c> option.</summary>
    public static IReadOnlyList<string> ParseOption(string text) => text == "both" ? Names : [CheckName(text)];
}
