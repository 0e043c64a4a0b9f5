using System.Diagnostics;
using System.Runtime.InteropServices;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;
using Harness.Hosts.Wasi;
using Harness.Hosts.Wasi.Files;

namespace Harness.Hosts.Tests.Wasi;

/// <summary>What our host has that needs no other one to compare with.</summary>
public sealed class WasiHostTests
{
    /// <summary>The functions of the snapshot, as the specification lists them.</summary>
    private const string Specified =
        "args_get args_sizes_get clock_res_get clock_time_get environ_get environ_sizes_get fd_advise fd_allocate fd_close fd_datasync fd_fdstat_get "
        + "fd_fdstat_set_flags fd_fdstat_set_rights fd_filestat_get fd_filestat_set_size fd_filestat_set_times fd_pread fd_prestat_dir_name fd_prestat_get "
        + "fd_pwrite fd_read fd_readdir fd_renumber fd_seek fd_sync fd_tell fd_write path_create_directory path_filestat_get path_filestat_set_times path_link "
        + "path_open path_readlink path_remove_directory path_rename path_symlink path_unlink_file poll_oneoff proc_exit proc_raise random_get sched_yield "
        + "sock_accept sock_recv sock_send sock_shutdown";

    private static readonly Dictionary<string, EngineOptions> Options = new()
    {
        ["never"] = EngineOptions.Default with { TierUp = TierUpMode.Never },
        ["eager"] = EngineOptions.Default with { TierUp = TierUpMode.Eager },
        ["no deopt"] = EngineOptions.Default with { Deopt = false },
        ["failing guards"] = EngineOptions.Default with { TierUp = TierUpMode.Synchronous, StressTierUpAfter = 2, StressGuardFailInterval = 7 },
        ["collecting"] = EngineOptions.Default with { StressGcInterval = 5 },
    };

    public static TheoryData<string> Configurations => [.. Options.Keys];

    [Fact]
    public void EveryFunctionOfTheSnapshotIsThere()
    {
        using var host = new WasiHost(new WasiOptions());
        Assert.Equal(Specified.Split(' ').Order(), host.FunctionNames.Order());
    }

    [Theory]
    [InlineData("paths")]
    [InlineData("descriptors")]
    [InlineData("listing")]
    [InlineData("library")]
    [InlineData("confinement")]
    [InlineData("odd-paths")]
    public void FolderInMemoryIsLikeOneOfTheHost(string program)
    {
        var module = Path.Combine(Runners.ProgramFolder, program + ".wasm");
        using var folder = new TestFolder();
        var onHost = Runners.RunOurs(module, wasi => wasi.Preopen("/d", folder.Path), () => string.Empty);
        var memory = new MemoryFolder().AddFile("file", "0123456789"u8).AddFile("other", "other content"u8).AddFile("sub/inner", "inner"u8)
            .AddLink("link", "file").AddLink("sublink", "sub").AddLink("dangling", "nowhere").AddLink("loop", "loop").AddLink("out", "../outside").AddLink("absolute", "/etc");
        var inMemory = Runners.RunOurs(module, wasi => wasi.Preopen("/d", memory), () => string.Empty);
        Assert.Equal(onHost, inMemory);
        Assert.Equal(
            folder.Describe().Split('\n').Where(line => line.StartsWith("d/", StringComparison.Ordinal) && line != "d/").Select(line => line[2..].Split(':')[0]).Order(StringComparer.Ordinal),
            memory.List());
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void ProgramsAreRightInEveryConfiguration(string configuration)
    {
        foreach (var program in new[] { "library", "paths", "streams" })
        {
            var module = Path.Combine(Runners.ProgramFolder, program + ".wasm");
            Assert.Equal(Runners.RunOurs(module), Runners.RunOurs(module, Options[configuration]));
        }
    }

    /// <summary>A folder that is removed but open takes nothing, so that what is moved there is not lost.</summary>
    [Fact]
    public void NothingIsMovedIntoAFolderThatIsRemoved()
    {
        var folder = new OpenMemoryFolder(MemoryNode.CreateFolder(new MemorySpace(MemoryFolder.UsualLimit)));
        folder.CreateFolder("removed");
        using var removed = folder.OpenFolder("removed");
        folder.OpenFile("file", OpenFlags.Create, FdFlags.None, read: true, write: true).Dispose();
        folder.RemoveFolder("removed");
        Assert.Equal(Errno.Noent, Assert.Throws<WasiErrorException>(() => folder.Rename("file", removed, "file")).Error);
        Assert.True(folder.TryStat("file").HasValue);
    }

    /// <summary>A buffer may be larger than any file, and only its address and length are of interest then.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(long.MaxValue)]
    public void WhatIsLargerThanAFileCanBeIsRefused(long offset)
    {
        byte first = 0;
        var content = new GrowableBytes(new MemorySpace(long.MaxValue));
        Assert.Equal(Errno.Fbig, Assert.Throws<WasiErrorException>(() => content.Write(MemoryMarshal.CreateReadOnlySpan(ref first, int.MaxValue), (ulong)offset)).Error);
        Assert.Equal(0, content.Length);
    }

    /// <summary>All files of a folder share its space. What is removed gives it back once it is closed, what is cut off at once.</summary>
    [Fact]
    public void AFolderInMemoryHasNoMoreThanItsSpace()
    {
        const int entry = 1024;
        var folder = new OpenMemoryFolder(new MemoryFolder(limit: 100 * entry).Root);
        using var first = Create("first");
        using var second = Create("second");
        first.WriteAt(new byte[60 * entry], 0);
        Refuse(() => second.WriteAt(new byte[39 * entry], 0));
        second.WriteAt(new byte[38 * entry], 0);
        Refuse(() => folder.CreateFolder("folder"));
        Refuse(() => folder.CreateLink("first", "link"));
        Refuse(() => folder.Link("first", folder, "other"));
        Refuse(() => Create("third").Dispose());
        Assert.Equal("first second", string.Join(' ', folder.List().Select(item => item.Name)));

        // One entry is free, but what is open is still there.
        folder.Unlink("first");
        Refuse(() => second.SetSize(40 * entry));
        Assert.Equal(60ul * entry, first.Stat().Size);
        first.Dispose();
        second.SetSize(40 * entry);
        second.SetSize(0);
        second.WriteAt(new byte[99 * entry], 0);
        Refuse(() => second.SetSize((99 * entry) + 1));

        WasiFile Create(string name) => folder.OpenFile(name, OpenFlags.Create, FdFlags.None, read: true, write: true);
        static void Refuse(Action action) => Assert.Equal(Errno.Nospc, Assert.Throws<WasiErrorException>(action).Error);
    }

    [Fact]
    public void AFileThatHasNoRoomIsRefusedInOneLine()
    {
        var folder = new MemoryFolder(limit: 10_000);
        folder.AddFile("file", new byte[8000]).AddFile("file", new byte[10]).AddFile("other", new byte[4000]);
        Assert.Equal("large has no room in a folder in memory: it would take more than it may", Assert.Throws<ProgramException>(() => folder.AddFile("large", new byte[4000])).Message);
        Assert.Equal("file other", string.Join(' ', folder.List()));
    }

    [Fact]
    public void FoldersAreMadeOnTheWayAndStayAsTheyAre()
    {
        var folder = new MemoryFolder().AddFolder("a/b").AddFile("a/b/file", "content"u8).AddFolder("a/b").AddFolder("a/c/d");
        Assert.Equal("a/ a/b/ a/b/file a/c/ a/c/d/", string.Join(' ', folder.List()));
        Assert.Equal(3ul, new OpenMemoryFolder(folder.Root).Stat().Links);
        Assert.Throws<ArgumentException>(() => folder.AddFolder("a/b/file"));
        Assert.Equal("a has no room in a folder in memory: it would take more than it may", Assert.Throws<ProgramException>(() => new MemoryFolder(limit: 100).AddFolder("a")).Message);
    }

    /// <summary>Whoever opens a FIFO of which nobody has the other end waits for nobody; whether reading waits is another matter.</summary>
    [Fact]
    public async Task AFifoIsOpenedWithoutAWait()
    {
        using var folder = new TestFolder();
        using (var made = Process.Start("mkfifo", [Path.Combine(folder.Path, "fifo")]))
        {
            await made.WaitForExitAsync();
        }

        using var host = HostFolder.Open(folder.Path);
        using var file = await Task.Run(() => host.OpenFile("fifo", OpenFlags.None, FdFlags.None, read: true, write: false)).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, file.Read(new byte[1]));
        var flags = File.ReadLines($"/proc/self/fdinfo/{file.Pollable}").Single(line => line.StartsWith("flags:", StringComparison.Ordinal));
        Assert.Equal(0, Convert.ToInt32(flags["flags:".Length..].Trim(), fromBase: 8) & Posix.Nonblock);
        using var both = host.OpenFile("fifo", OpenFlags.None, FdFlags.Nonblock, read: true, write: true);
        Assert.Equal(Errno.Again, Assert.Throws<WasiErrorException>(() => both.Read(new byte[1])).Error);
    }

    /// <summary>Whoever polls a file waits for that one, whatever other threads close and open meanwhile.</summary>
    [Fact]
    public void AFileThatIsWaitedForStaysWhatItIs()
    {
        using var folder = new TestFolder();
        using var host = HostFolder.Open(folder.Path);
        var file = host.OpenFile("file", OpenFlags.None, FdFlags.None, read: true, write: false);
        file.Hold();
        file.Dispose();
        using var other = host.OpenFile("other", OpenFlags.None, FdFlags.None, read: true, write: false);
        Assert.Equal(10ul, file.Stat().Size);
        file.Release();
    }

    /// <summary>A program that opens files and closes none cannot use up what the system allows this process.</summary>
    [Fact]
    public void AProgramHasNoMoreDescriptorsThanItMay()
    {
        const int limit = 1024;
        var module = WasmModule.Decode(WatAssembler.Assemble(
            """
            (module
              (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
              (memory (export "memory") 1)
              (data (i32.const 0) "file")
              (func (export "_start") (local $error i32)
                (loop $open
                  (local.set $error (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 8)))
                  (if (i32.and (i32.eqz (local.get $error)) (i32.lt_u (i32.load (i32.const 8)) (i32.const 5000))) (then (br $open))))
                ;; EMFILE is 33.
                (if (i32.ne (local.get $error) (i32.const 33)) (then (unreachable)))
                (call $exit (i32.const 1))))
            """));
        using var store = new Store();
        using var wasi = new WasiHost(new WasiOptions().Preopen(".", new MemoryFolder().AddFile("file", "content"u8)));
        Assert.Equal(1, wasi.Run(store, module));

        using var table = new DescriptorTable(limit);
        for (uint i = 0; i < limit; i++)
        {
            Assert.Equal(i, table.Add(Open()));
        }

        Assert.Equal(Errno.Mfile, Assert.Throws<WasiErrorException>(() => table.Add(Open())).Error);
        table.Close(5);
        Assert.Equal(5u, table.Add(Open()));

        static Descriptor Open() => new(new StreamFile(Stream.Null), Rights.Stream, Rights.None);
    }

    /// <summary>A program may list many large folders at a time, whose entries the host keeps so that cookies count the same ones.</summary>
    [Fact]
    public void ListingsAreNotKeptWithoutEnd()
    {
        using var table = new DescriptorTable(limit: 10, listedLimit: 10);
        Descriptor[] folders = [Open(), Open(), Open()];
        foreach (var folder in folders)
        {
            table.Add(folder);
        }

        table.KeepListing(folders[0], new FolderEntry[5]);
        table.KeepListing(folders[1], new FolderEntry[5]);
        Assert.NotNull(folders[0].Listing);
        table.KeepListing(folders[2], new FolderEntry[20]);
        Assert.Null(folders[0].Listing);
        Assert.Null(folders[1].Listing);
        Assert.Equal(20, folders[2].Listing!.Count);

        static Descriptor Open() => new(new OpenMemoryFolder(new MemoryFolder().Root), Rights.Directory, Rights.None);
    }

    /// <summary>Each folder on the way is open while a path is followed, and there may be 2,048 of them, and as many behind each of 40 links.</summary>
    [Fact]
    public void APathHasNotTooManyFoldersOpen()
    {
        const int depth = 1100;
        var root = new OpenMemoryFolder(new MemoryFolder().Root);
        WasiFolder inner = root;
        for (var i = 0; i < depth; i++)
        {
            inner.CreateFolder("a");
            inner = inner.OpenFolder("a");
        }

        using (var found = PathResolver.Resolve(root, string.Join('/', Enumerable.Repeat("a", 1000)), followLast: false))
        {
            Assert.Equal("a", found.Name);
        }

        var tooDeep = string.Join('/', Enumerable.Repeat("a", depth));
        Assert.Equal(Errno.Mfile, Assert.Throws<WasiErrorException>(() => PathResolver.Resolve(root, tooDeep, followLast: false)).Error);
        using (var found = PathResolver.Resolve(root, string.Concat(Enumerable.Repeat("a/../", 800)) + "a", followLast: false))
        {
            Assert.Equal("a", found.Name);
        }
    }

    /// <summary>Flags have fewer bits than what they are passed in.</summary>
    [Theory]
    [InlineData(15L, true)]
    [InlineData(16L, false)]
    [InlineData(0x1_0001L, false)]
    [InlineData(0xFFFF_FFFFL, false)]
    public void FlagsThatThereAreNotAreRefused(long bits, bool areThere)
    {
        var refusal = Record.Exception(() => new FileTimes(0, 0, (ulong)bits)) as WasiErrorException;
        Assert.Equal(areThere ? (Errno?)null : Errno.Inval, refusal?.Error);
    }

    /// <summary>Folders inside each other are made quickly, but the paths of all of them would be as long as their number squared.</summary>
    [Fact]
    public void PathsThatAreTooLongTogetherAreRefusedInOneLine()
    {
        const int depth = 5_000;
        var folder = new MemoryFolder();
        WasiFolder inner = new OpenMemoryFolder(folder.Root);
        for (var i = 0; i < depth; i++)
        {
            inner.CreateFolder("a");
            inner = inner.OpenFolder("a");
            if (i == 1000)
            {
                Assert.Equal(i + 1, folder.List().Count);
            }
        }

        Assert.Equal("the paths in a folder in memory have more than 16777216 characters together", Assert.Throws<ProgramException>(() => folder.List()).Message);
    }

    /// <summary>A program that would sleep for half a minute ends as soon as somebody asks.</summary>
    [Fact]
    public void AProgramThatSleepsCanBeInterrupted()
    {
        var module = WasmModule.Decode(WatAssembler.Assemble(
            """
            (module
              (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 1)
              (data (i32.const 16) "\01")
              (func (export "_start")
                (i64.store (i32.const 24) (i64.const 30_000_000_000))
                (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))))
            """));
        using var store = new Store();
        using var wasi = new WasiHost(new WasiOptions());
        using var timer = new Timer(_ => store.Interrupt(), null, dueTime: 100, Timeout.Infinite);
        Assert.Equal(TrapKind.Interrupted, Assert.Throws<WasmTrapException>(() => wasi.Run(store, module)).Kind);
    }

    [Fact]
    public void EverythingIsTheSameWithAVirtualClockAndASeed()
    {
        Outcome Run(string program) => Runners.RunOurs(Path.Combine(Runners.ProgramFolder, program + ".wasm"), _ => { }, () => string.Empty, clock: new VirtualClock(), seed: 1);
        Assert.Equal(Run("environment"), Run("environment"));
        Assert.Contains("waited 1", Run("absolute-time").Output, StringComparison.Ordinal);
    }
}
