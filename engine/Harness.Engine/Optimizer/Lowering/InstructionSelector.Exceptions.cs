using System.Collections.Immutable;
using Harness.Engine.Heap;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering;

/// <content>Exceptions: making them, how they come, their tags and values.</content>
internal sealed partial class InstructionSelector
{
    private void SelectCaughtException(int id)
    {
        // Moves on the way to the block happen before its first instruction: they stay away from the register.
        Emit(LirOp.Catch, OpSize.Qword).Clobbers = 1u << (int)Gpr.Rax;
        Def(code.ValueOfNode[id], OperandPlace.Any, RaxHint);
    }

    private Comparison CompareTag(int id, bool whenTrue)
    {
        int tag = LoadTag((int)graph[id].Immediate);
        return new Comparison
        {
            Kind = CompareKind.Integer,
            Size = OpSize.Qword,
            Condition = (whenTrue ? Condition.Equal : Condition.NotEqual).ToFlag(),
            Left = tag,
            HasAddress = true,
            Address = Address.OfBase(Register(graph.Input(id, 0)), ObjectLayout.ExceptionTag),
        };
    }

    private void SelectExceptionValue(int id)
    {
        ImmutableArray<ValueType> types = Module.Tags[graph[id].Aux].Type.Type.Parameters;
        Address place = ExceptionValue(Register(graph.Input(id, 0)), WordsBefore(types, (int)graph[id].Immediate));
        OpSize size = SizeOf(graph[id].Type);
        if (graph[id].Type is IrType.F32 or IrType.F64)
        {
            EmitWithAddress(LirOp.LoadScalar, size, Value(id), place);
        }
        else if (graph[id].Type == IrType.V128)
        {
            LoadVector(Value(id), place);
        }
        else
        {
            Load(Value(id), place, size);
        }
    }

    private void SelectNewException(int id)
    {
        int count = graph[id].InputCount;
        ImmutableArray<ValueType> types = Module.Tags[(int)graph[id].Immediate].Type.Type.Parameters;
        Allocate(id, ObjectLayout.ExceptionValues + (WordsBefore(types, count) * sizeof(long)), BuiltinTypeId.Exception, ObjectFlags.None);
        int tag = LoadTag((int)graph[id].Immediate);
        Store(Address.OfBase(Value(id), ObjectLayout.ExceptionTag), OpSize.Qword, isFloat: false, tag, 0);
        for (int i = 0; i < count; i++)
        {
            int input = graph.Input(id, i);
            int word = WordsBefore(types, i);
            if (graph[input].Type == IrType.V128)
            {
                int vector = Register(input);
                StoreVector(ExceptionValue(Value(id), word), vector);
                continue;
            }

            bool isFloat = graph[input].Type is IrType.F32 or IrType.F64;
            bool isConstant = TryStoredConstant(input, OpSize.Qword, out long bits);
            int value = isConstant ? 0 : Register(input);
            Store(ExceptionValue(Value(id), word), OpSize.Qword, isFloat, value, bits);
        }
    }

    /// <summary>The identity of a tag, in a virtual register.</summary>
    private int LoadTag(int index)
    {
        int tag = code.NewValue(IrType.I64);
        Load(tag, Address.OfInstance(module.Layout.Tag(index)), OpSize.Qword);
        return tag;
    }

    private static Address ExceptionValue(int exception, int word) =>
        Address.OfBase(exception, ObjectLayout.ExceptionValues + (word * sizeof(long)));

    /// <summary>Words that the values of an exception take before one of them: a vector takes two.</summary>
    private static int WordsBefore(ImmutableArray<ValueType> types, int index)
    {
        int words = 0;
        for (int i = 0; i < index; i++)
        {
            words += types[i].WordCount;
        }

        return words;
    }
}
