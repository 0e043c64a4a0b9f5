namespace Harness.Engine.Runtime;

/// <summary>Compiled code with what it belongs to, which it does not keep alive.</summary>
internal sealed class RegisteredCode(WeakReference<ModuleCode> owner, CompiledCode code)
{
    /// <summary>The code.</summary>
    public CompiledCode Code => code;

    /// <summary>The code of the whole module, alive as long as an instance of it is.</summary>
    public ModuleCode Owner => owner.TryGetTarget(out ModuleCode? target)
        ? target
        : throw new InvalidOperationException("code runs after its module was freed");
}

/// <summary>Finds compiled code by the addresses in it. Safe for use by several threads.</summary>
internal sealed class CodeRegistry
{
    private readonly Lock _gate = new();
    private readonly List<nint> _starts = [];
    private readonly List<RegisteredCode> _codes = [];
    private int _removals;

    /// <summary>Changes whenever code is removed: what was found before may be at the same address no more.</summary>
    public int Removals => Volatile.Read(ref _removals);

    /// <summary>Adds code.</summary>
    public void Add(RegisteredCode code)
    {
        nint start = code.Code.Block.Address;
        lock (_gate)
        {
            // Blocks are mostly given out in ascending order, so that this is mostly the end.
            int index = CountUpTo(start);
            _starts.Insert(index, start);
            _codes.Insert(index, code);
        }
    }

    /// <summary>Removes code.</summary>
    public void Remove(CompiledCode code)
    {
        lock (_gate)
        {
            int index = CountUpTo(code.Block.Address) - 1;
            if (index < 0 || _codes[index].Code != code) return;
            _removals++;
            _codes.RemoveAt(index);
            _starts.RemoveAt(index);
        }
    }

    /// <summary>The code that a return address belongs to, or null. The call may be the last instruction of the code.</summary>
    public RegisteredCode? FindCaller(nint returnAddress) => Find(returnAddress - 1);

    /// <summary>The code that an instruction belongs to, or null.</summary>
    public RegisteredCode? Find(nint address)
    {
        lock (_gate)
        {
            int count = CountUpTo(address);
            if (count == 0) return null;
            RegisteredCode code = _codes[count - 1];
            return code.Code.Block.Contains(address) ? code : null;
        }
    }

    /// <summary>How many blocks start at an address or below.</summary>
    private int CountUpTo(nint address)
    {
        int low = 0;
        int high = _starts.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_starts[middle] <= address) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
