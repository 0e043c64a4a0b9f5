using System.Text;
using System.Text.Json;
using Harness.Engine.Diagnostics;
using Harness.Engine.Modules;
using Harness.Experiments.Hosting;

namespace Harness.Experiments.Explaining;

/// <summary>The source maps that lie beside modules.</summary>
internal static class SourceMapFile
{
    /// <summary>What is behind the name of a module's file in that of its map.</summary>
    public const string Ending = ".map";

    /// <summary>The custom section that names the map (WebAssembly tool conventions).</summary>
    private const string Section = "sourceMappingURL";

    /// <summary>The map of a module: the file beside it that its section <c>sourceMappingURL</c> names, or that has its name and the ending <c>.map</c>; null where there is none.</summary>
    /// <param name="path">The module's file.</param>
    /// <param name="module">The module.</param>
    /// <exception cref="HarnessException">There is a file, and it is no such map.</exception>
    public static SourceMap? Find(string path, WasmModule module)
    {
        if (Path.GetExtension(path) != ".wasm")
        {
            return null;
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;

        // The section holds a name: a length and UTF-8. Of an address only the last part can lie here.
        var named = CustomSections.Find(module.Bytes, Section) is { Length: > 1 } section ? Path.GetFileName(Uri.UnescapeDataString(Encoding.UTF8.GetString(section.AsSpan(LengthOfLength(section))))) : "";
        var file = ((string[])[named, Path.GetFileName(path) + Ending]).Where(name => name.Length > 0).Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        if (file is null)
        {
            return null;
        }

        try
        {
            return SourceMap.Parse(File.ReadAllText(file), folder);
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException or KeyNotFoundException or ArgumentException or IOException)
        {
            throw new HarnessException($"{file} is no source map of revision 3: {OneLine.Of(exception.Message)}", exception);
        }
    }

    private static int LengthOfLength(byte[] section) => Array.FindIndex(section, letter => letter < 0x80) + 1;
}
