using System.Security.Cryptography;
using System.Text;
using Harness.Engine.Baseline.Model;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Cache;

/// <summary>
/// All that code depends on, as a hash: the build of the engine, the processor, the knobs that code is made by, the functions that the engine provides, and the module's
/// bytes. Entries whose identities differ have nothing to do with each other.
/// </summary>
internal static class CacheIdentity
{
    /// <summary>What there is of an engine as far as baseline code depends on it, in words.</summary>
    public static string Of(EngineOptions options) =>
        $"engine {Convert.ToHexStringLower(typeof(WasmEngine).Assembly.ManifestModule.ModuleVersionId.ToByteArray())}\nprocessor {CpuFeatures.Names}\nknobs {BaselineSettings.Of(options)}\n";

    /// <summary>
    /// What there is of an engine as far as optimized code depends on it, in words: every knob but those that are about nothing in it, since the optimizing compiler may read any.
    /// </summary>
    /// <returns>Null if none is kept: by knob <c>cache.optimized</c>, or since the code depends on files that knobs name, whose content may change.</returns>
    public static string? OfOptimized(EngineOptions options)
    {
        var isMadeByFiles = options.FeedbackProfile.Length > 0 || !options.InliningModel.Equals(InliningModel.BuiltIn)
            || !options.InliningDecisions.Equals(InliningDecisions.None) || !options.InliningCustom.Equals(InliningPolicySource.None);
        if (!options.CacheOptimized || isMadeByFiles)
        {
            return null;
        }

        var knobs = options with
        {
            CacheDirectory = "",
            CacheLimit = 0,
            PerfMap = false,
            LayoutSeed = 0,
            TraceDeopt = false,
            TraceInlining = false,
            TraceTierUp = false,
            TraceGc = false,
        };
        return $"{Of(options)}optimized {knobs}\n";
    }

    /// <summary>The identity of a module's code.</summary>
    /// <param name="engine">What there is of the engine, in words.</param>
    /// <param name="moduleHash">SHA-256 of the module's bytes.</param>
    /// <param name="builtinSets">The functions that the engine provides.</param>
    public static byte[] Of(string engine, ReadOnlySpan<byte> moduleHash, BuiltinSets builtinSets) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"{engine}functions {(int)builtinSets}\nmodule {Convert.ToHexStringLower(moduleHash)}\n"));
}
