using Harness.Engine.Configuration;
using Harness.Engine.Deoptimization;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;
using Harness.Engine.Runtime.Tiering;
using Harness.Engine.X64;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Stands for both compilers: the code of each function is written by hand, so that the runtime is tested alone.</summary>
internal sealed class HandCompiler : IBaselineCompiler, IOptimizingCompiler
{
    private readonly Dictionary<int, Action<HandWriter>> _baseline = [];
    private readonly Dictionary<int, Action<HandWriter>> _optimized = [];

    public List<(int FunctionIndex, bool AllowDeopt, FunctionFeedback? Feedback)> Optimizations { get; } = [];

    public HandCompiler Baseline(int functionIndex, Action<HandWriter> write)
    {
        _baseline[functionIndex] = write;
        return this;
    }

    public HandCompiler Optimized(int functionIndex, Action<HandWriter> write)
    {
        _optimized[functionIndex] = write;
        return this;
    }

    public Store NewStore(EngineOptions? options = null) => new(NewEngine(options));

    public WasmEngine NewEngine(EngineOptions? options = null) => new(options ?? EngineOptions.Default, this, this);

    public void Dispose()
    {
    }

    public static WasmModule Module(string text) => WasmModule.Decode(WatAssembler.Assemble(text));

    public CompiledCode Compile(ModuleCode code, int functionIndex, CompilationInterest interest)
    {
        using var writer = new HandWriter(code);
        _baseline[functionIndex](writer);
        return writer.Finish(functionIndex, CodeTier.Baseline);
    }

    public ResumeMap DescribeResumePoints(ModuleCode code, int functionIndex, CompilationInterest interest)
    {
        using var writer = new HandWriter(code);
        _baseline[functionIndex](writer);
        return new ResumeMap(writer.FrameSize, [.. writer.ResumePoints]);
    }

    public CompiledCode Compile(ModuleCode code, int functionIndex, IFeedbackSource feedback, bool allowDeopt, CancellationToken cancellation)
    {
        lock (Optimizations)
        {
            Optimizations.Add((functionIndex, allowDeopt, feedback.FeedbackOf(functionIndex)));
        }

        using var writer = new HandWriter(code);
        _optimized[functionIndex](writer);
        return writer.Finish(functionIndex, CodeTier.Optimized);
    }
}

/// <summary>Writes one function by hand.</summary>
internal sealed class HandWriter(ModuleCode code) : IDisposable
{
    private readonly List<CodeSite> _sites = [];
    private readonly List<StackMap> _stackMaps = [];
    private readonly List<(Label Label, TrapKind Kind)> _traps = [];
    private readonly List<(Label Label, Label Resume)> _guards = [];

    public Assembler A { get; } = new();

    public ModuleCode Code { get; } = code;

    public int FrameSize { get; private set; }

    public List<ResumePoint> ResumePoints { get; } = [];

    public List<DeoptPoint> DeoptPoints { get; } = [];

    public List<InliningPosition> InliningPositions { get; } = [];

    public int[] FeedbackCallOffsets { get; set; } = [];

    /// <summary>Makes a frame with room for some slots, feedback vector included.</summary>
    public void Prologue(int slots = 1, bool guard = false)
    {
        var room = (((slots * 8) + 15) & ~15) + 8;
        FrameSize = room + 8;
        A.Push(Gpr.Rbp);
        A.Mov(OpSize.Qword, Gpr.Rbp, Gpr.Rsp);
        A.Push(Gpr.R14);
        A.Alu(AluOp.Sub, OpSize.Qword, Gpr.Rsp, room);
        if (guard)
        {
            Guard();
        }
    }

    /// <summary>Checks the stack limit.</summary>
    public void Guard()
    {
        var cold = A.NewLabel();
        A.Alu(AluOp.Cmp, OpSize.Qword, Gpr.Rsp, Mem.Base(Gpr.R14, InstanceHeader.StackLimitOffset));
        A.Jcc(Condition.Below, cold);
        _guards.Add((cold, A.NewBoundLabel()));
    }

    public void Epilogue(int stackBytes = 0)
    {
        A.Leave();
        A.Ret(stackBytes);
    }

    public void Site(int bytecodeOffset, TrapKind trap = TrapKind.None, short inlining = -1) =>
        _sites.Add(new CodeSite(A.Position, bytecodeOffset, inlining, trap));

    /// <summary>Marks the return address of a call during which references lie in slots and registers.</summary>
    public void Safepoint(int bytecodeOffset, int[] rbpOffsets, params ReadOnlySpan<Gpr> registers)
    {
        uint bits = 0;
        foreach (var register in registers)
        {
            bits |= 1u << (int)register;
        }

        _sites.Add(new CodeSite(A.Position, bytecodeOffset, -1, TrapKind.None, _stackMaps.Count));
        _stackMaps.Add(new StackMap(rbpOffsets, bits));
    }

    /// <summary>Calls a function of the module.</summary>
    public void Call(int functionIndex, int bytecodeOffset)
    {
        if (Code.Layout.IsImportedFunction(functionIndex))
        {
            A.Mov(OpSize.Qword, Gpr.R11, Mem.Base(Gpr.R14, Code.Layout.ImportedFunction(functionIndex)));
            CallReference(bytecodeOffset);
        }
        else
        {
            A.Call(Mem.Base(Gpr.R14, Code.Layout.FunctionReferenceOf(functionIndex) + FunctionReference.EntryOffset));
            Site(bytecodeOffset);
        }
    }

    /// <summary>Calls the function reference in r11.</summary>
    public void CallReference(int bytecodeOffset)
    {
        A.Mov(OpSize.Qword, Gpr.R14, Mem.Base(Gpr.R11, FunctionReference.InstanceOffset));
        A.Mov(OpSize.Qword, Gpr.R15, Mem.Base(Gpr.R14, InstanceHeader.MemoryBaseOffset));
        A.Call(Mem.Base(Gpr.R11, FunctionReference.EntryOffset));
        Site(bytecodeOffset);
        A.Mov(OpSize.Qword, Gpr.R14, Mem.Base(Gpr.Rbp, FrameLayout.Instance));
        A.Mov(OpSize.Qword, Gpr.R15, Mem.Base(Gpr.R14, InstanceHeader.MemoryBaseOffset));
    }

    public void CallStub(Stub stub) => A.Call(NativeRuntime.AddressOf(stub));

    public Label TrapLabel(TrapKind kind)
    {
        var label = A.NewLabel();
        _traps.Add((label, kind));
        return label;
    }

    public void Deopt(DeoptReason reason, params DeoptFrame[] frames)
    {
        CallStub(Stub.Deoptimize);
        DeoptPoints.Add(new DeoptPoint(A.Position, reason, frames, []));
    }

    public CompiledCode Finish(int functionIndex, CodeTier tier)
    {
        foreach (var (label, kind) in _traps)
        {
            A.Bind(label);
            CallStub(Stub.Trap);
            Site(1000 + (int)kind, kind);
        }

        foreach (var (label, resume) in _guards)
        {
            A.Bind(label);
            CallStub(Stub.StackGuard);
            Site(2000);
            A.Jmp(resume);
        }

        return new CompiledCode
        {
            FunctionIndex = functionIndex,
            Tier = tier,
            Block = NativeRuntime.CodeSpace.Publish(A),
            Sites = [.. _sites.OrderBy(site => site.CodeOffset)],
            InliningPositions = [.. InliningPositions],
            StackMaps = [.. _stackMaps],
            FeedbackCallOffsets = FeedbackCallOffsets,
            DeoptData = tier == CodeTier.Baseline ? null : new DeoptData([.. DeoptPoints]),
        };
    }

    public void Dispose() => A.Dispose();
}
