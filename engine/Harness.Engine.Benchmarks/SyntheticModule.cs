using System.Globalization;
using System.Text;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;

namespace Harness.Engine.Benchmarks;

/// <summary>
/// A large module made of a few kinds of functions over and over, with other constants each time: enough different code to
/// measure how fast it is compiled.
/// </summary>
internal static class SyntheticModule
{
    private static readonly Func<int, string>[] Kinds = [Loop, Records, Kernel, Interpreter, Calls];

    /// <summary>Makes the module.</summary>
    /// <param name="functions">How many functions it has.</param>
    public static WasmModule Create(int functions)
    {
        var text = new StringBuilder("(module (type $visit (func (param i32) (result i32))) (memory 1) (table 16 funcref)\n");
        for (var i = 0; i < functions; i++)
        {
            text.AppendLine(Kinds[i % Kinds.Length](i));
        }

        return WasmModule.Decode(WatAssembler.Assemble(text.Append(')').ToString()));
    }

    private static string Loop(int i) => string.Create(CultureInfo.InvariantCulture, $"""
        (func $f{i} (param $n i32) (result i32) (local $sum i32) (local $at i32)
          (block $done
            (loop $next
              (br_if $done (i32.ge_u (local.get $at) (local.get $n)))
              (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const {i * 31})) (i32.load offset={i % 64 * 4} (local.get $at))))
              (if (i32.and (local.get $at) (i32.const {1 << (i % 13)}))
                (then (local.set $sum (i32.xor (local.get $sum) (local.get $at))))
                (else (local.set $sum (i32.rotl (local.get $sum) (i32.const {i % 31})))))
              (local.set $at (i32.add (local.get $at) (i32.const 4)))
              (br $next)))
          (local.get $sum))
        """);

    private static string Records(int i) => string.Create(CultureInfo.InvariantCulture, $"""
        (func $f{i} (param $record i32) (result i32) (local $next i32) (local $key i64)
          (local.set $next (i32.load offset=4 (local.get $record)))
          (local.set $key (i64.load offset=8 (local.get $record)))
          (if (i64.gt_s (local.get $key) (i64.const {i * 1000}))
            (then
              (i32.store offset=4 (local.get $record) (i32.load offset=4 (local.get $next)))
              (i64.store offset=8 (local.get $next) (i64.add (local.get $key) (i64.const {i})))
              (i32.store8 offset=16 (local.get $next) (i32.const {i % 256}))))
          (i64.store offset=24 (local.get $record) (i64.shr_u (local.get $key) (i64.const {i % 63})))
          (i32.wrap_i64 (i64.rem_u (local.get $key) (i64.const {i + 3}))))
        """);

    private static string Kernel(int i) => string.Create(CultureInfo.InvariantCulture, $"""
        (func $f{i} (param $n i32) (result i32) (local $x f64) (local $y f64) (local $t f64)
          (local.set $x (f64.const {i}.25))
          (loop $next
            (local.set $t (f64.sub (f64.mul (local.get $x) (local.get $x)) (f64.mul (local.get $y) (local.get $y))))
            (local.set $y (f64.add (f64.mul (f64.mul (local.get $x) (local.get $y)) (f64.const 2)) (f64.const 0.{i + 1})))
            (local.set $x (f64.min (f64.sqrt (f64.abs (local.get $t))) (f64.const {i}.5)))
            (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
          (i32.trunc_sat_f64_s (f64.add (local.get $x) (local.get $y))))
        """);

    private static string Interpreter(int i) => string.Create(CultureInfo.InvariantCulture, $"""
        (func $f{i} (param $pc i32) (result i32) (local $acc i32) (local $steps i32)
          (block $halt
            (loop $dispatch
              (br_if $halt (i32.gt_u (local.tee $steps (i32.add (local.get $steps) (i32.const 1))) (i32.const {i + 100})))
              (block $jump (block $load (block $sub (block $add
                (br_table $add $sub $load $jump $add $halt $halt (i32.load8_u offset={i % 100} (local.get $pc))))
                (local.set $acc (i32.add (local.get $acc) (i32.load8_s offset=1 (local.get $pc))))
                (local.set $pc (i32.add (local.get $pc) (i32.const 2)))
                (br $dispatch))
                (local.set $acc (i32.sub (local.get $acc) (i32.const {i})))
                (local.set $pc (i32.add (local.get $pc) (i32.const 1)))
                (br $dispatch))
                (local.set $acc (i32.load offset=1024 (i32.shl (local.get $acc) (i32.const 2))))
                (local.set $pc (i32.add (local.get $pc) (i32.const 1)))
                (br $dispatch))
              (local.set $pc (select (local.get $acc) (i32.const {i % 50}) (i32.lt_u (local.get $acc) (i32.const 1000))))
              (br $dispatch)))
          (local.get $acc))
        """);

    private static string Calls(int i) => string.Create(CultureInfo.InvariantCulture, $"""
        (func $f{i} (param $n i32) (result i32) (local $kept i32)
          (if (i32.le_s (local.get $n) (i32.const {i % 7})) (then (return (i32.const {i}))))
          (local.set $kept (call $f{Math.Max(0, i - 1)} (i32.sub (local.get $n) (i32.const 1))))
          (i32.add
            (call $f{Math.Max(0, i - 2)} (local.get $kept))
            (call_indirect (type $visit) (i32.add (local.get $n) (local.get $kept)) (i32.and (local.get $n) (i32.const 15)))))
        """);
}
