namespace Harness.Engine.Modules;

/// <content>Memory accesses, bulk memory and table instructions (specification, section 3.4).</content>
internal sealed partial class FunctionValidator
{
    private void ValidateMemoryAccess(Opcode opcode)
    {
        var info = OpcodeTable.Get(opcode);
        var addressType = ReadMemoryArgument(info);
        if (info.Parameters.Length == 2)
        {
            Pop(ValueType.OfKind(info.Parameters[1]));
            Pop(addressType);
        }
        else
        {
            Pop(addressType);
            Push(ValueType.OfKind(info.Results[0]));
        }
    }

    /// <summary>Reads and checks a memory argument.</summary>
    /// <returns>The type of the address.</returns>
    private ValueType ReadMemoryArgument(OpcodeInfo info)
    {
        var flags = _reader.ReadVarU32();
        if (flags >= 2 * BinaryFormat.MemoryIndexFlag)
            throw new MalformedModuleException("malformed memop flags", _offset);
        var index = 0u;
        if (flags >= BinaryFormat.MemoryIndexFlag)
        {
            flags -= BinaryFormat.MemoryIndexFlag;
            index = _reader.ReadVarU32();
        }

        var memoryOffset = _reader.ReadVarU64();
        var memory = _environment.GetMemory(index, _offset);
        if (info.IsAtomic && flags != (uint)info.NaturalAlignment)
            throw Invalid("atomic alignment must be natural");
        if (flags > (uint)info.NaturalAlignment)
            throw Invalid("alignment must not be larger than natural");
        if (!memory.Is64 && memoryOffset > uint.MaxValue) throw Invalid("offset out of range");
        return memory.AddressType;
    }

    private void ValidateBulkInstruction(Opcode opcode)
    {
        var slot = OpcodeTable.Slot(opcode);
        if (OperatorShapes[slot] != 0)
        {
            ValidateOperator(OperatorShapes[slot]);
            return;
        }

        switch (opcode)
        {
            case Opcode.MemoryInit:
                var data = _reader.ReadVarU32();
                var initialized = _environment.GetMemory(_reader.ReadVarU32(), _offset);
                _environment.CheckData(data, _offset);
                PopRange(initialized.AddressType, ValueType.I32, ValueType.I32);
                break;
            case Opcode.DataDrop:
                _environment.CheckData(_reader.ReadVarU32(), _offset);
                break;
            case Opcode.MemoryCopy:
                var destination = _environment.GetMemory(_reader.ReadVarU32(), _offset);
                var source = _environment.GetMemory(_reader.ReadVarU32(), _offset);
                PopCopy(destination.AddressType, source.AddressType);
                break;
            case Opcode.MemoryFill:
                var filled = _environment.GetMemory(_reader.ReadVarU32(), _offset);
                PopRange(filled.AddressType, ValueType.I32, filled.AddressType);
                break;
            case Opcode.TableInit:
                var element = _reader.ReadVarU32();
                var initializedTable = GetWrittenTable();
                CheckElements(_environment.GetElementType(element, _offset), initializedTable);
                PopRange(initializedTable.AddressType, ValueType.I32, ValueType.I32);
                break;
            case Opcode.ElemDrop:
                _environment.GetElementType(_reader.ReadVarU32(), _offset);
                break;
            case Opcode.TableCopy:
                var destinationTable = GetWrittenTable();
                var sourceTable = _environment.GetTable(_reader.ReadVarU32(), _offset);
                CheckElements(sourceTable.ElementType, destinationTable);
                PopCopy(destinationTable.AddressType, sourceTable.AddressType);
                break;
            case Opcode.TableGrow:
                var grown = GetWrittenTable();
                Pop(grown.AddressType);
                Pop(grown.ElementType);
                Push(grown.AddressType);
                break;
            case Opcode.TableSize:
                Push(_environment.GetTable(_reader.ReadVarU32(), _offset).AddressType);
                break;
            case Opcode.TableFill:
                var filledTable = GetWrittenTable();
                PopRange(filledTable.AddressType, filledTable.ElementType, filledTable.AddressType);
                break;
            default:
                ThrowIllegal(opcode);
                break;
        }
    }

    /// <summary>Reads the index of a table that the instruction changes.</summary>
    private TableType GetWrittenTable()
    {
        var index = _reader.ReadVarU32();
        var table = _environment.GetTable(index, _offset);
        _environment.Bodies.NoteWrite((int)index);
        return table;
    }

    private void CheckElements(ValueType elementType, TableType table)
    {
        if (!elementType.IsSubtypeOf(table.ElementType)) ThrowMismatch(elementType, table.ElementType);
    }

    /// <summary>Pops where to write, what or from where, and how much.</summary>
    private void PopRange(ValueType destination, ValueType source, ValueType length)
    {
        Pop(length);
        Pop(source);
        Pop(destination);
    }

    /// <summary>Pops the operands of a copy, whose length has the smaller of the two address types.</summary>
    private void PopCopy(ValueType destination, ValueType source) =>
        PopRange(destination, source, destination == source ? source : ValueType.I32);
}
