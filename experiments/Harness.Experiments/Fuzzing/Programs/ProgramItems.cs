namespace Harness.Experiments.Fuzzing.Programs;

/// <summary>A memory.</summary>
/// <param name="Pages">Its size at first, in pages of 64 KiB.</param>
/// <param name="Maximum">The size up to which it can grow, in the same.</param>
/// <param name="Is64">Whether its addresses are i64.</param>
/// <param name="IsShared">Whether it is shared.</param>
/// <param name="HasBytePages">Whether it counts in pages of one byte.</param>
internal sealed record ProgramMemory(int Pages, int Maximum, bool Is64, bool IsShared = false, bool HasBytePages = false);

/// <summary>A table of functions, divided into regions whose entries have one signature, as long as nobody moves them; or one of objects.</summary>
/// <param name="Type">The type of its entries.</param>
/// <param name="Regions">The signature of each region, which has <see cref="ProgramGenerator.RegionSize"/> entries; none for objects.</param>
/// <param name="Size">Its size at first.</param>
/// <param name="Maximum">The size up to which it can grow.</param>
/// <param name="Is64">Whether its indices are i64.</param>
/// <param name="IsFixed">Whether no instruction changes it.</param>
internal sealed record ProgramTable(ProgramType Type, int[] Regions, int Size, int Maximum, bool Is64 = false, bool IsFixed = false)
{
    public bool HoldsObjects => Regions.Length == 0;

    /// <summary>The type of its indices.</summary>
    public ProgramType AddressType => Is64 ? ProgramType.I64 : ProgramType.I32;

    /// <summary>The first entry of a signature's region, or -1.</summary>
    public int RegionStart(int signature)
    {
        var region = Array.IndexOf(Regions, signature);
        return region < 0 ? -1 : region * ProgramGenerator.RegionSize;
    }
}

internal sealed record ProgramGlobal(ProgramType Type, bool Mutable, ProgramNode Initial);

/// <summary>An element segment.</summary>
/// <param name="Table">The table that it initialises from entry 0 on, or -1 for a passive one.</param>
/// <param name="Type">The type of its items.</param>
/// <param name="Items">The items, constant expressions.</param>
internal sealed record ProgramElements(int Table, ProgramType Type, List<ProgramNode> Items);

/// <summary>A data segment.</summary>
/// <param name="Offset">Where in memory 0 it is written, or -1 for a passive one.</param>
/// <param name="Bytes">Its bytes.</param>
internal sealed record ProgramData(int Offset, byte[] Bytes);
