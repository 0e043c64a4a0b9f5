namespace Harness.Experiments.Engines;

/// <summary>Binaryen's <c>wasm-opt</c>.</summary>
internal static class WasmOpt
{
    // What both engines run and the Dart compiler's modules use; an optimizer may use no more.
    private static readonly string[] Features =
    [
        "mutable-globals", "nontrapping-float-to-int", "sign-ext", "bulk-memory", "reference-types", "gc", "exception-handling", "multivalue", "tail-call",
    ];

    /// <summary>Optimizes a module.</summary>
    /// <param name="module">The module.</param>
    /// <param name="flags">What is to be done, such as <c>-O2</c>.</param>
    /// <returns>The module as wasm-opt leaves it.</returns>
    /// <exception cref="HarnessException">wasm-opt is not installed, and could not be, or it failed.</exception>
    public static byte[] Optimize(byte[] module, IEnumerable<string> flags)
    {
        var folder = Directory.CreateTempSubdirectory("harness-wasm-opt-");
        try
        {
            var source = Path.Combine(folder.FullName, "module.wasm");
            var target = Path.Combine(folder.FullName, "optimized.wasm");
            File.WriteAllBytes(source, module);
            Run(NodeInstallation.NodePath, [source, .. Features.Select(feature => "--enable-" + feature), .. flags], target);
            return File.ReadAllBytes(target);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Makes a module.</summary>
    /// <param name="node">Path of Node, which runs wasm-opt.</param>
    /// <param name="arguments">Its arguments but for the output.</param>
    /// <param name="target">Path of the module to be made.</param>
    /// <exception cref="HarnessException">It failed.</exception>
    public static void Run(string node, IEnumerable<string> arguments, string target)
    {
        var (exitCode, _, error) = ToolProcess.Run(node, [NodeInstallation.WasmOptPath, .. arguments, "-o", target]);
        if (exitCode != 0 || !File.Exists(target))
        {
            throw new HarnessException($"wasm-opt failed with code {exitCode}: {error.Trim()}");
        }
    }
}
