namespace Harness.Engine.Configuration;

/// <summary>Flags of a tool that a knob passes on, such as <c>-O2 --closed-world</c>.</summary>
/// <param name="Text">The flags, with one space between them; empty for none.</param>
public sealed record ToolFlags(string Text)
{
    /// <summary>What stands for no flags.</summary>
    public const string None = "off";

    /// <summary>Reads flags as users write them.</summary>
    /// <param name="text">The flags, separated by white space, or <see cref="None"/>.</param>
    /// <returns>The flags; null where a word is no flag, or names a file for output, which is not the user's to choose.</returns>
    public static ToolFlags? TryParse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text == None)
        {
            return new ToolFlags("");
        }

        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 0 && words.All(word => word.Length > 1 && word[0] == '-' && word != "-o" && !word.StartsWith("--output", StringComparison.Ordinal))
            ? new ToolFlags(string.Join(' ', words))
            : null;
    }

    /// <summary>The flags as users write them.</summary>
    public override string ToString() => Text.Length == 0 ? None : Text;
}
