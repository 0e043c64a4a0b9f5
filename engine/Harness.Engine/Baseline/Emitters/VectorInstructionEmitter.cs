using Harness.Engine.Baseline.Model;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.Vectors;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>
/// Vector instructions: operands are taken from the stack by the types in the opcode table, and the machine code is that of the vector
/// selection.
/// </summary>
internal sealed class VectorInstructionEmitter(BaselineState state, MemoryAddressing addresses)
{
    private readonly Assembler _asm = state.Assembler;
    private readonly FunctionBody _body = state.Body;
    private readonly ValueStack _stack = state.Stack;
    private readonly CodeSites _sites = state.Sites;
    private readonly MemoryAddressing _addresses = addresses;
    private readonly VectorEmitter _vectors = new(state.Assembler);

    /// <summary>Compiles a vector instruction.</summary>
    public void Compile(Opcode opcode)
    {
        var info = OpcodeTable.Get(opcode);
        ref readonly var row = ref VectorSelections.Of(opcode);
        var operands = default(VectorOperands);
        _vectors.Features = _body.Vectors;
        switch (info.Immediates)
        {
            case ImmediateKind.V128:
                EmitVectorConstant(_body.Reader.ReadV128());
                return;
            case ImmediateKind.MemoryArgument or ImmediateKind.MemoryLane:
                EmitVectorMemoryAccess(info, row);
                return;
            case ImmediateKind.Lane:
                operands.Lane = _body.Reader.ReadByte();
                break;
            case ImmediateKind.Shuffle:
                (operands.Low, operands.High) = _body.Reader.ReadV128();
                break;
        }

        var pinned = PopVectorOperands(info, row, ref operands);
        AllocateVectorResult(info, row, ref operands, pinned);
        _vectors.Emit(row, operands);
        var kind = info.Results[0];
        _stack.Push(kind, RegisterSet.IsFloat(kind) ? operands.Result : operands.IntegerResult);
    }

    /// <summary>Zero is known; what else there is comes from behind the code.</summary>
    private void EmitVectorConstant((ulong Low, ulong High) bits)
    {
        if (bits == default)
        {
            _stack.Push(StackValue.Known(0, ValueKind.V128));
            return;
        }

        var register = _stack.Allocate(ValueKind.V128, RegisterSet.None);
        _asm.MovAps(register.Xmm, _asm.Constant128(bits.Low, bits.High));
        _stack.Push(ValueKind.V128, register);
    }

    /// <summary>Pops the operands into registers.</summary>
    /// <returns>The registers.</returns>
    private uint PopVectorOperands(OpcodeInfo info, in VectorSelection row, ref VectorOperands operands)
    {
        var pinned = RegisterSet.None;
        var overwritten = !row.OverwritesFirst ? -1 : row.Swaps ? 1 : 0;
        for (var i = info.Parameters.Length - 1; i >= 0; i--)
        {
            var register = i == overwritten ? _stack.PopOwned(pinned) : _stack.Pop(pinned);
            pinned |= register.Bit;
            if (!register.IsXmm)
            {
                operands.Integer = register.Gpr;
                continue;
            }

            switch (row.Swaps && i < 2 ? 1 - i : i)
            {
                case 0: operands.A = register.Xmm; break;
                case 1: operands.B = register.Xmm; break;
                default: operands.C = register.Xmm; break;
            }
        }

        return pinned;
    }

    private void AllocateVectorResult(OpcodeInfo info, in VectorSelection row, ref VectorOperands operands, uint pinned)
    {
        var kind = info.Results[0];
        if (!RegisterSet.IsFloat(kind))
        {
            operands.IntegerResult = _stack.AllocateGpr(pinned);
        }
        else if (row.OverwritesFirst)
        {
            operands.Result = operands.A;
        }
        else
        {
            var result = RegisterSet.IsFloat(info.Parameters[0]) && !_stack.IsUsed(operands.A)
                ? operands.A
                : _stack.Allocate(kind, pinned);
            operands.Result = result.Xmm;
            pinned |= result.Bit;
        }

        if (row.Temporaries != 0)
        {
            operands.Temporary = _stack.Allocate(ValueKind.V128, pinned).Xmm;
        }
    }

    /// <summary>A load or store: the vector, if it is an operand, lies above the address.</summary>
    private void EmitVectorMemoryAccess(OpcodeInfo info, in VectorSelection row)
    {
        var operands = default(VectorOperands);
        var pinned = RegisterSet.None;
        var isLoad = info.Results.Length != 0;
        if (info.Parameters.Length == 2)
        {
            var vector = isLoad ? _stack.PopOwned(RegisterSet.None) : _stack.Pop(RegisterSet.None);
            operands.A = operands.Result = vector.Xmm;
            pinned = vector.Bit;
        }

        operands.Memory = _addresses.PopAddress(1 << info.NaturalAlignment, pinned);
        if (info.Immediates == ImmediateKind.MemoryLane)
        {
            operands.Lane = _body.Reader.ReadByte();
        }

        if (pinned == RegisterSet.None)
        {
            operands.Result = _stack.Allocate(ValueKind.V128, RegisterSet.None).Xmm;
        }

        _sites.AddFaultSite(TrapKind.MemoryOutOfBounds);
        _vectors.Emit(row, operands);
        if (isLoad)
        {
            _stack.Push(ValueKind.V128, operands.Result);
        }
    }
}
