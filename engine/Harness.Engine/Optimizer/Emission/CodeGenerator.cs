using System.Diagnostics;
using Harness.Engine.Deoptimization;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Optimizer.RegisterAllocation;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission;

/// <summary>
/// The back end of the optimizing compiler: from an optimized graph to machine code. It keeps its buffers from function to function,
/// refused ones too, since each step begins by forgetting the last one's, and serves one thread at a time.
/// </summary>
internal sealed class CodeGenerator : IDisposable
{
    private readonly Assembler assembler = new();
    private readonly LirCode code = new();
    private readonly LifetimeBuilder lifetimes = new();
    private readonly InstructionSelector selector;
    private readonly LinearScan scan;
    private readonly MoveInserter moves;
    private readonly Safepoints safepoints;
    private readonly CodeEmitter emitter;

    /// <summary>Makes a generator.</summary>
    public CodeGenerator()
    {
        var signatures = new SignatureCache();
        selector = new InstructionSelector(signatures);
        scan = new LinearScan(lifetimes);
        moves = new MoveInserter(lifetimes, scan);
        safepoints = new Safepoints(lifetimes, scan, moves);
        emitter = new CodeEmitter(assembler, lifetimes, scan, moves, safepoints, signatures);
    }

    /// <summary>Whether each allocation is checked by <see cref="AllocationVerifier"/>: on with the switch of that name.</summary>
    public bool VerifiesAllocation { get; init; } =
        AppContext.TryGetSwitch("Harness.VerifyAllocation", out bool isOn) && isOn;

    /// <summary>Generates code for a graph and puts it into the code space.</summary>
    /// <param name="graph">The graph. Its aliases get resolved.</param>
    /// <param name="module">The module's code: layout and knobs.</param>
    /// <param name="withSourceMap">Whether to note where each instruction comes from, for listings.</param>
    /// <param name="observe">Told the name of each step, the code and the time that it took; null if nobody looks.</param>
    /// <exception cref="NotSupportedException">The function is beyond what optimized code can do.</exception>
    public CompiledCode Generate(
        Graph graph, ModuleCode module, bool withSourceMap = false, Action<string, object, TimeSpan>? observe = null)
    {
        long start = Stopwatch.GetTimestamp();
        graph.ResolveAll();
        code.Reset(graph);
        selector.Run(code, module);
        Done("select");
        lifetimes.Run(code, module.Options.CompileLiveBlocks);
        Done("lifetimes");
        scan.Run(code);
        Done("allocate");
        emitter.Open(code, module);
        moves.Run(code);
        Done("moves");
        safepoints.Run(code);
        Done("safepoints");
        if (VerifiesAllocation)
        {
            new AllocationVerifier(code, lifetimes.Lifetimes, moves, safepoints).Verify();
        }

        emitter.Run(withSourceMap);
        CodeBlock block = CodePlacement.Publish(NativeRuntime.CodeSpace, assembler, module.Options, graph.FunctionIndex, CodeTier.Optimized);
        Done("emit");
        return new CompiledCode
        {
            FunctionIndex = graph.FunctionIndex,
            Tier = CodeTier.Optimized,
            Block = block,
            InstructionBytes = assembler.InstructionBytes,
            Sites = emitter.Sites.ToArray(),
            InliningPositions = [.. graph.InliningPositions],
            StackMaps = safepoints.Maps,
            FrameSize = emitter.FrameSize,
            LoopOffset = graph.LoopOffset,
            LoopValues = emitter.LoopValues,
            LoopValueSize = emitter.LoopValueSize,
            LandingPads = emitter.LandingPadOffsets(),
            DeoptData = new DeoptData([.. emitter.DeoptPoints]),
            SourceMap = withSourceMap ? emitter.SourceMap.ToArray() : null,
            References = CodeReference.AreNoted(module.Options) ? CodeReference.Of(assembler.Relocations, emitter.Types, NativeRuntime.Stubs.Stubs) : null,
        };

        void Done(string step)
        {
            if (observe is not null)
            {
                observe(step, code, Stopwatch.GetElapsedTime(start));
                start = Stopwatch.GetTimestamp();
            }
        }
    }

    /// <summary>Lets go of the function that was compiled last, and of its module.</summary>
    public void Forget()
    {
        code.Forget();
        selector.Forget();
        emitter.Forget();
    }

    /// <summary>Frees the buffer of the assembler.</summary>
    public void Dispose() => assembler.Dispose();
}
