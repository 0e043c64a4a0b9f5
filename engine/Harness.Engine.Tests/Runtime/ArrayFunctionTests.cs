using Harness.Engine.Configuration;
using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Runtime;

/// <summary>The runtime functions that copy and fill arrays, against spans.</summary>
public sealed class ArrayFunctionTests
{
    private static readonly int[] Lengths = [0, 1, 2, 3, 5, 8, 13, 21, 63, 64, 65, 100, 511, 512, 513, 700];

    [Theory]
    [InlineData("i8")]
    [InlineData("i16")]
    [InlineData("i32")]
    [InlineData("i64")]
    [InlineData("f32")]
    [InlineData("f64")]
    [InlineData("i31ref")]
    public void CopiesAndFillsAreThoseOfSpans(string element)
    {
        var value = element switch
        {
            "i8" or "i16" => "(local.get 2)",
            "i32" => "(local.get 2)",
            "i64" => "(i64.mul (i64.extend_i32_u (local.get 2)) (i64.const 0x100000001))",
            "f32" => "(f32.reinterpret_i32 (local.get 2))",
            "f64" => "(f64.reinterpret_i64 (i64.mul (i64.extend_i32_u (local.get 2)) (i64.const 0x100000001)))",
            _ => "(ref.i31 (local.get 2))",
        };
        using var store = new Store(EngineOptions.Default with { TierUp = TierUpMode.Never });
        var instance = store.Instantiate(
            HandCompiler.Module(
                $"""
                 (module (type $a (array (mut {element})))
                   (func (export "new") (param i32) (result (ref $a)) (array.new_default $a (local.get 0)))
                   (func (export "fill") (param (ref null $a) i32 i32 i32)
                     (array.fill $a (local.get 0) (local.get 1) {value} (local.get 3)))
                   (func (export "copy") (param (ref null $a) i32 (ref null $a) i32 i32)
                     (array.copy $a $a (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4))))
                 """));
        var copy = instance.GetFunction("copy");
        var fill = instance.GetFunction("fill");
        var random = new Random(element.Length + element[^1]);
        WasmValue[] arrays = [.. Lengths.Select(length => instance.GetFunction("new").Invoke(length)[0])];
        for (var i = 0; i < 3000; i++)
        {
            var target = random.Next(arrays.Length);
            var source = random.Next(3) == 0 ? target : random.Next(arrays.Length);
            var start = random.Next(Lengths[target] + 2);
            var sourceStart = random.Next(Lengths[source] + 2);
            var count = random.Next(4) == 0 ? random.Next(800) : random.Next(40);
            var bits = random.Next();
            var expected = Elements(arrays[target]);
            if (i % 2 == 0)
            {
                var from = Elements(arrays[source]);
                if (!Invoke(copy, arrays[target], start, arrays[source], sourceStart, count))
                {
                    Assert.True(start + count > expected.Length || sourceStart + count > from.Length);
                    continue;
                }

                from.AsSpan(sourceStart, count).CopyTo(expected.AsSpan(start));
            }
            else
            {
                if (!Invoke(fill, arrays[target], start, bits, count))
                {
                    Assert.True(start + count > expected.Length);
                    continue;
                }

                expected.AsSpan(start, count).Fill(Expand(element, (uint)bits));
            }

            Assert.Equal(expected, Elements(arrays[target]));
            if (i % 500 == 0)
            {
                store.CollectGarbage();
            }
        }

        var none = WasmValue.Null(HeapType.Abstract(AbstractHeapType.None));
        Assert.Equal(TrapKind.NullArray, Assert.Throws<WasmTrapException>(() => fill.Invoke(none, 0, 0, 0)).Kind);
        Assert.Equal(TrapKind.NullArray, Assert.Throws<WasmTrapException>(() => copy.Invoke(arrays[3], 0, none, 0, 0)).Kind);
        Assert.Equal(TrapKind.NullArray, Assert.Throws<WasmTrapException>(() => copy.Invoke(none, 0, arrays[3], 0, 0)).Kind);
        Assert.False(Invoke(copy, arrays[9], -1, arrays[9], 0, 2));
        Assert.False(Invoke(copy, arrays[9], 0, arrays[9], 1, -1));
        Assert.False(Invoke(fill, arrays[9], 1, 0, -1));
    }

    private static bool Invoke(WasmFunction function, params WasmValue[] arguments)
    {
        try
        {
            function.Invoke(arguments);
            return true;
        }
        catch (WasmTrapException trap)
        {
            Assert.Equal(TrapKind.ArrayOutOfBounds, trap.Kind);
            return false;
        }
    }

    private static ulong Expand(string element, uint bits) => element switch
    {
        "i8" => (byte)bits,
        "i16" => (ushort)bits,
        "i32" or "f32" => bits,
        "i31ref" => (uint)((bits << 1) | 1),
        _ => bits * 0x1_0000_0001ul,
    };

    private static ulong[] Elements(WasmValue array)
    {
        var address = array.AsHeap()!.Address;
        var result = new ulong[ObjectHeap.LengthOf(address)];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = ObjectHeap.ReadElement(address, (uint)i);
        }

        return result;
    }
}
