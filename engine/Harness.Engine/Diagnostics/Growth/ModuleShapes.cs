using static Harness.Engine.Diagnostics.Growth.GrowingShape;

namespace Harness.Engine.Diagnostics.Growth;

/// <summary>Shapes of modules: types, recursion groups, supertypes, imports, exports, elements, data and tags.</summary>
internal static class ModuleShapes
{
    /// <summary>The deepest that supertypes nest.</summary>
    private const int MostSupertypes = 60;

    /// <summary>The shapes.</summary>
    public static IReadOnlyList<GrowingShape> All { get; } =
    [
        new("types", 1000, static n => $"""
            (module {Repeat(n, static i => $"(type $t{i} (struct {Repeat(i % 13, static j => j % 2 == 0 ? "(field i32) " : "(field (mut i64)) ")} (field (mut f64)))) ")}
              (func (export "f") (result i32) (i32.const 0)))
            """),
        new("recursion-group", 1000, static n => $"""
            (module (rec {Repeat(n, i => $"(type $t{i} (struct (field (ref null $t{(i + 1) % n})) (field (mut (ref null $t{(i * 7) % n}))))) ")})
              (func (export "f") (result i32) (i32.const 0)))
            """),
        new("recursion-groups", 500, static n => $"""
            (module {Repeat(n, static i => $"(rec (type $a{i} (struct (field (ref null $b{i})))) (type $b{i} (struct (field (mut (ref null $a{i / 2})))))) ")}
              (func (export "f") (result i32) (i32.const 0)))
            """),
        new("supertypes", 20, static n => $"""
            (module {Repeat(n, static i => i % MostSupertypes == 0 ? $"(type $t{i} (sub (struct (field i32)))) " : $"(type $t{i} (sub $t{i - 1} (struct (field i32)))) ")}
              (func (export "f") (param anyref) (result i32) (local i32)
              {Repeat(n, static i => $"local.get 0 ref.test (ref $t{i}) local.get 1 i32.add local.set 1 ")} local.get 1))
            """),
        new("imports", 500, static n => $"""
            (module {Repeat(n, static i => $"(import \"m\" \"f{i}\" (func $i{i} (param i32) (result i32))) ")}
              (func (export "f") (param i32) (result i32) local.get 0 {Repeat(n, static i => $"call $i{i} ")}))
            """),
        new("exports", 500, static n => $"""
            (module (func $f (result i32) (i32.const 0)) {Repeat(n, static i => $"(export \"f{i}\" (func $f)) ")})
            """),
        new("elements", 500, static n => $"""
            (module (table {n} funcref) (func $f (result i32) (i32.const 0))
              {Repeat(n, static i => $"(elem (i32.const {i}) $f $f) ")})
            """),
        new("data-segments", 500, static n => $"""
            (module (memory 1) (func $f (result i32) (i32.const 0))
              {Repeat(n, static i => $"(data (i32.const {i}) \"0123456789\") ")})
            """),
        new("tags", 200, static n => $"""
            (module {Repeat(n, static i => $"(tag $t{i} (param i32)) ")}
              (func (export "f") (param i32)
              {Repeat(n, static i => $"local.get 0 i32.const {i} i32.eq if local.get 0 throw $t{i} end ")}))
            """),
    ];
}
