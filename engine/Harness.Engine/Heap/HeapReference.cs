namespace Harness.Engine.Heap;

/// <summary>
/// A heap object as the host has it: keeps the object alive, wherever it moves, for as long as this lives. Equal to another when both
/// refer to the same object.
/// </summary>
/// <remarks>
/// What it holds is given back after .NET has found it unreachable; where many are made, <see cref="Dispose"/> gives it back at once.
/// </remarks>
public sealed unsafe class HeapReference : IEquatable<HeapReference>, IDisposable
{
    private readonly HandleTable _table;
    private int _index;

    internal HeapReference(HandleTable table, int index)
    {
        _table = table;
        _index = index;
    }

    /// <summary>Lets the collector know that nothing holds the object here any more.</summary>
    ~HeapReference() => _table.ReleaseLater(_index);

    /// <summary>Whether the object is a structure.</summary>
    /// <exception cref="ObjectDisposedException">This or the store was disposed of.</exception>
    public bool IsStruct => (Flags & ObjectFlags.Struct) != 0;

    /// <summary>Whether the object is an array.</summary>
    /// <exception cref="ObjectDisposedException">This or the store was disposed of.</exception>
    public bool IsArray => (Flags & ObjectFlags.Array) != 0;

    /// <summary>Whether the object is an exception.</summary>
    /// <exception cref="ObjectDisposedException">This or the store was disposed of.</exception>
    public bool IsException => TypeId == BuiltinTypeId.Exception;

    /// <summary>Whether the object is a string.</summary>
    /// <exception cref="ObjectDisposedException">This or the store was disposed of.</exception>
    public bool IsString => TypeId == BuiltinTypeId.String;

    /// <summary>The canonical id of the object's type, or a <see cref="BuiltinTypeId"/>.</summary>
    internal int TypeId => *(int*)Address;

    /// <summary>The heap that the object is in.</summary>
    internal ObjectHeap Heap => _table.Heap;

    /// <summary>The object's address until the next collection.</summary>
    internal ulong Address
    {
        get
        {
            ObjectDisposedException.ThrowIf(_index < 0, this);
            return _table.AddressAt(_index);
        }
    }

    private ObjectFlags Flags => *(ObjectFlags*)(Address + ObjectHeader.FlagsOffset);

    /// <inheritdoc/>
    public bool Equals(HeapReference? other) =>
        ReferenceEquals(this, other) || (other is not null && _table == other._table && Address == other.Address);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as HeapReference);

    /// <summary>A hash of the object's type: objects move, and have no other lasting identity.</summary>
    public override int GetHashCode() => TypeId;

    /// <summary>The kind of the object and its type.</summary>
    public override string ToString() => this switch
    {
        { IsStruct: true } => $"struct of type {TypeId}",
        { IsArray: true } => $"array of type {TypeId}",
        { IsString: true } => "string",
        { IsException: true } => "exception",
        _ => "host object",
    };

    /// <summary>Stops keeping the object alive. Only the thread that uses the store may call this.</summary>
    public void Dispose()
    {
        if (_index < 0)
        {
            return;
        }

        _table.Release(_index);
        _index = -1;
        GC.SuppressFinalize(this);
    }
}
