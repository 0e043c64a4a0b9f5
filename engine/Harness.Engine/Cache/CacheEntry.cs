using System.Buffers.Binary;
using System.Security.Cryptography;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;

namespace Harness.Engine.Cache;

/// <summary>
/// What is kept of one module: what validation has found out, what was learnt, and the code of functions. An entry is one file, which is checked as a whole before anything of it is used.
/// </summary>
/// <remarks>
/// <code>
///  0  magic number (8 bytes)
///  8  format version (4)
/// 12  bytes of the whole file (4)
/// 16  identity (32): <see cref="CacheIdentity"/>
/// 48  tables that are written, functions that are referred to, have vectors, may leave their instance (<see cref="ValidatedBodies"/>)
///     whether anything was learnt, and what (<see cref="FeedbackRecord"/>)
///     functions: how many; of each, by ascending index, the distance from the one before, and how many bytes it takes
///     their bytes, in that order (<see cref="FunctionRecord"/>)
///     SHA-256 of all before it (32)
/// </code>
/// All numbers of the head are little-endian, all others as <see cref="RecordWriter"/> writes them.
/// </remarks>
internal sealed class CacheEntry
{
    private const int FormatVersion = 1;
    private const int VersionOffset = 8;
    private const int SizeOffset = 12;
    private const int IdentityOffset = 16;
    private const int HeadSize = IdentityOffset + SHA256.HashSizeInBytes;

    private readonly byte[] _file;
    private readonly Dictionary<int, (int Start, int Length)> _functions;

    private CacheEntry(byte[] file, ValidatedBodies bodies, ModuleProfile? profile, Dictionary<int, (int Start, int Length)> functions)
    {
        _file = file;
        Bodies = bodies;
        Profile = profile;
        _functions = functions;
    }

    private static ReadOnlySpan<byte> Magic => "HRNSCODE"u8;

    /// <summary>What validation has found out.</summary>
    public ValidatedBodies Bodies { get; }

    /// <summary>What was learnt; null if nothing was.</summary>
    public ModuleProfile? Profile { get; }

    /// <summary>The functions that have code, in the order of their indices.</summary>
    public IEnumerable<int> Functions => _functions.Keys;

    /// <summary>The bytes of a function; empty if it has no code here.</summary>
    public ReadOnlyMemory<byte> Function(int functionIndex) =>
        _functions.TryGetValue(functionIndex, out (int Start, int Length) place) ? _file.AsMemory(place.Start, place.Length) : default;

    /// <summary>Takes a file for an entry, if it is one.</summary>
    /// <param name="file">The file, which nobody writes any more.</param>
    /// <param name="identity">What the entry has to be of.</param>
    /// <param name="moduleHash">The module's hash, as a profile has it.</param>
    /// <returns>The entry; null if the file was cut or changed, is of another format, or of something else.</returns>
    public static CacheEntry? TryRead(byte[] file, ReadOnlySpan<byte> identity, string moduleHash)
    {
        ReadOnlySpan<byte> bytes = file;
        if (bytes.Length < HeadSize + SHA256.HashSizeInBytes || !bytes.StartsWith(Magic)) return null;
        if (BinaryPrimitives.ReadInt32LittleEndian(bytes[VersionOffset..]) != FormatVersion) return null;
        if (BinaryPrimitives.ReadInt32LittleEndian(bytes[SizeOffset..]) != bytes.Length) return null;
        if (!bytes[IdentityOffset..HeadSize].SequenceEqual(identity)) return null;
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..^digest.Length], digest);
        if (!bytes[^digest.Length..].SequenceEqual(digest)) return null;
        try
        {
            return Read(file, moduleHash);
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
        if (profile is not null) FeedbackRecord.Write(writer, profile);
        writer.Write((long)functions.Count);
        int last = 0;
        foreach ((int index, ReadOnlyMemory<byte> record) in functions)
        {
            writer.Write((long)index - last);
            writer.Write((long)record.Length);
            last = index;
        }

        long size = HeadSize + writer.Written.Length + functions.Values.Sum(record => (long)record.Length) + SHA256.HashSizeInBytes;
        if (size > Math.Min(limit, Array.MaxLength)) return null;
        byte[] file = GC.AllocateUninitializedArray<byte>((int)size);
        Magic.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(VersionOffset), FormatVersion);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(SizeOffset), file.Length);
        identity.CopyTo(file.AsSpan(IdentityOffset));
        writer.Written.CopyTo(file.AsSpan(HeadSize));
        int end = HeadSize + writer.Written.Length;
        foreach (ReadOnlyMemory<byte> record in functions.Values)
        {
            record.Span.CopyTo(file.AsSpan(end));
            end += record.Length;
        }

        SHA256.HashData(file.AsSpan(0, end), file.AsSpan(end));
        return file;
    }

    private static CacheEntry Read(byte[] file, string moduleHash)
    {
        var reader = new RecordReader(file.AsSpan(HeadSize, file.Length - HeadSize - SHA256.HashSizeInBytes));
        var bodies = new ValidatedBodies(reader.ReadFlags(), reader.ReadFlags(), reader.ReadFlags(), reader.ReadFlags());
        ModuleProfile? profile = reader.ReadIndex(2) == 1 ? FeedbackRecord.Read(ref reader, moduleHash) : null;
        int count = reader.ReadCount();
        var lengths = new (int Index, int Length)[count];
        int last = 0;
        for (int i = 0; i < count; i++)
        {
            last += reader.ReadInt();
            lengths[i] = (last, reader.ReadInt());
        }

        var functions = new Dictionary<int, (int Start, int Length)>(count);
        foreach ((int index, int length) in lengths)
        {
            int start = HeadSize + reader.Position;
            reader.Take(length);
            if (!functions.TryAdd(index, (start, length))) throw RecordReader.Malformed();
        }

        return reader.Left == 0 ? new CacheEntry(file, bodies, profile, functions) : throw RecordReader.Malformed();
    }
}
