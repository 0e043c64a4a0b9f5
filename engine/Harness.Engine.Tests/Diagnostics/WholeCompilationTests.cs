using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics;
using Harness.Engine.Diagnostics.Growth;
using Harness.Engine.Modules;

namespace Harness.Engine.Tests.Diagnostics;

/// <summary>What is compiled does not depend on how many threads compile.</summary>
public sealed class WholeCompilationTests
{
    public static TheoryData<TierUpMode, string> Shapes
    {
        get
        {
            var data = new TheoryData<TierUpMode, string>();
            foreach (var shape in GrowingShapes.All.Take(12))
            {
                data.Add(TierUpMode.Never, shape.Name);
                data.Add(TierUpMode.Eager, shape.Name);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void ThreadsGiveTheSameCode(TierUpMode tier, string shape)
    {
        var growing = GrowingShapes.All.Single(each => each.Name == shape);
        var module = WasmModule.Decode(growing.Assemble(growing.Size));
        var options = EngineOptions.Default with { TierUp = tier };
        var one = WholeCompilation.Run(module, options, threads: 1, hashes: true);
        Assert.True(one is { Functions: > 0, CodeBytes: > 0, Refused: 0 });
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(one, WholeCompilation.Run(module, options, threads: 4, hashes: true));
        }
    }

    [Fact]
    public void TheHashTellsModulesApart()
    {
        var shapes = GrowingShapes.All.Take(4).Select(shape => WasmModule.Decode(shape.Assemble(shape.Size)));
        Assert.Equal(4, shapes.Select(module => WholeCompilation.Run(module, EngineOptions.Default, threads: 2, hashes: true).CodeHash).Distinct().Count());
    }
}
