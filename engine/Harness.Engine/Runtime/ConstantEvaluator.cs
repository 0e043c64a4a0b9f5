using Harness.Engine.Heap;
using Harness.Engine.Modules;

namespace Harness.Engine.Runtime;

/// <summary>
/// Computes constant expressions at instantiation (specification, section 3.4.11). Objects are made without collections, so that
/// operands stay right.
/// </summary>
internal static unsafe class ConstantEvaluator
{
    /// <summary>The value of an expression, as compiled code has it.</summary>
    /// <param name="instance">The instance, with its functions and the globals that the expression reads.</param>
    /// <param name="expression">The expression, which was validated.</param>
    /// <exception cref="InsufficientMemoryException">The heap is full.</exception>
    public static ulong Evaluate(Instance instance, ConstExpression expression)
    {
        var operations = expression.Operations;
        Span<ulong> stack = operations.Length <= 32 ? stackalloc ulong[32] : new ulong[operations.Length];
        int depth = 0;
        foreach (ConstOperation operation in operations)
        {
            switch (operation.Opcode)
            {
                case Opcode.I32Const or Opcode.I64Const or Opcode.F32Const or Opcode.F64Const:
                    stack[depth++] = operation.Bits;
                    break;
                case Opcode.RefNull:
                    stack[depth++] = 0;
                    break;
                case Opcode.RefFunc:
                    stack[depth++] = (ulong)instance.FunctionReference((int)operation.Bits);
                    break;
                case Opcode.GlobalGet:
                    stack[depth++] = *instance.Globals[(int)operation.Bits].Address;
                    break;
                case Opcode.I32Add:
                    depth--;
                    stack[depth - 1] = (uint)(stack[depth - 1] + stack[depth]);
                    break;
                case Opcode.I32Sub:
                    depth--;
                    stack[depth - 1] = (uint)(stack[depth - 1] - stack[depth]);
                    break;
                case Opcode.I32Mul:
                    depth--;
                    stack[depth - 1] = (uint)(stack[depth - 1] * stack[depth]);
                    break;
                case Opcode.I64Add:
                    depth--;
                    stack[depth - 1] += stack[depth];
                    break;
                case Opcode.I64Sub:
                    depth--;
                    stack[depth - 1] -= stack[depth];
                    break;
                case Opcode.I64Mul:
                    depth--;
                    stack[depth - 1] *= stack[depth];
                    break;
                case Opcode.RefI31:
                    stack[depth - 1] = ValueConverter.EncodeI31((int)stack[depth - 1]);
                    break;
                case Opcode.AnyConvertExtern or Opcode.ExternConvertAny:
                    break;
                case Opcode.StructNew or Opcode.StructNewDefault or Opcode.ArrayNew or Opcode.ArrayNewDefault or Opcode.ArrayNewFixed:
                    int operands = OperandCount(operation);
                    depth -= operands;
                    stack[depth] = Allocate(instance.Store.Heap, operation, stack.Slice(depth, operands));
                    depth++;
                    break;
                default:
                    throw new NotSupportedException($"{operation.Opcode} in a constant expression");
            }
        }

        return stack[0];
    }

    private static int OperandCount(ConstOperation operation) => operation.Opcode switch
    {
        Opcode.StructNew => TypeRegistry.Get((int)operation.Bits).Struct!.Fields.Length,
        Opcode.ArrayNew => 2,
        Opcode.ArrayNewDefault => 1,
        Opcode.ArrayNewFixed => operation.Count,
        _ => 0,
    };

    /// <exception cref="WasmTrapException">The heap has no room for the object.</exception>
    private static ulong Allocate(ObjectHeap heap, ConstOperation operation, ReadOnlySpan<ulong> operands)
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

    private static ulong Make(ObjectHeap heap, ConstOperation operation, ReadOnlySpan<ulong> operands)
    {
        int typeId = (int)operation.Bits;
        if (operation.Opcode is Opcode.StructNew or Opcode.StructNewDefault)
        {
            ulong structure = heap.NewStruct(typeId, Allocation.NeverCollect);
            for (int i = 0; i < operands.Length; i++) heap.WriteField(structure, i, operands[i]);
            return structure;
        }

        if (operation.Opcode == Opcode.ArrayNewFixed)
        {
            ulong list = heap.NewArray(typeId, (uint)operands.Length, Allocation.NeverCollect);
            for (int i = 0; i < operands.Length; i++) heap.WriteElement(list, (uint)i, operands[i]);
            return list;
        }

        uint length = (uint)operands[^1];
        ulong array = heap.NewArray(typeId, length, Allocation.NeverCollect);
        if (operands.Length == 2) RuntimeFunctions.Fill(heap, array, 0, operands[0], length);
        return array;
    }
}
