using Harness.Engine.Baseline.Model;
using Harness.Engine.Deoptimization;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>Calls of functions, and what they have in common with tail calls.</summary>
internal sealed class CallEmitter(
    BaselineState state, InstanceFields instance, FeedbackEmitter feedback, TableEmitter tables, StringEmitter strings)
{
    private readonly Assembler _asm = state.Assembler;
    private readonly FunctionBody _body = state.Body;
    private readonly FrameSlots _frame = state.Frame;
    private readonly ValueStack _stack = state.Stack;
    private readonly ParallelMove _moves = state.Moves;
    private readonly CodeSites _sites = state.Sites;
    private readonly TypeMentions _types = state.Types;
    private readonly ColdPaths _cold = state.Cold;
    private readonly ResumePointRecorder _resume = state.Resume;
    private readonly ExceptionHandlers _handlers = state.Handlers;
    private readonly InstanceFields _instance = instance;
    private readonly FeedbackEmitter _feedback = feedback;
    private readonly TableEmitter _tables = tables;
    private readonly StringEmitter _strings = strings;

    /// <summary><c>call</c>.</summary>
    public void EmitCall(int functionIndex)
    {
        var function = _body.Module.Functions[functionIndex];
        if (function.Builtin is { } builtin && _strings.TryEmit(builtin))
        {
            return;
        }

        var type = function.Type;
        var isImported = _body.Layout.IsImportedFunction(functionIndex);
        _stack.SpillBelow(_stack.Height - type.Parameters.Length);
        _handlers.SaveConstants();
        if (isImported)
        {
            EmitArguments(type);
            _instance.LoadFunctionReference(functionIndex, CallingConvention.Scratch);
            CallReference(_sites.MapReferences());
        }
        else
        {
            var slot = _feedback.AddFeedbackSlot();
            EmitArguments(type);
            _feedback.CountCall(slot);
            _asm.Call(InstanceFields.At(_body.Layout.FunctionReferenceOf(functionIndex) + FunctionReference.EntryOffset));
            _sites.AddSafepoint(_sites.MapReferences());
        }

        FinishCall(type, mayLeaveInstance: isImported || function.MayLeaveInstance);
    }

    /// <summary><c>call_indirect</c>.</summary>
    public void EmitCallIndirect()
    {
        var definition = _body.Module.GetType(_body.Reader.ReadIndex());
        var tableIndex = _body.Reader.ReadIndex();
        _stack.SpillBelow(_stack.Height - 1 - definition.Function!.Parameters.Length);
        _handlers.SaveConstants();
        var slot = _feedback.AddFeedbackSlot();
        LoadTableTarget(definition, tableIndex);
        EmitIndirectCall(definition.Function, slot);
    }

    /// <summary><c>call_ref</c>.</summary>
    public void EmitCallRef()
    {
        var type = _body.Module.GetType(_body.Reader.ReadIndex()).Function!;
        _stack.SpillBelow(_stack.Height - 1 - type.Parameters.Length);
        _handlers.SaveConstants();
        var slot = _feedback.AddFeedbackSlot();
        PopTarget();
        EmitIndirectCall(type, slot);
    }

    /// <summary>Pops an index into a table and loads the function there into the scratch register, if it has the expected type.</summary>
    public void LoadTableTarget(DefinedType definition, int tableIndex)
    {
        var element = _tables.PopTableElement(tableIndex, RegisterSet.None, TrapKind.UndefinedElement);
        var target = CallingConvention.Scratch;
        _asm.Mov(OpSize.Qword, target, element);

        // A null element has no type: the first page cannot be read.
        _sites.AddFaultSite(TrapKind.UninitializedElement);
        _types.Compare(Mem.Base(target, FunctionReference.TypeIdOffset), definition.CanonicalId);
        if (definition.Definition.IsFinal)
        {
            _asm.Jcc(Condition.NotEqual, _cold.AddTrap(TrapKind.IndirectCallTypeMismatch));
        }
        else
        {
            _asm.Jcc(Condition.NotEqual, _cold.AddReturning(ColdPathKind.SubtypeCheck, operand: definition.CanonicalId));
            _cold.BindResume();
        }
    }

    /// <summary>Pops a function reference into the scratch register, if it is not null.</summary>
    public void PopTarget()
    {
        var target = CallingConvention.Scratch;
        _asm.Mov(OpSize.Qword, target, _stack.Pop(RegisterSet.None).Gpr);
        _asm.Test(OpSize.Qword, target, target);
        _asm.Jcc(Condition.Zero, _cold.AddTrap(TrapKind.NullFunctionReference));
    }

    /// <summary>Calls the function whose reference is in the scratch register, with the arguments on the stack.</summary>
    private void EmitIndirectCall(FunctionType type, int feedbackSlot)
    {
        EmitArguments(type);
        _feedback.RecordTarget(feedbackSlot);
        CallReference(_sites.MapReferences());
        FinishCall(type, mayLeaveInstance: true);
    }

    /// <summary>Enters the instance of the function in the scratch register, and calls it.</summary>
    public void CallReference(int stackMap)
    {
        EnterInstanceOfTarget();
        _asm.Call(Mem.Base(CallingConvention.Scratch, FunctionReference.EntryOffset));
        _sites.AddSafepoint(stackMap);
    }

    /// <summary>Enters the instance of the function in the scratch register.</summary>
    public void EnterInstanceOfTarget()
    {
        _asm.Mov(
            OpSize.Qword, CallingConvention.Instance, Mem.Base(CallingConvention.Scratch, FunctionReference.InstanceOffset));
        _asm.Mov(OpSize.Qword, CallingConvention.MemoryBase, InstanceFields.At(InstanceHeader.MemoryBaseOffset));
    }

    /// <summary>Pops the arguments and moves them to where the callee expects them. The scratch register is kept.</summary>
    /// <returns>Bytes on the stack that the callee pops.</returns>
    public int EmitArguments(FunctionType type)
    {
        var parameters = type.Parameters;
        var first = _stack.Height - parameters.Length;
        var stackBytes = SignatureLayout.StackParameterBytesOf(type);
        if (stackBytes != 0)
        {
            _asm.Alu(AluOp.Sub, OpSize.Qword, Gpr.Rsp, stackBytes);
        }

        var gprs = 0;
        var xmms = 0;
        var onStack = 0;
        for (var i = 0; i < parameters.Length; i++)
        {
            ref readonly var value = ref _stack[first + i];
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
                _frame.Copy(value, first + i, Mem.Base(Gpr.Rsp, sizeof(long) * onStack));
                onStack += parameters[i].WordCount;
            }
        }

        _moves.Execute(Gpr.R10);
        _stack.Drop(parameters.Length);
        return stackBytes;
    }

    /// <summary>Right after a call instruction: goes back to the own instance, and pushes the results.</summary>
    private void FinishCall(FunctionType type, bool mayLeaveInstance)
    {
        _handlers.CatchFromSite();
        _resume.Record(ResumeKind.AfterCall);
        if (mayLeaveInstance)
        {
            ReturnToInstance();
        }

        var gprs = 0;
        var xmms = 0;
        var inMemory = 0;
        foreach (var result in type.Results)
        {
            var kind = result.Kind;
            if (RegisterSet.IsFloat(kind) && xmms < CallingConvention.ResultXmms.Length)
            {
                _stack.Push(kind, CallingConvention.ResultXmms[xmms++]);
            }
            else if (!RegisterSet.IsFloat(kind) && gprs < CallingConvention.ResultGprs.Length)
            {
                _stack.Push(kind, CallingConvention.ResultGprs[gprs++]);
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
        if (_body.Module.Memories.Length != 0)
        {
            _asm.Mov(OpSize.Qword, CallingConvention.MemoryBase, InstanceFields.At(InstanceHeader.MemoryBaseOffset));
        }
    }

    /// <summary>Copies a result from the result area to its frame slot.</summary>
    private void PushMemoryResult(ValueKind kind, int index)
    {
        if (index == 0)
        {
            _asm.Mov(OpSize.Qword, CallingConvention.Scratch, InstanceFields.At(InstanceHeader.ContextOffset));
        }

        var source = Mem.Base(CallingConvention.Scratch, StoreContext.ResultsOffset + (sizeof(long) * index));
        if (kind == ValueKind.V128)
        {
            _asm.MovUps(CallingConvention.ScratchXmm, source);
            _asm.MovAps(_frame.Slot(_stack.Height), CallingConvention.ScratchXmm);
        }
        else
        {
            _asm.MovScalar(OpSize.Qword, CallingConvention.ScratchXmm, source);
            _asm.MovScalar(OpSize.Qword, _frame.Slot(_stack.Height), CallingConvention.ScratchXmm);
        }

        _stack.Push(StackValue.InFrame(kind));
    }
}
