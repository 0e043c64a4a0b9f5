using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using Harness.Engine.Configuration;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Decoding;
using Harness.Engine.Runtime;

namespace Harness.Engine.Cache;

/// <summary>
/// What is kept on disk of the modules of an engine (knob <c>cache.directory</c>): an entry for each, which is read when the module is decoded, or first instantiated, and a file with its
/// optimized code, which is read in the background meanwhile. Code is taken out function by function, at first calls, which wait for no file but for the rest of that reading. What is compiled anew is
/// gathered, and written with all else when the engine is disposed of or somebody asks for it, and in the background where there is much. Whatever is wrong with a file is a miss.
/// </summary>
/// <remarks>
/// <para>Optimized code may be kept since it may be shared: all instances of a module run the same, so that what it speculates on is named by function index and read from the instance's data, never
/// by address.</para>
/// <para>What a module has learnt is taken when its last instance goes, so that no module stays to be asked for it later. Budgets and deopts of one process after the other do not add up
/// (<see cref="ModuleProfile"/>).</para>
/// <para>Functions whose optimized code is not there are compiled anew, from the feedback that the entry has: those that were optimized before as soon as they have run once, as with
/// <c>feedback.profile</c>, which comes first where it knows the module. Code for listings, and what somebody watches being compiled, is compiled anew as well.</para>
/// </remarks>
internal sealed class CodeCache : ICodeCache
{
    /// <summary>Modules with something new beyond which it is written soon.</summary>
    private const int MostUnsavedModules = 64;

    /// <summary>Bytes of new code beyond which it is written soon, unless more was written the last time: what a large module has is not written again and again.</summary>
    private const int MostUnsavedBytes = 16 << 20;

    /// <summary>
    /// How many times as much may wait to be written as is written soon. Where that cannot keep up, more modules are left out: what is new of them goes with them, unless somebody asks before
    /// for it to be written.
    /// </summary>
    private const int MostWaiting = 4;

    /// <summary>What may be written before the folder is listed again to see what has to go: this part of the limit.</summary>
    private const int TrimInterval = 16;

    private readonly ICacheFiles _files;
    private readonly string _engine;

    /// <summary>What there is of the engine as far as optimized code depends on it; null if that is not kept.</summary>
    private readonly string? _optimizing;

    /// <summary>Whether optimized code is ever asked for.</summary>
    private readonly bool _runsOptimized;
    private readonly long _limit;
    private readonly Lock _gate = new();

    /// <summary>Held while files are written, by one thread at a time: none takes the place of one that has more. Whoever holds it may take the gate, not the reverse.</summary>
    private readonly Lock _writing = new();

    /// <summary>By name, what is known of modules of the same bytes, as long as one of them or something new is there.</summary>
    private readonly Dictionary<string, WeakReference<CachedModule>> _byName = [];
    private readonly ConditionalWeakTable<WasmModule, OpenModule> _open = [];

    /// <summary>That of which something is new.</summary>
    private readonly HashSet<CachedModule> _unsaved = [];
    private long _unsavedBytes;
    private long _mostUnsavedBytes = MostUnsavedBytes;

    /// <summary>Whether a thread is about to write what is new, or writes it.</summary>
    private bool _isSaving;

    /// <summary>What went wrong on such a thread, for whoever asks next for something to be written; null if nothing did.</summary>
    private ExceptionDispatchInfo? _failure;
    private int _nextSweep = 64;
    private int _hits;
    private int _misses;
    private int _optimizedHits;
    private int _unnamed;

    /// <summary>Bytes that may be written before the folder is listed again. At first none: what others have left there is not known.</summary>
    private long _leftUntilTrim;

    /// <summary>Whether the files are closed. Who writes guards it.</summary>
    private bool _isDisposed;

    /// <summary>Opens the cache that knobs name.</summary>
    /// <exception cref="KnobException">The folder cannot be opened, or others could have written there.</exception>
    public CodeCache(EngineOptions options)
        : this(options, CacheDirectory.Open(options.CacheDirectory))
    {
    }

    /// <summary>Makes a cache of files that are open, which it closes when it is disposed of.</summary>
    public CodeCache(EngineOptions options, ICacheFiles files)
    {
        _files = files;
        _engine = CacheIdentity.Of(options);
        _optimizing = CacheIdentity.OfOptimized(options);
        _runsOptimized = options.TierUp != TierUpMode.Never;
        _limit = (long)options.CacheLimit << 20;

        // The first hash of a process loads a library, which takes longer than to hash a module: meanwhile the module is read.
        ThreadPool.UnsafeQueueUserWorkItem(static _ => SHA256.HashData(ReadOnlySpan<byte>.Empty), null);
    }

    /// <inheritdoc/>
    public int Hits => Volatile.Read(ref _hits);

    /// <inheritdoc/>
    public int Misses => Volatile.Read(ref _misses);

    /// <inheritdoc/>
    public int OptimizedHits => Volatile.Read(ref _optimizedHits);

    /// <inheritdoc/>
    public int Unnamed => Volatile.Read(ref _unnamed);

    /// <inheritdoc/>
    public WasmModule Decode(ReadOnlySpan<byte> bytes, BuiltinSets builtinSets, int validationThreads, bool lazyValidation = false)
    {
        // What is hashed is what is decoded, whatever becomes of the caller's bytes meanwhile.
        var copy = ModuleDecoder.Copy(bytes);
        var hash = SHA256.HashData(copy);
        var cached = Open(hash, builtinSets);
        var module = ModuleDecoder.DecodeCopy(copy, builtinSets, validationThreads, hash, cached.Bodies, lazyValidation: lazyValidation);
        _open.Add(module, new OpenModule(module, cached));
        if (cached.NoteBodies(module))
        {
            NoteUnsaved(cached, 0);
        }

        return module;
    }

    /// <inheritdoc/>
    public ModuleProfile? ProfileOf(WasmModule module, int polymorphismLimit) => Of(module).Cached.Profile?.Within(module, polymorphismLimit);

    /// <inheritdoc/>
    public CompiledCode? Find(ModuleCode code, int functionIndex)
    {
        // Listings show which instruction code is of, which is not kept.
        if (code.Engine.Events.WantsListings)
        {
            return null;
        }

        var cached = Of(code.Module).Cached;
        var record = cached.Find(functionIndex);
        try
        {
            if (!record.IsEmpty && FunctionRecord.TryRead(record.Span, code.Module, functionIndex, CodeTier.Baseline, code.Options) is { } found)
            {
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
            var open = Of(code.Module);
            if (Record(open, compiled) is not { } record)
            {
                return;
            }

            if (open.Cached.Add(code.Module, compiled.FunctionIndex, record))
            {
                NoteUnsaved(open.Cached, record.Length);
            }
        }
        catch (OutOfMemoryException)
        {
            // What there is no memory for is not kept. The guest has its code.
        }
    }

    /// <inheritdoc/>
    public CompiledCode? FindOptimized(ModuleCode code, int functionIndex, int loop)
    {
        // What somebody wants to see being compiled is compiled.
        if (code.Engine.Events is { WantsListings: true } or { WantsSteps: true } || code.Options.TraceInlining)
        {
            return null;
        }

        if (_optimizing is null || Of(code.Module).Cached.Optimized is not { } optimized)
        {
            return null;
        }

        var record = optimized.Find(new CodeKey(functionIndex, loop));
        if (record.IsEmpty)
        {
            return null;
        }

        try
        {
            if (FunctionRecord.TryRead(record.Span, code.Module, functionIndex, CodeTier.Optimized, code.Options) is not { } found)
            {
                return null;
            }

            if (found.LoopOffset == loop)
            {
                found.Record = record;
                Interlocked.Increment(ref _optimizedHits);
                return found;
            }

            NativeRuntime.CodeSpace.Free(found.Block);
        }
        catch (InvalidDataException)
        {
            // As above.
        }

        optimized.Refuse();
        return null;
    }

    /// <inheritdoc/>
    public void KeepOptimized(ModuleCode code, CompiledCode compiled)
    {
        try
        {
            // Which functions are hot is worth knowing even where their code is not kept.
            var open = Of(code.Module);
            open.Cached.NoteChange();
            if (open.Cached.Optimized is not { } optimized || Record(open, compiled) is not { } record)
            {
                return;
            }

            compiled.Record = record;
            if (optimized.Add(CodeKey.Of(compiled), record))
            {
                NoteUnsaved(open.Cached, record.Length);
            }
        }
        catch (OutOfMemoryException)
        {
            // As above.
        }
    }

    /// <inheritdoc/>
    public void Drop(ModuleCode code, CompiledCode compiled)
    {
        var cached = Of(code.Module).Cached;
        cached.NoteChange();
        if (compiled.Record.IsEmpty || cached.Optimized?.Drop(CodeKey.Of(compiled), compiled.Record.Span) != true)
        {
            return;
        }

        AddUnsaved(cached, 0);
    }

    /// <inheritdoc/>
    public void Learn(ModuleCode code)
    {
        var cached = Of(code.Module).Cached;
        if (cached.TakeChange() && cached.Learn(code.Module, code.TakeProfile()))
        {
            AddUnsaved(cached, 0);
        }
    }

    /// <inheritdoc/>
    public void Save(IEnumerable<(WasmModule Module, ModuleProfile Profile)> learnt)
    {
        foreach (var (module, profile) in learnt)
        {
            var cached = Of(module).Cached;
            var isNew = cached.Learn(module, profile);
            lock (_gate)
            {
                // Of what is in use nothing is left out: it is written now.
                if (isNew || cached.IsLeftOut)
                {
                    _unsaved.Add(cached);
                }

                cached.IsLeftOut = false;
            }
        }

        Write();
        ExceptionDispatchInfo? failure;
        lock (_gate)
        {
            failure = _failure;
            _failure = null;
        }

        failure?.Throw();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_writing)
        {
            _isDisposed = true;
            _files.Dispose();
        }
    }

    /// <summary>Writes what is new.</summary>
    private void Write()
    {
        long written = 0;
        lock (_writing)
        {
            // Taken by whoever writes it now: what somebody asks to be written is, once that returns, be it by another thread.
            CachedModule[] unsaved;
            lock (_gate)
            {
                unsaved = [.. _unsaved];
                _unsaved.Clear();
                _unsavedBytes = 0;
            }

            if (unsaved.Length == 0 || _isDisposed)
            {
                return;
            }

            foreach (var cached in unsaved)
            {
                written += Write(cached);
            }

            _leftUntilTrim -= written;
            if (_leftUntilTrim <= 0)
            {
                _files.Trim(_limit);
                _leftUntilTrim = _limit / TrimInterval;
            }
        }

        lock (_gate)
        {
            _mostUnsavedBytes = Math.Max(MostUnsavedBytes, written);
        }
    }

    /// <summary>Writes what is new of modules of some bytes, unless it is not known what others have written: their files stay as they are.</summary>
    /// <returns>How many bytes were written.</returns>
    private long Write(CachedModule cached)
    {
        long written = 0;
        try
        {
            // Other processes and engines may have written since it was read.
            if (_files.TryRead(cached.Name, _limit) is { } newest)
            {
                cached.GoOnFrom(newest);
            }

            if (cached.MakeFile(_limit) is { } file && _files.TryWrite(cached.Name, file))
            {
                written += file.Length;
            }

            if (cached.Optimized?.MakeFile(_limit) is { } code && _files.TryWrite(cached.Optimized.Name, code))
            {
                written += code.Length;
            }
        }
        catch (Exception e) when (e is IOException or OutOfMemoryException)
        {
            // A file cannot be read now, or there is no memory for it. Other modules may fare better, and this one another time.
            lock (_gate)
            {
                cached.IsLeftOut = true;
            }
        }

        return written;
    }

    /// <summary>The bytes of code; null if it cannot be kept, which is counted.</summary>
    private byte[]? Record(OpenModule open, CompiledCode compiled)
    {
        var record = FunctionRecord.TryWrite(compiled, open.TypeIndices);
        if (record is null)
        {
            Interlocked.Increment(ref _unnamed);
        }

        return record;
    }

    private OpenModule Of(WasmModule module) => _open.GetValue(module, key => new OpenModule(key, Open(key.Hash, key.BuiltinSets)));

    /// <summary>Notes that something is new.</summary>
    private void NoteUnsaved(CachedModule cached, int bytes)
    {
        cached.NoteChange();
        AddUnsaved(cached, bytes);
    }

    /// <summary>Adds to what is to be written. Where there is much it is written on another thread, since a guest waits for this one.</summary>
    private void AddUnsaved(CachedModule cached, int bytes)
    {
        bool isMuch;
        lock (_gate)
        {
            var hasRoom = _unsaved.Count < MostWaiting * MostUnsavedModules && _unsavedBytes < MostWaiting * _mostUnsavedBytes;
            cached.IsLeftOut = !hasRoom && !_unsaved.Contains(cached);
            if (cached.IsLeftOut)
            {
                return;
            }

            _unsaved.Add(cached);
            _unsavedBytes += bytes;
            isMuch = !_isSaving && (_unsavedBytes > _mostUnsavedBytes || _unsaved.Count > MostUnsavedModules);
            if (isMuch)
            {
                _isSaving = true;
            }
        }

        if (isMuch)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static cache => cache.SaveMuch(), this, preferLocal: false);
        }
    }

    private void SaveMuch()
    {
        try
        {
            Write();
        }
        catch (OutOfMemoryException)
        {
            // What there is no memory for is not kept.
        }
        catch (Exception e)
        {
            // Nobody waits for this thread, and what ends it would end the process.
            var failure = ExceptionDispatchInfo.Capture(e);
            lock (_gate)
            {
                _failure ??= failure;
            }
        }
        finally
        {
            lock (_gate)
            {
                _isSaving = false;
            }
        }
    }

    /// <summary>What is known of modules of some bytes.</summary>
    private CachedModule Open(byte[] moduleHash, BuiltinSets builtinSets)
    {
        var identity = CacheIdentity.Of(_engine, moduleHash, builtinSets);
        var name = Convert.ToHexStringLower(identity);
        lock (_gate)
        {
            if (_byName.TryGetValue(name, out var reference) && reference.TryGetTarget(out var known))
            {
                return known;
            }
        }

        var hash = Convert.ToHexStringLower(moduleHash);
        var optimized = _optimizing is null ? null : new CachedOptimizedCode(CacheIdentity.Of(_optimizing, moduleHash, builtinSets), ReadFile);
        if (_runsOptimized)
        {
            optimized?.ReadAhead();
        }

        var entry = TryReadFile(name) is { } file ? CacheEntry.TryRead(file, identity, hash) : null;
        var opened = new CachedModule(identity, hash, entry, optimized);
        lock (_gate)
        {
            // Another thread may have been faster.
            if (_byName.TryGetValue(name, out var reference) && reference.TryGetTarget(out var known))
            {
                return known;
            }

            ForgetTheDead();
            _byName[name] = new WeakReference<CachedModule>(opened);
            return opened;
        }
    }

    /// <summary>A file that is used now; null if there is none, or none that can be read.</summary>
    private byte[]? TryReadFile(string name)
    {
        try
        {
            return ReadFile(name);
        }
        catch (Exception e) when (e is IOException or OutOfMemoryException)
        {
            return null;
        }
    }

    /// <summary>A file that is used now; null if there is none.</summary>
    /// <exception cref="IOException">There may be one, which cannot be read now.</exception>
    /// <exception cref="OutOfMemoryException">There is one, but no memory for it.</exception>
    private byte[]? ReadFile(string name)
    {
        try
        {
            var file = _files.TryRead(name, _limit);
            if (file is not null)
            {
                _files.Touch(name);
            }

            return file;
        }
        catch (ObjectDisposedException)
        {
            // Whoever could make use of the file is gone.
            return null;
        }
    }

    /// <summary>Forgets names of which nothing is there any more, once there may be many.</summary>
    private void ForgetTheDead()
    {
        if (_byName.Count < _nextSweep)
        {
            return;
        }

        foreach (var (name, reference) in _byName)
        {
            if (!reference.TryGetTarget(out _))
            {
                _byName.Remove(name);
            }
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
            for (var i = 0; i < _types.Length; i++)
            {
                indices.TryAdd(_types[i], i);
            }

            return indices;
        }
    }
}
