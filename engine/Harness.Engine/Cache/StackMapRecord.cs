using Harness.Engine.Runtime;

namespace Harness.Engine.Cache;

/// <summary>
/// The stack maps of a function in bytes: the runs, the groups of runs and the maps of groups, each once, as the maps share them. So they take as much room as they do in memory.
/// </summary>
internal static class StackMapRecord
{
    /// <summary>Writes maps.</summary>
    public static void Write(RecordWriter writer, StackMap[] maps)
    {
        var runs = new Dictionary<ulong[], int>(ReferenceEqualityComparer.Instance);
        var groups = new Dictionary<ulong[][], int>(ReferenceEqualityComparer.Instance);
        foreach (var map in maps)
        {
            foreach (var group in map.Groups)
            {
                if (!groups.TryAdd(group, groups.Count))
                {
                    continue;
                }

                foreach (var run in group)
                {
                    runs.TryAdd(run, runs.Count);
                }
            }
        }

        writer.Write((long)runs.Count);
        foreach (var run in runs.Keys)
        {
            writer.Write((long)run.Length);
            foreach (var word in run)
            {
                writer.Write(word);
            }
        }

        writer.Write((long)groups.Count);
        foreach (var group in groups.Keys)
        {
            writer.Write((long)group.Length);
            foreach (var run in group)
            {
                writer.Write((long)runs[run]);
            }
        }

        writer.Write((long)maps.Length);
        foreach (var map in maps)
        {
            writer.Write((ulong)map.Registers);
            writer.Write((long)map.Groups.Length);
            foreach (var group in map.Groups)
            {
                writer.Write((long)groups[group]);
            }
        }
    }

    /// <summary>Reads maps.</summary>
    /// <param name="reader">Where they are.</param>
    /// <param name="firstSlot">Offset of the frame's first slot from rbp.</param>
    /// <param name="slotSize">Bytes of a slot.</param>
    /// <exception cref="InvalidDataException">There are none.</exception>
    public static StackMap[] Read(ref RecordReader reader, int firstSlot, int slotSize)
    {
        var runs = new ulong[reader.ReadCount()][];
        for (var i = 0; i < runs.Length; i++)
        {
            runs[i] = new ulong[reader.ReadCount()];
            for (var word = 0; word < runs[i].Length; word++)
            {
                runs[i][word] = reader.ReadBits();
            }
        }

        var groups = new ulong[reader.ReadCount()][][];
        for (var i = 0; i < groups.Length; i++)
        {
            groups[i] = ReadParts(ref reader, runs);
        }

        var maps = new StackMap[reader.ReadCount()];
        for (var i = 0; i < maps.Length; i++)
        {
            var registers = (uint)reader.ReadBits();
            maps[i] = new StackMap(ReadParts(ref reader, groups), firstSlot, slotSize, registers);
        }

        return maps;
    }

    /// <summary>Reads which parts something has.</summary>
    private static T[] ReadParts<T>(ref RecordReader reader, T[] all)
    {
        var parts = new T[reader.ReadCount()];
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = all[reader.ReadIndex(all.Length)];
        }

        return parts;
    }
}
