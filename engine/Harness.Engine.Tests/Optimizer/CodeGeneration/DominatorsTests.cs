using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics.Growth;
using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Optimizer.Passes;
using Harness.Engine.Optimizer.RegisterAllocation;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Optimizer.CodeGeneration;

/// <summary>Dominators of low-level code, by their definition.</summary>
public sealed class DominatorsTests
{
    private readonly Dominators _dominators = new();

    [Theory]
    [InlineData("ifs")]
    [InlineData("nested-ifs")]
    [InlineData("ifs-with-results")]
    [InlineData("nested-loops")]
    [InlineData("sequential-loops")]
    [InlineData("back-edges-of-a-loop")]
    [InlineData("exits-of-a-loop")]
    [InlineData("early-returns")]
    [InlineData("small-switches")]
    [InlineData("targets-of-a-switch")]
    [InlineData("interpreter")]
    [InlineData("nested-handlers")]
    [InlineData("sequential-handlers")]
    public void ABlockDominatesWhatCannotBeReachedWithoutIt(string shape)
    {
        // Buffers are used again, and grow.
        var most = 0;
        foreach (var size in (int[])[5, 2, 12])
        {
            using var engine = new WasmEngine(EngineOptions.Default);
            var module = GrowingShapes.Get(shape).Make(size);
            var graph = TestGraphs.Build(module, module.Functions.Length - 1);
            new PassPipeline(engine.Options).Run(graph, observe: null);
            graph.ResolveAll();
            var code = new LirCode();
            code.Reset(graph);
            new InstructionSelector(new SignatureCache()).Run(code, engine.CodeOf(module));
            _dominators.Run(code);
            most = Math.Max(most, code.BlockCount);
            for (var block = 0; block < code.BlockCount; block++)
            {
                var reached = ReachedWithout(code, block);
                for (var other = 0; other < code.BlockCount; other++)
                {
                    Assert.Equal(!reached[other], _dominators.Dominates(block, other));
                }
            }
        }

        Assert.InRange(most, 8, 2000);
    }

    /// <summary>By block, whether control comes there though it cannot go through another one.</summary>
    private static bool[] ReachedWithout(LirCode code, int without)
    {
        var reached = new bool[code.BlockCount];
        var work = new Stack<int>();
        if (without != 0)
        {
            work.Push(0);
        }

        while (work.TryPop(out var block))
        {
            reached[block] = true;
            for (var i = 0; i < code.Block(block).SuccessorCount; i++)
            {
                var successor = code.Successors[code.Block(block).FirstSuccessor + i];
                if (successor != without && !reached[successor])
                {
                    work.Push(successor);
                }
            }
        }

        return reached;
    }
}
