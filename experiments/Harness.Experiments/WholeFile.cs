using System.Text;

namespace Harness.Experiments;

/// <summary>Files that are written whole or not at all: what was there stays until the new text is complete and on the disk.</summary>
internal static class WholeFile
{
    private const int BufferSize = 1 << 16;

    /// <summary>Writes a text into a file, which it replaces.</summary>
    /// <param name="path">The file; see <see cref="Write"/>.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="HarnessException">The file cannot be written.</exception>
    public static void WriteText(string path, string text) => Write(path, output => output.Write(text));

    /// <summary>Writes a file as its text is made. Where the path is a link, what it leads to is written. What cannot be replaced, such as <c>/dev/stdout</c>, is written to as it is.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes the text.</param>
    /// <exception cref="HarnessException">The file cannot be written.</exception>
    public static void Write(string path, Action<TextWriter> write)
    {
        var full = Path.GetFullPath(path);
        if (Directory.Exists(full))
            throw new HarnessException($"cannot write {path}: it is a folder; name a file in it");
        if (IsDevice(full))
        {
            using var device = Create(full, path);
            write(device);
            return;
        }

        full = Target(full);
        var temporary = full + ".new";
        using (var stream = Create(temporary, path))
        {
            try
            {
                write(stream);
                stream.Flush();
                ((FileStream)stream.BaseStream).Flush(flushToDisk: true);
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

    private static bool IsDevice(string path) =>
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
    private static StreamWriter Create(string file, string path)
    {
        try
        {
            return new StreamWriter(file, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), BufferSize);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new HarnessException($"cannot write {path}: {exception.Message.Replace(file, path, StringComparison.Ordinal)}", exception);
        }
    }
}
