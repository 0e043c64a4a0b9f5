namespace Harness.Engine.Modules.Text;

/// <summary>Where something stands in a text: its line and column, both counted from 1.</summary>
/// <param name="Line">The line, from 1. Lines end with a line feed, a carriage return, or both.</param>
/// <param name="Column">The column in UTF-16 code units, from 1.</param>
public readonly record struct TextPosition(int Line, int Column)
{
    /// <summary>Gives <c>line:column</c>.</summary>
    public override string ToString() => $"{Line}:{Column}";
}
