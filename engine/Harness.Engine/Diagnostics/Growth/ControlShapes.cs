using static Harness.Engine.Diagnostics.Growth.GrowingShape;

namespace Harness.Engine.Diagnostics.Growth;

/// <summary>Shapes of control: blocks, ifs, loops, switches and handlers, one in the other and one after the other.</summary>
internal static class ControlShapes
{
    /// <summary>The shapes.</summary>
    public static IReadOnlyList<GrowingShape> All { get; } =
    [
        new("nested-blocks", 500, static n => $"""
            (module (func (export "f") (param i32) (result i32) (local i32)
              {Repeat(n, static _ => "block ")}
              {Repeat(n, static i => $"local.get 0 i32.const {i} i32.eq br_if {i} ")}
              {Repeat(n, static _ => "end local.get 1 i32.const 1 i32.add local.set 1 ")}
              local.get 1))
            """),
        new("sequential-blocks", 500, static n => $"""
            (module (func (export "f") (param i32) (result i32) (local i32)
              {Repeat(n, static i => $"block local.get 0 i32.const {i} i32.lt_u br_if 0 local.get 1 local.get 0 i32.xor local.set 1 end ")}
              local.get 1))
            """),
        new("nested-results", 500, static n => $"""
            (module (func (export "f") (param i32) (result i32)
              {Repeat(n, static _ => "block (result i32) ")} local.get 0
              {Repeat(n, static i => $"local.get 0 i32.const {i} i32.gt_u br_if 0 local.get 0 i32.add end ")}))
            """),
        new("ifs", 300, static n => $"""
            (module (func (export "f") (param i32) (result i32) (local i32)
              {Repeat(n, static i => $"local.get 0 i32.const {i} i32.eq if local.get 1 i32.const 1 i32.add local.set 1 end ")}
              local.get 1))
            """),
        new("nested-ifs", 250, static n => $"""
            (module (func (export "f") (param i32) (result i32) (local i32)
              {Repeat(n, static i => $"local.get 0 i32.const {i} i32.gt_u if local.get 1 i32.const 1 i32.add local.set 1 ")}
              {Repeat(n, static _ => "end ")}
              local.get 1))
            """),
        new("nested-elses", 250, static n => $"""
            (module (func (export "f") (param i32) (result i32)
              {Repeat(n, static i => $"local.get 0 i32.const {i} i32.eq if (result i32) i32.const {(i * 7) + 1} else ")}
              i32.const 0 {Repeat(n, static _ => "end ")}))
            """),
        new("ifs-with-results", 300, static n => $"""
            (module (func (export "f") (param i32) (result i32) (local i32)
              {Repeat(n, static i => $"local.get 0 i32.const {i} i32.and if (result i32) local.get 1 i32.const {i} i32.xor else local.get 1 i32.const 3 i32.mul end local.set 1 ")}
              local.get 1))
            """),
        new("early-returns", 500, static n => $"""
            (module (memory 1) (func (export "f") (param i32) (result i32)
              {Repeat(n, static i => $"local.get 0 i32.load offset={4 * i} i32.eqz if i32.const {i} return end ")}
              i32.const -1))
            """),
        new("nested-loops", 125, static n => $"""
            (module (func (export "f") (result i32) (local i32)
              {Repeat(n, static _ => "loop ")}
              {Repeat(n, static _ => "local.get 0 i32.const 1 i32.add local.tee 0 i32.const 5 i32.lt_u br_if 0 end ")}
              local.get 0))
            """),
        new("nested-while-loops", 50, static n => $"""
            (module (func (export "f") (param i32) (result i32)
              {Repeat(n, static i => $"block loop local.get 0 {Repeat(8, j => $"i32.const {i + j} i32.xor i32.const {j + 1} i32.rotl ")} i32.const 9 i32.lt_u br_if 1 ")}
              {Repeat(n, static i => $"local.get 0 i32.const {i + 1} i32.add local.set 0 br 0 end end ")}
              local.get 0))
            """),
        new("loops-that-write", 100, static n => $"""
            (module {Repeat(n, static i => $"(global $g{i} (mut i32) (i32.const {i})) ")}
              (func (export "f") (result i32) (local i32)
              {Repeat(n, static _ => "loop ")}
              {Repeat(n, static i => $"global.get $g{i / 2} global.set $g{i} local.get 0 i32.const 1 i32.add local.tee 0 i32.const 5 i32.lt_u br_if 0 end ")}
              local.get 0))
            """),
        new("branches-out-of-loops", 125, static n => $"""
            (module (func (export "f") (param i32) (result i32) (local i32)
              {Repeat(n, static _ => "loop ")}
              {Repeat(n, static i => $"local.get 0 i32.const {i} i32.eq if local.get 1 i32.const 1 i32.add local.set 1 br {i + 1} end ")}
              {Repeat(n, static _ => "end ")}
              local.get 1))
            """),
        new("sequential-loops", 200, static n => $"""
            (module (memory 1) (func (export "f") (param i32) (result i32) (local i32)
              {Repeat(n, static i => $"loop local.get 0 i32.load offset={i} local.get 1 i32.add local.set 1 local.get 1 i32.const 5 i32.lt_u br_if 0 end ")}
              local.get 1))
            """),
        new("exits-of-a-loop", 400, static n => $"""
            (module (memory 1) (func (export "f") (param i32) (result i32) (local i32)
              block loop
              {Repeat(n, static i => $"local.get 0 i32.load offset={4 * i} local.tee 1 i32.const {i} i32.eq br_if 1 ")}
              local.get 0 local.get 1 i32.add local.tee 0 br_if 0 end end
              local.get 1))
            """),
        new("back-edges-of-a-loop", 300, static n => $"""
            (module (memory 1) (func (export "f") (param i32) (result i32) (local i32)
              loop
              {Repeat(n, static i => $"local.get 0 i32.load offset={4 * i} local.tee 1 i32.const {i} i32.eq if local.get 0 local.get 1 i32.add local.set 0 br 1 end ")}
              end
              local.get 1))
            """),
        new("switches", 8, static n => $"""
            (module (func (export "f") (result i32) (local i32)
              {Repeat(n, static _ => $"block block local.get 0 br_table {Repeat(500, static _ => "0 1 ")} 0 end local.get 0 i32.const 1 i32.add local.set 0 end ")}
              local.get 0))
            """),
        new("small-switches", 100, static n => $"""
            (module (func (export "f") (param i32) (result i32) (local i32)
              {Repeat(n, static i => $"block block block block local.get 0 br_table 0 1 2 1 3 end local.get 1 i32.const {i} i32.add local.set 1 end local.get 1 local.get 0 i32.xor local.set 1 end local.get 1 i32.const 3 i32.mul local.set 1 end ")}
              local.get 1))
            """),
        new("wide-switch", 5000, static n => $"""
            (module (func (export "f") (param i32) (result i32)
              block block local.get 0 br_table {Repeat(n, static i => i % 3 == 0 ? "1 " : "0 ")} 0 end i32.const 1 return end i32.const 2))
            """),
        new("targets-of-a-switch", 300, static n => $"""
            (module (func (export "f") (param i32) (result i32) (local i32)
              block {Repeat(n, static _ => "block ")} local.get 0 br_table {Repeat(n, static i => $"{i} ")} {n} end
              {Repeat(n - 1, i => $"local.get 1 i32.const {i} i32.xor local.set 1 {(i % 4 == 0 ? $"br {n - 1 - i} " : "")} end ")}
              end local.get 1))
            """),
        new("interpreter", 200, static n => $"""
            (module (memory 1) (func (export "f") (param $pc i32) (result i32) (local $a i32) (local $b i32) (local $c i32)
              block $halt loop $next {Repeat(n, static _ => "block ")}
              local.get $pc i32.load8_u br_table {Repeat(n, static i => $"{i} ")} $halt end
              {Repeat(n - 1, static i => $"local.get {1 + (i % 3)} local.get {1 + (i / 3 % 3)} i32.const {i} i32.add i32.xor local.set {1 + (i % 3)} local.get $pc i32.const {1 + (i % 2)} i32.add local.set $pc br $next end ")}
              br $next end end local.get $a local.get $b i32.add local.get $c i32.add))
            """),
        new("nested-handlers", 100, static n => $"""
            (module (tag $t (param i32)) (func $g (param i32) (result i32) local.get 0)
              (func (export "f") (param i32) (result i32) (local i32)
              {Repeat(n, static _ => "block (result i32) try_table (catch $t 0) ")}
              local.get 0 call $g local.set 1
              {Repeat(n, static i => $"end local.get 1 call $g end local.get 1 i32.const {i} i32.add i32.add local.set 1 ")}
              local.get 1))
            """),
        new("sequential-handlers", 100, static n => $"""
            (module (tag $t (param i32)) (func $g (param i32) (result i32) local.get 0)
              (func (export "f") (param i32) (result i32) (local i32)
              {Repeat(n, static i => $"block (result i32) try_table (catch $t 0) local.get 0 call $g local.set 1 end i32.const {i} end local.get 1 i32.add local.set 1 ")}
              local.get 1))
            """),
        new("throws-past-handlers", 300, static n => $"""
            (module (tag $t (param i32)) (tag $u)
              (func (export "f") (param i32) (result i32)
              {Repeat(n, static _ => "block try_table (catch $u 0) ")}
              local.get 0 if local.get 0 throw $t end
              {Repeat(n, static _ => "end end ")}
              local.get 0))
            """),
        new("calls-in-nested-blocks", 300, static n => $"""
            (module (import "m" "g" (func $g (param i32) (result i32)))
              (func (export "f") (param i32) (result i32)
              {Repeat(n, static _ => "block ")}
              {Repeat(n, static _ => "local.get 0 call $g local.set 0 ")}
              {Repeat(n, static _ => "end ")}
              local.get 0))
            """),
        new("unreachable-code", 1000, static n => $"""
            (module (func (export "f") (param i32) (result i32)
              local.get 0 return
              {Repeat(n, static i => $"block (result i32) i32.const {i} i32.const 1 i32.add br 0 end drop ")}))
            """),
    ];
}
