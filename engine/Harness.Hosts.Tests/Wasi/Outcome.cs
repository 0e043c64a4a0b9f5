namespace Harness.Hosts.Tests.Wasi;

/// <summary>All that can be seen of a program's run.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="ErrorOutput">What it wrote to standard error.</param>
/// <param name="Folder">What was in its folder, and in the one beside, afterwards.</param>
internal sealed record Outcome(int ExitCode, string Output, string ErrorOutput, string Folder);
