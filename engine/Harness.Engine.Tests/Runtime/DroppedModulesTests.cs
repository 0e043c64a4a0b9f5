using System.Globalization;
using System.Runtime.CompilerServices;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Xunit.Abstractions;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Tests that measure the whole process, and so run while no other test does.</summary>
[CollectionDefinition(nameof(AloneInTheProcess), DisableParallelization = true)]
public sealed class AloneInTheProcess;

/// <summary>
/// A process can go through any number of modules: types, code, instances and stores are freed one by one. The variable HARNESS_DROPPED_MODULES has the
/// number of modules: 100,000 take some minutes.
/// </summary>
[Collection(nameof(AloneInTheProcess))]
public sealed class DroppedModulesTests(ITestOutputHelper output)
{
    private const string CountVariable = "HARNESS_DROPPED_MODULES";
    private const int UsualCount = 3000;

    /// <summary>Bits of a number that the types of a module are made of, so that no two modules have the same.</summary>
    private const int TypeBits = 20;

    /// <summary>What memory may vary by where few modules are run: the .NET runtime goes on compiling what is called often.</summary>
    private const long Slack = 12 << 20;

    private static int Count => int.Parse(Environment.GetEnvironmentVariable(CountVariable) ?? $"{UsualCount}", CultureInfo.InvariantCulture);

    [Fact]
    public void ModulesThatAreDroppedLeaveNothing()
    {
        using var engine = new WasmEngine(EngineOptions.Default with { TierUp = TierUpMode.Synchronous, StressTierUpAfter = 2 });
        var first = Count / 10;
        Run(engine, 0, first);
        var before = Use.Now(engine);
        output.WriteLine($"after {first} modules: {before}");
        Run(engine, first, Count);
        var after = Use.Now(engine);
        output.WriteLine($"after {Count} modules: {after}");

        var allowed = before.Resident / 20 + (Count <= UsualCount ? Slack : 0);
        Assert.True(after.Resident <= before.Resident + allowed, $"{before}; then {after}");
        Assert.InRange(after.Types, 0, before.Types + 100);
        Assert.InRange(after.CodeBytes, 0, before.CodeBytes + (100 << 10));
    }

    [Fact]
    public void TypesLiveAsLongAsWhatRefersToThem()
    {
        var id = DefineAndDrop(out var function);
        Collect();
        Assert.Equal(2, TypeRegistry.Get(id).Struct!.Fields.Length);
        GC.KeepAlive(function);
        function = null!;
        Collect();
        var gone = Assert.Throws<InvalidOperationException>(() => TypeRegistry.Get(id));
        Assert.Contains("is gone with the module that defined it", gone.Message, StringComparison.Ordinal);

        // The same type comes again, under another number.
        var again = DefineAndDrop(out function);
        Assert.NotEqual(id, again);
        Assert.Equal(2, TypeRegistry.Get(again).Struct!.Fields.Length);
        GC.KeepAlive(function);
    }

    [Fact]
    public void TheTypeOfATagOfTheHostGoesWithTheTag()
    {
        var id = MakeAndDropTag();
        Collect();
        var gone = Assert.Throws<InvalidOperationException>(() => TypeRegistry.Get(id));
        Assert.Contains("is gone with the module that defined it", gone.Message, StringComparison.Ordinal);
    }

    /// <summary>Makes a tag of a type that nothing else has, in a store that goes with it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int MakeAndDropTag()
    {
        using var store = new Store();
        var tag = Tag.Create(store, FunctionType.Of([ValueType.F64, ValueType.F32, ValueType.F64, ValueType.F32, ValueType.F32], []));
        Collect();
        Assert.Equal(5, tag.Type.Type.Parameters.Length);
        Assert.Equal(tag.Type.CanonicalTypeId, TypeRegistry.Get(tag.Type.CanonicalTypeId).CanonicalId);
        return tag.Type.CanonicalTypeId;
    }

    /// <summary>Defines a type that nothing else does, and lets only a function of the host refer to it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int DefineAndDrop(out HostFunction function)
    {
        var module = HandCompiler.Module(
            """
            (module (type $rare (struct (field (mut f64) (mut (ref null $rare))))) (type $f (func (param (ref null $rare))))
              (import "host" "f" (func (type $f))))
            """);
        function = HostFunction.Create(module.Functions[0].Type, static (_, _, _) => { });
        return module.CanonicalTypeIds[0];
    }

    private static void Run(WasmEngine engine, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            Run(engine, i);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Run(WasmEngine engine, int number)
    {
        var fields = string.Concat(Enumerable.Range(0, TypeBits).Select(bit => (number >> bit & 1) == 0 ? "(field i32)" : "(field i64)"));
        var parameters = string.Concat(Enumerable.Range(0, TypeBits).Select(bit => (number >> bit & 1) == 0 ? "(param i32)" : "(param f64)"));
        using var store = new Store(engine);
        var module = HandCompiler.Module(
            $"""
            (module
              (type $own (struct {fields}))
              (type $link (struct (field (ref null $own) i32)))
              (type $call (func {parameters}))
              (import "host" "call" (func $host (type $call)))
              (memory 1) (table 10 funcref) (tag $tag (param i32)) (global $kept (mut (ref null $link)) (ref.null $link))
              (func $make (export "make") (param i32) (result (ref $link))
                (struct.new $link (struct.new_default $own) (i32.add (local.get 0) (i32.const {number}))))
              (func (export "call") (type $call))
              (func (export "run") (param i32) (result i32)
                (global.set $kept (call $make (local.get 0)))
                (block $caught (result i32)
                  (try_table (catch $tag $caught) (throw $tag (struct.get $link 1 (global.get $kept))))
                  (unreachable))))
            """);
        var imports = new Imports().Define("host", "call", HostFunction.Create(module.Functions[0].Type, static (_, _, _) => { }));
        var instance = store.Instantiate(module, imports);
        var run = instance.GetFunction("run");
        for (var call = 0; call < 4; call++)
        {
            Assert.Equal(call + number, run.Invoke(call)[0].AsI32());
        }

        store.CollectGarbage();
        instance.GetFunction("call").Invoke([.. module.Functions[0].Type.Parameters.Select(type => type.Kind == ValueKind.I32 ? (WasmValue)1 : 1.0)]);
    }

    private static void Collect()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    /// <summary>What the process uses.</summary>
    private sealed record Use(long Resident, int Types, long CodeBytes)
    {
        public static Use Now(WasmEngine engine)
        {
            Collect();

            // What the heap of the host has room for depends on the tests before: only this gives all of it back.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            var line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
            var resident = long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
            return new Use(resident, TypeRegistry.Count, engine.CodeBytes);
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Resident / 1048576.0:F1} MiB resident, {Types} types, {CodeBytes >> 10} KiB of code");
    }
}
