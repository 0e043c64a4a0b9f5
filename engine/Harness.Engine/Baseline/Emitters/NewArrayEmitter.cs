using Harness.Engine.Baseline.Model;
using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>New arrays. Those that are too large for the code to make them are made by the runtime.</summary>
internal sealed class NewArrayEmitter(
    BaselineState state, StubCalls stubs, BuiltinCalls builtins, AllocationEmitter allocations, FieldEmitter fields)
{
    /// <summary>Where the runtime expects the initial bits of an array's elements.</summary>
    private const Gpr InitialBits = Gpr.Rcx;

    private readonly Assembler _asm = state.Assembler;
    private readonly FunctionBody _body = state.Body;
    private readonly ValueStack _stack = state.Stack;
    private readonly ParallelMove _moves = state.Moves;
    private readonly CodeSites _sites = state.Sites;
    private readonly TypeMentions _types = state.Types;
    private readonly ColdPaths _cold = state.Cold;
    private readonly StubCalls _stubs = stubs;
    private readonly BuiltinCalls _builtins = builtins;
    private readonly AllocationEmitter _allocations = allocations;
    private readonly FieldEmitter _fields = fields;

    /// <summary><c>array.new_fixed</c>.</summary>
    public void EmitArrayNewFixed(int canonicalType, FieldType element, int count)
    {
        var layout = ObjectLayout.Of(canonicalType);
        var size = (int)layout.ArraySize((uint)count);
        Gpr array;
        if (size <= ObjectHeap.MaxInlineSize)
        {
            array = _allocations.EmitAllocation(size, layout.Header);
            _asm.Mov(OpSize.Dword, Mem.Base(array, ObjectLayout.ArrayLength), count);
        }
        else
        {
            // Only vectors can take so much.
            array = EmitLargeAllocation(canonicalType, count);
        }

        for (var i = count - 1; i >= 0; i--)
        {
            _fields.PopIntoNew(array, ObjectLayout.ArrayElements + (i * layout.ElementSize), element);
        }

        _stack.Push(ValueKind.Ref, array);
    }

    /// <summary>Makes an array that is too large for the code to make it.</summary>
    /// <returns>A register that holds nothing else, and is not counted as used.</returns>
    private Gpr EmitLargeAllocation(int canonicalType, int count)
    {
        _stack.SpillBelow(_stack.Height);
        _types.Load(BuiltinCalls.Arguments[0], canonicalType);
        _asm.MovImm(BuiltinCalls.Arguments[1], count);
        _asm.Zero(BuiltinCalls.Arguments[2]);
        _builtins.CallBuiltin(Builtin.ArrayNew, _sites.MapReferences());
        _asm.Test(OpSize.Qword, Gpr.Rax, Gpr.Rax);
        _asm.Jcc(Condition.Zero, _cold.AddTrap(TrapKind.Pending));
        return Gpr.Rax;
    }

    /// <summary>Makes an array from a segment, by the runtime.</summary>
    public void EmitArrayFromSegment(Builtin builtin, int canonicalType)
    {
        _builtins.EmitBuiltin(builtin, BuiltinCalls.Pack(canonicalType, _body.Reader.ReadIndex()), 2, hasType: true);
        _asm.Test(OpSize.Qword, Gpr.Rax, Gpr.Rax);
        _asm.Jcc(Condition.Zero, _cold.AddTrap(TrapKind.Pending));
        _stack.Push(ValueKind.Ref, Gpr.Rax);
    }

    /// <summary>
    /// Allocates an array whose elements are all the same. Arrays above <see cref="ObjectHeap.MaxInlineSize"/> are made by the runtime;
    /// therefore nothing outlives this in a register.
    /// </summary>
    public void EmitArrayNew(int canonicalType, FieldType element, bool isDefault)
    {
        const Gpr array = Gpr.Rax;
        const Gpr length = Gpr.Rdx;
        const Gpr size = Gpr.Rsi;
        const Gpr end = Gpr.Rdi;
        var layout = ObjectLayout.Of(canonicalType);
        var bits = PopArrayNewOperands(element, isDefault, length);
        var large = _cold.Add(new ColdPath
        {
            Kind = ColdPathKind.NewLargeArray,
            Operand = canonicalType,
            Bits = bits,
            StackMap = _sites.MapReferences(),
            Resume = _asm.NewLabel(),
        });
        var done = _cold[_cold.Count - 1].Resume;
        var maxLength = (ObjectHeap.MaxInlineSize - ObjectLayout.ArrayElements) / layout.ElementSize;
        _asm.Alu(AluOp.Cmp, OpSize.Dword, length, maxLength);
        _asm.Jcc(Condition.Above, large);

        // The size is a multiple of 8.
        var rounding = ObjectHeader.Alignment - Math.Min(layout.ElementSize, ObjectHeader.Alignment);
        _asm.Lea(OpSize.Qword, size, Mem.Index(length, layout.ElementSize, ObjectLayout.ArrayElements + rounding));
        if (rounding != 0)
        {
            _asm.Alu(AluOp.And, OpSize.Qword, size, -ObjectHeader.Alignment);
        }

        var context = CallingConvention.Scratch;
        var initial = bits is null && element.Type.IsReference ? RegisterSet.Of(InitialBits) : RegisterSet.None;
        var collect = _cold.AddReturning(ColdPathKind.CollectGarbage, a: size, stackMap: _sites.MapReferences(initial));
        _cold.BindResume();
        _asm.Mov(OpSize.Qword, context, InstanceFields.At(InstanceHeader.ContextOffset));
        _asm.Mov(OpSize.Qword, array, Mem.Base(context, StoreContext.AllocationTopOffset));
        _asm.Lea(OpSize.Qword, end, Mem.BaseIndex(array, size));
        _asm.Alu(AluOp.Cmp, OpSize.Qword, end, Mem.Base(context, StoreContext.AllocationLimitOffset));
        _asm.Jcc(Condition.Above, collect);
        _asm.Mov(OpSize.Qword, Mem.Base(context, StoreContext.AllocationTopOffset), end);
        _allocations.EmitHeader(array, layout.Header);
        _asm.Mov(OpSize.Dword, Mem.Base(array, ObjectLayout.ArrayLength), length);
        EmitFillNewArray(array, size, layout.ElementSize, bits);
        _asm.Bind(done);
        _stack.Push(ValueKind.Ref, array);
    }

    /// <summary>Pops the initial value, if there is one, and the length.</summary>
    /// <returns>The initial bits; null if they are in <see cref="InitialBits"/>.</returns>
    private long? PopArrayNewOperands(FieldType element, bool isDefault, Gpr length)
    {
        var lengthHeight = _stack.Height - 1;
        var operands = isDefault ? 1 : 2;
        long? bits = isDefault ? 0 : null;
        _stack.SpillBelow(_stack.Height - operands);
        if (!isDefault)
        {
            ReinterpretAsInteger(lengthHeight - 1);
            ref readonly var value = ref _stack[lengthHeight - 1];
            if (value.IsConstant)
            {
                bits = value.ConstantBits;
            }
            else
            {
                _moves.Add(InitialBits, value, lengthHeight - 1);
            }
        }

        _moves.Add(length, _stack[lengthHeight], lengthHeight);
        _moves.Execute(CallingConvention.Scratch);
        _stack.Drop(operands);
        return bits;
    }

    /// <summary>Fills the elements of a new array, and the rest of its last 8 bytes.</summary>
    /// <param name="array">The array.</param>
    /// <param name="size">Its size, which is overwritten.</param>
    /// <param name="elementSize">Bytes of an element.</param>
    /// <param name="bits">The bits of each; null if they are in <see cref="InitialBits"/>.</param>
    private void EmitFillNewArray(Gpr array, Gpr size, int elementSize, long? bits)
    {
        var ones = elementSize switch { 1 => 0x0101010101010101, 2 => 0x0001000100010001, 4 => 0x0000000100000001, _ => 1 };
        if (bits is { } known)
        {
            var mask = (long)(ulong.MaxValue >> (64 - (8 * elementSize)));
            _asm.MovImm(InitialBits, (known & mask) * ones);
        }
        else if (elementSize < sizeof(long))
        {
            _asm.MovZx((OpSize)System.Numerics.BitOperations.Log2((uint)elementSize), InitialBits, InitialBits);
            _asm.MovImm(CallingConvention.Scratch, ones);
            _asm.Imul(OpSize.Qword, InitialBits, CallingConvention.Scratch);
        }

        var filled = _asm.NewLabel();
        _asm.Alu(AluOp.Sub, OpSize.Qword, size, ObjectLayout.ArrayElements);
        _asm.JccShort(Condition.Zero, filled);
        var next = _asm.NewBoundLabel();
        _asm.Mov(OpSize.Qword, Mem.BaseIndex(array, size, 1, ObjectLayout.ArrayElements - sizeof(long)), InitialBits);
        _asm.Alu(AluOp.Sub, OpSize.Qword, size, sizeof(long));
        _asm.JccShort(Condition.NotZero, next);
        _asm.Bind(filled);
    }

    /// <summary>Makes a floating-point value the integer with the same bits, for the runtime.</summary>
    public void ReinterpretAsInteger(int height)
    {
        var value = _stack[height];
        if (!RegisterSet.IsFloat(value.Kind))
        {
            return;
        }

        var kind = value.Kind == ValueKind.F32 ? ValueKind.I32 : ValueKind.I64;
        if (value.IsRegister)
        {
            var register = _stack.AllocateGpr(RegisterSet.None);
            _asm.MovBits(RegisterSet.SizeOf(kind), register, value.Register.Xmm);
            _stack.Replace(height, StackValue.In(register, kind));
        }
        else
        {
            value.Kind = kind;
            _stack.Replace(height, value);
        }
    }

    /// <summary>Out of line: has the runtime make an array.</summary>
    public void EmitNewLargeArray(in ColdPath path)
    {
        _types.Load(Gpr.Rsi, path.Operand);
        if (path.Bits is { } bits)
        {
            _asm.MovImm(Gpr.Rcx, bits);
        }

        _builtins.CallBuiltin(Builtin.ArrayNew, path.StackMap);
        _asm.Test(OpSize.Qword, Gpr.Rax, Gpr.Rax);
        _stubs.EmitTrapUnless(Condition.NotZero, TrapKind.Pending);
    }
}
