using System.Collections.Concurrent;
using Harness.Engine.Cache;
using Harness.Engine.Configuration;
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
        Task decoding = Task.Factory.StartNew(
            () =>
            {
                for (int i = 0; i < ModuleCount; i++) Decode(cache, i);
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

    /// <summary>The file with the optimized code of a module is read as soon as the module is there, and not by the first function that is called.</summary>
    [Fact]
    public void OptimizedCodeIsReadBeforeSomebodyAsks()
    {
        var files = new SlowFiles();
        using var cache = new CodeCache(EngineOptions.Default, files);
        Decode(cache, 0);
        Assert.True(SpinWait.SpinUntil(() => files.Read.Count == 2, Patience));
    }

    private static void Decode(CodeCache cache, int module) =>
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

        public byte[]? TryRead(string name, long limit)
        {
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
        }

        public void Dispose()
        {
            IsWriting.Dispose();
            MayWrite.Dispose();
        }
    }
}
