using System.Security.Cryptography;
using Harness.Engine.Cache;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Cache;

/// <summary>An entry that is not whole, or is of something else, is as if it were not there; and it is replaced.</summary>
public sealed class DamagedEntryTests : IDisposable
{
    private static readonly byte[] Module = WatAssembler.Assemble(
        """
        (module
          (type $pair (struct (field i32) (field i32)))
          (func $make (param i32) (result (ref $pair)) (struct.new $pair (local.get 0) (i32.const 3)))
          (func (export "main") (param i32) (result i32)
            (i32.add (struct.get $pair 0 (call $make (local.get 0))) (struct.get $pair 1 (call $make (i32.const 1))))))
        """);

    private static readonly EngineOptions Options = EngineOptions.Default with { TierUp = TierUpMode.Never };

    private readonly CacheFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AnEntryThatWasCutAnywhereIsAMiss()
    {
        var entry = Record();
        for (var length = 0; length < entry.Length; length++)
        {
            File.WriteAllBytes(_folder.Entry, entry[..length]);
            AssertMissed($"cut to {length} of {entry.Length} bytes");
            Assert.Equal(entry, File.ReadAllBytes(_folder.Entry));
        }

        AssertFound();
    }

    [Fact]
    public void AnEntryWithMoreBehindItIsAMiss()
    {
        var entry = Record();
        File.WriteAllBytes(_folder.Entry, [.. entry, 0]);
        AssertMissed("with a byte more");
    }

    [Fact]
    public void AnEntryWithAnyBitFlippedIsAMiss()
    {
        var entry = Record();
        var random = new Random(20260101);
        int[] bits = [.. Enumerable.Range(0, entry.Length * 8).OrderBy(_ => random.Next()).Take(400), .. Enumerable.Range(0, 48 * 8)];
        foreach (var bit in bits)
        {
            byte[] changed = [.. entry];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(_folder.Entry, changed);
            AssertMissed($"with bit {bit} flipped");
        }
    }

    [Theory]
    [InlineData("memory.guard-pages", "off")]
    [InlineData("interrupt.epochs", "on")]
    [InlineData("tier-up", "background")]
    public void AnEntryOfOtherKnobsIsAMiss(string knob, string value)
    {
        var entry = Record();
        var (_, statistics) = CacheFolder.Run(Module, _folder.With(Options).With(knob, value));
        Assert.Equal((0, 2), (statistics.CacheHits, statistics.CacheMisses));

        // Even under the right name.
        var other = Assert.Single(_folder.Entries, file => !File.ReadAllBytes(file).SequenceEqual(entry));
        File.WriteAllBytes(other, entry);
        (var outcome, statistics) = CacheFolder.Run(Module, _folder.With(Options).With(knob, value));
        Assert.Equal(("9", 0, 2), (outcome, statistics.CacheHits, statistics.CacheMisses));
    }

    [Fact]
    public void AnEntryOfAnotherBuildProcessorOrModuleIsAnother()
    {
        var engine = CacheIdentity.Of(_folder.With(Options));
        Assert.Contains(Convert.ToHexStringLower(typeof(WasmEngine).Assembly.ManifestModule.ModuleVersionId.ToByteArray()), engine, StringComparison.Ordinal);
        Assert.Contains("\nprocessor ", engine, StringComparison.Ordinal);
        var hash = SHA256.HashData(Module);
        var identity = CacheIdentity.Of(engine, hash, BuiltinSets.None);
        Assert.NotEqual(identity, CacheIdentity.Of(engine.Replace("processor ", "processor avx512 ", StringComparison.Ordinal), hash, BuiltinSets.None));
        Assert.NotEqual(identity, CacheIdentity.Of(engine.Replace("engine ", "engine 0", StringComparison.Ordinal), hash, BuiltinSets.None));
        Assert.NotEqual(identity, CacheIdentity.Of(engine, hash, BuiltinSets.JsString));
        Assert.NotEqual(identity, CacheIdentity.Of(engine, SHA256.HashData([1]), BuiltinSets.None));
    }

    [Fact]
    public void AnEntryOfAnotherFormatIsAMiss()
    {
        var entry = Record();
        entry[8]++;
        SHA256.HashData(entry.AsSpan(0, entry.Length - 32), entry.AsSpan(entry.Length - 32));
        File.WriteAllBytes(_folder.Entry, entry);
        AssertMissed("of another format");
    }

    /// <summary>Whatever stands in an entry whose hash is right, nothing is read behind it, and nothing that it cannot be is believed.</summary>
    [Fact]
    public void AnEntryThatIsWholeButMadeNoSenseIsAMiss()
    {
        var entry = Record();
        var random = new Random(20260102);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Module));
        var read = 0;
        for (var i = 0; i < 3000; i++)
        {
            byte[] changed = [.. entry];
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                changed[random.Next(48, entry.Length - 32)] = (byte)random.Next(256);
            }

            SHA256.HashData(changed.AsSpan(0, changed.Length - 32), changed.AsSpan(changed.Length - 32));
            if (CacheEntry.TryRead(changed, changed.AsSpan(16, 32), hash) is not { } found)
            {
                continue;
            }

            read++;
            foreach (var function in found.Functions)
            {
                TryRead(found.Function(function).Span, function);
            }
        }

        Assert.InRange(read, 100, 2999);
    }

    private static void TryRead(ReadOnlySpan<byte> record, int function)
    {
        var module = WasmModule.Decode(Module);
        if (function < 0 || function >= module.Functions.Length)
        {
            return;
        }

        try
        {
            if (FunctionRecord.TryRead(record, module, function, CodeTier.Baseline, EngineOptions.Default) is { } code)
            {
                NativeRuntime.CodeSpace.Free(code.Block);
            }
        }
        catch (InvalidDataException)
        {
            // As it should be.
        }
    }

    /// <summary>Makes the entry, and gives its bytes.</summary>
    private byte[] Record()
    {
        var (outcome, statistics) = CacheFolder.Run(Module, _folder.With(Options));
        Assert.Equal(("9", 0, 2), (outcome, statistics.CacheHits, statistics.CacheMisses));
        AssertFound();
        return File.ReadAllBytes(_folder.Entry);
    }

    private void AssertFound()
    {
        var (outcome, statistics) = CacheFolder.Run(Module, _folder.With(Options));
        Assert.Equal(("9", 2, 0), (outcome, statistics.CacheHits, statistics.CacheMisses));
    }

    private void AssertMissed(string what)
    {
        var (outcome, statistics) = CacheFolder.Run(Module, _folder.With(Options));
        Assert.Equal((what, "9", 0, 2), (what, outcome, statistics.CacheHits, statistics.CacheMisses));
    }
}
