using System.Globalization;
using System.Text;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Baseline;

/// <summary>Blocks, loops and branches: above all that values are where labels expect them, whichever way was taken.</summary>
public sealed class ControlTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(14)]
    public void LoopsPermuteTheirLocalsAtOnce(int count)
    {
        // Every iteration permutes all locals; with 14 of them some are in the frame.
        var random = new Random(count);
        for (var round = 0; round < 20; round++)
        {
            int[] permutation = [.. Enumerable.Range(0, count)];
            random.Shuffle(permutation);
            foreach (var type in (string[])["i32", "i64", "f64"])
            {
                using var run = new BaselineRun(Permuting(type, permutation, viaParameters: false));
                Check(run, permutation);
                using var viaParameters = new BaselineRun(Permuting(type, permutation, viaParameters: true));
                Check(viaParameters, permutation);
            }
        }

        static void Check(BaselineRun run, int[] permutation)
        {
            for (var times = 0; times < 4; times++)
            {
                double[] expected = [.. Enumerable.Range(1, permutation.Length).Select(i => (double)i)];
                for (var i = 0; i < times; i++)
                {
                    expected = [.. permutation.Select(from => expected[from])];
                }

                Assert.Equal(expected, run.CallAll("f", times).Select(Number));
            }
        }
    }

    [Fact]
    public void BranchTablesReachEveryLabelWithTheirValues()
    {
        foreach (var size in (int[])[0, 1, 3, 4, 5, 20])
        {
            var text = new StringBuilder("(func (export \"f\") (param i32) (result i32) (local i32 f64)\n");
            for (var i = 0; i <= size; i++)
            {
                text.Append("(block (result i32) ");
            }

            text.Append("(i32.const 1000) (local.get 0) (br_table");
            for (var i = 0; i < size; i++)
            {
                text.Append(CultureInfo.InvariantCulture, $" {(i * 7) % (size + 1)}");
            }

            text.AppendLine(CultureInfo.InvariantCulture, $" {size}))");
            for (var i = 0; i < size; i++)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"(i32.const {i}) (i32.add) (return))");
            }

            text.Append("(i32.const 500) (i32.add))");
            using var run = new BaselineRun(text.ToString());
            for (var i = -1; i < size + 2; i++)
            {
                var label = i >= 0 && i < size ? (i * 7) % (size + 1) : size;
                Assert.Equal(label == size ? 1500 : 1000 + label, run.Call("f", i).AsI32());
            }
        }
    }

    [Fact]
    public void BranchTableEntriesThatReturnAndThatMoveShareTheirLandings()
    {
        using var run = new BaselineRun("""
            (func (export "f") (param i32 i32) (result i32) (local i32)
              (local.set 2 (i32.const 7))
              (block (result i32)
                (loop (result i32)
                  (local.set 2 (i32.add (local.get 2) (local.get 1)))
                  (local.set 1 (i32.sub (local.get 1) (i32.const 1)))
                  (block
                    (local.get 2)
                    (br_table 2 2 3 3 2 2 3 (local.get 0)))
                  (unreachable)))
              (i32.add (i32.const 100)))
            """);
        for (var i = 0; i < 8; i++)
        {
            Assert.Equal(i is 0 or 1 or 4 or 5 ? 112 : 12, run.Call("f", i, 5).AsI32());
        }
    }

    [Fact]
    public void ValuesOfTheArmsOfAnIfMeet()
    {
        using var run = new BaselineRun("""
            (func $nothing)
            (func (export "call in arm") (param i32 i32) (result i32) (local i32)
              (local.set 2 (i32.add (local.get 1) (i32.const 1)))
              (if (local.get 0) (then (call $nothing) (local.set 1 (i32.const 50))))
              (i32.add (local.get 1) (local.get 2)))
            (func (export "constants") (param i32) (result i32 i64 f32) (local i32 i64 f32)
              (if (local.get 0)
                (then (local.set 1 (i32.const 5)) (local.set 3 (f32.const 2.5)))
                (else (local.set 2 (i64.const -6))))
              (local.get 1) (local.get 2) (local.get 3))
            (func (export "parameters") (param i32 i32 i64) (result i64 i32)
              (local.get 2) (local.get 1)
              (local.get 0)
              (if (param i64 i32) (result i64 i32)
                (then (drop) (drop) (i64.const 1) (i32.const 2))))
            (func (export "same register twice") (param i32 i32) (result i32 i32 i32)
              (local.get 1) (local.get 1)
              (if (param i32 i32) (result i32 i32 i32) (local.get 0)
                (then (local.get 1))
                (else (local.set 1 (i32.const 9)) (local.get 1))))
            """);
        Assert.Equal(61, run.Call("call in arm", 1, 10).AsI32());
        Assert.Equal(21, run.Call("call in arm", 0, 10).AsI32());
        Assert.Equal([5, 0L, 2.5f], run.CallAll("constants", 1));
        Assert.Equal([0, -6L, 0f], run.CallAll("constants", 0));
        Assert.Equal([1L, 2], run.CallAll("parameters", 1, 8, 9L));
        Assert.Equal([9L, 8], run.CallAll("parameters", 0, 8, 9L));
        Assert.Equal([4, 4, 4], run.CallAll("same register twice", 1, 4));
        Assert.Equal([4, 4, 9], run.CallAll("same register twice", 0, 4));
    }

    [Fact]
    public void BranchesTakeValuesOverDroppedOnes()
    {
        // More operands than registers, so that those taken along come from the frame, from registers and from constants.
        var text = new StringBuilder("(func (export \"f\") (param i32) (result i32 i32 i32)\n(block (result i32 i32 i32)\n");
        for (var i = 0; i < 20; i++)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"(i32.add (local.get 0) (i32.const {i}))");
        }

        text.AppendLine("(i32.const 77)");
        text.AppendLine("(br_if 0 (i32.lt_s (local.get 0) (i32.const 100)))");
        text.AppendLine("(drop)");
        text.AppendLine("(br 0))");
        text.AppendLine(")");
        using var run = new BaselineRun(text.ToString());
        Assert.Equal([19, 20, 77], run.CallAll("f", 1));
        Assert.Equal([217, 218, 219], run.CallAll("f", 200));
    }

    [Fact]
    public void NestedLoopsWithManyLocalsComputeAsManagedCodeDoes()
    {
        using var run = new BaselineRun("""
            (func $id (param i32) (result i32) (local.get 0))
            (func (export "f") (param i32 i32) (result i32)
              (local $i i32) (local $j i32) (local $a i32) (local $b i32) (local $c i32) (local $d i32) (local $e i32)
              (local $f i32) (local $g i32) (local $h i32)
              (local.set $a (i32.const 1)) (local.set $d (i32.const 3))
              (loop $outer
                (local.set $j (i32.const 0))
                (loop $inner
                  (local.set $b (i32.add (local.get $b) (local.get $a)))
                  (if (i32.and (local.get $j) (i32.const 1))
                    (then (local.set $c (i32.xor (local.get $c) (local.get $b))))
                    (else (local.set $e (i32.add (local.get $e) (i32.mul (local.get $d) (local.get $j))))))
                  (local.set $f (i32.sub (local.get $f) (local.get $e)))
                  (local.set $g (i32.or (local.get $g) (local.get $f)))
                  (local.set $h (i32.rotl (i32.add (local.get $h) (local.get $g)) (local.get $j)))
                  (br_if $inner (i32.lt_s (local.tee $j (i32.add (local.get $j) (i32.const 1))) (local.get 1))))
                (local.set $a (i32.add (call $id (local.get $a)) (local.get $i)))
                (br_if $outer (i32.lt_s (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get 0))))
              (i32.add (i32.add (i32.add (local.get $a) (local.get $b)) (i32.add (local.get $c) (local.get $e)))
                (i32.add (local.get $h) (local.get $g))))
            """);
        for (var n = 1; n < 6; n++)
        {
            Assert.Equal(Expected(n, 7), run.Call("f", n, 7).AsI32());
        }

        static int Expected(int outer, int inner)
        {
            int a = 1, b = 0, c = 0, d = 3, e = 0, f = 0, g = 0, h = 0, i = 0;
            do
            {
                var j = 0;
                do
                {
                    b += a;
                    if ((j & 1) != 0)
                    {
                        c ^= b;
                    }
                    else
                    {
                        e += d * j;
                    }

                    f -= e;
                    g |= f;
                    h = int.RotateLeft(h + g, j);
                }
                while (++j < inner);
                a += i;
            }
            while (++i < outer);
            return a + b + c + e + h + g;
        }
    }

    [Fact]
    public void CodeThatCannotBeReachedIsSkipped()
    {
        using var run = new BaselineRun("""
            (func (export "f") (param i32) (result i32)
              (block (result i32)
                (if (local.get 0)
                  (then
                    (br 1 (i32.const 1))
                    (block (loop (if (i32.const 0) (then (br 2)) (else (nop)))))
                    (drop (i32.add)))
                  (else
                    (return (i32.const 2))
                    (loop (br 0))))
                (unreachable)
                (block (result i32) (br_table 0 1 (i32.const 4) (i32.const 3)))))
            """);
        Assert.Equal(1, run.Call("f", 1).AsI32());
        Assert.Equal(2, run.Call("f", 0).AsI32());
    }

    private static double Number(WasmValue value) => value.Kind switch
    {
        ValueKind.I32 => value.AsI32(),
        ValueKind.I64 => value.AsI64(),
        _ => value.AsF64(),
    };

    /// <summary>
    /// A function that sets locals (or the loop's parameters) to 1, 2, 3…, permutes them a number of times, and returns all.
    /// </summary>
    private static string Permuting(string type, int[] permutation, bool viaParameters)
    {
        var types = string.Join(' ', permutation.Select(_ => type));
        var text = new StringBuilder($"(func (export \"f\") (param i32) (result {types}) (local {types})\n");
        for (var i = 0; i < permutation.Length; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"({type}.const {i + 1}) ");
            if (!viaParameters)
            {
                text.Append(CultureInfo.InvariantCulture, $"(local.set {i + 1}) ");
            }
        }

        var drops = string.Concat(Enumerable.Range(1, permutation.Length).Reverse().Select(i => $"(local.set {i}) "));
        var gets = string.Concat(Enumerable.Range(1, permutation.Length).Select(i => $"(local.get {i}) "));
        var permuted = string.Concat(permutation.Select(from => $"(local.get {from + 1}) "));
        var signature = viaParameters ? $"(param {types}) (result {types})" : "";
        text.AppendLine(CultureInfo.InvariantCulture, $"(block {signature} (loop {signature}");
        text.AppendLine("(br_if 1 (i32.eqz (local.get 0))) (local.set 0 (i32.sub (local.get 0) (i32.const 1)))");
        text.AppendLine(viaParameters ? $"{drops} {permuted} (br 0)))" : $"{permuted} {drops} (br 0)))");
        text.AppendLine(viaParameters ? ")" : $"{gets})");
        return text.ToString();
    }
}
