using Harness.Engine.Modules;

namespace Harness.Engine.Runtime;

/// <summary>Computes constant expressions at instantiation (specification, section 3.4.11).</summary>
internal static unsafe class ConstantEvaluator
{
    /// <summary>The value of an expression, as compiled code has it.</summary>
    /// <param name="instance">The instance, with its functions and the globals that the expression reads.</param>
    /// <param name="expression">The expression, which was validated.</param>
    /// <exception cref="NotSupportedException">The expression allocates an object.</exception>
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
                default:
                    throw new NotSupportedException($"{operation.Opcode} in a constant expression");
            }
        }

        return stack[0];
    }
}
