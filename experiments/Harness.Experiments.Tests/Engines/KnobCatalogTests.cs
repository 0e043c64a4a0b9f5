using Harness.Engine.Configuration;
using Harness.Experiments.Engines;
using Harness.Experiments.Engines.Jsc;
using Harness.Experiments.Engines.SpiderMonkey;
using Harness.Experiments.Engines.Wasmtime;

namespace Harness.Experiments.Tests.Engines;

/// <summary>One registry of everybody's knobs, and what they come to on each engine.</summary>
public sealed class KnobCatalogTests
{
    private static readonly HashSet<string> Nothing = [];

    public static TheoryData<string> ForeignKnobs => [.. EngineCatalog.All.SelectMany(engine => engine.Knobs).Select(knob => knob.Name)];

    [Theory]
    [MemberData(nameof(ForeignKnobs))]
    public void EveryKnobIsFoundTakesItsDefaultAndHasAnOwner(string name)
    {
        var knob = KnobCatalog.Find(name);
        Assert.Equal(knob.Default, knob.Parse(knob.DefaultText));
        Assert.False(string.IsNullOrWhiteSpace(knob.Documentation));
        Assert.Contains(knob, KnobCatalog.OwnerOf(name)!.Knobs);
    }

    [Fact]
    public void KnobsOfThisEngineHaveNoOwnerAndComeFirst()
    {
        Assert.All(KnobRegistry.All, knob => Assert.Null(KnobCatalog.OwnerOf(knob.Name)));
        Assert.Equal(KnobRegistry.All, KnobCatalog.All.Take(KnobRegistry.All.Count));
    }

    [Fact]
    public void KnobsOfTheDartCompilerAreNoEngines()
    {
        var compilers = KnobCatalog.All.Where(knob => KnobCatalog.IsOfPrograms(knob.Name)).ToList();
        Assert.Contains("dart.dispatch", compilers.Select(knob => knob.Name));
        Assert.All(compilers, knob =>
        {
            Assert.StartsWith("dart.", knob.Name, StringComparison.Ordinal);
            Assert.Equal(knob.Default, knob.Parse(knob.DefaultText));
            Assert.Null(KnobCatalog.OwnerOf(knob.Name));
        });
        var knobs = Read("deopt=off dart.dispatch=class-switch v8.liftoff=off");
        Assert.Equal(["deopt"], KnobCatalog.Shared(knobs).Keys);
        Assert.Equal(["deopt", "v8.liftoff"], KnobCatalog.Concerning("v8", knobs).Keys);
        Assert.Equal("class-switch", KnobCatalog.Complete(knobs)["dart.dispatch"]);
        Assert.Equal(["deopt=off"], new OwnEngine().Settings(knobs));
        Assert.Null(new WasmtimeEngine().FindGap(Read("dart.dispatch=vtable-fields"), Nothing));
    }

    [Fact]
    public void AnEngineSeesSharedKnobsAndItsOwn()
    {
        var knobs = new Dictionary<string, string> { ["deopt"] = "off", ["v8.liftoff"] = "off", ["jsc.useOMGJIT"] = "off" };
        Assert.Equal(["deopt", "jsc.useOMGJIT"], KnobCatalog.Concerning("jsc", knobs).Keys);
        Assert.Equal(["deopt"], KnobCatalog.Shared(knobs).Keys);
        Assert.Equal("off", KnobCatalog.Complete(knobs)["jsc.useOMGJIT"]);
        Assert.Equal("on", KnobCatalog.Complete(knobs)["pass.gvn"]);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("inlining=off", "--useOMGInlining=false")]
    [InlineData("inlining.call-indirect=off deopt=off", "")]
    [InlineData("inlining.max-depth=3 inlining.max-size=40", "--maximumWasmDepthForInlining=3 --maximumWasmCalleeSizeForInlining=40")]
    [InlineData("tier-up=never", "--useOMGJIT=false")]
    [InlineData("tier-up=synchronous memory.guard-pages=off", "--useConcurrentJIT=false --useWasmFastMemory=false")]
    [InlineData("jsc.useWasmIPIntLoopOSR=off jsc.thresholdForOMGOptimizeAfterWarmUp=5 v8.liftoff=off", "--useWasmIPIntLoopOSR=false --thresholdForOMGOptimizeAfterWarmUp=5")]
    public void KnobsAreOptionsOfJsc(string knobs, string options) => Assert.Equal(options, string.Join(' ', JscEngine.Options(Read(knobs), Nothing)));

    /// <summary>Options that later versions call otherwise: a shell is told the name that it knows.</summary>
    [Theory]
    [InlineData("maximumWasmDepthForInlining maximumWasmCalleeSizeForInlining", "--maximumWasmDepthForInlining=3 --maximumWasmCalleeSizeForInlining=40")]
    [InlineData("wasmInliningMaximumDepth wasmInliningMaximumWasmCalleeSize", "--wasmInliningMaximumDepth=3 --wasmInliningMaximumWasmCalleeSize=40")]
    [InlineData("useJIT", "--maximumWasmDepthForInlining=3 --maximumWasmCalleeSizeForInlining=40")]
    public void OptionsOfJscHaveTheNamesOfTheShell(string known, string options) =>
        Assert.Equal(options, string.Join(' ', JscEngine.Options(Read("inlining.max-depth=3 jsc.maximumWasmCalleeSizeForInlining=40"), known.Split(' ').ToHashSet())));

    /// <summary>Later versions inline indirect calls, and have no option against that.</summary>
    [Theory]
    [InlineData("2.50.6-1~deb13u1", "inlining.call-indirect=off inlining.call-ref=off deopt=off", null)]
    [InlineData("1:2.48.3-1", "inlining.call-ref=off", null)]
    [InlineData("2.51.1-1", "inlining.call-indirect=off", "has no setting for knob 'inlining.call-indirect' = off")]
    [InlineData("2.52.0-1", "inlining.call-ref=off deopt=off", "has no setting for knob 'inlining.call-ref' = off")]
    [InlineData("3.0", "inlining.call-ref=off", "has no setting for knob 'inlining.call-ref' = off")]
    [InlineData("of unknown version", "inlining.call-ref=off", "has no setting for knob 'inlining.call-ref' = off")]
    [InlineData("2.52.0-1", "inlining.call-ref=on inlining=off tier-up=never deopt=off", null)]
    public void IndirectCallsAreNotInlinedByVersionsOfJscThatCannot(string version, string knobs, string? gap) =>
        Assert.Equal(gap, SharedKnobs.FindGap(JscEngine.TranslationOf(version), Read(knobs), Nothing));

    [Theory]
    [InlineData("", "")]
    [InlineData("inlining=off", "javascript.options.wasm_inlining_level=1")]
    [InlineData("inlining.call-ref=off inlining.call-indirect=off", "javascript.options.wasm_call_ref_inlining=false")]
    [InlineData("tier-up=eager", "javascript.options.wasm_baselinejit=false")]
    [InlineData("spidermonkey.wasm_lazy_tiering=off spidermonkey.mem.nursery.max_kb=1024", "javascript.options.wasm_lazy_tiering=false javascript.options.mem.nursery.max_kb=1024")]
    public void KnobsArePreferencesOfFirefox(string knobs, string preferences) =>
        Assert.Equal(preferences, string.Join(' ', SpiderMonkeyEngine.Preferences(Read(knobs)).Select(pair => $"{pair.Key}={pair.Value}")));

    [Theory]
    [InlineData("", "")]
    [InlineData("tier-up=never", "strategy=winch")]
    [InlineData("memory.guard-pages=off pass.load-elimination=off", "signals_based_traps=off enable_alias_analysis=off")]
    [InlineData("wasmtime.cranelift_opt_level=none jsc.useOMGJIT=off", "cranelift_opt_level=none")]
    public void KnobsAreOptionsOfWasmtime(string knobs, string options) => Assert.Equal(options, string.Join(' ', new WasmtimeEngine().Settings(Read(knobs))));

    [Theory]
    [InlineData("inlining.budget=7", "Wasmtime has no setting for knob 'inlining.budget' = 7; leave it out, add it to 'ignores' for wasmtime, or name the engines that the configuration is for: 'engines: [ours]'")]
    [InlineData("tier-up=never wasmtime.strategy=cranelift", "knob 'tier-up' = never sets 'wasmtime.strategy' on Wasmtime, which another knob sets as well; write one of them")]
    public void WhatAnEngineCannotDoIsSaid(string knobs, string message) =>
        Assert.Equal(message, Assert.Throws<HarnessException>(() => new WasmtimeEngine().CheckKnobs(Read(knobs), Nothing)).Message);

    [Theory]
    [InlineData("inlining.budget=5000")]
    [InlineData("deopt=on inlining=on")]
    [InlineData("deopt=off inlining=off")]
    public void DefaultsAndWhatAnEngineDoesAnywayAreTaken(string knobs) => new WasmtimeEngine().CheckKnobs(Read(knobs), Nothing);

    [Fact]
    public void IgnoredKnobsMayDiffer() => new WasmtimeEngine().CheckKnobs(Read("inlining.budget=7"), new HashSet<string> { "inlining.budget" });

    private static Dictionary<string, string> Read(string knobs) =>
        knobs.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
}
