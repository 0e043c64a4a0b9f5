using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Delegates call functions with all their bits, and without allocation.</summary>
public sealed class TypedCallTests
{
    private static readonly WasmModule Module = HandCompiler.Module(
        """
        (module
          (type $never (func (param i32)))
          (tag $t (param i32))
          (memory 1)
          (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
          (func (export "identity64") (param i64) (result i64) (local.get 0))
          (func (export "mixed") (param i32 i64 f32 f64) (result f64 i32 i64 f32)
            (local.get 3) (local.get 0) (local.get 1) (local.get 2))
          (func (export "nine") (param i32) (result i32 i32 i32 i32 i32 i32 i32 i32 i32)
            (local.get 0) (i32.const 2) (i32.const 3) (i32.const 4) (i32.const 5) (i32.const 6) (i32.const 7) (i32.const 8) (i32.const 9))
          (func (export "many") (param i64 i64 i64 i64 i64 i64 i64 i64 i64 i64) (result i64)
            (i64.add (i64.mul (local.get 0) (i64.const 10)) (local.get 9)))
          (func (export "nothing"))
          (func (export "trap") (param i32) (result i32) (i32.load (local.get 0)))
          (func (export "throw") (param i32) (throw $t (local.get 0)))
          (func (export "reference") (param anyref)))
        """);

    private delegate long Ten(long a, long b, long c, long d, long e, long f, long g, long h, long i, long j);

    private static WasmFunction Function(Store store, string name) => store.Instantiate(Module).GetFunction(name);

    [Theory]
    [InlineData(TierUpMode.Never)]
    [InlineData(TierUpMode.Eager)]
    public void ValuesArriveBitForBit(TierUpMode tierUp)
    {
        using var store = new Store(EngineOptions.Default with { TierUp = tierUp });
        Assert.Equal(-1, Function(store, "add").CreateDelegate<Func<int, int, int>>()(int.MaxValue, int.MinValue));
        Assert.Equal(uint.MaxValue, Function(store, "add").CreateDelegate<Func<uint, int, uint>>()(uint.MaxValue, 0));
        Assert.Equal(ulong.MaxValue, Function(store, "identity64").CreateDelegate<Func<ulong, ulong>>()(ulong.MaxValue));
        var mixed = Function(store, "mixed").CreateDelegate<Func<int, long, float, double, (double, int, long, float)>>();
        Assert.Equal((-0.0, -1, long.MinValue, float.NegativeInfinity), mixed(-1, long.MinValue, float.NegativeInfinity, -0.0));
        Assert.True(double.IsNegative(mixed(0, 0, 0, -0.0).Item1));
        Assert.Equal((1, 2, 3, 4, 5, 6, 7, 8, 9), Function(store, "nine").CreateDelegate<Func<int, (int, int, int, int, int, int, int, int, int)>>()(1));
        Assert.Equal(20, Function(store, "many").CreateDelegate<Ten>()(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
        Function(store, "nothing").CreateDelegate<Action>()();
    }

    [Fact]
    public void TrapsAndExceptionsArriveAndTheStoreGoesOn()
    {
        using var store = new Store();
        var load = Function(store, "trap").CreateDelegate<Func<int, int>>();
        Assert.Equal(TrapKind.MemoryOutOfBounds, Assert.Throws<WasmTrapException>(() => load(-1)).Kind);
        Assert.Equal(0, load(0));
        Assert.Throws<WasmException>(() => Function(store, "throw").CreateDelegate<Action<int>>()(7));
        Assert.Equal(0, load(8));
    }

    [Fact]
    public void CallsDoNotAllocate()
    {
        using var store = new Store();
        var add = Function(store, "add").CreateDelegate<Func<int, int, int>>();
        var sum = add(1, 2);
        var least = long.MaxValue;

        // The least of three: a collection that another test's thread starts may take this thread's unused allocation context, which counts as allocated.
        for (var batch = 0; batch < 3; batch++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 10_000; i++)
            {
                sum = add(sum, 1);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
        Assert.Equal(30_003, sum);
    }

    [Fact]
    public void OtherTypesAreRefused()
    {
        using var store = new Store();
        var add = Function(store, "add");
        Assert.Throws<ArgumentException>(() => add.CreateDelegate<Func<int, int>>());
        Assert.Throws<ArgumentException>(() => add.CreateDelegate<Action<int, int>>());
        Assert.Throws<ArgumentException>(() => add.CreateDelegate<Func<int, long, int>>());
        Assert.Throws<ArgumentException>(() => add.CreateDelegate<Func<HostCaller, int, int, int>>());
        Assert.Throws<ArgumentException>(() => add.CreateDelegate<Func<string, int, int>>());
        Assert.Throws<ArgumentException>(() => Function(store, "reference").CreateDelegate<Action<int>>());
    }
}
