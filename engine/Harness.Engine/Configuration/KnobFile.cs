using System.Text;

namespace Harness.Engine.Configuration;

/// <summary>Text files that knobs name. What such a file can hold is bounded, so that a wrong name does not fill memory.</summary>
internal static class KnobFile
{
    /// <summary>Reads a file of UTF-8 text.</summary>
    /// <param name="path">Its name, as the knob has it.</param>
    /// <param name="maximumBytes">Its greatest size.</param>
    /// <param name="content">What it holds, for messages: as in <c>the inlining model</c>.</param>
    /// <param name="otherwise">The value that names no file, for messages.</param>
    /// <exception cref="KnobException">The file cannot be read, or is too large; the message says how to mend it.</exception>
    public static string Read(string path, int maximumBytes, string content, string otherwise)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var bytes = new byte[maximumBytes + 1];
            var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return length <= maximumBytes
                ? Encoding.UTF8.GetString(bytes, 0, length)
                : throw new KnobException($"{content} '{path}' cannot be read: it is larger than {maximumBytes} bytes; name another file, or '{otherwise}'");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            var reason = path.Length == 0 ? "its name is empty" : exception.Message.TrimEnd('.');
            throw new KnobException($"{content} '{path}' cannot be read: {reason}; name a file, or '{otherwise}'", exception);
        }
    }
}
