using System.Collections.Concurrent;
using Harness.Engine.Cache;
using Harness.Engine.Configuration;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;

namespace Harness.Engine.Tests.Cache;

/// <summary>What work on files a guest waits for: none that can be done before or meanwhile.</summary>
public sealed class CodeCacheTests
{
    private const int ModuleCount = 100;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Where there is much that is new it is written in the background: who has something new goes on.</summary>
    [Fact]
    public async Task MuchThatIsNewIsWrittenInTheBackground()
    {
        var files = new SlowFiles();
        using var cache = new CodeCache(EngineOptions.Default, files);
        var decoding = Task.Factory.StartNew(
            () =>
            {
                for (var i = 0; i < ModuleCount; i++)
                {
                    Decode(cache, i);
                }
            },
            TaskCreationOptions.LongRunning);
        try
        {
            await decoding.WaitAsync(Patience);
            Assert.True(files.IsWriting.Wait(Patience));
            Assert.Empty(files.Written);
        }
        finally
        {
            files.MayWrite.Set();
        }

        cache.Save([]);
        Assert.Equal(ModuleCount, files.Written.Count);
    }

    /// <summary>Modules that come faster than they can be written do not all wait for that in memory; those that are in use are written when somebody asks.</summary>
    [Fact]
    public void ModulesThatComeFasterThanTheyAreWrittenAreLeftOut()
    {
        // As many as those that may wait to be written, and those that were taken to be written before.
        const int most = 2 * 256;
        var files = new SlowFiles();
        using var cache = new CodeCache(EngineOptions.Default, files);
        WasmModule last;
        try
        {
            for (var i = 0; i < most; i++)
            {
                Decode(cache, i);
            }

            Assert.True(files.IsWriting.Wait(Patience));
            for (var i = most; i < 2 * most; i++)
            {
                Decode(cache, i);
            }

            last = Decode(cache, 2 * most);
        }
        finally
        {
            files.MayWrite.Set();
        }

        cache.Save([]);
        var written = files.Written.Count;
        Assert.InRange(written, ModuleCount, most);
        cache.Save([(last, new ModuleProfile("", []))]);
        Assert.Equal(written + 1, files.Written.Count);
    }

    /// <summary>A file that is there but cannot be read now may have more than is known here: it stays, and what is new is written another time.</summary>
    [Fact]
    public void AFileThatCannotBeReadIsNotReplaced()
    {
        var files = new SlowFiles();
        files.MayWrite.Set();
        using var cache = new CodeCache(EngineOptions.Default, files);
        var module = Decode(cache, 0);
        foreach (var reason in new Exception[] { new IOException("too many files are open"), new InsufficientMemoryException() })
        {
            files.CannotBeRead = reason;
            cache.Save([(module, new ModuleProfile("", []))]);
            Assert.Empty(files.Written);
        }

        files.CannotBeRead = null;
        cache.Save([(module, new ModuleProfile("", []))]);
        Assert.Single(files.Written);
    }

    /// <summary>What goes wrong on the thread that writes in the background ends no process, and whoever asks next for something to be written is told once.</summary>
    [Fact]
    public void WhatGoesWrongInTheBackgroundIsTold()
    {
        var files = new SlowFiles { CannotBeTrimmed = new InvalidOperationException("the folder is wrong") };
        files.MayWrite.Set();
        using var cache = new CodeCache(EngineOptions.Default, files);
        for (var i = 0; i < ModuleCount; i++)
        {
            Decode(cache, i);
        }

        Assert.True(SpinWait.SpinUntil(() => files.HasFailed, Patience));
        files.CannotBeTrimmed = null;
        Exception? told = null;
        Assert.True(SpinWait.SpinUntil(() => (told = Record.Exception(() => cache.Save([]))) is not null, Patience));
        Assert.Equal("the folder is wrong", Assert.IsType<InvalidOperationException>(told).Message);
        cache.Save([]);
    }

    /// <summary>The file with the optimized code of a module is read as soon as the module is there, and not by the first function that is called.</summary>
    [Fact]
    public void OptimizedCodeIsReadBeforeSomebodyAsks()
    {
        var files = new SlowFiles();
        using var cache = new CodeCache(EngineOptions.Default, files);
        Decode(cache, 0);
        Assert.True(SpinWait.SpinUntil(() => files.Read.Count == 2, Patience));
    }

    private static WasmModule Decode(CodeCache cache, int module) =>
        cache.Decode(WatAssembler.Assemble($"""(module (func (export "f{module}")))"""), BuiltinSets.None, validationThreads: 1);

    /// <summary>Files in memory, which cannot be written for a while.</summary>
    private sealed class SlowFiles : ICacheFiles
    {
        /// <summary>The names of the files that somebody has asked for.</summary>
        public ConcurrentDictionary<string, bool> Read { get; } = new();

        /// <summary>The files that were written, by name.</summary>
        public ConcurrentDictionary<string, byte[]> Written { get; } = new();

        /// <summary>Set once somebody writes.</summary>
        public ManualResetEventSlim IsWriting { get; } = new();

        /// <summary>Set to let those go on that write.</summary>
        public ManualResetEventSlim MayWrite { get; } = new();

        /// <summary>What keeps files from being read; null if nothing does.</summary>
        public Exception? CannotBeRead { get; set; }

        /// <summary>What goes wrong where files are removed; null if nothing does.</summary>
        public Exception? CannotBeTrimmed { get; set; }

        /// <summary>Whether something went wrong there.</summary>
        public bool HasFailed { get; private set; }

        public byte[]? TryRead(string name, long limit)
        {
            if (CannotBeRead is { } reason)
            {
                throw reason;
            }

            Read[name] = true;
            return Written.GetValueOrDefault(name);
        }

        public void Touch(string name)
        {
        }

        public bool TryWrite(string name, ReadOnlySpan<byte> content)
        {
            IsWriting.Set();
            MayWrite.Wait();
            Written[name] = content.ToArray();
            return true;
        }

        public void Trim(long limit)
        {
            if (CannotBeTrimmed is not { } reason)
            {
                return;
            }

            HasFailed = true;
            throw reason;
        }

        public void Dispose()
        {
            IsWriting.Dispose();
            MayWrite.Dispose();
        }
    }
}
