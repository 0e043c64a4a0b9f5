namespace Harness.Experiments.Engines;

/// <summary>The npm packages that the harness uses. Installed on first need.</summary>
internal static class NodeInstallation
{
    private static readonly NpmPackages Node = new(ProjectLayout.Node, "Node and the font of charts, about 60 MB to download");
    private static readonly NpmPackages Binaryen = new(Path.Combine(ProjectLayout.Node, "binaryen"), "Binaryen, about 20 MB to download");

    /// <summary>Path of the Node program (for its V8), after installing what is missing.</summary>
    /// <exception cref="HarnessException">npm is missing or failed.</exception>
    public static string NodePath => Node.PathOf("node", "bin", "node");

    /// <summary>Path of a file of the font DejaVu, after installing what is missing.</summary>
    /// <exception cref="HarnessException">npm is missing or failed.</exception>
    public static string FontPath(string file) => Node.PathOf("dejavu-fonts-ttf", "ttf", file);

    /// <summary>Path of <c>wasm-opt</c>, a script for Node, after installing what is missing.</summary>
    /// <exception cref="HarnessException">npm is missing or failed.</exception>
    public static string WasmOptPath => Binaryen.PathOf("binaryen", "bin", "wasm-opt");
}
