namespace Harness.Experiments.Engines;

/// <summary>The npm packages that the harness uses. Installed on first need.</summary>
internal static class NodeInstallation
{
    private static readonly NpmPackages Node = new(ProjectLayout.Node, "Node and the font of charts, about 60 MB to download");
    private static readonly NpmPackages Binaryen = new(Path.Combine(ProjectLayout.Node, "binaryen"), "Binaryen, about 20 MB to download");
    private static readonly NpmPackages Sqlite = new(Path.Combine(ProjectLayout.Node, "sqlite"), "SQLite, about 1 MB to download");
    private static readonly NpmPackages QuickJs = new(Path.Combine(ProjectLayout.Node, "quickjs"), "QuickJS, about 1 MB to download");
    private static readonly NpmPackages StarlingMonkey = new(Path.Combine(ProjectLayout.Node, "componentize"), "StarlingMonkey, about 100 MB to download");
    private static readonly Dictionary<string, NpmPackages> Programs = new() { ["quickjs"] = QuickJs, ["sqlite"] = Sqlite, ["componentize"] = StarlingMonkey };

    /// <summary>The packages that have modules of programs, by the names of their folders in <c>experiments/node</c>.</summary>
    public static IReadOnlyCollection<string> ProgramPackages => Programs.Keys;

    /// <summary>Path of the Node program (for its V8), after installing what is missing.</summary>
    /// <exception cref="HarnessException">npm is missing or failed.</exception>
    public static string NodePath => Node.PathOf("node", "bin", "node");

    /// <summary>The same if it is installed; null if not, without installing anything.</summary>
    public static string? InstalledNodePath => Node.IsInstalled ? NodePath : null;

    /// <summary>Path of a file of the font DejaVu, after installing what is missing.</summary>
    /// <exception cref="HarnessException">npm is missing or failed.</exception>
    public static string FontPath(string file) => Node.PathOf("dejavu-fonts-ttf", "ttf", file);

    /// <summary>Path of <c>wasm-opt</c>, a script for Node, after installing what is missing.</summary>
    /// <exception cref="HarnessException">npm is missing or failed.</exception>
    public static string WasmOptPath => Binaryen.PathOf("binaryen", "bin", "wasm-opt");

    /// <summary>Path of a program's module, after installing what is missing.</summary>
    /// <param name="package">One of <see cref="ProgramPackages"/>.</param>
    /// <param name="file">Path of the module among the installed packages.</param>
    /// <exception cref="HarnessException">npm is missing or failed.</exception>
    public static string ProgramPath(string package, string file) => Programs[package].PathOf(file);

    /// <summary>Path of SQLite's module, after installing what is missing.</summary>
    /// <exception cref="HarnessException">npm is missing or failed.</exception>
    public static string SqlitePath => Sqlite.PathOf("@sqlite.org", "sqlite-wasm", "sqlite-wasm", "jswasm", "sqlite3.wasm");

    /// <summary>Path of QuickJS's module, after installing what is missing; its glue lies beside it.</summary>
    /// <exception cref="HarnessException">npm is missing or failed.</exception>
    public static string QuickJsPath => QuickJs.PathOf("@jitl", "quickjs-wasmfile-release-sync", "dist", "emscripten-module.wasm");
}
