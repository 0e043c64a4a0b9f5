using static Harness.Engine.Diagnostics.Growth.GrowingShape;

namespace Harness.Engine.Diagnostics.Growth;

/// <summary>Shapes of calls: many of one function, many functions, many parameters and results, values alive over calls.</summary>
internal static class CallShapes
{
    /// <summary>The most parameters and results of a function.</summary>
    private const int MostParameters = 1000;

    /// <summary>The shapes.</summary>
    public static IReadOnlyList<GrowingShape> All { get; } =
    [
        new("calls", 500, static n => $"""
            (module (func $g (param i32) (result i32) (local.get 0))
              (func $h (param i32) (result i32) (call $h (call $g (local.get 0))))
              (func (export "f") (param i32) (result i32)
              local.get 0 {Repeat(n, static i => i % 2 == 0 ? "call $g " : "call $h ")}))
            """),
        new("indirect-calls", 300, static n => $"""
            (module (type $t (func (param i32) (result i32))) (table 10 funcref)
              (func (export "f") (param i32) (result i32)
              local.get 0 {Repeat(n, static i => $"i32.const {i % 10} call_indirect (type $t) ")}))
            """),
        new("values-over-calls", 60, static n => $"""
            (module (memory 1) (func $g)
              (func (export "f") (param i32) {Repeat(n, static _ => "(local i32) ")}
              {Repeat(n, static i => $"local.get 0 i32.load offset={4 * i} local.set {i + 1} call $g ")}
              {Repeat(n, i => $"local.get 0 local.get {(i * 7 % n) + 1} i32.store offset={4 * i} call $g ")}))
            """),
        new("parameters", 60, static n => $"""
            (module (memory 1) (func $f (export "f") {Repeat(Math.Min(n, MostParameters), static _ => "(param i32) ")}
              {Repeat(Math.Min(n, MostParameters), i => $"local.get {i} local.get {Math.Min(n, MostParameters) - 1 - i} i32.store ")}))
            """),
        new("arguments", 60, static n => $"""
            (module (func $g {Repeat(Math.Min(n, MostParameters), static _ => "(param i32) ")})
              (func (export "f") (param i32)
              {Repeat(Math.Min(n, MostParameters), static i => $"local.get 0 i32.const {i} i32.add ")} call $g))
            """),
        new("results", 60, static n => $"""
            (module (func $g (result {Repeat(Math.Min(n, MostParameters), static _ => "i32 ")}) {Repeat(Math.Min(n, MostParameters), static i => $"i32.const {i} ")})
              (func (export "f") (result i32) call $g {Repeat(Math.Min(n, MostParameters) - 1, static _ => "i32.xor ")}))
            """),
        new("functions", 200, static n => $"""
            (module {Repeat(n, static i => $"(func $f{i} (param i32) (result i32) (i32.add (call $f{i / 2} (local.get 0)) (i32.const {i}))) ")})
            """),
        new("chain-of-functions", 200, static n => $"""
            (module {Repeat(n, i => $"(func $f{i} (param i32) (result i32) (i32.add (call $f{Math.Min(i + 1, n - 1)} (local.get 0)) (i32.const {i}))) ")})
            """),
    ];
}
