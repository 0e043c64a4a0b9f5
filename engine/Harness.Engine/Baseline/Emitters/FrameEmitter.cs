using Harness.Engine.Baseline.Model;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>Makes the frame and takes it down: parameters, results, the checks of the stack, and the tiering budget.</summary>
internal sealed class FrameEmitter(BaselineState state, StubCalls stubs)
{
    /// <summary>Frames above this size are checked against the stack's end before they are made.</summary>
    public const int LargeFrame = 64 * 1024;

    private readonly Assembler _asm = state.Assembler;
    private readonly FunctionBody _body = state.Body;
    private readonly FrameSlots _frame = state.Frame;
    private readonly ValueStack _stack = state.Stack;
    private readonly ParallelMove _moves = state.Moves;
    private readonly CodeSites _sites = state.Sites;
    private readonly ColdPaths _cold = state.Cold;
    private readonly StubCalls _stubs = stubs;
    private readonly List<int> _largeFramePatches = [];
    private int _frameSizePatch;

    /// <summary>Whether the frame is checked against the stack's end before it is made; so it is where the locals alone are many.</summary>
    public bool HasLargeFrame { get; set; }

    /// <summary>Whether the slots in use so far make the frame larger than the prologue was made for: the body has to be compiled anew, with <see cref="HasLargeFrame"/>.</summary>
    public bool HasOutgrown => !HasLargeFrame && SizeNow > LargeFrame;

    /// <summary>Bytes between rbp and rsp in the body that was compiled last; a multiple of 16.</summary>
    public int FrameSize { get; private set; }

    /// <summary>What that is with the slots in use so far.</summary>
    private int SizeNow => (-FrameLayout.FeedbackVector + (_stack.MaxHeight * _frame.SlotSize) + 15) & ~15;

    /// <summary>Declares the parameters where the caller has put them.</summary>
    public void PushParameters()
    {
        var gprs = 0;
        var xmms = 0;
        var onStack = 0;
        var parameters = _body.Function.Type.Parameters;
        foreach (var type in parameters)
        {
            var kind = type.Kind;
            if (RegisterSet.IsFloat(kind) && xmms < CallingConvention.ParameterXmms.Length)
            {
                _stack.Push(kind, CallingConvention.ParameterXmms[xmms++]);
            }
            else if (!RegisterSet.IsFloat(kind) && gprs < CallingConvention.ParameterGprs.Length)
            {
                _stack.Push(kind, CallingConvention.ParameterGprs[gprs++]);
            }
            else
            {
                _stack.Push(StackValue.InFrame(kind));
                onStack += type.WordCount;
            }
        }

        _body.StackParameterBytes = ((onStack * sizeof(long)) + 15) & ~15;
    }

    /// <summary>Declares the locals, which start as zero; leaves the reader on the first instruction.</summary>
    public void PushLocals()
    {
        for (var groups = _body.Reader.ReadIndex(); groups > 0; groups--)
        {
            var count = _body.Reader.ReadIndex();
            var zero = StackValue.Known(0, _body.Reader.ReadValueType().Kind);
            for (; count > 0; count--)
            {
                _stack.Push(zero);
            }
        }

        _body.LocalCount = _stack.Height;
        _stack.DeclareLocals();
    }

    /// <summary>
    /// Makes the frame and checks the stack, unless the function calls nothing: then the room below the limit suffices.
    /// </summary>
    public void EmitPrologue()
    {
        _largeFramePatches.Clear();
        HasLargeFrame |= _body.LocalCount * _frame.SlotSize > LargeFrame;
        _asm.Push(Gpr.Rbp);
        _asm.Mov(OpSize.Qword, Gpr.Rbp, Gpr.Rsp);
        _asm.Push(CallingConvention.Instance);
        if (HasLargeFrame)
        {
            EmitLargeFrameCheck();
        }

        _frameSizePatch = _asm.AluPatchable(AluOp.Sub, OpSize.Qword, Gpr.Rsp);
        if (_body.Scan.Body.HasCall && !HasLargeFrame)
        {
            EmitStackGuard();
        }

        if (_body.Scan.Body.HasCall)
        {
            EmitEpochCheck();
        }

        if (_body.CountsCalls)
        {
            EmitBudget(1);
        }

        if (_body.WantsFeedback && _body.Scan.Body.HasCall)
        {
            _asm.Mov(OpSize.Qword, CallingConvention.Scratch, InstanceFields.At(_body.Layout.FeedbackVector(_body.Function.Index)));
            _asm.Mov(OpSize.Qword, Mem.Base(Gpr.Rbp, FrameLayout.FeedbackVector), CallingConvention.Scratch);
            _asm.Unary(UnaryOp.Inc, OpSize.Dword, InstanceFields.At(_body.Layout.InvocationCount(_body.Function.Index)));
        }

        CopyStackParameters();
    }

    private void EmitLargeFrameCheck()
    {
        CompareLargeFrame();
        _asm.Jcc(Condition.Below, _cold.AddReturning(ColdPathKind.LargeStackGuard));
        _cold.BindResume();
    }

    /// <summary>Compares where rsp will be in the body with the stack's end. How large the frame is is known when all code is emitted.</summary>
    private void CompareLargeFrame()
    {
        _asm.Lea(OpSize.Qword, CallingConvention.Scratch, Mem.Base(Gpr.Rbp, -LargeFrame));
        _largeFramePatches.Add(_asm.Position - sizeof(int));
        _asm.Alu(AluOp.Cmp, OpSize.Qword, CallingConvention.Scratch, InstanceFields.At(InstanceHeader.StackLimitOffset));
    }

    /// <summary>
    /// The guard itself cannot tell that the frame to be made does not fit; so it is only asked to handle an interrupt, and the
    /// comparison is made again; and the guard is asked again if another interrupt has come meanwhile.
    /// </summary>
    public void EmitLargeStackGuard(Label resume)
    {
        // The frame is incomplete: rsp is not a multiple of 16 yet.
        var again = _asm.NewBoundLabel();
        _asm.Push(CallingConvention.Instance);
        _stubs.CallStub(Stub.StackGuard);
        _sites.AddCallSite();
        _asm.Pop(CallingConvention.Instance);
        CompareLargeFrame();
        _asm.Jcc(Condition.AboveOrEqual, resume);

        // Nothing but an interrupt moves the stack's end to the highest address.
        _asm.Alu(AluOp.Cmp, OpSize.Qword, InstanceFields.At(InstanceHeader.StackLimitOffset), -1);
        _asm.Jcc(Condition.Equal, again);
        _asm.Push(CallingConvention.Instance);
        _stubs.EmitTrapHere(TrapKind.StackOverflow);
    }

    /// <summary>Compares rsp with the stack's end, which an interrupt moves.</summary>
    public void EmitStackGuard()
    {
        _asm.Alu(AluOp.Cmp, OpSize.Qword, Gpr.Rsp, InstanceFields.At(InstanceHeader.StackLimitOffset));
        _asm.Jcc(Condition.Below, _cold.AddReturning(ColdPathKind.StackGuard));
        _cold.BindResume();
    }

    /// <summary>Looks whether the store's deadline has come, if that is asked for.</summary>
    public void EmitEpochCheck()
    {
        if (!_body.ChecksEpochs)
        {
            return;
        }

        _asm.Mov(OpSize.Qword, CallingConvention.Scratch, InstanceFields.At(InstanceHeader.ContextOffset));
        _asm.Alu(AluOp.Cmp, OpSize.Qword, Mem.Base(CallingConvention.Scratch, StoreContext.EpochsLeftOffset), 0);
        _asm.Jcc(Condition.LessOrEqual, _cold.AddReturning(ColdPathKind.StackGuard));
        _cold.BindResume();
    }

    /// <summary>Uses up the fuel for the stretch of instructions that begins here, if one does.</summary>
    public void EmitFuel()
    {
        if (!_body.Fuel!.TryFind(_body.Reader.Offset, out var charge))
        {
            return;
        }

        _body.Offset = charge.Offset;
        _sites.MarkSource();
        _asm.Mov(OpSize.Qword, CallingConvention.Scratch, InstanceFields.At(InstanceHeader.ContextOffset));
        _asm.Alu(AluOp.Sub, OpSize.Qword, Mem.Base(CallingConvention.Scratch, StoreContext.FuelOffset), charge.Units);
        if (charge.IsChecked)
        {
            _asm.Jcc(Condition.Sign, _cold.AddReturning(ColdPathKind.StackGuard));
            _cold.BindResume();
        }
    }

    /// <summary>Makes the frame as large as the slots in use, once all code is emitted.</summary>
    public void Finish()
    {
        FrameSize = SizeNow;
        _asm.PatchInt32(_frameSizePatch, FrameSize + FrameLayout.Instance);
        foreach (var patch in _largeFramePatches)
        {
            _asm.PatchInt32(patch, -FrameSize);
        }
    }

    /// <summary>Uses up some of the function's tiering budget, and calls the tier-up stub when it is gone.</summary>
    public void EmitBudget(int cost)
    {
        _asm.Alu(AluOp.Sub, OpSize.Dword, InstanceFields.At(_body.Layout.TieringBudget(_body.Function.Index)), cost);
        _asm.Jcc(Condition.Sign, _cold.AddReturning(ColdPathKind.TierUp));
        _cold.BindResume();
    }

    /// <summary>Uses up budget by the bytes of the function before its exit here.</summary>
    public void EmitExitBudget()
    {
        if (_body.CountsBudget)
        {
            EmitBudget(_body.Reader.Offset - _body.Function.BodyStart);
        }
    }

    /// <summary>Looks at the header of a loop whether there may be optimized code that begins there.</summary>
    public void EmitLoopRequest()
    {
        _asm.Alu(AluOp.Cmp, OpSize.Dword, InstanceFields.At(_body.Layout.LoopRequest(_body.Function.Index)), 0);
        _asm.Jcc(Condition.NotEqual, _cold.AddReturning(ColdPathKind.EnterLoop));
        _cold.BindResume();
    }

    /// <summary>Counts an iteration before a loop may be entered, and goes on with the loop as long as there are more.</summary>
    public void EmitIterationCount(Label resume)
    {
        _asm.Alu(AluOp.Sub, OpSize.Dword, InstanceFields.At(_body.Layout.LoopRequest(_body.Function.Index)), 1);
        _asm.Jcc(Condition.NotEqual, resume);
    }

    /// <summary>Copies the parameters that came on the stack to their frame slots.</summary>
    private void CopyStackParameters()
    {
        var offset = FrameLayout.StackParameters;
        var count = _body.Function.Type.Parameters.Length;
        for (var i = 0; i < count; i++)
        {
            if (_stack[i].IsFrame)
            {
                _frame.CopyWords(Mem.Base(Gpr.Rbp, offset), _frame.Slot(i), _stack[i].Kind);
                offset += _body.Function.Type.Parameters[i].WordCount * sizeof(long);
            }
        }
    }

    /// <summary>Moves the results to where the caller expects them, and returns. The state stays as it is.</summary>
    public void EmitReturn()
    {
        var results = _body.Function.Type.Results;
        var first = _stack.Height - results.Length;
        var gprs = 0;
        var xmms = 0;
        var inMemory = 0;
        for (var i = 0; i < results.Length; i++)
        {
            ref readonly var value = ref _stack[first + i];
            if (RegisterSet.IsFloat(value.Kind) && xmms < CallingConvention.ResultXmms.Length)
            {
                _moves.Add(CallingConvention.ResultXmms[xmms++], value, first + i);
            }
            else if (!RegisterSet.IsFloat(value.Kind) && gprs < CallingConvention.ResultGprs.Length)
            {
                _moves.Add(CallingConvention.ResultGprs[gprs++], value, first + i);
            }
            else
            {
                if (inMemory == 0)
                {
                    _asm.Mov(OpSize.Qword, CallingConvention.Scratch, InstanceFields.At(InstanceHeader.ContextOffset));
                }

                _frame.Copy(value, first + i, Mem.Base(
                    CallingConvention.Scratch, StoreContext.ResultsOffset + (sizeof(long) * inMemory)));
                inMemory += results[i].WordCount;
            }
        }

        _moves.Execute(CallingConvention.Scratch);
        EmitExitBudget();
        EmitEpilogue();
    }

    /// <summary>Takes the frame down and returns, with what the caller has put on the stack.</summary>
    public void EmitEpilogue()
    {
        _asm.Leave();
        _asm.Ret(_body.StackParameterBytes);
    }
}
