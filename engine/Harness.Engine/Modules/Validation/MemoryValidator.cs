namespace Harness.Engine.Modules.Validation;

/// <summary>Memory accesses, bulk memory and table instructions (specification, section 3.4).</summary>
internal sealed class MemoryValidator(ValidationState state, ValidationStacks stacks)
{
    /// <summary>A load or store.</summary>
    public void ValidateMemoryAccess(Opcode opcode)
    {
        var info = OpcodeTable.Get(opcode);
        var addressType = ReadMemoryArgument(info);
        if (info.Parameters.Length == 2)
        {
            stacks.Pop(ValueType.OfKind(info.Parameters[1]));
            stacks.Pop(addressType);
        }
        else
        {
            stacks.Pop(addressType);
            stacks.Push(ValueType.OfKind(info.Results[0]));
        }
    }

    /// <summary>Reads and checks a memory argument.</summary>
    /// <returns>The type of the address.</returns>
    public ValueType ReadMemoryArgument(OpcodeInfo info)
    {
        var flags = state.Reader.ReadVarU32();
        if (flags >= 2 * BinaryFormat.MemoryIndexFlag)
        {
            throw new MalformedModuleException("malformed memop flags", state.Offset);
        }

        var index = 0u;
        if (flags >= BinaryFormat.MemoryIndexFlag)
        {
            flags -= BinaryFormat.MemoryIndexFlag;
            index = state.Reader.ReadVarU32();
        }

        var memoryOffset = state.Reader.ReadVarU64();
        var memory = state.Environment.GetMemory(index, state.Offset);
        if (info.IsAtomic && flags != (uint)info.NaturalAlignment)
        {
            throw state.Invalid("atomic alignment must be natural");
        }

        if (flags > (uint)info.NaturalAlignment)
        {
            throw state.Invalid("alignment must not be larger than natural");
        }

        if (!memory.Is64 && memoryOffset > uint.MaxValue)
        {
            throw state.Invalid("offset out of range");
        }

        return memory.AddressType;
    }

    /// <summary>An instruction with the prefix 0xFC: on many bytes or elements, or one on numbers that has come later than the others.</summary>
    public void ValidatePrefixedInstruction(Opcode opcode)
    {
        var slot = OpcodeTable.Slot(opcode);
        if (OperatorShapes.All[slot] != 0)
        {
            stacks.ValidateOperator(OperatorShapes.All[slot]);
            return;
        }

        switch (opcode)
        {
            case Opcode.MemoryInit:
                var data = state.Reader.ReadVarU32();
                var initialized = state.Environment.GetMemory(state.Reader.ReadVarU32(), state.Offset);
                state.Environment.CheckData(data, state.Offset);
                PopRange(initialized.AddressType, ValueType.I32, ValueType.I32);
                break;
            case Opcode.DataDrop:
                state.Environment.CheckData(state.Reader.ReadVarU32(), state.Offset);
                break;
            case Opcode.MemoryCopy:
                var destination = state.Environment.GetMemory(state.Reader.ReadVarU32(), state.Offset);
                var source = state.Environment.GetMemory(state.Reader.ReadVarU32(), state.Offset);
                PopCopy(destination.AddressType, source.AddressType);
                break;
            case Opcode.MemoryFill:
                var filled = state.Environment.GetMemory(state.Reader.ReadVarU32(), state.Offset);
                PopRange(filled.AddressType, ValueType.I32, filled.AddressType);
                break;
            case Opcode.TableInit:
                var element = state.Reader.ReadVarU32();
                var initializedTable = state.GetWrittenTable();
                CheckElements(state.Environment.GetElementType(element, state.Offset), initializedTable);
                PopRange(initializedTable.AddressType, ValueType.I32, ValueType.I32);
                break;
            case Opcode.ElemDrop:
                state.Environment.GetElementType(state.Reader.ReadVarU32(), state.Offset);
                break;
            case Opcode.TableCopy:
                var destinationTable = state.GetWrittenTable();
                var sourceTable = state.Environment.GetTable(state.Reader.ReadVarU32(), state.Offset);
                CheckElements(sourceTable.ElementType, destinationTable);
                PopCopy(destinationTable.AddressType, sourceTable.AddressType);
                break;
            case Opcode.TableGrow:
                var grown = state.GetWrittenTable();
                stacks.Pop(grown.AddressType);
                stacks.Pop(grown.ElementType);
                stacks.Push(grown.AddressType);
                break;
            case Opcode.TableSize:
                stacks.Push(state.Environment.GetTable(state.Reader.ReadVarU32(), state.Offset).AddressType);
                break;
            case Opcode.TableFill:
                var filledTable = state.GetWrittenTable();
                PopRange(filledTable.AddressType, filledTable.ElementType, filledTable.AddressType);
                break;
            case >= Opcode.I64Add128 and <= Opcode.I64MulWideU:
                var wide = OpcodeTable.Get(opcode);
                for (var i = wide.Parameters.Length - 1; i >= 0; i--)
                {
                    stacks.Pop(ValueType.OfKind(wide.Parameters[i]));
                }

                foreach (var half in wide.Results)
                {
                    stacks.Push(ValueType.OfKind(half));
                }

                break;
            default:
                state.ThrowIllegal(opcode);
                break;
        }
    }

    private void CheckElements(ValueType elementType, TableType table)
    {
        if (!elementType.IsSubtypeOf(table.ElementType))
        {
            stacks.ThrowMismatch(elementType, table.ElementType);
        }
    }

    /// <summary>Pops where to write, what or from where, and how much.</summary>
    public void PopRange(ValueType destination, ValueType source, ValueType length)
    {
        stacks.Pop(length);
        stacks.Pop(source);
        stacks.Pop(destination);
    }

    /// <summary>Pops the operands of a copy, whose length has the smaller of the two address types.</summary>
    private void PopCopy(ValueType destination, ValueType source) =>
        PopRange(destination, source, destination == source ? source : ValueType.I32);
}
