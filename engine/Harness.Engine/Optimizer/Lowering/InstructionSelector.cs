using Harness.Engine.Modules;
using Harness.Engine.Numbers;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Lowering.Selectors;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering;

/// <summary>
/// Chooses machine instructions for the nodes of a graph. Blocks are visited from the last to the first and their nodes as well:
/// whoever uses a value is seen before the value is made, and so can do its work in the same instruction; what nobody asked for is
/// not made at all.
/// </summary>
/// <remarks>
/// What is known meanwhile is in a <see cref="SelectionState"/>; each family of nodes has a selector, to which this class hands them. What instructions integers
/// become, and how they are compared, is said by rules (<c>Rules/selection.rules</c>, <c>Rules/conditions.rules</c>). A value
/// of 32 bits is kept zero-extended in its register; every instruction that makes one does that by itself. Zero extension to 64 bits
/// therefore is no instruction, and neither is using an i32 as part of an address.
/// </remarks>
internal sealed class InstructionSelector
{
    private readonly SelectionState _state = new();
    private readonly BlockOrder _blockOrder = new();
    private readonly UseCounter _uses;
    private readonly LirWriter _writer;
    private readonly InstanceFields _instance;
    private readonly LoadFolding _loads;
    private readonly ConditionSelector _conditions;
    private readonly NumberSelector _numbers;
    private readonly VectorSelector _vectors;
    private readonly MemorySelector _memories;
    private readonly GlobalSelector _globals;
    private readonly TableSelector _tables;
    private readonly AtomicSelector _atomics;
    private readonly ExceptionSelector _exceptions;
    private readonly ObjectSelector _objects;
    private readonly TypeTestSelector _typeTests;
    private readonly CallSelector _calls;
    private readonly CheckSelector _checks;
    private readonly ControlSelector _control;

    /// <summary>Makes a selector.</summary>
    public InstructionSelector(SignatureCache signatures)
    {
        // What others build on.
        _uses = new UseCounter(_state);
        _writer = new LirWriter(_state);
        var alu = new AluWriter(_state, _writer);
        _instance = new InstanceFields(_state, _writer);
        var operands = new OperandSelector(_state, _writer, _instance);
        var references = new ReferenceFacts(_state);
        var addresses = new MemoryAddressing(_state, _writer, _instance, operands);
        var objectAddresses = new ObjectAddressing(_state, _writer, operands, references);
        _loads = new LoadFolding(_state, _instance, operands, references, addresses, objectAddresses);
        _conditions = new ConditionSelector(_state, _writer, _instance, operands, _loads);

        // Numbers.
        var instructions = new IntegerInstructions(_state, _writer, alu, operands, _loads);
        var integers = new IntegerSelector(_state, _writer, alu, operands, _loads);
        var divisions = new DivisionSelector(_state, _writer, alu, operands);
        var floats = new FloatSelector(_state, _writer, operands, _loads);
        var wide = new WideSelector(_state, _writer, alu, operands);
        _numbers = new NumberSelector(_state, instructions, _conditions, integers, wide, divisions, floats);
        _vectors = new VectorSelector(_state, _writer, operands, addresses, _loads);

        // Memories, globals and tables.
        _memories = new MemorySelector(_state, _writer, operands, addresses);
        _globals = new GlobalSelector(_state, _writer, _instance, operands);
        _tables = new TableSelector(_state, _writer, _instance, operands, references);
        _atomics = new AtomicSelector(_state, _writer, operands, addresses);

        // References and objects.
        var fields = new FieldSelector(_state, _writer, operands, references, objectAddresses);
        var allocations = new AllocationSelector(_state, _writer, operands, fields);
        _exceptions = new ExceptionSelector(_state, _writer, _instance, operands, allocations);
        _objects = new ObjectSelector(_state, _writer, operands, references, objectAddresses, fields, allocations, _exceptions);
        _typeTests = new TypeTestSelector(_state, _writer, operands, references, objectAddresses, _conditions);

        // Control.
        _calls = new CallSelector(_state, _writer, operands, signatures);
        _checks = new CheckSelector(_state, _writer, operands, _conditions);
        _control = new ControlSelector(_state, _writer, operands, _conditions, _typeTests, signatures);
    }

    /// <summary>Lets go of the graph and the module.</summary>
    public void Forget()
    {
        _state.Forget();
        _blockOrder.Forget();
    }

    /// <summary>Selects the instructions of a graph whose aliases are all resolved.</summary>
    public void Run(LirCode target, ModuleCode moduleCode)
    {
        _state.Open(target, moduleCode);
        _blockOrder.Run(target, moduleCode.Options.PassBlockOrdering);
        _uses.Count();
        for (var i = _state.Code.BlockCount - 1; i >= 0; i--)
        {
            SelectBlock(i);
        }

        _state.Code.ReverseFrom(0);
        for (var i = 0; i < _state.Code.BlockCount; i++)
        {
            ref var done = ref _state.Code.Block(i);
            (done.FirstInstruction, done.EndInstruction) =
                (_state.Code.InstructionCount - done.EndInstruction, _state.Code.InstructionCount - done.FirstInstruction);
        }
    }

    private void SelectBlock(int index)
    {
        // Instruction numbers count from the end of the function until all is done.
        _state.Code.Block(index).FirstInstruction = _state.Code.InstructionCount;
        _state.IsInLoop = _state.Code.Block(index).LoopDepth > 0 && !_state.Code.Block(index).IsCold;
        var id = _state.Code.Block(index).GraphBlock;
        if (id < 0)
        {
            _control.SelectEdge(index);
        }
        else
        {
            SelectBlock(_state.Graph.Blocks[id], index);
        }

        _state.Code.Block(index).EndInstruction = _state.Code.InstructionCount;
    }

    private void SelectBlock(Block source, int index)
    {
        _state.Block = source.Id;
        _state.Level = source.Nodes.Count == 0 ? 0 : _state.LevelAfter(source.Nodes[^1]);
        var start = _state.Code.InstructionCount;
        _control.SelectTerminator(source, index);
        _state.Code.ReverseFrom(start);
        for (var i = source.Nodes.Count - 1; i >= 0; i--)
        {
            _state.Graph.Budget.CountStep();
            var id = source.Nodes[i];
            ref var known = ref _state.Nodes[id];
            if (known.IsCovered || (!known.IsRequired && known.FirstProjection == 0 && _state.Code.ValueOfNode[id] == 0))
            {
                continue;
            }

            _state.Level = known.Level;
            ref var node = ref _state.Graph[id];
            _state.BytecodeOffset = node.BytecodeOffset;
            _state.Inlining = node.Inlining;
            start = _state.Code.InstructionCount;
            Select(id, node.Op);
            _state.Code.ReverseFrom(start);
        }

        if (index == 0)
        {
            _control.SelectEntry(source);
        }

        foreach (var parameter in source.Parameters)
        {
            _state.Value(parameter);
        }
    }

    private void Select(int id, Opcode op)
    {
        switch (op)
        {
            case Opcode.I32Const or Opcode.I64Const or Opcode.RefNull or Opcode.F32Const or Opcode.F64Const or Opcode.V128Const:
            case IrOp.Argument or IrOp.Nop or IrOp.BlockParameter or Opcode.I64ExtendI32U:
                // Constants are made where they are used; arguments belong to the entry; the others are no instructions.
                break;
            case >= Opcode.I32Load and <= Opcode.I64Store32:
                _memories.SelectAccess(id, op);
                break;
            case Opcode.GlobalGet:
                _globals.SelectGlobalGet(id);
                break;
            case Opcode.GlobalSet:
                _globals.SelectGlobalSet(id);
                break;
            case Opcode.Select:
                _conditions.SelectSelect(id);
                break;
            case Opcode.RefIsNull or IrOp.ReferenceEqual:
                _conditions.SelectCondition(id);
                break;
            case var numeric when NumericForms.Of(numeric) is { Kind: not NumericFormKind.None } form:
                _numbers.SelectNumeric(id, form);
                break;
            case >= Opcode.V128Load and < Opcode.MemoryAtomicNotify:
                _vectors.SelectVector(id, op);
                break;
            default:
                SelectSpecial(id, op);
                break;
        }
    }

    private void SelectSpecial(int id, Opcode op)
    {
        switch (op)
        {
            case IrOp.Projection:
                // The node of which it is a result makes it.
                var maker = _state.Graph.Input(id, 0);
                _state.Nodes[id].NextProjection = _state.Nodes[maker].FirstProjection;
                _state.Nodes[maker].FirstProjection = id;
                break;
            case IrOp.CallDirect or IrOp.CallReference:
                _calls.SelectCall(id, op);
                break;
            case IrOp.CallBuiltin:
                _calls.SelectCallBuiltin(id);
                break;
            case IrOp.TrapIf or IrOp.TrapUnless:
                _checks.SelectTrapIf(id, op == IrOp.TrapIf);
                break;
            case IrOp.Guard:
                _checks.SelectGuard(id);
                break;
            case IrOp.TableLength:
                _writer.Load(_state.Value(id), _instance.TableField(id, TableData.LengthOffset), LirWriter.SizeOf(_state.Graph[id].Type));
                break;
            case IrOp.MemoryByteLength:
                _writer.Load(_state.Value(id), _instance.MemoryField((int)_state.Graph[id].Immediate, MemoryData.ByteLengthOffset), OpSize.Qword);
                break;
            case IrOp.LoadTableElement:
                _writer.Load(_state.Value(id), _tables.TableElement(id), OpSize.Qword);
                break;
            case IrOp.StoreTableElement:
                _tables.SelectStoreTableElement(id);
                break;
            case IrOp.LoadReferenceType:
                _writer.Load(_state.Value(id), _loads.ReferenceType(id), OpSize.Dword);
                break;
            case IrOp.FunctionAddress:
                _instance.MakeFunctionAddress(id, _state.Value(id));
                break;
            case IrOp.TypeId or IrOp.TypeAndIndex:
                _writer.LoadType(_state.Value(id), _state.Graph[id].Immediate, isAbove: op == IrOp.TypeAndIndex);
                break;
            case IrOp.LoopStackCheck:
                _writer.Emit(LirOp.StackCheck, OpSize.Qword);
                break;
            case IrOp.LoopEpochCheck:
                _writer.Emit(LirOp.EpochCheck, OpSize.Qword);
                break;
            case IrOp.UseFuel:
                ref var use = ref _writer.Emit(LirOp.UseFuel, OpSize.Qword);
                use.Immediate = _state.Graph[id].Immediate;
                use.Sub = (ushort)_state.Graph[id].Aux;
                break;
            case IrOp.RefTest:
                _typeTests.SelectRefTest(id);
                break;
            case IrOp.RefCast or Opcode.RefAsNonNull:
                _typeTests.SelectCast(id);
                break;
            case IrOp.Narrow:
                break;
            case IrOp.CaughtException:
                _exceptions.SelectCaughtException(id);
                break;
            case IrOp.HasTag:
                _conditions.SelectCondition(id);
                break;
            case IrOp.ExceptionValue:
                _exceptions.SelectExceptionValue(id);
                break;
            case >= Opcode.MemoryAtomicNotify:
                _atomics.SelectAtomic(id, op);
                break;
            default:
                _objects.SelectObject(id, op);
                break;
        }
    }
}
