using Harness.Engine.Configuration;

namespace Harness.Hosts.JavaScript;

/// <summary>What surrounds scripts in a <see cref="JavaScriptHost"/>.</summary>
public sealed record JavaScriptOptions
{
    /// <summary>The knobs of this engine.</summary>
    public EngineOptions Engine { get; init; } = EngineOptions.Default;

    /// <summary>Takes what scripts print to the console.</summary>
    public Action<string> Print { get; init; } = _ => { };

    /// <summary>Takes what scripts print as warnings and errors.</summary>
    public Action<string> PrintError { get; init; } = _ => { };

    /// <summary>The folder that relative paths of imports and files start from.</summary>
    public string Folder { get; init; } = Environment.CurrentDirectory;

    /// <summary>Largest heap of V8, in MiB: a script that needs more ends. Short-lived objects have some MiB besides, and buffers lie outside of it. V8 ends the process where a single array gets more than 2^27 elements.</summary>
    public int MaximumHeap { get; init; } = 2048;
}
