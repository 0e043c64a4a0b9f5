using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Harness.Engine.Configuration;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Cache;

/// <summary>
/// What is kept on disk of the modules of an engine, an entry each (knob <c>cache.directory</c>). An entry is read when its module is decoded, or first instantiated; code is taken out
/// of it function by function, at first calls. What is compiled anew is gathered, and written with all else when the engine is disposed of or somebody asks for it. Whatever is wrong with an
/// entry is a miss.
/// </summary>
internal sealed class CodeCache : ICodeCache
{
    /// <summary>Modules with something new beyond which it is written at once.</summary>
    private const int MostUnsavedModules = 64;

    /// <summary>Bytes of new code beyond which it is written at once, unless more was written the last time: what a large module has is not written again and again.</summary>
    private const int MostUnsavedBytes = 16 << 20;

    private readonly CacheDirectory _directory;
    private readonly string _engine;
    private readonly long _limit;
    private readonly Lock _gate = new();

    /// <summary>Held while files are written, by one thread at a time: none takes the place of one that has more.</summary>
    private readonly Lock _writing = new();

    /// <summary>By name, what is known of modules of the same bytes, as long as one of them or something new is there.</summary>
    private readonly Dictionary<string, WeakReference<CachedModule>> _byName = [];
    private readonly ConditionalWeakTable<WasmModule, OpenModule> _open = [];

    /// <summary>That of which something is new, with a module of its bytes, which stays so that what it has learnt can be written as well.</summary>
    private readonly Dictionary<CachedModule, WasmModule> _unsaved = [];
    private long _unsavedBytes;
    private long _mostUnsavedBytes = MostUnsavedBytes;
    private int _nextSweep = 64;
    private int _hits;
    private int _misses;

    /// <summary>Opens the cache that knobs name.</summary>
    /// <exception cref="KnobException">The folder cannot be opened, or others could have written there.</exception>
    public CodeCache(EngineOptions options)
    {
        _directory = CacheDirectory.Open(options.CacheDirectory);
        _engine = CacheIdentity.Of(options);
        _limit = (long)options.CacheLimit << 20;

        // The first hash of a process loads a library, which takes longer than to hash a module: meanwhile the module is read.
        ThreadPool.UnsafeQueueUserWorkItem(static _ => SHA256.HashData(ReadOnlySpan<byte>.Empty), null);
    }

    /// <inheritdoc/>
    public int Hits => Volatile.Read(ref _hits);

    /// <inheritdoc/>
    public int Misses => Volatile.Read(ref _misses);

    /// <inheritdoc/>
    public WasmModule Decode(ReadOnlySpan<byte> bytes, BuiltinSets builtinSets, int validationThreads)
    {
        // What is hashed is what is decoded, whatever becomes of the caller's bytes meanwhile.
        byte[] copy = ModuleDecoder.Copy(bytes);
        byte[] hash = SHA256.HashData(copy);
        CachedModule cached = Open(hash, builtinSets);
        WasmModule module = ModuleDecoder.DecodeCopy(copy, builtinSets, validationThreads, hash, cached.Bodies);
        _open.Add(module, new OpenModule(module, cached));
        if (cached.NoteBodies(module)) NoteUnsaved(cached, module, 0);
        return module;
    }

    /// <inheritdoc/>
    public ModuleProfile? ProfileOf(WasmModule module, int polymorphismLimit) => Of(module).Cached.Profile?.Within(module, polymorphismLimit);

    /// <inheritdoc/>
    public CompiledCode? Find(ModuleCode code, int functionIndex)
    {
        // Listings show which instruction code is of, which is not kept.
        if (code.Engine.Events.WantsListings) return null;
        CachedModule cached = Of(code.Module).Cached;
        ReadOnlyMemory<byte> record = cached.Find(functionIndex);
        try
        {
            if (!record.IsEmpty)
            {
                CompiledCode found = FunctionRecord.Read(record.Span, code.Module, functionIndex, code.Options);
                Interlocked.Increment(ref _hits);
                return found;
            }
        }
        catch (InvalidDataException)
        {
            // What was written is whole, but not by this engine's writer.
            cached.Refuse();
        }

        Interlocked.Increment(ref _misses);
        return null;
    }

    /// <inheritdoc/>
    public void Keep(ModuleCode code, CompiledCode compiled)
    {
        try
        {
            OpenModule open = Of(code.Module);
            if (FunctionRecord.TryWrite(compiled, open.TypeIndices) is not { } record) return;
            if (open.Cached.Add(code.Module, compiled.FunctionIndex, record)) NoteUnsaved(open.Cached, code.Module, record.Length);
        }
        catch (OutOfMemoryException)
        {
            // What there is no memory for is not kept. The guest has its code.
        }
    }

    /// <inheritdoc/>
    public void Save(IEnumerable<(WasmModule Module, ModuleProfile Profile)> learnt)
    {
        foreach ((WasmModule module, ModuleProfile profile) in learnt)
        {
            CachedModule cached = Of(module).Cached;
            if (!cached.Learn(module, profile)) continue;
            lock (_gate)
            {
                _unsaved[cached] = module;
            }
        }

        KeyValuePair<CachedModule, WasmModule>[] unsaved;
        lock (_gate)
        {
            unsaved = [.. _unsaved];
            _unsaved.Clear();
            _unsavedBytes = 0;
        }

        if (unsaved.Length == 0) return;
        long written = 0;
        lock (_writing)
        {
            foreach ((CachedModule cached, WasmModule module) in unsaved)
            {
                // Other processes and engines may have written since it was read.
                if (_directory.TryRead(cached.Name, _limit) is { } newest) cached.GoOnFrom(newest, Convert.ToHexStringLower(module.Hash));
                if (cached.MakeFile(_limit) is { } file && _directory.TryWrite(cached.Name, file)) written += file.Length;
            }

            _directory.Trim(_limit);
        }

        lock (_gate)
        {
            _mostUnsavedBytes = Math.Max(MostUnsavedBytes, written);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    private OpenModule Of(WasmModule module) => _open.GetValue(module, key => new OpenModule(key, Open(key.Hash, key.BuiltinSets)));

    /// <summary>Notes that something is new, and writes it where there is much.</summary>
    private void NoteUnsaved(CachedModule cached, WasmModule module, int bytes)
    {
        bool isMuch;
        lock (_gate)
        {
            _unsaved[cached] = module;
            _unsavedBytes += bytes;
            isMuch = _unsavedBytes > _mostUnsavedBytes || _unsaved.Count > MostUnsavedModules;
        }

        if (isMuch) Save([]);
    }

    /// <summary>What is known of modules of some bytes.</summary>
    private CachedModule Open(byte[] moduleHash, BuiltinSets builtinSets)
    {
        byte[] identity = CacheIdentity.Of(_engine, moduleHash, builtinSets);
        string name = Convert.ToHexStringLower(identity);
        lock (_gate)
        {
            if (_byName.TryGetValue(name, out WeakReference<CachedModule>? reference) && reference.TryGetTarget(out CachedModule? known)) return known;
        }

        CacheEntry? entry = _directory.TryRead(name, _limit) is { } file ? CacheEntry.TryRead(file, identity, Convert.ToHexStringLower(moduleHash)) : null;
        if (entry is not null) _directory.Touch(name);
        var opened = new CachedModule(identity, entry);
        lock (_gate)
        {
            // Another thread may have been faster.
            if (_byName.TryGetValue(name, out WeakReference<CachedModule>? reference) && reference.TryGetTarget(out CachedModule? known)) return known;
            ForgetTheDead();
            _byName[name] = new WeakReference<CachedModule>(opened);
            return opened;
        }
    }

    /// <summary>Forgets names of which nothing is there any more, once there may be many.</summary>
    private void ForgetTheDead()
    {
        if (_byName.Count < _nextSweep) return;
        foreach ((string name, WeakReference<CachedModule> reference) in _byName)
        {
            if (!reference.TryGetTarget(out _)) _byName.Remove(name);
        }

        _nextSweep = Math.Max(64, 2 * _byName.Count);
    }

    /// <summary>A module that is in use.</summary>
    private sealed class OpenModule(WasmModule module, CachedModule cached)
    {
        private readonly int[] _types = module.CanonicalTypeIds;
        private Dictionary<int, int>? _typeIndices;

        /// <summary>What is known of modules of its bytes.</summary>
        public CachedModule Cached => cached;

        /// <summary>By canonical id, the first index of each of its types.</summary>
        public Dictionary<int, int> TypeIndices => _typeIndices ??= ListTypes();

        private Dictionary<int, int> ListTypes()
        {
            var indices = new Dictionary<int, int>();
            for (int i = 0; i < _types.Length; i++) indices.TryAdd(_types[i], i);
            return indices;
        }
    }
}
