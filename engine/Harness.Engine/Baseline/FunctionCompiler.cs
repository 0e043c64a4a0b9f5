using Harness.Engine.Configuration;
using Harness.Engine.Deoptimization;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.Vectors;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline;

/// <summary>
/// Compiles one function after the other in a single pass over the bytes, straight to machine code. Values stay in registers
/// as long as nothing forces them to the frame; constants are folded into instructions; what is rarely executed lies behind the
/// body. All buffers are kept from one function to the next. Not safe for use by several threads at once.
/// </summary>
/// <remarks>
/// The compiler is deterministic: compiling a function again gives the same code, so that it can be described afterwards where
/// the values lie at each place where optimized code may come back.
/// </remarks>
internal sealed partial class FunctionCompiler : IDisposable
{
    /// <summary>Frames above this size are checked against the stack's end before they are made.</summary>
    private const int LargeFrame = 64 * 1024;

    private readonly Assembler _asm = new(256 * 1024);
    private readonly RegisterCache _cache;
    private readonly ParallelMove _moves;
    private readonly VectorEmitter _vectors;
    private readonly BodyScan _scan = new();
    private readonly nint[] _stubs;

    private ModuleCode _code = null!;
    private WasmModule _module = null!;
    private InstanceLayout _layout = null!;
    private FunctionInfo _function = null!;
    private BytecodeReader _reader;
    private int _offset;
    private int _nextSummary;
    private int _localCount;
    private bool _reachable;

    private bool _wantsFeedback;
    private bool _entersLoops;
    private bool _countsBudget;
    private bool _countsCalls;
    private bool _usesGuardPages;
    private bool _hasLargeFrame;
    private int _frameSizePatch;
    private int _frameSize;

    /// <summary>Makes a compiler.</summary>
    /// <param name="stubs">Addresses of the shared stubs, by <see cref="Stub"/>.</param>
    public FunctionCompiler(nint[] stubs)
    {
        _stubs = stubs;
        _cache = new RegisterCache(_asm);
        _moves = new ParallelMove(_asm, _cache);
        _vectors = new VectorEmitter(_asm);
    }

    /// <summary>Lets go of the module that was compiled last.</summary>
    public void Forget()
    {
        _code = null!;
        _module = null!;
        _layout = null!;
        _function = null!;
    }

    /// <summary>The code of the function that was compiled last.</summary>
    public Assembler Assembler => _asm;

    /// <summary>The code sites of that function, in ascending order.</summary>
    public ReadOnlySpan<CodeSite> Sites => _sites.AsSpan(0, _siteCount);

    /// <summary>Offsets of its call instructions that have feedback slots.</summary>
    public ReadOnlySpan<int> FeedbackCallOffsets => _feedbackCalls.AsSpan(0, _feedbackCallCount);

    /// <summary>The stack maps that its code sites name.</summary>
    public StackMapTable StackMaps => _stackMaps;

    /// <summary>Bytes of a slot of its frame.</summary>
    public int SlotSize => _cache.SlotSize;

    /// <summary>Bytes between rbp and rsp in its body.</summary>
    public int FrameSize => _frameSize;

    /// <summary>Where the values lie at each place where execution can resume, if that was asked for.</summary>
    public List<ResumePoint>? ResumePoints { get; private set; }

    /// <summary>Offsets in the code and of the instructions in the module's bytes, if they were asked for.</summary>
    public List<(int CodeOffset, int BytecodeOffset)>? SourceMap { get; private set; }

    /// <summary>Compiles a defined function.</summary>
    /// <param name="code">The module and its options.</param>
    /// <param name="functionIndex">The function.</param>
    /// <param name="describesResumePoints">Whether to fill <see cref="ResumePoints"/>.</param>
    /// <param name="mapsSource">Whether to fill <see cref="SourceMap"/>.</param>
    /// <exception cref="NotSupportedException">The function has an instruction that is not compiled.</exception>
    public void Compile(ModuleCode code, int functionIndex, bool describesResumePoints = false, bool mapsSource = false)
    {
        _code = code;
        _module = code.Module;
        _layout = code.Layout;
        _function = _module.Functions[functionIndex];
        var options = code.Options;
        bool tiersUp = options.TierUp != TierUpMode.Never;
        _wantsFeedback = tiersUp && options.Inlining;
        _entersLoops = tiersUp && options.Osr;
        _countsCalls = tiersUp && options.StressTierUpAfter > 0;
        _countsBudget = tiersUp && !_countsCalls;
        _usesGuardPages = options.MemoryGuardPages;
        ResumePoints = describesResumePoints ? [] : null;
        SourceMap = mapsSource ? [] : null;

        _hasLargeFrame = false;
        CompileBody();
        if (_frameSize > LargeFrame)
        {
            _hasLargeFrame = true;
            ResumePoints?.Clear();
            SourceMap?.Clear();
            CompileBody();
        }

        GC.KeepAlive(_module);
    }

    /// <inheritdoc/>
    public void Dispose() => _asm.Dispose();

    private void CompileBody()
    {
        _asm.Reset();
        _cache.Clear(_function.HasVectors ? FrameLayout.BaselineVectorSlotSize : FrameLayout.BaselineSlotSize);
        _stackMaps.Clear();
        _siteCount = 0;
        _feedbackCallCount = 0;
        _coldCount = 0;
        _controlDepth = 0;
        _outermostLoop = -1;
        _landingPadCount = 0;
        _catcher = -1;
        _stateEnd = 0;
        _nextSummary = 1;
        _reader = _module.OpenBody(_function);
        _offset = _reader.Offset;
        _reachable = true;

        PushParameters();
        PushLocals();
        _scan.Scan(_module, _reader);
        EmitPrologue();
        PushFunctionFrame();
        while (_controlDepth > 0)
        {
            CompileInstruction();
        }

        EmitColdPaths();
        int slotBytes = _cache.MaxHeight * _cache.SlotSize;
        _frameSize = (-FrameLayout.FeedbackVector + slotBytes + 15) & ~15;
        _asm.PatchInt32(_frameSizePatch, _frameSize + FrameLayout.Instance);
    }

    private void CompileInstruction()
    {
        _offset = _reader.Offset;
        SourceMap?.Add((_asm.Position, _offset));
        var opcode = _reader.ReadOpcode();
        switch (opcode)
        {
            case Opcode.Nop:
                break;
            case Opcode.LocalGet:
                _cache.PushLocal(_reader.ReadIndex());
                break;
            case Opcode.LocalSet:
                _cache.SetLocal(_reader.ReadIndex(), keepsTop: false);
                break;
            case Opcode.LocalTee:
                _cache.SetLocal(_reader.ReadIndex(), keepsTop: true);
                break;
            case Opcode.I32Const:
                _cache.Push(StackValue.Known(_reader.ReadVarI32(), ValueKind.I32));
                break;
            case Opcode.I64Const:
                PushConstant(_reader.ReadVarI64(), ValueKind.I64);
                break;
            case Opcode.F32Const:
                _cache.Push(StackValue.Known((int)_reader.ReadF32Bits(), ValueKind.F32));
                break;
            case Opcode.F64Const:
                PushConstant((long)_reader.ReadF64Bits(), ValueKind.F64);
                break;
            case Opcode.Drop:
                _cache.Drop();
                break;
            case Opcode.GlobalGet:
                EmitGlobalGet(_reader.ReadIndex());
                break;
            case Opcode.GlobalSet:
                EmitGlobalSet(_reader.ReadIndex());
                break;
            case Opcode.Select:
                EmitSelect();
                break;
            case Opcode.SelectTyped:
                _reader.SkipImmediates(opcode);
                EmitSelect();
                break;
            case < Opcode.Drop or Opcode.TryTable:
                CompileControl(opcode);
                break;
            case < Opcode.I32Load:
                CompileTable(opcode);
                break;
            case < Opcode.I32Const:
                CompileMemory(opcode);
                break;
            case < Opcode.RefNull:
                CompileNumeric(opcode);
                break;
            case <= Opcode.BrOnNonNull:
                CompileReference(opcode);
                break;
            default:
                CompilePrefixed(opcode);
                break;
        }
    }

    private void CompilePrefixed(Opcode opcode)
    {
        switch (opcode)
        {
            case >= Opcode.I32TruncSatF32S and <= Opcode.I64TruncSatF64U:
                CompileSaturating(opcode);
                break;
            case >= Opcode.MemoryInit and <= Opcode.MemoryFill:
                CompileBulkMemory(opcode);
                break;
            case >= Opcode.TableInit and <= Opcode.TableFill:
                CompileBulkTable(opcode);
                break;
            case >= Opcode.StructNew and <= Opcode.StructSet:
                CompileStruct(opcode);
                break;
            case >= Opcode.ArrayNew and <= Opcode.ArrayInitElem:
                CompileArray(opcode);
                break;
            case >= Opcode.RefTest and <= Opcode.I31GetU:
                CompileCast(opcode);
                break;
            case >= Opcode.V128Load:
                CompileVector(opcode);
                break;
            default:
                throw NotSupported(opcode);
        }
    }

    private NotSupportedException NotSupported(Opcode opcode) =>
        new($"the instruction {OpcodeTable.Get(opcode).Name} at offset 0x{_offset:x} is not compiled by this engine");

    /// <summary>Pushes a 64-bit constant: as such if it is its low half sign-extended, else in a register.</summary>
    private void PushConstant(long bits, ValueKind kind)
    {
        if (bits == (int)bits)
        {
            _cache.Push(StackValue.Known((int)bits, kind));
            return;
        }

        var register = _cache.Allocate(kind, RegisterSet.None);
        _cache.LoadConstant(register, kind, bits, CallingConvention.Scratch);
        _cache.Push(kind, register);
    }

    private void PushParameters()
    {
        int gprs = 0;
        int xmms = 0;
        int onStack = 0;
        var parameters = _function.Type.Parameters;
        foreach (var type in parameters)
        {
            var kind = type.Kind;
            if (RegisterSet.IsFloat(kind) && xmms < CallingConvention.ParameterXmms.Length)
            {
                _cache.Push(kind, CallingConvention.ParameterXmms[xmms++]);
            }
            else if (!RegisterSet.IsFloat(kind) && gprs < CallingConvention.ParameterGprs.Length)
            {
                _cache.Push(kind, CallingConvention.ParameterGprs[gprs++]);
            }
            else
            {
                _cache.Push(StackValue.InFrame(kind));
                onStack += type.WordCount;
            }
        }

        _stackParameterBytes = ((onStack * sizeof(long)) + 15) & ~15;
    }

    /// <summary>Declares the locals, which start as zero; leaves the reader on the first instruction.</summary>
    private void PushLocals()
    {
        for (int groups = _reader.ReadIndex(); groups > 0; groups--)
        {
            int count = _reader.ReadIndex();
            var zero = StackValue.Known(0, _reader.ReadValueType().Kind);
            for (; count > 0; count--)
            {
                _cache.Push(zero);
            }
        }

        _localCount = _cache.Height;
    }

    /// <summary>
    /// Makes the frame and checks the stack, unless the function calls nothing: then the room below the limit suffices.
    /// </summary>
    private void EmitPrologue()
    {
        _asm.Push(Gpr.Rbp);
        _asm.Mov(OpSize.Qword, Gpr.Rbp, Gpr.Rsp);
        _asm.Push(CallingConvention.Instance);
        if (_hasLargeFrame)
        {
            EmitLargeFrameCheck();
        }

        _frameSizePatch = _asm.AluPatchable(AluOp.Sub, OpSize.Qword, Gpr.Rsp);
        if (_scan.Body.HasCall && !_hasLargeFrame)
        {
            EmitStackGuard();
        }

        if (_countsCalls)
        {
            EmitBudget(1);
        }

        if (_wantsFeedback && _scan.Body.HasCall)
        {
            _asm.Mov(OpSize.Qword, CallingConvention.Scratch, InstanceField(_layout.FeedbackVector(_function.Index)));
            _asm.Mov(OpSize.Qword, Mem.Base(Gpr.Rbp, FrameLayout.FeedbackVector), CallingConvention.Scratch);
            _asm.Unary(UnaryOp.Inc, OpSize.Dword, InstanceField(_layout.InvocationCount(_function.Index)));
        }

        CopyStackParameters();
    }

    private void EmitLargeFrameCheck()
    {
        CompareLargeFrame();
        _asm.Jcc(Condition.Below, AddReturningPath(ColdPathKind.LargeStackGuard));
        BindResume();
    }

    /// <summary>Compares where rsp will be in the body with the stack's end. The frame's size is that of the compilation before.</summary>
    private void CompareLargeFrame()
    {
        _asm.Lea(OpSize.Qword, CallingConvention.Scratch, Mem.Base(Gpr.Rbp, -_frameSize));
        _asm.Alu(AluOp.Cmp, OpSize.Qword, CallingConvention.Scratch, InstanceField(InstanceHeader.StackLimitOffset));
    }

    private void EmitStackGuard()
    {
        _asm.Alu(AluOp.Cmp, OpSize.Qword, Gpr.Rsp, InstanceField(InstanceHeader.StackLimitOffset));
        _asm.Jcc(Condition.Below, AddReturningPath(ColdPathKind.StackGuard));
        BindResume();
    }

    /// <summary>Uses up some of the function's tiering budget, and calls the tier-up stub when it is gone.</summary>
    private void EmitBudget(int cost)
    {
        _asm.Alu(AluOp.Sub, OpSize.Dword, InstanceField(_layout.TieringBudget(_function.Index)), cost);
        _asm.Jcc(Condition.Sign, AddReturningPath(ColdPathKind.TierUp));
        BindResume();
    }

    /// <summary>Looks at the header of a loop whether there may be optimized code that begins there.</summary>
    private void EmitLoopRequest()
    {
        _asm.Alu(AluOp.Cmp, OpSize.Dword, InstanceField(_layout.LoopRequest(_function.Index)), 0);
        _asm.Jcc(Condition.NotEqual, AddReturningPath(ColdPathKind.EnterLoop));
        BindResume();
    }

    /// <summary>Copies the parameters that came on the stack to their frame slots.</summary>
    private void CopyStackParameters()
    {
        int offset = FrameLayout.StackParameters;
        int count = _function.Type.Parameters.Length;
        for (int i = 0; i < count; i++)
        {
            if (_cache[i].IsFrame)
            {
                CopyWords(Mem.Base(Gpr.Rbp, offset), _cache.Slot(i), _cache[i].Kind);
                offset += _function.Type.Parameters[i].WordCount * sizeof(long);
            }
        }
    }

    /// <summary>Copies a value from memory to memory by way of the scratch register.</summary>
    private void CopyWords(Mem source, Mem destination, ValueKind kind)
    {
        _asm.Mov(OpSize.Qword, CallingConvention.Scratch, source);
        _asm.Mov(OpSize.Qword, destination, CallingConvention.Scratch);
        if (kind == ValueKind.V128)
        {
            _asm.Mov(OpSize.Qword, CallingConvention.Scratch, source.Offset(sizeof(long)));
            _asm.Mov(OpSize.Qword, destination.Offset(sizeof(long)), CallingConvention.Scratch);
        }
    }

    /// <summary>A field of the running instance's data.</summary>
    private static Mem InstanceField(int offset) => Mem.Base(CallingConvention.Instance, offset);
}
