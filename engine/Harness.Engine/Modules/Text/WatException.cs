namespace Harness.Engine.Modules.Text;

/// <summary>
/// The text of a module or script is malformed, or uses something that this engine does not support. The message is
/// <c>line:column: reason</c>, where the reason begins with the phrase that the specification's tests expect.
/// </summary>
public sealed class WatException : Exception
{
    internal WatException(string reason, TextPosition position, bool isUnsupported = false)
        : base($"{position}: {reason}")
    {
        Reason = reason;
        Position = position;
        IsUnsupported = isUnsupported;
    }

    /// <summary>What is wrong, without the position.</summary>
    public string Reason { get; }

    /// <summary>Where it is wrong.</summary>
    public TextPosition Position { get; }

    /// <summary>Whether the text may well be right, but asks for a feature that this engine lacks (SIMD).</summary>
    public bool IsUnsupported { get; }
}
