using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Passes;

/// <summary>
/// A constant expression as a tree: what the initial value of an immutable global is made of, the same in all instances of a module but
/// for the functions and imported globals that it names.
/// </summary>
/// <param name="Operation">The operation at its root.</param>
/// <param name="Operands">The operation's operands.</param>
internal sealed record ConstantObject(ConstOperation Operation, ImmutableArray<ConstantObject> Operands)
{
    /// <summary>Whether this makes a structure with the fields given.</summary>
    public bool IsStruct => Operation.Opcode == Opcode.StructNew;

    /// <summary>Whether this makes an array with the elements given.</summary>
    public bool IsArray => Operation.Opcode == Opcode.ArrayNewFixed;

    private static readonly ConditionalWeakTable<WasmModule, ConcurrentDictionary<int, ConstantObject?>> Known = [];

    /// <summary>The value that an immutable global of a module has in all instances; null if it comes from outside.</summary>
    public static ConstantObject? OfGlobal(WasmModule module, int index) =>
        Known.GetOrCreateValue(module).GetOrAdd(index, static (index, module) => Find(module, index), module);

    private static ConstantObject? Find(WasmModule module, int index)
    {
        while (module.Globals[index] is { Type.IsMutable: false, Initializer: { } initializer })
        {
            ConstantObject value = Parse(initializer);
            if (value.Operation.Opcode != Opcode.GlobalGet)
            {
                return value;
            }

            index = (int)value.Operation.Bits;
        }

        return null;
    }

    private static ConstantObject Parse(ConstExpression expression)
    {
        var stack = new Stack<ConstantObject>();
        foreach (ConstOperation operation in expression.Operations)
        {
            var operands = new ConstantObject[OperandCount(operation)];
            for (int i = operands.Length - 1; i >= 0; i--)
            {
                operands[i] = stack.Pop();
            }

            stack.Push(new ConstantObject(operation, [.. operands]));
        }

        return stack.Pop();
    }

    private static int OperandCount(ConstOperation operation) => operation.Opcode switch
    {
        Opcode.StructNew => TypeRegistry.Get((int)operation.Bits).Struct!.Fields.Length,
        Opcode.ArrayNewFixed => operation.Count,
        Opcode.ArrayNew => 2,
        Opcode.ArrayNewDefault or Opcode.RefI31 or Opcode.AnyConvertExtern or Opcode.ExternConvertAny => 1,
        Opcode.I32Add or Opcode.I32Sub or Opcode.I32Mul or Opcode.I64Add or Opcode.I64Sub or Opcode.I64Mul => 2,
        _ => 0,
    };
}
