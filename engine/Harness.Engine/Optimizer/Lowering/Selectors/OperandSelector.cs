using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>How an instruction gets an input: in a virtual register, as a constant in the instruction, or wherever it is.</summary>
internal sealed class OperandSelector(SelectionState state, LirWriter writer, InstanceFields instance)
{
    private readonly FrameStateValues _stateValues = new();

    /// <summary>
    /// A virtual register with a node's value; constants and ids of types are made anew for each use, and addresses of functions outside of loops.
    /// </summary>
    public int Register(int id)
    {
        if (Constants.IsConstant(state.Graph, id))
        {
            var type = state.Graph[id].Type;
            return type switch
            {
                IrType.F32 or IrType.F64 => writer.FloatConstant(type, state.Graph[id].Immediate),
                IrType.V128 => writer.VectorConstant(state.Graph[id].Immediate),
                _ => writer.Constant(Constants.RegisterBits(state.Graph, id), type),
            };
        }

        if (state.Graph[id].Op is IrOp.TypeId or IrOp.TypeAndIndex)
        {
            var type = state.Code.NewValue(state.Graph[id].Type);
            writer.LoadType(type, state.Graph[id].Immediate, isAbove: state.Graph[id].Op == IrOp.TypeAndIndex);
            return type;
        }

        if (state.Graph[id].Op == IrOp.FunctionAddress && !state.IsInLoop)
        {
            var value = state.Code.NewValue(IrType.Ref);
            instance.MakeFunctionAddress(id, value);
            return value;
        }

        return state.Value(id);
    }

    /// <summary>
    /// Writes an operation on two floats or vectors whose right operand may be in memory: at an address, if there is one, or a constant in the pool.
    /// With three operands the result may lie elsewhere than the left one, and so in the register of the right one.
    /// </summary>
    public void WriteBinary(int id, LirOp op, OpSize size, ushort sub, int left, int right, Address? address, bool hasThreeOperands)
    {
        var isConstant = Constants.IsConstant(state.Graph, right);
        var leftValue = Register(left);
        var rightValue = address is not null || isConstant ? 0 : Register(right);
        ref var instruction = ref writer.Emit(op, size);
        instruction.Sub = sub;
        writer.Def(state.Value(id));
        writer.Use(leftValue);
        writer.Hint(state.Value(id), leftValue);
        if (address is { } place)
        {
            writer.AddAddress(ref instruction, place, OperandRole.Use);
        }
        else if (isConstant)
        {
            instruction.HasImmediate = true;
            instruction.Immediate = state.Graph[right].Immediate;
        }
        else
        {
            writer.Use(rightValue, OperandPlace.Any, hasThreeOperands ? OperandRole.Use : OperandRole.UseLate);
        }
    }

    /// <summary>An operand that may be a constant.</summary>
    public int Anywhere(int id) => Constants.IsConstant(state.Graph, id) ? ~id : Register(id);

    /// <summary>Whether an input is a constant that fits in an instruction.</summary>
    public bool TryImmediate(int id, OpSize size, out long immediate) =>
        Constants.TryGetInteger(state.Graph, id, out immediate) && (size == OpSize.Dword || LirWriter.FitsInt32(immediate));

    /// <summary>The constant to store, if it fits in the instruction.</summary>
    public bool TryStoredConstant(int id, OpSize size, out long bits)
    {
        bits = 0;
        if (!Constants.IsConstant(state.Graph, id))
        {
            return false;
        }

        bits = Constants.RegisterBits(state.Graph, id);
        if (size != OpSize.Qword)
        {
            bits = (int)bits;
        }

        return LirWriter.FitsInt32(bits);
    }

    /// <summary>What to store instead of a value whose upper bits are cut off anyway.</summary>
    public int StripExtension(int id, OpSize size) =>
        size <= OpSize.Dword && state.Graph[id].Op == Opcode.I32WrapI64 && state.IsOnlyHere(id) ? state.Graph.Input(id, 0) : id;

    /// <summary>Adds the values that a frame state needs to an instruction: see <see cref="FrameStateValues"/>.</summary>
    public void AddFrameState(int index)
    {
        _stateValues.Collect(state.Graph, index);
        foreach (var id in _stateValues.Leaves)
        {
            writer.Use(Constants.IsConstant(state.Graph, id) ? ~id : state.Value(id), OperandPlace.Anywhere);
        }
    }
}
