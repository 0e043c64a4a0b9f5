namespace Harness.Engine.Heap;

/// <summary>
/// Makes places in C# code roots, from <see cref="ObjectHeap.Protect(ulong*, nuint)"/> until it is disposed of. Scopes nest.
/// </summary>
internal readonly unsafe ref struct RootScope
{
    private readonly AddressList _scopes;

    /// <summary>Adds places.</summary>
    public RootScope(AddressList scopes, ulong* slots, nuint count)
    {
        _scopes = scopes;
        scopes.Add((ulong)slots);
        scopes.Add(count);
    }

    /// <summary>Takes the places away.</summary>
    public void Dispose() => _scopes.RemoveLast(2);
}
