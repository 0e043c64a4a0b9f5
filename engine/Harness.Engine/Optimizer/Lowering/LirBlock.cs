namespace Harness.Engine.Optimizer.Lowering;

/// <summary>
/// A block of low-level code, in emission order: one of the graph's, or one made for an edge so that moves have a place.
/// </summary>
internal struct LirBlock
{
    /// <summary>The graph's block; -1 for one that stands for an edge.</summary>
    public int GraphBlock;

    /// <summary>For a block that stands for an edge, the graph's block the edge comes from.</summary>
    public int EdgeSource;

    /// <summary>For a block that stands for an edge, the number of the successor in its source.</summary>
    public int EdgeIndex;

    /// <summary>The first instruction.</summary>
    public int FirstInstruction;

    /// <summary>Behind the last instruction, which is the terminator.</summary>
    public int EndInstruction;

    /// <summary>Where the successors begin in <see cref="LirCode.Successors"/>.</summary>
    public int FirstSuccessor;

    /// <summary>Number of successors.</summary>
    public int SuccessorCount;

    /// <summary>Where the predecessors begin in <see cref="LirCode.Predecessors"/>.</summary>
    public int FirstPredecessor;

    /// <summary>Number of predecessors.</summary>
    public int PredecessorCount;

    /// <summary>How many loops are around it.</summary>
    public int LoopDepth;

    /// <summary>Whether it is the target of a back edge.</summary>
    public bool IsLoopHeader;

    /// <summary>Whether it lies out of line.</summary>
    public bool IsCold;

    /// <summary>Expected executions for one of the function.</summary>
    public double Frequency;
}
