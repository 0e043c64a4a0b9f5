using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Code is found by every address in it and no other, however large it is and wherever it lies.</summary>
public sealed unsafe class CodeRegistryTests
{
    /// <summary>Two ranges that are far from each other, as regions of the code space are.</summary>
    private static readonly nint[] Starts = [unchecked((nint)0x7F12_3456_0000L), unchecked((nint)0x10_0000_0000L)];

    [Fact]
    public void RandomCodeIsFoundByItsAddressesUntilItIsRemoved()
    {
        var random = new Random(5);
        var registry = new CodeRegistry();
        var live = new List<CompiledCode>();
        for (var i = 0; i < 4000; i++)
        {
            if (live.Count > 0 && random.Next(3) == 0)
            {
                var at = random.Next(live.Count);
                registry.Remove(live[at]);
                live.RemoveAt(at);
            }
            else
            {
                // Mostly small, and now and then over several pages of the registry.
                var size = random.Next(20) == 0 ? random.Next(1, 300_000) : random.Next(1, 1000);
                var address = Starts[random.Next(Starts.Length)] + (random.Next(1 << 15) * CodeSpace.BlockAlignment);
                var code = Make(address, size);
                if (live.Exists(other => Overlap(code, other)))
                {
                    continue;
                }

                live.Add(code);
                registry.Add(new RegisteredCode(new WeakReference<ModuleCode>(null!), code));
            }

            if (i % 16 != 0)
            {
                continue;
            }

            foreach (var code in live)
            {
                var start = code.Block.Address;
                var end = start + code.Block.Size;
                Assert.Same(code, registry.Find(start)!.Code);
                Assert.Same(code, registry.Find(start + random.Next(code.Block.Size))!.Code);
                Assert.Same(code, registry.FindCaller(end)!.Code);
                Assert.NotSame(code, registry.Find(start - 1)?.Code);
                Assert.NotSame(code, registry.Find(end)?.Code);
            }
        }

        var removals = registry.Removals;
        live.ForEach(registry.Remove);
        Assert.Equal(removals + live.Count, registry.Removals);
        Assert.All(live, code => Assert.Null(registry.Find(code.Block.Address)));
    }

    [Fact]
    public void WhatWasNotAddedIsNotRemoved()
    {
        var registry = new CodeRegistry();
        var added = Make(Starts[0], 100);
        registry.Add(new RegisteredCode(new WeakReference<ModuleCode>(null!), added));
        registry.Remove(Make(Starts[0], 100));
        registry.Remove(Make(Starts[1], 100));
        Assert.Equal(0, registry.Removals);
        Assert.Same(added, registry.Find(Starts[0])!.Code);
    }

    private static bool Overlap(CompiledCode one, CompiledCode other) =>
        one.Block.Address < other.Block.Address + other.Block.Size && other.Block.Address < one.Block.Address + one.Block.Size;

    private static CompiledCode Make(nint address, int size) => new()
    {
        FunctionIndex = 0,
        Tier = CodeTier.Baseline,
        Block = new CodeBlock(null, (byte*)address, size),
        Sites = [],
    };
}
