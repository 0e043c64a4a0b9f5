namespace Harness.Engine.Runtime;

/// <summary>Compiled code with the module that it belongs to.</summary>
internal sealed record RegisteredCode(ModuleCode Owner, CompiledCode Code);

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

    /// <summary>Removes all code of a module.</summary>
    public void Remove(ModuleCode owner)
    {
        lock (_gate)
        {
            _removals++;
            int kept = 0;
            for (int i = 0; i < _codes.Count; i++)
            {
                if (_codes[i].Owner == owner) continue;
                _codes[kept] = _codes[i];
                _starts[kept++] = _starts[i];
            }

            _codes.RemoveRange(kept, _codes.Count - kept);
            _starts.RemoveRange(kept, _starts.Count - kept);
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
