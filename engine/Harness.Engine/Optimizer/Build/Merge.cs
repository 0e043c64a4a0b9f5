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
        bool isShared = true;
        for (int i = 1; isShared && i < edges.Count; i++)
        {
            isShared = ChunkOf(edges[i].Values, chunk) == first;
        }

        for (int i = 0; !isShared && i < first.Length; i++)
        {
            foreach ((_, _, PathValues values) in edges)
            {
                int other = ChunkOf(values, chunk)[i];
                if (other != first[i])
                {
                    joined = joined == first ? [.. first] : joined;
                    differing.Add((chunk, i));
                    joined[i] = graph.AppendParameterLike(block, other);
                    graph[joined[i]].ReferenceType = JoinedType(graph, chunk, i);
                    break;
                }
            }
        }

        return joined;
    }

    private Modules.ValueType JoinedType(Graph graph, int chunk, int index)
    {
        Modules.ValueType type = graph[ChunkOf(edges[0].Values, chunk)[index]].ReferenceType;
        for (int i = 1; i < edges.Count && type.IsReference; i++)
        {
            type = ReferenceTypes.Join(type, graph[ChunkOf(edges[i].Values, chunk)[index]].ReferenceType);
        }

        return type;
    }
}
