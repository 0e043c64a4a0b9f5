using Harness.Experiments.Engines;
using Harness.Experiments.Engines.Installation;
using Harness.Experiments.Engines.V8;
using Harness.Experiments.Engines.Wasmtime;

namespace Harness.Experiments.Tests.Engines;

/// <summary>What counts as another build of an engine: all that runs in its workers.</summary>
public sealed class BuildFingerprintTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AllAssembliesOfTheHarnessThatWorkersLoadCount()
    {
        var names = BuildFingerprint.Assemblies.Select(assembly => assembly.GetName().Name!).ToList();
        Assert.Equal("harness", names[0]);
        Assert.Equal(["Harness.Dart", "Harness.Engine", "Harness.Hosts", "Harness.Hosts.JavaScript"], names.Skip(1).Order(StringComparer.Ordinal));
        Assert.Equal(BuildFingerprint.OfHarness, new OwnEngine().Fingerprint);
        Assert.EndsWith(BuildFingerprint.OfHarness, new WasmtimeEngine().Fingerprint, StringComparison.Ordinal);
        Assert.EndsWith(BuildFingerprint.OfNode, new V8Engine().Fingerprint, StringComparison.Ordinal);
        Assert.NotEqual(BuildFingerprint.OfShells, BuildFingerprint.OfNode);
    }

    [Fact]
    public void NamesContentsAndWordsCountAndOrderAndFoldersDoNot()
    {
        string[] files = [_folder.Write("a.mjs", "one"), _folder.Write("b.mjs", "two")];
        var hash = BuildFingerprint.Of(files, "words");
        Assert.Equal(16, hash.Length);
        Assert.Equal(hash, BuildFingerprint.Of([files[1], files[0]], "words"));
        Assert.Equal(hash, BuildFingerprint.Of([_folder.Write("other/a.mjs", "one"), files[1]], "words"));
        Assert.NotEqual(hash, BuildFingerprint.Of(files, "other words"));
        Assert.NotEqual(hash, BuildFingerprint.Of([_folder.Write("c.mjs", "one"), files[1]], "words"));
        Assert.NotEqual(hash, BuildFingerprint.Of([_folder.Write("a.mjs", "onet"), _folder.Write("b.mjs", "wo")], "words"));
    }

    [Fact]
    public void NorDoFoldersCountWhereFilesHaveTheSameName()
    {
        var hash = BuildFingerprint.Of([_folder.Write("1/a.mjs", "one"), _folder.Write("2/a.mjs", "two")], "");
        Assert.Equal(hash, BuildFingerprint.Of([_folder.Write("4/a.mjs", "one"), _folder.Write("3/a.mjs", "two")], ""));
        Assert.NotEqual(hash, BuildFingerprint.Of([_folder.Write("5/a.mjs", "one"), _folder.Write("6/a.mjs", "one")], ""));
    }

    [Fact]
    public void AProgramOfUnknownVersionIsKnownByItsHash()
    {
        var program = _folder.Write("jsc", "one");
        Assert.Equal("2.50.6-1", new InstalledProgram(program, "2.50.6-1", null).Identity);
        var first = new InstalledProgram(program, InstalledProgram.UnknownVersion, null).Identity;
        Assert.Equal(first, new InstalledProgram(program, InstalledProgram.UnknownVersion, _folder.Path).Identity);
        _folder.Write("jsc", "two");
        Assert.NotEqual(first, new InstalledProgram(program, InstalledProgram.UnknownVersion, null).Identity);
    }
}
