using Harness.Engine.Feedback;
using Harness.Engine.Modules;

namespace Harness.Engine.Runtime;

/// <summary>What an engine keeps of modules for later processes, as the runtime sees it. Implementations are safe for use by several threads.</summary>
internal interface ICodeCache : IDisposable
{
    /// <summary>Functions whose code was there.</summary>
    int Hits { get; }

    /// <summary>Functions that were compiled since their code was not there.</summary>
    int Misses { get; }

    /// <summary>Functions, and loops, whose optimized code was there.</summary>
    int OptimizedHits { get; }

    /// <summary>Pieces of code that are not kept since they refer to something that has no name.</summary>
    int Unnamed { get; }

    /// <summary>Decodes a module. Function bodies that are known to be valid are not validated again.</summary>
    /// <inheritdoc cref="WasmModule.Decode"/>
    WasmModule Decode(ReadOnlySpan<byte> bytes, BuiltinSets builtinSets, int validationThreads, bool lazyValidation = false);

    /// <summary>What earlier processes have learnt of a module; null if nothing.</summary>
    /// <param name="module">The module.</param>
    /// <param name="polymorphismLimit">Sites with more targets than this are megamorphic.</param>
    ModuleProfile? ProfileOf(WasmModule module, int polymorphismLimit);

    /// <summary>Puts a function's baseline code into the code space, if it is there; the caller registers and installs it.</summary>
    /// <param name="code">The code of the function's module.</param>
    /// <param name="functionIndex">The function.</param>
    /// <returns>The code; null if it has to be compiled.</returns>
    CompiledCode? Find(ModuleCode code, int functionIndex);

    /// <summary>Takes note of baseline code that was compiled.</summary>
    /// <param name="code">The code of the function's module.</param>
    /// <param name="compiled">The code of the function.</param>
    void Keep(ModuleCode code, CompiledCode compiled);

    /// <summary>Puts a function's optimized code into the code space, if it is there; the caller registers and installs it.</summary>
    /// <param name="code">The code of the function's module.</param>
    /// <param name="functionIndex">The function.</param>
    /// <param name="loop">Offset in the module's bytes of the loop that the code begins at; -1 for code that is called.</param>
    /// <returns>The code; null if it has to be compiled.</returns>
    /// <exception cref="InsufficientMemoryException">The code space is full.</exception>
    CompiledCode? FindOptimized(ModuleCode code, int functionIndex, int loop);

    /// <summary>Takes note of optimized code that was compiled, in the place of what was known of the function; but not of code that was left once.</summary>
    /// <param name="code">The code of the function's module.</param>
    /// <param name="compiled">The code of the function.</param>
    void KeepOptimized(ModuleCode code, CompiledCode compiled);

    /// <summary>Forgets optimized code that was left by a failed guard: no later process begins with it. Other code of the function stays, which a module of the same bytes may have made.</summary>
    /// <param name="code">The code of the function's module.</param>
    /// <param name="compiled">The code that was left.</param>
    void Drop(ModuleCode code, CompiledCode compiled);

    /// <summary>Takes note of what a module has learnt of which no instance is left, if anything was new.</summary>
    /// <param name="code">The module's code.</param>
    void Learn(ModuleCode code);

    /// <summary>Writes what is new, for others to find.</summary>
    /// <param name="learnt">What the modules that are in use have learnt.</param>
    void Save(IEnumerable<(WasmModule Module, ModuleProfile Profile)> learnt);
}
