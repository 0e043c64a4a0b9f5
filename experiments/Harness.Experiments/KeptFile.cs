using System.Security.Cryptography;

namespace Harness.Experiments;

/// <summary>Bytes that are kept in a file named by their hash, in the folder of artifacts: the same bytes are always the same file.</summary>
internal static class KeptFile
{
    /// <summary>Keeps bytes, unless they are there already.</summary>
    /// <param name="folder">The folder of what is of their kind.</param>
    /// <param name="extension">What the file's name ends with.</param>
    /// <param name="bytes">The bytes.</param>
    /// <returns>Path of the file.</returns>
    /// <exception cref="HarnessException">The file cannot be written.</exception>
    public static string Of(string folder, string extension, ReadOnlySpan<byte> bytes)
    {
        var kind = Path.Combine(ProjectLayout.Artifacts, folder);
        var path = Path.Combine(kind, $"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}{extension}");
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(kind);
            WholeFile.WriteBytes(path, bytes.ToArray());
        }

        return path;
    }
}
