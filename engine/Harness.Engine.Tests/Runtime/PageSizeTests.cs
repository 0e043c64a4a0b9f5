using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;
using Harness.Engine.Tests.Baseline;
using Harness.Engine.Tests.Optimizer.CodeGeneration;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Memories whose pages are single bytes: sizes, ends that no page of the system marks, limits, imports.</summary>
public class PageSizeTests
{
    private const string Accesses =
        """
        (func (export "size") (result i32) (memory.size))
        (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
        (func (export "load8") (param i32) (result i32) (i32.load8_u (local.get 0)))
        (func (export "load64") (param i32) (result i64) (i64.load (local.get 0)))
        (func (export "store32") (param i32 i32) (i32.store offset=2 (local.get 0) (local.get 1)))
        (func (export "fill") (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2)))
        """;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(70001)]
    public void EveryByteBehindTheEndTraps(int size)
    {
        var text = $"(memory {size} 100000 (pagesize 1)) {Accesses}";
        using var baseline = new BaselineRun(text);
        using var optimized = new OptimizedRun(text);
        Check(size, baseline.CallAll, (name, arguments) => baseline.TrapOf(name, arguments));
        Check(size, optimized.CallAll, (name, arguments) => optimized.TrapOf(name, arguments));
    }

    private delegate WasmValue[] Caller(string name, params ReadOnlySpan<WasmValue> arguments);

    private static void Check(int first, Caller call, Func<string, WasmValue[], TrapKind> trapOf)
    {
        var size = first;
        foreach (var delta in (int[])[0, 1, 4095, 3])
        {
            Assert.Equal(size, call("grow", delta)[0].AsI32());
            size += delta;
            Assert.Equal(size, call("size")[0].AsI32());
            Assert.Equal(TrapKind.MemoryOutOfBounds, trapOf("load8", [size]));
            Assert.Equal(TrapKind.MemoryOutOfBounds, trapOf("load8", [-1]));
            Assert.Equal(TrapKind.MemoryOutOfBounds, trapOf("fill", [0, 1, size + 1]));
            if (size > 0)
            {
                Assert.Equal(0, call("load8", size - 1)[0].AsI32());
            }

            Assert.Equal(TrapKind.MemoryOutOfBounds, trapOf("load64", [size - 7]));
            if (size >= 8)
            {
                Assert.Equal(0, call("load64", size - 8)[0].AsI64());
            }

            Assert.Equal(TrapKind.MemoryOutOfBounds, trapOf("store32", [size - 5, -1]));
            if (size < 6)
            {
                continue;
            }

            call("store32", size - 6, -1);
            Assert.Equal(0xFF, call("load8", size - 1)[0].AsI32());
            call("fill", size - 4, 0, 4);
        }

        Assert.Equal(-1, call("grow", 100_001 - size)[0].AsI32());
        Assert.Equal(size, call("grow", 100_000 - size)[0].AsI32());
    }

    [Fact]
    public void NumbersOfPagesHaveTheirLimits()
    {
        Assert.Equal(uint.MaxValue, Decode("(memory 0 0xffffffff (pagesize 1))").Memories[0].Type.Limits.Maximum);
        Assert.Equal(0, Decode("(memory i64 0 0xffffffffffffffff (pagesize 1))").Memories[0].Type.PageSizeLog2);
        Assert.Equal(65536, Decode("(memory 0 65536 (pagesize 65536))").Memories[0].Type.PageSize);
        Assert.StartsWith("memory size", Refusal<InvalidModuleException>("(memory 0 0x100000000 (pagesize 1))"), StringComparison.Ordinal);
        Assert.StartsWith("memory size", Refusal<InvalidModuleException>("(memory 0 65537 (pagesize 65536))"), StringComparison.Ordinal);
        Assert.StartsWith("invalid custom page size", Refusal<InvalidModuleException>("(memory 0 (pagesize 4096))"), StringComparison.Ordinal);
        Assert.Contains("invalid custom page size", Refusal<WatException>("(memory 0 (pagesize 3))"), StringComparison.Ordinal);
        Assert.Throws<MalformedModuleException>(() => WasmModule.Decode([0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 5, 4, 1, 8, 0, 65]));
    }

    [Fact]
    public void DataGivesTheSizeInPages()
    {
        using var run = new BaselineRun($"(memory (pagesize 1) (data \"abcde\")) {Accesses}");
        Assert.Equal(5, run.Call("size").AsI32());
        Assert.Equal('e', run.Call("load8", 4).AsI32());
        Assert.Equal(TrapKind.MemoryOutOfBounds, run.TrapOf("load8", 5));
    }

    [Fact]
    public void OtherPagesCannotBeImported()
    {
        using var engine = new WasmEngine();
        using var store = new Store(engine);
        var bytes = new Memory(store, new MemoryType(new Limits(5, null), Is64: false, PageSizeLog2: 0));
        Assert.Equal(5UL, bytes.ByteLength);
        Assert.Equal(5, bytes.Grow(2));
        Assert.Equal(7UL, bytes.Pages);
        Assert.Throws<ArgumentOutOfRangeException>(() => bytes.Span(0, 8));
        var imports = new Imports().Define("m", "memory", bytes);
        store.Instantiate(Decode("(import \"m\" \"memory\" (memory 7 (pagesize 1)))"), imports);
        Assert.Throws<LinkException>(() => store.Instantiate(Decode("(import \"m\" \"memory\" (memory 0))"), imports));
        Assert.Throws<LinkException>(() => store.Instantiate(Decode("(import \"m\" \"memory\" (memory 8 (pagesize 1)))"), imports));
    }

    private static WasmModule Decode(string text) => WasmModule.Decode(WatAssembler.Assemble($"(module {text})"));

    private static string Refusal<T>(string text)
        where T : Exception => Assert.Throws<T>(() => Decode(text)).Message;
}
