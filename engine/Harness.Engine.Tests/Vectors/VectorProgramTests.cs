using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;
using Harness.Engine.Tests.Baseline;
using Harness.Engine.Tests.Optimizer.CodeGeneration;
using Harness.Engine.X64;

namespace Harness.Engine.Tests.Vectors;

/// <summary>
/// Programs in which vectors are alive where optimized code does something to its values: in the frame and in registers, across calls, collections
/// and exceptions, in objects, where it is left and where it is entered. Results are those of baseline code.
/// </summary>
public sealed class VectorProgramTests
{
    private const int MostVectors = 22;

    /// <summary>A number in which all bits of a vector count, and vectors made of a number.</summary>
    private const string Common =
        """
        (func $sum (param v128) (result i64)
          (i64.add
            (i64.mul (i64x2.extract_lane 0 (local.get 0)) (i64.const 0x9E3779B97F4A7C15))
            (i64.xor (i64x2.extract_lane 1 (local.get 0)) (i64.const 0x5555))))
        (func $make (param i32) (result v128)
          (i64x2.replace_lane 1 (i32x4.splat (local.get 0)) (i64.mul (i64.extend_i32_u (local.get 0)) (i64.const 0x123456789))))
        """;

    private static readonly (string Name, string Text)[] Programs =
    [
        (
            "more vectors than registers",
            $"""
            (func (export "f") (param $n i32) (result i64) {Each(i => $"(local $v{i} v128)")}
              {Each(i => $"(local.set $v{i} (call $make (i32.add (local.get $n) (i32.const {i}))))")}
              (loop $next
                {Each(i => $"(local.set $v{i} (i32x4.add (local.get $v{i}) (local.get $v{(i + 7) % MostVectors})))")}
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              {Each(i => $"(call $sum (local.get $v{i}))")}
              {string.Concat(Enumerable.Repeat("(i64.add)", MostVectors - 1))})
            """
        ),
        (
            "vectors and floats that change places",
            $"""
            (func (export "f") (param $n i32) (result i64) {Each(i => $"(local $v{i} v128) (local $d{i} f64)")}
              {Each(i => $"(local.set $v{i} (call $make (i32.add (local.get $n) (i32.const {i})))) (local.set $d{i} (f64.const {i}.5))")}
              (loop $next
                {Each(i => $"(local.get $v{i}) (local.get $d{i})")}
                {string.Concat(Enumerable.Range(0, MostVectors).Reverse().Select(i => $"(local.set $d{(i + 1) % MostVectors}) (local.set $v{(i + 3) % MostVectors})"))}
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              {Each(i => $"(i64.mul (call $sum (local.get $v{i})) (i64.add (i64.const {i}) (i64.reinterpret_f64 (local.get $d{i}))))")}
              {string.Concat(Enumerable.Repeat("(i64.add)", MostVectors - 1))})
            """
        ),
        (
            "two vectors that are exchanged in the frame",
            """
            (func $no (param i32))
            (func (export "f") (param $n i32) (result i64) (local $a v128) (local $b v128) (local $t v128)
              (local.set $a (call $make (i32.const 3)))
              (local.set $b (call $make (i32.const 4)))
              (loop $next
                (local.set $t (local.get $a))
                (local.set $a (local.get $b))
                (local.set $b (i16x8.add (local.get $t) (local.get $a)))
                (call_indirect (param i32) (local.get $n) (i32.const 0))
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (i64.sub (call $sum (local.get $a)) (call $sum (local.get $b))))
            (table funcref (elem $no))
            """
        ),
        (
            "parameters and results in memory",
            $"""
            (func $many (param i32 {Repeat("v128 f32", 9)} i64) (result v128 i32 v128 f64 {Repeat("v128", 8)})
              (v128.xor (local.get 17) (local.get 1)) (local.get 0) (local.get 15) (f64.promote_f32 (local.get 18))
              {string.Concat(Enumerable.Range(0, 8).Select(i => $"(i8x16.sub (local.get {(2 * i) + 1}) (local.get {(2 * i) + 3}))"))})
            (func (export "f") (param $n i32) (result i64) (local $r i64)
              (call $many (local.get $n)
                {string.Concat(Enumerable.Range(0, 9).Select(i => $"(call $make (i32.mul (local.get $n) (i32.const {i + 1}))) (f32.const {i}.25)"))}
                (i64.const 7))
              {string.Concat(Enumerable.Range(0, 8).Select(i => $"(local.set $r (i64.add (call $sum) (i64.mul (local.get $r) (i64.const 3))))"))}
              (local.set $r (i64.add (i64.trunc_f64_s) (local.get $r)))
              (local.set $r (i64.add (call $sum) (local.get $r)))
              (local.set $r (i64.add (i64.extend_i32_u) (local.get $r)))
              (i64.add (call $sum) (local.get $r)))
            """
        ),
        (
            "a constant passed, returned and carried around",
            """
            (func $pass (param v128 i32) (result v128 v128) (local.get 0) (v128.const i32x4 9 8 7 6))
            (func (export "f") (param $n i32) (result i64) (local $a v128) (local $b v128)
              (loop $next
                (local.set $a (i32x4.add (local.get $a) (local.get $b)))
                (if (i32.and (local.get $n) (i32.const 1))
                  (then (local.set $b (v128.const i64x2 0x123456789ABCDEF -2)))
                  (else (local.set $b (v128.const i32x4 0 0 0 0))))
                (call $pass (v128.const i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16) (local.get $n))
                (local.set $a (v128.xor (local.get $a)))
                (local.set $a (i16x8.mul (local.get $a)))
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (call $sum (v128.or (local.get $a) (local.get $b))))
            """
        ),
        (
            "globals",
            """
            (global $a (mut v128) (v128.const i32x4 1 2 3 4))
            (global $b v128 (v128.const i32x4 5 6 7 8))
            (func (export "f") (param $n i32) (result i64)
              (loop $next
                (global.set $a (i32x4.mul (i32x4.add (global.get $a) (global.get $b)) (global.get $a)))
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (call $sum (global.get $a)))
            """
        ),
        (
            "structures and arrays",
            """
            (type $cell (struct (field $byte (mut i8)) (field $a (mut v128)) (field $next (ref null $cell)) (field $b v128)))
            (type $array (array (mut v128)))
            (func (export "f") (param $n i32) (result i64) (local $head (ref null $cell)) (local $i i32) (local $sum i64) (local $array (ref null $array))
              (local.set $array (array.new $array (v128.const i32x4 1 2 3 4) (i32.add (local.get $n) (i32.const 20))))
              (array.fill $array (local.get $array) (i32.const 3) (call $make (local.get $n)) (i32.const 9))
              (array.copy $array $array (local.get $array) (i32.const 1) (local.get $array) (i32.const 5) (local.get $n))
              (loop $next
                (local.set $head
                  (struct.new $cell (local.get $n) (call $make (local.get $n)) (local.get $head) (array.get $array (local.get $array) (local.get $n))))
                (struct.set $cell $a (local.get $head) (i8x16.add (struct.get $cell $a (local.get $head)) (struct.get $cell $b (local.get $head))))
                (array.set $array (local.get $array) (local.get $n) (struct.get $cell $a (local.get $head)))
                (local.set $sum (i64.add (local.get $sum) (call $sum (array.get $array
                  (array.new_fixed $array 3 (struct.get $cell $b (local.get $head)) (call $make (local.get $n)) (v128.const i64x2 4 5))
                  (i32.rem_u (local.get $n) (i32.const 3))))))
                (local.set $sum (i64.add (local.get $sum) (call $sum (array.get $array (array.new_default $array (local.get $n)) (i32.const 0)))))
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (loop $walk
                (local.set $sum (i64.add (i64.mul (local.get $sum) (i64.const 3)) (call $sum (struct.get $cell $a (local.get $head)))))
                (br_if $walk (i32.eqz (ref.is_null (local.tee $head (struct.get $cell $next (local.get $head)))))))
              (loop $elements
                (local.set $sum (i64.add (i64.mul (local.get $sum) (i64.const 5)) (call $sum (array.get $array (local.get $array) (local.get $i)))))
                (br_if $elements (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (array.len (local.get $array)))))
              (local.get $sum))
            """
        ),
        (
            "an array of many vectors, and one made by the runtime while vectors are alive",
            $"""
            (type $array (array (mut v128)))
            (type $bytes (array (mut i8)))
            (func (export "f") (param $n i32) (result i64) (local $a v128) (local $b v128) (local $d f64) (local $bytes (ref null $bytes))
              (local.set $a (call $make (local.get $n)))
              (local.set $b (i32x4.add (local.get $a) (local.get $a)))
              (local.set $d (f64.convert_i32_u (local.get $n)))
              (local.set $bytes (array.new $bytes (local.get $n) (i32.mul (local.get $n) (i32.const 40000))))
              (i64.add
                (i64.add (call $sum (local.get $a)) (i64.reinterpret_f64 (local.get $d)))
                (i64.add
                  (i64.extend_i32_u (array.get_u $bytes (local.get $bytes) (i32.const 77)))
                  (call $sum (i16x8.add (local.get $b) (array.get $array
                    (array.new_fixed $array 7000 {string.Concat(Enumerable.Range(0, 7000).Select(i => i % 100 == 0 ? "(local.get $b)" : "(local.get $a)"))})
                    (i32.mul (local.get $n) (i32.const 50))))))))
            """
        ),
        (
            "targets that change while vectors are alive",
            """
            (type $t (func (param v128 i64) (result v128)))
            (table funcref (elem $one $two $three))
            (func $one (type $t) (i32x4.add (local.get 0) (v128.const i32x4 1 2 3 4)))
            (func $two (type $t) (i8x16.sub (local.get 0) (i64x2.splat (local.get 1))))
            (func $three (type $t) (v128.not (local.get 0)))
            (func (export "f") (param $n i32) (result i64) (local $a v128) (local $b v128) (local $c v128) (local $i i32) (local $k v128)
              (local.set $b (call $make (local.get $n)))
              (local.set $k (v128.const i64x2 0x1122334455667788 0x99AABBCCDDEEFF))
              (local.set $i (i32.const 60))
              (loop $next
                (local.set $c (i64x2.add (local.get $c) (local.get $k)))
                (local.set $a (call_indirect (type $t)
                  (v128.xor (local.get $a) (local.get $b)) (i64.extend_i32_u (local.get $i)) (i32.div_u (local.get $i) (i32.const 21))))
                (local.set $b (i16x8.add (local.get $b) (local.get $c)))
                (br_if $next (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
              (i64.add (call $sum (local.get $a)) (i64.add (call $sum (local.get $b)) (call $sum (i32x4.add (local.get $c) (local.get $k))))))
            """
        ),
        (
            "objects without memory that have vectors",
            """
            (type $t (func (param i32) (result i32)))
            (type $pair (struct (field $a (mut v128)) (field $b (mut i32)) (field $c v128)))
            (type $array (array (mut v128)))
            (table funcref (elem $one $two))
            (func $one (type $t) (i32.add (local.get 0) (i32.const 1)))
            (func $two (type $t) (i32.mul (local.get 0) (i32.const 3)))
            (func (export "f") (param $n i32) (result i64) (local $pair (ref $pair)) (local $array (ref $array)) (local $i i32)
              (local.set $pair (struct.new $pair (call $make (local.get $n)) (local.get $n) (v128.const i32x4 1 -1 2 -2)))
              (local.set $array (array.new_fixed $array 2 (v128.const i32x4 7 7 7 7) (call $make (i32.const 5))))
              (local.set $i (i32.const 50))
              (loop $next
                (struct.set $pair $b (local.get $pair)
                  (call_indirect (type $t) (struct.get $pair $b (local.get $pair)) (i32.lt_u (local.get $i) (i32.const 9))))
                (struct.set $pair $a (local.get $pair)
                  (i32x4.add (struct.get $pair $a (local.get $pair)) (array.get $array (local.get $array) (i32.const 1))))
                (br_if $next (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
              (i64.add
                (i64.extend_i32_u (struct.get $pair $b (local.get $pair)))
                (i64.add
                  (call $sum (struct.get $pair $a (local.get $pair)))
                  (i64.add
                    (call $sum (struct.get $pair $c (local.get $pair)))
                    (call $sum (array.get $array (local.get $array) (i32.const 0)))))))
            """
        ),
        (
            "exceptions",
            """
            (tag $t (param i32 v128 i64 v128))
            (func $throws (param $n i32) (param $v v128)
              (if (i32.and (local.get $n) (i32.const 1))
                (then (throw $t (local.get $n) (local.get $v) (i64.const 3) (i32x4.add (local.get $v) (local.get $v))))))
            (func (export "f") (param $n i32) (result i64) (local $sum i64) (local $v v128)
              (local.set $v (call $make (local.get $n)))
              (loop $next
                (block $done
                  (block $caught (result i32 v128 i64 v128)
                    (try_table (catch $t $caught)
                      (call $throws (local.get $n) (local.get $v))
                      (if (i32.eqz (i32.rem_u (local.get $n) (i32.const 6)))
                        (then (throw $t (i32.const 1) (local.get $v) (i64.const 8) (v128.const i32x4 1 2 3 4)))))
                    (br $done))
                  (local.set $v (i16x8.sub (local.get $v)))
                  (local.set $sum (i64.add (local.get $sum)))
                  (local.set $v (i8x16.add (local.get $v)))
                  (local.set $sum (i64.add (i64.extend_i32_u) (local.get $sum))))
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (i64.add (local.get $sum) (call $sum (local.get $v))))
            """
        ),
        (
            "tail calls",
            $"""
            (func $next (param $n i32) (param $a v128) (param $b v128) {Repeat("(param v128)", 8)} (result v128)
              (if (i32.eqz (local.get $n)) (then (return (i32x4.add (local.get $a) (local.get 9)))))
              (return_call $next (i32.sub (local.get $n) (i32.const 1)) (local.get $b) (i16x8.add (local.get $a) (local.get $b))
                {string.Concat(Enumerable.Range(3, 7).Select(i => $"(local.get {i + 1})"))} (local.get 3)))
            (func (export "f") (param $n i32) (result i64)
              (call $sum (call $next (local.get $n) {string.Concat(Enumerable.Range(0, 10).Select(i => $"(call $make (i32.const {i}))"))})))
            """
        ),
        (
            "selection by integers and floats",
            """
            (func (export "f") (param $n i32) (result i64) (local $a v128) (local $b v128) (local $x f64)
              (local.set $a (call $make (local.get $n)))
              (local.set $x (f64.const 3))
              (loop $next
                (local.set $b (select (v128.not (local.get $b)) (i8x16.add (local.get $a) (local.get $b)) (i32.and (local.get $n) (i32.const 4))))
                (local.set $b (select (local.get $b) (i32x4.sub (local.get $a) (local.get $b)) (f64.lt (local.get $x) (f64.convert_i32_u (local.get $n)))))
                (local.set $a (select (i32x4.add (local.get $a) (local.get $b)) (local.get $a) (f64.eq (local.get $x) (f64.convert_i32_u (local.get $n)))))
                (local.set $a (select (i64x2.sub (local.get $a) (local.get $b)) (local.get $a) (f64.ne (f64.sqrt (f64.sub (f64.const 7) (local.get $x))) (f64.const 2))))
                (local.set $x (f64.add (local.get $x) (f64.const 1)))
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (i64.add (call $sum (local.get $a)) (call $sum (local.get $b))))
            """
        ),
        (
            "memory",
            """
            (memory 1)
            (memory $other 1)
            (func (export "f") (param $n i32) (result i64) (local $a v128) (local $sum i64)
              (loop $next
                (v128.store offset=3 (local.get $n) (i32x4.add (call $make (local.get $n)) (v128.load offset=1 (local.get $n))))
                (v128.store $other (i32.mul (local.get $n) (i32.const 16)) (v128.load8x8_s (local.get $n)))
                (v128.store16_lane offset=9 5 (local.get $n) (local.get $a))
                (v128.store64_lane $other 1 (local.get $n) (local.get $a))
                (local.set $a (v128.load8_lane offset=2 7 (local.get $n) (local.get $a)))
                (local.set $a (v128.load32_lane $other 2 (local.get $n) (local.get $a)))
                (local.set $a (i8x16.add (local.get $a) (v128.load8_splat offset=4 (local.get $n))))
                (local.set $a (i16x8.add (v128.load16_splat offset=4 (local.get $n)) (local.get $a)))
                (local.set $a (i32x4.add (local.get $a) (v128.load32_zero offset=4 (local.get $n))))
                (local.set $a (v128.xor (v128.load $other offset=8 (local.get $n)) (local.get $a)))
                (local.set $sum (i64.add (i64.mul (local.get $sum) (i64.const 3)) (call $sum (local.get $a))))
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (local.get $sum))
            """
        ),
    ];

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
        string text = Common + Programs.First(program => program.Name == name).Text;
        int[] arguments = [1, 2, 3, 8, 13, 20, 1, 2, 3, 8, 13, 20];
        long[] expected;
        using (var baseline = new BaselineRun(text)) expected = [.. arguments.Select(n => baseline.Call("f", n).AsI64())];
        foreach (string[] knobs in (string[][])
                 [[], ["vectors.avx=off"], ["inlining=off"], ["inlining=off", "vectors.avx=off", "compile.live-blocks=0"], ["memory.guard-pages=off", "pass.gvn=off"],
                  ["pass.licm=off", "pass.peel=off", "pass.unroll=off", "pass.escape-analysis=off", "stress.gc-interval=1"]])
        {
            using var run = new OptimizedRun(text, knobs);
            Assert.Equal(expected, arguments.Select(n => run.Call("f", n).AsI64()));
        }

        foreach (string[] knobs in Configurations)
        {
            using var engine = new WasmEngine(OptionsOf(knobs));
            using var store = new Store(engine);
            WasmFunction f = store.Instantiate(WasmModule.Decode(WatAssembler.Assemble($"(module {text})"))).GetFunction("f");
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
        long expected = Sum(n: 50, fuses && CpuFeatures.Avx && CpuFeatures.Fma);
        using (var baseline = new BaselineRun(text, knobs)) Assert.Equal(expected, baseline.Call("f", 50).AsI64());
        using (var optimized = new OptimizedRun(text, knobs)) Assert.Equal(expected, optimized.Call("f", 50).AsI64());
        foreach (string[] tiering in Configurations.Where(configuration => !configuration.Contains("vectors.avx=off")))
        {
            using var engine = new WasmEngine(OptionsOf([.. tiering, .. knobs]));
            using var store = new Store(engine);
            WasmFunction f = store.Instantiate(WasmModule.Decode(WatAssembler.Assemble($"(module {text})"))).GetFunction("f");
            for (int i = 0; i < 8; i++) Assert.Equal(expected, f.Invoke(50)[0].AsI64());
        }

        static long Sum(int n, bool fuses)
        {
            double Madd(double a, double b, double c) => fuses ? Math.FusedMultiplyAdd(a, b, c) : (a * b) + c;

            double sum = 0;
            double x = 1.000000001;
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
        string text = Common + Programs.First(program => program.Name == name).Text;
        long expected;
        using (var baseline = new BaselineRun(text)) expected = baseline.Call("f", 5).AsI64();
        using var engine = new WasmEngine(EngineOptions.Default.With("tier-up", "synchronous").With("tiering.budget", "300").With("osr", "on").With("deopt.min-calls", "0"));
        var seen = new List<DeoptEvent>();
        engine.Events.Deoptimized += seen.Add;
        using var store = new Store(engine);
        Instance instance = store.Instantiate(WasmModule.Decode(WatAssembler.Assemble($"(module {text})")));
        for (int i = 0; i < 6; i++) Assert.Equal(expected, instance.GetFunction("f").Invoke(5)[0].AsI64());
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
        string text =
            $"""
            (memory 1)
            (func $v (result v128) (v128.const i64x2 1 2))
            (func (export "f") (param i32) (result v128) ({instruction}))
            (func (export "unused") (param i32) (drop ({instruction})))
            """;
        foreach (string[] knobs in (string[][])[[], ["vectors.avx2=off"], ["vectors.avx=off"], ["memory.guard-pages=off"], ["inlining=off"]])
        {
            using var run = new OptimizedRun(text, knobs);
            run.CallAll("f", last);
            run.CallAll("unused", last);
            foreach (int address in new[] { last + 1, last + 16, int.MaxValue, -1 })
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
        foreach (string[] knobs in (string[][])[[], ["vectors.avx=off"], ["memory.guard-pages=off"]])
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
        foreach (bool isOn in new[] { true, false })
        {
            EngineOptions options = EngineOptions.Default.With("tier-up", "synchronous").With("stress.tier-up-after", "1").With("vectors.optimize", isOn ? "on" : "off");
            using var engine = new WasmEngine(options);
            var refused = new List<CompilationFailedEvent>();
            engine.Events.CompilationFailed += refused.Add;
            using var store = new Store(engine);
            Instance instance = store.Instantiate(WasmModule.Decode(WatAssembler.Assemble($"(module {text})")));
            for (int i = 0; i < 5; i++)
            {
                Assert.Equal(i, instance.GetFunction("f").Invoke(i)[0].AsI32());
                Assert.Equal(i + 1, instance.GetFunction("scalar").Invoke(i)[0].AsI32());
            }

            Assert.Equal(isOn, refused.Count == 0);
            Assert.All(refused, failed => Assert.Contains("vectors.optimize", failed.Failure.Message, StringComparison.Ordinal));
            Assert.NotNull(instance.Code.OptimizedCode(2));
        }
    }

    private static string Each(Func<int, string> text) => string.Concat(Enumerable.Range(0, MostVectors).Select(text));

    private static string Repeat(string text, int count) => string.Join(' ', Enumerable.Repeat(text, count));

    private static EngineOptions OptionsOf(string[] knobs) =>
        knobs.Select(knob => knob.Split('=')).Aggregate(EngineOptions.Default, (all, knob) => all.With(knob[0], knob[1]));
}
