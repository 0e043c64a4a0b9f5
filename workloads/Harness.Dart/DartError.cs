using System.Text.RegularExpressions;
using Harness.Dart.Syntax;

namespace Harness.Dart;

/// <summary>An error in a program, with its place.</summary>
/// <param name="File">The file it is in, or null where there is none.</param>
/// <param name="Offset">Offset in the file.</param>
/// <param name="Message">What is wrong.</param>
internal sealed partial record DartError(SourceFile? File, int Offset, string Message)
{
    // Names are shown as the text has them.
    [GeneratedRegex(@"(?<=\b_[\w$]*)@\d+")]
    private static partial Regex PrivateMark();

    /// <summary>The message as Dart's own tools write it: place, text, the line and a caret.</summary>
    public override string ToString()
    {
        if (File is null)
        {
            return "Error: " + Message;
        }

        var message = PrivateMark().Replace(Message, "");
        var (line, column) = File.Locate(Math.Min(Offset, File.Text.Length));
        var text = File.Line(line);
        if (text.Length > 200)
        {
            return $"{File.Name}:{line}:{column}: Error: {message}";
        }

        return $"{File.Name}:{line}:{column}: Error: {message}\n{text}\n{new string(' ', Math.Min(column - 1, text.Length))}^";
    }
}

/// <summary>Leaves a declaration that has an error.</summary>
internal sealed class DartErrorException(SourceFile? file, int offset, string message) : Exception(message)
{
    /// <summary>The error.</summary>
    public DartError Error { get; } = new(file, offset, message);

    /// <summary>Whether the program may be right, and it is this compiler that lacks something.</summary>
    public bool IsUnsupported { get; init; }
}
