using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Baseline;

/// <summary>Memory accesses at and past the end, with guard pages and with explicit checks.</summary>
public sealed class MemoryTests
{
    private const int PageSize = 65536;

    private static readonly (string Name, int Bytes, string Type)[] Accesses =
    [
        ("i32.load", 4, "i32"), ("i64.load", 8, "i64"), ("f32.load", 4, "f32"), ("f64.load", 8, "f64"), ("i32.load8_s", 1, "i32"),
        ("i32.load16_u", 2, "i32"), ("i64.load8_u", 1, "i64"), ("i64.load16_s", 2, "i64"), ("i64.load32_s", 4, "i64"),
        ("i64.load32_u", 4, "i64"),
    ];

    private static readonly (string Name, int Bytes, string Type)[] Stores =
    [
        ("i32.store", 4, "i32"), ("i64.store", 8, "i64"), ("f32.store", 4, "f32"), ("f64.store", 8, "f64"), ("i32.store8", 1, "i32"),
        ("i32.store16", 2, "i32"), ("i64.store8", 1, "i64"), ("i64.store16", 2, "i64"), ("i64.store32", 4, "i64"),
    ];

    public static TheoryData<string, string, int> Configurations => new()
    {
        { "on", "i32", 0 }, { "off", "i32", 0 }, { "on", "i64", 0 }, { "on", "i32", 1 }, { "off", "i32", 1 }, { "off", "i64", 1 },
    };

    [Theory]
    [MemberData(nameof(Configurations))]
    public void AccessesAreBoundedToTheByte(string guardPages, string addressType, int memory)
    {
        var memories = string.Concat(Enumerable.Repeat($"(memory {addressType} 1) ", memory + 1));
        var text = memories;
        foreach (var (name, bytes, type) in Accesses)
        {
            foreach (var offset in (string[])["0", "100", "2147483644", "4294967295"])
            {
                text += $"(func (export \"{name}+{offset}\") (param {addressType}) (result {type}) ({name} {memory} offset={offset} (local.get 0)))\n";
            }

            text += $"(func (export \"{name} last\") (result {type}) ({name} {memory} offset=5 ({addressType}.const {PageSize - 5 - bytes})))\n";
            text += $"(func (export \"{name} past\") (result {type}) ({name} {memory} offset=5 ({addressType}.const {PageSize - 4 - bytes})))\n";
        }

        using var run = new BaselineRun(text, $"memory.guard-pages={guardPages}");
        WasmValue Address(long address) => addressType == "i32" ? WasmValue.FromI32((int)address) : WasmValue.FromI64(address);
        foreach (var (name, bytes, _) in Accesses)
        {
            Assert.Equal(0UL, run.Call($"{name}+0", Address(PageSize - bytes)).Bits);
            Assert.Equal(0UL, run.Call($"{name}+100", Address(PageSize - 100 - bytes)).Bits);
            Assert.Equal(0UL, run.Call($"{name} last").Bits);
            Assert.Equal(TrapKind.MemoryOutOfBounds, run.TrapOf($"{name} past"));
            foreach (var address in (long[])[PageSize - bytes + 1, PageSize, -1, int.MinValue, int.MaxValue])
            {
                Assert.Equal(TrapKind.MemoryOutOfBounds, run.TrapOf($"{name}+0", Address(address)));
                Assert.Equal(TrapKind.MemoryOutOfBounds, run.TrapOf($"{name}+2147483644", Address(address)));
                Assert.Equal(TrapKind.MemoryOutOfBounds, run.TrapOf($"{name}+4294967295", Address(address)));
            }

            Assert.Equal(TrapKind.MemoryOutOfBounds, run.TrapOf($"{name}+100", Address(PageSize - 100 - bytes + 1)));
        }
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void StoresThatTrapWriteNothing(string guardPages, string addressType, int memory)
    {
        var text = string.Concat(Enumerable.Repeat($"(memory {addressType} 1) ", memory + 1))
            + $"(func (export \"last\") (result i64) (i64.load {memory} ({addressType}.const {PageSize - 8})))\n"
            + $"(func (export \"clear\") (i64.store {memory} ({addressType}.const {PageSize - 8}) (i64.const 0)))\n";
        foreach (var (name, _, type) in Stores)
        {
            text += $"(func (export \"{name}\") (param {addressType} {type}) ({name} {memory} (local.get 0) (local.get 1)))\n";
            var constant = type[0] == 'f' ? "-nan" : "-1";
            text += $"(func (export \"{name} constant\") (param {addressType}) ({name} {memory} (local.get 0) ({type}.const {constant})))\n";
        }

        using var run = new BaselineRun(text, $"memory.guard-pages={guardPages}");
        foreach (var (name, bytes, type) in Stores)
        {
            var ones = type switch
            {
                "i32" => WasmValue.FromI32(-1),
                "i64" => WasmValue.FromI64(-1),
                "f32" => WasmValue.FromF32(BitConverter.UInt32BitsToSingle(uint.MaxValue)),
                _ => WasmValue.FromF64(BitConverter.UInt64BitsToDouble(ulong.MaxValue)),
            };
            WasmValue Address(int address) => addressType == "i32" ? WasmValue.FromI32(address) : WasmValue.FromI64(address);
            run.CallAll("clear");
            for (var past = 1; past <= bytes; past++)
            {
                Assert.Equal(TrapKind.MemoryOutOfBounds, run.TrapOf(name, Address(PageSize - bytes + past), ones));
                Assert.Equal(TrapKind.MemoryOutOfBounds, run.TrapOf($"{name} constant", Address(PageSize - bytes + past)));
            }

            Assert.Equal(0, run.Call("last").AsI64());
            run.CallAll(name, Address(PageSize - bytes), ones);
            Assert.Equal(-1L << (64 - (8 * bytes)), run.Call("last").AsI64());
        }
    }

    [Theory]
    [InlineData("on")]
    [InlineData("off")]
    public void GrowthBulkOperationsAndGlobalsWork(string guardPages)
    {
        using var run = new BaselineRun("""
            (memory 1 3)
            (data $d "hello")
            (global $i (mut i32) (i32.const 3)) (global $l (mut i64) (i64.const 4))
            (global $f (mut f32) (f32.const 5)) (global $e (mut f64) (f64.const 6))
            (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
            (func (export "size") (result i32) (memory.size))
            (func (export "fill") (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2)))
            (func (export "copy") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
            (func (export "init") (param i32 i32 i32) (memory.init $d (local.get 0) (local.get 1) (local.get 2)))
            (func (export "drop") (data.drop $d))
            (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))
            (func (export "globals") (param i32) (result i32 i64 f32 f64)
              (global.set $i (i32.add (global.get $i) (local.get 0)))
              (global.set $l (i64.add (global.get $l) (i64.extend_i32_s (local.get 0))))
              (global.set $f (f32.add (global.get $f) (f32.convert_i32_s (local.get 0))))
              (global.set $e (f64.add (global.get $e) (f64.convert_i32_s (local.get 0))))
              (global.get $i) (global.get $l) (global.get $f) (global.get $e)
              (global.set $i (i32.const 3)))
            """,
            $"memory.guard-pages={guardPages}");
        Assert.Equal(TrapKind.MemoryOutOfBounds, run.TrapOf("load", PageSize));
        Assert.Equal(1, run.Call("grow", 2).AsI32());
        Assert.Equal(-1, run.Call("grow", 1).AsI32());
        Assert.Equal(3, run.Call("size").AsI32());
        Assert.Equal(0, run.Call("load", (3 * PageSize) - 1).AsI32());
        run.CallAll("fill", 10, 0x1AB, 4);
        Assert.Equal(0xAB, run.Call("load", 13).AsI32());
        Assert.Equal(0, run.Call("load", 14).AsI32());
        run.CallAll("init", 100, 1, 3);
        run.CallAll("copy", 101, 100, 3);
        Assert.Equal("eell", string.Concat(Enumerable.Range(100, 4).Select(i => (char)run.Call("load", i).AsI32())));
        Assert.Equal(TrapKind.MemoryOutOfBounds, run.TrapOf("fill", (3 * PageSize) - 3, 1, 4));
        Assert.Equal(0, run.Call("load", (3 * PageSize) - 1).AsI32());
        Assert.Equal(TrapKind.MemoryOutOfBounds, run.TrapOf("init", 0, 3, 3));
        run.CallAll("drop");
        Assert.Equal(TrapKind.MemoryOutOfBounds, run.TrapOf("init", 0, 1, 1));
        Assert.Equal([5, 6L, 7f, 8.0], run.CallAll("globals", 2));
        Assert.Equal([5, 8L, 9f, 10.0], run.CallAll("globals", 2));
    }
}
