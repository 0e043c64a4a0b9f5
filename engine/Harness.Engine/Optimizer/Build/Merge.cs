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

    /// <summary>The edges; most merges have one.</summary>
    private readonly List<(Block From, int Successor, PathValues Values)> edges = new(1);

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

        long most = ((long)values.Locals.Length * LocalValues.GroupSize) + values.Operands.Length;
        while (edges.Count > EdgesAtOnce && edges.Count * most > MostArguments && (long)edges.Count * CountDiffering() > MostArguments)
        {
            JoinNeighbours(graph);
        }

        Block block = graph.NewBlock();
        block.Frequency = frequency;
        var differing = new List<(int Chunk, int Index)>();
        if (operandsFirst)
        {
            values = values with { Operands = JoinOperands(graph, block, differing) };
        }

        values = values with { Locals = JoinLocals(graph, block, differing) };
        if (!operandsFirst)
        {
            values = values with { Operands = JoinOperands(graph, block, differing) };
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
        Count(edges[0].Values.Operands, OtherOperands());
        foreach (DifferingGroup group in DifferingGroups())
        {
            for (int i = 0; i < group.First.Length; i++)
            {
                Count(group.First[i], group.OtherChunks(i));
            }
        }

        return count;

        void Count(int[] first, List<int[]>? others)
        {
            for (int i = 0; others is not null && i < first.Length; i++)
            {
                count += others.Exists(values => values[i] != first[i]) ? 1 : 0;
            }
        }
    }

    private static int[] ChunkOf(in PathValues values, int chunk) =>
        chunk == Operands ? values.Operands : LocalValues.ChunkAt(values.Locals, chunk);

    private int[][][] JoinLocals(Graph graph, Block block, List<(int Chunk, int Index)> differing)
    {
        int[][][] first = edges[0].Values.Locals;
        int[][][] joined = first;
        foreach (DifferingGroup group in DifferingGroups())
        {
            int[][] chunks = group.First;
            for (int i = 0; i < chunks.Length; i++)
            {
                int[] chunk = Join(
                    graph, block, LocalValues.NumberOf(group.Index, i), group.First[i], group.OtherChunks(i), differing);
                if (chunk != group.First[i])
                {
                    chunks = chunks == group.First ? [.. chunks] : chunks;
                    chunks[i] = chunk;
                }
            }

            if (chunks != group.First)
            {
                joined = joined == first ? [.. first] : joined;
                joined[group.Index] = chunks;
            }
        }

        return joined;
    }

    private int[] JoinOperands(Graph graph, Block block, List<(int Chunk, int Index)> differing)
    {
        int[] first = edges[0].Values.Operands;
        return Join(graph, block, Operands, first, OtherOperands(), differing);
    }

    /// <summary>The values of a chunk behind the edges, with parameters for those that differ; the first edge's chunk if none does.</summary>
    private static int[] Join(Graph graph, Block block, int chunk, int[] first, List<int[]>? others, List<(int Chunk, int Index)> differing)
    {
        int[] joined = first;
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

    /// <summary>The groups of locals that are not one and the same on all edges.</summary>
    private IEnumerable<DifferingGroup> DifferingGroups()
    {
        int[][][] first = edges[0].Values.Locals;
        List<int[][][]>? others = OthersOf(first, edges, static (edge, _) => edge.Values.Locals);
        for (int i = 0; others is not null && i < first.Length; i++)
        {
            if (OthersOf(first[i], others, static (locals, group) => locals[group], i) is { } groups)
            {
                yield return new DifferingGroup(i, first[i], groups);
            }
        }
    }

    private List<int[]>? OtherOperands() => OthersOf(edges[0].Values.Operands, edges, static (edge, _) => edge.Values.Operands);

    /// <summary>Parts of wholes that are not the first part, of which wholes that follow each other mostly share one; null if there are none.</summary>
    private static List<TPart>? OthersOf<TWhole, TPart>(TPart first, List<TWhole> wholes, Func<TWhole, int, TPart> partOf, int index = 0)
        where TPart : class
    {
        List<TPart>? others = null;
        TPart last = first;
        foreach (TWhole whole in wholes)
        {
            TPart part = partOf(whole, index);
            if (part != first && part != last)
            {
                (others ??= []).Add(part);
            }

            last = part;
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

    /// <summary>A group of locals that differs between edges.</summary>
    /// <param name="Index">Its place among the groups.</param>
    /// <param name="First">The first edge's.</param>
    /// <param name="Others">Those of the others, without most repetitions.</param>
    private readonly record struct DifferingGroup(int Index, int[][] First, List<int[][]> Others)
    {
        /// <summary>Chunks in a place of the group that are not the first edge's; null if there are none.</summary>
        public List<int[]>? OtherChunks(int chunk) => OthersOf(First[chunk], Others, static (group, place) => group[place], chunk);
    }
}
