using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;
using Harness.Engine.Tests.Baseline;
using Harness.Engine.Tests.Optimizer.CodeGeneration;
using Harness.Engine.X64;
using static Harness.Engine.Tests.Vectors.VectorPrograms;

namespace Harness.Engine.Tests.Vectors;

/// <summary>
/// Programs in which vectors are alive where optimized code does something to its values: in the frame and in registers, across calls, collections
/// and exceptions, in objects, where it is left and where it is entered. Results are those of baseline code.
/// </summary>
public sealed class VectorProgramTests
{
    public static TheoryData<string> Names => [.. Programs.Select(program => program.Name)];

    /// <summary>Knobs under which a program gives the same, most of them to make something happen often.</summary>
    private static readonly string[][] Configurations =
    [
        ["tier-up=synchronous", "stress.tier-up-after=2"],
        ["tier-up=synchronous", "stress.tier-up-after=1", "stress.guard-fail-interval=2", "stress.gc-interval=3"],
        ["tier-up=synchronous", "stress.tier-up-after=2", "stress.guard-fail-interval=3", "vectors.avx=off", "pass.escape-analysis=off"],
        ["tier-up=synchronous", "tiering.budget=1", "osr=on", "stress.guard-fail-interval=3"],
        ["tier-up=synchronous", "tiering.budget=40", "osr=on", "inlining=off", "stress.gc-interval=2", "vectors.avx=off"],
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void ResultsAreThoseOfBaselineCode(string name)
    {
        var text = Common + Programs.First(program => program.Name == name).Text;
        int[] arguments = [1, 2, 3, 8, 13, 20, 1, 2, 3, 8, 13, 20];
        long[] expected;
        using (var baseline = new BaselineRun(text))
        {
            expected = [.. arguments.Select(n => baseline.Call("f", n).AsI64())];
        }

        foreach (var knobs in (string[][])
                 [[], ["vectors.avx=off"], ["inlining=off"], ["inlining=off", "vectors.avx=off", "compile.live-blocks=0"], ["memory.guard-pages=off", "pass.gvn=off"],
                  ["pass.licm=off", "pass.peel=off", "pass.unroll=off", "pass.escape-analysis=off", "stress.gc-interval=1"]])
        {
            using var run = new OptimizedRun(text, knobs);
            Assert.Equal(expected, arguments.Select(n => run.Call("f", n).AsI64()));
        }

        foreach (var knobs in Configurations)
        {
            using var engine = new WasmEngine(OptionsOf(knobs));
            using var store = new Store(engine);
            var f = store.Instantiate(WasmModule.Decode(WatAssembler.Assemble($"(module {text})"))).GetFunction("f");
            Assert.Equal(expected, arguments.Select(n => f.Invoke(n)[0].AsI64()));
            Assert.Equal(0, engine.Statistics.FailedCompilations);
            Assert.True(engine.Statistics.OptimizedFunctions > 0, $"{name}: nothing was optimized");
        }
    }

    /// <summary>
    /// Relaxed sums of products are rounded once or twice, as the knobs say, and in both tiers alike: where a loop is entered and left by deopts
    /// too. What is added is a parameter of the loop, a constant, or also multiplied.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(true, "vectors.avx2=off")]
    [InlineData(false, "vectors.fma=off")]
    [InlineData(false, "vectors.avx=off")]
    public void RelaxedSumsAreRoundedAlikeInBothTiers(bool fuses, params string[] knobs)
    {
        const string text =
            """
            (func (export "f") (param $n i32) (result i64)
              (local $sum v128) (local $x v128)
              (local.set $x (f64x2.splat (f64.const 1.000000001)))
              (loop $next
                (local.set $sum (f64x2.relaxed_madd (local.get $x) (local.get $x) (local.get $sum)))
                (local.set $sum (f64x2.relaxed_nmadd (local.get $sum) (v128.const f64x2 0.1 0.1) (local.get $sum)))
                (local.set $x (f64x2.relaxed_madd (local.get $x) (v128.const f64x2 0.3 0.3) (v128.const f64x2 0.7 0.7)))
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (i64.xor (i64x2.extract_lane 0 (local.get $sum)) (i64x2.extract_lane 1 (local.get $x))))
            """;
        var expected = Sum(n: 50, fuses && CpuFeatures.Avx && CpuFeatures.Fma);
        using (var baseline = new BaselineRun(text, knobs))
        {
            Assert.Equal(expected, baseline.Call("f", 50).AsI64());
        }

        using (var optimized = new OptimizedRun(text, knobs))
        {
            Assert.Equal(expected, optimized.Call("f", 50).AsI64());
        }

        foreach (var tiering in Configurations.Where(configuration => !configuration.Contains("vectors.avx=off")))
        {
            using var engine = new WasmEngine(OptionsOf([.. tiering, .. knobs]));
            using var store = new Store(engine);
            var f = store.Instantiate(WasmModule.Decode(WatAssembler.Assemble($"(module {text})"))).GetFunction("f");
            for (var i = 0; i < 8; i++)
            {
                Assert.Equal(expected, f.Invoke(50)[0].AsI64());
            }
        }

        static long Sum(int n, bool fuses)
        {
            double Madd(double a, double b, double c) => fuses ? Math.FusedMultiplyAdd(a, b, c) : (a * b) + c;

            double sum = 0;
            var x = 1.000000001;
            for (; n > 0; n--)
            {
                sum = Madd(x, x, sum);
                sum = Madd(-sum, 0.1, sum);
                x = Madd(x, 0.3, 0.7);
            }

            return BitConverter.DoubleToInt64Bits(sum) ^ BitConverter.DoubleToInt64Bits(x);
        }
    }

    /// <summary>The places and values of vectors of all kinds come back from a deopt that really happens.</summary>
    [Theory]
    [InlineData("targets that change while vectors are alive")]
    [InlineData("objects without memory that have vectors")]
    public void DeoptsHappenWithVectors(string name)
    {
        var text = Common + Programs.First(program => program.Name == name).Text;
        long expected;
        using (var baseline = new BaselineRun(text))
        {
            expected = baseline.Call("f", 5).AsI64();
        }

        using var engine = new WasmEngine(EngineOptions.Default.With("tier-up", "synchronous").With("tiering.budget", "300").With("osr", "on").With("deopt.min-calls", "0"));
        var seen = new List<DeoptEvent>();
        engine.Events.Deoptimized += seen.Add;
        using var store = new Store(engine);
        var instance = store.Instantiate(WasmModule.Decode(WatAssembler.Assemble($"(module {text})")));
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(expected, instance.GetFunction("f").Invoke(5)[0].AsI64());
        }

        Assert.Contains(seen, deopt => deopt.Frames.Any(frame => frame.Locals.Any(value => value.Kind is ValueKind.V128 or ValueKind.Ref)));
    }

    [Theory]
    [InlineData("v128.load (local.get 0)", 65520)]
    [InlineData("v128.load offset=16 (local.get 0)", 65504)]
    [InlineData("v128.load8x8_u (local.get 0)", 65528)]
    [InlineData("v128.load8_splat (local.get 0)", 65535)]
    [InlineData("v128.load16_splat (local.get 0)", 65534)]
    [InlineData("v128.load32_splat (local.get 0)", 65532)]
    [InlineData("v128.load64_splat (local.get 0)", 65528)]
    [InlineData("v128.load32_zero (local.get 0)", 65532)]
    [InlineData("v128.load16_lane 3 (local.get 0) (v128.const i32x4 1 2 3 4)", 65534)]
    [InlineData("i32x4.add (v128.const i32x4 1 2 3 4) (v128.load (local.get 0))", 65520)]
    [InlineData("i32x4.add (call $v) (v128.load offset=1 (local.get 0))", 65519)]
    public void AccessesBeyondTheMemoryTrap(string instruction, int last)
    {
        var text =
            $"""
            (memory 1)
            (func $v (result v128) (v128.const i64x2 1 2))
            (func (export "f") (param i32) (result v128) ({instruction}))
            (func (export "unused") (param i32) (drop ({instruction})))
            """;
        foreach (var knobs in (string[][])[[], ["vectors.avx2=off"], ["vectors.avx=off"], ["memory.guard-pages=off"], ["inlining=off"]])
        {
            using var run = new OptimizedRun(text, knobs);
            run.CallAll("f", last);
            run.CallAll("unused", last);
            foreach (var address in new[] { last + 1, last + 16, int.MaxValue, -1 })
            {
                Assert.Equal(TrapKind.MemoryOutOfBounds, run.TrapOf("f", address));
                Assert.Equal(TrapKind.MemoryOutOfBounds, run.TrapOf("unused", address));
            }
        }
    }

    [Fact]
    public void StoresBeyondTheMemoryTrapAndChangeNothing()
    {
        const string text =
            """
            (memory 1)
            (func (export "store") (param i32) (v128.store (local.get 0) (v128.const i64x2 -1 -1)))
            (func (export "lane") (param i32) (v128.store32_lane 1 (local.get 0) (v128.const i64x2 -1 -1)))
            (func (export "last") (result i64) (i64.load (i32.const 65528)))
            """;
        foreach (var knobs in (string[][])[[], ["vectors.avx=off"], ["memory.guard-pages=off"]])
        {
            using var run = new OptimizedRun(text, knobs);
            Assert.Equal(TrapKind.MemoryOutOfBounds, run.TrapOf("store", 65521));
            Assert.Equal(TrapKind.MemoryOutOfBounds, run.TrapOf("lane", 65533));
            Assert.Equal(0, run.Call("last").AsI64());
            run.CallAll("lane", 65532);
            Assert.Equal(-1L << 32, run.Call("last").AsI64());
        }
    }

    [Fact]
    public void NullTrapsAndIndicesAreChecked()
    {
        const string text =
            """
            (type $s (struct (field (mut v128))))
            (type $a (array (mut v128)))
            (func (export "get") (result v128) (struct.get $s 0 (ref.null $s)))
            (func (export "set") (param $s (ref null $s)) (struct.set $s 0 (local.get $s) (v128.const i64x2 1 2)))
            (func (export "element") (param i32 i32) (result v128) (array.get $a (array.new_default $a (local.get 0)) (local.get 1)))
            (func (export "fill") (param i32 i32) (array.fill $a (array.new_default $a (local.get 0)) (local.get 1) (v128.const i64x2 1 2) (i32.const 2)))
            """;
        using var run = new OptimizedRun(text);
        Assert.Equal(TrapKind.NullStructure, run.TrapOf("get"));
        Assert.Equal(TrapKind.NullStructure, run.TrapOf("set", WasmValue.Null(run.Instance.GetFunction("set").Type.Parameters[0].HeapType)));
        run.CallAll("element", 30, 29);
        Assert.Equal(TrapKind.ArrayOutOfBounds, run.TrapOf("element", 30, 30));
        Assert.Equal(TrapKind.ArrayOutOfBounds, run.TrapOf("element", 30, -1));
        run.CallAll("fill", 30, 28);
        Assert.Equal(TrapKind.ArrayOutOfBounds, run.TrapOf("fill", 30, 29));
    }

    [Fact]
    public void WithoutTheKnobFunctionsWithVectorsStayInBaselineCode()
    {
        const string text =
            """
            (func $v (param i32) (result v128) (i32x4.splat (local.get 0)))
            (func (export "f") (param i32) (result i32) (i32x4.extract_lane 2 (call $v (local.get 0))))
            (func (export "scalar") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
            """;
        foreach (var isOn in new[] { true, false })
        {
            var options = EngineOptions.Default.With("tier-up", "synchronous").With("stress.tier-up-after", "1").With("vectors.optimize", isOn ? "on" : "off");
            using var engine = new WasmEngine(options);
            var refused = new List<CompilationFailedEvent>();
            engine.Events.CompilationFailed += refused.Add;
            using var store = new Store(engine);
            var instance = store.Instantiate(WasmModule.Decode(WatAssembler.Assemble($"(module {text})")));
            for (var i = 0; i < 5; i++)
            {
                Assert.Equal(i, instance.GetFunction("f").Invoke(i)[0].AsI32());
                Assert.Equal(i + 1, instance.GetFunction("scalar").Invoke(i)[0].AsI32());
            }

            Assert.Equal(isOn, refused.Count == 0);
            Assert.All(refused, failed => Assert.Contains("vectors.optimize", failed.Failure.Message, StringComparison.Ordinal));
            Assert.NotNull(instance.Code.OptimizedCode(2));
        }
    }

    private static EngineOptions OptionsOf(string[] knobs) => EngineOptions.Default.WithKnobs(knobs);
}
