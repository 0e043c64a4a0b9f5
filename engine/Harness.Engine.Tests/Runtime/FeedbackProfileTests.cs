using Harness.Engine.Configuration;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Feedback that one engine has recorded is what another begins with, and a file can make nothing wrong.</summary>
public sealed class FeedbackProfileTests : IDisposable
{
    private const int One = 1;
    private const int Two = 2;
    private const int Wide = 3;
    private const int Caller = 4;

    private static readonly WasmModule Module = HandCompiler.Module(
        """
        (module
          (type $f (func (param i32) (result i32)))
          (import "m" "host" (func $host (type $f)))
          (table 4 funcref)
          (elem (i32.const 0) func $one $two $host $wide)
          (func $one (type $f) (i32.const 1))
          (func $two (type $f) (i32.add (local.get 0) (i32.const 2)))
          (func $wide (param i64 i64) (result i32) (i32.const 3))
          (func (export "call") (param i32 i32) (result i32)
            (i32.add (call $one (i32.const 0)) (call_indirect (type $f) (local.get 0) (local.get 1)))))
        """);

    private static readonly EngineOptions Options =
        EngineOptions.Default with { TierUp = TierUpMode.Synchronous, StressTierUpAfter = 6 };

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.feedback");

    private static Imports Host => new Imports().Define("m", "host", HostFunction.Create((int x) => x + 100));

    public void Dispose() => File.Delete(_file);

    private static int[] Run(Instance instance, params int[] targets) =>
        [.. targets.Select(target => instance.GetFunction("call").Invoke(10, target)[0].AsI32())];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WhatOneEngineHasLearntAnotherBeginsWith(bool isShared)
    {
        Record(isShared, 0, 1, 0, 1, 1, 0, 0);
        var options = Options with { FeedbackProfile = _file, TieringShare = isShared, StressTierUpAfter = 100 };
        using var engine = new WasmEngine(options);
        var optimized = 0;
        engine.Events.Compiled += compiled => optimized += compiled is { Tier: CodeTier.Optimized, FunctionIndex: Caller } ? 1 : 0;
        using var store = new Store(engine);
        var instance = store.Instantiate(Module, Host);
        Assert.Equal([2], Run(instance, 0));
        var feedback = FeedbackSnapshot.Read(instance, Caller)!;
        Assert.Equal([FeedbackState.Monomorphic, FeedbackState.Polymorphic], feedback.Sites.Select(site => site.State));
        Assert.Equal([One, Two], feedback.Sites[1].Targets.Select(target => target.FunctionIndex).Order());
        Assert.Equal([13, 2, 13, 111], Run(instance, 1, 0, 1, 2));
        Assert.Equal(1, optimized);
    }

    [Fact]
    public void CodeThatIsOptimizedBeforeItsFirstCallKnowsItsTargets()
    {
        Record(isShared: true, 0, 1, 0, 1, 1, 0, 0);
        foreach (var file in (string[])["", _file])
        {
            using var engine = new WasmEngine(EngineOptions.Default with { TierUp = TierUpMode.Eager, FeedbackProfile = file });
            var compiled = new HashSet<int>();
            engine.Events.Compiled += function => compiled.Add(function.FunctionIndex);
            using var store = new Store(engine);
            Assert.Equal([2, 13], Run(store.Instantiate(Module, Host), 0, 1));
            Assert.Equal(0, engine.Statistics.Deopts);
            Assert.Equal(file.Length == 0, compiled.Contains(One) || compiled.Contains(Two));
        }
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void FunctionsThatWereHotEnoughAreOptimizedBeforeTheirFirstCall(int firstCall, bool isAtOnce)
    {
        // The caller has used up its budget, been left by a deopt, and used it up again.
        RecordTwoBudgets();
        var options = EngineOptions.Default with
        {
            TierUp = TierUpMode.Synchronous, FeedbackProfile = _file, FeedbackFirstCall = firstCall,
        };
        using (var engine = new WasmEngine(options))
        {
            using var store = new Store(engine);
            Assert.Equal([2, 13, 2], Run(store.Instantiate(Module, Host), 0, 1, 0));
            Assert.Equal(0, engine.Statistics.Deopts);
            Assert.Equal(1, engine.ProfiledModuleCount);
        }

        // A target that the profile does not know leaves the optimized code, if there is some so soon.
        using var other = new WasmEngine(options);
        using var next = new Store(other);
        var deopts = -1;
        var host = new Imports().Define("m", "host", HostFunction.Create((int x) =>
        {
            deopts = other.Statistics.Deopts;
            return x + 100;
        }));
        Assert.Equal([111], Run(next.Instantiate(Module, host), 2));
        Assert.Equal(isAtOnce ? 1 : 0, deopts);
    }

    [Theory]
    [InlineData("stress.guard-fail-interval=2")]
    [InlineData("stress.gc-interval=1")]
    [InlineData("stress.guard-fail-interval=3 stress.gc-interval=2 osr=on")]
    [InlineData("tier-up=never")]
    public void ResultsAreTheSameUnderStress(string knobs)
    {
        RecordTwoBudgets();
        var options = EngineOptions.Default with { FeedbackProfile = _file, FeedbackFirstCall = 1 };
        using var store = new Store(options.WithKnobs(knobs));
        Assert.Equal([2, 13, 111, 2, 13, 2], Run(store.Instantiate(Module, Host), 0, 1, 2, 0, 1, 0));
    }

    [Fact]
    public void DeoptsAreRemembered()
    {
        RecordTwoBudgets();
        var known = FeedbackProfile.Load(_file).Of(Module, 4)!;
        var caller = known.Functions[Caller];
        Assert.Equal((2, 1), (caller.UsedUpBudgets, caller.Deopts));
        Assert.Equal([1], caller.SiteDeopts.Values);

        using var engine = new WasmEngine(Options with { FeedbackProfile = _file, DeoptLimit = 1 });
        using var store = new Store(engine);
        var instance = store.Instantiate(Module, Host);
        Assert.False(instance.Code.AllowsDeopt(Caller));
        Assert.True(instance.Code.AllowsDeopt(One));
        Assert.Equal(1, instance.Code.DeoptsAt(caller.SiteDeopts.Keys.Single()));
        Assert.Equal(0, instance.Code.DeoptCount(Caller));
    }

    [Fact]
    public void AFileSaysTheSameWhenItIsWrittenAgain()
    {
        var recorded = Record(isShared: true, 0, 1, 2, 0, 1, 1, 0);
        var text = ProfileText.Write(recorded);
        Assert.Equal(text, File.ReadAllText(_file));
        var read = FeedbackProfile.Load(_file);
        Assert.Equal(text, ProfileText.Write(read));
        Assert.Equal((1, recorded.FunctionCount, recorded.HotFunctionCount), (read.ModuleCount, read.FunctionCount, read.HotFunctionCount));
        Assert.NotEqual(0, read.HotFunctionCount);
    }

    [Fact]
    public void AProfileOfOtherBytesIsNoneOfAModule()
    {
        Record(isShared: true, 0, 1, 0, 1, 1, 0, 0);
        var other = HandCompiler.Module("""(module (func (export "call") (param i32 i32) (result i32) (i32.const 5)))""");
        Assert.Null(FeedbackProfile.Load(_file).Of(other, 4));
        using var store = new Store(Options with { FeedbackProfile = _file });
        Assert.Equal([5], Run(store.Instantiate(other), 0));
    }

    [Fact]
    public void FewerTargetsThanWereRecordedAreMegamorphic()
    {
        Record(isShared: true, 0, 1, 0, 1, 1, 0, 0);
        using var store = new Store(Options with { FeedbackProfile = _file, PolymorphismLimit = 1, StressTierUpAfter = 100 });
        var instance = store.Instantiate(Module, Host);
        Assert.Equal([2, 13, 111], Run(instance, 0, 1, 2));
        Assert.Equal(FeedbackState.Megamorphic, FeedbackSnapshot.Read(instance, Caller)!.Sites[1].State);
    }

    [Theory]
    [InlineData(TierUpMode.Synchronous)]
    [InlineData(TierUpMode.Eager)]
    public void WhatCannotBeTrueIsLeftOut(TierUpMode tierUp)
    {
        using (var store = new Store(Options))
        {
            var instance = store.Instantiate(Module, Host);
            Run(instance, 0);
            var real = FeedbackSnapshot.Read(instance, Caller)!.Sites;
            var sites = new CallSiteFeedback[]
            {
                new(real[0].BytecodeOffset, FeedbackState.Polymorphic, 9, [new(One, 5), new(Two, 4)]),
                new(real[0].BytecodeOffset + 1, FeedbackState.Monomorphic, 9, [new(One, 9)]),
                new(real[1].BytecodeOffset, FeedbackState.Polymorphic, 9, [new(Wide, 5), new(int.MaxValue, 4)]),
                new(int.MaxValue, FeedbackState.Monomorphic, 9, []),
            };
            var functions = new SortedDictionary<int, FunctionProfile>
            {
                [0] = new(null, IsHot: true),
                [Caller] = new(new FunctionFeedback(sites, 9), IsHot: true),
                [int.MaxValue] = new(null, IsHot: true),
            };
            new FeedbackProfile([new ModuleProfile(ModuleProfile.HashOf(Module), functions)]).Save(_file);
        }

        using var engine = new WasmEngine(EngineOptions.Default with { TierUp = tierUp, FeedbackProfile = _file });
        using var next = new Store(engine);
        var later = next.Instantiate(Module, Host);
        Assert.Equal([2, 13, 111, 2], Run(later, 0, 1, 2, 0));
        Assert.Equal(TrapKind.IndirectCallTypeMismatch, Assert.Throws<WasmTrapException>(() => Run(later, 3)).Kind);
    }

    [Theory]
    [InlineData("", "is no feedback profile: it does not begin with 'harness-feedback 2'")]
    [InlineData("harness-feedback 3\n", "is a feedback profile of another version; record it again")]
    [InlineData("harness-feedback 2\nmodule 00\n", "was cut or changed after it was recorded; record it again")]
    [InlineData("harness-feedback 2\nmodule 00\nend 00\n", "was cut or changed after it was recorded; record it again")]
    public void AFileThatIsNoProfileIsRefusedInOneLine(string content, string problem)
    {
        File.WriteAllText(_file, content);
        var refusal = Assert.Throws<KnobException>(() => new WasmEngine(EngineOptions.Default with { FeedbackProfile = _file }));
        Assert.Equal($"knob 'feedback.profile': '{_file}' {problem}", refusal.Message);
    }

    [Theory]
    [InlineData("function 1 entered 1 hot budgets 0 deopts 0\nmodule 00\n")]
    [InlineData("module 00\nfunction 1 entered 1\n")]
    [InlineData("module 00\ncall 1 1\n")]
    [InlineData("module 00\nfunction 1 entered 1 hot budgets 0 deopts 0\nindirect 7 1\n")]
    [InlineData("module 00\nfunction 1 entered 1 hot budgets 0 deopts 0\ncall 7 99999999999999999999\n")]
    [InlineData("module 00\nfunction 1 entered 1 hot budgets 0 deopts 0\ncall 7 1\ncall 7 1\n")]
    [InlineData("module 00\nfunction 1 entered 1 hot budgets 0 deopts 0\nindirect 7 1 1\n")]
    [InlineData("module 00\nfunction 1 entered 1 hot\n")]
    [InlineData("module 00\nfunction 1 entered 1 hot budgets -1 deopts 0\n")]
    [InlineData("module 00\nfunction 1 entered 1 hot budgets 0 deopts 0\ndeopts 7\n")]
    [InlineData("module 00\nfunction 1 entered 1 hot budgets 0 deopts 0\ndeopts 7 1\ndeopts 7 1\n")]
    [InlineData("module 00\nmodule 00\n")]
    public void MalformedLinesAreNamed(string lines)
    {
        Assert.Matches("^line [0-9]+ is malformed: '", Refusal(lines));
    }

    [Fact]
    public void AFunctionStandsOnce()
    {
        var profile = new FeedbackProfile([new ModuleProfile("00", new SortedDictionary<int, FunctionProfile> { [1] = new(null, IsHot: true) })]);
        var lines = string.Concat(ProfileText.Write(profile).Split('\n').Skip(1).SkipLast(2).Select(line => line + "\n"));
        Assert.Equal("has function 1 of a module twice", Refusal(lines + "function 1 entered 0 cold budgets 0 deopts 0\n"));
    }

    [Fact]
    public void WhoeverWritesTheSameFileDoesNotDisturb()
    {
        var unfinished = _file + ".new";
        using (new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write, FileShare.None, 4096, FileOptions.DeleteOnClose))
        {
            new FeedbackProfile([]).Save(_file);
        }

        Assert.Equal(0, FeedbackProfile.Load(_file).ModuleCount);
        Assert.Equal([_file], Directory.GetFiles(Path.GetDirectoryName(_file)!, Path.GetFileName(_file) + "*"));
    }

    [Fact]
    public void WhatCannotBeWrittenLeavesNothing()
    {
        Directory.CreateDirectory(_file);
        try
        {
            Assert.ThrowsAny<SystemException>(() => new FeedbackProfile([]).Save(_file));
            Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(_file)!, Path.GetFileName(_file) + "*"));
        }
        finally
        {
            Directory.Delete(_file);
        }
    }

    [Fact]
    public void AMissingFileIsNamed() =>
        Assert.StartsWith(
            $"knob 'feedback.profile': '{_file}' cannot be read: ",
            Assert.Throws<KnobException>(() => new WasmEngine(EngineOptions.Default with { FeedbackProfile = _file })).Message,
            StringComparison.Ordinal);

    /// <summary>What is said of lines between a right beginning and a right end.</summary>
    private static string Refusal(string lines)
    {
        var text = "harness-feedback 2\n" + lines;
        text += $"end {Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)))}\n";
        return Assert.Throws<InvalidDataException>(() => ProfileText.Read(text)).Message;
    }

    /// <summary>Records a caller that was optimized for one target, left when the other came, and optimized again.</summary>
    private void RecordTwoBudgets()
    {
        using var engine = new WasmEngine(Options with { StressTierUpAfter = 0, TieringBudget = 100 });
        using var store = new Store(engine);
        var instance = store.Instantiate(Module, Host);
        while (instance.Code.OptimizedCode(Caller) is null)
        {
            Run(instance, 0);
        }

        Run(instance, 1);
        Assert.Equal(1, engine.Statistics.Deopts);
        while (instance.Code.OptimizedCode(Caller) is null)
        {
            Run(instance, 0, 1);
        }

        engine.TakeProfile().Save(_file);
    }

    private FeedbackProfile Record(bool isShared, params int[] targets)
    {
        using var engine = new WasmEngine(Options with { TieringShare = isShared });
        using var store = new Store(engine);
        Run(store.Instantiate(Module, Host), targets);
        var profile = engine.TakeProfile();
        profile.Save(_file);
        return profile;
    }
}
