using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Optimizer.CodeGeneration;

/// <summary>Tests of references' types in optimized code: how few instructions they are, and that null traps where it always did.</summary>
public class TypeTestCodeTests
{
    private const string Types =
        """
        (type $open (sub (struct (field i32))))
        (type $middle (sub $open (struct (field i32))))
        (type $deep (sub $middle (struct (field i32))))
        (type $closed (sub final $open (struct (field i32))))
        (type $f (sub (func (result i32))))
        (type $g (sub $f (func (result i32))))
        (type $h (func (result i32)))
        """;

    /// <summary>Casts of what may be null to what may not, by the type that is known and the one that is asked for.</summary>
    public static TheoryData<string, string, string> Casts => new()
    {
        { "(ref null $open)", "$closed", "none" },
        { "(ref null $open)", "$middle", "none" },
        { "anyref", "$middle", "none" },
        { "anyref", "$closed", "none" },
        { "eqref", "struct", "none" },
        { "(ref null $f)", "$g", "nofunc" },
        { "funcref", "$h", "nofunc" },
    };

    [Theory]
    [MemberData(nameof(Casts))]
    public void ACastOfNullTrapsWhereItStandsWithoutATestOfItsOwn(string known, string target, string bottom)
    {
        var module =
            $"""
            {Types}
            (func $callee (export "callee") (param {known}) (result i32) (drop (ref.cast (ref {target}) (local.get 0))) (i32.const 1))
            (func (export "main") (param {known}) (result i32) (call $callee (local.get 0)))
            """;
        var none = WasmValue.Null(HeapType.Abstract(bottom == "none" ? AbstractHeapType.None : AbstractHeapType.NoFunc));
        foreach (var knob in (string[])["inlining=on", "inlining=off", "stress.gc-interval=1", "stress.guard-fail-interval=1", "deopt=off"])
        {
            using var optimized = new OptimizedRun(module, knob);
            using var baseline = new OptimizedRun(module, knob, "tier-up=never");
            var actual = Assert.Throws<WasmTrapException>(() => optimized.CallAll("main", none));
            var expected = Assert.Throws<WasmTrapException>(() => baseline.CallAll("main", none));
            Assert.Equal(TrapKind.CastFailure, actual.Kind);
            Assert.Equal(expected.Message, actual.Message);
            if (knob == "inlining=off")
            {
                var listing = optimized.Listing("callee");
                Assert.DoesNotContain("test rax, rax", listing);
                Assert.Contains(listing, line => line.Contains(target == "struct" ? "test byte [rax" : "[rax", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void ATypeWithSubtypesIsTestedByOneComparisonInItsRow()
    {
        using var run = new OptimizedRun(
            $"""
            {Types}
            (func $make (param i32) (result (ref null $open))
              (if (i32.eqz (local.get 0)) (then (return (struct.new $open (i32.const 1)))))
              (if (i32.eq (local.get 0) (i32.const 1)) (then (return (struct.new $middle (i32.const 2)))))
              (if (i32.eq (local.get 0) (i32.const 2)) (then (return (struct.new $deep (i32.const 3)))))
              (if (i32.eq (local.get 0) (i32.const 3)) (then (return (struct.new $closed (i32.const 4)))))
              (ref.null $open))
            (func $cast (export "cast") (param (ref null $open)) (result i32) (struct.get $middle 0 (ref.cast (ref $middle) (local.get 0))))
            (func (export "main") (param i32) (result i32) (call $cast (call $make (local.get 0))))
            """,
            "inlining=off",
            "stress.gc-interval=1");
        Assert.Equal(TrapKind.CastFailure, run.TrapOf("main", 0));
        Assert.Equal(2, run.Call("main", 1).AsI32());
        Assert.Equal(3, run.Call("main", 2).AsI32());
        Assert.Equal(TrapKind.CastFailure, run.TrapOf("main", 3));
        Assert.Equal(TrapKind.CastFailure, run.TrapOf("main", 4));
        var listing = run.Listing("cast");
        Assert.Single(listing, line => line.StartsWith("cmp", StringComparison.Ordinal));
        Assert.Single(listing, line => line.StartsWith('j'));
    }

    [Fact]
    public unsafe void RowsLieWhereCompiledCodeLooksForThem()
    {
        var type = TypeRegistry.Get(TypeRegistry.CanonicalId(new FunctionType([ValueType.F64], [ValueType.I64])));
        TypeDisplays.Add(type);
        var table = TypeDisplays.TryGetDisplacement(out var displacement) ? displacement : (nint)TypeDisplays.Base;
        var row = (byte*)table + ((nint)type.CanonicalId << TypeDisplays.RowShift);
        Assert.Equal(type.CanonicalId, *(int*)(row + TypeDisplays.OffsetOf(type.Depth)));
        Assert.Equal(0, *(int*)(row + TypeDisplays.OffsetOf(type.Depth + 1)));
    }
}
