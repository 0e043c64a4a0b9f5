using Harness.Engine.Tests.Baseline;

namespace Harness.Engine.Tests.Optimizer.CodeGeneration;

public class RandomFunctionTests
{
    /// <summary>Random functions give in optimized code what they give in baseline code, up to the bits of NaN.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("inlining=off")]
    [InlineData("pass.fold=off")]
    [InlineData("pass.e-graph=on")]
    [InlineData("pass.block-ordering=off")]
    [InlineData("compile.live-blocks=0")]
    public void OptimizedCodeAgreesWithBaselineCode(string knob)
    {
        for (var seed = 1; seed <= 60; seed++)
        {
            var text = RandomFunction.Module(seed);
            using var baseline = new BaselineRun(text);
            using var optimized = knob.Length == 0 ? new OptimizedRun(text) : new OptimizedRun(text, knob);
            foreach (var (p, q) in ((int, double)[])[(3, 0.5), (-77, -1234.25), (0, 0)])
            {
                var expected = baseline.Call("main", p, q);
                var actual = optimized.Call("main", p, q);
                Assert.True(expected == actual, $"seed {seed}, arguments {p} and {q}: {actual} instead of {expected}");
            }
        }
    }
}
