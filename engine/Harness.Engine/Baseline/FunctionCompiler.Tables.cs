using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline;

/// <content>Tables and references.</content>
internal sealed partial class FunctionCompiler
{
    private void CompileTable(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.TableGet: EmitTableGet(_reader.ReadIndex()); break;
            case Opcode.TableSet: EmitTableSet(_reader.ReadIndex()); break;
            default: throw NotSupported(opcode);
        }
    }

    private void CompileBulkTable(Opcode opcode)
    {
        int first = _reader.ReadIndex();
        switch (opcode)
        {
            case Opcode.TableInit:
                EmitBuiltinStatus(Builtin.TableInit, Pack(_reader.ReadIndex(), first), 3);
                break;
            case Opcode.ElemDrop:
                EmitBuiltin(Builtin.ElemDrop, first, 0);
                break;
            case Opcode.TableCopy:
                EmitBuiltinStatus(Builtin.TableCopy, Pack(first, _reader.ReadIndex()), 3);
                break;
            case Opcode.TableGrow:
                EmitBuiltin(Builtin.TableGrow, first, 2);
                PushBuiltinResult(_module.Tables[first].Type.AddressType.Kind);
                break;
            case Opcode.TableSize:
                var size = _cache.AllocateGpr(RegisterSet.None);
                LoadField(_layout.Table(first), TableData.LengthOffset, size);
                _cache.Push(_module.Tables[first].Type.AddressType.Kind, size);
                break;
            default:
                EmitBuiltinStatus(Builtin.TableFill, first, 3);
                break;
        }
    }

    private void EmitTableGet(int tableIndex)
    {
        var element = PopTableElement(tableIndex, RegisterSet.None, TrapKind.TableOutOfBounds);
        var result = _cache.AllocateGpr(RegisterSet.None);
        _asm.Mov(OpSize.Qword, result, element);
        _cache.Push(ValueKind.Ref, result);
    }

    private void EmitTableSet(int tableIndex)
    {
        var value = _cache.Pop(RegisterSet.None);
        var element = PopTableElement(tableIndex, value.Bit, TrapKind.TableOutOfBounds);
        _asm.Mov(OpSize.Qword, element, value.Gpr);
        if (ObjectLayout.IsHeapReference(_module.Tables[tableIndex].Type.ElementType)) EmitTableCard(tableIndex, element);
    }

    /// <summary>Marks the card of a table's element that was written. Overwrites the scratch register.</summary>
    private void EmitTableCard(int tableIndex, Mem element)
    {
        var scratch = CallingConvention.Scratch;
        if (element.IndexRegister == Gpr.None)
        {
            LoadField(_layout.Table(tableIndex), TableData.CardsOffset, scratch);
            _asm.Mov(OpSize.Byte, Mem.Base(scratch, element.Displacement / sizeof(long) >> TableData.CardShift), 1);
            return;
        }

        var card = _cache.AllocateGpr(RegisterSet.Of(element.IndexRegister));
        _asm.Mov(OpSize.Qword, card, element.IndexRegister);
        _asm.Shift(ShiftOp.Shr, OpSize.Qword, card, TableData.CardShift);
        LoadField(_layout.Table(tableIndex), TableData.CardsOffset, scratch);
        _asm.Mov(OpSize.Byte, Mem.BaseIndex(scratch, card), 1);
    }

    /// <summary>Pops an index into a table, checks it, and gives the operand for the element. Overwrites the scratch register.</summary>
    private Mem PopTableElement(int tableIndex, uint pinned, TrapKind trap)
    {
        var table = _layout.Table(tableIndex);
        var scratch = CallingConvention.Scratch;
        if (_cache.Peek().IsConstant && _cache.Peek().Constant is >= 0 and < int.MaxValue / sizeof(long))
        {
            int constant = _cache.Peek().Constant;
            _cache.Drop();
            _asm.Alu(AluOp.Cmp, OpSize.Qword, FieldOf(table, TableData.LengthOffset, scratch), constant);
            _asm.Jcc(Condition.BelowOrEqual, AddTrap(trap));
            LoadField(table, TableData.ElementsOffset, scratch);
            return Mem.Base(scratch, constant * sizeof(long));
        }

        var index = _cache.Pop(pinned).Gpr;
        _asm.Alu(AluOp.Cmp, OpSize.Qword, index, FieldOf(table, TableData.LengthOffset, scratch));
        _asm.Jcc(Condition.AboveOrEqual, AddTrap(trap));
        LoadField(table, TableData.ElementsOffset, scratch);
        return Mem.BaseIndex(scratch, index, sizeof(long));
    }

    private void CompileReference(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.RefNull:
                _reader.SkipImmediates(opcode);
                _cache.Push(StackValue.Known(0, ValueKind.Ref));
                break;
            case Opcode.RefIsNull:
                EmitEqualsZero(OpSize.Qword);
                break;
            case Opcode.RefEq:
                EmitIntegerCompare(OpSize.Qword, Condition.Equal);
                break;
            case Opcode.RefFunc:
                var reference = _cache.AllocateGpr(RegisterSet.None);
                LoadFunctionReference(_reader.ReadIndex(), reference);
                _cache.Push(ValueKind.Ref, reference);
                break;
            case Opcode.RefAsNonNull:
                EmitRefAsNonNull();
                break;
            case Opcode.BrOnNull:
                EmitBranchOnNull(_reader.ReadIndex());
                break;
            case Opcode.BrOnNonNull:
                EmitBranchOnNonNull(_reader.ReadIndex());
                break;
            default:
                throw NotSupported(opcode);
        }
    }

    /// <summary>Loads the address of a function's reference: own ones lie in the instance, to imported ones there is a pointer.</summary>
    private void LoadFunctionReference(int functionIndex, Gpr target)
    {
        if (_layout.IsImportedFunction(functionIndex))
        {
            _asm.Mov(OpSize.Qword, target, InstanceField(_layout.ImportedFunction(functionIndex)));
        }
        else
        {
            _asm.Lea(OpSize.Qword, target, InstanceField(_layout.FunctionReferenceOf(functionIndex)));
        }
    }

    private void EmitRefAsNonNull()
    {
        var reference = _cache.Pop(RegisterSet.None);
        _asm.Test(OpSize.Qword, reference.Gpr, reference.Gpr);
        _asm.Jcc(Condition.Zero, AddTrap(TrapKind.NullReference));
        _cache.Push(ValueKind.Ref, reference);
    }

    private void EmitBranchOnNull(int depth)
    {
        var reference = _cache.Pop(RegisterSet.None);
        _asm.Test(OpSize.Qword, reference.Gpr, reference.Gpr);
        EmitBranchIf(new FlagTest(Condition.Zero), depth);
        _cache.Push(ValueKind.Ref, reference);
    }

    private void EmitBranchOnNonNull(int depth)
    {
        var reference = _cache.Pop(RegisterSet.None);
        _asm.Test(OpSize.Qword, reference.Gpr, reference.Gpr);
        _cache.Push(ValueKind.Ref, reference);
        EmitBranchIf(new FlagTest(Condition.NotZero), depth);
        _cache.Drop();
    }
}
