using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Harness.Engine.Configuration;
using Harness.Engine.Deoptimization;
using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime.Calls;
using Harness.Engine.Runtime.Instances;
using Harness.Engine.Runtime.Stacks;

namespace Harness.Engine.Runtime;

/// <summary>
/// A world of instances that can share functions, tables, memories and globals (specification, section 4.2.3). One thread at
/// a time may use a store; only <see cref="Interrupt"/> may be called from others, and tokens of cancellable calls cancelled. A store holds native memory, also that of
/// its instances, until it is disposed of.
/// </summary>
public sealed unsafe class Store : IDisposable
{
    private readonly bool _ownsEngine;
    private readonly List<Instance> _instances = [];
    private readonly Interruption _interruption;
    private readonly List<Memory> _memories = [];
    private readonly Dictionary<SharedMemory, Memory> _sharedMemories = [];
    private readonly List<Table> _tables = [];
    private readonly List<InstanceSlot> _slots = [];
    private readonly NativeBlocks _native = new();
    private readonly List<GCHandle> _handles = [];
    private readonly Dictionary<HostFunction, WasmFunction> _hostFunctions = [];
    private readonly ValueConverter _values;
    private readonly InstanceHeader* _hostInstance;
    private FrameImage? _frameImage;
    private ThreadStack? _thread;
    private bool _isDisposed;
    private bool _isTelling;
    private ExceptionDispatchInfo? _pendingException;
    private (TrapKind Kind, CapturedStack Stack)? _pendingTrap;

    /// <summary>Makes a store with an engine of its own.</summary>
    /// <param name="options">The engine's options; null for the defaults.</param>
    public Store(EngineOptions? options = null)
        : this(new WasmEngine(options)) => _ownsEngine = true;

    /// <summary>Makes a store that shares an engine, and so compiled code, with others.</summary>
    public Store(WasmEngine engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        Engine = engine;
        MemoryBudget = new MemoryBudget(engine.Options.MemoryLimit);

        // Nobody reads results before they are written: their area costs no memory until then.
        Context = (StoreContext*)_native.AllocateBlock(sizeof(StoreContext), clearedBytes: StoreContext.ResultsOffset);
        Context->Handle = HandleOf(this);
        _interruption = new Interruption(this, _instances);
        Roots = new StoreRoots(this);
        Heap = new ObjectHeap(Context, engine.Options, Roots)
        {
            Collected = collection => engine.Events.OnCollected(this, collection, engine.Options.TraceGc),
        };
        _values = new ValueConverter(this);
        _hostInstance = (InstanceHeader*)AllocateNative(InstanceHeader.Size);
        _hostInstance->Context = Context;
        _hostInstance->Builtins = NativeRuntime.Builtins;
        _hostInstance->TypeDisplays = TypeDisplays.Base;
        engine.Add(this);
    }

    /// <summary>The engine that compiles the code.</summary>
    public WasmEngine Engine { get; }

    /// <summary>The instances, in the order in which they were made.</summary>
    public IReadOnlyList<Instance> Instances => _instances;

    /// <summary>What the WebAssembly heap of the store has done so far.</summary>
    public HeapStatistics HeapStatistics => Heap.Statistics;

    /// <summary>
    /// Fuel that is left, in units of about one instruction (knob <c>interrupt.fuel</c>): an instruction that does something is one unit, a call of a function of
    /// a module one more. It is used up by stretches of instructions when they are entered, and looked at where functions and iterations of loops begin: execution that has used up more than
    /// there was traps there with <see cref="TrapKind.OutOfFuel"/>. At first there are <c>interrupt.fuel-units</c>, or more than can be used up.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is set although the knob is off, or by the function that is asked for more.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It is set to less than 0.</exception>
    public long Fuel
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _interruption.Fuel;
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!Engine.Options.InterruptFuel)
            {
                throw new InvalidOperationException("fuel is not counted: the knob interrupt.fuel is off");
            }

            if (_interruption.IsAsking)
            {
                throw InUseByCallback();
            }

            _interruption.SetFuel(value);
        }
    }

    /// <summary>
    /// Fuel that the store has used up since it was made, in the units of <see cref="Fuel"/>; 0 where it is not counted. Equal calls use up the same, whatever the other knobs are and
    /// whichever compiler made the code.
    /// </summary>
    public long FuelConsumed
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _interruption.FuelConsumed;
        }
    }

    /// <summary>
    /// Called on the thread that runs the code when the fuel is used up; gives the units that are added, 0 to trap. Null to trap always. The function may not use the store; what it throws
    /// ends the execution and is thrown from the call that came into the store.
    /// </summary>
    public Func<Store, long>? OutOfFuel
    {
        get => _interruption.OutOfFuel;
        set => _interruption.OutOfFuel = value;
    }

    /// <summary>
    /// Called on the thread that runs the code when the deadline has come (<see cref="SetEpochDeadline"/>); gives the epochs from now to the next deadline, 0 to trap with
    /// <see cref="TrapKind.Interrupted"/>. Null to trap always. As <see cref="OutOfFuel"/> otherwise.
    /// </summary>
    public Func<Store, long>? EpochDeadlineReached
    {
        get => _interruption.DeadlineReached;
        set => _interruption.DeadlineReached = value;
    }

    /// <summary>Whether the execution that runs is to end: by an interrupt that it has not taken yet, or because its call was cancelled.</summary>
    internal bool IsInterruptRequested => _interruption.IsRequested;

    /// <summary>Whether code of the store is running, or handlers are told of what its thread does.</summary>
    internal bool IsInUse => Context->EntryStackPointer != 0 || _isTelling;

    internal StoreContext* Context { get; }

    /// <summary>Counts the bytes of the linear memories and tables that the store makes.</summary>
    internal MemoryBudget MemoryBudget { get; }

    /// <summary>Structures, arrays, exceptions, strings, and what stands for objects of the host.</summary>
    internal ObjectHeap Heap { get; }

    /// <summary>What keeps heap objects alive.</summary>
    internal StoreRoots Roots { get; }

    /// <summary>Where deopts build frames.</summary>
    internal FrameImage FrameImage => _frameImage ??= new FrameImage();

    /// <summary>The store that a context belongs to.</summary>
    internal static Store Of(StoreContext* context) => (Store)GCHandle.FromIntPtr(context->Handle).Target!;

    /// <summary>
    /// Ends the execution that runs in the store with a trap of kind <see cref="TrapKind.Interrupted"/>, or the next one if
    /// none runs. Any thread may call this.
    /// </summary>
    public void Interrupt()
    {
        _interruption.Request();
        Engine.TierUp.Wake();
    }

    /// <summary>
    /// Sets the deadline of the store: after so many calls of <see cref="WasmEngine.IncrementEpoch"/> from now on, what runs in the store ends with a trap of kind
    /// <see cref="TrapKind.Interrupted"/>, and so does what is called later, until there is another deadline; unless <see cref="EpochDeadlineReached"/> prolongs it.
    /// </summary>
    /// <param name="epochs">Epochs from now; 0 for at once, <see cref="long.MaxValue"/> for no deadline, as at first.</param>
    /// <exception cref="InvalidOperationException">The knob <c>interrupt.epochs</c> is off.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 0.</exception>
    public void SetEpochDeadline(long epochs)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epochs);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!Engine.Options.InterruptEpochs)
        {
            throw new InvalidOperationException("epochs are not looked at: the knob interrupt.epochs is off");
        }

        _interruption.SetDeadline(epochs);
    }

    /// <summary>Instantiates a module (specification, section 4.7.2), and runs its start function.</summary>
    /// <param name="module">The module.</param>
    /// <param name="imports">What it can import; null for nothing.</param>
    /// <exception cref="LinkException">An import is missing or not of its type.</exception>
    /// <exception cref="WasmTrapException">
    /// An active segment did not fit or the start function trapped. What was written to imported tables and memories before
    /// stays.
    /// </exception>
    /// <exception cref="InsufficientMemoryException">There is no room for a memory or table.</exception>
    /// <exception cref="InvalidOperationException">The store is in use by another thread.</exception>
    public Instance Instantiate(WasmModule module, Imports? imports = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        CatchUpOnCollection();
        if (_instances.Count >= Engine.Options.InstanceLimit)
        {
            throw new InsufficientMemoryException(
                $"a store has at most {Engine.Options.InstanceLimit} instances (knob instance.limit)");
        }

        return Instantiator.Instantiate(this, module, imports ?? new Imports());
    }

    /// <summary>
    /// Collects all garbage of the WebAssembly heap. Objects of the host that only it referred to are let go.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The store was disposed of.</exception>
    /// <exception cref="InvalidOperationException">The store is in use by another thread.</exception>
    public void CollectGarbage()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        Enter();
        Heap.Collect(isFull: true);
    }

    /// <summary>Frees all native memory of the store and its instances, which cannot be used any more.</summary>
    /// <exception cref="InvalidOperationException">WebAssembly code of the store is running.</exception>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        if (IsInUse)
        {
            throw new InvalidOperationException("the store is in use");
        }

        Engine.Remove(this);
        _interruption.Close();
        _isDisposed = true;
        _thread = null;
        foreach (var instance in _instances)
        {
            instance.Code.Remove(instance, keepsTiering: !_ownsEngine || Engine.Cache is not null);
        }

        foreach (var memory in _memories)
        {
            memory.Free();
        }

        foreach (var table in _tables)
        {
            table.Free();
        }

        foreach (var slot in _slots)
        {
            slot.Code.Slots.Leave(slot);
        }

        Heap.Dispose();
        foreach (var handle in _handles)
        {
            handle.Free();
        }

        _native.Dispose();
        _frameImage?.Dispose();
        if (_ownsEngine)
        {
            Engine.Dispose();
        }
    }

    /// <exception cref="ObjectDisposedException">The store was disposed of, and with it the native memory of all that belongs to it.</exception>
    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_isDisposed, this);

    /// <summary>Readies the store for the current thread. To be called before each call of an entry adapter.</summary>
    internal void Enter()
    {
        if (!ReferenceEquals(_thread, ThreadStack.Current))
        {
            ChangeThread();
        }
    }

    /// <summary>Throws what made an entry adapter return a status other than 0.</summary>
    internal void ThrowPending()
    {
        if (_pendingException is { } exception)
        {
            _pendingException = null;
            exception.Throw();
        }

        var (kind, stack) = TakePendingTrap();
        throw new WasmTrapException(kind, stack);
    }

    /// <summary>Forgets and returns the trap that made an entry adapter return.</summary>
    internal (TrapKind Kind, CapturedStack Stack) TakePendingTrap()
    {
        var trap = _pendingTrap ?? throw new InvalidOperationException("no trap is pending");
        _pendingTrap = null;
        return trap;
    }

    /// <summary>Forgets and returns the exception that is pending.</summary>
    internal Exception TakePendingException()
    {
        var exception = _pendingException?.SourceException ?? throw new InvalidOperationException("no exception is pending");
        _pendingException = null;
        return exception;
    }

    internal void SetPending(TrapKind kind, CapturedStack stack) => _pendingTrap = (kind, stack);

    internal void SetPending(Exception exception) => _pendingException = ExceptionDispatchInfo.Capture(exception);

    /// <summary>Decides what it means that compiled code has called the stack guard: an interrupt, the end of the stack, of the fuel or of time.</summary>
    /// <param name="stackPointer">The guarded function's stack pointer.</param>
    /// <returns>The trap, or <see cref="TrapKind.None"/> to go on.</returns>
    internal TrapKind CheckStack(nuint stackPointer)
    {
        RefuseEntry();
        try
        {
            return _interruption.Check(stackPointer);
        }
        finally
        {
            _thread = ThreadStack.Current;
        }
    }

    /// <summary>Takes an interrupt where compiled code does not run but waits, for the compiler or to be notified: whether the execution is to end.</summary>
    internal bool TryTakeInterrupt() => _interruption.TryTake();

    /// <summary>A cancellable call was cancelled.</summary>
    internal void BeginCancellation()
    {
        _interruption.BeginCancellation();
        Engine.TierUp.Wake();
    }

    /// <summary>A call that was cancelled has returned.</summary>
    internal void EndCancellation() => _interruption.EndCancellation();

    /// <summary>An epoch of the engine has gone by.</summary>
    internal void CountEpoch() => _interruption.CountEpoch();

    /// <summary>Whether frames can be put down to an address without using up what is reserved for the host.</summary>
    internal bool HasRoomFor(byte* stackPointer) => (nuint)stackPointer > _interruption.StackLimit - (ThreadStack.Reserve / 2);

    /// <summary>Zeroed native memory that lives as long as the store. Safe for use by several threads.</summary>
    internal byte* AllocateNative(int bytes) => _native.Allocate(bytes);

    internal void Own(Memory memory)
    {
        _memories.Add(memory);
        if (memory.Shared is { } shared)
        {
            _sharedMemories.Add(shared, memory);
        }
    }

    /// <summary>The memory of this store that stands for a shared one.</summary>
    /// <exception cref="ObjectDisposedException">The store was disposed of, or nobody has the memory any more.</exception>
    internal Memory ViewOf(SharedMemory shared)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_sharedMemories.TryGetValue(shared, out var memory))
        {
            return memory;
        }

        shared.Retain();
        return new Memory(this, shared);
    }

    /// <inheritdoc cref="Interruption.BeginWait"/>
    internal void BeginWait(Waiter waiter) => _interruption.BeginWait(waiter);

    /// <inheritdoc cref="Interruption.EndWait"/>
    internal void EndWait() => _interruption.EndWait();

    /// <inheritdoc cref="Interruption.IsOverdue"/>
    internal bool IsOverdue()
    {
        var thread = _thread;
        RefuseEntry();
        try
        {
            return _interruption.IsOverdue();
        }
        finally
        {
            _thread = thread;
        }
    }

    /// <summary>Tells handlers of an event of something that the store's thread does; they must not enter the store.</summary>
    internal void Tell<T>(Action<T> handlers, T what)
    {
        var thread = _thread;
        var wasTelling = _isTelling;
        _isTelling = true;
        RefuseEntry();
        try
        {
            handlers(what);
        }
        finally
        {
            _isTelling = wasTelling;
            _thread = thread;
        }
    }

    /// <summary>A function that is asked or told must not enter the store: with no thread of its own the store looks who comes.</summary>
    private void RefuseEntry()
    {
        _thread = null;
        Context->OpenStackSize = 0;
    }

    internal void Own(InstanceSlot slot) => _slots.Add(slot);

    internal void Own(Table table)
    {
        _tables.Add(table);
        Roots.Add(table);
    }

    /// <summary>Identifies an object to native code as long as the store lives.</summary>
    internal nint HandleOf(object target)
    {
        var handle = GCHandle.Alloc(target);
        _handles.Add(handle);
        return GCHandle.ToIntPtr(handle);
    }

    /// <summary>Adds an instance whose native data is ready.</summary>
    internal void Add(Instance instance)
    {
        _interruption.Add(instance);
        instance.Code.Add(instance);
    }

    /// <summary>The function of this store that stands for one of the host.</summary>
    internal WasmFunction Bind(HostFunction host)
    {
        if (_hostFunctions.TryGetValue(host, out var function))
        {
            return function;
        }

        TypeDisplays.Add(TypeRegistry.Get(host.CanonicalTypeId));
        var reference = (FunctionReference*)AllocateNative(FunctionReference.Size);
        reference->Entry = SignatureAdapters.HostFor(host.CanonicalTypeId);
        reference->Instance = _hostInstance;
        reference->TypeId = host.CanonicalTypeId;
        reference->FunctionIndex = -1;
        function = new WasmFunction(this, reference, null, host);
        reference->HostHandle = HandleOf(function);
        _hostFunctions.Add(host, function);
        return function;
    }

    /// <summary>The function that a reference is of.</summary>
    internal static WasmFunction FunctionOf(FunctionReference* reference) => reference->HostHandle != 0
        ? (WasmFunction)GCHandle.FromIntPtr(reference->HostHandle).Target!
        : Instance.Of(reference->Instance)!.Function(reference->FunctionIndex);

    /// <summary>
    /// Collects garbage if conversions or constant expressions have put that off, since they never do it. To be called before the host passes values in or instantiates. Until the next time that a collection is put off, or
    /// another thread comes, this thread may call entry adapters without it (<see cref="StoreContext.OpenStack"/>).
    /// </summary>
    internal void CatchUpOnCollection()
    {
        Enter();
        Heap.CatchUp();
        Context->OpenStack = _thread!.Low;
        Context->OpenStackSize = _thread.Size;
    }

    /// <inheritdoc cref="ValueConverter.ToNative"/>
    internal ulong ToNative(WasmValue value, ValueType type) => _values.ToNative(value, type);

    /// <inheritdoc cref="ValueConverter.ToWords"/>
    internal int ToWords(WasmValue value, ValueType type, ref ulong words) => _values.ToWords(value, type, ref words);

    /// <inheritdoc cref="ValueConverter.FromWords"/>
    internal WasmValue FromWords(ref readonly ulong words, ValueType type) => _values.FromWords(in words, type);

    /// <inheritdoc cref="ValueConverter.FromNative"/>
    internal WasmValue FromNative(ulong bits, ValueType type) => _values.FromNative(bits, type);

    /// <summary>Makes room for an allocation by compiled code that did not fit.</summary>
    /// <param name="bytes">Bytes wanted, at most <see cref="ObjectHeap.MaxRoom"/>.</param>
    /// <param name="registers">The registers of the code, in which references are updated.</param>
    /// <returns>False if the limit of the heap is reached.</returns>
    internal bool MakeRoom(nuint bytes, RegisterFile* registers)
    {
        Roots.Registers = registers;
        try
        {
            return Heap.MakeRoom(bytes);
        }
        finally
        {
            Roots.Registers = null;
        }
    }

    private void ChangeThread()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_interruption.IsAsking || _isTelling)
        {
            throw InUseByCallback();
        }

        if (Context->EntryStackPointer != 0)
        {
            throw new InvalidOperationException("the store is in use by another thread");
        }

        _thread = ThreadStack.Current;
        Context->OpenStackSize = 0;
        _interruption.ChangeThread(_thread.Limit);
    }

    private static InvalidOperationException InUseByCallback() =>
        new("a function that is asked about fuel or a deadline, or told of an event, cannot use the store: its code has not come to a place where that is possible");
}
