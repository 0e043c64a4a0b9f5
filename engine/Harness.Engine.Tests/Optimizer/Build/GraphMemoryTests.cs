using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Build;
using Harness.Engine.Optimizer.Inlining;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Passes;

namespace Harness.Engine.Tests.Optimizer.Build;

/// <summary>Nodes, blocks and analyses serve one graph after the other, and nothing that one leaves shows in the next.</summary>
public sealed class GraphMemoryTests
{
    [Fact]
    public void AGraphIsTheSameInMemoryThatOthersHaveUsed()
    {
        var used = new GraphMemory();
        var compared = 0;
        foreach (var workload in RepositoryFiles.Workloads)
        {
            var module = WasmModule.FromFile(RepositoryFiles.Workload(workload));
            var feedback = SyntheticFeedback.Random(module, seed: 2, targets: 2);
            foreach (var function in module.Functions.Where(function => !function.IsImported))
            {
                var tree = new InliningTreeGrower(module, EngineOptions.Default, feedback).Grow(function.Index);
                Assert.Equal(Print(module, tree, new GraphMemory()), Print(module, tree, used));
                compared++;
            }
        }

        Assert.InRange(compared, 100, int.MaxValue);
    }

    /// <summary>Passes do not look through a graph for what it does not have.</summary>
    [Fact]
    public void AGraphHasNoOperatorsOfTheOneBefore()
    {
        var memory = new GraphMemory();
        Assert.True(Build("(module (memory 1) (func (drop (i32.load (i32.const 0)))))").Operators.Contains(Opcode.I32Load));
        Assert.False(Build("(module (memory 1) (func))").Operators.Contains(Opcode.I32Load));

        Graph Build(string text)
        {
            var tree = new InliningTree(0, null, 0, 0, 0) { Decision = InliningDecision.Inlined };
            return GraphBuilder.Build(TestGraphs.Module(text), EngineOptions.Default, tree, allowDeopt: true, memory: memory);
        }
    }

    /// <summary>The graph of a function behind each pass.</summary>
    private static string Print(WasmModule module, InliningTree tree, GraphMemory memory)
    {
        var text = new List<string>();
        var graph = GraphBuilder.Build(module, EngineOptions.Default, tree, allowDeopt: true, memory: memory);
        new PassPipeline(EngineOptions.Default).Run(graph, (pass, after, _) =>
        {
            GraphVerifier.Verify(after);
            text.Add($"{pass}:\n{IrPrinter.Print(after)}");
        });
        memory.Forget();
        return string.Join('\n', text);
    }
}
