using Harness.Engine.Baseline.Model;
using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>Tables.</summary>
internal sealed class TableEmitter(BaselineState state, InstanceFields instance, BuiltinCalls builtins)
{
    private readonly Assembler _asm = state.Assembler;
    private readonly FunctionBody _body = state.Body;
    private readonly ValueStack _stack = state.Stack;
    private readonly ColdPaths _cold = state.Cold;
    private readonly InstanceFields _instance = instance;
    private readonly BuiltinCalls _builtins = builtins;

    /// <summary>Compiles <c>table.get</c> or <c>table.set</c>.</summary>
    public void Compile(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.TableGet: EmitTableGet(_body.Reader.ReadIndex()); break;
            case Opcode.TableSet: EmitTableSet(_body.Reader.ReadIndex()); break;
            default: throw _body.NotSupported(opcode);
        }
    }

    /// <summary>Compiles an instruction on a range of a table, or on its size.</summary>
    public void CompileBulk(Opcode opcode)
    {
        var first = _body.Reader.ReadIndex();
        switch (opcode)
        {
            case Opcode.TableInit:
                _builtins.EmitBuiltinStatus(Builtin.TableInit, BuiltinCalls.Pack(_body.Reader.ReadIndex(), first), 3);
                break;
            case Opcode.ElemDrop:
                _builtins.EmitBuiltin(Builtin.ElemDrop, first, 0);
                break;
            case Opcode.TableCopy:
                _builtins.EmitBuiltinStatus(Builtin.TableCopy, BuiltinCalls.Pack(first, _body.Reader.ReadIndex()), 3);
                break;
            case Opcode.TableGrow:
                _builtins.EmitBuiltin(Builtin.TableGrow, first, 2);
                _builtins.PushBuiltinResult(_body.Module.Tables[first].Type.AddressType.Kind);
                break;
            case Opcode.TableSize:
                var size = _stack.AllocateGpr(RegisterSet.None);
                _instance.LoadField(_body.Layout.Table(first), TableData.LengthOffset, size);
                _stack.Push(_body.Module.Tables[first].Type.AddressType.Kind, size);
                break;
            default:
                _builtins.EmitBuiltinStatus(Builtin.TableFill, first, 3);
                break;
        }
    }

    private void EmitTableGet(int tableIndex)
    {
        var element = PopTableElement(tableIndex, RegisterSet.None, TrapKind.TableOutOfBounds);
        var result = _stack.AllocateGpr(RegisterSet.None);
        _asm.Mov(OpSize.Qword, result, element);
        _stack.Push(ValueKind.Ref, result);
    }

    private void EmitTableSet(int tableIndex)
    {
        var value = _stack.Pop(RegisterSet.None);
        var element = PopTableElement(tableIndex, value.Bit, TrapKind.TableOutOfBounds);
        _asm.Mov(OpSize.Qword, element, value.Gpr);
        if (ObjectLayout.IsHeapReference(_body.Module.Tables[tableIndex].Type.ElementType))
        {
            EmitTableCard(tableIndex, element);
        }
    }

    /// <summary>Marks the card of a table's element that was written. Overwrites the scratch register.</summary>
    private void EmitTableCard(int tableIndex, Mem element)
    {
        var scratch = CallingConvention.Scratch;
        if (element.IndexRegister == Gpr.None)
        {
            _instance.LoadField(_body.Layout.Table(tableIndex), TableData.CardsOffset, scratch);
            _asm.Mov(OpSize.Byte, Mem.Base(scratch, element.Displacement / sizeof(long) >> TableData.CardShift), 1);
            return;
        }

        var card = _stack.AllocateGpr(RegisterSet.Of(element.IndexRegister));
        _asm.Mov(OpSize.Qword, card, element.IndexRegister);
        _asm.Shift(ShiftOp.Shr, OpSize.Qword, card, TableData.CardShift);
        _instance.LoadField(_body.Layout.Table(tableIndex), TableData.CardsOffset, scratch);
        _asm.Mov(OpSize.Byte, Mem.BaseIndex(scratch, card), 1);
    }

    /// <summary>Pops an index into a table, checks it, and gives the operand for the element. Overwrites the scratch register.</summary>
    public Mem PopTableElement(int tableIndex, uint pinned, TrapKind trap)
    {
        var table = _body.Layout.Table(tableIndex);
        var scratch = CallingConvention.Scratch;
        if (_stack.Peek().IsConstant && _stack.Peek().Constant is >= 0 and < int.MaxValue / sizeof(long))
        {
            var constant = _stack.Peek().Constant;
            _stack.Drop();
            _asm.Alu(AluOp.Cmp, OpSize.Qword, _instance.FieldOf(table, TableData.LengthOffset, scratch), constant);
            _asm.Jcc(Condition.BelowOrEqual, _cold.AddTrap(trap));
            _instance.LoadField(table, TableData.ElementsOffset, scratch);
            return Mem.Base(scratch, constant * sizeof(long));
        }

        var index = _stack.Pop(pinned).Gpr;
        _asm.Alu(AluOp.Cmp, OpSize.Qword, index, _instance.FieldOf(table, TableData.LengthOffset, scratch));
        _asm.Jcc(Condition.AboveOrEqual, _cold.AddTrap(trap));
        _instance.LoadField(table, TableData.ElementsOffset, scratch);
        return Mem.BaseIndex(scratch, index, sizeof(long));
    }
}
