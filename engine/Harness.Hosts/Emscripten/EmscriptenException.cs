namespace Harness.Hosts.Emscripten;

/// <summary>What unwinds frames up to an <c>invoke_*</c>: a <c>longjmp</c>, or an exception of C++.</summary>
/// <param name="address">The exception's address in the program's memory; 0 for a <c>longjmp</c>.</param>
internal sealed class EmscriptenException(uint address) : Exception(
    address == 0 ? "the program jumped by longjmp to a place that is not active" : $"an exception of C++ at address 0x{address:x} was not caught")
{
    /// <summary>The exception's address in the program's memory; 0 for a <c>longjmp</c>.</summary>
    public uint Address { get; } = address;
}

/// <summary>The program has given up: <c>abort</c>, or a failed assertion.</summary>
public sealed class EmscriptenAbortException : Exception
{
    internal EmscriptenAbortException(string message)
        : base(message)
    {
    }
}
