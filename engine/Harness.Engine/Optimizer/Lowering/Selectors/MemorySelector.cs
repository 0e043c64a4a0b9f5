using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>Loads and stores.</summary>
internal sealed class MemorySelector(SelectionState state, LirWriter writer, OperandSelector operands, MemoryAddressing addresses)
{
    /// <summary>Selects a load or store.</summary>
    public void SelectAccess(int id, Opcode op)
    {
        var access = Access.Of(state.Graph, id);
        var accessed = access.SizeLog2;
        if (access.IsWrite)
        {
            SelectStore(id, op, (OpSize)accessed);
            return;
        }

        var address = addresses.MemoryAddress(id, accessed);
        if (op is Opcode.F32Load or Opcode.F64Load)
        {
            writer.EmitWithAddress(LirOp.LoadScalar, (OpSize)accessed, state.Value(id), address);
            return;
        }

        var extension = access.Extension != AccessExtension.Sign ? LoadExtension.Zero
            : state.Graph[id].Type == IrType.I64 ? LoadExtension.SignTo64
            : LoadExtension.SignTo32;
        writer.Load(state.Value(id), address, (OpSize)accessed, extension);
    }

    private void SelectStore(int id, Opcode op, OpSize size)
    {
        var stored = state.Graph.Input(id, 1);
        var isConstant = operands.TryStoredConstant(stored, size, out var bits);
        var value = isConstant ? 0 : operands.Register(operands.StripExtension(stored, size));
        var address = addresses.MemoryAddress(id, (int)size);
        var isFloat = op is Opcode.F32Store or Opcode.F64Store;
        writer.Store(address, size, isFloat, value, bits);
    }
}
