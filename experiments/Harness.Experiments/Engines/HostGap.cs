using Harness.Experiments.Hosting;

namespace Harness.Experiments.Engines;

/// <summary>What a command needs and no host of any engine has, told from its module before it is run: another API than WASI preview 1, or the component model.</summary>
internal static class HostGap
{
    private const string Wasi = "wasi";
    private const string Preview1 = "wasi_snapshot_preview1";

    /// <summary>Why an engine in a process of its own cannot measure instances or traps, in words that follow its title; null where that is not asked.</summary>
    public static string? OfInstances(WorkerProgram program) => program.Host is "instances" or "traps" ? $"runs in another process, where the cost of {program.Host} cannot be measured like that of others" : null;

    /// <summary>Why no engine runs a program, in words that follow the engine's title; null where nothing is known to be in the way.</summary>
    public static string? Of(WorkerProgram program)
    {
        if (program.Host is not ("wasi" or "sightglass") || program.Module is not { } path || !File.Exists(path))
        {
            return null;
        }

        var module = File.ReadAllBytes(path);
        if (ModuleHeader.IsComponent(module))
        {
            return $"has no component model, and {Path.GetFileName(path)} is a component";
        }

        return ModuleHeader.ImportedModules(module).FirstOrDefault(name => name.StartsWith(Wasi, StringComparison.Ordinal) && name != Preview1) is { } other
            ? $"has no host for what the module imports from '{other}'"
            : null;
    }
}
