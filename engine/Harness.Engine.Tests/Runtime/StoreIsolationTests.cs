using Harness.Engine.Configuration;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Stores do not disturb one another, and leave nothing behind.</summary>
[Collection(nameof(StoreIsolationTests))]
[CollectionDefinition(nameof(StoreIsolationTests), DisableParallelization = true)] // Measures the memory of the process.
public sealed class StoreIsolationTests
{
    /// <summary>Keeps a tree of the last values and adds their sum up over and over.</summary>
    private const string Program = """
        (module
          (type $tree (struct (field $left (ref null $tree)) (field $right (ref null $tree)) (field $value (mut i32))))
          (type $trees (array (mut (ref null $tree))))
          (import "m" "same" (func $same (param externref) (result externref)))
          (memory 1)
          (global $trees (ref $trees) (array.new_default $trees (i32.const 16)))
          (func $grow (param $depth i32) (param $value i32) (result (ref $tree))
            (if (result (ref $tree)) (local.get $depth)
              (then
                (struct.new $tree
                  (call $grow (i32.sub (local.get $depth) (i32.const 1)) (i32.add (local.get $value) (i32.const 1)))
                  (call $grow (i32.sub (local.get $depth) (i32.const 1)) (i32.add (local.get $value) (i32.const 2)))
                  (local.get $value)))
              (else (struct.new $tree (ref.null $tree) (ref.null $tree) (local.get $value)))))
          (func $sum (param $tree (ref null $tree)) (result i32)
            (if (result i32) (ref.is_null (local.get $tree))
              (then (i32.const 0))
              (else
                (i32.add
                  (struct.get $tree $value (local.get $tree))
                  (i32.add
                    (call $sum (struct.get $tree $left (local.get $tree)))
                    (call $sum (struct.get $tree $right (local.get $tree))))))))
          (func (export "run") (param $count i32) (param $seed i32) (result i32) (local $i i32) (local $sum i32)
            (loop $next
              (array.set $trees (global.get $trees) (i32.and (local.get $i) (i32.const 15))
                (ref.cast (ref $tree)
                  (any.convert_extern
                    (call $same (extern.convert_any (call $grow (i32.const 6) (i32.add (local.get $seed) (local.get $i))))))))
              (local.set $sum
                (i32.add
                  (i32.mul (local.get $sum) (i32.const 31))
                  (call $sum
                    (array.get $trees (global.get $trees)
                      (i32.and (i32.mul (local.get $i) (i32.const 7)) (i32.const 15))))))
              (br_if $next (i32.lt_s (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $count))))
            (local.get $sum)))
        """;

    private static readonly Imports Imports = new Imports().Define("m", "same", (_, arguments, results) => results[0] = arguments[0]);

    [Theory]
    [InlineData(TierUpMode.Never, 0, false)]
    [InlineData(TierUpMode.Synchronous, 50, false)]
    [InlineData(TierUpMode.Background, 0, false)]
    [InlineData(TierUpMode.Background, 50, true)]
    public async Task StoresOnDifferentThreadsCollectForThemselves(TierUpMode tierUp, int gcInterval, bool shareCode)
    {
        var module = HandCompiler.Module(Program);
        var options = EngineOptions.Default with
        {
            TierUp = tierUp, TieringBudget = 20_000, StressGcInterval = gcInterval, HeapNurserySize = 256, HeapMinimumThreshold = 1,
        };
        using var shared = new WasmEngine(options);
        var count = gcInterval > 0 ? 100 : 1000;
        int[] expected = [.. Enumerable.Range(0, 4).Select(seed => Reference(count, seed))];
        var results = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(seed => Task.Factory.StartNew(() => Run(seed), TaskCreationOptions.LongRunning)));

        for (var seed = 0; seed < 4; seed++)
        {
            Assert.All(results[seed], result => Assert.Equal(expected[seed], result));
        }

        int[] Run(int seed)
        {
            var sums = new int[3];
            for (var i = 0; i < sums.Length; i++)
            {
                using var store = shareCode ? new Store(shared) : new Store(options);
                sums[i] = store.Instantiate(module, Imports).GetFunction("run").Invoke(count, seed)[0].AsI32();
                Assert.True(store.HeapStatistics.YoungCollections > 0);
            }

            return sums;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void DisposedStoresLeaveNoMemoryBehind(bool shareCode)
    {
        var module = HandCompiler.Module(Program);
        using var shared = new WasmEngine();
        RunAndDispose(100);
        var before = ProcessMemory();
        RunAndDispose(1000);
        Assert.InRange(ProcessMemory() - before, long.MinValue, 100L << 20);

        void RunAndDispose(int stores)
        {
            for (var i = 0; i < stores; i++)
            {
                using var store = shareCode ? new Store(shared) : new Store();
                Assert.Equal(Reference(3, i), store.Instantiate(module, Imports).GetFunction("run").Invoke(3, i)[0].AsI32());
            }

            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    /// <summary>Bytes of memory that the process has, but for the heap of .NET.</summary>
    private static long ProcessMemory()
    {
        var pages = File.ReadAllText("/proc/self/statm").Split(' ')[1];
        return (long.Parse(pages, System.Globalization.CultureInfo.InvariantCulture) * Environment.SystemPageSize) - GC.GetGCMemoryInfo().TotalCommittedBytes;
    }

    private static int Reference(int count, int seed)
    {
        var sums = new int[16];
        var sum = 0;
        for (var i = 0; i < count; i++)
        {
            sums[i & 15] = Sum(6, seed + i);
            sum = (sum * 31) + sums[i * 7 & 15];
        }

        return sum;
    }

    private static int Sum(int depth, int value) => depth == 0 ? value : value + Sum(depth - 1, value + 1) + Sum(depth - 1, value + 2);
}
