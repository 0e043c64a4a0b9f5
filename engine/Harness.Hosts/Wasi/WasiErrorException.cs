namespace Harness.Hosts.Wasi;

/// <summary>A function of WASI fails: the program gets the error number as result.</summary>
internal sealed class WasiErrorException(Errno error) : Exception($"WASI error {error}")
{
    /// <summary>The error number.</summary>
    public Errno Error { get; } = error;
}
