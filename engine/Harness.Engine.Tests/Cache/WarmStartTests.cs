using System.Collections.Immutable;
using System.Security.Cryptography;
using Harness.Engine.Cache;
using Harness.Engine.Configuration;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Decoding;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Cache;

/// <summary>What a later engine begins with beside code: what validation has found out, and what was learnt.</summary>
public sealed class WarmStartTests : IDisposable
{
    /// <summary>What validation finds out of bodies decides about each of these: a table that is written, functions that are referred to, leave their instance or have vectors.</summary>
    private static readonly byte[] Module = WatAssembler.Assemble(
        """
        (module
          (type $f (func (param i32) (result i32)))
          (import "m" "host" (func $host (type $f)))
          (table $written 3 funcref)
          (table $constant 2 2 funcref)
          (elem (table $constant) (i32.const 0) func $one $leaves)
          (elem declare func $one)
          (func $one (type $f) (i32.add (local.get 0) (i32.const 1)))
          (func $leaves (type $f) (return_call $host (local.get 0)))
          (func $vector (type $f) (i32x4.extract_lane 2 (i32x4.splat (local.get 0))))
          (func (export "main") (type $f)
            (table.set $written (i32.const 1) (ref.func $one))
            (i32.add
              (call_indirect $written (type $f) (call $vector (local.get 0)) (i32.const 1))
              (call_indirect $constant (type $f) (i32.const 100) (i32.and (local.get 0) (i32.const 1))))))
        """);

    private readonly CacheFolder _folder = new();

    private EngineOptions Options => _folder.With(EngineOptions.Default with { TierUp = TierUpMode.Synchronous, StressTierUpAfter = 50 });

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WhatValidationHasFoundOutIsKept()
    {
        var expected = ValidatedBodies.Of(WasmModule.Decode(Module));
        Assert.Equal([true, false], expected.WrittenTables);
        Assert.Equal([false, true, false, false, false], expected.ReferencedFunctions);
        Assert.Equal([false, false, true, false, false], expected.LeavingFunctions);
        Assert.Equal([false, false, false, true, false], expected.VectorFunctions);
        for (var i = 0; i < 2; i++)
        {
            // Of a module that nobody calls as well.
            using var engine = new WasmEngine(Options);
            AssertSame(expected, ValidatedBodies.Of(engine.Decode(Module)));
        }

        var file = File.ReadAllBytes(_folder.Entry);
        AssertSame(expected, CacheEntry.TryRead(file, file.AsSpan(16, 32), "")!.Bodies);
    }

    [Fact]
    public void WithoutTheKnobNothingIsKept()
    {
        Assert.Equal("", EngineOptions.Default.CacheDirectory);
        using var engine = new WasmEngine(Options with { CacheDirectory = "" });
        Assert.Null(engine.Cache);
        using var store = new Store(engine);
        var instance = store.Instantiate(engine.Decode(Module), Host);
        Call(instance, 1);
        Assert.Null(instance.Code.BaselineCode(instance.Module.FindExport("main")!.Index)!.References);
        engine.SaveCache();
        Assert.Equal((0, 0), (engine.Statistics.CacheHits, engine.Statistics.CacheMisses));
    }

    /// <summary>What need not be validated takes no time for it, and what is decoded does.</summary>
    [Fact]
    public void DecodingAndValidationAreTimedApart()
    {
        var large = WatAssembler.Assemble($"(module {string.Concat(Enumerable.Range(0, 500).Select(static i => $"(func (result i32) (i32.add (i32.const {i}) (i32.const 1)))"))})");
        for (var i = 0; i < 2; i++)
        {
            using var engine = new WasmEngine(Options);
            Assert.Equal((TimeSpan.Zero, TimeSpan.Zero), (engine.Statistics.DecodeTime, engine.Statistics.ValidationTime));
            var module = engine.Decode(large);
            var first = engine.Statistics;
            Assert.True(first.DecodeTime > TimeSpan.Zero);
            Assert.Equal(i == 0, module.ValidationTime > TimeSpan.Zero);
            Assert.Equal(module.ValidationTime, first.ValidationTime);
            module = engine.Decode(large);
            Assert.Equal(first.ValidationTime + module.ValidationTime, engine.Statistics.ValidationTime);
            Assert.True(engine.Statistics.DecodeTime > first.DecodeTime);
        }
    }

    /// <summary>Bodies are not looked at, and all else is: nothing else of the module can differ, since its hash is that of the entry.</summary>
    [Fact]
    public void BodiesThatAreKnownAreNotValidated()
    {
        var known = ValidatedBodies.Of(WasmModule.Decode(Module));
        byte[] broken = [.. Module];
        var body = WasmModule.Decode(Module).Functions[1].BodyStart;
        broken[body + 1] = 0xFF;
        Assert.Throws<MalformedModuleException>(() => WasmModule.Decode(broken));
        AssertSame(known, ValidatedBodies.Of(Decode(broken, known)));

        // What is known of another module is not believed.
        var other = new ValidatedBodies([false], known.ReferencedFunctions, known.VectorFunctions, known.LeavingFunctions);
        Assert.Throws<MalformedModuleException>(() => Decode(broken, other));
    }

    [Fact]
    public void AModuleThatIsNotValidIsRefusedAsOften()
    {
        var invalid = WatAssembler.Assemble("""(module (func (export "main") (result i32) (i64.const 1)))""");
        for (var i = 0; i < 2; i++)
        {
            using var engine = new WasmEngine(Options);
            Assert.Throws<InvalidModuleException>(() => engine.Decode(invalid));
        }

        Assert.Empty(_folder.Entries);
    }

    [Fact]
    public void WhatWasLearntIsKept()
    {
        Run(60);
        using var engine = new WasmEngine(Options with { CacheOptimized = false });
        var optimized = 0;
        engine.Events.Compiled += compiled => optimized += compiled.Tier == CodeTier.Optimized ? 1 : 0;
        using var store = new Store(engine);
        var instance = store.Instantiate(engine.Decode(Module), Host);
        var main = instance.Module.FindExport("main")!.Index;
        var feedback = instance.Code.KeptFeedback(main)!;
        Assert.Equal([FeedbackState.Monomorphic, FeedbackState.Monomorphic, FeedbackState.Polymorphic], feedback.Sites.Select(site => site.State));
        Assert.Equal([1, 2], feedback.Sites[2].Targets.Select(target => target.FunctionIndex).Order());
        Call(instance, 2);
        Assert.NotEqual(0, optimized);
    }

    /// <summary>What one process after the other uses up is not what one of them does.</summary>
    [Fact]
    public void BudgetsOfManyProcessesDoNotAddUp()
    {
        var first = 0;
        for (var i = 0; i < 6; i++)
        {
            // A function that nobody has called before makes the entry worth writing.
            var budgets = RecordBudgets($"extra{i}");
            if (i == 0)
            {
                first = budgets;
            }

            Assert.InRange(budgets, 1, 2 * first);
        }
    }

    [Fact]
    public void OfDeoptsTheMostOfOneProcessCount()
    {
        var known = Profile(budgets: 3, deopts: 1, siteDeopts: 2);
        var more = Profile(budgets: 4, deopts: 6, siteDeopts: 7).Since(known).Functions[4];
        Assert.Equal((3, 5, 5), (more.UsedUpBudgets, more.Deopts, more.SiteDeopts[70]));
        var same = known.Since(known).Functions[4];
        Assert.Equal((3, 1, 2), (same.UsedUpBudgets, same.Deopts, same.SiteDeopts[70]));
        Assert.Same(known, known.Since(null));
    }

    /// <summary>More targets than a knob allows make a site megamorphic, and a function that a module does not have makes all of it worthless.</summary>
    [Fact]
    public void WhatIsKnownIsFitted()
    {
        var module = WasmModule.Decode(Module);
        var sites = new CallSiteFeedback[] { new(70, FeedbackState.Polymorphic, 9, [new(1, 5), new(2, 4)]), new(80, FeedbackState.Monomorphic, 9, [new(1, 9)]) };
        var profile = new ModuleProfile("00", new() { [4] = new FunctionProfile(new FunctionFeedback(sites, 9), IsHot: true) });
        Assert.Equal(
            [FeedbackState.Megamorphic, FeedbackState.Monomorphic], profile.Within(module, 1)!.Functions[4].Feedback!.Sites.Select(site => site.State));
        Assert.Same(sites, profile.Within(module, 2)!.Functions[4].Feedback!.Sites);
        Assert.Null(new ModuleProfile("00", new() { [5] = new FunctionProfile(null, IsHot: true) }).Within(module, 2));
        Assert.Null(new ModuleProfile("00", new() { [0] = new FunctionProfile(null, IsHot: true) }).Within(module, 2));
    }

    [Fact]
    public void WhatWasLearntComesBackFromItsBytes()
    {
        var sites = new CallSiteFeedback[]
        {
            new(70, FeedbackState.Polymorphic, 9, [new(1, 5), new(-1, 3), new(2, 1)]), new(80, FeedbackState.Megamorphic, 1L << 40, []), new(90, FeedbackState.Monomorphic, 5, [new(-1, 5)]),
            new(95, FeedbackState.Monomorphic, 6, []),
        };
        var profile = Profile(budgets: 3, deopts: 1, siteDeopts: 2);
        profile.Functions.Add(9, new FunctionProfile(new FunctionFeedback(sites, 77), IsHot: false));
        var writer = new RecordWriter();
        FeedbackRecord.Write(writer, profile);
        var reader = new RecordReader(writer.Written);
        var read = FeedbackRecord.Read(ref reader, "00");
        Assert.Equal(0, reader.Left);
        Assert.Equal([4, 9], read.Functions.Keys);
        Assert.Equal(profile.Functions[4] with { SiteDeopts = read.Functions[4].SiteDeopts }, read.Functions[4]);
        Assert.Equal(profile.Functions[4].SiteDeopts.ToArray(), read.Functions[4].SiteDeopts.ToArray());
        var feedback = read.Functions[9].Feedback!;
        Assert.Equal(77, feedback.Invocations);
        Assert.Equal(
            [(70, FeedbackState.Polymorphic, 6L), (80, FeedbackState.Megamorphic, 1L << 40), (90, FeedbackState.Uninitialized, 0L), (95, FeedbackState.Monomorphic, 6L)],
            feedback.Sites.Select(site => (site.BytecodeOffset, site.State, site.Count)));
        Assert.Equal(new FeedbackTarget[] { new(1, 5), new(2, 1) }, feedback.Sites[0].Targets);
    }

    [Fact]
    public void AFileThatAKnobNamesComesFirst()
    {
        Run(60);
        var file = Path.Combine(_folder.Path, "empty.feedback");
        new FeedbackProfile([new ModuleProfile(ModuleProfile.HashOf(WasmModule.Decode(Module)), [])]).Save(file);
        using var engine = new WasmEngine(Options with { FeedbackProfile = file });
        using var store = new Store(engine);
        var instance = store.Instantiate(engine.Decode(Module), Host);
        Assert.Null(instance.Code.KeptFeedback(instance.Module.FindExport("main")!.Index));
        Assert.Equal(1, engine.ProfiledModuleCount);
    }

    /// <summary>The entry of a module that was decoded without the engine is read when it is instantiated, also where a profile comes first, and not at a first call.</summary>
    [Fact]
    public void AnEntryIsReadBeforeTheFirstCall()
    {
        Run(60);
        var file = Path.Combine(_folder.Path, "empty.feedback");
        new FeedbackProfile([new ModuleProfile(ModuleProfile.HashOf(WasmModule.Decode(Module)), [])]).Save(file);
        using var engine = new WasmEngine(Options with { FeedbackProfile = file });
        using var store = new Store(engine);
        var instance = store.Instantiate(WasmModule.Decode(Module), Host);
        Assert.Equal(1, engine.ProfiledModuleCount);
        _folder.Clear();
        Call(instance, 1);
        Assert.NotEqual(0, engine.Statistics.CacheHits);
    }

    /// <summary>A store that has an engine of its own takes it along: what was learnt is read before what it is in is freed.</summary>
    [Fact]
    public void WhatAStoreWithItsOwnEngineHasLearntIsKept()
    {
        for (var i = 0; i < 20; i++)
        {
            using (var store = new Store(Options))
            {
                Call(store.Instantiate(store.Engine.Decode(Module), Host), 60);
            }

            var file = File.ReadAllBytes(_folder.Entry);
            var main = CacheEntry.TryRead(file, file.AsSpan(16, 32), "")!.Profile!.Functions[4];
            Assert.True(main.IsHot);
            Assert.Equal([1, 2], main.Feedback!.Sites[2].Targets.Select(target => target.FunctionIndex).Order());
            _folder.Clear();
        }
    }

    /// <summary>What the last instance has seen is not lost with it, be it that instances share nothing: then none that comes later in the process sees it, but later processes do.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WhatTheLastInstanceHasLearntIsKept(bool isShared)
    {
        using (var engine = new WasmEngine(Options with { TieringShare = isShared }))
        {
            var module = engine.Decode(Module);
            var index = module.FindExport("main")!.Index;
            using (var store = new Store(engine))
            {
                Call(store.Instantiate(module, Host), 60);
            }

            using (var store = new Store(engine))
            {
                Assert.Equal(isShared, store.Instantiate(module, Host).Code.KeptFeedback(index) is not null);
            }
        }

        var file = File.ReadAllBytes(_folder.Entry);
        var main = CacheEntry.TryRead(file, file.AsSpan(16, 32), "")!.Profile!.Functions[4];
        Assert.True(main.IsHot);
        Assert.Equal([1, 2], main.Feedback!.Sites[2].Targets.Select(target => target.FunctionIndex).Order());
    }

    /// <summary>Where instances share nothing, one that has hardly run does not hide what another has seen, whichever goes last.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WhatAnInstanceHasSeenThatSawMostIsKept(bool areAtOnce)
    {
        using (var engine = new WasmEngine(Options with { TieringShare = false, StressTierUpAfter = 1000 }))
        {
            var module = engine.Decode(Module);
            using var first = new Store(engine);
            Call(first.Instantiate(module, Host), 60);
            if (!areAtOnce)
            {
                first.Dispose();
            }

            using var second = new Store(engine);
            Call(second.Instantiate(module, Host), 1);
            first.Dispose();
        }

        var file = File.ReadAllBytes(_folder.Entry);
        var main = CacheEntry.TryRead(file, file.AsSpan(16, 32), "")!.Profile!.Functions[4];
        Assert.Equal([1, 2], main.Feedback!.Sites[2].Targets.Select(target => target.FunctionIndex).Order());
    }

    [Fact]
    public void FunctionsThatAreCalledLaterAreAdded()
    {
        var module = WatAssembler.Assemble(
            """
            (module
              (func (export "one") (param i32) (result i32) (i32.const 1))
              (func (export "two") (param i32) (result i32) (i32.const 2)))
            """);
        var options = _folder.With(EngineOptions.Default with { TierUp = TierUpMode.Never });
        Assert.Equal(("1", 0, 1), Of(CacheFolder.Run(module, options, "one")));
        Assert.Equal(("2", 0, 1), Of(CacheFolder.Run(module, options, "two")));
        Assert.Equal(("1", 1, 0), Of(CacheFolder.Run(module, options, "one")));
        Assert.Equal(("2", 1, 0), Of(CacheFolder.Run(module, options, "two")));

        static (string, int, int) Of((string Outcome, EngineStatistics Statistics) run) => (run.Outcome, run.Statistics.CacheHits, run.Statistics.CacheMisses);
    }

    /// <summary>Each of many engines finds no entry, a whole one of another, or its own; and all give the same.</summary>
    [Fact]
    public void EnginesThatReadAndWriteAtOnceGiveTheSame()
    {
        var options = Options;
        var expected = CacheFolder.Run(Module, options with { CacheDirectory = "" }, imports: _ => Host).Outcome;
        var outcomes = new string[64];
        Parallel.For(0, outcomes.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            if (i % 8 == 7 && _folder.Entries is [var entry, ..])
            {
                File.Delete(entry);
            }

            outcomes[i] = CacheFolder.Run(Module, options, imports: _ => Host).Outcome;
        });
        Assert.All(outcomes, outcome => Assert.Equal(expected, outcome));
        Assert.Single(Directory.EnumerateFileSystemEntries(_folder.Path));
        var (outcome, statistics) = CacheFolder.Run(Module, options, imports: _ => Host);
        Assert.Equal(expected, outcome);
        Assert.NotEqual(0, statistics.CacheHits);
    }

    /// <summary>Of two engines that begin with nothing, the one that ends last writes what both have.</summary>
    [Fact]
    public void WhatOthersWroteMeanwhileStays()
    {
        var module = WatAssembler.Assemble("""(module (func (export "a") (result i32) (i32.const 1)) (func (export "b") (result i32) (i32.const 2)))""");
        using (var longest = new WasmEngine(Options))
        {
            CallOne(longest, "a");
            using var other = new WasmEngine(Options);
            CallOne(other, "b");
        }

        var file = File.ReadAllBytes(_folder.Entry);
        Assert.Equal([0, 1], CacheEntry.TryRead(file, file.AsSpan(16, 32), "")!.Functions.Order());

        void CallOne(WasmEngine engine, string name)
        {
            using var store = new Store(engine);
            store.Instantiate(engine.Decode(module), new Imports()).GetFunction(name).Invoke();
        }
    }

    /// <summary>Threads of one engine share what they find and what they add.</summary>
    [Fact]
    public void ThreadsOfAnEngineShareAnEntry()
    {
        var options = _folder.With(EngineOptions.Default with { TierUp = TierUpMode.Never });
        for (var round = 0; round < 2; round++)
        {
            using var engine = new WasmEngine(options);
            Parallel.For(0, 16, _ =>
            {
                using var store = new Store(engine);
                Assert.Equal("108", CacheFolder.OutcomeOf(store.Instantiate(engine.Decode(Module), Host), "main"));
            });
            var statistics = engine.Statistics;
            if (round > 0)
            {
                Assert.Equal(0, statistics.CacheMisses);
            }

            Assert.NotEqual(0, statistics.CacheHits);
        }
    }

    private static WasmModule Decode(byte[] bytes, ValidatedBodies known) =>
        ModuleDecoder.DecodeCopy(ModuleDecoder.Copy(bytes), BuiltinSets.None, validationThreads: 1, hash: null, known);

    private static ModuleProfile Profile(int budgets, int deopts, int siteDeopts) => new("00", new()
    {
        [4] = new FunctionProfile(null, IsHot: true)
        {
            UsedUpBudgets = budgets, Deopts = deopts, SiteDeopts = ImmutableSortedDictionary<int, int>.Empty.Add(70, siteDeopts),
        },
    });

    private static Imports Host => new Imports().Define("m", "host", HostFunction.Create((int x) => x + 1000));

    private static void AssertSame(ValidatedBodies expected, ValidatedBodies actual)
    {
        Assert.Equal(expected.WrittenTables, actual.WrittenTables);
        Assert.Equal(expected.ReferencedFunctions, actual.ReferencedFunctions);
        Assert.Equal(expected.VectorFunctions, actual.VectorFunctions);
        Assert.Equal(expected.LeavingFunctions, actual.LeavingFunctions);
    }

    private static void Call(Instance instance, int count)
    {
        var main = instance.GetFunction("main");
        for (var i = 0; i < count; i++)
        {
            var expected = i + 1 + (i % 2 == 0 ? 101 : 1100);
            Assert.Equal(expected, main.Invoke(i)[0].AsI32());
        }
    }

    /// <summary>Runs a program of which one function is called often and another once.</summary>
    /// <returns>The budgets of the one that the entry has then.</returns>
    private int RecordBudgets(string extra)
    {
        var bytes = WatAssembler.Assemble(
            $"""
            (module
              (func $callee (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
              (func (export "main") (param i32) (result i32) (call $callee (local.get 0)))
              {string.Concat(Enumerable.Range(0, 6).Select(i => $"(func (export \"extra{i}\") (param i32) (result i32) (local.get 0))"))})
            """);
        using (var engine = new WasmEngine(Options))
        {
            using var store = new Store(engine);
            var instance = store.Instantiate(engine.Decode(bytes));
            for (var i = 0; i < 200; i++)
            {
                Assert.Equal(i + 1, instance.GetFunction("main").Invoke(i)[0].AsI32());
            }

            Assert.Equal(5, instance.GetFunction(extra).Invoke(5)[0].AsI32());
        }

        var file = File.ReadAllBytes(_folder.Entry);
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        return CacheEntry.TryRead(file, file.AsSpan(16, 32), hash)!.Profile!.Functions[1].UsedUpBudgets;
    }

    private void Run(int count)
    {
        using var engine = new WasmEngine(Options);
        using var store = new Store(engine);
        Call(store.Instantiate(engine.Decode(Module), Host), count);
    }
}
