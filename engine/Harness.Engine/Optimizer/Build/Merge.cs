using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Build;

/// <summary>
/// Edges that will meet in a block which does not exist yet. When all are known, the block gets a parameter just for each value
/// that differs between them.
/// </summary>
/// <param name="operandsFirst">Whether the parameters of operands come before those of locals.</param>
internal sealed class Merge(bool operandsFirst = false)
{
    /// <summary>The chunk of the first operands among the places of values; those of the further ones have the numbers below.</summary>
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

        long most = ((long)values.Locals.Length * LocalValues.GroupSize) + values.MostOperands;
        while (edges.Count > EdgesAtOnce && edges.Count * most > MostArguments && (long)edges.Count * CountDiffering() > MostArguments)
        {
            JoinNeighbours(graph);
        }

        Block block = graph.NewBlock();
        block.Frequency = frequency;
        var differing = new List<(int Chunk, int Index)>();
        if (operandsFirst)
        {
            values = JoinOperands(graph, block, values, differing);
        }

        values = values with { Locals = JoinLocals(graph, block, differing) };
        if (!operandsFirst)
        {
            values = JoinOperands(graph, block, values, differing);
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
        int count = CountDiffering(edges[0].Values.Operands, OtherOperands());
        int[][] further = edges[0].Values.FurtherOperands;
        Others<int[][]> othersFurther = OtherFurtherOperands();
        for (int chunk = 0; othersFurther.Count > 0 && chunk < further.Length; chunk++)
        {
            count += CountDiffering(further[chunk], OthersAt(further[chunk], othersFurther, chunk));
        }

        int[][][] first = edges[0].Values.Locals;
        Others<int[][][]> others = OtherLocals();
        for (int group = 0; others.Count > 0 && group < first.Length; group++)
        {
            Others<int[][]> groups = OthersAt(first[group], others, group);
            for (int chunk = 0; groups.Count > 0 && chunk < first[group].Length; chunk++)
            {
                count += CountDiffering(first[group][chunk], OthersAt(first[group][chunk], groups, chunk));
            }
        }

        return count;
    }

    private static int CountDiffering(int[] first, in Others<int[]> others)
    {
        int count = 0;
        for (int i = 0; others.Count > 0 && i < first.Length; i++)
        {
            count += IndexOfDiffering(first, others, i) >= 0 ? 1 : 0;
        }

        return count;
    }

    private static int[] ChunkOf(in PathValues values, int chunk) =>
        chunk == Operands ? values.Operands
        : chunk < Operands ? values.FurtherOperands[Operands - 1 - chunk]
        : LocalValues.ChunkAt(values.Locals, chunk);

    private int[][][] JoinLocals(Graph graph, Block block, List<(int Chunk, int Index)> differing)
    {
        int[][][] first = edges[0].Values.Locals;
        int[][][] joined = first;
        Others<int[][][]> others = OtherLocals();
        for (int group = 0; others.Count > 0 && group < first.Length; group++)
        {
            int[][] chunks = JoinGroup(graph, block, group, first[group], OthersAt(first[group], others, group), differing);
            if (chunks != first[group])
            {
                joined = joined == first ? [.. first] : joined;
                joined[group] = chunks;
            }
        }

        return joined;
    }

    private static int[][] JoinGroup(
        Graph graph, Block block, int group, int[][] first, in Others<int[][]> others, List<(int Chunk, int Index)> differing)
    {
        int[][] joined = first;
        for (int i = 0; others.Count > 0 && i < first.Length; i++)
        {
            int[] chunk = Join(graph, block, LocalValues.NumberOf(group, i), first[i], OthersAt(first[i], others, i), differing);
            if (chunk != first[i])
            {
                joined = joined == first ? [.. first] : joined;
                joined[i] = chunk;
            }
        }

        return joined;
    }

    private PathValues JoinOperands(Graph graph, Block block, in PathValues values, List<(int Chunk, int Index)> differing)
    {
        int[] operands = Join(graph, block, Operands, edges[0].Values.Operands, OtherOperands(), differing);
        int[][] first = edges[0].Values.FurtherOperands;
        int[][] joined = first;
        Others<int[][]> others = OtherFurtherOperands();
        for (int i = 0; others.Count > 0 && i < first.Length; i++)
        {
            int[] chunk = Join(graph, block, Operands - 1 - i, first[i], OthersAt(first[i], others, i), differing);
            if (chunk != first[i])
            {
                joined = joined == first ? [.. first] : joined;
                joined[i] = chunk;
            }
        }

        return values with { Operands = operands, FurtherOperands = joined };
    }

    /// <summary>The values of a chunk behind the edges, with parameters for those that differ; the first edge's chunk if none does.</summary>
    private static int[] Join(Graph graph, Block block, int chunk, int[] first, in Others<int[]> others, List<(int Chunk, int Index)> differing)
    {
        int[] joined = first;
        for (int i = 0; others.Count > 0 && i < first.Length; i++)
        {
            int other = IndexOfDiffering(first, others, i);
            if (other >= 0)
            {
                joined = joined == first ? [.. first] : joined;
                differing.Add((chunk, i));
                joined[i] = graph.AppendParameterLike(block, others[other][i]);
                graph[joined[i]].ReferenceType = JoinedType(graph, first, others, i);
            }
        }

        return joined;
    }

    /// <summary>Which of other chunks is the first that has another value than the first edge's in a place; -1 if none has.</summary>
    private static int IndexOfDiffering(int[] first, in Others<int[]> others, int place)
    {
        for (int i = 0; i < others.Count; i++)
        {
            if (others[i][place] != first[place])
            {
                return i;
            }
        }

        return -1;
    }

    private Others<int[][][]> OtherLocals()
    {
        var others = new Others<int[][][]>(edges[0].Values.Locals);
        foreach ((Block From, int Successor, PathValues Values) edge in edges)
        {
            others.Note(edge.Values.Locals);
        }

        return others;
    }

    private Others<int[]> OtherOperands()
    {
        var others = new Others<int[]>(edges[0].Values.Operands);
        foreach ((Block From, int Successor, PathValues Values) edge in edges)
        {
            others.Note(edge.Values.Operands);
        }

        return others;
    }

    private Others<int[][]> OtherFurtherOperands()
    {
        var others = new Others<int[][]>(edges[0].Values.FurtherOperands);
        foreach ((Block From, int Successor, PathValues Values) edge in edges)
        {
            others.Note(edge.Values.FurtherOperands);
        }

        return others;
    }

    /// <summary>What others than the first edge have in a place.</summary>
    /// <param name="first">What the first edge has there.</param>
    /// <param name="wholes">What it is a part of.</param>
    /// <param name="place">The place.</param>
    private static Others<TPart> OthersAt<TPart>(TPart first, in Others<TPart[]> wholes, int place)
        where TPart : class
    {
        var others = new Others<TPart>(first);
        for (int i = 0; i < wholes.Count; i++)
        {
            others.Note(wholes[i][place]);
        }

        return others;
    }

    private static Modules.ValueType JoinedType(Graph graph, int[] first, in Others<int[]> others, int index)
    {
        Modules.ValueType type = graph[first[index]].ReferenceType;
        for (int i = 0; i < others.Count && type.IsReference; i++)
        {
            type = ReferenceTypes.Join(type, graph[others[i][index]].ReferenceType);
        }

        return type;
    }

    /// <summary>
    /// What edges have that is not the first edge's, of which edges that follow each other mostly share one. Very many merges are of two edges: no list is made of one alone.
    /// </summary>
    /// <param name="first">What the first edge has.</param>
    private struct Others<T>(T first)
        where T : class
    {
        private readonly T first = first;
        private T last = first;
        private T? one;
        private List<T>? further;

        /// <summary>How many there are, without most repetitions.</summary>
        public int Count { get; private set; }

        /// <summary>One of them.</summary>
        public readonly T this[int index] => index == 0 ? one! : further![index - 1];

        /// <summary>Notes what the next edge has.</summary>
        public void Note(T next)
        {
            if (next != first && next != last)
            {
                if (Count++ == 0)
                {
                    one = next;
                }
                else
                {
                    (further ??= []).Add(next);
                }
            }

            last = next;
        }
    }
}
