using Harness.Experiments.Engines.Installation;

namespace Harness.Experiments.Engines.V8;

/// <summary>V8 as the npm package <c>node</c> brings it, so that everybody measures the same one.</summary>
internal sealed class NodeEngine : IEngineInstallation
{
    public bool IsOnFirstNeed => true;

    public EngineStatus Inspect() => NodeInstallation.InstalledNodePath is { } path
        ? EngineStatus.Present(new V8Engine().Version, path)
        : EngineStatus.Absent("the npm package 'node' (about 60 MB; comes by itself when V8 is first measured)");

    public void Install(TextWriter log) => log.WriteLine(NodeInstallation.NodePath);
}
