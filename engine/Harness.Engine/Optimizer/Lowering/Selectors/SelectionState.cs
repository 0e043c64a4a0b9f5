using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;
using Harness.Engine.Vectors;

namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>
/// What is known while instructions are selected: the graph, the low-level code that is made of it, the place, and of each node how often
/// it is used. Selectors are handed this when they are made.
/// </summary>
internal sealed class SelectionState
{
    /// <summary>The graph.</summary>
    public Graph Graph { get; private set; } = null!;

    /// <summary>The low-level code that is made of it.</summary>
    public LirCode Code { get; private set; } = null!;

    /// <summary>The module's code: layout and knobs.</summary>
    public ModuleCode ModuleCode { get; private set; } = null!;

    /// <summary>What is known of each node, by its id.</summary>
    public NodeState[] Nodes { get; private set; } = new NodeState[512];

    /// <summary>The graph's block that is being selected.</summary>
    public int Block { get; set; }

    /// <summary>Effects of that block before the place to which instructions are added.</summary>
    public int Level { get; set; }

    /// <summary>Whether the block belongs to a loop and is likely.</summary>
    public bool IsInLoop { get; set; }

    /// <summary>Where the instructions that are added come from in the module's bytes.</summary>
    public int BytecodeOffset { get; set; }

    /// <summary>The inlining position that they come from.</summary>
    public short Inlining { get; set; }

    /// <summary>What code of vectors may use.</summary>
    public VectorFeatures Vectors { get; private set; }

    /// <summary>The module.</summary>
    public WasmModule Module => ModuleCode.Module;

    /// <summary>Begins with a graph.</summary>
    public void Open(LirCode code, ModuleCode moduleCode)
    {
        Code = code;
        Graph = code.Graph;
        ModuleCode = moduleCode;
        Vectors = VectorFeatures.OfOptimizedCode(moduleCode.Options);
        if (Nodes.Length < Graph.NodeCount)
        {
            Nodes = new NodeState[Graph.NodeCount * 2];
        }
        else
        {
            Array.Clear(Nodes, 0, Graph.NodeCount);
        }
    }

    /// <summary>Lets go of the graph and the module.</summary>
    public void Forget()
    {
        Graph = null!;
        ModuleCode = null!;
    }

    /// <summary>The virtual register of a node's result; asking for it makes the node be computed.</summary>
    public int Value(int id)
    {
        while (IsSameAsInput(Graph[id].Op) || (Graph[id].Op == Opcode.I64ExtendI32U && !Constants.IsConstant(Graph, id)))
        {
            id = Graph.Input(id, 0);
        }

        ref var value = ref Code.ValueOfNode[id];
        if (value == 0)
        {
            value = Code.NewValue(Graph[id].Type);
        }

        return value;
    }

    /// <summary>Whether an operator gives its input, of which it tells more.</summary>
    public static bool IsSameAsInput(Opcode op) => op is IrOp.Narrow or IrOp.RefCast or Opcode.RefAsNonNull;

    /// <summary>Whether a node is computed in the block that is being selected.</summary>
    public bool IsInBlock(int id) => Nodes[id].Block == Block;

    /// <summary>Whether a pure node can be computed by its only user instead.</summary>
    public bool IsOnlyHere(int id) => Nodes[id].Uses == 1 && IsInBlock(id) && Code.ValueOfNode[id] == 0;

    /// <summary>Effects before whatever follows a node in its block.</summary>
    public int LevelAfter(int id) => Nodes[id].Level + (Nodes[id].IsRequired ? 1 : 0);
}
