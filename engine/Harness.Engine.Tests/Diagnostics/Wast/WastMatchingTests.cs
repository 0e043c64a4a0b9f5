using Harness.Engine.Diagnostics.Wast;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Diagnostics.Wast;

public class WastMatchingTests
{
    private readonly WastHostObjects _hostObjects = new();

    public static TheoryData<string, WasmValue, bool> Numbers => new()
    {
        { "(i32.const -1)", -1, true },
        { "(i32.const 0xffffffff)", -1, true },
        { "(i32.const 1)", 1L, false },
        { "(i64.const -1)", -1L, true },
        { "(f32.const -0)", -0f, true },
        { "(f32.const 0)", -0f, false },
        { "(f64.const 0x1p-1074)", double.Epsilon, true },
        { "(f32.const nan:canonical)", float.NaN, true },
        { "(f32.const nan:canonical)", double.NaN, false },
        { "(f64.const nan:0x1)", WasmValue.FromBits(ValueKind.F64, 0x7FF0_0000_0000_0001), true },
        { "(f64.const nan:arithmetic)", WasmValue.FromBits(ValueKind.F64, 0x7FF0_0000_0000_0001), false },
        { "(either (i32.const 1) (i32.const 2))", 2, true },
        { "(either (i32.const 1) (i32.const 2))", 3, false },
    };

    [Theory]
    [MemberData(nameof(Numbers))]
    public void NumbersMatchBitByBit(string pattern, WasmValue value, bool matches) =>
        Assert.Equal(matches, WastMatching.Matches(Pattern(pattern), value, _hostObjects));

    [Fact]
    public void ReferencesMatchByHierarchyAndIdentity()
    {
        var nullFunction = WasmValue.FromFunction(null);
        Assert.True(Matches("(ref.null)", nullFunction));
        Assert.True(Matches("(ref.null func)", nullFunction));
        Assert.True(Matches("(ref.null nofunc)", nullFunction));
        Assert.False(Matches("(ref.null extern)", nullFunction));
        Assert.False(Matches("(ref.func)", nullFunction));
        Assert.False(Matches("(ref.null)", 0));

        var one = WastMatching.ToRuntime(new WastValue(WastValueKind.ExternReference, 1), _hostObjects);
        Assert.True(Matches("(ref.extern 1)", one));
        Assert.False(Matches("(ref.extern 2)", one));
        Assert.True(Matches("(ref.extern)", one));
        Assert.False(Matches("(ref.null extern)", one));
    }

    [Fact]
    public void HostObjectsMatchInBothHierarchies()
    {
        var external = WastMatching.ToRuntime(new WastValue(WastValueKind.ExternReference, 1), _hostObjects);
        var @internal = WastMatching.ToRuntime(new WastValue(WastValueKind.HostReference, 1), _hostObjects);
        Assert.Equal(external, @internal.ExternConvertAny());
        Assert.True(Matches("(ref.host 1)", @internal));
        Assert.True(Matches("(ref.any)", @internal));
        Assert.False(Matches("(ref.host 2)", @internal));
        Assert.False(Matches("(ref.host 1)", external));
        Assert.False(Matches("(ref.extern 1)", @internal));
        Assert.False(Matches("(ref.eq)", @internal));
    }

    [Fact]
    public void HeapReferencesMatchByTheirKind()
    {
        using var store = new Store();
        var values = store.Instantiate(WasmModule.Decode(WatAssembler.Assemble(
            """
            (module
              (type $s (struct)) (type $a (array i8))
              (global (export "struct") anyref (struct.new $s))
              (global (export "array") eqref (array.new_default $a (i32.const 1)))
              (global (export "i31") i31ref (ref.i31 (i32.const 1)))
              (global (export "extern") externref (extern.convert_any (struct.new $s)))
              (global (export "null") structref (ref.null none)))
            """)));
        foreach (var (pattern, matching) in new[]
                 {
                     ("(ref.struct)", "struct"), ("(ref.array)", "array"), ("(ref.i31)", "i31"), ("(ref.eq)", "struct array i31"),
                     ("(ref.any)", "struct array i31"), ("(ref.extern)", "extern"), ("(ref.func)", ""), ("(ref.exn)", ""),
                     ("(ref.null)", "null"), ("(ref.null any)", "null"), ("(ref.null none)", "null"), ("(ref.null extern)", ""),
                     ("(either (ref.struct) (ref.null))", "struct null"),
                 })
        {
            var actual = new[] { "struct", "array", "i31", "extern", "null" }
                .Where(name => Matches(pattern, values.GetGlobal(name).Value));
            Assert.Equal((pattern, matching), (pattern, string.Join(' ', actual)));
        }
    }

    [Fact]
    public void ResultsAreComparedInNumberAndOrder()
    {
        WastPattern[] expected = [Pattern("(i32.const 1)"), Pattern("(i64.const 2)")];
        Assert.Equal(WastOutcomeKind.Held, WastMatching.Compare(expected, [1, 2L], _hostObjects).Kind);
        Assert.Equal("expected 2 results, got 1", WastMatching.Compare(expected, [1], _hostObjects).Message);
        Assert.Equal(
            "expected (i32.const 1) (i64.const 2), got (i32.const 1) (i64.const 3)",
            WastMatching.Compare(expected, [1, 3L], _hostObjects).Message);
    }

    private bool Matches(string pattern, WasmValue value) => WastMatching.Matches(Pattern(pattern), value, _hostObjects);

    private static WastPattern Pattern(string text) =>
        Assert.Single(Assert.IsType<WastCommand.AssertReturn>(
            Assert.Single(WastScript.Parse($"(assert_return (invoke \"f\") {text})").Commands)).Expected);
}
