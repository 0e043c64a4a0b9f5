namespace Harness.Experiments;

/// <summary>
/// Something that the user can mend: a wrong name, a missing file, a malformed module. The message is one line that says
/// what is wrong, where, and how to mend it; it is printed without a stack trace.
/// </summary>
internal sealed class HarnessException : Exception
{
    public HarnessException(string message)
        : base(message)
    {
    }

    public HarnessException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
