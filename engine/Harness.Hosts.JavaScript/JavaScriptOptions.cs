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

    /// <summary>Largest heap of V8, in MiB: a script that needs more ends. It is looked at four times a second. Buffers lie outside of it.</summary>
    public int MaximumHeap { get; init; } = 2048;
}
