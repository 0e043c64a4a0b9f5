using System.Globalization;
using System.Text;

namespace Harness.Experiments.Engines;

/// <summary>
/// JSON (RFC 8259) as plain values: objects are dictionaries in the order of the text, arrays are lists, numbers are doubles (and read as .NET reads them), and there are texts, truth values and null.
/// It is for processes that live for milliseconds: the framework's serializer prepares itself for each type that it meets, and most of that has to be compiled in each process anew.
/// </summary>
internal sealed class JsonText
{
    private const int MostDepth = 32;

    private readonly string text;
    private int at;

    private JsonText(string text) => this.text = text;

    /// <summary>Reads a text.</summary>
    /// <exception cref="FormatException">It is no JSON, or nested more than 32 deep.</exception>
    public static object? Parse(string text)
    {
        var reader = new JsonText(text);
        var value = reader.ReadValue(MostDepth);
        return reader.Next() == '\0' && reader.at == text.Length ? value : throw reader.Mistake();
    }

    /// <summary>Writes a value, without white space.</summary>
    /// <param name="value">A value as <see cref="Parse"/> gives it; integers, arrays of doubles and lists of texts, too.</param>
    /// <exception cref="ArgumentException">There is something in it that JSON has no form for.</exception>
    public static string Write(object? value)
    {
        var builder = new StringBuilder();
        Write(builder, value);
        return builder.ToString();
    }

    private static void Write(StringBuilder builder, object? value)
    {
        switch (value)
        {
            case null:
                builder.Append("null");
                break;
            case bool flag:
                builder.Append(flag ? "true" : "false");
                break;
            case int number:
                builder.Append(number.ToString(CultureInfo.InvariantCulture));
                break;
            case long number:
                builder.Append(number.ToString(CultureInfo.InvariantCulture));
                break;
            case double number:
                WriteNumber(builder, number);
                break;
            case string characters:
                WriteText(builder, characters);
                break;
            case Dictionary<string, object?> members:
                WriteObject(builder, members);
                break;
            case double[] numbers:
                builder.Append('[');
                for (var i = 0; i < numbers.Length; i++)
                    WriteNumber(Separate(builder, i), numbers[i]);
                builder.Append(']');
                break;
            case IReadOnlyList<object?> items:
                builder.Append('[');
                for (var i = 0; i < items.Count; i++)
                    Write(Separate(builder, i), items[i]);
                builder.Append(']');
                break;
            default:
                throw new ArgumentException($"JSON has no form for a {value.GetType()}", nameof(value));
        }
    }

    private static StringBuilder Separate(StringBuilder builder, int index) => index > 0 ? builder.Append(',') : builder;

    private static void WriteObject(StringBuilder builder, Dictionary<string, object?> members)
    {
        builder.Append('{');
        var count = 0;
        foreach (var (name, value) in members)
        {
            WriteText(Separate(builder, count++), name);
            builder.Append(':');
            Write(builder, value);
        }

        builder.Append('}');
    }

    private static void WriteNumber(StringBuilder builder, double number) =>
        builder.Append(double.IsFinite(number) ? number.ToString("R", CultureInfo.InvariantCulture) : throw new ArgumentException($"JSON has no form for {number}", nameof(number)));

    /// <summary>Half of a character outside of the basic plane, without the other half, is written as a replacement character: no reader would take it.</summary>
    private static void WriteText(StringBuilder builder, string characters)
    {
        builder.Append('"');
        for (var i = 0; i < characters.Length; i++)
        {
            var character = characters[i];
            if (char.IsHighSurrogate(character) && i + 1 < characters.Length && char.IsLowSurrogate(characters[i + 1]))
                builder.Append(character).Append(characters[++i]);
            else if (char.IsSurrogate(character))
                builder.Append('\ufffd');
            else if (character is < ' ' or '\u2028' or '\u2029')
                builder.Append("\\u").Append(((int)character).ToString("x4", CultureInfo.InvariantCulture));
            else if (character is '"' or '\\')
                builder.Append('\\').Append(character);
            else
                builder.Append(character);
        }

        builder.Append('"');
    }

    /// <summary>The next character that is no white space; 0 at the end, where there may be one, too.</summary>
    private char Next()
    {
        while (at < text.Length && text[at] is ' ' or '\t' or '\r' or '\n')
            at++;
        return at < text.Length ? text[at] : '\0';
    }

    private object? ReadValue(int depth)
    {
        switch (Next())
        {
            case '{':
                return ReadObject(depth - 1);
            case '[':
                return ReadList(depth - 1);
            case '"':
                return ReadText();
            case 't':
                Expect("true");
                return true;
            case 'f':
                Expect("false");
                return false;
            case 'n':
                Expect("null");
                return null;
            default:
                return ReadNumber();
        }
    }

    private Dictionary<string, object?> ReadObject(int depth)
    {
        var members = new Dictionary<string, object?>();
        for (var hasMore = Begin('{', '}', depth); hasMore; hasMore = Continue('}'))
        {
            var name = Next() == '"' ? ReadText() : throw Mistake();
            if (Next() != ':')
                throw Mistake();
            at++;
            members[name] = ReadValue(depth);
        }

        return members;
    }

    private List<object?> ReadList(int depth)
    {
        var items = new List<object?>();
        for (var hasMore = Begin('[', ']', depth); hasMore; hasMore = Continue(']'))
            items.Add(ReadValue(depth));
        return items;
    }

    /// <summary>Reads what opens an object or array, and whether there is something in it.</summary>
    private bool Begin(char open, char close, int depth)
    {
        if (depth < 0)
            throw new FormatException($"the JSON is nested more than {MostDepth} deep");
        Expect(open.ToString());
        if (Next() != close)
            return true;
        at++;
        return false;
    }

    /// <summary>Reads what stands behind a part of an object or array, and whether it is a comma.</summary>
    private bool Continue(char close)
    {
        var character = Next();
        if (character != ',' && character != close)
            throw Mistake();
        at++;
        return character == ',';
    }

    private string ReadText()
    {
        var start = ++at;
        while (at < text.Length && text[at] is not ('"' or '\\') and >= ' ')
            at++;
        var builder = new StringBuilder(text, start, at - start, at - start + 16);
        for (; at < text.Length && text[at] >= ' '; at++)
        {
            var character = text[at];
            if (character == '"')
            {
                at++;
                return builder.ToString();
            }

            builder.Append(character == '\\' ? ReadEscape() : character);
        }

        throw Mistake();
    }

    /// <summary>Reads an escape sequence but for its last character.</summary>
    private char ReadEscape()
    {
        if (++at >= text.Length)
            throw Mistake();
        switch (text[at])
        {
            case '"' or '\\' or '/':
                return text[at];
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u' when at + 4 < text.Length && ushort.TryParse(text.AsSpan(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit):
                at += 4;
                return (char)unit;
            default:
                throw Mistake();
        }
    }

    private double ReadNumber()
    {
        var start = at;
        while (at < text.Length && text[at] is >= '0' and <= '9' or '-' or '+' or '.' or 'e' or 'E')
            at++;
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(text.AsSpan(start, at - start), Style, CultureInfo.InvariantCulture, out var number) ? number : throw Mistake();
    }

    private void Expect(string word)
    {
        if (!text.AsSpan(at).StartsWith(word))
            throw Mistake();
        at += word.Length;
    }

    private FormatException Mistake() => new($"no JSON can go on as this does at character {at}: {text.AsSpan(Math.Min(at, text.Length), Math.Min(20, text.Length - Math.Min(at, text.Length)))}");
}
