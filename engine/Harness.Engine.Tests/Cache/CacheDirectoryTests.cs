using System.Runtime.Versioning;
using System.Text;
using Harness.Engine.Cache;
using Harness.Engine.Configuration;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Cache;

/// <summary>What is in a cache's folder is run as code: it must be the user's alone. Else there is one clear line, or a miss.</summary>
[SupportedOSPlatform("linux")]
public sealed class CacheDirectoryTests : IDisposable
{
    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly string Name = new('a', 64);

    private readonly CacheFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite | UnixFileMode.StickyBit)]
    public void AFolderThatOthersMayWriteIsRefused(UnixFileMode others)
    {
        File.SetUnixFileMode(_folder.Path, Own | others);
        Assert.Equal(
            $"knob 'cache.directory': '{_folder.Path}' may be written by others, whose code would be run as yours: take that away ('chmod go-w {_folder.Path}'), or name another folder",
            Refusal(_folder.Path));
    }

    [Fact]
    public void AFileIsNoFolder()
    {
        var file = Path.Combine(_folder.Path, "file");
        File.WriteAllText(file, "");
        Assert.Equal($"knob 'cache.directory': '{file}' is no folder", Refusal(file));
        Assert.Equal($"knob 'cache.directory': '{file}/below' is no folder", Refusal(Path.Combine(file, "below")));
    }

    [Fact]
    public void AFolderThatCannotBeMadeIsNamed()
    {
        const string impossible = "/proc/harness-cache";
        var refusal = Refusal(impossible);
        Assert.StartsWith($"knob 'cache.directory': '{impossible}' cannot be made; ", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal);
    }

    [Fact]
    public void AFolderThatIsNotThereIsMadeForTheUserAlone()
    {
        var path = Path.Combine(_folder.Path, "a", "b");
        CacheDirectory.Open(path).Dispose();
        Assert.Equal(Own, File.GetUnixFileMode(path));
    }

    [Fact]
    public void AnotherUsersFolderIsRefused()
    {
        // Of root, unless it is root who tests; then of whoever is the process 'nobody' can be.
        var path = Environment.UserName == "root" ? Foreign() : "/";
        Assert.Equal($"knob 'cache.directory': '{path}' belongs to another user, whose code would be run as yours: name a folder of your own", Refusal(path));
    }

    [Fact]
    public void FilesComeBackAsTheyWereWritten()
    {
        using var directory = CacheDirectory.Open(_folder.Path);
        Assert.Null(directory.TryRead(Name, 100));
        Assert.True(directory.TryWrite(Name, "one"u8));
        Assert.True(directory.TryWrite(Name, "another"u8));
        Assert.Equal("another", Encoding.UTF8.GetString(directory.TryRead(Name, 100)!));
        Assert.Null(directory.TryRead(Name, 6));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.Entry));
        Assert.Single(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void LinksPipesFoldersAndFilesOfOthersAreNotRead()
    {
        using var directory = CacheDirectory.Open(_folder.Path);
        var file = Path.Combine(_folder.Path, Name + ".code");
        var elsewhere = Path.Combine(_folder.Path, "elsewhere");
        File.WriteAllText(elsewhere, "code");
        File.CreateSymbolicLink(file, elsewhere);
        Assert.Null(directory.TryRead(Name, 100));
        File.Delete(file);
        Directory.CreateDirectory(file);
        Assert.Null(directory.TryRead(Name, 100));
        Assert.False(directory.TryWrite(Name, "code"u8));
        Directory.Delete(file);
        using (var make = System.Diagnostics.Process.Start("mkfifo", [file]))
        {
            make.WaitForExit();
        }

        Assert.Null(directory.TryRead(Name, 100));
        File.Delete(file);
        Assert.True(directory.TryWrite(Name, "code"u8));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupWrite);
        Assert.Null(directory.TryRead(Name, 100));
        File.SetUnixFileMode(file, UnixFileMode.UserRead);
        Assert.NotNull(directory.TryRead(Name, 100));
    }

    [Fact]
    public void WhatWasNotUsedForLongestIsRemovedFirst()
    {
        using var directory = CacheDirectory.Open(_folder.Path);
        string[] names = [.. "abcdef".Select(letter => new string(letter, 64))];
        var start = DateTime.UtcNow.AddHours(-3);
        foreach (var name in names)
        {
            Assert.True(directory.TryWrite(name, new byte[100]));
            File.SetLastWriteTimeUtc(Path.Combine(_folder.Path, name + ".code"), start = start.AddMinutes(1));
        }

        directory.Touch(names[0]);
        string[] others = ["notes.txt", $"{names[0]}.txt", "short.code", $"{new string('x', 64)}.code"];
        foreach (var other in others)
        {
            File.WriteAllBytes(Path.Combine(_folder.Path, other), new byte[1000]);
        }

        var unfinished = Path.Combine(_folder.Path, $"{names[1]}.new");
        File.WriteAllText(unfinished, "abandoned");
        File.SetLastWriteTimeUtc(unfinished, start);
        var unfinishedYet = Path.Combine(_folder.Path, $"{names[2]}.new");
        File.WriteAllText(unfinishedYet, "just begun");
        directory.Trim(350);
        string[] left = [.. Directory.EnumerateFiles(_folder.Path).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
        string[] expected = [$"{names[0]}.code", $"{names[4]}.code", $"{names[5]}.code", $"{names[2]}.new", .. others];
        Assert.Equal(expected.Order(StringComparer.Ordinal), left);
    }

    [Fact]
    public void AnEntryThatIsLargerThanTheLimitIsNotWritten()
    {
        var module = WatAssembler.Assemble(
            $"""(module (func (export "main") (param i32) (result i32) {string.Concat(Enumerable.Repeat("(drop (i32.popcnt (local.get 0)))", 500_000))} (i32.const 5)))""");
        var options = _folder.With(EngineOptions.Default with { TierUp = TierUpMode.Never, CacheLimit = 1 });
        Assert.Equal("5", CacheFolder.Run(module, options).Outcome);
        Assert.Empty(_folder.Entries);
        Assert.Equal("5", CacheFolder.Run(module, options with { CacheLimit = 64 }).Outcome);
        Assert.InRange(new FileInfo(_folder.Entry).Length, 1 << 20, 64 << 20);
        Assert.Equal(0, CacheFolder.Run(module, options).Statistics.CacheHits);
    }

    [Fact]
    public void AFolderThatIsGoneIsAMiss()
    {
        using var engine = new WasmEngine(_folder.With(EngineOptions.Default));
        Directory.Delete(_folder.Path, recursive: true);
        try
        {
            var module = WatAssembler.Assemble("""(module (func (export "main") (param i32) (result i32) (i32.const 5)))""");
            using (var store = new Store(engine))
            {
                Assert.Equal("5", CacheFolder.OutcomeOf(store.Instantiate(engine.Decode(module)), "main"));
            }

            engine.SaveCache();
            Assert.Equal((0, 1), (engine.Statistics.CacheHits, engine.Statistics.CacheMisses));
        }
        finally
        {
            Directory.CreateDirectory(_folder.Path);
        }
    }

    private static string Refusal(string folder) =>
        Assert.Throws<KnobException>(() => new WasmEngine(EngineOptions.Default with { CacheDirectory = folder })).Message;

    /// <summary>A folder that is given to another user, as root can.</summary>
    private string Foreign()
    {
        var path = Path.Combine(_folder.Path, "foreign");
        Directory.CreateDirectory(path, Own);
        using (var give = System.Diagnostics.Process.Start("chown", ["65534", path]))
        {
            give.WaitForExit();
        }

        return path;
    }
}
