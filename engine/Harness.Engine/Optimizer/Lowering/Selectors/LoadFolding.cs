using Harness.Engine.Modules;
using Harness.Engine.Numbers;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>
/// Loads that become part of the instruction that uses what they load, since that is all they are for and nothing with an effect lies
/// between.
/// </summary>
internal sealed class LoadFolding(
    SelectionState state, InstanceFields instance, OperandSelector operands, ReferenceFacts references, MemoryAddressing addresses,
    ObjectAddressing objectAddresses)
{
    private const int VectorBytesLog2 = 4;

    /// <summary>
    /// The address to read an operand from instead of loading it before, if it is loaded only for this and nothing with an effect
    /// lies between.
    /// </summary>
    public bool TryCoverLoad(int id, OpSize size, out Address address)
    {
        address = default;
        ref var node = ref state.Graph[id];
        var isWhole = node.Op switch
        {
            Opcode.I32Load or Opcode.F32Load => size == OpSize.Dword,
            Opcode.I64Load or Opcode.F64Load => size == OpSize.Qword,
            IrOp.TableLength => LirWriter.SizeOf(node.Type) == size && !state.ModuleCode.Layout.Table((int)node.Immediate).IsPointer,
            IrOp.MemoryByteLength => size == OpSize.Qword && !state.ModuleCode.Layout.Memory((int)node.Immediate).IsPointer,
            IrOp.LoadReferenceType or Opcode.ArrayLen => size == OpSize.Dword,
            Opcode.StructGet or Opcode.ArrayGet => LirWriter.SizeOf(node.Type) == size,
            _ => false,
        };
        if (!isWhole || !state.IsOnlyHere(id) || (state.LevelAfter(id) != state.Level && node.Op != IrOp.LoadReferenceType))
        {
            return false;
        }

        state.Nodes[id].IsCovered = true;
        address = node.Op switch
        {
            IrOp.TableLength => instance.TableField(id, TableData.LengthOffset),
            IrOp.MemoryByteLength => instance.MemoryField((int)node.Immediate, MemoryData.ByteLengthOffset),
            IrOp.LoadReferenceType => ReferenceType(id),
            Opcode.StructGet => objectAddresses.FieldAddress(id),
            Opcode.ArrayGet => objectAddresses.ElementAddress(id),
            Opcode.ArrayLen => objectAddresses.LengthAddress(id),
            _ => addresses.MemoryAddress(id, (int)size),
        };
        return true;
    }

    /// <summary>The field with the type of the function that a node's input refers to.</summary>
    public Address ReferenceType(int id) =>
        Address.OfBase(operands.Register(state.Graph.Input(id, 0)), FunctionReference.TypeIdOffset);

    /// <summary>The address to read an operand of a comparison from: as for any other, but only of what cannot fault where the comparison may move.</summary>
    public bool TryCover(int id, OpSize size, bool mayFault, out Address address)
    {
        address = default;
        var cannotFault = state.Graph[id].Op switch
        {
            IrOp.TableLength or IrOp.MemoryByteLength or IrOp.LoadReferenceType or Opcode.ArrayGet => true,
            Opcode.StructGet or Opcode.ArrayLen => !references.MayBeNull(state.Graph.Input(id, 0)),
            _ => false,
        };
        return (mayFault || cannotFault) && TryCoverLoad(id, size, out address);
    }

    /// <summary>The address to read a vector from instead of loading it before, as for scalars.</summary>
    public bool TryCoverVector(int id, out Address address)
    {
        address = default;
        if (!state.Vectors.HasThreeOperands || state.Graph[id].Op != Opcode.V128Load || !state.IsOnlyHere(id) || state.LevelAfter(id) != state.Level)
        {
            return false;
        }

        state.Nodes[id].IsCovered = true;
        address = addresses.MemoryAddress(id, VectorBytesLog2);
        return true;
    }

    /// <summary>
    /// The inputs of a commutative node: a constant last, and first a value that ends here, best the result of a call, which
    /// is in a register while others had to go to the frame.
    /// </summary>
    public (int Left, int Right) OrderedInputs(int id)
    {
        var left = state.Graph.Input(id, 0);
        var right = state.Graph.Input(id, 1);
        if (Constants.IsConstant(state.Graph, left))
        {
            return (right, left);
        }

        var swap = !Constants.IsConstant(state.Graph, right) && state.Nodes[right].Uses == 1 && !IsCoverableLoad(right)
            && (state.Nodes[left].Uses > 1 || (IsCallInBlock(right) && !IsCallInBlock(left)));
        return swap ? (right, left) : (left, right);
    }

    /// <summary>An input of a node, of a commutative one in the order of <see cref="OrderedInputs"/>.</summary>
    public int OrderedInput(int id, int index)
    {
        if (!NumericForms.Of(state.Graph[id].Op).IsCommutative)
        {
            return state.Graph.Input(id, index);
        }

        var (left, right) = OrderedInputs(id);
        return index == 0 ? left : right;
    }

    private bool IsCallInBlock(int id) => state.Graph[id].Op is IrOp.CallDirect or IrOp.CallReference && state.IsInBlock(id);

    private bool IsCoverableLoad(int id) =>
        state.Graph[id].Op is Opcode.I32Load or Opcode.I64Load or Opcode.StructGet or Opcode.ArrayGet or Opcode.ArrayLen
        && state.IsOnlyHere(id) && state.LevelAfter(id) == state.Level;
}
