using Harness.Engine.Modules;
using Harness.Engine.Numbers;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering;

/// <summary>
/// Chooses machine instructions for the nodes of a graph. Blocks are visited from the last to the first and their nodes as well:
/// whoever uses a value is seen before the value is made, and so can do its work in the same instruction; what nobody asked for is
/// not made at all.
/// </summary>
/// <remarks>
/// A value of 32 bits is kept zero-extended in its register; every instruction that makes one does that by itself. Zero extension
/// to 64 bits therefore is no instruction, and neither is using an i32 as part of an address.
/// </remarks>
internal sealed partial class InstructionSelector
{
    private readonly BlockOrder blockOrder = new();
    private readonly SignatureCache signatures;
    private LirCode code = null!;
    private Graph graph = null!;
    private ModuleCode module = null!;
    private NodeState[] nodes = new NodeState[512];
    private readonly List<int> countedObjects = [];
    private readonly FrameStateValues stateValues = new();
    private bool[] countedStates = new bool[64];
    private int[] nextProjection = new int[512];
    private int block;
    private int level;
    private bool isInLoop;
    private int bytecodeOffset;
    private short inlining;

    /// <summary>Makes a selector.</summary>
    public InstructionSelector(SignatureCache signatures) => this.signatures = signatures;

    private WasmModule Module => module.Module;

    /// <summary>Lets go of the graph and the module.</summary>
    public void Forget()
    {
        graph = null!;
        module = null!;
        blockOrder.Forget();
    }

    /// <summary>Selects the instructions of a graph whose aliases are all resolved.</summary>
    public void Run(LirCode target, ModuleCode moduleCode)
    {
        code = target;
        graph = target.Graph;
        module = moduleCode;
        blockOrder.Run(code, moduleCode.Options.PassBlockOrdering);
        PrepareNodes();
        for (int i = code.BlockCount - 1; i >= 0; i--)
        {
            SelectBlock(i);
        }

        code.ReverseFrom(0);
        for (int i = 0; i < code.BlockCount; i++)
        {
            ref LirBlock done = ref code.Block(i);
            (done.FirstInstruction, done.EndInstruction) =
                (code.InstructionCount - done.EndInstruction, code.InstructionCount - done.FirstInstruction);
        }
    }

    private void PrepareNodes()
    {
        if (nodes.Length < graph.NodeCount)
        {
            nodes = new NodeState[graph.NodeCount * 2];
            nextProjection = new int[graph.NodeCount * 2];
        }
        else
        {
            Array.Clear(nodes, 0, graph.NodeCount);
        }

        if (countedStates.Length < graph.FrameStates.Count)
        {
            countedStates = new bool[graph.FrameStates.Count * 2];
        }
        else
        {
            Array.Clear(countedStates, 0, graph.FrameStates.Count);
        }

        for (int i = 0; i < code.BlockCount; i++)
        {
            int id = code.Block(i).GraphBlock;
            if (id >= 0)
            {
                PrepareBlock(graph.Blocks[id]);
            }
        }
    }

    /// <summary>Counts the uses of values, and the effects before each node of its block.</summary>
    private void PrepareBlock(Block source)
    {
        int count = 0;
        int safepoints = 0;
        foreach (int id in source.Nodes)
        {
            ref NodeState state = ref nodes[id];
            state.Block = source.Id;
            state.Level = count;
            state.Safepoint = safepoints;
            safepoints += IsSafepoint(graph[id].Op) ? 1 : 0;
            state.IsRequired = (OperatorTable.EffectsOf(graph, id) & Effects.Required) != 0;
            if (state.IsRequired)
            {
                count++;
            }

            foreach (int input in graph.Inputs(id))
            {
                nodes[input].Uses++;
            }

            if (graph[id].Op == IrOp.Guard)
            {
                CountUses(graph[id].Aux);
            }
        }

        ref Terminator terminator = ref source.Terminator;
        if (terminator.Kind is TerminatorKind.Branch or TerminatorKind.Switch)
        {
            nodes[terminator.Value].Uses++;
        }

        if (terminator.Values is not null)
        {
            CountUses(terminator.Values);
        }

        if (terminator.Kind == TerminatorKind.Deoptimize)
        {
            CountUses(terminator.FrameState);
        }

        foreach (Edge edge in source.Successors)
        {
            CountUses(edge.Arguments);
        }
    }

    /// <summary>Counts the uses by a frame state, those of the fields of objects that are rebuilt among them.</summary>
    private void CountUses(int frameState)
    {
        for (; frameState >= 0 && !countedStates[frameState]; frameState = graph.FrameStates[frameState].Parent)
        {
            countedStates[frameState] = true;
            countedObjects.Clear();
            CountStateUses(graph.FrameStates[frameState].Values);
            for (int i = 0; i < countedObjects.Count; i++)
            {
                CountStateUses(graph.Inputs(countedObjects[i]));
            }
        }
    }

    private void CountStateUses(ReadOnlySpan<int> ids)
    {
        foreach (int id in ids)
        {
            // The fields of an object are used once, however often it is mentioned.
            if (nodes[id].Uses++ == 0 && graph[id].Op == IrOp.VirtualObject)
            {
                countedObjects.Add(id);
            }
        }
    }

    private void CountUses(int[] ids)
    {
        foreach (int id in ids)
        {
            nodes[id].Uses++;
        }
    }

    private void SelectBlock(int index)
    {
        // Instruction numbers count from the end of the function until all is done.
        code.Block(index).FirstInstruction = code.InstructionCount;
        isInLoop = code.Block(index).LoopDepth > 0 && !code.Block(index).IsCold;
        int id = code.Block(index).GraphBlock;
        if (id < 0)
        {
            SelectEdge(index);
        }
        else
        {
            SelectBlock(graph.Blocks[id], index);
        }

        code.Block(index).EndInstruction = code.InstructionCount;
    }

    private void SelectBlock(Block source, int index)
    {
        block = source.Id;
        level = source.Nodes.Count == 0 ? 0 : LevelAfter(source.Nodes[^1]);
        int start = code.InstructionCount;
        SelectTerminator(source, index);
        code.ReverseFrom(start);
        for (int i = source.Nodes.Count - 1; i >= 0; i--)
        {
            graph.Budget.CountStep();
            int id = source.Nodes[i];
            ref NodeState state = ref nodes[id];
            if (state.IsCovered || (!state.IsRequired && code.ValueOfNode[id] == 0))
            {
                continue;
            }

            level = state.Level;
            ref Node node = ref graph[id];
            bytecodeOffset = node.BytecodeOffset;
            inlining = node.Inlining;
            start = code.InstructionCount;
            Select(id, node.Op);
            code.ReverseFrom(start);
        }

        if (index == 0)
        {
            SelectEntry(source);
        }

        foreach (int parameter in source.Parameters)
        {
            Value(parameter);
        }
    }

    private int LevelAfter(int id) => nodes[id].Level + (nodes[id].IsRequired ? 1 : 0);

    private void Select(int id, Opcode op)
    {
        switch (op)
        {
            case Opcode.I32Const or Opcode.I64Const or Opcode.RefNull or Opcode.F32Const or Opcode.F64Const or Opcode.V128Const:
            case IrOp.Argument or IrOp.Nop or IrOp.BlockParameter or Opcode.I64ExtendI32U:
                // Constants are made where they are used; arguments belong to the entry; the others are no instructions.
                break;
            case >= Opcode.I32Load and <= Opcode.I64Store32:
                SelectAccess(id, op);
                break;
            case Opcode.GlobalGet:
                SelectGlobalGet(id);
                break;
            case Opcode.GlobalSet:
                SelectGlobalSet(id);
                break;
            case Opcode.Select:
                SelectSelect(id);
                break;
            case Opcode.RefIsNull or IrOp.ReferenceEqual:
                SelectCondition(id);
                break;
            case var numeric when NumericForms.Of(numeric) is { Kind: not NumericFormKind.None } form:
                SelectNumeric(id, form);
                break;
            case >= Opcode.V128Load and < Opcode.MemoryAtomicNotify:
                SelectVector(id, op);
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
                // The call makes it.
                int call = graph.Input(id, 0);
                nextProjection[id] = nodes[call].FirstProjection;
                nodes[call].FirstProjection = id;
                break;
            case IrOp.CallDirect or IrOp.CallReference:
                SelectCall(id, op);
                break;
            case IrOp.CallBuiltin:
                SelectCallBuiltin(id);
                break;
            case IrOp.TrapIf or IrOp.TrapUnless:
                SelectTrapIf(id, op == IrOp.TrapIf);
                break;
            case IrOp.Guard:
                SelectGuard(id);
                break;
            case IrOp.TableLength:
                Load(Value(id), TableField(id, TableData.LengthOffset), SizeOf(graph[id].Type));
                break;
            case IrOp.MemoryByteLength:
                Load(Value(id), MemoryField((int)graph[id].Immediate, MemoryData.ByteLengthOffset), OpSize.Qword);
                break;
            case IrOp.LoadTableElement:
                Load(Value(id), TableElement(id), OpSize.Qword);
                break;
            case IrOp.StoreTableElement:
                SelectStoreTableElement(id);
                break;
            case IrOp.LoadReferenceType:
                Load(Value(id), ReferenceType(id), OpSize.Dword);
                break;
            case IrOp.FunctionAddress:
                MakeFunctionAddress(id, Value(id));
                break;
            case IrOp.LoopStackCheck:
                Emit(LirOp.StackCheck, OpSize.Qword);
                break;
            case IrOp.LoopEpochCheck:
                Emit(LirOp.EpochCheck, OpSize.Qword);
                break;
            case IrOp.UseFuel:
                ref LirInstruction use = ref Emit(LirOp.UseFuel, OpSize.Qword);
                use.Immediate = graph[id].Immediate;
                use.Sub = (ushort)graph[id].Aux;
                break;
            case IrOp.RefTest:
                SelectRefTest(id);
                break;
            case IrOp.RefCast or Opcode.RefAsNonNull:
                SelectCast(id);
                break;
            case IrOp.Narrow:
                break;
            case IrOp.CaughtException:
                SelectCaughtException(id);
                break;
            case IrOp.HasTag:
                SelectCondition(id);
                break;
            case IrOp.ExceptionValue:
                SelectExceptionValue(id);
                break;
            case >= Opcode.MemoryAtomicNotify:
                SelectAtomic(id, op);
                break;
            default:
                SelectObject(id, op);
                break;
        }
    }

    /// <summary>The virtual register of a node's result; asking for it makes the node be computed.</summary>
    private int Value(int id)
    {
        while (IsSameAsInput(graph[id].Op) || (graph[id].Op == Opcode.I64ExtendI32U && !Constants.IsConstant(graph, id)))
        {
            id = graph.Input(id, 0);
        }

        ref int value = ref code.ValueOfNode[id];
        if (value == 0)
        {
            value = code.NewValue(graph[id].Type);
        }

        return value;
    }

    /// <summary>
    /// A virtual register with a node's value; constants are made anew for each use, and addresses of functions outside of loops.
    /// </summary>
    private int Register(int id)
    {
        if (Constants.IsConstant(graph, id))
        {
            IrType type = graph[id].Type;
            return type switch
            {
                IrType.F32 or IrType.F64 => FloatConstant(type, graph[id].Immediate),
                IrType.V128 => VectorConstant(graph[id].Immediate),
                _ => Constant(Constants.RegisterBits(graph, id), type),
            };
        }

        if (graph[id].Op == IrOp.FunctionAddress && !isInLoop)
        {
            int value = code.NewValue(IrType.Ref);
            MakeFunctionAddress(id, value);
            return value;
        }

        return Value(id);
    }

    /// <summary>A virtual register with an integer.</summary>
    private int Constant(long bits, IrType type = IrType.I64)
    {
        int value = code.NewValue(type);
        ref LirInstruction instruction = ref Emit(LirOp.LoadConstant, OpSize.Qword);
        instruction.Immediate = bits;
        Def(value);
        return value;
    }

    private int FloatConstant(IrType type, long bits)
    {
        int value = code.NewValue(type);
        ref LirInstruction instruction = ref Emit(LirOp.LoadFloat, SizeOf(type));
        instruction.Immediate = bits;
        Def(value);
        return value;
    }

    private void MakeFunctionAddress(int id, int value)
    {
        int function = (int)graph[id].Immediate;
        if (module.Layout.IsImportedFunction(function))
        {
            Load(value, Address.OfInstance(module.Layout.ImportedFunction(function)), OpSize.Qword);
        }
        else
        {
            Lea(value, Address.OfInstance(module.Layout.FunctionReferenceOf(function)), OpSize.Qword);
        }
    }

    /// <summary>Whether a node is computed in the block that is being selected.</summary>
    private bool IsInBlock(int id) => nodes[id].Block == block;

    /// <summary>Whether a pure node can be computed by its only user instead.</summary>
    private bool IsOnlyHere(int id) => nodes[id].Uses == 1 && IsInBlock(id) && code.ValueOfNode[id] == 0;

    /// <summary>Begins an instruction; its operands are added right after.</summary>
    private ref LirInstruction Emit(LirOp op, OpSize size)
    {
        ref LirInstruction instruction = ref code.Append();
        instruction.Op = op;
        instruction.Size = size;
        instruction.BytecodeOffset = bytecodeOffset;
        instruction.Inlining = inlining;
        return ref instruction;
    }

    private void Def(int value, OperandPlace place = OperandPlace.Register, byte hint = LirOperand.NoHint)
    {
        code.AppendOperand(new LirOperand(value, OperandRole.Def, place, hint));
        code.Instruction(code.InstructionCount - 1).ResultCount++;
    }

    private void Use(
        int value,
        OperandPlace place = OperandPlace.Register,
        OperandRole role = OperandRole.Use,
        byte hint = LirOperand.NoHint) =>
        code.AppendOperand(new LirOperand(value, role, place, hint));

    /// <summary>Lets a result prefer the register of an input.</summary>
    private void Hint(int result, int input)
    {
        ref int hint = ref code.HintOf(result);
        if (hint == 0)
        {
            hint = input;
        }
    }

    private static OpSize SizeOf(IrType type) => type is IrType.I32 or IrType.F32 ? OpSize.Dword : OpSize.Qword;

    private static bool FitsInt32(long value) => value == (int)value;

    private struct NodeState
    {
        public int Uses;
        public int Block;
        public int Level;
        public int Safepoint;
        public int FirstProjection;
        public bool IsRequired;
        public bool IsCovered;
    }
}
