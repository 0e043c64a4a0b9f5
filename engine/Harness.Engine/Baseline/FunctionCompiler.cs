using Harness.Engine.Baseline.Emitters;
using Harness.Engine.Baseline.Model;
using Harness.Engine.Deoptimization;
using Harness.Engine.Modules;
using Harness.Engine.Numbers;
using Harness.Engine.Runtime;
using Harness.Engine.Runtime.Tiering;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline;

/// <summary>
/// Compiles one function after the other in a single pass over the bytes, straight to machine code. Values stay in registers
/// as long as nothing forces them to the frame; constants are folded into instructions; what is rarely executed lies behind the
/// body. All buffers are kept from one function to the next. Not safe for use by several threads at once.
/// </summary>
/// <remarks>
/// What is known of the function is in a <see cref="BaselineState"/>; each family of instructions has an emitter, to which this class hands
/// them. The compiler is deterministic: compiling a function again gives the same code, so that it can be described afterwards where
/// the values lie at each place where optimized code may come back.
/// </remarks>
internal sealed class FunctionCompiler : IDisposable
{
    /// <summary>Instructions between two looks whether the code is still wanted, and the frame as large as was thought; a power of two.</summary>
    private const int InterestInterval = 1024;

    /// <summary>Wire bytes from which on a function is not even begun where its code is not wanted any more.</summary>
    private const int LargeBody = 64 * 1024;

    private readonly BaselineState _state = new();
    private readonly FunctionBody _body;
    private readonly ValueStack _stack;
    private readonly CodeSites _sites;
    private readonly FrameEmitter _framing;
    private readonly FeedbackEmitter _feedback;
    private readonly ControlEmitter _controls;
    private readonly SelectEmitter _selects;
    private readonly CompareEmitter _comparisons;
    private readonly IntegerEmitter _integers;
    private readonly WideEmitter _wide;
    private readonly FloatEmitter _floats;
    private readonly ConversionEmitter _conversions;
    private readonly GlobalEmitter _globals;
    private readonly TableEmitter _tables;
    private readonly MemoryEmitter _memories;
    private readonly AtomicEmitter _atomics;
    private readonly ReferenceEmitter _references;
    private readonly StructEmitter _structs;
    private readonly ArrayEmitter _arrays;
    private readonly CastEmitter _casts;
    private readonly VectorInstructionEmitter _vectors;
    private readonly ColdPathEmitter _coldPaths;
    private int _instructionCount;

    /// <summary>Makes a compiler.</summary>
    /// <param name="stubs">Addresses of the shared stubs, by <see cref="Stub"/>.</param>
    public FunctionCompiler(nint[] stubs)
    {
        _body = _state.Body;
        _stack = _state.Stack;
        _sites = _state.Sites;

        // What others build on.
        var stubCalls = new StubCalls(_state, stubs);
        var labels = new LabelStates(_state);
        var transfers = new StateTransfer(_state);
        var instance = new InstanceFields(_state);
        var builtins = new BuiltinCalls(_state);
        var addresses = new MemoryAddressing(_state, instance);
        var conditions = new ConditionEmitter(_state);
        _framing = new FrameEmitter(_state, stubCalls);
        _feedback = new FeedbackEmitter(_state);

        // Control without calls, and what is fused with it.
        var branches = new BranchEmitter(_state, labels, transfers, _framing, conditions);
        var blocks = new BlockEmitter(_state, labels, transfers, _framing, conditions);
        _selects = new SelectEmitter(_state, conditions);
        var flags = new FlagFusion(_state, conditions, _selects, branches, blocks);

        // Numbers.
        _comparisons = new CompareEmitter(_state, conditions, flags);
        _integers = new IntegerEmitter(_state);
        _wide = new WideEmitter(_state);
        _floats = new FloatEmitter(_state);
        _conversions = new ConversionEmitter(_state);

        // Memories, globals and tables.
        _memories = new MemoryEmitter(_state, instance, builtins, addresses);
        _atomics = new AtomicEmitter(_state, builtins, addresses);
        _globals = new GlobalEmitter(_state, instance);
        _tables = new TableEmitter(_state, instance, builtins);
        _vectors = new VectorInstructionEmitter(_state, addresses);

        // References and objects.
        var typeTests = new TypeTestEmitter(_state);
        var allocations = new AllocationEmitter(_state, stubCalls);
        var fields = new FieldEmitter(_state, stubCalls);
        var newArrays = new NewArrayEmitter(_state, stubCalls, builtins, allocations, fields);
        _references = new ReferenceEmitter(_state, instance, branches, _comparisons);
        _casts = new CastEmitter(_state, branches, flags, typeTests);
        _structs = new StructEmitter(_state, allocations, fields);
        _arrays = new ArrayEmitter(_state, builtins, fields, newArrays, new VectorArrayEmitter(_state, builtins));

        // Calls and exceptions.
        var strings = new StringEmitter(_state, flags, builtins, typeTests);
        var calls = new CallEmitter(_state, instance, _feedback, _tables, strings);
        var tailCalls = new TailCallEmitter(_state, instance, _framing, _feedback, calls);
        var exceptions = new ExceptionEmitter(_state, labels, transfers, stubCalls, branches, blocks, builtins);
        var legacyExceptions = new LegacyExceptionEmitter(_state, labels, transfers, blocks, exceptions);
        _controls = new ControlEmitter(
            _state, stubCalls, _framing, conditions, branches, blocks, calls, tailCalls, exceptions, legacyExceptions);

        var floatPaths = new FloatColdPathEmitter(_state, stubCalls, _conversions);
        _coldPaths = new ColdPathEmitter(
            _state, stubCalls, _framing, typeTests, tailCalls, allocations, fields, newArrays, floatPaths);
    }

    /// <summary>Lets go of the module that was compiled last.</summary>
    public void Forget() => _body.Forget();

    /// <summary>The code of the function that was compiled last.</summary>
    public Assembler Assembler => _state.Assembler;

    /// <summary>The code sites of that function, in ascending order.</summary>
    public ReadOnlySpan<CodeSite> Sites => _sites.All;

    /// <summary>Offsets of its call instructions that have feedback slots.</summary>
    public ReadOnlySpan<int> FeedbackCallOffsets => _feedback.CallOffsets;

    /// <summary>The places in its code that mention types, if it is to be kept.</summary>
    public TypeMentions Types => _state.Types;

    /// <summary>The stack maps that its code sites name.</summary>
    public StackMapTable StackMaps => _sites.StackMaps;

    /// <summary>Bytes of a slot of its frame.</summary>
    public int SlotSize => _state.Frame.SlotSize;

    /// <summary>Bytes between rbp and rsp in its body.</summary>
    public int FrameSize => _framing.FrameSize;

    /// <summary>Where the values lie at each place where execution can resume, if that was asked for.</summary>
    public List<ResumePoint>? ResumePoints => _state.Resume.Points;

    /// <summary>Offsets in the code and of the instructions in the module's bytes, if they were asked for.</summary>
    public List<(int CodeOffset, int BytecodeOffset)>? SourceMap => _sites.SourceMap;

    /// <summary>Offsets in the code of its landing pads.</summary>
    public int[] LandingPadOffsets() => _state.Handlers.LandingPadOffsets();

    /// <summary>Compiles a defined function.</summary>
    /// <param name="code">The module and its options.</param>
    /// <param name="functionIndex">The function.</param>
    /// <param name="interest">Asked now and then whether to go on.</param>
    /// <param name="describesResumePoints">Whether to fill <see cref="ResumePoints"/>.</param>
    /// <param name="mapsSource">Whether to fill <see cref="SourceMap"/>.</param>
    /// <exception cref="NotSupportedException">The function has an instruction that is not compiled.</exception>
    /// <exception cref="OperationCanceledException">The code is not wanted any more.</exception>
    public void Compile(
        ModuleCode code, int functionIndex, CompilationInterest interest = default, bool describesResumePoints = false, bool mapsSource = false)
    {
        _body.Open(code, functionIndex);
        _state.Resume.Open(describesResumePoints);
        _sites.Open(mapsSource);

        _framing.HasLargeFrame = false;
        if (_body.Function.BodySize >= LargeBody)
        {
            interest.ThrowIfGone();
        }

        if (!TryCompileBody(interest))
        {
            _framing.HasLargeFrame = true;
            SourceMap?.Clear();
            TryCompileBody(interest);
        }

        GC.KeepAlive(_body.Module);
    }

    /// <inheritdoc/>
    public void Dispose() => _state.Dispose();

    /// <summary>Compiles the body from its beginning.</summary>
    /// <returns>False where it turns out in the midst of it that the frame is a large one, for which it has to begin otherwise.</returns>
    private bool TryCompileBody(CompilationInterest interest)
    {
        _state.Clear(FrameLayout.SlotSizeOf(_body.Function));
        _feedback.Clear();
        _framing.PushParameters();
        _framing.PushLocals();
        _body.Scan.Scan(_body.Module, _body.Reader, interest);
        _framing.EmitPrologue();
        var control = _state.Control;
        control.PushFunction();
        while (control.Depth > 0)
        {
            if ((++_instructionCount & (InterestInterval - 1)) == 0)
            {
                interest.ThrowIfGone();
                if (_framing.HasOutgrown)
                {
                    return false;
                }
            }

            if (_body.Fuel is not null && control.IsReachable)
            {
                _framing.EmitFuel();
            }

            CompileInstruction();
        }

        _coldPaths.EmitAll();
        _framing.Finish();
        return !_framing.HasOutgrown;
    }

    private void CompileInstruction()
    {
        var body = _body;
        body.Offset = body.Reader.Offset;
        _sites.MarkSource();
        var opcode = body.Reader.ReadOpcode();
        switch (opcode)
        {
            case Opcode.Nop:
                break;
            case Opcode.LocalGet:
                _stack.PushLocal(body.Reader.ReadIndex());
                break;
            case Opcode.LocalSet:
                _stack.SetLocal(body.Reader.ReadIndex(), keepsTop: false);
                break;
            case Opcode.LocalTee:
                _stack.SetLocal(body.Reader.ReadIndex(), keepsTop: true);
                break;
            case Opcode.I32Const:
                _stack.Push(StackValue.Known(body.Reader.ReadVarI32(), ValueKind.I32));
                break;
            case Opcode.I64Const:
                _stack.PushConstant(body.Reader.ReadVarI64(), ValueKind.I64);
                break;
            case Opcode.F32Const:
                _stack.Push(StackValue.Known((int)body.Reader.ReadF32Bits(), ValueKind.F32));
                break;
            case Opcode.F64Const:
                _stack.PushConstant((long)body.Reader.ReadF64Bits(), ValueKind.F64);
                break;
            case Opcode.Drop:
                _stack.Drop();
                break;
            case Opcode.GlobalGet:
                _globals.EmitGlobalGet(body.Reader.ReadIndex());
                break;
            case Opcode.GlobalSet:
                _globals.EmitGlobalSet(body.Reader.ReadIndex());
                break;
            case Opcode.Select:
                _selects.Emit();
                break;
            case Opcode.SelectTyped:
                body.Reader.SkipImmediates(opcode);
                _selects.Emit();
                break;
            case < Opcode.Drop or Opcode.TryTable:
                _controls.Compile(opcode);
                break;
            case < Opcode.I32Load:
                _tables.Compile(opcode);
                break;
            case < Opcode.I32Const:
                _memories.Compile(opcode);
                break;
            case < Opcode.RefNull:
                CompileNumeric(opcode);
                break;
            case <= Opcode.BrOnNonNull:
                _references.Compile(opcode);
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
            case >= Opcode.MemoryInit and <= Opcode.MemoryFill:
                _memories.CompileBulk(opcode);
                break;
            case >= Opcode.TableInit and <= Opcode.TableFill:
                _tables.CompileBulk(opcode);
                break;
            case >= Opcode.StructNew and <= Opcode.StructSet:
                _structs.Compile(opcode);
                break;
            case >= Opcode.ArrayNew and <= Opcode.ArrayInitElem:
                _arrays.Compile(opcode);
                break;
            case >= Opcode.RefTest and <= Opcode.I31GetU or >= Opcode.RefCastDescEq and <= Opcode.BrOnCastDescEqFail:
                _casts.Compile(opcode);
                break;
            case Opcode.StructNewDesc or Opcode.StructNewDefaultDesc or Opcode.RefGetDesc:
                _structs.Compile(opcode);
                break;
            case >= Opcode.MemoryAtomicNotify:
                _atomics.Compile(opcode);
                break;
            case >= Opcode.V128Load:
                _vectors.Compile(opcode);
                break;
            case var accessing when OpcodeTable.GetAccess(accessing).Kind == AccessKind.Field:
                _structs.Compile(opcode);
                break;
            case var accessing when OpcodeTable.GetAccess(accessing).Kind == AccessKind.Element:
                _arrays.Compile(opcode);
                break;
            default:
                CompileNumeric(opcode);
                break;
        }
    }

    /// <summary>Compiles an instruction of numbers by its form in machine code.</summary>
    private void CompileNumeric(Opcode opcode)
    {
        var form = NumericForms.Of(opcode);
        switch (form.Kind)
        {
            case NumericFormKind.None:
                throw _body.NotSupported(opcode);
            case NumericFormKind.WideAlu:
                _wide.EmitWideAlu((AluOp)form.Operation);
                break;
            case NumericFormKind.WideMultiply:
                _wide.EmitWideMultiply(form.IsSigned);
                break;
            case < NumericFormKind.EqualsZero:
                _integers.Compile(opcode, form);
                break;
            case <= NumericFormKind.CompareFloats:
                _comparisons.Compile(opcode, form);
                break;
            case <= NumericFormKind.FloatCopySign:
                _floats.Compile(opcode, form);
                break;
            default:
                _conversions.Compile(opcode, form);
                break;
        }
    }
}
