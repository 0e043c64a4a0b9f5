using Harness.Experiments.Fuzzing;

namespace Harness.Experiments.Tests.Fuzzing;

/// <summary>The nodes of random programs.</summary>
internal static class ProgramNodes
{
    /// <summary>All nodes of a program.</summary>
    public static IEnumerable<ProgramNode> Of(RandomProgram program) => program.Functions.SelectMany(function => Within(function.Body));

    /// <summary>Some nodes and all inside them.</summary>
    public static IEnumerable<ProgramNode> Within(IEnumerable<ProgramNode> nodes) =>
        nodes.SelectMany(node => node.Children.SelectMany(children => Within(children)).Prepend(node));
}
