namespace Harness.Hosts.Wasi;

/// <summary>The program has called <c>proc_exit</c>, which leaves all of its frames.</summary>
public sealed class WasiExitException : Exception
{
    internal WasiExitException(int exitCode)
        : base($"the program has ended with exit code {exitCode}") => ExitCode = exitCode;

    /// <summary>What it gave; 0 is success.</summary>
    public int ExitCode { get; }
}
