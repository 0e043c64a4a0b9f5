using System.Runtime.InteropServices;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Ranges;

/// <summary>
/// The additions of constants above 0 to 32-bit numbers in a graph, by the number: what is known of one such sum may tell something of
/// another one. Steps of a search, not this, bound how many are looked at.
/// </summary>
internal sealed class ConstantSums
{
    private readonly Graph _graph;
    private readonly Dictionary<int, List<(int Sum, int Constant)>> _byNumber = [];

    /// <summary>Collects them.</summary>
    public ConstantSums(Graph graph, ControlFlow flow)
    {
        _graph = graph;
        foreach (var block in flow.Order)
        {
            foreach (var id in block.Nodes)
            {
                var (number, constant) = PartsOf(id);
                if (constant > 0)
                {
                    ref var sums = ref CollectionsMarshal.GetValueRefOrAddDefault(_byNumber, number, out _);
                    (sums ??= []).Add((id, constant));
                }
            }
        }
    }

    /// <summary>A value as a number and the constant that is added to it: 0 unless the value is such a sum.</summary>
    public (int Number, int Constant) PartsOf(int value)
    {
        if (_graph[value].Op == Opcode.I32Add)
        {
            ref var addend = ref _graph[_graph.Input(value, 1)];
            if (addend.Op == Opcode.I32Const && (int)addend.Immediate > 0)
            {
                return (_graph.Input(value, 0), (int)addend.Immediate);
            }
        }

        return (value, 0);
    }

    /// <summary>The sums of a number and constants.</summary>
    public ReadOnlySpan<(int Sum, int Constant)> With(int number) =>
        _byNumber.TryGetValue(number, out var sums) ? CollectionsMarshal.AsSpan(sums) : [];
}
