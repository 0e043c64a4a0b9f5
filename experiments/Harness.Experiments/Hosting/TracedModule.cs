using Harness.Experiments.Engines;

namespace Harness.Experiments.Hosting;

/// <summary>
/// A copy of a module, in a file of its own, that hands every number which it reads from or writes to an object, and every index into an array,
/// to functions of its host (module <c>env</c>), which give it back. <c>wasm-opt --instrument-memory</c> makes it.
/// </summary>
internal sealed class TracedModule : IDisposable
{
    /// <summary>The name from which the functions are imported.</summary>
    public const string Imports = "env";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("harness-trace-");

    /// <summary>Makes the copy.</summary>
    /// <exception cref="HarnessException">wasm-opt failed, or npm, which brings it.</exception>
    public TracedModule(string module)
    {
        Path = System.IO.Path.Combine(_folder.FullName, "module.wasm");
        string[] arguments = [module, "--all-features", "--disable-custom-descriptors", "--disable-compact-imports", "--instrument-memory"];
        WasmOpt.Run(NodeInstallation.NodePath, arguments, Path);
    }

    /// <summary>Where the copy is.</summary>
    public string Path { get; }

    public void Dispose() => _folder.Delete(recursive: true);
}
