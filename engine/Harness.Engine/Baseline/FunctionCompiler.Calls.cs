using Harness.Engine.Deoptimization;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline;

/// <content>Calls, of functions and of the runtime, and the places where execution can resume.</content>
internal sealed partial class FunctionCompiler
{
    /// <summary>Registers of the arguments of runtime functions, after the instance's data.</summary>
    private static ReadOnlySpan<Gpr> BuiltinArguments => [Gpr.Rsi, Gpr.Rdx, Gpr.Rcx, Gpr.R8, Gpr.R9];

    private int[] _feedbackCalls = new int[64];
    private int _feedbackCallCount;
    private int _stackParameterBytes;

    private void EmitCall(int functionIndex)
    {
        var function = _module.Functions[functionIndex];
        if (function.Builtin is { } builtin && TryEmitStringBuiltin(builtin))
        {
            return;
        }

        var type = function.Type;
        bool isImported = _layout.IsImportedFunction(functionIndex);
        _cache.SpillBelow(_cache.Height - type.Parameters.Length);
        SaveForHandler();
        if (isImported)
        {
            EmitArguments(type);
            LoadFunctionReference(functionIndex, CallingConvention.Scratch);
            CallReference(MapReferences());
        }
        else
        {
            int slot = AddFeedbackSlot();
            EmitArguments(type);
            CountCall(slot);
            _asm.Call(InstanceField(_layout.FunctionReferenceOf(functionIndex) + FunctionReference.EntryOffset));
            AddSafepoint(MapReferences());
        }

        FinishCall(type, mayLeaveInstance: isImported || function.MayLeaveInstance);
    }

    private void EmitCallIndirect()
    {
        var definition = _module.GetType(_reader.ReadIndex());
        int tableIndex = _reader.ReadIndex();
        _cache.SpillBelow(_cache.Height - 1 - definition.Function!.Parameters.Length);
        SaveForHandler();
        int slot = AddFeedbackSlot();
        LoadTableTarget(definition, tableIndex);
        EmitIndirectCall(definition.Function, slot);
    }

    private void EmitCallRef()
    {
        var type = _module.GetType(_reader.ReadIndex()).Function!;
        _cache.SpillBelow(_cache.Height - 1 - type.Parameters.Length);
        SaveForHandler();
        int slot = AddFeedbackSlot();
        PopTarget();
        EmitIndirectCall(type, slot);
    }

    /// <summary>Pops an index into a table and loads the function there into the scratch register, if it has the expected type.</summary>
    private void LoadTableTarget(DefinedType definition, int tableIndex)
    {
        var element = PopTableElement(tableIndex, RegisterSet.None, TrapKind.UndefinedElement);
        var target = CallingConvention.Scratch;
        _asm.Mov(OpSize.Qword, target, element);

        // A null element has no type: the first page cannot be read.
        AddFaultSite(TrapKind.UninitializedElement);
        _asm.Alu(
            AluOp.Cmp, OpSize.Dword, Mem.Base(target, FunctionReference.TypeIdOffset), definition.CanonicalId);
        if (definition.Definition.IsFinal)
        {
            _asm.Jcc(Condition.NotEqual, AddTrap(TrapKind.IndirectCallTypeMismatch));
        }
        else
        {
            _asm.Jcc(Condition.NotEqual, AddReturningPath(ColdPathKind.SubtypeCheck, operand: definition.CanonicalId));
            BindResume();
        }
    }

    /// <summary>Pops a function reference into the scratch register, if it is not null.</summary>
    private void PopTarget()
    {
        var target = CallingConvention.Scratch;
        _asm.Mov(OpSize.Qword, target, _cache.Pop(RegisterSet.None).Gpr);
        _asm.Test(OpSize.Qword, target, target);
        _asm.Jcc(Condition.Zero, AddTrap(TrapKind.NullFunctionReference));
    }

    /// <summary>Calls the function whose reference is in the scratch register, with the arguments on the stack.</summary>
    private void EmitIndirectCall(FunctionType type, int feedbackSlot)
    {
        EmitArguments(type);
        RecordTarget(feedbackSlot);
        CallReference(MapReferences());
        FinishCall(type, mayLeaveInstance: true);
    }

    /// <summary>Counts a direct call, if feedback is wanted.</summary>
    private void CountCall(int feedbackSlot)
    {
        if (feedbackSlot < 0)
        {
            return;
        }

        _asm.Mov(OpSize.Qword, Gpr.R10, Mem.Base(Gpr.Rbp, FrameLayout.FeedbackVector));
        _asm.Unary(UnaryOp.Inc, OpSize.Qword, Mem.Base(Gpr.R10, feedbackSlot + FeedbackSlot.CountOffset));
    }

    /// <summary>Records the call of the function in the scratch register, if feedback is wanted.</summary>
    private void RecordTarget(int feedbackSlot)
    {
        if (feedbackSlot < 0)
        {
            return;
        }

        _asm.Mov(OpSize.Qword, Gpr.R10, Mem.Base(Gpr.Rbp, FrameLayout.FeedbackVector));
        _asm.Alu(
            AluOp.Cmp, OpSize.Qword, Mem.Base(Gpr.R10, feedbackSlot + FeedbackSlot.TargetOffset), CallingConvention.Scratch);
        _asm.Jcc(Condition.NotEqual, AddReturningPath(ColdPathKind.FeedbackMiss, operand: feedbackSlot));
        _asm.Unary(UnaryOp.Inc, OpSize.Qword, Mem.Base(Gpr.R10, feedbackSlot + FeedbackSlot.CountOffset));
        BindResume();
    }

    /// <summary>Enters the instance of the function in the scratch register, and calls it.</summary>
    private void CallReference(int stackMap)
    {
        EnterInstanceOfTarget();
        _asm.Call(Mem.Base(CallingConvention.Scratch, FunctionReference.EntryOffset));
        AddSafepoint(stackMap);
    }

    private void EnterInstanceOfTarget()
    {
        _asm.Mov(
            OpSize.Qword, CallingConvention.Instance, Mem.Base(CallingConvention.Scratch, FunctionReference.InstanceOffset));
        _asm.Mov(OpSize.Qword, CallingConvention.MemoryBase, InstanceField(InstanceHeader.MemoryBaseOffset));
    }

    /// <summary>
    /// Gives the call instruction a feedback slot, if feedback is wanted, and describes the state before it. What the call leaves
    /// on the stack has been spilled; only its operands may be in registers.
    /// </summary>
    /// <returns>The slot's offset in the vector; -1 without feedback.</returns>
    private int AddFeedbackSlot()
    {
        if (!_wantsFeedback)
        {
            return -1;
        }

        DescribeResumePoint(ResumeKind.BeforeInstruction);
        if (_feedbackCallCount == _feedbackCalls.Length)
        {
            Array.Resize(ref _feedbackCalls, 2 * _feedbackCallCount);
        }

        _feedbackCalls[_feedbackCallCount] = _offset;
        return _feedbackCallCount++ * FeedbackSlot.Size;
    }

    /// <summary>Pops the arguments and moves them to where the callee expects them. The scratch register is kept.</summary>
    /// <returns>Bytes on the stack that the callee pops.</returns>
    private int EmitArguments(FunctionType type)
    {
        var parameters = type.Parameters;
        int first = _cache.Height - parameters.Length;
        int stackBytes = SignatureLayout.StackParameterBytesOf(type);
        if (stackBytes != 0)
        {
            _asm.Alu(AluOp.Sub, OpSize.Qword, Gpr.Rsp, stackBytes);
        }

        int gprs = 0;
        int xmms = 0;
        int onStack = 0;
        for (int i = 0; i < parameters.Length; i++)
        {
            ref readonly var value = ref _cache[first + i];
            if (RegisterSet.IsFloat(value.Kind) && xmms < CallingConvention.ParameterXmms.Length)
            {
                _moves.Add(CallingConvention.ParameterXmms[xmms++], value, first + i);
            }
            else if (!RegisterSet.IsFloat(value.Kind) && gprs < CallingConvention.ParameterGprs.Length)
            {
                _moves.Add(CallingConvention.ParameterGprs[gprs++], value, first + i);
            }
            else
            {
                EmitCopy(value, first + i, Mem.Base(Gpr.Rsp, sizeof(long) * onStack));
                onStack += parameters[i].WordCount;
            }
        }

        _moves.Execute(Gpr.R10);
        _cache.Drop(parameters.Length);
        return stackBytes;
    }

    /// <summary>Copies a value to memory, by way of the floating-point scratch register if it is in the frame.</summary>
    private void EmitCopy(in StackValue value, int slot, Mem destination)
    {
        if (value.Kind == ValueKind.V128)
        {
            EmitVectorCopy(value, slot, destination);
        }
        else if (value.IsConstant)
        {
            _asm.Mov(OpSize.Qword, destination, value.Constant);
        }
        else if (value.IsFrame)
        {
            _asm.MovScalar(OpSize.Qword, CallingConvention.ScratchXmm, _cache.Slot(slot));
            _asm.MovScalar(OpSize.Qword, destination, CallingConvention.ScratchXmm);
        }
        else if (value.Register.IsXmm)
        {
            _asm.MovScalar(OpSize.Qword, destination, value.Register.Xmm);
        }
        else
        {
            _asm.Mov(OpSize.Qword, destination, value.Register.Gpr);
        }
    }

    private void EmitVectorCopy(in StackValue value, int slot, Mem destination)
    {
        if (!value.IsFrame)
        {
            _cache.StoreVector(destination, value);
            return;
        }

        _asm.MovAps(CallingConvention.ScratchXmm, _cache.Slot(slot));
        _asm.MovUps(destination, CallingConvention.ScratchXmm);
    }

    /// <summary>Right after a call instruction: goes back to the own instance, and pushes the results.</summary>
    private void FinishCall(FunctionType type, bool mayLeaveInstance)
    {
        CatchFromSite();
        DescribeResumePoint(ResumeKind.AfterCall);
        if (mayLeaveInstance)
        {
            ReturnToInstance();
        }

        int gprs = 0;
        int xmms = 0;
        int inMemory = 0;
        foreach (var result in type.Results)
        {
            var kind = result.Kind;
            if (RegisterSet.IsFloat(kind) && xmms < CallingConvention.ResultXmms.Length)
            {
                _cache.Push(kind, CallingConvention.ResultXmms[xmms++]);
            }
            else if (!RegisterSet.IsFloat(kind) && gprs < CallingConvention.ResultGprs.Length)
            {
                _cache.Push(kind, CallingConvention.ResultGprs[gprs++]);
            }
            else
            {
                PushMemoryResult(kind, inMemory);
                inMemory += result.WordCount;
            }
        }
    }

    private void ReturnToInstance()
    {
        _asm.Mov(OpSize.Qword, CallingConvention.Instance, Mem.Base(Gpr.Rbp, FrameLayout.Instance));
        if (_module.Memories.Length != 0)
        {
            _asm.Mov(OpSize.Qword, CallingConvention.MemoryBase, InstanceField(InstanceHeader.MemoryBaseOffset));
        }
    }

    /// <summary>Copies a result from the result area to its frame slot.</summary>
    private void PushMemoryResult(ValueKind kind, int index)
    {
        if (index == 0)
        {
            _asm.Mov(OpSize.Qword, CallingConvention.Scratch, InstanceField(InstanceHeader.ContextOffset));
        }

        var source = Mem.Base(CallingConvention.Scratch, StoreContext.ResultsOffset + (sizeof(long) * index));
        if (kind == ValueKind.V128)
        {
            _asm.MovUps(CallingConvention.ScratchXmm, source);
            _asm.MovAps(_cache.Slot(_cache.Height), CallingConvention.ScratchXmm);
        }
        else
        {
            _asm.MovScalar(OpSize.Qword, CallingConvention.ScratchXmm, source);
            _asm.MovScalar(OpSize.Qword, _cache.Slot(_cache.Height), CallingConvention.ScratchXmm);
        }

        _cache.Push(StackValue.InFrame(kind));
    }

    /// <summary>Calls a runtime function with a constant, if there is one, and a number of operands, and traps if it fails.</summary>
    private void EmitBuiltinStatus(Builtin builtin, long? immediate, int operands)
    {
        EmitBuiltin(builtin, immediate, operands);
        _asm.Test(OpSize.Dword, Gpr.Rax, Gpr.Rax);
        _asm.Jcc(Condition.NotZero, AddTrap(TrapKind.Pending));
    }

    /// <summary>Calls a runtime function with a constant, if there is one, and a number of operands, which it pops.</summary>
    private void EmitBuiltin(Builtin builtin, long? immediate, int operands)
    {
        int first = _cache.Height - operands;
        int constants = immediate is null ? 0 : 1;
        _cache.SpillBelow(first);
        for (int i = 0; i < operands; i++)
        {
            _moves.Add(BuiltinArguments[constants + i], _cache[first + i], first + i);
        }

        _moves.Execute(CallingConvention.Scratch);
        _cache.Drop(operands);
        if (immediate is { } bits)
        {
            _asm.MovImm(BuiltinArguments[0], bits);
        }

        CallBuiltin(builtin, MapReferences());
    }

    private void CallBuiltin(Builtin builtin, int stackMap)
    {
        _asm.Mov(OpSize.Qword, Gpr.Rdi, CallingConvention.Instance);
        _asm.Mov(OpSize.Qword, CallingConvention.Scratch, InstanceField(InstanceHeader.BuiltinsOffset));
        _asm.Call(Mem.Base(CallingConvention.Scratch, (int)builtin * sizeof(long)));
        AddSafepoint(stackMap);
        _asm.ClearUpperVectors();
    }

    /// <summary>Pushes the size that a runtime function returned, -1 included.</summary>
    private void PushBuiltinResult(ValueKind kind)
    {
        if (kind == ValueKind.I32)
        {
            _asm.Mov(OpSize.Dword, Gpr.Rax, Gpr.Rax);
        }

        _cache.Push(kind, Gpr.Rax);
    }

    private void DescribeResumePoint(ResumeKind kind)
    {
        if (ResumePoints is null)
        {
            return;
        }

        var values = new ValueLocation[_cache.Height];
        for (int i = 0; i < values.Length; i++)
        {
            ref readonly var value = ref _cache[i];
            values[i] = value.Place switch
            {
                ValuePlace.Frame => ValueLocation.OnStack(_cache.SlotOffset(i), value.Kind),
                ValuePlace.Constant => ValueLocation.Constant(value.ConstantBits, value.Kind),
                _ => value.Register.IsXmm
                    ? ValueLocation.In(value.Register.Xmm, value.Kind)
                    : ValueLocation.In(value.Register.Gpr, value.Kind),
            };
        }

        ResumePoints.Add(new ResumePoint(_offset, kind, _asm.Position, values));
    }
}
