using System.Security.Cryptography;
using System.Text;
using Harness.Engine.Baseline.Model;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Cache;

/// <summary>
/// All that code depends on, as a hash: the build of the engine, the processor, the knobs that baseline code is made by, the functions that the engine provides, and the module's
/// bytes. Entries whose identities differ have nothing to do with each other.
/// </summary>
internal static class CacheIdentity
{
    /// <summary>What there is of an engine, in words.</summary>
    public static string Of(EngineOptions options) =>
        $"engine {Convert.ToHexStringLower(typeof(WasmEngine).Assembly.ManifestModule.ModuleVersionId.ToByteArray())}\nprocessor {CpuFeatures.Names}\nknobs {BaselineSettings.Of(options)}\n";

    /// <summary>The identity of a module's code.</summary>
    /// <param name="engine">What there is of the engine, in words.</param>
    /// <param name="moduleHash">SHA-256 of the module's bytes.</param>
    /// <param name="builtinSets">The functions that the engine provides.</param>
    public static byte[] Of(string engine, ReadOnlySpan<byte> moduleHash, BuiltinSets builtinSets) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"{engine}functions {(int)builtinSets}\nmodule {Convert.ToHexStringLower(moduleHash)}\n"));
}
