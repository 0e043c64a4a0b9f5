namespace Harness.Engine.Modules.Text;

/// <summary>A section that is a vector: its entries so far and their number.</summary>
internal sealed class SectionBuilder(SectionId id)
{
    private readonly WasmWriter _entries = new();

    /// <summary>The number of entries.</summary>
    public int Count { get; private set; }

    /// <summary>Begins another entry, to be written to the result before the next begins.</summary>
    public WasmWriter Next()
    {
        Count++;
        return _entries;
    }

    /// <summary>Writes the section, unless it is empty.</summary>
    public void WriteTo(WasmWriter module)
    {
        if (Count == 0)
        {
            return;
        }

        module.Section(id, section =>
        {
            section.U32(Count);
            section.Bytes(_entries.Written);
        });
    }
}
