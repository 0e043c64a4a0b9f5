namespace Harness.Engine.Optimizer.Ir;

/// <summary>
/// How much work passes may put into a graph, in visits of nodes: a share for each run of a pass, in proportion to the size of the
/// graph. A pass whose share is used up stops where the graph is sound. Work, not time, is counted, so that the same function
/// gives the same code on every machine.
/// </summary>
internal sealed class CompilationBudget
{
    /// <summary>What a pass may do in a small graph.</summary>
    private const long LeastShare = 200_000;

    private readonly int visitsPerNode;
    private long left = long.MaxValue;

    /// <summary>Makes a budget.</summary>
    /// <param name="visitsPerNode">Visits for each node of the graph.</param>
    /// <param name="mostNodes">Largest graph that is compiled at all.</param>
    public CompilationBudget(int visitsPerNode, int mostNodes)
    {
        this.visitsPerNode = visitsPerNode;
        MostNodes = mostNodes;
    }

    /// <summary>Largest graph that is compiled at all, in nodes.</summary>
    public int MostNodes { get; }

    /// <summary>Whether a pass has asked for more than its share, since <see cref="Begin"/>.</summary>
    public bool IsUsedUp => left < 0;

    /// <summary>Begins the share of a pass.</summary>
    /// <param name="size">Size of the graph in nodes.</param>
    public void Begin(int size) => left = LeastShare + ((long)size * visitsPerNode);

    /// <summary>Draws on the share.</summary>
    /// <param name="visits">Work to be done.</param>
    /// <returns>Whether it may be done.</returns>
    public bool TryDraw(long visits)
    {
        left -= visits;
        return left >= 0;
    }
}
