namespace Harness.Engine.Optimizer.Ir;

/// <summary>
/// How much work passes may put into a graph, in visits of nodes: a share for each run of a pass, in proportion to the size of the
/// graph. A pass whose share is used up stops where the graph is sound. Work, not time, is counted, so that the same function
/// gives the same code on every machine. Since all steps of the compiler hold the budget, they also learn here that their work is not wanted any more.
/// </summary>
internal sealed class CompilationBudget
{
    /// <summary>What a pass may do in a small graph.</summary>
    private const long LeastShare = 200_000;

    /// <summary>How many values edges, frame states and loops may list, for each node of the largest graph.</summary>
    private const int MostListedPerNode = 16;

    /// <summary>Steps between two looks whether the code is still wanted; a power of two.</summary>
    private const int StepsBetweenLooks = 1024;

    private readonly int _visitsPerNode;
    private readonly CancellationToken _cancellation;
    private long _left = long.MaxValue;
    private long _listed;
    private int _steps;

    /// <summary>Makes a budget.</summary>
    /// <param name="visitsPerNode">Visits for each node of the graph.</param>
    /// <param name="mostNodes">Largest graph that is compiled at all.</param>
    /// <param name="cancellation">Cancels the compilation.</param>
    public CompilationBudget(int visitsPerNode, int mostNodes, CancellationToken cancellation = default)
    {
        _visitsPerNode = visitsPerNode;
        _cancellation = cancellation;
        MostNodes = mostNodes;
    }

    /// <summary>Largest graph that is compiled at all, in nodes.</summary>
    public int MostNodes { get; }

    /// <summary>Counts values that an edge passes on, a frame state describes or a loop changes: there may be more of them than nodes.</summary>
    /// <param name="values">How many.</param>
    /// <exception cref="NotSupportedException">There are too many; the function is not to be compiled.</exception>
    public void Reserve(long values)
    {
        _listed += values;
        if (_listed > (long)MostListedPerNode * MostNodes)
        {
            throw new NotSupportedException(
                $"its edges and frame states have more than {(long)MostListedPerNode * MostNodes} values ({MostListedPerNode} times compile.max-nodes)");
        }
    }

    /// <summary>Checks that a graph may grow further while it is built.</summary>
    /// <param name="nodes">How many nodes it has.</param>
    /// <exception cref="NotSupportedException">It is too large.</exception>
    public void CheckSize(int nodes)
    {
        if (nodes > MostNodes)
        {
            throw new NotSupportedException($"its graph has more than {MostNodes} nodes (compile.max-nodes)");
        }
    }

    /// <summary>Whether a pass has asked for more than its share, since <see cref="Begin"/>.</summary>
    public bool IsUsedUp => _left < 0;

    /// <summary>Begins the share of a pass.</summary>
    /// <param name="size">Size of the graph in nodes.</param>
    public void Begin(int size) => _left = LeastShare + ((long)size * _visitsPerNode);

    /// <summary>Draws on the share.</summary>
    /// <param name="visits">Work to be done.</param>
    /// <returns>Whether it may be done.</returns>
    /// <exception cref="OperationCanceledException">The compilation was cancelled.</exception>
    public bool TryDraw(long visits)
    {
        _cancellation.ThrowIfCancellationRequested();
        _left -= visits;
        return _left >= 0;
    }

    /// <summary>Asks whether work can be done that a pass comes to later; a share that is too small for it counts as used up at once.</summary>
    /// <param name="visits">The least that it will be.</param>
    public bool CanDraw(long visits)
    {
        if (visits > _left)
        {
            _left = -1;
        }

        return _left >= 0;
    }

    /// <summary>Counts a step of a loop over nodes, instructions or values; every so many it looks whether the compilation was cancelled.</summary>
    /// <exception cref="OperationCanceledException">It was.</exception>
    public void CountStep()
    {
        if ((++_steps & (StepsBetweenLooks - 1)) == 0)
        {
            _cancellation.ThrowIfCancellationRequested();
        }
    }
}
