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
    /// <summary>Whether this makes a structure whose operands are what its slots hold.</summary>
    public bool IsStruct => Operation.Opcode is Opcode.StructNew or Opcode.StructNewDesc or Opcode.StructNewDefaultDesc;

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
            var value = Parse(initializer);
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
        foreach (var operation in expression.Operations)
        {
            var operands = new ConstantObject[OperandCount(operation)];
            for (var i = operands.Length - 1; i >= 0; i--)
            {
                operands[i] = stack.Pop();
            }

            stack.Push(new ConstantObject(operation, InSlots(operation, [.. operands])));
        }

        return stack.Pop();
    }

    /// <summary>The operands in the order of slots, where they come in another: the descriptor is the last operand, and behind no others if the fields are zero.</summary>
    private static ImmutableArray<ConstantObject> InSlots(ConstOperation operation, ImmutableArray<ConstantObject> operands)
    {
        if (operation.Opcode is not (Opcode.StructNewDesc or Opcode.StructNewDefaultDesc))
        {
            return operands;
        }

        var type = TypeRegistry.Get((int)operation.Bits);
        var fields = operation.Opcode == Opcode.StructNewDesc
            ? operands.RemoveAt(operands.Length - 1)
            : [.. type.Struct!.Fields.Select(field => new ConstantObject(ZeroOf(field.Type), []))];
        return fields.Insert(type.DescriptorSlot, operands[^1]);
    }

    private static ConstOperation ZeroOf(Modules.ValueType type) => new(
        type.Kind switch
        {
            ValueKind.I32 => Opcode.I32Const,
            ValueKind.I64 => Opcode.I64Const,
            ValueKind.F32 => Opcode.F32Const,
            ValueKind.F64 => Opcode.F64Const,
            ValueKind.V128 => Opcode.V128Const,
            _ => Opcode.RefNull,
        },
        0);

    private static int OperandCount(ConstOperation operation) => operation.Opcode switch
    {
        Opcode.StructNew or Opcode.StructNewDesc => TypeRegistry.Get((int)operation.Bits).Slots.Length,
        Opcode.ArrayNewFixed => operation.Count,
        Opcode.ArrayNew => 2,
        Opcode.StructNewDefaultDesc => 1,
        Opcode.ArrayNewDefault or Opcode.RefI31 or Opcode.AnyConvertExtern or Opcode.ExternConvertAny => 1,
        Opcode.I32Add or Opcode.I32Sub or Opcode.I32Mul or Opcode.I64Add or Opcode.I64Sub or Opcode.I64Mul => 2,
        _ => 0,
    };
}
