using Harness.Engine.Feedback;
using Harness.Engine.Modules;

namespace Harness.Engine.Cache;

/// <summary>
/// What a cache knows of modules of the same bytes: the entry that there was, and what is new since. It does not refer to any module, so that what is new outlives the module until it is
/// written. Safe for use by several threads.
/// </summary>
/// <param name="identity">See <see cref="CacheIdentity"/>.</param>
/// <param name="moduleHash">The hash of the bytes, as a profile has it.</param>
/// <param name="entry">What was in the cache; null if nothing was.</param>
/// <param name="optimized">What is known of their optimized code; null if that is not kept.</param>
internal sealed class CachedModule(byte[] identity, string moduleHash, CacheEntry? entry, CachedOptimizedCode? optimized)
{
    private readonly Lock _gate = new();
    private readonly byte[] _identity = identity;
    private readonly string _moduleHash = moduleHash;
    private readonly Dictionary<int, byte[]> _added = [];
    private ValidatedBodies? _bodies = entry?.Bodies;
    private ModuleProfile? _learnt;
    private CacheEntry? _entry = entry;
    private bool _isRefused;
    private bool _hasChanged;

    /// <summary>The name of its file.</summary>
    public string Name { get; } = Convert.ToHexStringLower(identity);

    /// <summary>What is known of their optimized code; null if that is not kept.</summary>
    public CachedOptimizedCode? Optimized { get; } = optimized;

    /// <summary>What validation has found out; null if that is not known.</summary>
    public ValidatedBodies? Bodies => Volatile.Read(ref _bodies);

    /// <summary>Whether something is new that nobody is about to write. The cache guards it.</summary>
    public bool IsLeftOut { get; set; }

    /// <summary>What modules of these bytes begin with; null if nothing was learnt.</summary>
    public ModuleProfile? Profile { get; } = entry?.Profile;

    /// <summary>The bytes of a function's baseline code; empty if there is none.</summary>
    public ReadOnlyMemory<byte> Find(int functionIndex)
    {
        lock (_gate)
        {
            return _added.TryGetValue(functionIndex, out var added) ? added : _entry?.Function(functionIndex) ?? default;
        }
    }

    /// <summary>Forgets the entry, whose bytes are of no use.</summary>
    public void Refuse()
    {
        lock (_gate)
        {
            _isRefused = true;
            _entry = null;
        }
    }

    /// <summary>Goes on from a newer file, which others have written since: it has what was in the one before, and their functions.</summary>
    public void GoOnFrom(byte[] file)
    {
        // Without the lock, as files are made: a guest waits for whoever asks for a function meanwhile.
        if (CacheEntry.TryRead(file, _identity, _moduleHash) is not { } newer)
        {
            return;
        }

        lock (_gate)
        {
            if (_isRefused)
            {
                return;
            }

            foreach (var function in _entry?.Functions ?? [])
            {
                if (newer.Function(function).IsEmpty)
                {
                    _added.TryAdd(function, _entry!.Function(function).ToArray());
                }
            }

            foreach (var function in newer.Functions)
            {
                _added.Remove(function);
            }

            _entry = newer;
            if (newer.Profile is { } theirs && theirs.HotFunctionCount > ((_learnt ?? Profile)?.HotFunctionCount ?? -1))
            {
                _learnt = theirs;
            }
        }
    }

    /// <summary>Notes that something is new, so that what was learnt is worth being asked for.</summary>
    public void NoteChange() => Volatile.Write(ref _hasChanged, true);

    /// <summary>Whether something was new since this was asked last.</summary>
    public bool TakeChange() => Interlocked.Exchange(ref _hasChanged, false);

    /// <summary>Takes note of what validation has found out about a module, once it is known that all of it is valid.</summary>
    /// <returns>Whether that was not known.</returns>
    public bool NoteBodies(WasmModule module)
    {
        if (module.Late is { IsComplete: false })
        {
            return false;
        }

        lock (_gate)
        {
            if (_bodies is not null)
            {
                return false;
            }

            Volatile.Write(ref _bodies, ValidatedBodies.Of(module));
            return true;
        }
    }

    /// <summary>Adds a function.</summary>
    /// <returns>Whether there was none.</returns>
    public bool Add(WasmModule module, int functionIndex, byte[] record)
    {
        lock (_gate)
        {
            NoteBodies(module);
            return !(_entry?.Function(functionIndex).IsEmpty == false) && _added.TryAdd(functionIndex, record);
        }
    }

    /// <summary>Takes what a module has learnt, which began with <see cref="Profile"/>.</summary>
    /// <param name="module">The module.</param>
    /// <param name="profile">What it knows in the end.</param>
    /// <returns>Whether that is worth being written, be it that no function is new.</returns>
    public bool Learn(WasmModule module, ModuleProfile profile)
    {
        if (profile.Functions.Count == 0)
        {
            return false;
        }

        // What later processes begin with is that all bodies are valid: those that nobody has needed are validated now.
        if (Bodies is null && module.Late?.TryComplete() == false)
        {
            return false;
        }

        lock (_gate)
        {
            var areNew = NoteBodies(module);

            // Of several modules of these bytes, the one that has learnt most counts, whichever is asked last.
            var since = profile.Since(Profile);
            var known = Math.Max(_learnt?.HotFunctionCount ?? -1, Profile?.HotFunctionCount ?? -1);
            if (_learnt is not null && since.HotFunctionCount < _learnt.HotFunctionCount)
            {
                return areNew;
            }

            _learnt = since;
            return areNew || since.HotFunctionCount > known;
        }
    }

    /// <summary>The file with all that is known; null if there is nothing, or more than a limit allows.</summary>
    /// <param name="limit">Most bytes.</param>
    public byte[]? MakeFile(long limit)
    {
        var functions = new SortedDictionary<int, ReadOnlyMemory<byte>>();
        ValidatedBodies bodies;
        ModuleProfile? profile;
        lock (_gate)
        {
            if (_bodies is null)
            {
                return null;
            }

            foreach (var function in _entry?.Functions ?? [])
            {
                functions.Add(function, _entry!.Function(function));
            }

            foreach (var (function, record) in _added)
            {
                functions[function] = record;
            }

            bodies = _bodies;
            profile = _learnt ?? Profile;
        }

        return CacheEntry.TryWrite(_identity, bodies, profile, functions, limit);
    }
}
