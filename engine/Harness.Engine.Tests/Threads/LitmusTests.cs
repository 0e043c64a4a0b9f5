using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.Tests.Runtime;

namespace Harness.Engine.Tests.Threads;

/// <summary>
/// The classic litmus tests (Alglave, Maranget, Tautschnig, "Herding Cats", TOPLAS 2014) on real threads: no outcome that the memory model
/// forbids may be seen. Each thread goes through many pairs of locations, all of them zero at first.
/// </summary>
public sealed class LitmusTests
{
    private const int Iterations = 12_000;
    private const int Rounds = 8;
    private const int Stride = 128;
    private const int ResultBytes = 16;
    private const int Results = 64 + (Iterations * Stride);
    private const int Pages = ((Results + (Iterations * ResultBytes)) / MemoryType.UsualPageSize) + 1;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Bodies of threads over the locations $x and $y, with results at $r, and what is forbidden of the four results.</summary>
    private static readonly Dictionary<string, (string[] Threads, Func<int[], bool> IsForbidden)> Tests = new()
    {
        ["message passing"] = (
            [
                "(i32.atomic.store (local.get $x) (i32.const 1)) (i32.atomic.store (local.get $y) (i32.const 1))",
                "(i32.store (local.get $r) (i32.atomic.load (local.get $y))) (i32.store offset=4 (local.get $r) (i32.atomic.load (local.get $x)))",
            ],
            results => results is [1, 0, ..]),
        ["message passing, data not atomic"] = (
            [
                "(i32.store (local.get $x) (i32.const 1)) (i32.atomic.store (local.get $y) (i32.const 1))",
                "(i32.store (local.get $r) (i32.atomic.load (local.get $y))) (i32.store offset=4 (local.get $r) (i32.load (local.get $x)))",
            ],
            results => results is [1, 0, ..]),
        ["message passing, by exchanges of bytes"] = (
            [
                "(i64.store (local.get $x) (i64.const 1)) (drop (i32.atomic.rmw8.xchg_u (local.get $y) (i32.const 1)))",
                "(i32.store (local.get $r) (i32.atomic.rmw8.or_u (local.get $y) (i32.const 0))) (i32.store offset=4 (local.get $r) (i32.wrap_i64 (i64.load (local.get $x))))",
            ],
            results => results is [1, 0, ..]),
        ["store buffering"] = (
            [
                "(i32.atomic.store (local.get $x) (i32.const 1)) (i32.store (local.get $r) (i32.atomic.load (local.get $y)))",
                "(i32.atomic.store (local.get $y) (i32.const 1)) (i32.store offset=4 (local.get $r) (i32.atomic.load (local.get $x)))",
            ],
            results => results is [0, 0, ..]),
        ["store buffering, with fences"] = (
            [
                "(i32.store (local.get $x) (i32.const 1)) (atomic.fence) (i32.store (local.get $r) (i32.load (local.get $y)))",
                "(i32.store (local.get $y) (i32.const 1)) (atomic.fence) (i32.store offset=4 (local.get $r) (i32.load (local.get $x)))",
            ],
            results => results is [0, 0, ..]),
        ["store buffering, by operations in a loop"] = (
            [
                "(drop (i32.atomic.rmw16.xor_u (local.get $x) (i32.const 1))) (i32.store (local.get $r) (i32.load (local.get $y)))",
                "(drop (i32.atomic.rmw16.xor_u (local.get $y) (i32.const 1))) (i32.store offset=4 (local.get $r) (i32.load (local.get $x)))",
            ],
            results => results is [0, 0, ..]),
        ["load buffering"] = (
            [
                "(i32.store (local.get $r) (i32.atomic.load (local.get $x))) (i32.atomic.store (local.get $y) (i32.const 1))",
                "(i32.store offset=4 (local.get $r) (i32.atomic.load (local.get $y))) (i32.atomic.store (local.get $x) (i32.const 1))",
            ],
            results => results is [1, 1, ..]),
        ["independent reads of independent writes"] = (
            [
                "(i32.atomic.store (local.get $x) (i32.const 1))",
                "(i32.atomic.store (local.get $y) (i32.const 1))",
                "(i32.store (local.get $r) (i32.atomic.load (local.get $x))) (i32.store offset=4 (local.get $r) (i32.atomic.load (local.get $y)))",
                "(i32.store offset=8 (local.get $r) (i32.atomic.load (local.get $y))) (i32.store offset=12 (local.get $r) (i32.atomic.load (local.get $x)))",
            ],
            results => results is [1, 0, 1, 0]),
        ["one of two increments comes first"] = (
            [
                "(i32.store (local.get $r) (i32.atomic.rmw.add (local.get $x) (i32.const 1)))",
                "(i32.store offset=4 (local.get $r) (i32.atomic.rmw.cmpxchg (local.get $x) (i32.const 0) (i32.const 2)))",
            ],
            results => (results[0], results[1]) is not ((0, 1) or (2, 0))),
    };

    public static TheoryData<string, TierUpMode> Runs
    {
        get
        {
            var runs = new TheoryData<string, TierUpMode>();
            foreach (var name in Tests.Keys)
            {
                runs.Add(name, TierUpMode.Never);
                runs.Add(name, TierUpMode.Eager);
            }

            return runs;
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task ForbiddenOutcomesAreNotSeen(string name, TierUpMode tierUp)
    {
        var (threads, isForbidden) = Tests[name];
        var module = HandCompiler.Module(ModuleOf(threads));
        using var engine = new WasmEngine(new EngineOptions { TierUp = tierUp });
        using var memory = new SharedMemory(new MemoryType(new Limits(Pages, Pages), Is64: false, IsShared: true));
        using var observer = new Store(engine);
        var seen = memory.In(observer);
        var forbidden = 0;
        var outcomes = new HashSet<string>();
        using var barrier = new Barrier(threads.Length, phase =>
        {
            if (phase.CurrentPhaseNumber % 2 == 0)
            {
                seen.Span(0, Pages * MemoryType.UsualPageSize).Clear();
            }
            else
            {
                Look();
            }
        });
        await Task.WhenAll(threads.Select((_, thread) => Task.Factory.StartNew(() => Run(thread), TaskCreationOptions.LongRunning)));
        Assert.True(forbidden == 0, $"{forbidden} forbidden outcomes; all outcomes: {string.Join("; ", outcomes)}");
        Assert.NotEmpty(outcomes);

        void Run(int thread)
        {
            using var store = new Store(engine);
            var run = store.Instantiate(module, new Imports().Define("m", "memory", memory)).GetFunction($"thread{thread}");
            for (var i = 0; i < Rounds; i++)
            {
                Assert.True(barrier.SignalAndWait(Patience), "a thread is missing");
                run.Invoke();
                Assert.True(barrier.SignalAndWait(Patience), "a thread is missing");
            }
        }

        void Look()
        {
            for (var i = 0; i < Iterations; i++)
            {
                int[] results = [.. Enumerable.Range(0, 4).Select(j => seen.Read<int>((ulong)(Results + (i * ResultBytes) + (j * sizeof(int)))))];
                if (isForbidden(results))
                {
                    forbidden++;
                }

                outcomes.Add(string.Join(' ', results));
            }
        }
    }

    /// <summary>A function for each thread, which meets the others at word 0, as long as they come soon, and then goes through all locations.</summary>
    private static string ModuleOf(string[] threads) => $"""
        (module
          (import "m" "memory" (memory {Pages} {Pages} shared))
          (func $meet (local $left i32)
            (local.set $left (i32.const 200000))
            (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
            (block $done
              (loop $wait
                (br_if $done (i32.ge_u (i32.atomic.load (i32.const 0)) (i32.const {threads.Length})))
                (br_if $wait (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))))
          {string.Concat(threads.Select(FunctionOf))})
        """;

    private static string FunctionOf(string body, int thread) => $"""
        (func (export "thread{thread}") (local $x i32) (local $y i32) (local $r i32)
          (call $meet)
          (local.set $x (i32.const 64))
          (local.set $r (i32.const {Results}))
          (loop $next
            (local.set $y (i32.add (local.get $x) (i32.const 64)))
            {body}
            (local.set $r (i32.add (local.get $r) (i32.const {ResultBytes})))
            (br_if $next (i32.lt_u (local.tee $x (i32.add (local.get $x) (i32.const {Stride}))) (i32.const {Results})))))
        """;
}
