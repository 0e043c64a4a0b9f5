using static Harness.Engine.Diagnostics.Growth.GrowingShape;

namespace Harness.Engine.Diagnostics.Growth;

/// <summary>Shapes of values: locals, constants, chains of operations, and many values alive at a time or over many blocks.</summary>
internal static class ValueShapes
{
    /// <summary>The shapes.</summary>
    public static IReadOnlyList<GrowingShape> All { get; } =
    [
        new("locals", 500, static n => $"""
            (module (func (export "f") (param i32) (result i32) {Repeat(n, static _ => "(local i32) ")}
              {Repeat(n, static i => $"local.get {i} i32.const {i} i32.add local.set {i + 1} ")}
              local.get {n}))
            """),
        new("values-alive", 250, static n => $"""
            (module (memory 1) (func (export "f") (param i32) (result i32) {Repeat(n, static _ => "(local i32) ")}
              {Repeat(n, static i => $"local.get 0 i32.load offset={4 * i} local.set {i + 1} ")}
              {Repeat(n, i => $"local.get 0 local.get {n - i} i32.store offset={8 * i} ")}
              {Repeat(n, i => $"local.get 0 local.get {(i * 7 % n) + 1} local.get {(i * 3 % n) + 1} i32.sub i32.store offset={4 * i} ")}
              local.get 0))
            """),
        new("floats-alive", 250, static n => $"""
            (module (memory 1) (func (export "f") (param i32) {Repeat(n, static _ => "(local f64) ")}
              {Repeat(n, static i => $"local.get 0 f64.load offset={8 * i} local.set {i + 1} ")}
              {Repeat(n, i => $"local.get 0 local.get {(i * 7 % n) + 1} local.get {(i * 3 % n) + 1} f64.mul f64.store offset={8 * i} ")}))
            """),
        new("values-in-a-loop", 150, static n => $"""
            (module (memory 1) (func (export "f") (param i32) (result i32) {Repeat(n, static _ => "(local i32) ")}
              loop
              {Repeat(n, i => $"local.get {i + 1} local.get {((i + 1) % n) + 1} i32.add local.get 0 i32.load offset={4 * i} i32.xor local.set {i + 1} ")}
              local.get 0 i32.const 4 i32.sub local.tee 0 br_if 0 end
              local.get {n}))
            """),
        new("values-around-a-loop", 150, static n => $"""
            (module (memory 1) (func (export "f") (param i32) (result i32) {Repeat(n, static _ => "(local i32) ")}
              {Repeat(n, static i => $"local.get 0 i32.load offset={4 * i} local.set {i + 1} ")}
              loop
              {Repeat(n, static i => $"local.get 0 local.get {i + 1} i32.store offset={4 * i} ")}
              local.get 0 i32.const 4 i32.sub local.tee 0 br_if 0 end
              {Repeat(n, static i => $"local.get 0 local.get {i + 1} i32.store offset={4 * i} ")}
              local.get {n}))
            """),
        new("values-over-blocks", 60, static n => $"""
            (module (memory 1) (func (export "f") (param i32) (result i32) {Repeat(n, static _ => "(local i32) ")}
              {Repeat(n, static i => $"local.get 0 i32.load offset={4 * i} local.set {i + 1} ")}
              {Repeat(n, i => $"local.get 0 i32.load offset={4 * i} i32.eqz if local.get 0 local.get {(i * 7 % n) + 1} i32.store offset={4 * i} end ")}
              {Repeat(n, static i => $"local.get 0 local.get {i + 1} i32.store offset={4 * i} ")}
              local.get 0))
            """),
        new("values-over-loops", 60, static n => $"""
            (module (memory 1) (func (export "f") (param i32) (result i32) {Repeat(n, static _ => "(local i32) ")}
              {Repeat(n, static i => $"local.get 0 i32.load offset={4 * i} local.set {i + 1} ")}
              {Repeat(n, i => $"loop local.get 0 i32.load offset={4 * i} local.get {(i * 7 % n) + 1} i32.add local.tee 0 i32.const {i} i32.lt_u br_if 0 end ")}
              {Repeat(n, static i => $"local.get 0 local.get {i + 1} i32.store offset={4 * i} ")}
              local.get 0))
            """),
        new("values-behind-a-loop", 60, static n => $"""
            (module (memory 1) (func (export "f") (param i32) (result i32) {Repeat(n, static _ => "(local i32) ")}
              block loop
              local.get 0 i32.eqz br_if 1
              {Repeat(n, static i => $"local.get {i + 1} local.get 0 i32.add local.set {i + 1} ")}
              local.get 0 i32.const 1 i32.sub local.set 0 br 0 end end
              {Repeat(n, static i => $"local.get 0 local.get {i + 1} i32.store offset={4 * i} ")}
              local.get 0))
            """),
        new("branches-with-values", 60, static n => $"""
            (module (memory 1) (func (export "f") (param i32) (result i32) {Repeat(n, static _ => "(local i32) ")}
              block
              {Repeat(n, static i => $"local.get 0 i32.load offset={4 * i} local.tee {i + 1} br_if 0 ")}
              end
              {Repeat(n, static i => $"local.get 0 local.get {i + 1} i32.store offset={4 * i} ")}
              local.get 0))
            """),
        new("constants-over-branches", 60, static n => $"""
            (module (memory 1) (func (export "f") (param i32) (result i32) {Repeat(n, static _ => "(local i32) ")}
              block
              {Repeat(n, static i => $"local.get 0 i32.const {i} i32.eq br_if 0 ")}
              {Repeat(n, static i => $"i32.const {i + 5} local.set {i + 1} ")}
              end
              {Repeat(n, static i => $"local.get 0 local.get {i + 1} i32.store offset={4 * i} ")}
              local.get 0))
            """),
        new("copies-over-branches", 60, static n => $"""
            (module (memory 1) (func (export "f") (param i32) (result i32) {Repeat(n, static _ => "(local i32) ")}
              local.get 0 i32.load {Repeat(n, static i => $"local.tee {i + 1} ")} drop
              block
              {Repeat(n, static i => $"local.get 0 i32.const {i} i32.eq br_if 0 ")}
              {Repeat(n, static i => $"local.get 0 i32.const {i} i32.add local.set {i + 1} ")}
              end
              {Repeat(n, static i => $"local.get 0 local.get {i + 1} i32.store offset={4 * i} ")}
              local.get 0))
            """),
        new("changes-over-blocks", 60, static n => $"""
            (module (memory 1) (func (export "f") (param i32) (result i32) {Repeat(n, static _ => "(local i32) ")}
              {Repeat(n, i => $"local.get 0 i32.load offset={4 * i} i32.eqz if local.get 0 local.get {(i * 7 % n) + 1} i32.add local.set {i + 1} end ")}
              {Repeat(n, static i => $"local.get 0 local.get {i + 1} i32.store offset={4 * i} ")}
              local.get 0))
            """),
        new("operands-on-the-stack", 500, static n => $"""
            (module (memory 1) (func (export "f") (param i32) (result i32)
              {Repeat(n, static i => $"local.get 0 i32.load offset={4 * i} ")}
              {Repeat(n - 1, static _ => "i32.xor ")}))
            """),
        new("constants", 1000, static n => $"""
            (module (memory 1) (func (export "f") (param i32)
              {Repeat(n, static i => $"local.get 0 i64.const {(i * 123456789012L) + 1} i64.store offset={8 * i} ")}))
            """),
        new("constants-behind-a-handler", 500, static n => $"""
            (module (memory 1) (func $g) (func (export "f") (param i32)
              block try_table (catch_all 0) call $g end end
              {Repeat(n, static i => $"local.get 0 i64.const {(i * 123456789012L) + 1} i64.store offset={8 * i} ")}))
            """),
        new("float-constants", 1000, static n => $"""
            (module (memory 1) (func (export "f") (param i32)
              {Repeat(n, static i => $"local.get 0 f64.const {i}.5 f64.store offset={8 * i} ")}))
            """),
        new("shifts-before-an-index", 500, static n => $"""
            (module (memory 1) (type $a (array (mut i32))) (global $g (mut (ref null $a)) (ref.null $a))
              (func (export "f") (result i32) (local $x i32) (local $p (ref null $a))
              (global.set $g (array.new_default $a (i32.const 100))) (local.set $p (global.get $g))
              (local.set $x (i32.load (i32.const 0)))
              {Repeat(n, static i => $"(local.set $x (i32.and (local.get $x) (i32.shr_u (local.get $x) (i32.const {(i % 5) + 1})))) ")}
              (if (result i32) (i32.lt_s (local.get $x) (array.len (local.get $p)))
                (then (array.get $a (local.get $p) (local.get $x))) (else (i32.const 5)))))
            """),
        new("eqz-chain", 1000, static n => $"""
            (module (func (export "f") (param i32) (result i32)
              local.get 0 {Repeat(n, static _ => "i32.eqz ")}
              if (result i32) i32.const 1 else i32.const 2 end))
            """),
        new("shared-operations", 500, static n => $"""
            (module (func (export "f") (param i32) (result i32) (local i32) local.get 0 local.set 1
              {Repeat(n, static _ => "local.get 1 local.get 1 i32.add local.get 1 i32.xor local.set 1 ")}
              local.get 1))
            """),
        new("selects", 500, static n => $"""
            (module (func (export "f") (param i32) (result i32) (local i32)
              {Repeat(n, static i => $"local.get 1 local.get 0 i32.const {i} i32.add local.get 0 i32.const {i} i32.lt_u select local.set 1 ")}
              local.get 1))
            """),
        new("divisions", 400, static n => $"""
            (module (func (export "f") (param i32 i32) (result i32)
              {Repeat(n, static i => $"local.get 0 local.get 1 i32.div_s i32.const {i} i32.xor local.set 0 ")}
              local.get 0))
            """),
        new("truncations", 400, static n => $"""
            (module (func (export "f") (param f64) (result i32) (local i32)
              {Repeat(n, static _ => "local.get 0 local.get 1 f64.convert_i32_s f64.add i32.trunc_f64_s local.set 1 ")}
              local.get 1))
            """),
        new("loads-of-one-address", 500, static n => $"""
            (module (memory 1) (func (export "f") (param i32) (result i32) (local i32)
              {Repeat(n, static _ => "local.get 0 local.get 1 i32.store local.get 0 i32.load local.get 1 i32.xor local.set 1 ")}
              local.get 1))
            """),
        new("globals", 400, static n => $"""
            (module {Repeat(n, static i => $"(global (mut i32) (i32.const {i})) ")}
              (func (export "f") (param i32)
              {Repeat(n, i => $"global.get {i} local.get 0 i32.add global.set {(i * 7) % n} ")}))
            """),
    ];
}
