using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime.Calls;
using Harness.Engine.Runtime.Stacks;
using Harness.Engine.Runtime.Stubs;

namespace Harness.Engine.Runtime.Instances;

/// <summary>
/// Computes constant expressions at instantiation (specification, section 3.4.11). Objects are made without collections, so that
/// operands stay right.
/// </summary>
internal static unsafe class ConstantEvaluator
{
    /// <summary>The value of an expression, which is no vector, as compiled code has it.</summary>
    /// <inheritdoc cref="EvaluateWords"/>
    public static ulong Evaluate(Instance instance, ConstExpression expression) => EvaluateWords(instance, expression).Low;

    /// <summary>The value of an expression, as compiled code has it; the high half is zero unless it is a vector.</summary>
    /// <param name="instance">The instance, with its functions and the globals that the expression reads.</param>
    /// <param name="expression">The expression, which was validated.</param>
    /// <exception cref="InsufficientMemoryException">The heap is full.</exception>
    public static V128 EvaluateWords(Instance instance, ConstExpression expression)
    {
        var operations = expression.Operations;
        var stack = operations.Length <= 32 ? stackalloc V128[32] : new V128[operations.Length];
        var depth = 0;
        foreach (var operation in operations)
        {
            switch (operation.Opcode)
            {
                case Opcode.I32Const or Opcode.I64Const or Opcode.F32Const or Opcode.F64Const or Opcode.V128Const:
                    stack[depth++] = new V128(operation.Bits, operation.HighBits);
                    break;
                case Opcode.RefNull:
                    stack[depth++] = default;
                    break;
                case Opcode.RefFunc:
                    stack[depth++] = Word((ulong)instance.FunctionReference((int)operation.Bits));
                    break;
                case Opcode.GlobalGet:
                    var global = instance.Globals[(int)operation.Bits];
                    stack[depth++] = new V128(global.Address[0], global.Type.Type.IsVector ? global.Address[1] : 0);
                    break;
                case Opcode.I32Add or Opcode.I32Sub or Opcode.I32Mul or Opcode.I64Add or Opcode.I64Sub or Opcode.I64Mul:
                    depth--;
                    stack[depth - 1] = Word(Calculate(operation.Opcode, stack[depth - 1].Low, stack[depth].Low));
                    break;
                case Opcode.RefI31:
                    stack[depth - 1] = Word(ValueConverter.EncodeI31((int)stack[depth - 1].Low));
                    break;
                case Opcode.AnyConvertExtern or Opcode.ExternConvertAny:
                    break;
                case Opcode.StructNew or Opcode.StructNewDefault or Opcode.StructNewDesc or Opcode.StructNewDefaultDesc:
                case Opcode.ArrayNew or Opcode.ArrayNewDefault or Opcode.ArrayNewFixed:
                    var operands = OperandCount(operation);
                    depth -= operands;
                    stack[depth] = Word(Allocate(instance.Store.Heap, operation, stack.Slice(depth, operands)));
                    depth++;
                    break;
                default:
                    throw new NotSupportedException($"{operation.Opcode} in a constant expression");
            }
        }

        return stack[0];
    }

    private static V128 Word(ulong bits) => new(bits, 0);

    private static ulong Calculate(Opcode opcode, ulong left, ulong right) => opcode switch
    {
        Opcode.I32Add => (uint)(left + right),
        Opcode.I32Sub => (uint)(left - right),
        Opcode.I32Mul => (uint)(left * right),
        Opcode.I64Add => left + right,
        Opcode.I64Sub => left - right,
        _ => left * right,
    };

    private static int OperandCount(ConstOperation operation) => operation.Opcode switch
    {
        Opcode.StructNew or Opcode.StructNewDesc => TypeRegistry.Get((int)operation.Bits).Slots.Length,
        Opcode.ArrayNew => 2,
        Opcode.ArrayNewDefault or Opcode.StructNewDefaultDesc => 1,
        Opcode.ArrayNewFixed => operation.Count,
        _ => 0,
    };

    /// <exception cref="WasmTrapException">The heap has no room for the object.</exception>
    private static ulong Allocate(ObjectHeap heap, ConstOperation operation, ReadOnlySpan<V128> operands)
    {
        try
        {
            return Make(heap, operation, operands);
        }
        catch (InsufficientMemoryException)
        {
            throw new WasmTrapException(TrapKind.OutOfMemory, CapturedStack.Empty);
        }
    }

    /// <summary>Makes a structure of the values of all or no fields and, where its type has one, the descriptor behind them.</summary>
    /// <exception cref="WasmTrapException">The descriptor is null.</exception>
    private static ulong MakeStruct(ObjectHeap heap, DefinedType type, ReadOnlySpan<V128> operands)
    {
        var hasDescriptor = type.DescriptorSlot >= 0;
        if (hasDescriptor && operands[^1].Low == 0)
        {
            throw new WasmTrapException(TrapKind.NullDescriptor, CapturedStack.Empty);
        }

        var structure = heap.NewStruct(type.CanonicalId, Allocation.NeverCollect);
        var fields = hasDescriptor ? operands[..^1] : operands;
        for (var i = 0; i < fields.Length; i++)
        {
            heap.WriteField(structure, type.SlotOf(i), fields[i].Low, fields[i].High);
        }

        if (hasDescriptor)
        {
            heap.WriteField(structure, type.DescriptorSlot, operands[^1].Low);
        }

        return structure;
    }

    private static ulong Make(ObjectHeap heap, ConstOperation operation, ReadOnlySpan<V128> operands)
    {
        var typeId = (int)operation.Bits;
        if (operation.Opcode is Opcode.StructNew or Opcode.StructNewDefault or Opcode.StructNewDesc or Opcode.StructNewDefaultDesc)
        {
            return MakeStruct(heap, TypeRegistry.Get(typeId), operands);
        }

        if (operation.Opcode == Opcode.ArrayNewFixed)
        {
            var list = heap.NewArray(typeId, (uint)operands.Length, Allocation.NeverCollect);
            for (var i = 0; i < operands.Length; i++)
            {
                heap.WriteElement(list, (uint)i, operands[i].Low, operands[i].High);
            }

            return list;
        }

        var length = (uint)operands[^1].Low;
        var array = heap.NewArray(typeId, length, Allocation.NeverCollect);
        if (operands.Length == 2)
        {
            RuntimeFunctions.Fill(heap, array, 0, operands[0].Low, length, operands[0].High);
        }

        return array;
    }
}
