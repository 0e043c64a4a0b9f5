using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Harness.Engine.Cache;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Cache;

/// <summary>Optimized code of an earlier process is used from the first call on, is left by deopts as any other, and is not kept where it was wrong.</summary>
public sealed class OptimizedCodeTests : IDisposable
{
    /// <summary>A function that calls one of two others, by its second argument, and a loop that calls it.</summary>
    private static readonly byte[] Module = WatAssembler.Assemble(
        """
        (module
          (type $f (func (param i32) (result i32)))
          (table 2 funcref)
          (elem (i32.const 0) func $one $hundred)
          (func $one (type $f) (i32.add (local.get 0) (i32.const 1)))
          (func $hundred (type $f) (i32.add (local.get 0) (i32.const 100)))
          (func $call (export "call") (param $x i32) (param $which i32) (result i32)
            (call_indirect (type $f) (local.get $x) (local.get $which)))
          (func (export "loop") (param $n i32) (result i32)
            (local $sum i32)
            (loop $again
              (local.set $sum (i32.add (local.get $sum) (call $call (local.get $n) (i32.const 0))))
              (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (local.get $sum)))
        """);

    private const int CallIndex = 2;
    private const int LoopIndex = 3;

    private readonly CacheFolder _folder = new();

    private EngineOptions Options => _folder.With(EngineOptions.Default with { TierUp = TierUpMode.Synchronous, StressTierUpAfter = 3 });

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void KeptCodeRunsFromTheFirstCallOn()
    {
        var first = Run(Options, (5, 0), (6, 0), (7, 0), (8, 0));
        Assert.Equal((2, 0, 0, 0), (first.OptimizedFunctions, first.CacheOptimizedHits, first.Deopts, first.CacheUnnamed));
        using var engine = new WasmEngine(Options);
        using var store = new Store(engine);
        var instance = store.Instantiate(engine.Decode(Module));
        Assert.Null(instance.Code.OptimizedCode(CallIndex));
        AssertCall(instance, 5, 0);
        var code = instance.Code.OptimizedCode(CallIndex)!;
        Assert.NotEmpty(code.DeoptData!.Points);
        Assert.NotEmpty(code.InliningPositions);
        Assert.NotNull(instance.Code.BaselineCode(CallIndex));
        var second = engine.Statistics;
        Assert.Equal((0, 1, 0), (second.OptimizedFunctions, second.CacheOptimizedHits, second.FailedCompilations));
        Assert.Equal(code.Block.Size, second.LiveOptimizedCodeBytes);

        // Another instance of the module begins with it as well.
        AssertCall(store.Instantiate(instance.Module), 6, 0);
        Assert.Equal(1, engine.Statistics.CacheOptimizedHits);
    }

    [Theory]
    [InlineData("tier-up=background")]
    [InlineData("tier-up=eager")]
    [InlineData("tier-up=synchronous stress.tier-up-after=2 tiering.share=off")]
    public void SoItDoesHoweverFunctionsTierUp(string knobs)
    {
        var options = Options.WithKnobs(knobs);
        Run(options, (5, 0), (6, 0), (7, 0), (8, 0));
        var warm = Run(options, (5, 0), (6, 0));
        Assert.Equal(0, warm.OptimizedFunctions);
        Assert.InRange(warm.CacheOptimizedHits, 1, 2);
    }

    [Fact]
    public void WithoutTheKnobItIsCompiledAnew()
    {
        var options = Options with { CacheOptimized = false };
        Run(options, (5, 0), (6, 0), (7, 0), (8, 0));
        Assert.Empty(_folder.OptimizedEntries);
        var warm = Run(options, (5, 0), (6, 0), (7, 0), (8, 0));
        Assert.Equal((2, 0), (warm.OptimizedFunctions, warm.CacheOptimizedHits));
        Assert.NotEqual(0, warm.CacheHits);
    }

    /// <summary>A deopt of kept code goes on in baseline code; the code is not kept any more, and what takes its place knows better.</summary>
    [Fact]
    public void CodeThatWasLeftIsNotKept()
    {
        Run(Options, (5, 0), (6, 0), (7, 0), (8, 0));
        var speculative = _folder.OptimizedRecords()[new CodeKey(CallIndex, -1)].ToArray();
        var left = Run(Options, (5, 1));
        Assert.Equal((1, 1, 1, 0), (left.CacheOptimizedHits, left.Deopts, left.DiscardedFunctions, left.OptimizedFunctions));
        Assert.DoesNotContain(new CodeKey(CallIndex, -1), _folder.OptimizedRecords().Keys);
        var again = Run(Options, (5, 1), (6, 0), (7, 1), (8, 0), (9, 1));
        Assert.Equal((0, 0, 1), (again.CacheOptimizedHits, again.Deopts, again.OptimizedFunctions));
        Assert.NotEqual(speculative, _folder.OptimizedRecords()[new CodeKey(CallIndex, -1)].ToArray());
        var last = Run(Options, (5, 1), (6, 0));
        Assert.Equal((1, 0, 0), (last.CacheOptimizedHits, last.Deopts, last.OptimizedFunctions));
    }

    /// <summary>Two modules of the same bytes in one engine share what is kept. Each drops the code that it has left itself, and not what the other has made since.</summary>
    [Fact]
    public void CodeThatAnotherModuleOfTheSameBytesHasMadeStays()
    {
        using (var engine = new WasmEngine(Options))
        {
            using var store = new Store(engine);
            var one = store.Instantiate(engine.Decode(Module));
            var other = store.Instantiate(engine.Decode(Module));
            for (var i = 0; i < 4; i++)
            {
                AssertCall(one, i, 0);
            }

            AssertCall(other, 5, 0);
            Assert.Equal(1, engine.Statistics.CacheOptimizedHits);
            for (var i = 0; i < 6; i++)
            {
                AssertCall(one, i, 1 - (i & 1));
            }

            Assert.Equal((1, 3), (engine.Statistics.Deopts, engine.Statistics.OptimizedFunctions));
            AssertCall(other, 5, 1);
            Assert.Equal(2, engine.Statistics.Deopts);
        }

        var later = Run(Options, (5, 1), (6, 0));
        Assert.Equal((1, 0, 0), (later.CacheOptimizedHits, later.Deopts, later.OptimizedFunctions));
    }

    /// <summary>Once code is out of use it is not in the cache any more, for whoever writes that, or asks it for code, at that moment.</summary>
    [Fact]
    public void CodeThatIsOutOfUseIsNotKeptAnyMore()
    {
        Run(Options, (5, 0), (6, 0), (7, 0), (8, 0));
        using var engine = new WasmEngine(Options);
        using var store = new Store(engine);
        var instance = store.Instantiate(engine.Decode(Module));
        AssertCall(instance, 5, 0);
        Assert.Contains(new CodeKey(CallIndex, -1), _folder.OptimizedRecords().Keys);
        bool? isKept = null;
        engine.Events.CodeDiscarded += _ =>
        {
            engine.SaveCache();
            isKept = _folder.OptimizedRecords().ContainsKey(new CodeKey(CallIndex, -1));
        };
        AssertCall(instance, 5, 1);
        Assert.False(isKept);
    }

    /// <summary>Deopts of kept code count as those of any other, up to the limit from which on code has no exits.</summary>
    [Fact]
    public void DeoptsCountUpToTheLimit()
    {
        var options = Options with { DeoptLimit = 1 };
        Run(options, (5, 0), (6, 0), (7, 0), (8, 0));
        using (var engine = new WasmEngine(options))
        {
            using var store = new Store(engine);
            var instance = store.Instantiate(engine.Decode(Module));
            AssertCall(instance, 5, 1);
            Assert.Equal((1, 1), (engine.Statistics.Deopts, instance.Code.DeoptCount(CallIndex)));
            Assert.False(instance.Code.AllowsDeopt(CallIndex));
            for (var i = 0; i < 6; i++)
            {
                AssertCall(instance, i, i & 1);
            }

            Assert.Empty(instance.Code.OptimizedCode(CallIndex)!.DeoptData!.Points);
            Assert.Equal(1, engine.Statistics.Deopts);
        }

        using var later = new WasmEngine(options);
        using var laterStore = new Store(later);
        var warm = laterStore.Instantiate(later.Decode(Module));
        AssertCall(warm, 5, 1);
        Assert.NotEqual(0, later.Statistics.CacheOptimizedHits);
        Assert.Empty(warm.Code.OptimizedCode(CallIndex)!.DeoptData!.Points);
        Assert.False(warm.Code.AllowsDeopt(CallIndex));
    }

    /// <summary>Where others have learnt meanwhile that a function may not deoptimize any more, code that does is of no use.</summary>
    [Fact]
    public void CodeWithExitsIsNotTakenWhereNoneAreAllowed()
    {
        Run(Options, (5, 0), (6, 0), (7, 0), (8, 0));
        using var engine = new WasmEngine(Options);
        using var store = new Store(engine);
        var instance = store.Instantiate(engine.Decode(Module));
        var code = instance.Code;
        var found = engine.Cache!.FindOptimized(code, CallIndex, -1)!;
        Assert.True(code.Install(found, replaces: false, () => { }));
        for (var i = 0; i < Options.DeoptLimit; i++)
        {
            code.Discard(found);
        }

        Assert.False(code.AllowsDeopt(CallIndex));
        Assert.False(KeptCode.TryInstall(code, CallIndex, -1, default));
        AssertCall(instance, 7, 1);
    }

    [Fact]
    public void CodeThatBeginsAtALoopIsKeptAsWell()
    {
        var options = _folder.With(EngineOptions.Default with { TierUp = TierUpMode.Synchronous, TieringBudget = 300, Osr = true });
        Assert.Equal(Sum(1000), RunLoop(options, 1000));
        var loop = Assert.Single(_folder.OptimizedRecords().Keys, key => key.Loop >= 0);
        Assert.Equal(LoopIndex, loop.FunctionIndex);
        using var engine = new WasmEngine(options);
        using var store = new Store(engine);
        var instance = store.Instantiate(engine.Decode(Module));
        Assert.True(KeptCode.TryInstall(instance.Code, loop.FunctionIndex, loop.Loop, default));
        Assert.False(KeptCode.TryInstall(instance.Code, loop.FunctionIndex, loop.Loop, default));
        Assert.Equal(loop.Loop, instance.Code.LoopCode(loop.FunctionIndex, loop.Loop)!.LoopOffset);
        Assert.Equal(Sum(500), instance.GetFunction("loop").Invoke(500)[0].AsI32());

        static int Sum(int n) => ((n * (n + 1)) / 2) + n;
    }

    /// <summary>Code of other knobs is other code: whatever the optimizing compiler reads is part of what it is found by.</summary>
    [Theory]
    [InlineData("inlining.budget", "77")]
    [InlineData("pass.gvn", "off")]
    [InlineData("stress.guard-fail-interval", "7")]
    [InlineData("vectors.avx2", "off")]
    public void CodeOfOtherKnobsIsNotTaken(string knob, string value)
    {
        Run(Options, (5, 0), (6, 0), (7, 0), (8, 0));
        var entry = File.ReadAllBytes(_folder.OptimizedEntry);
        var other = Run(Options.With(knob, value), (5, 0), (6, 0), (7, 0), (8, 0));
        Assert.Equal(0, other.CacheOptimizedHits);
        Assert.NotEqual(0, other.OptimizedFunctions);

        // Even under the right name.
        var own = Assert.Single(_folder.OptimizedEntries, file => !File.ReadAllBytes(file).SequenceEqual(entry));
        File.WriteAllBytes(own, entry);
        Assert.Equal(0, Run(Options.With(knob, value), (5, 0), (6, 0)).CacheOptimizedHits);
    }

    [Fact]
    public void EveryKnobIsPartOfWhatItIsFoundByButThoseThatAreAboutNothingInIt()
    {
        var usual = Options;
        string[] others = ["cache.limit", "layout.seed", "perf.map", "trace.deopt", "trace.inlining", "trace.tier-up", "trace.gc"];
        foreach (var knob in KnobRegistry.All)
        {
            var value = knob.Type switch
            {
                KnobType.Bool => (bool)knob.GetValue(usual) ? "off" : "on",
                KnobType.Int => knob.Format((int)knob.GetValue(usual) < knob.Most ? (int)knob.GetValue(usual) + 1 : (int)knob.GetValue(usual) - 1),
                KnobType.Double => knob.Format((double)knob.GetValue(usual) + 1 <= knob.Most ? (double)knob.GetValue(usual) + 1 : (double)knob.GetValue(usual) / 2),
                _ => null,
            };
            if (value is null)
            {
                continue;
            }

            Assert.Equal((knob.Name, others.Contains(knob.Name)), (knob.Name, CacheIdentity.OfOptimized(usual) == CacheIdentity.OfOptimized(usual.With(knob.Name, value))));
        }

        Assert.NotNull(CacheIdentity.OfOptimized(usual));
        Assert.Null(CacheIdentity.OfOptimized(usual with { CacheOptimized = false }));
        Assert.Null(CacheIdentity.OfOptimized(usual with { FeedbackProfile = "some.feedback" }));
    }

    [Fact]
    public void AFileThatWasCutAnywhereIsAMiss()
    {
        Run(Options, (5, 0), (6, 0), (7, 0), (8, 0));
        var entry = File.ReadAllBytes(_folder.OptimizedEntry);
        for (var length = 0; length < entry.Length; length += 1 + (entry.Length / 97))
        {
            File.WriteAllBytes(_folder.OptimizedEntry, entry[..length]);
            AssertMissed();
        }

        File.WriteAllBytes(_folder.OptimizedEntry, [.. entry, 0]);
        AssertMissed();
    }

    [Fact]
    public void AFileWithAnyBitFlippedIsAMiss()
    {
        Run(Options, (5, 0), (6, 0), (7, 0), (8, 0));
        var entry = File.ReadAllBytes(_folder.OptimizedEntry);
        var random = new Random(20260103);
        foreach (var bit in Enumerable.Range(0, 100).Select(_ => random.Next(entry.Length * 8)).Concat(Enumerable.Range(0, 48).Select(position => position * 8)))
        {
            byte[] changed = [.. entry];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(_folder.OptimizedEntry, changed);
            AssertMissed();
        }
    }

    /// <summary>Whatever stands in a file whose hash is right, nothing is read behind it, and nothing that it cannot be is believed.</summary>
    [Fact]
    public void AFileThatIsWholeButMakesNoSenseIsAMiss()
    {
        Run(Options, (5, 0), (6, 0), (7, 0), (8, 0));
        var entry = File.ReadAllBytes(_folder.OptimizedEntry);
        var module = WasmModule.Decode(Module);
        var random = new Random(20260104);
        var read = 0;
        for (var i = 0; i < 5000; i++)
        {
            byte[] changed = [.. entry];
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                changed[random.Next(48, entry.Length - 32)] = (byte)random.Next(256);
            }

            SHA256.HashData(changed.AsSpan(0, changed.Length - 32), changed.AsSpan(changed.Length - 32));
            if (OptimizedEntry.TryRead(changed, changed.AsSpan(16, 32)) is not { } records)
            {
                continue;
            }

            read++;
            foreach (var (key, record) in records)
            {
                TryRead(record.Span, module, key.FunctionIndex);
            }
        }

        Assert.InRange(read, 100, 4999);
    }

    /// <summary>Of two engines that begin with nothing, the one that ends last writes what both have; but not what one of them has dropped.</summary>
    [Fact]
    public void WhatOthersWroteMeanwhileStays()
    {
        using (var longest = new WasmEngine(Options))
        {
            using var store = new Store(longest);
            var instance = store.Instantiate(longest.Decode(Module));
            for (var i = 1; i < 6; i++)
            {
                instance.GetFunction("loop").Invoke(1);
            }

            Run(Options, (5, 0), (6, 0), (7, 0), (8, 0));
        }

        Assert.Superset(new HashSet<CodeKey> { new(CallIndex, -1), new(LoopIndex, -1) }, _folder.OptimizedRecords().Keys.ToHashSet());
        var both = File.ReadAllBytes(_folder.OptimizedEntry);
        using (var leaving = new WasmEngine(Options))
        {
            using var store = new Store(leaving);
            AssertCall(store.Instantiate(leaving.Decode(Module)), 5, 1);
            Assert.Equal(1, leaving.Statistics.Deopts);

            // Another one writes the code again that this one has dropped.
            File.WriteAllBytes(_folder.OptimizedEntry, both);
        }

        Assert.DoesNotContain(new CodeKey(CallIndex, -1), _folder.OptimizedRecords().Keys);
        Assert.Contains(new CodeKey(LoopIndex, -1), _folder.OptimizedRecords().Keys);
    }

    [Fact]
    public void EnginesThatReadAndWriteAtOnceGiveTheSame()
    {
        var options = Options;
        Parallel.For(0, 48, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            if (i % 8 == 7)
            {
                foreach (var file in Directory.EnumerateFiles(_folder.Path, "*.code"))
                {
                    File.Delete(file);
                }
            }

            Run(options, (i, i & 1), (6, 0), (7, i & 1), (8, 0), (9, 1));
        });
        Run(options, (5, 0), (6, 1), (7, 0), (8, 1));
        Assert.NotEqual(0, Run(options, (5, 0), (6, 1)).CacheOptimizedHits);
    }

    /// <summary>The types of a module that comes again have other ids, which its code, its deopts and the objects that they make have to have as well.</summary>
    [Fact]
    public void TypesHaveTheIdsOfTheProcess()
    {
        var module = WatAssembler.Assemble(
            """
            (module
              (type $own (sub (struct (field i8) (field i64) (field i8) (field i16) (field f64) (field i8) (field i8))))
              (type $below (sub $own (struct (field i8) (field i64) (field i8) (field i16) (field f64) (field i8) (field i8) (field i32))))
              (type $f (sub (func (param (ref $own)) (result i32))))
              (table 2 funcref)
              (elem (i32.const 0) func $old $new)
              (func $old (type $f) (i32.const 1))
              (func $new (type $f) (i32.add (i32.const 10) (ref.test (ref $below) (local.get 0))))
              (func (export "main") (param $which i32) (result i32)
                (local $object (ref $own))
                (local.set $object (struct.new_default $below))
                (i32.add
                  (call_indirect (type $f) (local.get $object) (local.get $which))
                  (i32.mul (i32.const 100) (ref.test (ref $below) (local.get $object))))))
            """);
        var first = RunAndDrop(module, which: 0, expectedHits: 0, expectedDeopts: 0);
        for (var tries = 0; tries < 20; tries++)
        {
            for (var i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            var kept = File.ReadAllBytes(_folder.OptimizedEntry);
            var again = RunAndDrop(module, which: 1, expectedHits: 1, expectedDeopts: 1);
            File.WriteAllBytes(_folder.OptimizedEntry, kept);
            if (again != first)
            {
                return;
            }
        }

        Assert.Fail("the types were never dropped");
    }

    private static void AssertCall(Instance instance, int x, int which) =>
        Assert.Equal(x + (which == 0 ? 1 : 100), instance.GetFunction("call").Invoke(x, which)[0].AsI32());

    private static void TryRead(ReadOnlySpan<byte> record, WasmModule module, int function)
    {
        if (function < 0 || function >= module.Functions.Length)
        {
            return;
        }

        try
        {
            if (FunctionRecord.TryRead(record, module, function, CodeTier.Optimized, EngineOptions.Default) is { } code)
            {
                NativeRuntime.CodeSpace.Free(code.Block);
            }
        }
        catch (InvalidDataException)
        {
            // As it should be.
        }
    }

    private static EngineStatistics Run(EngineOptions options, params ReadOnlySpan<(int X, int Which)> calls)
    {
        using var engine = new WasmEngine(options);
        using (var store = new Store(engine))
        {
            var instance = store.Instantiate(engine.Decode(Module));
            foreach (var (x, which) in calls)
            {
                AssertCall(instance, x, which);
            }

            Assert.True(engine.WaitUntilSettled(TimeSpan.FromMinutes(1)));
        }

        return engine.Statistics;
    }

    private static int RunLoop(EngineOptions options, int count)
    {
        using var engine = new WasmEngine(options);
        using var store = new Store(engine);
        return store.Instantiate(engine.Decode(Module)).GetFunction("loop").Invoke(count)[0].AsI32();
    }

    private void AssertMissed()
    {
        var statistics = Run(Options, (5, 0), (6, 0), (7, 0), (8, 0));
        Assert.Equal((0, 2), (statistics.CacheOptimizedHits, statistics.OptimizedFunctions));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int RunAndDrop(byte[] bytes, int which, int expectedHits, int expectedDeopts)
    {
        using var engine = new WasmEngine(Options);
        var module = engine.Decode(bytes);
        using var store = new Store(engine);
        var instance = store.Instantiate(module);
        var calls = which == 0 ? 5 : 1;
        for (var i = 0; i < calls; i++)
        {
            Assert.Equal(which == 0 ? 101 : 111, instance.GetFunction("main").Invoke(which)[0].AsI32());
        }

        Assert.Equal((expectedHits, expectedDeopts), (engine.Statistics.CacheOptimizedHits, engine.Statistics.Deopts));
        return module.CanonicalTypeIds[0];
    }
}
