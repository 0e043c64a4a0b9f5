namespace Harness.Engine.Runtime;

/// <summary>Compiled code with what it belongs to, which it does not keep alive.</summary>
internal sealed class RegisteredCode(WeakReference<ModuleCode> owner, CompiledCode code)
{
    /// <summary>The code.</summary>
    public CompiledCode Code => code;

    /// <summary>The code of the whole module, alive as long as an instance of it is.</summary>
    public ModuleCode Owner => owner.TryGetTarget(out var target)
        ? target
        : throw new InvalidOperationException("code runs after its module was freed");
}

/// <summary>
/// Finds compiled code by the addresses in it. Addresses are divided into pages, each of which lists the code that lies in it, in part or as a whole: to add, find and remove
/// code costs the same however much there is, and wherever it lies. Safe for use by several threads.
/// </summary>
internal sealed class CodeRegistry
{
    /// <summary>Binary logarithm of the bytes of a page: about as much as a thousand of the smallest pieces of code take.</summary>
    private const int PageBits = 16;

    private readonly Lock _gate = new();
    private readonly Dictionary<nint, Page> _pages = [];
    private int _removals;

    /// <summary>Changes whenever code is removed: what was found before may be at the same address no more.</summary>
    public int Removals => Volatile.Read(ref _removals);

    /// <summary>Adds code.</summary>
    public void Add(RegisteredCode code)
    {
        var (first, last) = PagesOf(code.Code);
        lock (_gate)
        {
            for (var number = first; number <= last; number++)
            {
                if (!_pages.TryGetValue(number, out var page))
                {
                    _pages.Add(number, page = new Page());
                }

                page.Add(code);
            }
        }
    }

    /// <summary>Removes code; does nothing if it was not added.</summary>
    public void Remove(CompiledCode code)
    {
        var (first, last) = PagesOf(code);
        lock (_gate)
        {
            for (var number = first; number <= last; number++)
            {
                if (!_pages.TryGetValue(number, out var page) || !page.Remove(code))
                {
                    return;
                }

                if (page.IsEmpty)
                {
                    _pages.Remove(number);
                }
            }

            _removals++;
        }
    }

    /// <summary>The code that a return address belongs to, or null. The call may be the last instruction of the code.</summary>
    public RegisteredCode? FindCaller(nint returnAddress) => Find(returnAddress - 1);

    /// <summary>The code that an instruction belongs to, or null.</summary>
    public RegisteredCode? Find(nint address)
    {
        lock (_gate)
        {
            return _pages.TryGetValue(address >> PageBits, out var page) ? page.Find(address) : null;
        }
    }

    private static (nint First, nint Last) PagesOf(CompiledCode code) =>
        (code.Block.Address >> PageBits, (code.Block.Address + Math.Max(code.Block.Size, 1) - 1) >> PageBits);

    /// <summary>The code in a page, in ascending order.</summary>
    private sealed class Page
    {
        private readonly List<nint> _starts = [];
        private readonly List<RegisteredCode> _codes = [];

        public bool IsEmpty => _starts.Count == 0;

        public void Add(RegisteredCode code)
        {
            var start = code.Code.Block.Address;
            var index = CountUpTo(start);
            _starts.Insert(index, start);
            _codes.Insert(index, code);
        }

        public bool Remove(CompiledCode code)
        {
            var index = CountUpTo(code.Block.Address) - 1;
            if (index < 0 || _codes[index].Code != code)
            {
                return false;
            }

            _codes.RemoveAt(index);
            _starts.RemoveAt(index);
            return true;
        }

        public RegisteredCode? Find(nint address)
        {
            var count = CountUpTo(address);
            if (count == 0)
            {
                return null;
            }

            var code = _codes[count - 1];
            return code.Code.Block.Contains(address) ? code : null;
        }

        /// <summary>How many pieces of code start at an address or below.</summary>
        private int CountUpTo(nint address)
        {
            var low = 0;
            var high = _starts.Count;
            while (low < high)
            {
                var middle = (low + high) >>> 1;
                if (_starts[middle] <= address)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle;
                }
            }

            return low;
        }
    }
}
