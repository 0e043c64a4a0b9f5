using Harness.Engine.Configuration;
using Harness.Engine.Deoptimization;
using Harness.Engine.Feedback;
using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Decoding;
using Harness.Engine.Modules.Text;
using Harness.Engine.Optimizer;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Cache;

/// <summary>Code that was compiled for types under other ids, written down and read back is what is compiled, byte for byte, in either tier.</summary>
public sealed class RoundTripTests
{
    /// <summary>Whatever mentions a type in optimized code, each in a function of its own, with objects that a deopt has to make.</summary>
    private const string Mentions =
        """
        (module
          (rec (type $animal (sub (struct (field i32)))) (type $dog (sub $animal (struct (field i32) (field i64)))) (type $cat (sub final $animal (struct (field i32)))))
          (type $bytes (array (mut i8)))
          (type $numbers (array (mut i32)))
          (type $vectors (array (mut v128)))
          (type $functions (array funcref))
          (type $unary (sub (func (param i32) (result i32))))
          (type $leaf (sub final $unary (func (param i32) (result i32))))
          (table $table 4 funcref)
          (elem (table $table) (i32.const 0) func $square $next $double)
          (elem $list func $square $next)
          (elem declare func $square $next $double)
          (data $text "some text of bytes")
          (func $square (type $unary) (i32.mul (local.get 0) (local.get 0)))
          (func $next (type $leaf) (i32.add (local.get 0) (i32.const 1)))
          (func $double (type $unary) (i32.shl (local.get 0) (i32.const 1)))
          (func $exact_call (param i32) (result i32) (call_indirect $table (type $leaf) (local.get 0) (i32.const 1)))
          (func $subtype_call (param i32 i32) (result i32) (call_indirect $table (type $unary) (local.get 0) (i32.rem_u (local.get 1) (i32.const 3))))
          (func $make (param i32) (result (ref $animal))
            (if (result (ref $animal)) (i32.and (local.get 0) (i32.const 1))
              (then (struct.new $dog (local.get 0) (i64.const 3)))
              (else (struct.new $cat (local.get 0)))))
          (func $display_test (param (ref null $animal)) (result i32) (ref.test (ref $dog) (local.get 0)))
          (func $exact_test (param (ref null $animal)) (result i32) (ref.test (ref $cat) (local.get 0)))
          (func $branch_on_type (param anyref) (result i32)
            (block $no (result anyref) (return (struct.get $dog 0 (br_on_cast_fail $no anyref (ref $dog) (local.get 0)))))
            (ref.test (ref $cat)))
          (func $cast (param anyref) (result i32) (struct.get $animal 0 (ref.cast (ref $animal) (local.get 0))))
          (func $function_test (param funcref) (result i32) (i32.add (ref.test (ref $leaf) (local.get 0)) (i32.shl (ref.test (ref $unary) (local.get 0)) (i32.const 1))))
          (func $from_data (param i32) (result i32) (array.get_u $bytes (array.new_data $bytes $text (i32.const 1) (i32.const 9)) (i32.rem_u (local.get 0) (i32.const 9))))
          (func $from_elements (param i32) (result i32) (call $function_test (array.get $functions (array.new_elem $functions $list (i32.const 0) (i32.const 2)) (i32.and (local.get 0) (i32.const 1)))))
          (func $array (param i32) (result i32) (array.len (array.new $numbers (local.get 0) (i32.add (local.get 0) (i32.const 3)))))
          (func $large_array (param i32) (result i32) (array.get $numbers (array.new $numbers (local.get 0) (i32.add (local.get 0) (i32.const 100000))) (i32.const 50000)))
          (func $vector_array (param i32) (result i32)
            (i32x4.extract_lane 1 (array.get $vectors (array.new $vectors (i32x4.splat (local.get 0)) (i32.add (local.get 0) (i32.const 30))) (i32.const 20))))
          (func $virtual (param i32 i32) (result i32)
            (local $animal (ref $dog))
            (local.set $animal (struct.new $dog (local.get 0) (i64.const 40)))
            (i32.add (call $subtype_call (local.get 0) (local.get 1))
              (i32.add (struct.get $dog 0 (local.get $animal)) (i32.wrap_i64 (struct.get $dog 1 (local.get $animal))))))
          (func (export "main") (param $n i32) (result i32)
            (local $i i32) (local $sum i32) (local $animal (ref null $animal))
            (loop $again
              (local.set $animal (call $make (local.get $i)))
              (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 31))
                (i32.add (call $exact_call (local.get $i)) (i32.add (call $subtype_call (local.get $i) (i32.shr_u (local.get $i) (i32.const 2)))
                (i32.add (call $display_test (local.get $animal)) (i32.add (call $exact_test (local.get $animal))
                (i32.add (call $branch_on_type (local.get $animal)) (i32.add (call $cast (local.get $animal))
                (i32.add (call $from_data (local.get $i)) (i32.add (call $from_elements (local.get $i))
                (i32.add (call $array (local.get $i)) (i32.add (call $large_array (local.get $i))
                (i32.add (call $vector_array (local.get $i)) (call $virtual (local.get $i) (i32.shr_u (local.get $i) (i32.const 3))))))))))))))))
              (local.set $i (i32.add (local.get $i) (i32.const 1)))
              (br_if $again (i32.lt_u (local.get $i) (i32.add (local.get $n) (i32.const 40)))))
            (local.get $sum)))
        """;

    private static readonly EngineOptions RoundTrips = EngineOptions.Default with { TierUp = TierUpMode.Synchronous, StressCacheRoundTrip = true };

    public static TheoryData<string> Workloads => [.. RepositoryFiles.Workloads];

    public static TheoryData<string> Configurations =>
    [
        "tier-up=never",
        "tier-up=eager",
        "tier-up=synchronous stress.tier-up-after=2",
        "tier-up=synchronous stress.tier-up-after=2 stress.guard-fail-interval=1",
        "tier-up=synchronous stress.tier-up-after=2 stress.guard-fail-interval=3 stress.gc-interval=1",
        "tier-up=synchronous tiering.budget=300 osr=on stress.guard-fail-interval=3",
        "tier-up=synchronous stress.tier-up-after=3 deopt=off",
        "tier-up=synchronous stress.tier-up-after=3 inlining=off",
        "tier-up=synchronous stress.tier-up-after=3 stress.code-regions=3 layout.seed=5",
        "tier-up=background tiering.budget=200 interrupt.epochs=on interrupt.fuel=on",
    ];

    [Theory]
    [MemberData(nameof(Workloads))]
    public void EveryFunctionOfAWorkloadComesBackAsItIsCompiled(string workload) =>
        CompareAll(WasmModule.FromFile(RepositoryFiles.Workload(workload), BuiltinSets.JsString));

    [Fact]
    public void WhateverIsInCodeComesBackAsItIsCompiled()
    {
        var all = CompareAll(WasmModule.Decode(WatAssembler.Assemble(Mentions)));
        CodeReference[] references = [.. all.SelectMany(code => code.References!)];
        Assert.Contains(references, reference => reference.Kind == CodeReferenceKind.Stub);
        Assert.Contains(references, reference => reference.Kind == CodeReferenceKind.Type);
        if (TypeDisplays.TryGetDisplacement(out _))
        {
            Assert.Contains(references, reference => reference.Kind == CodeReferenceKind.TypeDisplays);
        }

        DeoptPoint[] points = [.. all.SelectMany(code => code.DeoptData?.Points ?? [])];
        Assert.Contains(points, point => point.Objects.Length > 0);
        Assert.Contains(points, point => point.Frames.Length > 1);
        Assert.Contains(all, code => code.InliningPositions.Length > 1);
        CompareAll(
            WasmModule.Decode(WatAssembler.Assemble(CachedCodeTests.Everything)),
            new Imports().Define("m", "host", HostFunction.Create((int x) => x + 7)));
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void ProgramsGiveTheSame(string knobs)
    {
        var plain = EngineOptions.Default.WithKnobs(knobs);
        var mentions = WatAssembler.Assemble(Mentions);
        foreach (var module in RepositoryFiles.Workloads.Select(workload => WasmModule.FromFile(RepositoryFiles.Workload(workload), BuiltinSets.JsString).Bytes.ToArray()).Prepend(mentions))
        {
            if (WasmModule.Decode(module, BuiltinSets.JsString).Imports.Length > 0)
            {
                continue;
            }

            var expected = CacheFolder.Run(module, plain).Outcome;
            var (outcome, statistics) = CacheFolder.Run(module, plain with { StressCacheRoundTrip = true });
            Assert.Equal(expected, outcome);
            Assert.Equal(0, statistics.CacheHits + statistics.CacheMisses + statistics.CacheUnnamed);
        }
    }

    /// <summary>What is compared here, and used under stress, is made for other ids.</summary>
    [Fact]
    public void TypesOfACopyHaveOtherIds()
    {
        var module = WasmModule.Decode(WatAssembler.Assemble(Mentions));
        var copy = ModuleDecoder.DecodeCopy(ModuleDecoder.Copy(module.Bytes), BuiltinSets.None, validationThreads: 1, module.Hash, ValidatedBodies.Of(module), typeRealm: 1);
        Assert.Equal(module.CanonicalTypeIds.Length, copy.CanonicalTypeIds.Length);
        Assert.Empty(module.CanonicalTypeIds.Intersect(copy.CanonicalTypeIds));
        Assert.All(copy.CanonicalTypeIds, id => Assert.NotNull(TypeRegistry.Get(id)));
        GC.KeepAlive(module);
        GC.KeepAlive(copy);
    }

    /// <summary>Compiles all functions with what the module has learnt when it ran, as they are and with a round trip.</summary>
    private static List<CompiledCode> CompareAll(WasmModule module, Imports? imports = null)
    {
        using var engine = new WasmEngine(RoundTrips);
        using var compiler = new OptimizingCompiler(engine.Options);
        using var store = new Store(engine);
        var code = engine.CodeOf(module);
        IFeedbackSource feedback = NoFeedback.Instance;
        if (imports is not null || module.Imports.Length == 0)
        {
            var instance = store.Instantiate(module, imports ?? new Imports());
            CacheFolder.OutcomeOf(instance, "main");
            feedback = new FeedbackSnapshot(instance);
        }

        var all = new List<CompiledCode>();
        for (var i = module.ImportedFunctionCount; i < module.Functions.Length; i++)
        {
            CompiledCode expected;
            try
            {
                expected = compiler.Compile(code, i, feedback, allowDeopt: true);
            }
            catch (NotSupportedException)
            {
                Assert.Throws<NotSupportedException>(() => engine.OptimizingCompiler.Compile(code, i, feedback, allowDeopt: true));
                continue;
            }

            var actual = engine.OptimizingCompiler.Compile(code, i, feedback, allowDeopt: true);
            CodeComparison.AssertSame(expected, actual);
            NativeRuntime.CodeSpace.Free(expected.Block);
            NativeRuntime.CodeSpace.Free(actual.Block);
            all.Add(actual);
        }

        return all;
    }

    private sealed class NoFeedback : IFeedbackSource
    {
        public static NoFeedback Instance { get; } = new();

        public FunctionFeedback? FeedbackOf(int functionIndex) => null;

        public long WorkOf(int functionIndex) => 0;

        public int DeoptsAt(int bytecodeOffset) => 0;
    }
}
