using System.Diagnostics;

namespace Harness.Experiments.Engines;

/// <summary>Binaryen's <c>wasm-opt</c>.</summary>
internal static class WasmOpt
{
    /// <summary>Makes a module.</summary>
    /// <param name="node">Path of Node, which runs wasm-opt.</param>
    /// <param name="arguments">Its arguments but for the output.</param>
    /// <param name="target">Path of the module to be made.</param>
    /// <exception cref="HarnessException">It failed.</exception>
    public static void Run(string node, IEnumerable<string> arguments, string target)
    {
        var start = new ProcessStartInfo(node, [NodeInstallation.WasmOptPath, .. arguments, "-o", target]) { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var words = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0 || !File.Exists(target))
            throw new HarnessException($"wasm-opt failed with code {process.ExitCode}: {words}");
    }
}
