using System.Text.RegularExpressions;
using Harness.Dart;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Experiments.Fuzzing.Observers;

/// <summary>Runs a module of the Dart compiler on this engine and tells what it prints, line by line, and how it ends, in the words that <c>observe.mjs</c> uses.</summary>
internal static partial class DartObserver
{
    /// <summary>
    /// The lines of the output, then <c>exit</c> and the exit code, or <c>trap:</c> and its category. The functions of a stack trace are left out: their places in the module are others with each lowering.
    /// </summary>
    public static IReadOnlyList<string> Observe(Store store, WasmModule module)
    {
        var output = new StringWriter();
        var code = 0;
        var trap = EngineObserver.TrapOf(() => code = new DartHost(output).Run(store, module));
        return [.. output.ToString().Split('\n')[..^1].Where(line => !TraceLine().IsMatch(line)), trap ?? $"exit {code}"];
    }

    [GeneratedRegex(@"^#\d+ {2}")]
    private static partial Regex TraceLine();
}
