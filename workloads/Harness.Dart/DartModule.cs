using Harness.Dart.Backend;
using Harness.Engine.Modules;

namespace Harness.Dart;

/// <summary>A compiled program.</summary>
/// <param name="Bytes">The module.</param>
/// <param name="Map">Where its instructions come from; null where nobody knows, since the module was changed after it was compiled.</param>
internal sealed record DartModule(byte[] Bytes, CodeMap? Map)
{
    // WebAssembly tool conventions.
    private const string MapSection = "sourceMappingURL";

    /// <summary>The module with the name of its source map in a section of its own.</summary>
    /// <param name="file">The map's file, which lies beside the module.</param>
    public byte[] WithMapName(string file)
    {
        var writer = new WasmWriter();
        writer.Bytes(Bytes);
        writer.Section(SectionId.Custom, section =>
        {
            section.Name(MapSection);
            section.Name(Uri.EscapeDataString(file));
        });
        return writer.ToArray();
    }
}
