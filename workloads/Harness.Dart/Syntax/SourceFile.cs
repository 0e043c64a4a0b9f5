namespace Harness.Dart.Syntax;

/// <summary>A source text with the name that error messages use, and its lines.</summary>
internal sealed class SourceFile
{
    private readonly List<int> _lineStarts = [0];
    private readonly bool _isCore;
    private readonly string _privateMark;

    /// <param name="name">The path, or the URI of a library of the core.</param>
    /// <param name="text">The whole text.</param>
    /// <param name="privateMark">What sets the private names of its library apart from those of others; empty for nothing.</param>
    public SourceFile(string name, string text, string privateMark = "")
    {
        _isCore = name.StartsWith("dart:", StringComparison.Ordinal);
        _privateMark = privateMark;
        Name = name;
        Text = text;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n')
            {
                _lineStarts.Add(i + 1);
            }
        }
    }

    /// <summary>The path, or the URI of a library of the core.</summary>
    public string Name { get; }

    /// <summary>The whole text.</summary>
    public string Text { get; }

    /// <summary>The identifiers of the text, as the compiler knows them.</summary>
    public HashSet<string> Names { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// A name as the compiler knows it: private names must not meet those of other libraries, whose classes may extend each other. The core's own types, by whose names the compiler finds
    /// them, and which no object has as members, keep theirs. A single underscore is no name.
    /// </summary>
    public string OwnName(string name)
    {
        if (name.Length < 2 || name[0] != '_')
        {
            return name;
        }

        if (!_isCore)
        {
            return name + _privateMark;
        }

        return char.IsAsciiLetterLower(name[1]) ? "_$core" + name[1..] : name;
    }

    /// <summary>A name as its text has it.</summary>
    public static string PlainName(string name) => name.IndexOf(PrivateMark, StringComparison.Ordinal) is > 0 and var at ? name[..at] : name;

    /// <summary>What a mark of private names begins with, which no name has.</summary>
    public const string PrivateMark = "@";

    /// <summary>Line and column of an offset, both from 1.</summary>
    public (int Line, int Column) Locate(int offset)
    {
        var index = _lineStarts.BinarySearch(offset);
        if (index < 0)
        {
            index = ~index - 1;
        }

        return (index + 1, offset - _lineStarts[index] + 1);
    }

    /// <summary>The text of a line, counted from 1.</summary>
    public string Line(int line)
    {
        var start = _lineStarts[line - 1];
        var end = line < _lineStarts.Count ? _lineStarts[line] : Text.Length;
        return Text[start..end].TrimEnd('\r', '\n');
    }
}
