using Harness.Engine.Cache;

namespace Harness.Engine.Tests.Cache;

/// <summary>What two processes know of the optimized code of the same bytes comes together in the file that both write.</summary>
public sealed class CachedOptimizedCodeTests
{
    private static readonly CodeKey First = new(1, -1);
    private static readonly CodeKey Second = new(2, -1);
    private static readonly byte[] Identity = new byte[32];

    private byte[]? _file;

    [Fact]
    public void CodeOfBothIsWritten()
    {
        CachedOptimizedCode one = Open();
        CachedOptimizedCode other = Open();
        Assert.True(other.Find(First).IsEmpty);
        one.Add(First, [1]);
        Write(one);
        other.Add(Second, [2]);
        Write(other);

        CachedOptimizedCode later = Open();
        Assert.Equal([1], later.Find(First).ToArray());
        Assert.Equal([2], later.Find(Second).ToArray());
    }

    [Fact]
    public void CodeThatAnotherHasDroppedDoesNotComeBack()
    {
        CachedOptimizedCode maker = Open();
        maker.Add(First, [1]);
        Write(maker);
        CachedOptimizedCode one = Open();
        CachedOptimizedCode other = Open();
        Assert.False(other.Find(First).IsEmpty);
        Assert.True(one.Drop(First, [1]));
        Write(one);
        other.Add(Second, [2]);
        Write(other);

        CachedOptimizedCode later = Open();
        Assert.True(later.Find(First).IsEmpty);
        Assert.Equal([2], later.Find(Second).ToArray());
    }

    /// <summary>What is dropped is the code that was left, and not what has taken its place.</summary>
    [Fact]
    public void CodeThatHasTakenThePlaceOfWhatIsDroppedStays()
    {
        CachedOptimizedCode code = Open();
        Assert.True(code.Add(First, [1]));
        Assert.True(code.Add(First, [2]));
        Assert.False(code.Drop(First, [1]));
        Assert.Equal([2], code.Find(First).ToArray());
        Assert.False(code.Add(First, [1]));
        Assert.Equal([2], code.Find(First).ToArray());
        Write(code);
        Assert.Equal([2], Open().Find(First).ToArray());
    }

    private CachedOptimizedCode Open() => new(Identity, _ => _file);

    private void Write(CachedOptimizedCode code) => _file = code.MakeFile(1 << 20) ?? throw new InvalidOperationException("nothing is new");
}
