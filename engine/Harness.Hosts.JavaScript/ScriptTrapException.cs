using Harness.Engine.Runtime;

namespace Harness.Hosts.JavaScript;

/// <summary>An import threw the error that JavaScript had for a trap: no code of WebAssembly catches it, as it catches no trap, and JavaScript above gets the same error.</summary>
/// <param name="error">The error, a value of JavaScript.</param>
internal sealed class ScriptTrapException(WasmValue error) : Exception("a script passed on a trap")
{
    /// <summary>The error, a value of JavaScript.</summary>
    public WasmValue Error { get; } = error;
}
