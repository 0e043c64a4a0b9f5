using System.Collections.Concurrent;
using Harness.Engine.Baseline.Model;
using Harness.Engine.Deoptimization;
using Harness.Engine.Runtime;
using Harness.Engine.Runtime.Tiering;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline;

/// <summary>The baseline tier: lends out function compilers, one to each thread that compiles.</summary>
/// <param name="space">Where code is put.</param>
/// <param name="stubs">Addresses of the shared stubs, by <see cref="Stub"/>.</param>
internal sealed class BaselineCompiler(CodeSpace space, nint[] stubs) : IBaselineCompiler
{
    // Not a bag: that keeps what was added in the adding thread, with its module and engine, as long as the thread lives.
    private readonly ConcurrentStack<FunctionCompiler> _idle = [];
    private volatile bool _isDisposed;

    /// <inheritdoc/>
    public CompiledCode Compile(ModuleCode code, int functionIndex, CompilationInterest interest = default)
    {
        var compiler = Borrow();
        Run(compiler, code, functionIndex, interest, describesResumePoints: false, mapsSource: code.Engine.Events.WantsListings);
        var compiled = new CompiledCode
        {
            FunctionIndex = functionIndex,
            Tier = CodeTier.Baseline,
            Block = CodePlacement.Publish(space, compiler.Assembler, code.Options, functionIndex, CodeTier.Baseline),
            InstructionBytes = compiler.Assembler.InstructionBytes,
            Sites = compiler.Sites.ToArray(),
            FrameSize = compiler.FrameSize,
            LandingPads = compiler.LandingPadOffsets(),
            FeedbackCallOffsets = compiler.FeedbackCallOffsets.ToArray(),
            StackMaps = compiler.StackMaps.ToArray(compiler.SlotSize),
            SourceMap = compiler.SourceMap?.ToArray(),
            References = BaselineSettings.Of(code.Options).IsKept ? CodeReference.Of(compiler.Assembler.Relocations, compiler.Types, stubs) : null,
        };
        GiveBack(compiler);
        return compiled;
    }

    /// <inheritdoc/>
    public ResumeMap DescribeResumePoints(ModuleCode code, int functionIndex, CompilationInterest interest = default)
    {
        var compiler = Borrow();
        Run(compiler, code, functionIndex, interest, describesResumePoints: true, mapsSource: false);
        var points = compiler.ResumePoints!.ToArray();
        Array.Sort(points, static (a, b) => a.BytecodeOffset != b.BytecodeOffset ? a.BytecodeOffset.CompareTo(b.BytecodeOffset) : (int)a.Kind - (int)b.Kind);
        var map = new ResumeMap(compiler.FrameSize, points);
        GiveBack(compiler);
        return map;
    }

    /// <summary>Frees the function compilers; one that is at work, when it has finished.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        while (_idle.TryPop(out var compiler))
        {
            compiler.Dispose();
        }
    }

    /// <summary>Lets a compiler compile. One that does not come to the end is not used again.</summary>
    private static void Run(
        FunctionCompiler compiler, ModuleCode code, int functionIndex, CompilationInterest interest, bool describesResumePoints, bool mapsSource)
    {
        try
        {
            compiler.Compile(code, functionIndex, interest, describesResumePoints, mapsSource);
        }
        catch
        {
            compiler.Dispose();
            throw;
        }
    }

    private void GiveBack(FunctionCompiler compiler)
    {
        compiler.Forget();
        _idle.Push(compiler);
        if (_isDisposed)
        {
            Dispose();
        }
    }

    private FunctionCompiler Borrow() => _idle.TryPop(out var compiler) ? compiler : new FunctionCompiler(stubs);
}
