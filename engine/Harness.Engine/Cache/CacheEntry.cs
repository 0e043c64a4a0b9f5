using Harness.Engine.Feedback;
using Harness.Engine.Modules;

namespace Harness.Engine.Cache;

/// <summary>
/// What is kept of one module: what validation has found out, what was learnt, and the baseline code of functions. An entry is one <see cref="CacheFile"/>.
/// </summary>
/// <remarks>
/// <code>
/// tables that are written, functions that are referred to, have vectors, may leave their instance (<see cref="ValidatedBodies"/>)
/// whether anything was learnt, and what (<see cref="FeedbackRecord"/>)
/// functions: how many; of each, by ascending index, the distance from the one before, and how many bytes it takes
/// their bytes, in that order (<see cref="FunctionRecord"/>)
/// </code>
/// All numbers are as <see cref="RecordWriter"/> writes them.
/// </remarks>
internal sealed class CacheEntry
{
    private readonly byte[] _file;
    private readonly Dictionary<int, (int Start, int Length)> _functions;

    private CacheEntry(byte[] file, ValidatedBodies bodies, ModuleProfile? profile, Dictionary<int, (int Start, int Length)> functions)
    {
        _file = file;
        Bodies = bodies;
        Profile = profile;
        _functions = functions;
    }

    /// <summary>What validation has found out.</summary>
    public ValidatedBodies Bodies { get; }

    /// <summary>What was learnt; null if nothing was.</summary>
    public ModuleProfile? Profile { get; }

    /// <summary>The functions that have code, in the order of their indices.</summary>
    public IEnumerable<int> Functions => _functions.Keys;

    /// <summary>The bytes of a function; empty if it has no code here.</summary>
    public ReadOnlyMemory<byte> Function(int functionIndex) =>
        _functions.TryGetValue(functionIndex, out var place) ? _file.AsMemory(place.Start, place.Length) : default;

    /// <summary>Takes a file for an entry, if it is one.</summary>
    /// <param name="file">The file, which nobody writes any more.</param>
    /// <param name="identity">What the entry has to be of.</param>
    /// <param name="moduleHash">The module's hash, as a profile has it.</param>
    /// <returns>The entry; null if the file was cut or changed, is of another format, or of something else.</returns>
    public static CacheEntry? TryRead(byte[] file, ReadOnlySpan<byte> identity, string moduleHash)
    {
        if (!CacheFile.TryOpen(file, CacheFile.Entry, identity, out var content))
        {
            return null;
        }

        try
        {
            return Read(file, content, moduleHash);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Makes the file of an entry.</summary>
    /// <param name="identity">What it is of.</param>
    /// <param name="bodies">What validation has found out.</param>
    /// <param name="profile">What was learnt; null if nothing was.</param>
    /// <param name="functions">The bytes of functions by index.</param>
    /// <param name="limit">Most bytes.</param>
    /// <returns>The file; null if it were larger than the limit.</returns>
    public static byte[]? TryWrite(
        ReadOnlySpan<byte> identity, ValidatedBodies bodies, ModuleProfile? profile, SortedDictionary<int, ReadOnlyMemory<byte>> functions, long limit)
    {
        var writer = new RecordWriter();
        writer.Write(bodies.WrittenTables);
        writer.Write(bodies.ReferencedFunctions);
        writer.Write(bodies.VectorFunctions);
        writer.Write(bodies.LeavingFunctions);
        writer.Write(profile is null ? 0L : 1);
        if (profile is not null)
        {
            FeedbackRecord.Write(writer, profile);
        }

        writer.Write((long)functions.Count);
        var last = 0;
        foreach (var (index, record) in functions)
        {
            writer.Write((long)index - last);
            writer.Write((long)record.Length);
            last = index;
        }

        return CacheFile.TryMake(CacheFile.Entry, identity, writer.Written, functions.Values, limit);
    }

    private static CacheEntry Read(byte[] file, ReadOnlySpan<byte> content, string moduleHash)
    {
        var reader = new RecordReader(content);
        var bodies = new ValidatedBodies(reader.ReadFlags(), reader.ReadFlags(), reader.ReadFlags(), reader.ReadFlags());
        var profile = reader.ReadIndex(2) == 1 ? FeedbackRecord.Read(ref reader, moduleHash) : null;
        var count = reader.ReadCount();
        var lengths = new (int Index, int Length)[count];
        var last = 0;
        for (var i = 0; i < count; i++)
        {
            last += reader.ReadInt();
            lengths[i] = (last, reader.ReadInt());
        }

        var functions = new Dictionary<int, (int Start, int Length)>(count);
        foreach (var (index, length) in lengths)
        {
            var start = CacheFile.HeadSize + reader.Position;
            reader.Take(length);
            if (!functions.TryAdd(index, (start, length)))
            {
                throw RecordReader.Malformed();
            }
        }

        return reader.Left == 0 ? new CacheEntry(file, bodies, profile, functions) : throw RecordReader.Malformed();
    }
}
