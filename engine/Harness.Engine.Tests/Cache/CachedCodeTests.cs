using System.Runtime.CompilerServices;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Cache;

/// <summary>What comes out of the cache is what would have been compiled, byte for byte, and gives the same.</summary>
public sealed class CachedCodeTests : IDisposable
{
    /// <summary>Each of these is in code as something that a process has of its own, or has a side table of its own.</summary>
    internal const string Everything =
        """
        (module
          (rec (type $animal (sub (struct (field i32)))) (type $dog (sub $animal (struct (field i32) (field i64)))))
          (type $bytes (array (mut i8)))
          (type $vectors (array (mut v128)))
          (type $wide (array (mut i64)))
          (type $unary (sub (func (param i32) (result i32))))
          (type $leaf (sub final $unary (func (param i32) (result i32))))
          (import "m" "host" (func $host (param i32) (result i32)))
          (memory 1 2)
          (memory $shared 1 2 shared)
          (tag $tag (param i32))
          (table $functions 3 funcref)
          (elem (i32.const 0) func $square $leaf $host)
          (data $text "some text of bytes")
          (elem declare func $square)
          (func $square (type $unary) (i32.mul (local.get 0) (local.get 0)))
          (func $leaf (type $leaf) (i32.add (local.get 0) (i32.const 1)))
          (func $indirect (param i32) (result i32)
            (i32.add
              (call_indirect $functions (type $unary) (local.get 0) (i32.const 0))
              (call_indirect $functions (type $leaf) (local.get 0) (i32.const 1))))
          (func $objects (param i32) (result i32)
            (local $animal (ref null $animal))
            (local.set $animal (struct.new $dog (local.get 0) (i64.const 3)))
            (i32.add
              (ref.test (ref $dog) (local.get $animal))
              (i32.add
                (struct.get $dog 0 (ref.cast (ref $dog) (local.get $animal)))
                (i32.add
                  (array.len (array.new_default $wide (i32.add (local.get 0) (i32.const 5000))))
                  (array.get_u $bytes (array.new_data $bytes $text (i32.const 0) (i32.const 9)) (local.get 0))))))
          (func $vector (param i32) (result i32)
            (local $sum v128)
            (local.set $sum (i32x4.add (i32x4.splat (local.get 0)) (v128.const i32x4 1 2 3 4)))
            (i32.add
              (i32x4.extract_lane 3 (local.get $sum))
              (i32x4.extract_lane 1 (array.get $vectors (array.new $vectors (local.get $sum) (i32.const 3)) (i32.const 2)))))
          (func $throw (param i32) (throw $tag (i32.add (local.get 0) (i32.const 100))))
          (func $catch (param i32) (result i32)
            (block $caught (result i32)
              (try_table (catch $tag $caught) (call $throw (local.get 0)))
              (i32.const -1)))
          (func $atomic (param i32) (result i32)
            (drop (i32.atomic.rmw.add $shared (i32.const 8) (local.get 0)))
            (i32.add (i32.atomic.load $shared (i32.const 8)) (memory.atomic.notify $shared (i32.const 8) (i32.const 1))))
          (func $floats (param i32) (result i32)
            (i32.trunc_sat_f64_s (f64.sqrt (f64.max (f64.convert_i32_s (local.get 0)) (f64.const 1234.5)))))
          (func $switch (param i32) (result i32)
            (block $two (block $one (block $zero (br_table $zero $one $two (local.get 0))) (return (i32.const 10))) (return (i32.const 20)))
            (i32.const 30))
          (func $memory (param i32) (result i32)
            (i32.store (local.get 0) (call $host (local.get 0)))
            (i32.add (i32.load (local.get 0)) (memory.grow (i32.const 0))))
          (func $tail (param i32 i32) (result i32)
            (if (result i32) (local.get 0)
              (then (return_call $tail (i32.sub (local.get 0) (i32.const 1)) (i32.add (local.get 1) (i32.const 2))))
              (else (local.get 1))))
          (func (export "main") (param $n i32) (result i32)
            (local $i i32) (local $sum i32)
            (loop $next
              (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 31))
                (i32.add (call $indirect (local.get $i))
                  (i32.add (call $objects (local.get $i))
                    (i32.add (call $vector (local.get $i))
                      (i32.add (call $catch (local.get $i))
                        (i32.add (call $atomic (local.get $i))
                          (i32.add (call $floats (local.get $i))
                            (i32.add (call $switch (local.get $i))
                              (i32.add (call $memory (local.get $i)) (call $tail (local.get $i) (i32.const 0))))))))))))
              (local.set $i (i32.add (local.get $i) (i32.const 1)))
              (br_if $next (i32.lt_u (local.get $i) (local.get $n))))
            (local.get $sum))
          (func (export "trap") (param i32) (result i32)
            (i32.load (i32.const 0x7fffffff)))
          (func (export "divide") (param i32) (result i32)
            (i32.div_s (local.get 0) (i32.const 0))))
        """;

    private readonly CacheFolder _folder = new();

    public static TheoryData<string> Workloads => [.. RepositoryFiles.Workloads];

    public static TheoryData<string> Configurations =>
    [
        "tier-up=never",
        "tier-up=synchronous stress.tier-up-after=2",
        "tier-up=synchronous stress.tier-up-after=2 stress.guard-fail-interval=1",
        "tier-up=synchronous stress.tier-up-after=2 stress.gc-interval=1",
        "tier-up=synchronous stress.tier-up-after=2 osr=on",
        "tier-up=eager",
        "tier-up=never memory.guard-pages=off",
        "tier-up=never interrupt.epochs=on interrupt.fuel=on",
        "tier-up=never layout.seed=7",
    ];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Workloads))]
    public void EveryFunctionOfAWorkloadComesOutAsItIsCompiled(string workload) =>
        AssertSameCode(WasmModule.FromFile(RepositoryFiles.Workload(workload), BuiltinSets.JsString), EngineOptions.Default);

    [Theory]
    [MemberData(nameof(Configurations))]
    public void WhateverIsInCodeComesOutAsItIsCompiled(string knobs) => AssertSameCode(WasmModule.Decode(WatAssembler.Assemble(Everything)), Options(knobs));

    [Theory]
    [MemberData(nameof(Configurations))]
    public void ProgramsGiveTheSameWithCachedCode(string knobs)
    {
        var plain = Options(knobs);
        var cached = _folder.With(plain);
        var hits = 0;
        var deopts = 0;
        foreach (var workload in RepositoryFiles.Workloads)
        {
            var module = Bytes(WasmModule.FromFile(RepositoryFiles.Workload(workload), BuiltinSets.JsString));
            if (WasmModule.Decode(module, BuiltinSets.JsString).Imports.Length > 0)
            {
                continue;
            }

            var expected = CacheFolder.Run(module, plain).Outcome;
            var (cold, first) = CacheFolder.Run(module, cached);
            Assert.Equal((workload, expected), (workload, cold));
            Assert.Equal((workload, 0, 0, 0), (workload, first.CacheHits, first.CacheOptimizedHits, first.CacheUnnamed));
            Assert.Equal(first.BaselineFunctions, first.CacheMisses);
            var (warm, second) = CacheFolder.Run(module, cached);
            Assert.Equal((workload, expected), (workload, warm));
            Assert.Equal(second.BaselineFunctions, second.CacheMisses);
            hits += second.CacheHits + second.CacheOptimizedHits;
            deopts += second.StressDeopts;
            if (plain.TierUp == TierUpMode.Never)
            {
                Assert.Equal((workload, 0, first.CacheMisses), (workload, second.CacheMisses, second.CacheHits));
            }
        }

        Assert.True(hits > 100, $"{hits} functions came out of the cache");
        if (plain.StressGuardFailInterval > 0)
        {
            Assert.True(deopts > 20, $"{deopts} deopts");
        }
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void AllKindsOfInstructionsGiveTheSameWithCachedCode(string knobs)
    {
        var plain = Options(knobs);
        var module = WatAssembler.Assemble(Everything);
        foreach (var function in (ReadOnlySpan<string>)["main", "trap", "divide"])
        {
            var expected = CacheFolder.Run(module, plain, function, Host).Outcome;
            CacheFolder.Run(module, _folder.With(plain), function, Host);
            var (warm, statistics) = CacheFolder.Run(module, _folder.With(plain), function, Host);
            Assert.Equal(expected, warm);
            Assert.NotEqual(0, statistics.CacheHits + statistics.CacheOptimizedHits);
        }
    }

    /// <summary>The types of a module that comes again have other ids, which its code has to have as well.</summary>
    [Fact]
    public void TypesHaveTheIdsOfTheProcess()
    {
        var module = WatAssembler.Assemble(
            """
            (module
              (type $own (sub (struct (field i8) (field i64) (field i8) (field i16) (field f32) (field i8) (field i8))))
              (type $list (array (mut (ref null $own))))
              (func $make (result (ref $own)) (struct.new_default $own))
              (func (export "main") (param i32) (result i32)
                (i32.add
                  (ref.test (ref $own) (array.get $list (array.new $list (call $make) (i32.const 3)) (i32.const 1)))
                  (i32.mul (i32.const 10) (ref.test (ref $list) (call $make))))))
            """);
        var options = _folder.With(EngineOptions.Default with { TierUp = TierUpMode.Never });
        var first = RunAndDrop(module, options, expectedHits: 0);
        for (var tries = 0; tries < 20; tries++)
        {
            for (var i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            if (RunAndDrop(module, options, expectedHits: 2) != first)
            {
                return;
            }
        }

        Assert.Fail("the types were never dropped");
    }

    [Fact]
    public void CodeForListingsIsCompiled()
    {
        var module = WatAssembler.Assemble(Everything);
        var options = _folder.With(EngineOptions.Default with { TierUp = TierUpMode.Never });
        CacheFolder.Run(module, options, "main", Host);
        using var engine = new WasmEngine(options);
        engine.Events.RequestListings();
        using var store = new Store(engine);
        var instance = store.Instantiate(engine.Decode(module), Host(store));
        CacheFolder.OutcomeOf(instance, "main");
        var main = instance.Module.FindExport("main")!.Index;
        Assert.NotNull(instance.Code.BaselineCode(main)!.SourceMap);
        Assert.Equal((0, 0), (engine.Statistics.CacheHits, engine.Statistics.CacheMisses));
    }

    private static Imports Host(Store store) => new Imports().Define("m", "host", HostFunction.Create((int x) => x + 7));

    private static EngineOptions Options(string knobs) => EngineOptions.Default.WithKnobs(knobs);

    private static byte[] Bytes(WasmModule module) => module.Bytes.ToArray();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int RunAndDrop(byte[] bytes, EngineOptions options, int expectedHits)
    {
        using var engine = new WasmEngine(options);
        var module = engine.Decode(bytes);
        using var store = new Store(engine);
        Assert.Equal("1", CacheFolder.OutcomeOf(store.Instantiate(module), "main"));
        Assert.Equal((expectedHits, 2 - expectedHits), (engine.Statistics.CacheHits, engine.Statistics.CacheMisses));
        return module.CanonicalTypeIds[0];
    }

    /// <summary>Compiles all functions into the cache in one engine, and compares them in another with what it compiles itself.</summary>
    private void AssertSameCode(WasmModule module, EngineOptions options)
    {
        var functions = 0;
        using (var engine = new WasmEngine(_folder.With(options)))
        {
            var code = engine.CodeOf(module);
            for (var i = module.ImportedFunctionCount; i < module.Functions.Length; i++, functions++)
            {
                var compiled = engine.BaselineCompiler.Compile(code, i);
                engine.Cache!.Keep(code, compiled);
                NativeRuntime.CodeSpace.Free(compiled.Block);
            }
        }

        using var later = new WasmEngine(_folder.With(options));
        var again = later.Decode(module.Bytes, module.BuiltinSets);
        var owner = later.CodeOf(again);
        for (var i = again.ImportedFunctionCount; i < again.Functions.Length; i++)
        {
            var found = later.Cache!.Find(owner, i);
            Assert.NotNull(found);
            var compiled = later.BaselineCompiler.Compile(owner, i);
            CodeComparison.AssertSame(compiled, found);
            NativeRuntime.CodeSpace.Free(compiled.Block);
            NativeRuntime.CodeSpace.Free(found.Block);
        }

        Assert.Equal((functions, 0), (later.Cache!.Hits, later.Cache!.Misses));
    }
}
