namespace Harness.Experiments.Engines.Shells;

/// <summary>What programs the scripts in <c>experiments/shells</c> can run.</summary>
internal static class ShellPrograms
{
    /// <summary>Why a program cannot be run there, in words that follow the engine's title; null if it can.</summary>
    public static string? FindGap(WorkerProgram program) => program.Host switch
    {
        "none" or "javascript" or "j2cl" => program.Files.Values.FirstOrDefault(file => file.EndsWith(".z", StringComparison.Ordinal)) is { } compressed
            ? $"cannot inflate {Path.GetFileName(compressed)} in its shell"
            : null,
        "wasi" or "sightglass" => "has no WASI in its shell",
        var host => $"has no host '{host}' in its shell",
    };
}
