using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;

namespace Harness.Engine.Diagnostics.Growth;

/// <summary>All growing shapes, by name.</summary>
internal static class GrowingShapes
{
    private static readonly Dictionary<string, GrowingShape> ByName =
        new[] { ControlShapes.All, ValueShapes.All, CallShapes.All, ObjectShapes.All, ModuleShapes.All }
            .SelectMany(static shapes => shapes)
            .ToDictionary(static shape => shape.Name);

    /// <summary>The shapes, in a fixed order.</summary>
    public static IReadOnlyCollection<GrowingShape> All => ByName.Values;

    /// <summary>The shape of a name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public static GrowingShape Get(string name) => ByName[name];

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
            {GrowingShape.Repeat(size, static i => $"i32.const {i} local.get $p struct.new $s local.set $p ")}
            (local.set $r (call_indirect (type $t) (local.get $k) (local.get $k)))
            (i32.add (local.get $r) (struct.get $s 0 (struct.get $s 1 (local.get $p)))))
          (func (export "warm") (result i32) (call $work (i32.const 0)))
          (func (export "fail") (result i32) (call $work (i32.const 1))))
        """));
}
