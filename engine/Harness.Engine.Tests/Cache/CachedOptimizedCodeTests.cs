using System.Runtime.InteropServices;
using Harness.Engine.Cache;

namespace Harness.Engine.Tests.Cache;

/// <summary>What two processes know of the optimized code of the same bytes comes together in the file that both write.</summary>
public sealed class CachedOptimizedCodeTests
{
    private static readonly CodeKey First = new(1, -1);
    private static readonly CodeKey Second = new(2, -1);
    private static readonly byte[] Identity = new byte[32];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private byte[]? _file;

    [Fact]
    public void CodeOfBothIsWritten()
    {
        var one = Open();
        var other = Open();
        Assert.True(other.Find(First).IsEmpty);
        one.Add(First, [1]);
        Write(one);
        other.Add(Second, [2]);
        Write(other);

        var later = Open();
        Assert.Equal([1], later.Find(First).ToArray());
        Assert.Equal([2], later.Find(Second).ToArray());
    }

    [Fact]
    public void CodeThatAnotherHasDroppedDoesNotComeBack()
    {
        var maker = Open();
        maker.Add(First, [1]);
        Write(maker);
        var one = Open();
        var other = Open();
        Assert.False(other.Find(First).IsEmpty);
        Assert.True(one.Drop(First, [1]));
        Write(one);
        other.Add(Second, [2]);
        Write(other);

        var later = Open();
        Assert.True(later.Find(First).IsEmpty);
        Assert.Equal([2], later.Find(Second).ToArray());
    }

    /// <summary>What is dropped is the code that was left, and not what has taken its place.</summary>
    [Fact]
    public void CodeThatHasTakenThePlaceOfWhatIsDroppedStays()
    {
        var code = Open();
        Assert.True(code.Add(First, [1]));
        Assert.True(code.Add(First, [2]));
        Assert.False(code.Drop(First, [1]));
        Assert.Equal([2], code.Find(First).ToArray());
        Assert.False(code.Add(First, [1]));
        Assert.Equal([2], code.Find(First).ToArray());
        Write(code);
        Assert.Equal([2], Open().Find(First).ToArray());
    }

    /// <summary>A file that is there but cannot be read now may have more: what is new is written once it can.</summary>
    [Fact]
    public void CodeOfOthersStaysWhereItCannotBeRead()
    {
        var other = Open();
        other.Add(First, [1]);
        Write(other);
        Exception? reason = null;
        var code = new CachedOptimizedCode(Identity, _ => reason is null ? _file : throw reason);
        code.Add(Second, [2]);
        reason = new InsufficientMemoryException();
        Assert.Throws<InsufficientMemoryException>(() => code.MakeFile(1 << 20));
        Assert.True(code.Find(First).IsEmpty);
        reason = new IOException();
        Assert.Throws<IOException>(() => code.MakeFile(1 << 20));
        reason = null;
        Write(code);

        var later = Open();
        Assert.Equal([1], later.Find(First).ToArray());
        Assert.Equal([2], later.Find(Second).ToArray());
    }

    /// <summary>A process that writes again and again does not keep all files in memory that it has read meanwhile.</summary>
    [Fact]
    public void CodeOfALaterFileDoesNotKeepThatFile()
    {
        var maker = Open();
        maker.Add(First, [1]);
        Write(maker);
        var one = Open();
        var known = one.Find(First);
        var other = Open();
        other.Add(Second, [2]);
        Write(other);
        one.Add(new CodeKey(3, -1), [3]);
        Write(one);

        Assert.True(known.Equals(one.Find(First)));
        Assert.True(MemoryMarshal.TryGetArray(one.Find(Second), out var added));
        Assert.Equal([2], added.Array!);
    }

    /// <summary>A guest waits for the code that it asks for, and for the deopt that drops some: not for a file that is read and made meanwhile.</summary>
    [Fact]
    public async Task WhoAsksForCodeDoesNotWaitForTheFile()
    {
        using var isReading = new ManualResetEventSlim();
        using var mayRead = new ManualResetEventSlim(initialState: true);
        var code = new CachedOptimizedCode(Identity, _ =>
        {
            isReading.Set();
            mayRead.Wait();
            return _file;
        });
        code.Add(First, [1]);
        code.Add(Second, [2]);
        Assert.Equal([1], code.Find(First).ToArray());
        isReading.Reset();
        mayRead.Reset();
        var writing = Task.Factory.StartNew(() => code.MakeFile(1 << 20), TaskCreationOptions.LongRunning);
        try
        {
            Assert.True(isReading.Wait(Patience));
            var asking = Task.Factory.StartNew(
                () =>
                {
                    code.Drop(Second, [2]);
                    return code.Find(First).ToArray();
                },
                TaskCreationOptions.LongRunning);
            Assert.Equal([1], await asking.WaitAsync(Patience));
        }
        finally
        {
            mayRead.Set();
        }

        _file = await writing.WaitAsync(Patience);
        Assert.Equal([1], Open().Find(First).ToArray());
        Assert.True(Open().Find(Second).IsEmpty);
    }

    private CachedOptimizedCode Open() => new(Identity, _ => _file);

    private void Write(CachedOptimizedCode code) => _file = code.MakeFile(1 << 20) ?? throw new InvalidOperationException("nothing is new");
}
