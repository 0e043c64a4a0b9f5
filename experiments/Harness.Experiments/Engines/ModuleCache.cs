using System.Security.Cryptography;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Engines;

/// <summary>Binary modules for the workers: all engines run the same bytes, assembled once and kept by their hash.</summary>
internal static class ModuleCache
{
    /// <summary>Assembles a workload's module where it is text.</summary>
    /// <returns>Path of the binary module, and its hash.</returns>
    /// <exception cref="HarnessException">The module is missing or malformed.</exception>
    public static (string Path, string Hash) GetBinary(Workload workload)
    {
        var bytes = ModuleFile.Load(workload.Path).Bytes;
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];
        var folder = System.IO.Path.Combine(ProjectLayout.Artifacts, "modules");
        var path = System.IO.Path.Combine(folder, $"{hash}.wasm");
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(folder);
            var temporary = System.IO.Path.Combine(folder, System.IO.Path.GetRandomFileName());
            File.WriteAllBytes(temporary, bytes);
            File.Move(temporary, path, overwrite: true);
        }

        return (path, hash);
    }
}
