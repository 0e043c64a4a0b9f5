using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline;

/// <content>Code sites, and the code behind the body.</content>
internal sealed partial class FunctionCompiler
{
    private CodeSite[] _sites = new CodeSite[256];
    private int _siteCount;
    private ColdPath[] _cold = new ColdPath[256];
    private int _coldCount;

    /// <summary>Marks the return address of a call that was just emitted.</summary>
    private void AddCallSite(TrapKind trap = TrapKind.None) => AddSite(_asm.Position, trap);

    /// <summary>Marks the return address of a call that was just emitted, during which garbage may be collected.</summary>
    private void AddSafepoint(int stackMap) => AddSite(_asm.Position, TrapKind.None, stackMap);

    /// <summary>Marks the instruction that is emitted next as one that may fault.</summary>
    private void AddFaultSite(TrapKind trap) => AddSite(_asm.Position, trap);

    private void AddSite(int codeOffset, TrapKind trap, int stackMap = -1)
    {
        if (_siteCount == _sites.Length)
        {
            Array.Resize(ref _sites, 2 * _siteCount);
        }

        _sites[_siteCount++] = new CodeSite(codeOffset, _offset, -1, trap, stackMap);
    }

    /// <summary>
    /// Traps at this place of the code. A byte that is never executed follows the call, so that its return address is not that
    /// of an instruction that may fault, which would be another trap at the same address.
    /// </summary>
    private void EmitTrapHere(TrapKind kind)
    {
        CallStub(Stub.Trap);
        AddCallSite(kind);
        _asm.Int3();
    }

    private void CallStub(Stub stub) => _asm.Call(_stubs[(int)stub]);

    /// <summary>Code out of line that traps.</summary>
    private Label AddTrap(TrapKind kind) => AddColdPath(new ColdPath { Kind = ColdPathKind.Trap, Trap = kind });

    /// <summary>Code out of line that traps, or not, depending on a register.</summary>
    private Label AddTerminalPath(ColdPathKind kind, TrapKind trap, Register a, OpSize size) =>
        AddColdPath(new ColdPath { Kind = kind, Trap = trap, A = a, Size = size });

    /// <summary>Code out of line that comes back where <see cref="BindResume"/> is called next, or its label is bound.</summary>
    private Label AddReturningPath(
        ColdPathKind kind,
        Register a = default,
        Register b = default,
        OpSize size = default,
        int operand = 0,
        int stackMap = -1,
        Mem? place = null) =>
        AddColdPath(new ColdPath
        {
            Kind = kind,
            A = a,
            B = b,
            Size = size,
            Place = place,
            Operand = operand,
            StackMap = stackMap,
            Resume = _asm.NewLabel(),
        });

    /// <summary>Here the code out of line that was added last comes back.</summary>
    private void BindResume() => _asm.Bind(_cold[_coldCount - 1].Resume);

    private Label AddColdPath(in ColdPath path)
    {
        if (_coldCount == _cold.Length)
        {
            Array.Resize(ref _cold, 2 * _coldCount);
        }

        ref var added = ref _cold[_coldCount++];
        added = path;
        added.BytecodeOffset = _offset;
        added.Entry = _asm.NewLabel();
        return added.Entry;
    }

    private void EmitColdPaths()
    {
        for (int i = 0; i < _coldCount; i++)
        {
            ref readonly var path = ref _cold[i];
            _offset = path.BytecodeOffset;
            SourceMap?.Add((_asm.Position, _offset));
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
                EmitTrapHere(path.Trap);
                break;
            case ColdPathKind.StackGuard:
                CallStub(Stub.StackGuard);
                AddCallSite();
                break;
            case ColdPathKind.LargeStackGuard:
                EmitLargeStackGuard(path.Resume);
                break;
            case ColdPathKind.TierUp:
                _asm.MovImm(CallingConvention.Scratch, _function.Index);
                CallStub(Stub.TierUp);
                AddCallSite();
                break;
            case ColdPathKind.EnterLoop:
                CallStub(Stub.EnterLoop);
                AddCallSite();
                break;
            case ColdPathKind.FeedbackMiss:
                _asm.Alu(AluOp.Add, OpSize.Qword, Gpr.R10, path.Operand);
                CallStub(Stub.FeedbackMiss);
                AddCallSite();
                break;
            case ColdPathKind.SubtypeCheck:
                EmitSubtypeCheck(path);
                break;
            case ColdPathKind.TailCallToAnyInstance:
                EmitTailCallToAnyInstance(path.Operand);
                break;
            case ColdPathKind.CollectGarbage:
                EmitCollectGarbage(path);
                break;
            case ColdPathKind.NewLargeArray:
                EmitNewLargeArray(path);
                break;
            case ColdPathKind.Remember:
                EmitRemember(path);
                break;
            case ColdPathKind.NegateForDivision:
                _asm.Unary(UnaryOp.Neg, path.Size, Gpr.Rax);
                EmitTrapUnless(Condition.NoOverflow, TrapKind.IntegerOverflow);
                break;
            case ColdPathKind.ZeroRemainder:
                _asm.Zero(Gpr.Rdx);
                break;
            default:
                EmitColdFloatPath(path);
                break;
        }
    }

    /// <summary>
    /// The guard itself cannot tell that the frame to be made does not fit; so it is only asked to handle an interrupt, and the
    /// comparison is made again.
    /// </summary>
    private void EmitLargeStackGuard(Label resume)
    {
        // The frame is incomplete: rsp is not a multiple of 16 yet.
        _asm.Push(CallingConvention.Instance);
        CallStub(Stub.StackGuard);
        AddCallSite();
        _asm.Pop(CallingConvention.Instance);
        CompareLargeFrame();
        _asm.Jcc(Condition.AboveOrEqual, resume);
        _asm.Push(CallingConvention.Instance);
        EmitTrapHere(TrapKind.StackOverflow);
    }

    /// <summary>The operands of the call may be in any other registers.</summary>
    private void EmitSubtypeCheck(in ColdPath path)
    {
        _asm.Push(CallingConvention.Scratch);
        CompareDisplay(CallingConvention.Scratch, FunctionReference.TypeIdOffset, TypeRegistry.Get(path.Operand));
        _asm.Pop(CallingConvention.Scratch);
        EmitTrapUnless(Condition.Equal, TrapKind.IndirectCallTypeMismatch);
    }

    private void EmitColdFloatPath(in ColdPath path)
    {
        var a = path.A;
        var b = path.B;
        switch (path.Kind)
        {
            case ColdPathKind.MinMaxOfEqual:
                EmitMinMaxOfEqual(path);
                break;
            case ColdPathKind.TruncationFailed:
                TestForNumber(path.Size, a.Xmm);
                EmitTrapUnless(Condition.NoParity, TrapKind.InvalidConversionToInteger);
                EmitTrapHere(TrapKind.IntegerOverflow);
                break;
            case ColdPathKind.TruncationToMinimum:
                TestForNumber(path.Size, b.Xmm);
                EmitTrapUnless(Condition.NoParity, TrapKind.InvalidConversionToInteger);
                CompareWithMinimum64(path.Size, b.Xmm);
                EmitTrapUnless(Condition.Equal, TrapKind.IntegerOverflow);
                break;
            case ColdPathKind.TruncationOfLarge:
                EmitTruncationOfLarge(path);
                EmitTrapUnless(Condition.NoSign, TrapKind.IntegerOverflow);
                EmitAddTwoToThe63(a.Gpr);
                break;
            case ColdPathKind.SaturateSigned32:
                EmitSaturateSigned(path, int.MinValue & 0xFFFF_FFFFL, int.MaxValue);
                break;
            case ColdPathKind.SaturateSigned64:
                EmitSaturateSigned(path, long.MinValue, long.MaxValue);
                break;
            case ColdPathKind.SaturateUnsigned32:
                EmitCompareWithZero(path.Size, b.Xmm);
                _asm.MovImm(a.Gpr, 0);
                _asm.Jcc(Condition.BelowOrEqual, path.Resume);
                _asm.MovImm(a.Gpr, uint.MaxValue);
                break;
            case ColdPathKind.SaturateToZero:
                _asm.Zero(a.Gpr);
                break;
            case ColdPathKind.SaturateLarge:
                EmitTruncationOfLarge(path);
                EmitAddTwoToThe63(a.Gpr);
                _asm.Jcc(Condition.Sign, path.Resume);
                _asm.MovImm(a.Gpr, -1);
                break;
            case ColdPathKind.ConvertLarge:
                EmitConvertLarge(path);
                break;
        }
    }

    private void EmitTrapUnless(Condition condition, TrapKind kind)
    {
        var fine = _asm.NewLabel();
        _asm.JccShort(condition, fine);
        EmitTrapHere(kind);
        _asm.Bind(fine);
    }

    private static SseOp CompareOf(OpSize size) => size == OpSize.Dword ? SseOp.UcomiSs : SseOp.UcomiSd;

    /// <summary>Sets the parity flag for what is not a number.</summary>
    private void TestForNumber(OpSize size, Xmm value) => _asm.Sse(CompareOf(size), value, value);

    private void CompareWithMinimum64(OpSize size, Xmm value)
    {
        var minimum = size == OpSize.Dword ? _asm.Constant32(0xDF00_0000) : _asm.Constant64(0xC3E0_0000_0000_0000);
        _asm.Sse(CompareOf(size), value, minimum);
    }

    private void EmitCompareWithZero(OpSize size, Xmm value)
    {
        _asm.Sse(SseOp.XorPs, CallingConvention.ScratchXmm, CallingConvention.ScratchXmm);
        _asm.Sse(CompareOf(size), value, CallingConvention.ScratchXmm);
    }

    private void EmitMinMaxOfEqual(in ColdPath path)
    {
        bool isMaximum = path.Operand != 0;
        var unordered = _asm.NewLabel();
        _asm.JccShort(Condition.Parity, unordered);

        // Equal values differ at most in the sign of zero: a negative one wins the minimum, and loses the maximum.
        _asm.Sse(isMaximum ? SseOp.AndPs : SseOp.OrPs, path.A.Xmm, path.B.Xmm);
        _asm.Jmp(path.Resume);
        _asm.Bind(unordered);
        _asm.Sse(path.Size == OpSize.Dword ? SseOp.AddSs : SseOp.AddSd, path.A.Xmm, path.B.Xmm);
    }

    private void EmitSaturateSigned(in ColdPath path, long minimum, long maximum)
    {
        EmitCompareWithZero(path.Size, path.B.Xmm);
        _asm.MovImm(path.A.Gpr, 0);
        _asm.Jcc(Condition.Parity, path.Resume);
        _asm.MovImm(path.A.Gpr, minimum);
        _asm.Jcc(Condition.Below, path.Resume);
        _asm.MovImm(path.A.Gpr, maximum);
    }

    /// <summary>Truncates B - 2^63 to A, which is negative if that does not fit.</summary>
    private void EmitTruncationOfLarge(in ColdPath path)
    {
        bool isSingle = path.Size == OpSize.Dword;
        _asm.MovAps(CallingConvention.ScratchXmm, path.B.Xmm);
        _asm.Sse(isSingle ? SseOp.SubSs : SseOp.SubSd, CallingConvention.ScratchXmm, Limit63(path.Size));
        _asm.Cvt(
            isSingle ? FloatToIntOp.CvttSsToSi64 : FloatToIntOp.CvttSdToSi64, path.A.Gpr, CallingConvention.ScratchXmm);
        _asm.Test(OpSize.Qword, path.A.Gpr, path.A.Gpr);
    }

    private void EmitAddTwoToThe63(Gpr register)
    {
        _asm.MovImm(CallingConvention.Scratch, long.MinValue);
        _asm.Alu(AluOp.Xor, OpSize.Qword, register, CallingConvention.Scratch);
    }

    /// <summary>Converts half the integer, with the lowest bit kept so that rounding comes out right, and doubles it.</summary>
    private void EmitConvertLarge(in ColdPath path)
    {
        bool isSingle = path.Size == OpSize.Dword;
        var half = CallingConvention.Scratch;
        var even = _asm.NewLabel();
        _asm.Mov(OpSize.Qword, half, path.A.Gpr);
        _asm.Shift(ShiftOp.Shr, OpSize.Qword, half, 1);
        _asm.JccShort(Condition.NoCarry, even);
        _asm.Alu(AluOp.Or, OpSize.Qword, half, 1);
        _asm.Bind(even);
        Convert(isSingle ? IntToFloatOp.CvtSi64ToSs : IntToFloatOp.CvtSi64ToSd, path.B.Xmm, half);
        _asm.Sse(isSingle ? SseOp.AddSs : SseOp.AddSd, path.B.Xmm, path.B.Xmm);
    }
}
