using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;

namespace Harness.Engine.Tests.Modules.Text;

public class RobustnessTests
{
    private const string Original =
        """
        (module $m
          (rec (type $s (sub (struct (field $f (mut i32)) (field i8)))) (type $a (array (mut (ref null $s)))))
          (type $t (func (param $x i32) (result i32)))
          (import "host" "f" (func $host (type $t)))
          (table $tab 2 10 funcref) (memory $mem i64 1 2) (global $g (mut i64) (i64.const -0x7f)) (tag $e (param i32))
          (elem (table $tab) (offset (i32.const 0)) func $host $f) (data $d (i64.const 8) "a\00\u{1F600}" "b")
          (func $f (export "f") (type $t) (param $x i32) (result i32) (local $l f64) (local i32 i32)
            (local.set $l (f64.const 0x1.8p-3)) (drop (f32.const nan:0x200000))
            (block $b (result i32)
              (br_table $b 0 (i32.const 1) (local.get $x)))
            if $i (result i32) (call $host (i32.const 1)) else $i i32.const 2 end $i
            (drop (struct.get_u $s 1 (struct.new $s (i32.const 1) (i32.const 2))))
            (block $h (try_table (catch_all $h) (throw $e (i32.const 3))))
            (i32.load8_u offset=1 align=1 (i64.const 0)) (i32.add)
            (call_indirect $tab (type $t) (i32.const 1) (i32.const 0)) (i32.add)) (;c;) ;; end
          (@note (any) "thing") (func $run) (start $run))
        """;

    private static readonly string[] Insertions =
    [
        "(", ")", "\"", "$", "(;", ";)", "(@x", ";;", "0x", "nan:0x1", "-", "i32.const", "(then", "(else", "end", "else",
        "(type 0)", "(param i32)", "18446744073709551615", "(ref null", "(rec", "\\u{", "(import \"\" \"\"", "align=3",
        "block", "if", "select", "(export \"a\"", "(catch", "\0", "é",
    ];

    [Fact]
    public void TheUndamagedTextIsValid() =>
        Assert.Equal(3, WasmModule.Decode(WatAssembler.Assemble(Original)).Functions.Length);

    [Fact]
    public void DamagedTextsAreRefusedWithoutAnyOtherFailure()
    {
        const int Seed = 20_260_601, Rounds = 2_000;
        var random = new Random(Seed);
        var refused = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var text = Damage(Original, random);
            try
            {
                WasmModule.Decode(WatAssembler.Assemble(text));
            }
            catch (Exception e) when (e is WatException or ModuleException)
            {
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"round {round} of seed {Seed}: {e}\n{text}");
            }
        }

        Assert.InRange(refused, Rounds / 2, Rounds - 1);
    }

    private static string Damage(string text, Random random)
    {
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            var at = random.Next(text.Length);
            text = random.Next(3) switch
            {
                0 => text.Remove(at, Math.Min(random.Next(1, 9), text.Length - at)),
                1 => text.Insert(at, Insertions[random.Next(Insertions.Length)]),
                _ => text.Insert(at, $" {Insertions[random.Next(Insertions.Length)]} "),
            };
        }

        return text;
    }
}
