namespace Harness.Experiments.Tests;

public sealed class LockFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ALockIsGivenBackWithItsFile()
    {
        var path = _folder.File("a.lock");
        using (LockFile.Take(path))
        {
            Assert.Null(LockFile.TryTake(path));
        }

        Assert.False(File.Exists(path));

        // What a killed process leaves behind is nobody's.
        File.WriteAllText(path, "");
        using var taken = LockFile.TryTake(path);
        Assert.NotNull(taken);
    }

    /// <summary>A file that was opened before its holder removed it can be locked, and keeps nobody away.</summary>
    [Fact]
    public void ALockOnAFileThatWasRemovedIsNone()
    {
        var path = _folder.File("a.lock");
        using var removed = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        Assert.True(LockFile.HasName(removed));
        File.Delete(path);
        Assert.False(LockFile.HasName(removed));
        using var taken = LockFile.TryTake(path);
        Assert.NotNull(taken);
        Assert.False(LockFile.HasName(removed));
    }

    [Fact]
    public async Task ManyThatTakeAndGiveBackNeverHaveItAtOnce()
    {
        var path = _folder.File("a.lock");
        var (holders, together, taken) = (0, 0, 0);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 2000; i++)
            {
                using var own = LockFile.TryTake(path);
                if (own is null)
                {
                    continue;
                }

                Interlocked.Increment(ref taken);
                if (Interlocked.Increment(ref holders) > 1)
                {
                    Interlocked.Increment(ref together);
                }

                Interlocked.Decrement(ref holders);
            }
        })));
        Assert.True(taken > 0);
        Assert.Equal(0, together);
    }
}
