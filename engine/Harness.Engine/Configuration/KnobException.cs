namespace Harness.Engine.Configuration;

/// <summary>
/// An unknown knob, or a value that its knob does not take. The message is one line for the user, saying what is wrong and
/// what would be right.
/// </summary>
public sealed class KnobException : Exception
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public KnobException()
    {
    }

    /// <summary>Makes an exception with a message for the user.</summary>
    /// <param name="message">One line saying what is wrong and what would be right.</param>
    public KnobException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message for the user and its cause.</summary>
    /// <param name="message">One line saying what is wrong and what would be right.</param>
    /// <param name="innerException">The cause.</param>
    public KnobException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
