namespace Harness.Engine.Runtime;

/// <summary>Compiled code with the module that it belongs to.</summary>
internal sealed record RegisteredCode(ModuleCode Owner, CompiledCode Code);

/// <summary>Finds compiled code by the addresses in it. Safe for use by several threads.</summary>
internal sealed class CodeRegistry
{
    private readonly Lock _gate = new();
    private readonly List<RegisteredCode> _added = [];
    private nint[] _starts = [];
    private RegisteredCode[] _codes = [];

    /// <summary>Adds code.</summary>
    public void Add(RegisteredCode code)
    {
        lock (_gate)
        {
            _added.Add(code);
        }
    }

    /// <summary>Removes all code of a module.</summary>
    public void Remove(ModuleCode owner)
    {
        lock (_gate)
        {
            _added.RemoveAll(code => code.Owner == owner);
            _codes = Array.FindAll(_codes, code => code.Owner != owner);
            _starts = Array.ConvertAll(_codes, StartOf);
        }
    }

    /// <summary>The code that a return address belongs to, or null. The call may be the last instruction of the code.</summary>
    public RegisteredCode? FindCaller(nint returnAddress) => Find(returnAddress - 1);

    /// <summary>The code that an instruction belongs to, or null.</summary>
    public RegisteredCode? Find(nint address)
    {
        lock (_gate)
        {
            if (_added.Count != 0) Merge();
            int index = Array.BinarySearch(_starts, address);
            if (index < 0) index = ~index - 1;
            if (index < 0) return null;
            RegisteredCode code = _codes[index];
            return code.Code.Block.Contains(address) ? code : null;
        }
    }

    private static nint StartOf(RegisteredCode code) => code.Code.Block.Address;

    private void Merge()
    {
        _codes = [.. _codes, .. _added];
        _added.Clear();
        _starts = Array.ConvertAll(_codes, StartOf);
        Array.Sort(_starts, _codes);
    }
}
