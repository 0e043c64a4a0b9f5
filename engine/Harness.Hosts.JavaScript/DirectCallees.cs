using System.Runtime.InteropServices;
using Harness.Engine.Runtime;

namespace Harness.Hosts.JavaScript;

/// <summary>Functions by number, as machine code finds them: a table in native memory, which moves as it grows, and a word that says where it is and how long.</summary>
internal sealed unsafe class DirectCallees : IDisposable
{
    /// <summary>Binary logarithm of the size of a row.</summary>
    public const int RowShift = 5;

    /// <summary>Offset of the function in its row: a <see cref="FunctionReference"/>.</summary>
    public const int FunctionOffset = 0;

    /// <summary>Offset of the entry adapter of its type.</summary>
    public const int EntryOffset = 8;

    /// <summary>Offset of the <see cref="StoreContext"/>; that of rows without a function is open to no stack.</summary>
    public const int ContextOffset = 16;

    /// <summary>Offset of the number of rows from <see cref="Address"/>; at the address itself is that of the table.</summary>
    public const int CountOffset = 8;

    private readonly Header* _header = (Header*)NativeMemory.AllocZeroed((nuint)sizeof(Header));
    private readonly StoreContext* _closed = (StoreContext*)NativeMemory.AllocZeroed((nuint)sizeof(StoreContext));

    /// <summary>Where the place of the table is written.</summary>
    public nint Address => (nint)_header;

    /// <summary>Adds a function. It must be removed before its store is disposed of.</summary>
    public void Add(int id, WasmFunction function)
    {
        if (id >= _header->Count)
        {
            Grow(Math.Max(id + 1, 2 * _header->Count));
        }

        _header->Rows[id] = new Row
        {
            Function = function.Reference,
            Entry = SignatureAdapters.EntryFor(function.Reference->TypeId),
            Context = function.Store.Context,
        };
    }

    /// <summary>Removes a function, if it is there.</summary>
    public void Remove(int id)
    {
        if (id < _header->Count)
        {
            _header->Rows[id] = new Row { Context = _closed };
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_header->Rows);
        NativeMemory.Free(_header);
        NativeMemory.Free(_closed);
    }

    private void Grow(int count)
    {
        _header->Rows = (Row*)NativeMemory.Realloc(_header->Rows, (nuint)count << RowShift);
        new Span<Row>(_header->Rows + _header->Count, count - _header->Count).Fill(new Row { Context = _closed });
        _header->Count = count;
    }

    private struct Header
    {
        public Row* Rows;
        public int Count;
    }

    [StructLayout(LayoutKind.Explicit, Size = 1 << RowShift)]
    private struct Row
    {
        [FieldOffset(FunctionOffset)]
        public FunctionReference* Function;

        [FieldOffset(EntryOffset)]
        public nint Entry;

        [FieldOffset(ContextOffset)]
        public StoreContext* Context;
    }
}
