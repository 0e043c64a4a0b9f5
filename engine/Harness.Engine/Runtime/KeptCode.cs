using Harness.Engine.Configuration;
using Harness.Engine.Runtime.Tiering;

namespace Harness.Engine.Runtime;

/// <summary>
/// Puts optimized code into use that an earlier process has left in the cache, as if it had just been compiled: that of a function at its first call, that of a loop when the loop asks. V8, which keeps
/// the code of TurboFan with its deopt data, does so for all functions when a module is deserialized (<c>src/wasm/wasm-serialization.cc</c>), which would cost starts.
/// </summary>
internal static class KeptCode
{
    /// <summary>
    /// Installs the code of a function, or of a loop, if the cache has it and there is none yet. The baseline code that its deopts go on in is there then; where that can be entered is found by
    /// the first of them, since code that was kept is hardly ever left: whoever was, was dropped.
    /// </summary>
    /// <param name="owner">The code of the function's module.</param>
    /// <param name="functionIndex">The function.</param>
    /// <param name="loop">Offset in the module's bytes of the loop; -1 for the function.</param>
    /// <param name="interest">Who asks.</param>
    /// <returns>Whether it is in use now; not so if there is no room for it, or if it has exits and the function may not deoptimize any more (<c>deopt.limit</c>).</returns>
    /// <exception cref="OperationCanceledException">Nobody wants it any more.</exception>
    public static bool TryInstall(ModuleCode owner, int functionIndex, int loop, CompilationInterest interest)
    {
        if (owner.Engine.Cache is not { } cache || owner.Options.TierUp == TierUpMode.Never || owner.HasFailed(functionIndex))
        {
            return false;
        }

        try
        {
            if (cache.FindOptimized(owner, functionIndex, loop) is not { } code)
            {
                return false;
            }

            if (code.DeoptData is { Points.Length: > 0 } && !owner.AllowsDeopt(functionIndex))
            {
                NativeRuntime.CodeSpace.Free(code.Block);
                return false;
            }

            // Before it is in use: afterwards it may be discarded at any time.
            owner.Engine.Events.OnOptimizedCodeTaken(code);
            var isInstalled = false;
            try
            {
                isInstalled = owner.Install(code, replaces: false, () => PrepareDeopts(owner, code, interest));
                return isInstalled;
            }
            finally
            {
                if (!isInstalled)
                {
                    owner.Engine.Events.OnOptimizedCodeFreed(code);
                }
            }
        }
        catch (InsufficientMemoryException)
        {
            return false;
        }
    }

    private static void PrepareDeopts(ModuleCode owner, CompiledCode code, CompilationInterest interest)
    {
        foreach (var point in code.DeoptData?.Points ?? [])
        {
            foreach (var frame in point.Frames)
            {
                owner.Baseline(frame.FunctionIndex, interest);
            }
        }
    }
}
