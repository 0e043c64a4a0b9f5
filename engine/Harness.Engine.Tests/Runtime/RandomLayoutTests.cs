using Harness.Engine.Configuration;
using Harness.Engine.Runtime;
using Harness.Engine.Runtime.Stacks;
using Harness.Engine.X64;

namespace Harness.Engine.Tests.Runtime;

/// <summary>The knob <c>layout.seed</c> moves code and stack, the same way each time, and changes no result.</summary>
public sealed unsafe class RandomLayoutTests
{
    private const int Functions = 40;

    [Fact]
    public void WithoutASeedNothingMoves()
    {
        Assert.Equal(0, RandomLayout.StackOffset(0));
        Assert.Equal(0, RandomLayout.EnvironmentSize(0));
        Assert.All(Enumerable.Range(0, 100), function => Assert.Equal(0, RandomLayout.CodePadding(0, function, CodeTier.Optimized)));
        Assert.All(Run(seed: 0), padding => Assert.Equal(0, padding));
    }

    [Fact]
    public void SeedsMoveEachFunctionByItself()
    {
        var first = Run(seed: 1);
        Assert.Equal(first, Run(seed: 1));
        Assert.NotEqual(first, Run(seed: 2));
        Assert.InRange(first.Distinct().Count(), Functions / 4, Functions);
        Assert.All(first, padding =>
        {
            Assert.InRange(padding, 0, Environment.SystemPageSize);
            Assert.Equal(0, padding % CodeSpace.BlockAlignment);
        });
    }

    [Fact]
    public void PlacesAreSpreadOverAPage()
    {
        int[] seeds = [.. Enumerable.Range(1, 4000)];
        Assert.InRange(seeds.Average(RandomLayout.StackOffset), 1900, 2200);
        Assert.InRange(seeds.Average(RandomLayout.EnvironmentSize), 1900, 2200);
        Assert.InRange(seeds.Average(seed => RandomLayout.CodePadding(seed, 5, CodeTier.Baseline)), 1900, 2200);
        Assert.All(seeds, seed => Assert.Equal(0, RandomLayout.StackOffset(seed) % 16));
    }

    [Fact]
    public void FramesLieDeeperByTheOffset()
    {
        var usual = Depth(0);
        foreach (var seed in (int[])[1, 2, 3, 4, 5, 6, 7])
        {
            // The compiler of C# may round the frame that skips the bytes.
            Assert.InRange(Depth(seed) - usual - RandomLayout.StackOffset(seed), 0, 256);
        }
    }

    /// <summary>Calls functions in optimized code, and gives what is left free before the code of each.</summary>
    private static int[] Run(int seed)
    {
        var functions = string.Concat(Enumerable.Range(0, Functions).Select(
            i => $"(func (export \"f{i}\") (param i32) (result i32) (i32.add (local.get 0) (i32.const {i})))"));
        using var store = new Store(EngineOptions.Default with { LayoutSeed = seed, TierUp = TierUpMode.Eager });
        var module = HandCompiler.Module($"(module {functions})");
        var instance = store.Instantiate(module);
        var paddings = new int[Functions];
        for (var i = 0; i < Functions; i++)
        {
            Assert.Equal(100 + i, instance.GetFunction($"f{i}").Invoke(100)[0].AsI32());
            paddings[i] = instance.Code.OptimizedCode(i)!.Block.Padding;
        }

        return paddings;
    }

    /// <summary>How far below its upper end a stack is used where an action begins.</summary>
    private static nint Depth(int seed) => ExecutionThread.Run(EngineOptions.Default with { LayoutSeed = seed }, () =>
    {
        int local;
        return (nint)ThreadStack.Current.Low + (EngineOptions.Default.StackSize * 1024) - (nint)(&local);
    });
}
