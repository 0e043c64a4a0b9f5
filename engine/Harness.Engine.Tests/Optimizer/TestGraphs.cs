using Harness.Engine.Configuration;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Build;
using Harness.Engine.Optimizer.Inlining;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Passes;

namespace Harness.Engine.Tests.Optimizer;

/// <summary>Makes graphs for tests.</summary>
internal static class TestGraphs
{
    /// <summary>A module in the text format.</summary>
    public static WasmModule Module(string text) => WasmModule.Decode(WatAssembler.Assemble(text));

    /// <summary>The graph of a function as the builder makes it.</summary>
    public static Graph Build(
        WasmModule module, int function, IFeedbackSource? feedback = null, bool allowDeopt = true, EngineOptions? options = null)
    {
        options ??= EngineOptions.Default;
        var tree = feedback is null
            ? new InliningTree(function, null, 0, 0, 0) { Decision = InliningDecision.Inlined }
            : new InliningTreeGrower(module, options, feedback).Grow(function);
        var graph = GraphBuilder.Build(module, options, tree, allowDeopt);
        graph.ResolveAll();
        GraphVerifier.Verify(graph);
        return graph;
    }

    /// <summary>The graph of the only defined function of a module in the text format.</summary>
    public static Graph Build(string text)
    {
        var module = Module(text);
        return Build(module, module.Functions.Single(function => !function.IsImported).Index);
    }

    /// <summary>Runs a pass as the pipeline does, and checks the graph.</summary>
    public static Graph Apply(this Graph graph, params IPass[] passes)
    {
        foreach (var pass in passes)
        {
            graph.ResolveAll();
            PassPipeline.Apply(pass, graph);
            GraphVerifier.Verify(graph);
        }

        return graph;
    }

    /// <summary>How many nodes that control can come to have one of some operators.</summary>
    public static int Count(this Graph graph, params Opcode[] ops) =>
        graph.ReversePostorder().Sum(block => block.Nodes.Count(id => ops.Contains(graph[id].Op)));

    /// <summary>How many such nodes lie in loops.</summary>
    public static int CountInLoops(this Graph graph, params Opcode[] ops)
    {
        var flow = new ControlFlow(graph);
        return flow.Order
            .Where(block => flow.LoopOf(block.Id) is not null)
            .Sum(block => block.Nodes.Count(id => ops.Contains(graph[id].Op)));
    }

    /// <summary>The value that the only return gives.</summary>
    public static int Result(this Graph graph) =>
        graph.ReversePostorder().Single(block => block.Terminator.Kind == TerminatorKind.Return).Terminator.Values.Single();
}
