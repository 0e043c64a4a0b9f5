namespace Harness.Experiments.Tests;

/// <summary>The command <c>harness</c> in a process of its own.</summary>
internal static class HarnessProcess
{
    /// <summary>Arguments of <c>dotnet</c> by which the command runs.</summary>
    /// <param name="arguments">Arguments of the command.</param>
    public static string[] Arguments(params IEnumerable<string> arguments) => [typeof(HarnessException).Assembly.Location, .. arguments];

    /// <summary>Runs the command to its end.</summary>
    /// <param name="arguments">Its arguments.</param>
    public static ToolOutput Run(params IEnumerable<string> arguments) => ToolProcess.Run("dotnet", Arguments(arguments));
}
