using Harness.Engine.Baseline.Model;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>The code behind the body.</summary>
internal sealed class ColdPathEmitter(
    BaselineState state,
    StubCalls stubs,
    FrameEmitter framing,
    TypeTestEmitter typeTests,
    TailCallEmitter tailCalls,
    AllocationEmitter allocations,
    FieldEmitter fields,
    NewArrayEmitter newArrays,
    FloatColdPathEmitter floatPaths)
{
    private readonly Assembler _asm = state.Assembler;
    private readonly FunctionBody _body = state.Body;
    private readonly CodeSites _sites = state.Sites;
    private readonly ColdPaths _cold = state.Cold;
    private readonly StubCalls _stubs = stubs;
    private readonly FrameEmitter _framing = framing;
    private readonly TypeTestEmitter _typeTests = typeTests;
    private readonly TailCallEmitter _tailCalls = tailCalls;
    private readonly AllocationEmitter _allocations = allocations;
    private readonly FieldEmitter _fields = fields;
    private readonly NewArrayEmitter _newArrays = newArrays;
    private readonly FloatColdPathEmitter _floatPaths = floatPaths;

    /// <summary>Emits all that the body has asked for; more may be asked for meanwhile.</summary>
    public void EmitAll()
    {
        for (var i = 0; i < _cold.Count; i++)
        {
            ref readonly var path = ref _cold[i];
            _body.Offset = path.BytecodeOffset;
            _sites.MarkSource();
            _asm.Bind(path.Entry);
            EmitColdPath(path);
            if (path.Resume.IsValid)
            {
                _asm.Jmp(path.Resume);
            }
        }
    }

    private void EmitColdPath(in ColdPath path)
    {
        switch (path.Kind)
        {
            case ColdPathKind.Trap:
                _stubs.EmitTrapHere(path.Trap);
                break;
            case ColdPathKind.StackGuard:
                _stubs.CallStub(Stub.StackGuard);
                _sites.AddCallSite();
                break;
            case ColdPathKind.LargeStackGuard:
                _framing.EmitLargeStackGuard(path.Resume);
                break;
            case ColdPathKind.TierUp:
                _asm.MovImm(CallingConvention.Scratch, _body.Function.Index);
                _stubs.CallStub(Stub.TierUp);
                _sites.AddCallSite();
                break;
            case ColdPathKind.EnterLoop:
                if (_body.CountsIterations)
                {
                    _framing.EmitIterationCount(path.Resume);
                }

                _stubs.CallStub(Stub.EnterLoop);
                _sites.AddCallSite();
                break;
            case ColdPathKind.FeedbackMiss:
                _asm.Alu(AluOp.Add, OpSize.Qword, Gpr.R10, path.Operand);
                _stubs.CallStub(Stub.FeedbackMiss);
                _sites.AddCallSite();
                break;
            case ColdPathKind.SubtypeCheck:
                EmitSubtypeCheck(path);
                break;
            case ColdPathKind.TailCallToAnyInstance:
                _tailCalls.EmitTailCallToAnyInstance(path.Operand);
                break;
            case ColdPathKind.CollectGarbage:
                _allocations.EmitCollectGarbage(path);
                break;
            case ColdPathKind.NewLargeArray:
                _newArrays.EmitNewLargeArray(path);
                break;
            case ColdPathKind.Remember:
                _fields.EmitRemember(path);
                break;
            case ColdPathKind.NegateForDivision:
                _asm.Unary(UnaryOp.Neg, path.Size, Gpr.Rax);
                _stubs.EmitTrapUnless(Condition.NoOverflow, TrapKind.IntegerOverflow);
                break;
            case ColdPathKind.ZeroRemainder:
                _asm.Zero(Gpr.Rdx);
                break;
            default:
                _floatPaths.Emit(path);
                break;
        }
    }

    /// <summary>The operands of the call may be in any other registers.</summary>
    private void EmitSubtypeCheck(in ColdPath path)
    {
        _asm.Push(CallingConvention.Scratch);
        _typeTests.CompareDisplay(CallingConvention.Scratch, FunctionReference.TypeIdOffset, TypeRegistry.Get(path.Operand));
        _asm.Pop(CallingConvention.Scratch);
        _stubs.EmitTrapUnless(Condition.Equal, TrapKind.IndirectCallTypeMismatch);
    }
}
