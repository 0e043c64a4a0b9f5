namespace Harness.Engine.Cache;

/// <summary>The optimized code of a module in a <see cref="CacheFile"/>.</summary>
/// <remarks>
/// <code>
/// how many pieces of code there are; of each, by ascending <see cref="CodeKey"/>, the distance of the function from the one before, the loop, and how many bytes it takes
/// their bytes, in that order (<see cref="FunctionRecord"/>)
/// </code>
/// All numbers are as <see cref="RecordWriter"/> writes them.
/// </remarks>
internal static class OptimizedEntry
{
    /// <summary>Reads a file.</summary>
    /// <param name="file">The file, which nobody writes any more.</param>
    /// <param name="identity">What it has to be of.</param>
    /// <returns>The records of its code; null if the file was cut or changed, is of another format, or of something else.</returns>
    public static Dictionary<CodeKey, ReadOnlyMemory<byte>>? TryRead(byte[] file, ReadOnlySpan<byte> identity)
    {
        if (!CacheFile.TryOpen(file, CacheFile.Optimized, identity, out var content))
        {
            return null;
        }

        try
        {
            return Read(file, content);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Makes a file.</summary>
    /// <param name="identity">What it is of.</param>
    /// <param name="records">The records of its code.</param>
    /// <param name="limit">Most bytes.</param>
    /// <returns>The file; null if it were larger than the limit.</returns>
    public static byte[]? TryWrite(ReadOnlySpan<byte> identity, SortedDictionary<CodeKey, ReadOnlyMemory<byte>> records, long limit)
    {
        var writer = new RecordWriter();
        writer.Write((long)records.Count);
        var last = 0;
        foreach (var (key, record) in records)
        {
            writer.Write((long)key.FunctionIndex - last);
            writer.Write((long)key.Loop);
            writer.Write((long)record.Length);
            last = key.FunctionIndex;
        }

        return CacheFile.TryMake(CacheFile.Optimized, identity, writer.Written, records.Values, limit);
    }

    private static Dictionary<CodeKey, ReadOnlyMemory<byte>> Read(byte[] file, ReadOnlySpan<byte> content)
    {
        var reader = new RecordReader(content);
        var lengths = new (CodeKey Key, int Length)[reader.ReadCount()];
        var function = 0;
        for (var i = 0; i < lengths.Length; i++)
        {
            function += reader.ReadInt();
            lengths[i] = (new CodeKey(function, reader.ReadInt()), reader.ReadInt());
        }

        var records = new Dictionary<CodeKey, ReadOnlyMemory<byte>>(lengths.Length);
        foreach (var (key, length) in lengths)
        {
            var start = CacheFile.HeadSize + reader.Position;
            reader.Take(length);
            if (!records.TryAdd(key, file.AsMemory(start, length)))
            {
                throw RecordReader.Malformed();
            }
        }

        return reader.Left == 0 ? records : throw RecordReader.Malformed();
    }
}
