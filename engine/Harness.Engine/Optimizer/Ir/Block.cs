namespace Harness.Engine.Optimizer.Ir;

/// <summary>How a block ends.</summary>
internal enum TerminatorKind : byte
{
    /// <summary>Not yet ended.</summary>
    None,

    /// <summary>Goes to the only successor.</summary>
    Jump,

    /// <summary>Goes to successor 0 when the value is not 0, else to successor 1.</summary>
    Branch,

    /// <summary>Goes to the successor with the value as index (unsigned), to the last one when it is too large.</summary>
    Switch,

    /// <summary>Returns the values.</summary>
    Return,

    /// <summary>Traps.</summary>
    Trap,

    /// <summary>Deoptimizes unconditionally.</summary>
    Deoptimize,

    /// <summary>
    /// Throws the exception that is the only one of the values out of the compiled function, or traps if it is null.
    /// </summary>
    Throw,

    /// <summary>
    /// The block's last node, projections apart, is a call: goes to successor 0 when that returns, and to successor 1 with the exception
    /// that it throws. Successor 1 has no parameters and no other way in, and begins with <see cref="IrOp.CaughtException"/>. No register survives a call: on the way there all values lie in the
    /// frame, where they are at the call, and moves are made in successor 1, which is copied with the loop that the block is in.
    /// </summary>
    Invoke,

    /// <summary>
    /// Calls a function by index (Immediate) or through a reference known to be non-null and of the right type (the first of the
    /// values, Immediate = -1) in place of this one, with the values as arguments. Aux = canonical type id.
    /// </summary>
    TailCall,
}

/// <summary>A transfer of control to a block, with a value for each of its parameters.</summary>
/// <param name="Target">The block's id.</param>
/// <param name="Arguments">Node ids, one for each parameter of the target.</param>
internal readonly record struct Edge(int Target, int[] Arguments);

/// <summary>The end of a block.</summary>
internal struct Terminator
{
    /// <summary>What it does.</summary>
    public TerminatorKind Kind;

    /// <summary>Condition of a branch or index of a switch: a node id; -1 if none.</summary>
    public int Value;

    /// <summary>Values of a return, tail call or throw: node ids.</summary>
    public int[] Values;

    /// <summary>Kind of a trap, reason of a deopt, or function of a tail call.</summary>
    public long Immediate;

    /// <summary>Frame state of a deopt.</summary>
    public int FrameState;

    /// <summary>Canonical type id of a tail call.</summary>
    public int Aux;

    /// <summary>Offset in the module's bytes of the instruction it comes from.</summary>
    public int BytecodeOffset;

    /// <summary>See <see cref="Node.Inlining"/>.</summary>
    public short Inlining;
}

/// <summary>
/// A basic block in SSA form with block parameters: parameters, nodes in order of execution, a terminator.
/// </summary>
internal sealed class Block(int id)
{
    /// <summary>What <see cref="Successors"/> mostly are, kept for another graph: arrays that are as old as the block, and not younger, cost collections nothing.</summary>
    private Edge[]? _one;
    private Edge[]? _two;

    /// <summary>Index in <see cref="Graph.Blocks"/>.</summary>
    public int Id { get; } = id;

    /// <summary>Node ids of the parameters.</summary>
    public List<int> Parameters { get; } = [];

    /// <summary>Node ids in order of execution, parameters and terminator apart.</summary>
    public List<int> Nodes { get; } = [];

    /// <summary>How the block ends.</summary>
    public Terminator Terminator;

    /// <summary>Where control goes: see <see cref="TerminatorKind"/> for the meaning of each position.</summary>
    public Edge[] Successors = [];

    /// <summary>Ids of the blocks with an edge here, once per edge, so that a block with several is there several times in a row. Made by <see cref="Graph.ComputePredecessors"/>.</summary>
    public ShortList Predecessors;

    /// <summary>Whether it is the target of a back edge. True of all that are, also where a pass has made them, before loops are found anew.</summary>
    public bool IsLoopHeader;

    /// <summary>
    /// For a loop header, the frame state of the loop's entry (the values of the entering edge stand for the parameters), for
    /// guards moved before the loop; -1 if there is none.
    /// </summary>
    public int LoopEntryState = -1;

    /// <summary>Expected executions for one of the function; cold blocks have less than 1/100.</summary>
    public double Frequency = 1;

    /// <summary>Makes room for other <see cref="Successors"/>, each of which is still to be set.</summary>
    /// <param name="count">How many.</param>
    public Edge[] NewSuccessors(int count) => Successors = count switch
    {
        0 => [],
        1 => _one ??= new Edge[1],
        2 => _two ??= new Edge[2],
        _ => new Edge[count],
    };

    /// <summary>Leaves one of the <see cref="Successors"/>, so that it is the only one.</summary>
    public void KeepSuccessor(int index)
    {
        var kept = Successors[index];
        NewSuccessors(1)[0] = kept;
    }

    /// <summary>Makes it as empty as a new one, for another graph.</summary>
    public void Clear()
    {
        Parameters.ClearForReuse();
        Nodes.ClearForReuse();
        Predecessors.ClearForReuse();
        Terminator = default;
        Successors = [];
        Array.Clear(_one ?? []);
        Array.Clear(_two ?? []);
        IsLoopHeader = false;
        LoopEntryState = -1;
        Frequency = 1;
    }
}
