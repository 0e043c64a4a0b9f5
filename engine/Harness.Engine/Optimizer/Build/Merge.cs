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
    private readonly List<(Block From, int Successor, PathValues Values)> _edges = new(1);

    /// <summary>Whether any edge comes here.</summary>
    public bool IsReached => _edges.Count > 0;

    /// <summary>Whether the module calls every edge that comes here unlikely.</summary>
    public bool IsUnlikely { get; private set; } = true;

    /// <summary>How often control comes here.</summary>
    public double Frequency => _edges.Sum(static edge => edge.From.Frequency);

    /// <summary>Adds an edge: a successor of a block that has ended, with the values along it.</summary>
    public void Add(Block from, int successor, PathValues values, bool isUnlikely = false)
    {
        _edges.Add((from, successor, values));
        IsUnlikely &= isUnlikely;
    }

    /// <summary>Makes the block, and gives the values in it.</summary>
    public Block Seal(Graph graph, double frequency, out PathValues values)
    {
        values = _edges[0].Values;
        if (_edges.Count == 1 && _edges[0].From.Terminator.Kind == TerminatorKind.Jump)
        {
            var only = _edges[0].From;
            graph.Terminate(only, default);
            return only;
        }

        var most = ((long)values.Locals.Length * LocalValues.GroupSize) + values.MostOperands;
        while (_edges.Count > EdgesAtOnce && _edges.Count * most > MostArguments && (long)_edges.Count * CountDiffering() > MostArguments)
        {
            JoinNeighbours(graph);
        }

        var block = graph.NewBlock();
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

        graph.Budget.Reserve((long)_edges.Count * differing.Count);
        foreach (var (from, successor, incoming) in _edges)
        {
            var arguments = differing.Count == 0 ? [] : new int[differing.Count];
            for (var i = 0; i < arguments.Length; i++)
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
        (Block From, int Successor, PathValues Values)[] all = [.. _edges];
        _edges.Clear();
        foreach (var neighbours in all.Chunk(EdgesAtOnce))
        {
            if (neighbours.Length == 1)
            {
                _edges.Add(neighbours[0]);
                continue;
            }

            var merge = new Merge(operandsFirst);
            merge._edges.AddRange(neighbours);
            var block = merge.Seal(graph, merge.Frequency, out var values);
            graph.Terminate(block, new Terminator { Kind = TerminatorKind.Jump, Value = -1, Values = [], FrameState = -1 }, default(Edge));
            _edges.Add((block, 0, values));
        }
    }

    /// <summary>How many values differ between the edges.</summary>
    private int CountDiffering()
    {
        var count = CountDiffering(_edges[0].Values.Operands, OtherOperands());
        var further = _edges[0].Values.FurtherOperands;
        var othersFurther = OtherFurtherOperands();
        for (var chunk = 0; othersFurther.Count > 0 && chunk < further.Length; chunk++)
        {
            count += CountDiffering(further[chunk], OthersAt(further[chunk], othersFurther, chunk));
        }

        var first = _edges[0].Values.Locals;
        var others = OtherLocals();
        for (var group = 0; others.Count > 0 && group < first.Length; group++)
        {
            var groups = OthersAt(first[group], others, group);
            for (var chunk = 0; groups.Count > 0 && chunk < first[group].Length; chunk++)
            {
                count += CountDiffering(first[group][chunk], OthersAt(first[group][chunk], groups, chunk));
            }
        }

        return count;
    }

    private static int CountDiffering(int[] first, in Others<int[]> others)
    {
        var count = 0;
        for (var i = 0; others.Count > 0 && i < first.Length; i++)
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
        var first = _edges[0].Values.Locals;
        var joined = first;
        var others = OtherLocals();
        for (var group = 0; others.Count > 0 && group < first.Length; group++)
        {
            var chunks = JoinGroup(graph, block, group, first[group], OthersAt(first[group], others, group), differing);
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
        var joined = first;
        for (var i = 0; others.Count > 0 && i < first.Length; i++)
        {
            var chunk = Join(graph, block, LocalValues.NumberOf(group, i), first[i], OthersAt(first[i], others, i), differing);
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
        var operands = Join(graph, block, Operands, _edges[0].Values.Operands, OtherOperands(), differing);
        var first = _edges[0].Values.FurtherOperands;
        var joined = first;
        var others = OtherFurtherOperands();
        for (var i = 0; others.Count > 0 && i < first.Length; i++)
        {
            var chunk = Join(graph, block, Operands - 1 - i, first[i], OthersAt(first[i], others, i), differing);
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
        var joined = first;
        for (var i = 0; others.Count > 0 && i < first.Length; i++)
        {
            var other = IndexOfDiffering(first, others, i);
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
        for (var i = 0; i < others.Count; i++)
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
        var others = new Others<int[][][]>(_edges[0].Values.Locals);
        foreach (var edge in _edges)
        {
            others.Note(edge.Values.Locals);
        }

        return others;
    }

    private Others<int[]> OtherOperands()
    {
        var others = new Others<int[]>(_edges[0].Values.Operands);
        foreach (var edge in _edges)
        {
            others.Note(edge.Values.Operands);
        }

        return others;
    }

    private Others<int[][]> OtherFurtherOperands()
    {
        var others = new Others<int[][]>(_edges[0].Values.FurtherOperands);
        foreach (var edge in _edges)
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
        for (var i = 0; i < wholes.Count; i++)
        {
            others.Note(wholes[i][place]);
        }

        return others;
    }

    private static Modules.ValueType JoinedType(Graph graph, int[] first, in Others<int[]> others, int index)
    {
        var type = graph[first[index]].ReferenceType;
        for (var i = 0; i < others.Count && type.IsReference; i++)
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
        private readonly T _first = first;
        private T _last = first;
        private T? _one;
        private List<T>? _further;

        /// <summary>How many there are, without most repetitions.</summary>
        public int Count { get; private set; }

        /// <summary>One of them.</summary>
        public readonly T this[int index] => index == 0 ? _one! : _further![index - 1];

        /// <summary>Notes what the next edge has.</summary>
        public void Note(T next)
        {
            if (next != _first && next != _last)
            {
                if (Count++ == 0)
                {
                    _one = next;
                }
                else
                {
                    (_further ??= []).Add(next);
                }
            }

            _last = next;
        }
    }
}
