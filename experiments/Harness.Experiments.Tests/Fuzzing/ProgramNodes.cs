using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Tests.Fuzzing;

/// <summary>The nodes of random programs.</summary>
internal static class ProgramNodes
{
    /// <summary>All nodes of a program.</summary>
    public static IEnumerable<ProgramNode> Of(RandomProgram program) => program.Functions.SelectMany(function => Within(function.Body));

    /// <summary>Some nodes and all inside them, in no order: expressions may be too deep for one iterator inside another.</summary>
    public static IEnumerable<ProgramNode> Within(IEnumerable<ProgramNode> nodes)
    {
        var left = new Stack<ProgramNode>(nodes);
        while (left.TryPop(out var node))
        {
            yield return node;
            foreach (var inner in node.Children.SelectMany(children => children))
            {
                left.Push(inner);
            }
        }
    }
}
