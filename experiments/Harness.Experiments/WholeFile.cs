using System.Text;

namespace Harness.Experiments;

/// <summary>Files that are written whole or not at all: what was there stays until the new text is complete and on the disk.</summary>
internal static class WholeFile
{
    /// <summary>What the names of files end with that are not whole yet: that of the whole file, something random, and this.</summary>
    public const string TemporarySuffix = ".new";

    private const int BufferSize = 1 << 16;

    /// <summary>Writes a text into a file, which it replaces.</summary>
    /// <param name="path">The file; see <see cref="Write"/>.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="HarnessException">The file cannot be written.</exception>
    public static void WriteText(string path, string text) => Write(path, output => output.Write(text));

    /// <summary>Writes bytes into a file, which they replace.</summary>
    /// <param name="path">The file; see <see cref="Write"/>.</param>
    /// <param name="bytes">The bytes.</param>
    /// <exception cref="HarnessException">The file cannot be written.</exception>
    public static void WriteBytes(string path, byte[] bytes) => Replace(path, output => output.Write(bytes));

    /// <summary>
    /// Writes a file as its text is made. Where the path is a link, what it leads to is written. What cannot be replaced, such as <c>/dev/stdout</c>, is written to as it is. Of several that write
    /// the same file at a time the last one's text stays.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes the text.</param>
    /// <exception cref="HarnessException">The file cannot be written.</exception>
    public static void Write(string path, Action<TextWriter> write) => Replace(path, output =>
    {
        using var text = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), BufferSize, leaveOpen: true);
        write(text);
    });

    /// <summary>Whether a file is what somebody who was killed has left of another one.</summary>
    /// <param name="file">The file.</param>
    /// <param name="path">The other one.</param>
    public static bool IsTemporaryOf(string file, string path) => file.StartsWith(path + ".", StringComparison.Ordinal) && file.EndsWith(TemporarySuffix, StringComparison.Ordinal);

    private static void Replace(string path, Action<Stream> write)
    {
        var full = Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            throw new HarnessException($"cannot write {path}: it is a folder; name a file in it");
        }

        if (IsDevice(full))
        {
            using var device = Create(full, path);
            write(device);
            return;
        }

        full = Target(full);
        var temporary = $"{full}.{Path.GetFileNameWithoutExtension(Path.GetRandomFileName())}{TemporarySuffix}";
        using (var stream = Create(temporary, path))
        {
            try
            {
                write(stream);
                stream.Flush(flushToDisk: true);
                stream.Dispose();
                File.Move(temporary, full, overwrite: true);
            }
            catch
            {
                File.Delete(temporary);
                throw;
            }
        }
    }

    /// <summary>Whether a path is no file that could be replaced, as <c>/dev/stdout</c> is none.</summary>
    /// <param name="path">The whole path.</param>
    public static bool IsDevice(string path) =>
        (path.StartsWith("/dev/", StringComparison.Ordinal) && !path.StartsWith("/dev/shm/", StringComparison.Ordinal)) || path.StartsWith("/proc/", StringComparison.Ordinal);

    private static string Target(string path)
    {
        try
        {
            return new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
        }
        catch (IOException)
        {
            // A link to nothing, or none that can be read: what it leads to is found when the file is made.
            return path;
        }
    }

    /// <summary>Creates a file on the way to another one, which a mistake is about.</summary>
    private static FileStream Create(string file, string path)
    {
        try
        {
            return new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new HarnessException($"cannot write {path}: {exception.Message.Replace(file, path, StringComparison.Ordinal)}", exception);
        }
    }
}
