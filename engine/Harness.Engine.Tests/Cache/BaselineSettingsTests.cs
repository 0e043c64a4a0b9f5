using Harness.Engine.Cache;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Cache;

/// <summary>No knob changes baseline code without changing what the code is found by.</summary>
public sealed class BaselineSettingsTests
{
    private static readonly WasmModule Module = WasmModule.FromFile(RepositoryFiles.Workload("gc-vectors.wat"), BuiltinSets.JsString);

    public static TheoryData<string> Values =>
    [
        .. KnobRegistry.All.Where(knob => knob.Name != "perf.map").SelectMany(knob => Others(knob).Select(value => $"{knob.Name}={value}")),
    ];

    [Theory]
    [MemberData(nameof(Values))]
    public void CodeOfOtherKnobsIsOtherCode(string setting)
    {
        using var folder = new CacheFolder();
        var parts = setting.Split('=', 2);
        var usual = folder.With(EngineOptions.Default);
        var other = usual.With(parts[0], parts[1]);
        if (Code(usual) != Code(other))
        {
            Assert.NotEqual(CacheIdentity.Of(usual), CacheIdentity.Of(other));
        }
    }

    [Fact]
    public void SomeKnobsDo()
    {
        using var folder = new CacheFolder();
        var usual = folder.With(EngineOptions.Default);
        foreach (var setting in (ReadOnlySpan<string>)["tier-up=never", "inlining=off", "osr=on", "interrupt.epochs=on", "interrupt.fuel=on", "memory.guard-pages=off"])
        {
            var parts = setting.Split('=', 2);
            Assert.NotEqual(CacheIdentity.Of(usual), CacheIdentity.Of(usual.With(parts[0], parts[1])));
        }

        // Iterations are counted in the code or not, however many they are.
        var entering = usual.With("osr", "on");
        Assert.NotEqual(CacheIdentity.Of(entering), CacheIdentity.Of(entering.With("osr.threshold", "1")));
        Assert.Equal(CacheIdentity.Of(entering.With("osr.threshold", "1000")), CacheIdentity.Of(entering.With("osr.threshold", "1")));

        // What the optimizing compiler alone is concerned with is nothing to baseline code.
        Assert.Equal(CacheIdentity.Of(usual), CacheIdentity.Of(usual.With("inlining.budget", "77").With("cache.limit", "9")));
    }

    private static IEnumerable<string> Others(EngineKnob knob) => knob.Type switch
    {
        KnobType.Bool => [knob.DefaultText == "on" ? "off" : "on"],
        KnobType.Enum => knob.Values.Select(value => value.Name).Where(name => name != knob.DefaultText && name is not ("oracle" or "custom" or "learned")),
        KnobType.Int => [knob.Format((int)knob.Default < knob.Most ? (int)knob.Default + 1 : (int)knob.Default - 1)],
        KnobType.Double => [knob.Format((double)knob.Default + 1 <= knob.Most ? (double)knob.Default + 1 : (double)knob.Default / 2)],
        _ => [],
    };

    /// <summary>The code of all functions, apart from where stubs are.</summary>
    private static string Code(EngineOptions options)
    {
        using var engine = new WasmEngine(options);
        var code = engine.CodeOf(Module);
        var all = new System.Text.StringBuilder();
        for (var i = Module.ImportedFunctionCount; i < Module.Functions.Length; i++)
        {
            var compiled = engine.BaselineCompiler.Compile(code, i);
            var bytes = compiled.Block.Bytes.ToArray();
            foreach (var reference in compiled.References!)
            {
                bytes.AsSpan(reference.Offset, sizeof(int)).Clear();
            }

            all.Append(Convert.ToHexString(bytes)).Append('\n');
            NativeRuntime.CodeSpace.Free(compiled.Block);
        }

        return all.ToString();
    }
}
