using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Which stack a store is open to, so that machine code of a host may enter compiled code without asking.</summary>
public sealed unsafe class OpenStackTests
{
    private const string Text = """(module (func (export "f") (param externref) (result i32) i32.const 7))""";

    [Fact]
    public void AStoreIsOpenToTheThreadThatHasCaughtUp()
    {
        using var store = new Store(EngineOptions.Default);
        Assert.False(IsOpen(store));
        store.CatchUpOnCollection();
        Assert.True(IsOpen(store));
        var isOpenToOther = true;
        var other = new Thread(() => isOpenToOther = IsOpen(store));
        other.Start();
        other.Join();
        Assert.False(isOpenToOther);
        var next = new Thread(store.Enter);
        next.Start();
        next.Join();
        Assert.False(IsOpen(store));
    }

    [Fact]
    public void AStoreIsClosedWhileACollectionIsPutOff()
    {
        using var store = new Store(EngineOptions.Default with { HeapNurserySize = 256, HeapNurseryMaxSize = 256 });
        var instance = store.Instantiate(WasmModule.Decode(WatAssembler.Assemble(Text)));
        var function = instance.GetFunction("f");
        Assert.Equal(7, function.Invoke(WasmValue.FromExtern("text"))[0].AsI32());
        store.CatchUpOnCollection();
        var count = 0;
        while (IsOpen(store) && count < 1_000_000)
        {
            store.ToNative(WasmValue.FromExtern("a string that is an object of the heap"), ValueType.ExternRef);
            count++;
        }

        Assert.InRange(count, 1, 999_999);
        long collections = store.HeapStatistics.YoungCollections + store.HeapStatistics.FullCollections;
        store.CatchUpOnCollection();
        Assert.True(IsOpen(store));
        Assert.NotEqual(collections, store.HeapStatistics.YoungCollections + store.HeapStatistics.FullCollections);
    }

    private static bool IsOpen(Store store)
    {
        byte here;
        return (nuint)(&here) - store.Context->OpenStack < store.Context->OpenStackSize;
    }
}
