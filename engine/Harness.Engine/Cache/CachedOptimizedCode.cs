using System.Security.Cryptography;

namespace Harness.Engine.Cache;

/// <summary>
/// What a cache knows of the optimized code of modules of the same bytes, under the same knobs: the file that there was, which is read when somebody first asks or before, what is new since,
/// and what has turned out to speculate on what does not hold. Safe for use by several threads. A guest waits for whoever asks: no lock is held while files are read or made.
/// </summary>
internal sealed class CachedOptimizedCode
{
    private readonly Lock _gate = new();
    private readonly byte[] _identity;
    private readonly Func<string, byte[]?> _read;
    private readonly SortedDictionary<CodeKey, ReadOnlyMemory<byte>> _records = [];

    /// <summary>The code that was added here, which a file of others does not replace.</summary>
    private readonly HashSet<CodeKey> _own = [];

    /// <summary>Hashes of the records that were dropped, whoever still has them, by what they were code of: nothing else is hashed.</summary>
    private readonly Dictionary<CodeKey, HashSet<string>> _dropped = [];

    /// <summary>The code of the file that there was, which is read by whoever is first to need it; null once it is among the records.</summary>
    private Lazy<Dictionary<CodeKey, ReadOnlyMemory<byte>>?>? _file;
    private bool _isRefused;
    private bool _hasNews;

    /// <summary>Nothing is read yet.</summary>
    /// <param name="identity">See <see cref="CacheIdentity"/>.</param>
    /// <param name="read">Reads a file by its name; null if there is none. Fails with an <see cref="IOException"/> or <see cref="OutOfMemoryException"/> where that is not known.</param>
    public CachedOptimizedCode(byte[] identity, Func<string, byte[]?> read)
    {
        _identity = identity;
        _read = read;
        _file = new Lazy<Dictionary<CodeKey, ReadOnlyMemory<byte>>?>(TryReadFile);
        Name = Convert.ToHexStringLower(identity);
    }

    /// <summary>The name of its file.</summary>
    public string Name { get; }

    /// <summary>Lets another thread read the file, before somebody asks. Whoever asks is told of what goes wrong.</summary>
    public void ReadAhead() => ThreadPool.UnsafeQueueUserWorkItem(
        static code =>
        {
            try
            {
                code.TakeFile();
            }
            catch (Exception)
            {
                // Nobody waits for this thread. What there is no memory for is compiled, and whatever else reading ends with is thrown again by the lazy value.
            }
        },
        this,
        preferLocal: false);

    /// <summary>The bytes of a piece of code; empty if there is none.</summary>
    public ReadOnlyMemory<byte> Find(CodeKey key)
    {
        TakeFile();
        lock (_gate)
        {
            return _records.GetValueOrDefault(key);
        }
    }

    /// <summary>Adds code, in the place of what there is.</summary>
    /// <returns>Whether it is kept: what was dropped once is not, whoever makes it again.</returns>
    public bool Add(CodeKey key, byte[] record)
    {
        lock (_gate)
        {
            if (IsDropped(key, record))
            {
                return false;
            }

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
        TakeFile();
        var hash = HashOf(record);
        lock (_gate)
        {
            if (!_dropped.TryGetValue(key, out var hashes))
            {
                _dropped.Add(key, hashes = []);
            }

            hashes.Add(hash);
            if (!_records.TryGetValue(key, out var known) || !known.Span.SequenceEqual(record))
            {
                return false;
            }

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
            foreach (var key in _records.Keys.Where(key => !_own.Contains(key)).ToArray())
            {
                _records.Remove(key);
            }

            _file = null;
            _isRefused = true;
        }
    }

    /// <summary>The file with all that is known and what others have written meanwhile; null if nothing is new, or it were larger than a limit allows.</summary>
    /// <param name="limit">Most bytes.</param>
    /// <exception cref="IOException">The file that there is cannot be read now. What is new stays new.</exception>
    /// <exception cref="OutOfMemoryException">There is no memory for it. What is new stays new.</exception>
    public byte[]? MakeFile(long limit)
    {
        lock (_gate)
        {
            if (!_hasNews)
            {
                return null;
            }

            _hasNews = false;
        }

        try
        {
            // What others have written has to be known: a file without it would take its place.
            var others = ReadFile() is { } file ? Detached(file) : null;
            SortedDictionary<CodeKey, ReadOnlyMemory<byte>> records;
            lock (_gate)
            {
                Merge(others);
                records = new SortedDictionary<CodeKey, ReadOnlyMemory<byte>>(_records);
            }

            return OptimizedEntry.TryWrite(_identity, records, limit);
        }
        catch
        {
            lock (_gate)
            {
                _hasNews = true;
            }

            throw;
        }
    }

    private static string HashOf(ReadOnlySpan<byte> record) => Convert.ToHexString(SHA256.HashData(record));

    private bool IsDropped(CodeKey key, ReadOnlySpan<byte> record) => _dropped.TryGetValue(key, out var hashes) && hashes.Contains(HashOf(record));

    /// <summary>The code of the file that there is now; null if there is none.</summary>
    private Dictionary<CodeKey, ReadOnlyMemory<byte>>? ReadFile() => _read(Name) is { } file ? OptimizedEntry.TryRead(file, _identity) : null;

    /// <summary>The code of the file that there is now; null if there is none, or none that can be read.</summary>
    private Dictionary<CodeKey, ReadOnlyMemory<byte>>? TryReadFile()
    {
        try
        {
            return ReadFile();
        }
        catch (Exception e) when (e is IOException or OutOfMemoryException)
        {
            return null;
        }
    }

    /// <summary>
    /// What a later file has, in the bytes that are here already where these are the same, else in bytes of its own: no record keeps all of that file in memory. Without the gate, as a guest
    /// would wait.
    /// </summary>
    private Dictionary<CodeKey, ReadOnlyMemory<byte>> Detached(Dictionary<CodeKey, ReadOnlyMemory<byte>> found)
    {
        Dictionary<CodeKey, ReadOnlyMemory<byte>> known;
        lock (_gate)
        {
            known = new Dictionary<CodeKey, ReadOnlyMemory<byte>>(_records);
        }

        var detached = new Dictionary<CodeKey, ReadOnlyMemory<byte>>(found.Count);
        foreach (var (key, record) in found)
        {
            var isKnown = known.TryGetValue(key, out var same) && same.Span.SequenceEqual(record.Span);
            detached.Add(key, isKnown ? same : record.ToArray());
        }

        return detached;
    }

    /// <summary>Takes over what the file had that there was, unless that was done before.</summary>
    private void TakeFile()
    {
        if (Volatile.Read(ref _file) is not { } file)
        {
            return;
        }

        var found = file.Value;
        lock (_gate)
        {
            // Somebody may have been faster, or have taken over a newer one.
            if (_file is null)
            {
                return;
            }

            _file = null;
            Merge(found);
        }
    }

    /// <summary>
    /// Takes over what a file has that is neither known better here nor known to be wrong, and forgets what was read before and is there no more: somebody has dropped it. The gate is held.
    /// </summary>
    private void Merge(Dictionary<CodeKey, ReadOnlyMemory<byte>>? found)
    {
        if (_isRefused || found is null)
        {
            return;
        }

        _file = null;
        foreach (var key in _records.Keys.Where(key => !_own.Contains(key) && !found.ContainsKey(key)).ToArray())
        {
            _records.Remove(key);
        }

        foreach (var (key, record) in found)
        {
            if (_own.Contains(key) || IsDropped(key, record.Span))
            {
                continue;
            }

            _records[key] = record;
        }
    }
}
