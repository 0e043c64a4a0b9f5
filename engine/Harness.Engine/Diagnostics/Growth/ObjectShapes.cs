using static Harness.Engine.Diagnostics.Growth.GrowingShape;

namespace Harness.Engine.Diagnostics.Growth;

/// <summary>Shapes of objects: chains, shared fields, wide structs, arrays, casts, and objects alive over many blocks.</summary>
internal static class ObjectShapes
{
    /// <summary>The shapes.</summary>
    public static IReadOnlyList<GrowingShape> All { get; } =
    [
        new("objects-over-blocks", 60, static n => $"""
            (module (type $s (struct (field (mut i32))))
              (func (export "f") (result i32) (local $x i32) {Repeat(n, static i => $"(local $o{i} (ref null $s)) ")}
              {Repeat(n, static i => $"i32.const {i} struct.new $s local.set $o{i} ")}
              {Repeat(n, i => $"local.get $x i32.const 3 i32.and if local.get $o{i} local.get $x struct.set $s 0 end local.get $o{i * 7 % n} struct.get $s 0 local.get $x i32.add local.set $x ")}
              local.get $x))
            """),
        new("shared-fields", 100, static n => $"""
            (module (rec (type $s (struct (field (mut (ref null $s))) (field (mut (ref null $s))) (field (mut i32)))))
              (func (export "f") (result i32) (local $p (ref null $s)) (local $first (ref null $s)) (local $q (ref null $s))
              ref.null $s ref.null $s i32.const 7 struct.new $s local.tee $first local.set $p
              {Repeat(n, static i => $"local.get $p local.get $p i32.const {i} struct.new $s local.set $p ")}
              ref.null $s ref.null $s i32.const 9 struct.new $s local.set $q
              (struct.set $s 0 (local.get $q) (local.get $p))
              (struct.set $s 0 (local.get $first) (struct.new_default $s))
              (i32.add (struct.get $s 2 (local.get $q)) (struct.get $s 2 (local.get $first)))))
            """),
        new("stored-chain", 500, static n => $"""
            (module (rec (type $s (struct (field (mut i32)) (field (mut (ref null $s)))))) (global $g (mut (ref null $s)) (ref.null $s))
              (func (export "f") (result i32) (local $p (ref null $s))
              {Repeat(n, static _ => "i32.const 7 local.get $p struct.new $s local.set $p ")}
              (global.set $g (local.get $p)) (struct.get $s 0 (local.get $p))))
            """),
        new("stored-objects", 300, static n => $"""
            (module (type $s (struct (field (mut i32)) (field (mut i64)))) (global $g (mut (ref null $s)) (ref.null $s))
              (func (export "f") (param i32)
              {Repeat(n, static i => $"local.get 0 i64.const {i} struct.new $s global.set $g ")}))
            """),
        new("cyclic-objects", 200, static n => $"""
            (module (rec (type $s (struct (field (mut (ref null $s))) (field (mut i32))))) (global $g (mut (ref null $s)) (ref.null $s))
              (func (export "f") (param i32) (result i32) (local $p (ref null $s)) (local $q (ref null $s))
              {Repeat(n, static i => $"struct.new_default $s local.set $p local.get $p struct.new_default $s local.tee $q struct.set $s 0 local.get $q local.get $p struct.set $s 0 local.get $q local.get 0 struct.set $s 1 local.get $p struct.get $s 0 struct.get $s 1 i32.const {i} i32.add local.set 0 ")}
              local.get 0))
            """),
        new("objects-in-a-loop", 60, static n => $"""
            (module (type $s (struct (field (mut i32))))
              (func (export "f") (param i32) (result i32) {Repeat(n, static i => $"(local $o{i} (ref null $s)) ")}
              {Repeat(n, static i => $"i32.const {i} struct.new $s local.set $o{i} ")}
              loop
              {Repeat(n, static i => $"local.get $o{i} local.get $o{i} struct.get $s 0 local.get 0 i32.add struct.set $s 0 ")}
              local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0 end
              local.get $o{n - 1} struct.get $s 0))
            """),
        new("fields", 60, static n => $"""
            (module (type $s (struct {Repeat(n, static _ => "(field (mut i32)) ")}))
              (func (export "f") (param (ref $s)) (result i32) (local i32)
              {Repeat(n, i => $"local.get 0 local.get 1 local.get 0 struct.get $s {i * 7 % n} i32.add local.tee 1 struct.set $s {i} ")}
              local.get 1))
            """),
        new("array-elements", 200, static n => $"""
            (module (type $a (array (mut i32)))
              (func (export "f") (param i32) (result (ref $a))
              {Repeat(n, static i => $"local.get 0 i32.const {i} i32.add ")} array.new_fixed $a {n}))
            """),
        new("checked-indices", 200, static n => $"""
            (module (type $a (array (mut i32)))
              (func (export "f") (param $x i32) (param $p (ref $a)) (result i32) (local $sum i32)
              {Repeat(n, static i => $"(local.set $sum (i32.add (local.get $sum) (array.get $a (local.get $p) (i32.add (local.get $x) (i32.const {i}))))) ")}
              local.get $sum))
            """),
        new("casts", 200, static n => $"""
            (module (type $b (sub (struct (field (mut i32))))) (type $s (sub $b (struct (field (mut i32)) (field (mut (ref null $b))))))
              (func (export "f") (param (ref null $b)) (result (ref null $b))
              local.get 0 {Repeat(n, static _ => "ref.cast (ref $s) struct.get $s 1 ")}))
            """),
        new("casts-of-one-reference", 200, static n => $"""
            (module (type $b (sub (struct (field i32)))) (type $s (sub $b (struct (field i32) (field i32))))
              (func (export "f") (param (ref null $b)) (result i32) (local i32)
              {Repeat(n, static i => $"local.get 0 ref.cast (ref $s) local.tee 0 ref.cast (ref $s) struct.get $s 1 local.get 1 i32.add i32.const {i} i32.xor local.set 1 ")}
              local.get 1))
            """),
        new("type-tests", 200, static n => $"""
            (module (type $b (sub (struct (field (mut i32))))) (type $s (sub $b (struct (field (mut i32)) (field (mut i32)))))
              (func (export "f") (param (ref null $b)) (result i32) (local i32)
              {Repeat(n, static i => $"local.get 0 ref.test (ref $s) if local.get 1 i32.const {i} i32.add local.set 1 end ")}
              local.get 1))
            """),
        new("references-over-calls", 40, static n => $"""
            (module (type $s (struct (field (mut i32)))) (func $g (result (ref $s)) (struct.new $s (i32.const 1)))
              (table $t 10 (ref null $s))
              (func (export "f") (param i32) {Repeat(n, static i => $"(local $o{i} (ref null $s)) ")}
              {Repeat(n, static i => $"call $g local.set $o{i} ")}
              {Repeat(n, static i => $"i32.const 1 local.get $o{i} table.set $t ")}))
            """),
    ];
}
