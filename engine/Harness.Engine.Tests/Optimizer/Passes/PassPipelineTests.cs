using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Passes;

namespace Harness.Engine.Tests.Optimizer.Passes;

/// <summary>
/// All passes on the graphs of all workloads, with all kinds of feedback: graphs stay well formed, and what they compute stays
/// the same.
/// </summary>
public class PassPipelineTests
{
    /// <summary>Arguments for the workloads, small ones, which run in no time.</summary>
    private static readonly ulong[][] Arguments =
        [[1, 2, 3], [4, 3, 2], [10, 10, 1], [0, 0, 0], [12, 5, 2]];

    /// <summary>The workloads without objects, which <see cref="GraphEvaluator"/> does not know.</summary>
    public static TheoryData<string> EvaluableWorkloads =>
        [.. RepositoryFiles.Workloads.Where(name => !name.StartsWith("gc-", StringComparison.Ordinal))];

    public static TheoryData<string> PassKnobs =>
        [.. KnobRegistry.All.Where(knob => knob.Name.StartsWith("pass.", StringComparison.Ordinal)).Select(knob => knob.Name)];

    [Theory]
    [MemberData(nameof(EvaluableWorkloads))]
    public void GraphsStayWellFormedAndMeanTheSame(string workload)
    {
        var module = WasmModule.FromFile(RepositoryFiles.Workload(workload));
        var compared = 0;
        foreach (var graph in AllGraphs(module, EngineOptions.Default, 1, 2, 4))
        {
            var plain = TestGraphs.Build(module, graph.FunctionIndex);
            var arity = module.Functions[graph.FunctionIndex].Type.Parameters.Length;
            var passes = new List<string>();
            new PassPipeline(EngineOptions.Default).Run(graph, (pass, after, _) =>
            {
                passes.Add(pass);
                GraphVerifier.Verify(after);
                foreach (var values in Arguments.Where(_ => arity <= 3).Select(all => all[..arity]))
                {
                    if (!TryRun(module, plain, values, out var expected) || !TryRun(module, after, values, out var actual))
                    {
                        continue;
                    }

                    compared++;
                    var function = module.Functions[graph.FunctionIndex].ToString();
                    Assert.True(
                        expected == actual,
                        $"{function}({string.Join(", ", values)}) after {string.Join(", ", passes)}: {actual}, not {expected}");
                }
            });
        }

        Assert.True(compared > 100, $"only {compared} runs were compared");
    }

    /// <summary>A pass may not count on another one having run before.</summary>
    [Theory]
    [MemberData(nameof(PassKnobs))]
    public void GraphsStayWellFormedWithoutOnePass(string knob)
    {
        var options = EngineOptions.Default.With(knob, "off");
        foreach (var workload in RepositoryFiles.Workloads)
        {
            var module = WasmModule.FromFile(RepositoryFiles.Workload(workload));
            foreach (var graph in AllGraphs(module, options, 3))
            {
                new PassPipeline(options).Run(graph, (_, after, _) => GraphVerifier.Verify(after));
            }
        }
    }

    /// <summary>Where a graph says that its control is simple, whatever has run since it was made so, another simplification finds nothing.</summary>
    [Fact]
    public void ControlThatIsSimpleStaysAsItIs()
    {
        var compared = 0;
        foreach (var workload in RepositoryFiles.Workloads)
        {
            var module = WasmModule.FromFile(RepositoryFiles.Workload(workload));
            foreach (var graph in AllGraphs(module, EngineOptions.Default, 2))
            {
                new PassPipeline(EngineOptions.Default).Run(graph, (pass, after, _) =>
                {
                    if (!after.IsControlSimple)
                    {
                        return;
                    }

                    var simple = IrPrinter.Print(after);
                    after.IsControlSimple = false;
                    PassPipeline.Apply(new BranchSimplification(), after);
                    Assert.True(after.IsControlSimple, $"{module.Functions[graph.FunctionIndex]} after {pass}");
                    Assert.Equal(simple, IrPrinter.Print(after));
                    compared++;
                });
            }
        }

        Assert.InRange(compared, 500, int.MaxValue);
    }

    [Theory]
    [MemberData(nameof(PassKnobs))]
    public void EveryPassCanBeTurnedOff(string knob)
    {
        var name = knob["pass.".Length..];
        string[] numbering = ["gvn", "load-elimination", "bounds-check-elimination", "cast-elimination"];
        string[] own = numbering.Contains(name) ? ["gvn"] : [name];
        var options = EngineOptions.Default;
        if (own is ["gvn"])
        {
            options = numbering.Aggregate(options, (without, part) => without.With($"pass.{part}", "off"));
        }

        var passes = new List<string>();
        new PassPipeline(options.With(knob, "off")).Run(TestGraphs.Build("(module (func))"), (pass, _, _) => passes.Add(pass));
        Assert.NotEmpty(passes);
        Assert.Empty(passes.Intersect(own));
    }

    /// <summary>The graphs of all functions, without and with deopts, with several kinds of feedback.</summary>
    private static IEnumerable<Graph> AllGraphs(WasmModule module, EngineOptions options, params int[] mostTargets)
    {
        foreach (var function in module.Functions.Where(function => !function.IsImported))
        {
            foreach (var targets in mostTargets)
            {
                var feedback = SyntheticFeedback.Random(module, seed: targets, targets);
                yield return TestGraphs.Build(module, function.Index, feedback, allowDeopt: true, options);
                yield return TestGraphs.Build(module, function.Index, feedback, allowDeopt: false, options);
            }
        }
    }

    private static bool TryRun(WasmModule module, Graph graph, ulong[] arguments, out string outcome)
    {
        try
        {
            outcome = new GraphEvaluator(module, fuel: 5_000).Outcome(graph, arguments);
            return true;
        }
        catch (EvaluationException)
        {
            outcome = string.Empty;
            return false;
        }
    }
}
