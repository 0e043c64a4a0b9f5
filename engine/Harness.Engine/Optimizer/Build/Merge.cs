using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Build;

/// <summary>
/// Edges that will meet in a block which does not exist yet. When all are known, the block gets a parameter just for each value
/// that differs between them.
/// </summary>
/// <param name="operandsFirst">Whether the parameters of operands come before those of locals.</param>
internal sealed class Merge(bool operandsFirst = false)
{
    /// <summary>The chunk of the operands among the places of values.</summary>
    private const int Operands = -1;

    /// <summary>Values that edges may pass to a block all together; where there would be more, edges meet in several steps.</summary>
    private const int MostArguments = 1 << 14;

    /// <summary>Edges that meet at a time where there are several steps.</summary>
    private const int EdgesAtOnce = 8;

    private readonly List<(Block From, int Successor, PathValues Values)> edges = [];

    /// <summary>Whether any edge comes here.</summary>
    public bool IsReached => edges.Count > 0;

    /// <summary>Whether the module calls every edge that comes here unlikely.</summary>
    public bool IsUnlikely { get; private set; } = true;

    /// <summary>How often control comes here.</summary>
    public double Frequency => edges.Sum(static edge => edge.From.Frequency);

    /// <summary>Adds an edge: a successor of a block that has ended, with the values along it.</summary>
    public void Add(Block from, int successor, PathValues values, bool isUnlikely = false)
    {
        edges.Add((from, successor, values));
        IsUnlikely &= isUnlikely;
    }

    /// <summary>Makes the block, and gives the values in it.</summary>
    public Block Seal(Graph graph, double frequency, out PathValues values)
    {
        values = edges[0].Values;
        if (edges.Count == 1 && edges[0].From.Terminator.Kind == TerminatorKind.Jump)
        {
            Block only = edges[0].From;
            graph.Terminate(only, default);
            return only;
        }

        long most = (values.Locals.Length * LocalValues.ChunkSize) + values.Operands.Length;
        while (edges.Count > EdgesAtOnce && edges.Count * most > MostArguments && (long)edges.Count * CountDiffering() > MostArguments)
        {
            JoinNeighbours(graph);
        }

        Block block = graph.NewBlock();
        block.Frequency = frequency;
        var differing = new List<(int Chunk, int Index)>();
        if (operandsFirst)
        {
            values = values with { Operands = Join(graph, block, Operands, differing) };
        }

        values = values with { Locals = JoinLocals(graph, block, differing) };
        if (!operandsFirst)
        {
            values = values with { Operands = Join(graph, block, Operands, differing) };
        }

        graph.Budget.Reserve((long)edges.Count * differing.Count);
        foreach ((Block from, int successor, PathValues incoming) in edges)
        {
            int[] arguments = differing.Count == 0 ? [] : new int[differing.Count];
            for (int i = 0; i < arguments.Length; i++)
            {
                arguments[i] = ChunkOf(incoming, differing[i].Chunk)[differing[i].Index];
            }

            from.Successors[successor] = new Edge(block.Id, arguments);
        }

        return block;
    }

    /// <summary>
    /// Lets each few neighbouring edges meet in a block of their own. Most values are the same on them, so that each edge passes on what has changed
    /// between neighbours only.
    /// </summary>
    private void JoinNeighbours(Graph graph)
    {
        (Block From, int Successor, PathValues Values)[] all = [.. edges];
        edges.Clear();
        foreach ((Block From, int Successor, PathValues Values)[] neighbours in all.Chunk(EdgesAtOnce))
        {
            if (neighbours.Length == 1)
            {
                edges.Add(neighbours[0]);
                continue;
            }

            var merge = new Merge(operandsFirst);
            merge.edges.AddRange(neighbours);
            Block block = merge.Seal(graph, merge.Frequency, out PathValues values);
            graph.Terminate(block, new Terminator { Kind = TerminatorKind.Jump, Value = -1, Values = [], FrameState = -1 }, default(Edge));
            edges.Add((block, 0, values));
        }
    }

    /// <summary>How many values differ between the edges.</summary>
    private int CountDiffering()
    {
        int count = 0;
        for (int chunk = Operands; chunk < edges[0].Values.Locals.Length; chunk++)
        {
            int[] first = ChunkOf(edges[0].Values, chunk);
            if (OthersOf(first, chunk) is { } others)
            {
                for (int i = 0; i < first.Length; i++)
                {
                    count += others.Exists(values => values[i] != first[i]) ? 1 : 0;
                }
            }
        }

        return count;
    }

    private static int[] ChunkOf(in PathValues values, int chunk) => chunk == Operands ? values.Operands : values.Locals[chunk];

    private int[][] JoinLocals(Graph graph, Block block, List<(int Chunk, int Index)> differing)
    {
        int[][] first = edges[0].Values.Locals;
        int[][] joined = first;
        for (int i = 0; i < first.Length; i++)
        {
            int[] chunk = Join(graph, block, i, differing);
            if (chunk != first[i])
            {
                joined = joined == first ? [.. first] : joined;
                joined[i] = chunk;
            }
        }

        return joined;
    }

    /// <summary>The values of a chunk behind the edges, with parameters for those that differ; the first edge's chunk if none does.</summary>
    private int[] Join(Graph graph, Block block, int chunk, List<(int Chunk, int Index)> differing)
    {
        int[] first = ChunkOf(edges[0].Values, chunk);
        int[] joined = first;
        List<int[]>? others = OthersOf(first, chunk);
        for (int i = 0; others is not null && i < first.Length; i++)
        {
            foreach (int[] values in others)
            {
                int other = values[i];
                if (other != first[i])
                {
                    joined = joined == first ? [.. first] : joined;
                    differing.Add((chunk, i));
                    joined[i] = graph.AppendParameterLike(block, other);
                    graph[joined[i]].ReferenceType = JoinedType(graph, first, others, i);
                    break;
                }
            }
        }

        return joined;
    }

    /// <summary>The chunks of the edges that are not the first one's, of which edges that follow each other mostly share one; null if there are none.</summary>
    private List<int[]>? OthersOf(int[] first, int chunk)
    {
        List<int[]>? others = null;
        int[] last = first;
        for (int i = 1; i < edges.Count; i++)
        {
            int[] values = ChunkOf(edges[i].Values, chunk);
            if (values != first && values != last)
            {
                (others ??= []).Add(values);
            }

            last = values;
        }

        return others;
    }

    private static Modules.ValueType JoinedType(Graph graph, int[] first, List<int[]> others, int index)
    {
        Modules.ValueType type = graph[first[index]].ReferenceType;
        for (int i = 0; i < others.Count && type.IsReference; i++)
        {
            type = ReferenceTypes.Join(type, graph[others[i][index]].ReferenceType);
        }

        return type;
    }
}
