using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Harness.Engine.Cache;

/// <summary>
/// What all files of a cache have around their content: a head, which says of what the file is, and a hash at the end. A file is checked as a whole before anything of it is used:
/// the hash finds what was cut or damaged, not what the user has forged, who can run what they want anyway.
/// </summary>
/// <remarks>
/// <code>
///  0  magic number (8 bytes): what kind of content it has
///  8  format version (4)
/// 12  bytes of the whole file (4)
/// 16  identity (32): <see cref="CacheIdentity"/>
/// 48  content
///     SHA-256 of all before it (32)
/// </code>
/// The numbers are little-endian.
/// </remarks>
internal static class CacheFile
{
    /// <summary>Where the content begins.</summary>
    public const int HeadSize = IdentityOffset + SHA256.HashSizeInBytes;

    private const int FormatVersion = 2;
    private const int VersionOffset = 8;
    private const int SizeOffset = 12;
    private const int IdentityOffset = 16;

    /// <summary>The magic number of a <see cref="CacheEntry"/>.</summary>
    public static ReadOnlySpan<byte> Entry => "HRNSCODE"u8;

    /// <summary>The magic number of an <see cref="OptimizedEntry"/>.</summary>
    public static ReadOnlySpan<byte> Optimized => "HRNSOPTM"u8;

    /// <summary>The content of a file, if it is one.</summary>
    /// <param name="file">The file, which nobody writes any more.</param>
    /// <param name="magic">What kind of content it has to have.</param>
    /// <param name="identity">What it has to be of.</param>
    /// <param name="content">What is between head and hash.</param>
    /// <returns>False if the file was cut or changed, is of another format, or of something else.</returns>
    public static bool TryOpen(ReadOnlySpan<byte> file, ReadOnlySpan<byte> magic, ReadOnlySpan<byte> identity, out ReadOnlySpan<byte> content)
    {
        content = default;
        if (file.Length < HeadSize + SHA256.HashSizeInBytes || !file.StartsWith(magic))
        {
            return false;
        }

        if (BinaryPrimitives.ReadInt32LittleEndian(file[VersionOffset..]) != FormatVersion)
        {
            return false;
        }

        if (BinaryPrimitives.ReadInt32LittleEndian(file[SizeOffset..]) != file.Length)
        {
            return false;
        }

        if (!file[IdentityOffset..HeadSize].SequenceEqual(identity))
        {
            return false;
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(file[..^digest.Length], digest);
        if (!file[^digest.Length..].SequenceEqual(digest))
        {
            return false;
        }

        content = file[HeadSize..^SHA256.HashSizeInBytes];
        return true;
    }

    /// <summary>Makes a file.</summary>
    /// <param name="magic">What kind of content it has.</param>
    /// <param name="identity">What it is of.</param>
    /// <param name="beginning">The beginning of its content.</param>
    /// <param name="records">What follows that.</param>
    /// <param name="limit">Most bytes.</param>
    /// <returns>The file; null if it were larger than the limit.</returns>
    public static byte[]? TryMake(
        ReadOnlySpan<byte> magic, ReadOnlySpan<byte> identity, ReadOnlySpan<byte> beginning, IReadOnlyCollection<ReadOnlyMemory<byte>> records, long limit)
    {
        var size = HeadSize + beginning.Length + records.Sum(record => (long)record.Length) + SHA256.HashSizeInBytes;
        if (size > Math.Min(limit, Array.MaxLength))
        {
            return null;
        }

        var file = GC.AllocateUninitializedArray<byte>((int)size);
        magic.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(VersionOffset), FormatVersion);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(SizeOffset), file.Length);
        identity.CopyTo(file.AsSpan(IdentityOffset));
        beginning.CopyTo(file.AsSpan(HeadSize));
        var end = HeadSize + beginning.Length;
        foreach (var record in records)
        {
            record.Span.CopyTo(file.AsSpan(end));
            end += record.Length;
        }

        SHA256.HashData(file.AsSpan(0, end), file.AsSpan(end));
        return file;
    }
}
