using System.Security.Cryptography;

namespace Harness.Engine.Cache;

/// <summary>
/// What a cache knows of the optimized code of modules of the same bytes, under the same knobs: the file that there was, which is read when somebody first asks, what is new since, and what
/// has turned out to speculate on what does not hold. Safe for use by several threads.
/// </summary>
/// <param name="identity">See <see cref="CacheIdentity"/>.</param>
/// <param name="read">Reads a file by its name; null if there is none.</param>
internal sealed class CachedOptimizedCode(byte[] identity, Func<string, byte[]?> read)
{
    private readonly Lock _gate = new();
    private readonly byte[] _identity = identity;
    private readonly Func<string, byte[]?> _read = read;
    private readonly SortedDictionary<CodeKey, ReadOnlyMemory<byte>> _records = [];

    /// <summary>The code that was added here, which a file of others does not replace.</summary>
    private readonly HashSet<CodeKey> _own = [];

    /// <summary>Hashes of the records that were dropped, whoever still has them.</summary>
    private readonly HashSet<string> _dropped = [];
    private bool _isRead;
    private bool _isRefused;
    private bool _hasNews;

    /// <summary>The name of its file.</summary>
    public string Name { get; } = Convert.ToHexStringLower(identity);

    /// <summary>The bytes of a piece of code; empty if there is none.</summary>
    public ReadOnlyMemory<byte> Find(CodeKey key)
    {
        lock (_gate)
        {
            Read();
            return _records.GetValueOrDefault(key);
        }
    }

    /// <summary>Adds code, in the place of what there is.</summary>
    /// <returns>Whether it is kept: what was dropped once is not, whoever makes it again.</returns>
    public bool Add(CodeKey key, byte[] record)
    {
        lock (_gate)
        {
            Read();
            if (IsDropped(record)) return false;
            _records[key] = record;
            _own.Add(key);
            _hasNews = true;
            return true;
        }
    }

    /// <summary>
    /// Forgets code for good: it was left since what it speculates on does not hold. What has taken its place meanwhile stays, be it of another module of the same bytes.
    /// </summary>
    /// <param name="key">Which code of the module it is.</param>
    /// <param name="record">Its bytes.</param>
    /// <returns>Whether it was there.</returns>
    public bool Drop(CodeKey key, ReadOnlySpan<byte> record)
    {
        lock (_gate)
        {
            Read();
            _dropped.Add(HashOf(record));
            if (!_records.TryGetValue(key, out ReadOnlyMemory<byte> known) || !known.Span.SequenceEqual(record)) return false;
            _records.Remove(key);
            _own.Remove(key);
            _hasNews = true;
            return true;
        }
    }

    /// <summary>Forgets what was read, which is of no use.</summary>
    public void Refuse()
    {
        lock (_gate)
        {
            foreach (CodeKey key in _records.Keys.Where(key => !_own.Contains(key)).ToArray()) _records.Remove(key);
            _isRead = _isRefused = true;
        }
    }

    /// <summary>The file with all that is known and what others have written meanwhile; null if nothing is new, or it were larger than a limit allows.</summary>
    /// <param name="limit">Most bytes.</param>
    public byte[]? MakeFile(long limit)
    {
        lock (_gate)
        {
            if (!_hasNews) return null;
            _hasNews = false;
            if (!_isRefused) Merge();
            return OptimizedEntry.TryWrite(_identity, _records, limit);
        }
    }

    private static string HashOf(ReadOnlySpan<byte> record) => Convert.ToHexString(SHA256.HashData(record));

    private bool IsDropped(ReadOnlySpan<byte> record) => _dropped.Count > 0 && _dropped.Contains(HashOf(record));

    private void Read()
    {
        if (_isRead) return;
        _isRead = true;
        Merge();
    }

    /// <summary>Takes over what a file has that is neither known better here nor known to be wrong, and forgets what was read before and is there no more: somebody has dropped it.</summary>
    private void Merge()
    {
        if (_read(Name) is not { } file || OptimizedEntry.TryRead(file, _identity) is not { } found) return;
        foreach (CodeKey key in _records.Keys.Where(key => !_own.Contains(key) && !found.ContainsKey(key)).ToArray()) _records.Remove(key);
        foreach ((CodeKey key, ReadOnlyMemory<byte> record) in found)
        {
            if (_own.Contains(key) || IsDropped(record.Span)) continue;
            _records[key] = record;
        }
    }
}
