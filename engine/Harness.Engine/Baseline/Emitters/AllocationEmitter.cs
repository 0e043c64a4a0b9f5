using Harness.Engine.Baseline.Model;
using Harness.Engine.Heap;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>Allocation of objects of a constant size.</summary>
internal sealed class AllocationEmitter(BaselineState state, StubCalls stubs)
{
    /// <summary>Objects with up to so many 8-byte words to clear are cleared by instructions in a row.</summary>
    private const int MaxUnrolledWords = 32;

    private readonly Assembler _asm = state.Assembler;
    private readonly ValueStack _stack = state.Stack;
    private readonly CodeSites _sites = state.Sites;
    private readonly TypeMentions _types = state.Types;
    private readonly ColdPaths _cold = state.Cold;
    private readonly StubCalls _stubs = stubs;

    /// <summary>
    /// Allocates an object of a constant size, at most <see cref="ObjectHeap.MaxRoom"/>, and writes its header. Until it is
    /// initialised, it must not be on the stack, nor may anything collect garbage.
    /// </summary>
    /// <returns>A register that holds nothing else, and is not counted as used.</returns>
    public Gpr EmitAllocation(int size, ulong header)
    {
        var instance = _stack.AllocateGpr(RegisterSet.None);
        var context = CallingConvention.Scratch;
        var collect = _cold.AddReturning(ColdPathKind.CollectGarbage, operand: size, stackMap: _sites.MapReferences());
        _cold.BindResume();
        _asm.Mov(OpSize.Qword, context, InstanceFields.At(InstanceHeader.ContextOffset));
        _asm.MovImm(instance, size);
        _asm.Alu(AluOp.Add, OpSize.Qword, instance, Mem.Base(context, StoreContext.AllocationTopOffset));
        _asm.Alu(AluOp.Cmp, OpSize.Qword, instance, Mem.Base(context, StoreContext.AllocationLimitOffset));
        _asm.Jcc(Condition.Above, collect);
        _asm.Mov(OpSize.Qword, Mem.Base(context, StoreContext.AllocationTopOffset), instance);
        _asm.Alu(AluOp.Sub, OpSize.Qword, instance, size);
        EmitHeader(instance, header);
        return instance;
    }

    /// <summary>Writes the header of a new object. Overwrites the scratch register.</summary>
    public void EmitHeader(Gpr instance, ulong header)
    {
        _types.LoadHeader(CallingConvention.Scratch, header);
        _asm.Mov(OpSize.Qword, Mem.Base(instance), CallingConvention.Scratch);
    }

    /// <summary>Clears an object from an offset to its end, both multiples of 8. Overwrites the scratch registers.</summary>
    public void EmitClear(Gpr instance, int start, int end)
    {
        var zero = CallingConvention.ScratchXmm;
        var words = (end - start) / sizeof(long);
        if (words > 0)
        {
            _asm.Sse(SseOp.XorPs, zero, zero);
        }

        if (words > MaxUnrolledWords)
        {
            var left = CallingConvention.Scratch;
            _asm.MovImm(left, end - start);
            var next = _asm.NewBoundLabel();
            _asm.MovScalar(OpSize.Qword, Mem.BaseIndex(instance, left, 1, start - sizeof(long)), zero);
            _asm.Alu(AluOp.Sub, OpSize.Qword, left, sizeof(long));
            _asm.Jcc(Condition.NotZero, next);
            return;
        }

        for (; words >= 2; words -= 2, start += 2 * sizeof(long))
        {
            _asm.MovUps(Mem.Base(instance, start), zero);
        }

        if (words != 0)
        {
            _asm.MovScalar(OpSize.Qword, Mem.Base(instance, start), zero);
        }
    }

    /// <summary>Out of line: makes room for an object.</summary>
    public void EmitCollectGarbage(in ColdPath path)
    {
        if (path.Operand != 0)
        {
            _asm.MovImm(CallingConvention.Scratch, path.Operand);
        }
        else
        {
            _asm.Mov(OpSize.Qword, CallingConvention.Scratch, path.A.Gpr);
        }

        _stubs.CallStub(Stub.CollectGarbage);
        _sites.AddSafepoint(path.StackMap);
    }
}
