using Harness.Engine.Modules;

namespace Harness.Engine.Cache;

/// <summary>How types are named in a record: by their index in the module, and those that no module defines by their id, which is the same everywhere, below zero.</summary>
internal static class TypeSymbols
{
    /// <summary>The name of a type, if it has one.</summary>
    /// <param name="typeId">Its canonical id.</param>
    /// <param name="indices">By canonical id, the index of a type in the module.</param>
    /// <param name="symbol">The name.</param>
    public static bool TryName(int typeId, Dictionary<int, int> indices, out int symbol)
    {
        symbol = -1 - typeId;
        return typeId < TypeRegistry.FirstId || indices.TryGetValue(typeId, out symbol);
    }

    /// <summary>Reads a name.</summary>
    /// <returns>The canonical id of the type in this process.</returns>
    /// <exception cref="InvalidDataException">There is none, or none of a type of the module.</exception>
    public static int Read(ref RecordReader reader, WasmModule module)
    {
        var symbol = reader.ReadInt();
        if (symbol >= -TypeRegistry.FirstId && symbol < 0)
        {
            return -1 - symbol;
        }

        return (uint)symbol < (uint)module.CanonicalTypeIds.Length ? module.CanonicalTypeIds[symbol] : throw RecordReader.Malformed();
    }
}
