using Harness.Engine.Configuration;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Code lies in more than one region: where one is full the next modules go to another, and calls, traps, exceptions and collections go through all of them.</summary>
[Collection(nameof(AloneInTheProcess))]
public sealed class CodeRegionTests : IDisposable
{
    private const int Modules = 40;
    private const int FunctionsPerModule = 10;

    /// <summary>What a call of the chain adds to its argument: one in each function, and the number that its object has.</summary>
    private const int Sum = Modules * (FunctionsPerModule + (FunctionsPerModule * (FunctionsPerModule - 1) / 2));

    /// <summary>Returns the first parameter, by way of an object, or traps, or throws.</summary>
    private const string Bottom =
        """
        (module
          (tag $e (export "e") (param i32))
          (type $s (struct (field i32)))
          (func (export "f") (param i32) (param $how i32) (result i32)
            (if (i32.eq (local.get $how) (i32.const 1)) (then (unreachable)))
            (if (i32.eq (local.get $how) (i32.const 2)) (then (throw $e (local.get 0))))
            (struct.get $s 0 (struct.new $s (local.get 0)))))
        """;

    private const string Top =
        """
        (module
          (import "below" "f" (func $f (param i32 i32) (result i32)))
          (import "bottom" "e" (tag $e (param i32)))
          (func (export "f") (param i32 i32) (result i32) (call $f (local.get 0) (local.get 1)))
          (func (export "caught") (param i32) (result i32)
            (block $h (result i32)
              (try_table (catch $e $h) (drop (call $f (local.get 0) (i32.const 2))))
              (i32.const -1))))
        """;

    private readonly List<CodeBlock> _taken = [];

    private static CodeSpace Space => NativeRuntime.CodeSpace;

    [Theory]
    [InlineData("tier-up=never stress.gc-interval=1")]
    [InlineData("tier-up=synchronous stress.tier-up-after=2 stress.gc-interval=1 inlining=off")]
    [InlineData("tier-up=synchronous stress.tier-up-after=2 stress.guard-fail-interval=3 stress.gc-interval=5")]
    public void WhereARegionIsFullTheNextModulesGoToAnother(string knobs)
    {
        FillFirstRegion(except: 32 << 10);
        using (var engine = new WasmEngine(Options(knobs)))
        {
            using var store = new Store(engine);
            var instances = new List<Instance>();
            var top = InstantiateChain(store, instances);
            var chain = top.GetFunction("f");
            var caught = top.GetFunction("caught");
            for (var i = 0; i < 5; i++)
            {
                Assert.Equal(i + Sum, chain.Invoke(i, 0)[0].AsI32());
                Assert.Equal(i + (Modules * FunctionsPerModule), caught.Invoke(i)[0].AsI32());
                var trap = Assert.Throws<WasmTrapException>(() => chain.Invoke(i, 1));
                Assert.Equal(TrapKind.Unreachable, trap.Kind);
                Assert.InRange(trap.CallStack.Count, 100, (Modules * FunctionsPerModule) + 2);
            }

            Assert.Equal("0 1", string.Join(' ', instances.SelectMany(CodeOf).Select(RegionOf).Distinct().Order()));
        }

        // What is freed is taken again, in the first region that has room.
        Release();
        using var next = new Store(EngineOptions.Default with { TierUp = TierUpMode.Never });
        var alone = next.Instantiate(HandCompiler.Module("""(module (func (export "f") (result i32) (i32.const 3)))"""));
        Assert.Equal(3, alone.GetFunction("f").Invoke()[0].AsI32());
        Assert.All(CodeOf(alone), block => Assert.Equal(0, RegionOf(block)));
    }

    [Fact]
    public void AFullSpaceIsFullInAllRegionsAndHasRoomAgain()
    {
        for (var size = CodeSpace.DefaultRegionSize / 2; size >= CodeSpace.BlockAlignment; size /= 2)
        {
            try
            {
                while (true)
                {
                    _taken.Add(Space.Allocate(size));
                }
            }
            catch (InsufficientMemoryException)
            {
                // The rest is smaller.
            }
        }

        Assert.Equal(CodeSpace.MostRegions, Space.Regions.Count);
        using var store = new Store(EngineOptions.Default with { TierUp = TierUpMode.Never });
        var function = store.Instantiate(HandCompiler.Module("""(module (func (export "f") (result i32) (i32.const 3)))""")).GetFunction("f");
        var fault = Assert.Throws<InsufficientMemoryException>(() => function.Invoke());
        Assert.Contains("16384 MiB", fault.Message, StringComparison.Ordinal);

        // Room in the last region is as good as any.
        var last = _taken.FindLast(block => RegionOf(block) == CodeSpace.MostRegions - 1 && block.Size >= 4096);
        _taken.Remove(last);
        Space.Abandon(last);
        Assert.Equal(3, function.Invoke()[0].AsI32());
    }

    [Fact]
    public void AKnobDealsFunctionsOutToRegions()
    {
        const int regions = 3;
        var functions = string.Concat(Enumerable.Range(0, 9).Select(
            i => $"(func (export \"f{i}\") (param i32) (result i32) (i32.add (local.get 0) (i32.const {i})))"));
        using var store = new Store(EngineOptions.Default with { TierUp = TierUpMode.Synchronous, StressTierUpAfter = 2, StressCodeRegions = regions });
        var instance = store.Instantiate(HandCompiler.Module($"(module {functions})"));
        for (var i = 0; i < 9; i++)
        {
            for (var call = 0; call < 3; call++)
            {
                Assert.Equal(100 + i, instance.GetFunction($"f{i}").Invoke(100)[0].AsI32());
            }

            Assert.Equal(i % regions, RegionOf(instance.Code.BaselineCode(i)!.Block));
            Assert.Equal((i + 1) % regions, RegionOf(instance.Code.OptimizedCode(i)!.Block));
        }
    }

    public void Dispose() => Release();

    /// <summary>Modules each of whose functions calls the one before, the first that of the module before. Every function has an object over its call.</summary>
    private static Instance InstantiateChain(Store store, List<Instance> instances)
    {
        var bottom = store.Instantiate(HandCompiler.Module(Bottom));
        var below = bottom;
        instances.Add(bottom);
        var functions = string.Concat(Enumerable.Range(0, FunctionsPerModule).Select(i =>
            $"""
              (func $f{i} {(i == FunctionsPerModule - 1 ? "(export \"f\")" : string.Empty)} (param i32 i32) (result i32) (local $p (ref null $s))
                (local.set $p (struct.new $s (i32.const {i})))
                (i32.add (call {(i == 0 ? "$below" : $"$f{i - 1}")} (i32.add (local.get 0) (i32.const 1)) (local.get 1)) (struct.get $s 0 (local.get $p))))
            """));
        for (var i = 0; i < Modules; i++)
        {
            var imports = new Imports();
            imports.Define("below", below);
            below = store.Instantiate(
                HandCompiler.Module($"""(module (type $s (struct (field i32))) (import "below" "f" (func $below (param i32 i32) (result i32))) {functions})"""), imports);
            instances.Add(below);
        }

        var all = new Imports();
        all.Define("below", below);
        all.Define("bottom", bottom);
        var top = store.Instantiate(HandCompiler.Module(Top), all);
        instances.Add(top);
        return top;
    }

    private static EngineOptions Options(string knobs) => EngineOptions.Default.WithKnobs(knobs);

    /// <summary>The code that an instance's functions have.</summary>
    private static IEnumerable<CodeBlock> CodeOf(Instance instance)
    {
        for (var i = instance.Code.Module.ImportedFunctionCount; i < instance.Code.Module.Functions.Length; i++)
        {
            if (instance.Code.BaselineCode(i) is { } baseline)
            {
                yield return baseline.Block;
            }

            if (instance.Code.OptimizedCode(i) is { } optimized)
            {
                yield return optimized.Block;
            }
        }
    }

    private static int RegionOf(CodeBlock block) => Space.Regions.TakeWhile(region => !region.Contains(block.Address)).Count();

    /// <summary>Takes all room there is in the first region, without writing anywhere.</summary>
    /// <param name="except">Bytes in a row that stay free.</param>
    private void FillFirstRegion(int except)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var kept = Space.Allocate(except);
        Assert.Equal(0, RegionOf(kept));
        for (var size = CodeSpace.DefaultRegionSize / 2; size >= CodeSpace.BlockAlignment; size /= 2)
        {
            CodeBlock block;
            while (RegionOf(block = Space.Allocate(size)) == 0)
            {
                _taken.Add(block);
            }

            Space.Abandon(block);
        }

        Space.Abandon(kept);
    }

    private void Release()
    {
        _taken.ForEach(Space.Abandon);
        _taken.Clear();
    }
}
