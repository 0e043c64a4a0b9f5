using System.Runtime.CompilerServices;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Lowering;

/// <summary>
/// A function as low-level code over virtual registers, in emission order. One object serves many functions, one after the
/// other: <see cref="Reset"/> keeps the buffers.
/// </summary>
internal sealed class LirCode
{
    private LirInstruction[] _instructions = new LirInstruction[1024];
    private LirOperand[] _operands = new LirOperand[4096];
    private IrType[] _valueTypes = new IrType[512];
    private int[] _valueHints = new int[512];
    private LirBlock[] _blocks = new LirBlock[64];

    /// <summary>The graph that the code is made from.</summary>
    public Graph Graph { get; private set; } = null!;

    /// <summary>Number of instructions.</summary>
    public int InstructionCount { get; private set; }

    /// <summary>Number of operands of all instructions.</summary>
    public int OperandCount { get; private set; }

    /// <summary>Number of virtual registers; 0 is none.</summary>
    public int ValueCount { get; private set; }

    /// <summary>Number of blocks.</summary>
    public int BlockCount { get; private set; }

    /// <summary>Whether any virtual register holds a vector.</summary>
    public bool HasVectors { get; private set; }

    /// <summary>All blocks' successors, block numbers in emission order.</summary>
    public GrowList<int> Successors { get; } = new();

    /// <summary>The order in which blocks are emitted; loops that end with a jump begin with what decides on going on.</summary>
    public GrowList<int> EmissionOrder { get; } = new();

    /// <summary>All blocks' predecessors.</summary>
    public GrowList<int> Predecessors { get; } = new();

    /// <summary>The virtual register that holds a node's result, by node; 0 where there is none.</summary>
    public int[] ValueOfNode { get; private set; } = new int[512];

    /// <summary>Starts over for another function.</summary>
    public void Reset(Graph graph)
    {
        Graph = graph;
        InstructionCount = 0;
        OperandCount = 0;
        ValueCount = 1;
        BlockCount = 0;
        HasVectors = false;
        Successors.Clear();
        Predecessors.Clear();
        EmissionOrder.Clear();
        if (ValueOfNode.Length < graph.NodeCount)
        {
            ValueOfNode = new int[graph.NodeCount * 2];
        }
        else
        {
            Array.Clear(ValueOfNode, 0, graph.NodeCount);
        }
    }

    /// <summary>Lets go of the graph.</summary>
    public void Forget() => Graph = null!;

    /// <summary>All instructions.</summary>
    public ReadOnlySpan<LirInstruction> Instructions => _instructions.AsSpan(0, InstructionCount);

    /// <summary>An instruction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref LirInstruction Instruction(int index) => ref _instructions[index];

    /// <summary>A block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref LirBlock Block(int index) => ref _blocks[index];

    /// <summary>The operands of an instruction: results, inputs, registers of the address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<LirOperand> Operands(in LirInstruction instruction) =>
        _operands.AsSpan(instruction.OperandStart, instruction.OperandCount);

    /// <summary>Type of a virtual register.</summary>
    public IrType TypeOf(int value) => _valueTypes[value];

    /// <summary>Whether a virtual register belongs in a floating-point register, as vectors do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsFloat(int value) => _valueTypes[value] is IrType.F32 or IrType.F64 or IrType.V128;

    /// <summary>Whether a virtual register holds a vector, for which a slot of the frame has 16 bytes.</summary>
    public bool IsVector(int value) => _valueTypes[value] == IrType.V128;

    /// <summary>A virtual register that would best share this one's place; 0 if none.</summary>
    public ref int HintOf(int value) => ref _valueHints[value];

    /// <summary>Makes a virtual register.</summary>
    public int NewValue(IrType type)
    {
        if (ValueCount == _valueTypes.Length)
        {
            Array.Resize(ref _valueTypes, ValueCount * 2);
            Array.Resize(ref _valueHints, ValueCount * 2);
        }

        HasVectors |= type == IrType.V128;
        _valueTypes[ValueCount] = type;
        _valueHints[ValueCount] = 0;
        return ValueCount++;
    }

    /// <summary>Appends a block.</summary>
    public ref LirBlock NewBlock()
    {
        if (BlockCount == _blocks.Length)
        {
            Array.Resize(ref _blocks, BlockCount * 2);
        }

        _blocks[BlockCount] = default;
        return ref _blocks[BlockCount++];
    }

    /// <summary>Appends an instruction without operands yet.</summary>
    public ref LirInstruction Append()
    {
        if (InstructionCount == _instructions.Length)
        {
            Array.Resize(ref _instructions, InstructionCount * 2);
        }

        ref var instruction = ref _instructions[InstructionCount++];
        instruction = default;
        instruction.OperandStart = OperandCount;
        instruction.FixedBase = X64.Gpr.None;
        return ref instruction;
    }

    /// <summary>Appends an operand to the instruction that was appended last.</summary>
    public void AppendOperand(LirOperand operand)
    {
        _instructions[InstructionCount - 1].OperandCount++;
        if (OperandCount == _operands.Length)
        {
            Array.Resize(ref _operands, OperandCount * 2);
        }

        _operands[OperandCount++] = operand;
    }

    /// <summary>Turns around the order of the instructions from an index on.</summary>
    public void ReverseFrom(int start) => Array.Reverse(_instructions, start, InstructionCount - start);
}
