using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Build;

/// <summary>
/// Edges that will meet in a block which does not exist yet. When all are known, the block gets a parameter just for each value
/// that differs between them.
/// </summary>
internal sealed class Merge
{
    private readonly List<(Block From, int Successor, int[] Values)> edges = [];

    /// <summary>Whether any edge comes here.</summary>
    public bool IsReached => edges.Count > 0;

    /// <summary>Whether the module calls every edge that comes here unlikely.</summary>
    public bool IsUnlikely { get; private set; } = true;

    /// <summary>How often control comes here.</summary>
    public double Frequency => edges.Sum(static edge => edge.From.Frequency);

    /// <summary>Adds an edge: a successor of a block that has ended, with the values along it.</summary>
    public void Add(Block from, int successor, int[] values, bool isUnlikely = false)
    {
        edges.Add((from, successor, values));
        IsUnlikely &= isUnlikely;
    }

    /// <summary>Makes the block, and gives the values in it.</summary>
    public Block Seal(Graph graph, double frequency, out int[] values)
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
        List<int>? differing = null;
        for (int i = 0; i < values.Length; i++)
        {
            foreach ((_, _, int[] other) in edges)
            {
                if (other[i] != edges[0].Values[i])
                {
                    if (differing is null)
                    {
                        differing = [];
                        values = [.. values];
                    }

                    differing.Add(i);
                    values[i] = graph.AppendParameterLike(block, other[i]);
                    graph[values[i]].ReferenceType = JoinedType(graph, i);
                    break;
                }
            }
        }

        foreach ((Block from, int successor, int[] incoming) in edges)
        {
            int[] arguments = differing is null ? [] : new int[differing.Count];
            for (int i = 0; i < arguments.Length; i++)
            {
                arguments[i] = incoming[differing![i]];
            }

            from.Successors[successor] = new Edge(block.Id, arguments);
        }

        return block;
    }

    private Modules.ValueType JoinedType(Graph graph, int position)
    {
        Modules.ValueType type = graph[edges[0].Values[position]].ReferenceType;
        for (int i = 1; i < edges.Count && type.IsReference; i++)
        {
            type = ReferenceTypes.Join(type, graph[edges[i].Values[position]].ReferenceType);
        }

        return type;
    }
}
