using System.Diagnostics.CodeAnalysis;

namespace Harness.Engine.Configuration;

/// <summary>
/// Reads the text of a file that a knob names (<see cref="KnobFile"/>): a line is one item of words, and <c>#</c> begins a comment. The first item says what the file is. Mistakes are told with their lines.
/// </summary>
/// <param name="header">The first item, such as <c>inlining-model 1</c>.</param>
/// <param name="title">What the file holds, for messages: as in <c>the inlining model</c>.</param>
/// <param name="path">The file's name, for messages.</param>
internal abstract class KnobFileReader(string header, string title, string path)
{
    private bool _hasHeader;

    /// <summary>The line that is read, from 1; 0 before the first.</summary>
    private protected int Line { get; set; }

    /// <summary>Reads all items.</summary>
    /// <param name="text">The text.</param>
    /// <param name="maximumBytes">Its greatest length.</param>
    /// <exception cref="KnobException">The text is malformed.</exception>
    private protected void ReadItems(string text, int maximumBytes)
    {
        if (text.Length > maximumBytes)
        {
            Fail($"the file is larger than {maximumBytes} bytes");
        }

        foreach (var content in text.Split('\n'))
        {
            Line++;
            var words = content.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
            {
                continue;
            }

            if (_hasHeader)
            {
                ReadItem(words);
            }
            else
            {
                RequireHeader(string.Join(' ', words) == header);
                _hasHeader = true;
            }
        }

        RequireHeader(_hasHeader);
    }

    /// <summary>Reads an item behind the first.</summary>
    /// <param name="words">Its words, of which there is at least one.</param>
    private protected abstract void ReadItem(string[] words);

    /// <summary>Refuses the file.</summary>
    /// <param name="problem">What is wrong with the line that is read.</param>
    [DoesNotReturn]
    private protected void Fail(string problem) => throw new KnobException($"{title} '{path}', line {Math.Max(1, Line)}: {problem}");

    private void RequireHeader(bool isThere)
    {
        if (!isThere)
        {
            Fail($"the first line is not '{header}'");
        }
    }
}
