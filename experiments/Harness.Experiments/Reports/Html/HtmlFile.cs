using System.Globalization;
using System.Text;

namespace Harness.Experiments.Reports.Html;

/// <summary>Where HTML goes: into a file, as it is made, so that a document is never in memory as a whole.</summary>
internal static class HtmlFile
{
    private const int BufferSize = 1 << 16;

    /// <summary>
    /// Writes a file, whole or not at all: what was there stays until the new document is complete and on the disk. Where the path is a link, what it leads to is written. What cannot be
    /// replaced, such as <c>/dev/stdout</c>, is written to as it is.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes the document.</param>
    /// <exception cref="HarnessException">The file cannot be written.</exception>
    public static void Write(string path, Action<HtmlWriter> write)
    {
        var full = Path.GetFullPath(path);
        if (Directory.Exists(full))
            throw new HarnessException($"cannot write {path}: it is a folder; name a file in it");
        if (IsDevice(full))
        {
            using var device = Create(full, path);
            WriteTo(device, write);
            return;
        }

        full = Target(full);
        var temporary = full + ".new";
        using (var stream = Create(temporary, path))
        {
            try
            {
                WriteTo(stream, write);
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

    /// <summary>A document as a text.</summary>
    /// <param name="write">Writes the document.</param>
    public static string ToText(Action<HtmlWriter> write)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        WriteTo(text, write);
        return text.ToString();
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

    private static void WriteTo(TextWriter output, Action<HtmlWriter> write)
    {
        var html = new HtmlWriter(output);
        write(html);
        html.End();
        output.Flush();
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
