namespace Harness.Engine.Modules.Text;

/// <summary>
/// The text of a module or script is malformed. The message is
/// <c>line:column: reason</c>, where the reason begins with the phrase that the specification's tests expect.
/// </summary>
public sealed class WatException : Exception
{
    internal WatException(string reason, TextPosition position)
        : base($"{position}: {reason}")
    {
        Reason = reason;
        Position = position;
    }

    /// <summary>What is wrong, without the position.</summary>
    public string Reason { get; }

    /// <summary>Where it is wrong.</summary>
    public TextPosition Position { get; }
}
