namespace Harness.Engine.Runtime;

/// <summary>A module could not be instantiated because an import is missing or of the wrong type (specification, section 4.7.2).</summary>
public sealed class LinkException : Exception
{
    internal LinkException(string message)
        : base(message)
    {
    }
}
