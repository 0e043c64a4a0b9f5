namespace Harness.Experiments.Engines.Installation;

/// <summary>An engine that comes with the harness's own build.</summary>
/// <param name="version">Tells its version.</param>
internal sealed class BuiltInEngine(Func<string> version) : IEngineInstallation
{
    public bool IsOnFirstNeed => true;

    public EngineStatus Inspect() => EngineStatus.Present(version(), "part of the harness");

    public void Install(TextWriter log) => log.WriteLine("is part of the harness");
}
