using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.Vectors;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline;

/// <content>
/// Vector instructions: operands are taken from the stack by the types in the opcode table, and the machine code is that of the vector
/// selection.
/// </content>
internal sealed partial class FunctionCompiler
{
    private void CompileVector(Opcode opcode)
    {
        var info = OpcodeTable.Get(opcode);
        ref readonly var row = ref VectorSelections.Of(opcode);
        var operands = default(VectorOperands);
        switch (info.Immediates)
        {
            case ImmediateKind.V128:
                EmitVectorConstant(_reader.ReadV128());
                return;
            case ImmediateKind.MemoryArgument or ImmediateKind.MemoryLane:
                EmitVectorMemoryAccess(info, row);
                return;
            case ImmediateKind.Lane:
                operands.Lane = _reader.ReadByte();
                break;
            case ImmediateKind.Shuffle:
                (operands.Low, operands.High) = _reader.ReadV128();
                break;
        }

        uint pinned = PopVectorOperands(info, row, ref operands);
        AllocateVectorResult(info, row, ref operands, pinned);
        _vectors.Emit(row, operands);
        var kind = info.Results[0];
        _cache.Push(kind, RegisterSet.IsFloat(kind) ? operands.Result : operands.IntegerResult);
    }

    /// <summary>Zero is known; what else there is comes from behind the code.</summary>
    private void EmitVectorConstant((ulong Low, ulong High) bits)
    {
        if (bits == default)
        {
            _cache.Push(StackValue.Known(0, ValueKind.V128));
            return;
        }

        var register = _cache.Allocate(ValueKind.V128, RegisterSet.None);
        _asm.MovAps(register.Xmm, _asm.Constant128(bits.Low, bits.High));
        _cache.Push(ValueKind.V128, register);
    }

    /// <summary>Pops the operands into registers.</summary>
    /// <returns>The registers.</returns>
    private uint PopVectorOperands(OpcodeInfo info, in VectorSelection row, ref VectorOperands operands)
    {
        uint pinned = RegisterSet.None;
        int overwritten = !row.OverwritesFirst ? -1 : row.Swaps ? 1 : 0;
        for (int i = info.Parameters.Length - 1; i >= 0; i--)
        {
            var register = i == overwritten ? _cache.PopOwned(pinned) : _cache.Pop(pinned);
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
            operands.IntegerResult = _cache.AllocateGpr(pinned);
        }
        else if (row.OverwritesFirst)
        {
            operands.Result = operands.A;
        }
        else
        {
            Register result = RegisterSet.IsFloat(info.Parameters[0]) && !_cache.IsUsed(operands.A)
                ? operands.A
                : _cache.Allocate(kind, pinned);
            operands.Result = result.Xmm;
            pinned |= result.Bit;
        }

        if (row.Temporaries != 0) operands.Temporary = _cache.Allocate(ValueKind.V128, pinned).Xmm;
    }

    /// <summary>A load or store: the vector, if it is an operand, lies above the address.</summary>
    private void EmitVectorMemoryAccess(OpcodeInfo info, in VectorSelection row)
    {
        var operands = default(VectorOperands);
        uint pinned = RegisterSet.None;
        bool isLoad = info.Results.Length != 0;
        if (info.Parameters.Length == 2)
        {
            var vector = isLoad ? _cache.PopOwned(RegisterSet.None) : _cache.Pop(RegisterSet.None);
            operands.A = operands.Result = vector.Xmm;
            pinned = vector.Bit;
        }

        operands.Memory = PopAddress(1 << info.NaturalAlignment, pinned);
        if (info.Immediates == ImmediateKind.MemoryLane)
        {
            operands.Lane = _reader.ReadByte();
        }

        if (pinned == RegisterSet.None)
        {
            operands.Result = _cache.Allocate(ValueKind.V128, RegisterSet.None).Xmm;
        }

        AddFaultSite(TrapKind.MemoryOutOfBounds);
        _vectors.Emit(row, operands);
        if (isLoad)
        {
            _cache.Push(ValueKind.V128, operands.Result);
        }
    }

    /// <summary>Fills a part of an array of vectors.</summary>
    private void EmitVectorArrayFill()
    {
        const int operands = 4;
        int first = _cache.Height - operands;
        int vector = first + 2;
        _cache.SpillBelow(first);
        StoreToSlot(vector);
        _moves.Add(BuiltinArguments[0], _cache[first], first);
        _moves.Add(BuiltinArguments[1], _cache[first + 1], first + 1);
        _moves.Add(BuiltinArguments[4], _cache[first + 3], first + 3);
        _moves.Execute(CallingConvention.Scratch);
        LoadVectorArguments(vector);
        _cache.Drop(operands);
        CallBuiltin(Builtin.ArrayFillVector, MapReferences());
        _asm.Test(OpSize.Dword, Gpr.Rax, Gpr.Rax);
        _asm.Jcc(Condition.NotZero, AddTrap(TrapKind.Pending));
    }

    /// <summary>Makes an array of vectors by the runtime, and fills it.</summary>
    private void EmitVectorArrayNew(int canonicalType, bool isDefault)
    {
        int operands = isDefault ? 1 : 2;
        int length = _cache.Height - 1;
        int first = _cache.Height - operands;
        for (int i = first; i < _cache.Height; i++)
        {
            StoreToSlot(i);
        }

        _cache.SpillBelow(_cache.Height);
        _asm.MovImm(BuiltinArguments[0], canonicalType);
        _asm.Mov(OpSize.Dword, BuiltinArguments[1], _cache.Slot(length));
        _asm.Zero(BuiltinArguments[2]);
        CallBuiltin(Builtin.ArrayNew, MapReferences());
        _asm.Test(OpSize.Qword, Gpr.Rax, Gpr.Rax);
        _asm.Jcc(Condition.Zero, AddTrap(TrapKind.Pending));
        _cache.Drop(operands);
        if (isDefault)
        {
            _cache.Push(ValueKind.Ref, Gpr.Rax);
            return;
        }

        // Filling collects nothing, so that the array can be in the slot of the vector, where nobody looks for references meanwhile.
        _asm.Mov(OpSize.Qword, BuiltinArguments[0], Gpr.Rax);
        _asm.Zero(BuiltinArguments[1]);
        _asm.Mov(OpSize.Dword, BuiltinArguments[4], _cache.Slot(length));
        LoadVectorArguments(first);
        _asm.Mov(OpSize.Qword, _cache.Slot(first), Gpr.Rax);
        CallBuiltin(Builtin.ArrayFillVector, MapReferences());
        _cache.Push(StackValue.InFrame(ValueKind.Ref));
    }

    /// <summary>Loads the halves of a vector in the frame as arguments of a runtime function.</summary>
    private void LoadVectorArguments(int height)
    {
        _asm.Mov(OpSize.Qword, BuiltinArguments[2], _cache.Slot(height));
        _asm.Mov(OpSize.Qword, BuiltinArguments[3], _cache.Slot(height).Offset(sizeof(long)));
    }

    /// <summary>Makes sure that a value is in its frame slot.</summary>
    private void StoreToSlot(int height)
    {
        ref readonly var value = ref _cache[height];
        if (!value.IsFrame && !value.IsSaved)
        {
            _cache.Store(height, value);
        }
    }
}
