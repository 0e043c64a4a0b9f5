namespace Harness.Engine.Runtime;

/// <summary>
/// What ends an execution from outside: requests, calls that were cancelled, fuel that is used up, a deadline in epochs. For the first two
/// the stack's end, with which compiled code compares rsp anyway, is moved to where rsp is always below; the others are words of the <see cref="StoreContext"/> that compiled
/// code looks at where the knobs <c>interrupt.fuel</c> and <c>interrupt.epochs</c> are on. Whichever it is, compiled code calls <see cref="Stub.StackGuard"/>, and the
/// store finds out here what is to be done. Requests, cancellations and epochs come from any thread; all else is for the store's.
/// </summary>
/// <remarks>
/// What one long instruction does (<c>memory.fill</c>), and a collection, are not interrupted. The host may be asked for more fuel or time, but must not use the store then, whose values are in registers.
/// </remarks>
internal sealed unsafe class Interruption
{
    private readonly Lock _gate = new();
    private readonly Store _store;
    private readonly StoreContext* _context;
    private readonly List<Instance> _instances;
    private nuint _stackLimit;
    private volatile bool _isRequested;
    private volatile int _cancelledCalls;
    private Waiter? _waiter;
    private bool _isClosed;
    private long _fuelGiven = long.MaxValue;
    private long _consumedBefore;

    /// <summary>Makes one that nothing is asked of.</summary>
    /// <param name="store">The store.</param>
    /// <param name="instances">Its instances, added here.</param>
    public Interruption(Store store, List<Instance> instances)
    {
        _store = store;
        _context = store.Context;
        _instances = instances;
        var options = store.Engine.Options;
        _context->EpochsLeft = long.MaxValue;
        _context->Fuel = long.MaxValue;
        if (options.InterruptFuel && options.InterruptFuelUnits > 0)
        {
            SetFuel((long)options.InterruptFuelUnits);
        }
    }

    /// <summary>The end of the stack.</summary>
    public nuint StackLimit => _stackLimit;

    /// <summary>Whether the execution that runs is to end, by a request or since its call was cancelled.</summary>
    public bool IsRequested => _isRequested || _cancelledCalls > 0;

    /// <summary>Whether the host was called to decide about fuel or a deadline, and has not returned: compiled code stands where it cannot be entered.</summary>
    public bool IsAsking { get; private set; }

    /// <summary>Called when the fuel is used up: gives the units that are added. Null to trap.</summary>
    public Func<Store, long>? OutOfFuel { get; set; }

    /// <summary>Called when the deadline has come: gives the epochs from now to the next. Null to trap.</summary>
    public Func<Store, long>? DeadlineReached { get; set; }

    /// <summary>Fuel that is left, at least 0.</summary>
    public long Fuel => Math.Max(0, _context->Fuel);

    /// <summary>Fuel used up in all.</summary>
    public long FuelConsumed => _consumedBefore + (_fuelGiven - _context->Fuel);

    /// <summary>Asks for the end of the execution that runs, or of the next one.</summary>
    public void Request()
    {
        lock (_gate)
        {
            _isRequested = true;
            WriteLimits();
            _waiter?.Signal.Set();
        }
    }

    /// <summary>A call was cancelled: what runs in it ends, as often as anything runs, until it has returned.</summary>
    public void BeginCancellation()
    {
        lock (_gate)
        {
            _cancelledCalls++;
            WriteLimits();
            _waiter?.Signal.Set();
        }
    }

    /// <summary>A call that was cancelled has returned.</summary>
    public void EndCancellation()
    {
        lock (_gate)
        {
            _cancelledCalls--;
            WriteLimits();
        }
    }

    /// <summary>Takes a request, or finds the call cancelled: whether the execution is to end.</summary>
    public bool TryTake()
    {
        lock (_gate)
        {
            if (!IsRequested)
            {
                return false;
            }

            _isRequested = false;
            WriteLimits();
            return true;
        }
    }

    /// <summary>Another thread runs the store from now on.</summary>
    /// <param name="stackLimit">The end of its stack.</param>
    public void ChangeThread(nuint stackLimit)
    {
        lock (_gate)
        {
            _stackLimit = stackLimit;
            WriteLimits();
        }
    }

    /// <summary>Adds an instance to the store.</summary>
    public void Add(Instance instance)
    {
        lock (_gate)
        {
            _instances.Add(instance);
            instance.Header->StackLimit = Limit;
        }
    }

    /// <summary>The native memory of the store is about to be freed.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
        }
    }

    /// <summary>Puts what there is of fuel to a number of units.</summary>
    public void SetFuel(long units)
    {
        _consumedBefore = FuelConsumed;
        _fuelGiven = units;
        _context->Fuel = units;
    }

    /// <summary>Lets the deadline come after a number of epochs from now on; <see cref="long.MaxValue"/> for never.</summary>
    public void SetDeadline(long epochs) => Interlocked.Exchange(ref _context->EpochsLeft, epochs);

    /// <summary>An epoch has gone by. Not to be called once the store is disposed of.</summary>
    public void CountEpoch()
    {
        if (Interlocked.Decrement(ref _context->EpochsLeft) > 0)
        {
            return;
        }

        lock (_gate)
        {
            _waiter?.Signal.Set();
        }
    }

    /// <summary>The code that runs in the store begins to wait in <c>memory.atomic.wait</c>: what would end it wakes it.</summary>
    public void BeginWait(Waiter waiter)
    {
        lock (_gate)
        {
            _waiter = waiter;
            if (IsRequested || Volatile.Read(ref _context->EpochsLeft) <= 0)
            {
                waiter.Signal.Set();
            }
        }
    }

    /// <summary>The code that runs in the store waits no longer.</summary>
    public void EndWait()
    {
        lock (_gate)
        {
            _waiter = null;
        }
    }

    /// <summary>Whether a deadline that the host does not prolong has come.</summary>
    public bool IsOverdue() => Volatile.Read(ref _context->EpochsLeft) <= 0 && !Prolong();

    /// <summary>Decides what it means that compiled code has called the stack guard.</summary>
    /// <param name="stackPointer">The guarded function's stack pointer.</param>
    /// <returns>The trap, or <see cref="TrapKind.None"/> to go on.</returns>
    public TrapKind Check(nuint stackPointer)
    {
        if (TryTake())
        {
            return TrapKind.Interrupted;
        }

        if (stackPointer < _stackLimit)
        {
            return TrapKind.StackOverflow;
        }

        if (_context->Fuel < 0 && !Refuel())
        {
            return TrapKind.OutOfFuel;
        }

        return IsOverdue() ? TrapKind.Interrupted : TrapKind.None;
    }

    private bool Refuel()
    {
        var units = Ask(OutOfFuel);
        if (units <= 0)
        {
            return false;
        }

        // What is missing is paid for first.
        var added = Math.Min(units, long.MaxValue - _fuelGiven);
        _fuelGiven += added;
        _context->Fuel += added;
        return _context->Fuel >= 0;
    }

    private bool Prolong()
    {
        var epochs = Ask(DeadlineReached);
        if (epochs <= 0)
        {
            return false;
        }

        SetDeadline(epochs);
        return true;
    }

    /// <summary>Asks the host. The values of compiled code are in registers that nobody knows meanwhile, so that the store cannot be used.</summary>
    private long Ask(Func<Store, long>? host)
    {
        if (host is null)
        {
            return 0;
        }

        IsAsking = true;
        try
        {
            return host(_store);
        }
        finally
        {
            IsAsking = false;
        }
    }

    private nuint Limit => IsRequested ? nuint.MaxValue : _stackLimit;

    private void WriteLimits()
    {
        if (_isClosed)
        {
            return;
        }

        var limit = Limit;
        foreach (var instance in _instances)
        {
            Volatile.Write(ref instance.Header->StackLimit, limit);
        }
    }
}
