using System.Text;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;

namespace Harness.Engine.Tests.Optimizer;

/// <summary>Modules of one function whose size grows with a number: small inputs that a compiler must not take long over, nor recurse by.</summary>
internal static class GrowingShapes
{
    private static readonly Dictionary<string, Func<int, string>> Shapes = new()
    {
        ["nested-loops"] = static n => $"""
            (module (func (export "f") (result i32) (local i32)
              {Repeat(n, static _ => "loop ")}
              {Repeat(n, static _ => "local.get 0 i32.const 1 i32.add local.tee 0 i32.const 5 i32.lt_u br_if 0 end ")}
              local.get 0))
            """,
        ["sequential-loops"] = static n => $"""
            (module (memory 1) (func (export "f") (param i32) (result i32) (local i32)
              {Repeat(n, static i => $"loop local.get 0 i32.load offset={i} local.get 1 i32.add local.set 1 local.get 1 i32.const 5 i32.lt_u br_if 0 end ")}
              local.get 1))
            """,
        ["objects-over-blocks"] = static n => $"""
            (module (type $s (struct (field (mut i32))))
              (func (export "f") (result i32) (local $x i32) {Repeat(n, static i => $"(local $o{i} (ref null $s)) ")}
              {Repeat(n, static i => $"i32.const {i} struct.new $s local.set $o{i} ")}
              {Repeat(n, i => $"local.get $x i32.const 3 i32.and if local.get $o{i} local.get $x struct.set $s 0 end local.get $o{i * 7 % n} struct.get $s 0 local.get $x i32.add local.set $x ")}
              local.get $x))
            """,
        ["shared-fields"] = static n => $"""
            (module (rec (type $s (struct (field (mut (ref null $s))) (field (mut (ref null $s))) (field (mut i32)))))
              (func (export "f") (result i32) (local $p (ref null $s)) (local $first (ref null $s)) (local $q (ref null $s))
              ref.null $s ref.null $s i32.const 7 struct.new $s local.tee $first local.set $p
              {Repeat(n, static i => $"local.get $p local.get $p i32.const {i} struct.new $s local.set $p ")}
              ref.null $s ref.null $s i32.const 9 struct.new $s local.set $q
              (struct.set $s 0 (local.get $q) (local.get $p))
              (struct.set $s 0 (local.get $first) (struct.new_default $s))
              (i32.add (struct.get $s 2 (local.get $q)) (struct.get $s 2 (local.get $first)))))
            """,
        ["stored-chain"] = static n => $"""
            (module (rec (type $s (struct (field (mut i32)) (field (mut (ref null $s)))))) (global $g (mut (ref null $s)) (ref.null $s))
              (func (export "f") (result i32) (local $p (ref null $s))
              {Repeat(n, static _ => "i32.const 7 local.get $p struct.new $s local.set $p ")}
              (global.set $g (local.get $p)) (struct.get $s 0 (local.get $p))))
            """,
        ["shifts-before-an-index"] = static n => $"""
            (module (memory 1) (type $a (array (mut i32))) (global $g (mut (ref null $a)) (ref.null $a))
              (func (export "f") (result i32) (local $x i32) (local $p (ref null $a))
              (global.set $g (array.new_default $a (i32.const 100))) (local.set $p (global.get $g))
              (local.set $x (i32.load (i32.const 0)))
              {Repeat(n, static i => $"(local.set $x (i32.and (local.get $x) (i32.shr_u (local.get $x) (i32.const {(i % 5) + 1})))) ")}
              (if (result i32) (i32.lt_s (local.get $x) (array.len (local.get $p)))
                (then (array.get $a (local.get $p) (local.get $x))) (else (i32.const 5)))))
            """,
        ["loads-of-one-address"] = static n => $"""
            (module (memory 1) (func (export "f") (param i32) (result i32) (local i32)
              {Repeat(n, static _ => "local.get 0 local.get 1 i32.store local.get 0 i32.load local.get 1 i32.xor local.set 1 ")}
              local.get 1))
            """,
        ["eqz-chain"] = static n => $"""
            (module (func (export "f") (param i32) (result i32)
              local.get 0 {Repeat(n, static _ => "i32.eqz ")}
              if (result i32) i32.const 1 else i32.const 2 end))
            """,
        ["ifs"] = static n => $"""
            (module (func (export "f") (param i32) (result i32) (local i32)
              {Repeat(n, static i => $"local.get 0 i32.const {i} i32.eq if local.get 1 i32.const 1 i32.add local.set 1 end ")}
              local.get 1))
            """,
        ["nested-ifs"] = static n => $"""
            (module (func (export "f") (param i32) (result i32) (local i32)
              {Repeat(n, static i => $"local.get 0 i32.const {i} i32.gt_u if local.get 1 i32.const 1 i32.add local.set 1 ")}
              {Repeat(n, static _ => "end ")}
              local.get 1))
            """,
        ["checked-indices"] = static n => $"""
            (module (type $a (array (mut i32)))
              (func (export "f") (param $x i32) (param $p (ref $a)) (result i32) (local $sum i32)
              {Repeat(n, static i => $"(local.set $sum (i32.add (local.get $sum) (array.get $a (local.get $p) (i32.add (local.get $x) (i32.const {i}))))) ")}
              local.get $sum))
            """,
    };

    /// <summary>The names.</summary>
    public static IEnumerable<string> Names => Shapes.Keys;

    /// <summary>A module of a shape.</summary>
    public static WasmModule Make(string shape, int size) => WasmModule.Decode(WatAssembler.Assemble(Shapes[shape](size)));

    /// <summary>
    /// A chain of objects that nobody sees, in the frame state of a speculative call: <c>warm</c> calls the likely target, <c>fail</c> the
    /// other one.
    /// </summary>
    public static WasmModule ObjectsInAFrameState(int size) => WasmModule.Decode(WatAssembler.Assemble($"""
        (module (rec (type $s (struct (field (mut i32)) (field (mut (ref null $s))))))
          (type $t (func (param i32) (result i32))) (table 2 funcref) (elem (i32.const 0) $a $b)
          (func $a (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
          (func $b (param i32) (result i32) (i32.add (local.get 0) (i32.const 2)))
          (func $work (param $k i32) (result i32) (local $p (ref null $s)) (local $r i32)
            {Repeat(size, static i => $"i32.const {i} local.get $p struct.new $s local.set $p ")}
            (local.set $r (call_indirect (type $t) (local.get $k) (local.get $k)))
            (i32.add (local.get $r) (struct.get $s 0 (struct.get $s 1 (local.get $p)))))
          (func (export "warm") (result i32) (call $work (i32.const 0)))
          (func (export "fail") (result i32) (call $work (i32.const 1))))
        """));

    private static string Repeat(int count, Func<int, string> text)
    {
        var all = new StringBuilder();
        for (int i = 0; i < count; i++)
        {
            all.Append(text(i));
        }

        return all.ToString();
    }
}
