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
    private readonly SelectionState state = new();
    private readonly BlockOrder blockOrder = new();
    private readonly UseCounter uses;
    private readonly LirWriter writer;
    private readonly InstanceFields instance;
    private readonly LoadFolding loads;
    private readonly ConditionSelector conditions;
    private readonly NumberSelector numbers;
    private readonly VectorSelector vectors;
    private readonly MemorySelector memories;
    private readonly GlobalSelector globals;
    private readonly TableSelector tables;
    private readonly AtomicSelector atomics;
    private readonly ExceptionSelector exceptions;
    private readonly ObjectSelector objects;
    private readonly TypeTestSelector typeTests;
    private readonly CallSelector calls;
    private readonly CheckSelector checks;
    private readonly ControlSelector control;

    /// <summary>Makes a selector.</summary>
    public InstructionSelector(SignatureCache signatures)
    {
        // What others build on.
        uses = new UseCounter(state);
        writer = new LirWriter(state);
        var alu = new AluWriter(state, writer);
        instance = new InstanceFields(state, writer);
        var operands = new OperandSelector(state, writer, instance);
        var references = new ReferenceFacts(state);
        var addresses = new MemoryAddressing(state, writer, instance, operands);
        var objectAddresses = new ObjectAddressing(state, writer, operands, references);
        loads = new LoadFolding(state, instance, operands, references, addresses, objectAddresses);
        conditions = new ConditionSelector(state, writer, instance, operands, loads);

        // Numbers.
        var instructions = new IntegerInstructions(state, writer, alu, operands, loads);
        var integers = new IntegerSelector(state, writer, alu, operands, loads);
        var divisions = new DivisionSelector(state, writer, alu, operands);
        var floats = new FloatSelector(state, writer, operands, loads);
        var wide = new WideSelector(state, writer, alu, operands);
        numbers = new NumberSelector(state, instructions, conditions, integers, wide, divisions, floats);
        vectors = new VectorSelector(state, writer, operands, addresses, loads);

        // Memories, globals and tables.
        memories = new MemorySelector(state, writer, operands, addresses);
        globals = new GlobalSelector(state, writer, instance, operands);
        tables = new TableSelector(state, writer, instance, operands, references);
        atomics = new AtomicSelector(state, writer, operands, addresses);

        // References and objects.
        var fields = new FieldSelector(state, writer, operands, references, objectAddresses);
        var allocations = new AllocationSelector(state, writer, operands, fields);
        exceptions = new ExceptionSelector(state, writer, instance, operands, allocations);
        objects = new ObjectSelector(state, writer, operands, references, objectAddresses, fields, allocations, exceptions);
        typeTests = new TypeTestSelector(state, writer, operands, references, objectAddresses, conditions);

        // Control.
        calls = new CallSelector(state, writer, operands, signatures);
        checks = new CheckSelector(state, writer, operands, conditions);
        control = new ControlSelector(state, writer, operands, conditions, typeTests, signatures);
    }

    /// <summary>Lets go of the graph and the module.</summary>
    public void Forget()
    {
        state.Forget();
        blockOrder.Forget();
    }

    /// <summary>Selects the instructions of a graph whose aliases are all resolved.</summary>
    public void Run(LirCode target, ModuleCode moduleCode)
    {
        state.Open(target, moduleCode);
        blockOrder.Run(target, moduleCode.Options.PassBlockOrdering);
        uses.Count();
        for (int i = state.Code.BlockCount - 1; i >= 0; i--)
        {
            SelectBlock(i);
        }

        state.Code.ReverseFrom(0);
        for (int i = 0; i < state.Code.BlockCount; i++)
        {
            ref LirBlock done = ref state.Code.Block(i);
            (done.FirstInstruction, done.EndInstruction) =
                (state.Code.InstructionCount - done.EndInstruction, state.Code.InstructionCount - done.FirstInstruction);
        }
    }

    private void SelectBlock(int index)
    {
        // Instruction numbers count from the end of the function until all is done.
        state.Code.Block(index).FirstInstruction = state.Code.InstructionCount;
        state.IsInLoop = state.Code.Block(index).LoopDepth > 0 && !state.Code.Block(index).IsCold;
        int id = state.Code.Block(index).GraphBlock;
        if (id < 0)
        {
            control.SelectEdge(index);
        }
        else
        {
            SelectBlock(state.Graph.Blocks[id], index);
        }

        state.Code.Block(index).EndInstruction = state.Code.InstructionCount;
    }

    private void SelectBlock(Block source, int index)
    {
        state.Block = source.Id;
        state.Level = source.Nodes.Count == 0 ? 0 : state.LevelAfter(source.Nodes[^1]);
        int start = state.Code.InstructionCount;
        control.SelectTerminator(source, index);
        state.Code.ReverseFrom(start);
        for (int i = source.Nodes.Count - 1; i >= 0; i--)
        {
            state.Graph.Budget.CountStep();
            int id = source.Nodes[i];
            ref NodeState known = ref state.Nodes[id];
            if (known.IsCovered || (!known.IsRequired && known.FirstProjection == 0 && state.Code.ValueOfNode[id] == 0))
            {
                continue;
            }

            state.Level = known.Level;
            ref Node node = ref state.Graph[id];
            state.BytecodeOffset = node.BytecodeOffset;
            state.Inlining = node.Inlining;
            start = state.Code.InstructionCount;
            Select(id, node.Op);
            state.Code.ReverseFrom(start);
        }

        if (index == 0)
        {
            control.SelectEntry(source);
        }

        foreach (int parameter in source.Parameters)
        {
            state.Value(parameter);
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
                memories.SelectAccess(id, op);
                break;
            case Opcode.GlobalGet:
                globals.SelectGlobalGet(id);
                break;
            case Opcode.GlobalSet:
                globals.SelectGlobalSet(id);
                break;
            case Opcode.Select:
                conditions.SelectSelect(id);
                break;
            case Opcode.RefIsNull or IrOp.ReferenceEqual:
                conditions.SelectCondition(id);
                break;
            case var numeric when NumericForms.Of(numeric) is { Kind: not NumericFormKind.None } form:
                numbers.SelectNumeric(id, form);
                break;
            case >= Opcode.V128Load and < Opcode.MemoryAtomicNotify:
                vectors.SelectVector(id, op);
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
                int maker = state.Graph.Input(id, 0);
                state.Nodes[id].NextProjection = state.Nodes[maker].FirstProjection;
                state.Nodes[maker].FirstProjection = id;
                break;
            case IrOp.CallDirect or IrOp.CallReference:
                calls.SelectCall(id, op);
                break;
            case IrOp.CallBuiltin:
                calls.SelectCallBuiltin(id);
                break;
            case IrOp.TrapIf or IrOp.TrapUnless:
                checks.SelectTrapIf(id, op == IrOp.TrapIf);
                break;
            case IrOp.Guard:
                checks.SelectGuard(id);
                break;
            case IrOp.TableLength:
                writer.Load(state.Value(id), instance.TableField(id, TableData.LengthOffset), LirWriter.SizeOf(state.Graph[id].Type));
                break;
            case IrOp.MemoryByteLength:
                writer.Load(state.Value(id), instance.MemoryField((int)state.Graph[id].Immediate, MemoryData.ByteLengthOffset), OpSize.Qword);
                break;
            case IrOp.LoadTableElement:
                writer.Load(state.Value(id), tables.TableElement(id), OpSize.Qword);
                break;
            case IrOp.StoreTableElement:
                tables.SelectStoreTableElement(id);
                break;
            case IrOp.LoadReferenceType:
                writer.Load(state.Value(id), loads.ReferenceType(id), OpSize.Dword);
                break;
            case IrOp.FunctionAddress:
                instance.MakeFunctionAddress(id, state.Value(id));
                break;
            case IrOp.TypeId or IrOp.TypeAndIndex:
                writer.LoadType(state.Value(id), state.Graph[id].Immediate, isAbove: op == IrOp.TypeAndIndex);
                break;
            case IrOp.LoopStackCheck:
                writer.Emit(LirOp.StackCheck, OpSize.Qword);
                break;
            case IrOp.LoopEpochCheck:
                writer.Emit(LirOp.EpochCheck, OpSize.Qword);
                break;
            case IrOp.UseFuel:
                ref LirInstruction use = ref writer.Emit(LirOp.UseFuel, OpSize.Qword);
                use.Immediate = state.Graph[id].Immediate;
                use.Sub = (ushort)state.Graph[id].Aux;
                break;
            case IrOp.RefTest:
                typeTests.SelectRefTest(id);
                break;
            case IrOp.RefCast or Opcode.RefAsNonNull:
                typeTests.SelectCast(id);
                break;
            case IrOp.Narrow:
                break;
            case IrOp.CaughtException:
                exceptions.SelectCaughtException(id);
                break;
            case IrOp.HasTag:
                conditions.SelectCondition(id);
                break;
            case IrOp.ExceptionValue:
                exceptions.SelectExceptionValue(id);
                break;
            case >= Opcode.MemoryAtomicNotify:
                atomics.SelectAtomic(id, op);
                break;
            default:
                objects.SelectObject(id, op);
                break;
        }
    }
}
