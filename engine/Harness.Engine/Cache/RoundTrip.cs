using System.Runtime.CompilerServices;
using Harness.Engine.Deoptimization;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Decoding;
using Harness.Engine.Runtime;
using Harness.Engine.Runtime.Tiering;

namespace Harness.Engine.Cache;

/// <summary>
/// Code that is written down and read back before it is used, as if it came out of the cache in another process (knob <c>stress.cache-round-trip</c>). It is compiled for a copy of the module
/// that has its types in a realm of their own, and so under other ids: an id that code mentioned without its being noted would be wrong in the code that is used. Addresses of the process are the same before and after.
/// </summary>
internal static class RoundTrip
{
    /// <summary>The realm of the types of copies.</summary>
    private const int CopiedTypes = 1;

    private static readonly ConditionalWeakTable<ModuleCode, Copy> Copies = [];

    /// <summary>Compiles for a copy of a module, and makes code of the module of what is written down.</summary>
    /// <param name="code">The module's code.</param>
    /// <param name="compile">Compiles for the module's code that it is given.</param>
    /// <returns>The code; as it was compiled where somebody wants to see that.</returns>
    /// <exception cref="InvalidOperationException">The code refers to something that has no name.</exception>
    public static CompiledCode Of(ModuleCode code, Func<ModuleCode, CompiledCode> compile)
    {
        if (code.Engine.Events is { WantsListings: true } or { WantsSteps: true })
        {
            return compile(code);
        }

        var copy = Copies.GetValue(code, static original => new Copy(original));
        var compiled = compile(copy.Code);
        var record = FunctionRecord.TryWrite(compiled, copy.TypeIndices);
        NativeRuntime.CodeSpace.Free(compiled.Block);
        if (record is null)
        {
            throw new InvalidOperationException($"the code of function {compiled.FunctionIndex} refers to something that has no name");
        }

        return FunctionRecord.TryRead(record, code.Module, compiled.FunctionIndex, compiled.Tier, code.Options)
            ?? throw new InvalidOperationException($"the code of function {compiled.FunctionIndex} cannot reach what it refers to");
    }

    /// <summary>A module of the same bytes whose types have other ids.</summary>
    private sealed class Copy
    {
        public Copy(ModuleCode original)
        {
            var module = original.Module;
            var known = module.Late is null ? ValidatedBodies.Of(module) : null;
            var copy = ModuleDecoder.DecodeCopy(
                ModuleDecoder.Copy(module.Bytes), module.BuiltinSets, validationThreads: 1, module.Hash, known, CopiedTypes, lazyValidation: true);
            Code = new ModuleCode(original.Engine, copy);
            for (var i = 0; i < copy.CanonicalTypeIds.Length; i++)
            {
                TypeIndices.TryAdd(copy.CanonicalTypeIds[i], i);
            }
        }

        /// <summary>Its code, which stays empty: what is compiled for it belongs to the original.</summary>
        public ModuleCode Code { get; }

        /// <summary>By canonical id, the first index of each of its types.</summary>
        public Dictionary<int, int> TypeIndices { get; } = [];
    }
}

/// <summary>The baseline compiler, whose code makes the <see cref="RoundTrip"/>.</summary>
/// <param name="compiler">The compiler.</param>
internal sealed class RoundTripBaselineCompiler(IBaselineCompiler compiler) : IBaselineCompiler
{
    /// <inheritdoc/>
    public CompiledCode Compile(ModuleCode code, int functionIndex, CompilationInterest interest = default) =>
        RoundTrip.Of(code, copy => compiler.Compile(copy, functionIndex, interest));

    /// <inheritdoc/>
    public ResumeMap DescribeResumePoints(ModuleCode code, int functionIndex, CompilationInterest interest = default) =>
        compiler.DescribeResumePoints(code, functionIndex, interest);

    /// <inheritdoc/>
    public void Dispose() => compiler.Dispose();
}

/// <summary>The optimizing compiler, whose code makes the <see cref="RoundTrip"/>.</summary>
/// <param name="compiler">The compiler.</param>
internal sealed class RoundTripOptimizingCompiler(IOptimizingCompiler compiler) : IOptimizingCompiler
{
    /// <inheritdoc/>
    public CompiledCode Compile(ModuleCode code, int functionIndex, IFeedbackSource feedback, bool allowDeopt, CancellationToken cancellation = default) =>
        RoundTrip.Of(code, copy => compiler.Compile(copy, functionIndex, feedback, allowDeopt, cancellation));

    /// <inheritdoc/>
    public CompiledCode CompileLoop(ModuleCode code, int functionIndex, int loop, IFeedbackSource feedback, bool allowDeopt, CancellationToken cancellation = default) =>
        RoundTrip.Of(code, copy => compiler.CompileLoop(copy, functionIndex, loop, feedback, allowDeopt, cancellation));

    /// <inheritdoc/>
    public void Dispose() => compiler.Dispose();
}
