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
    private readonly Assembler _assembler = new();
    private readonly LirCode _code = new();
    private readonly LifetimeBuilder _lifetimes = new();
    private readonly InstructionSelector _selector;
    private readonly LinearScan _scan;
    private readonly MoveInserter _moves;
    private readonly Safepoints _safepoints;
    private readonly CodeEmitter _emitter;

    /// <summary>Makes a generator.</summary>
    public CodeGenerator()
    {
        var signatures = new SignatureCache();
        _selector = new InstructionSelector(signatures);
        _scan = new LinearScan(_lifetimes);
        _moves = new MoveInserter(_lifetimes, _scan);
        _safepoints = new Safepoints(_lifetimes, _scan, _moves);
        _emitter = new CodeEmitter(_assembler, _lifetimes, _scan, _moves, _safepoints, signatures);
    }

    /// <summary>Whether each allocation is checked by <see cref="AllocationVerifier"/>: on with the switch of that name.</summary>
    public bool VerifiesAllocation { get; init; } =
        AppContext.TryGetSwitch("Harness.VerifyAllocation", out var isOn) && isOn;

    /// <summary>Generates code for a graph and puts it into the code space.</summary>
    /// <param name="graph">The graph. Its aliases get resolved.</param>
    /// <param name="module">The module's code: layout and knobs.</param>
    /// <param name="withSourceMap">Whether to note where each instruction comes from, for listings.</param>
    /// <param name="observe">Told the name of each step, the code and the time that it took; null if nobody looks.</param>
    /// <exception cref="NotSupportedException">The function is beyond what optimized code can do.</exception>
    public CompiledCode Generate(
        Graph graph, ModuleCode module, bool withSourceMap = false, Action<string, object, TimeSpan>? observe = null)
    {
        var start = Stopwatch.GetTimestamp();
        graph.ResolveAll();
        _code.Reset(graph);
        _selector.Run(_code, module);
        Done("select");
        _lifetimes.Run(_code, module.Options.CompileLiveBlocks);
        Done("lifetimes");
        _scan.Run(_code);
        Done("allocate");
        _emitter.Open(_code, module);
        _moves.Run(_code);
        Done("moves");
        _safepoints.Run(_code);
        Done("safepoints");
        if (VerifiesAllocation)
        {
            new AllocationVerifier(_code, _lifetimes.Lifetimes, _moves, _safepoints).Verify();
        }

        _emitter.Run(withSourceMap);
        var block = CodePlacement.Publish(NativeRuntime.CodeSpace, _assembler, module.Options, graph.FunctionIndex, CodeTier.Optimized);
        Done("emit");
        return new CompiledCode
        {
            FunctionIndex = graph.FunctionIndex,
            Tier = CodeTier.Optimized,
            Block = block,
            InstructionBytes = _assembler.InstructionBytes,
            Sites = _emitter.Sites.ToArray(),
            InliningPositions = [.. graph.InliningPositions],
            StackMaps = _safepoints.Maps,
            FrameSize = _emitter.FrameSize,
            LoopOffset = graph.LoopOffset,
            LoopValues = _emitter.LoopValues,
            LoopValueSize = _emitter.LoopValueSize,
            LandingPads = _emitter.LandingPadOffsets(),
            DeoptData = new DeoptData([.. _emitter.DeoptPoints]),
            SourceMap = withSourceMap ? _emitter.SourceMap.ToArray() : null,
            References = CodeReference.AreNoted(module.Options) ? CodeReference.Of(_assembler.Relocations, _emitter.Types, NativeRuntime.Stubs.Stubs) : null,
        };

        void Done(string step)
        {
            if (observe is not null)
            {
                observe(step, _code, Stopwatch.GetElapsedTime(start));
                start = Stopwatch.GetTimestamp();
            }
        }
    }

    /// <summary>Lets go of the function that was compiled last, and of its module.</summary>
    public void Forget()
    {
        _code.Forget();
        _selector.Forget();
        _emitter.Forget();
    }

    /// <summary>Frees the buffer of the assembler.</summary>
    public void Dispose() => _assembler.Dispose();
}
