using System.Runtime.CompilerServices;

namespace Harness.Engine.Modules;

/// <summary>
/// Reads the instructions of a validated function body. It checks nothing: the bytes must have
/// been validated. The module must stay reachable while a reader is in use.
/// </summary>
internal unsafe struct BytecodeReader
{
    private readonly byte* _start;
    private readonly byte* _end;
    private readonly int[] _canonicalTypeIds;
    private byte* _position;

    /// <summary>A reader of the module's bytes between two offsets.</summary>
    public BytecodeReader(WasmModule module, int start, int end)
    {
        _start = module.BytesAddress;
        _position = _start + start;
        _end = _start + end;
        _canonicalTypeIds = module.CanonicalTypeIds;
    }

    /// <summary>The offset of the next byte to read in the module's bytes.</summary>
    public int Offset
    {
        readonly get => (int)(_position - _start);
        set => _position = _start + value;
    }

    /// <summary>Whether everything has been read.</summary>
    public readonly bool IsAtEnd => _position >= _end;

    /// <summary>Skips the vector of locals that a body begins with.</summary>
    public void SkipLocals()
    {
        for (var groups = ReadVarU32(); groups > 0; groups--)
        {
            ReadVarU32();
            ReadValueType();
        }
    }

    /// <summary>Reads an opcode with its prefix.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Opcode ReadOpcode()
    {
        var code = *_position++;
        return code < 0xFB ? (Opcode)code : ReadPrefixed(code);
    }

    /// <summary>The next opcode, which stays unread.</summary>
    public readonly Opcode PeekOpcode()
    {
        var ahead = this;
        return ahead.ReadOpcode();
    }

    /// <summary>Reads one byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte ReadByte() => *_position++;

    /// <summary>Reads an unsigned LEB128 number of at most 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint ReadVarU32()
    {
        uint value = *_position++;
        return value < 0x80 ? value : ReadVarU32Rest(value);
    }

    /// <summary>Reads an unsigned LEB128 number that is an index, which validation has found to be in range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadIndex() => (int)ReadVarU32();

    /// <summary>Reads an unsigned LEB128 number of at most 64 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadVarU64()
    {
        ulong value = *_position++;
        return value < 0x80 ? value : ReadVarU64Rest(value);
    }

    /// <summary>Reads a signed LEB128 number of at most 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadVarI32()
    {
        var value = (sbyte)(*_position << 1) >> 1;
        return *_position++ < 0x80 ? value : (int)ReadVarI64Rest();
    }

    /// <summary>Reads a signed LEB128 number of at most 64 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long ReadVarI64()
    {
        long value = (sbyte)(*_position << 1) >> 1;
        return *_position++ < 0x80 ? value : ReadVarI64Rest();
    }

    /// <summary>Reads the bits of a float.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint ReadF32Bits()
    {
        var bits = Unsafe.ReadUnaligned<uint>(_position);
        _position += sizeof(uint);
        return bits;
    }

    /// <summary>Reads the bits of a double.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadF64Bits()
    {
        var bits = Unsafe.ReadUnaligned<ulong>(_position);
        _position += sizeof(ulong);
        return bits;
    }

    /// <summary>Reads the low and the high half of a vector, or of the lane numbers of a shuffle.</summary>
    public (ulong Low, ulong High) ReadV128()
    {
        var low = ReadF64Bits();
        return (low, ReadF64Bits());
    }

    /// <summary>Reads the immediates of a memory access.</summary>
    /// <param name="memoryIndex">The memory.</param>
    /// <param name="offset">The number of bytes to add to the address.</param>
    /// <param name="alignment">Log2 of the alignment in bytes that the program promises.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ReadMemArg(out int memoryIndex, out ulong offset, out int alignment)
    {
        var flags = ReadVarU32();
        memoryIndex = 0;
        if (flags >= BinaryFormat.MemoryIndexFlag)
        {
            flags -= BinaryFormat.MemoryIndexFlag;
            memoryIndex = ReadIndex();
        }

        alignment = (int)flags;
        offset = ReadVarU64();
    }

    /// <summary>Reads a block type.</summary>
    public BlockSignature ReadBlockType()
    {
        var code = *_position;
        if (code == BinaryFormat.EmptyBlock)
        {
            _position++;
            return default;
        }

        // Type indices are non-negative 33-bit numbers; codes of value types have bit 6 set and bit 7 clear.
        return (code & 0xC0) == 0x40
            ? new BlockSignature(ReadValueType())
            : new BlockSignature(TypeRegistry.Get(_canonicalTypeIds[(int)ReadVarI64()]).Function!);
    }

    /// <summary>
    /// Reads the size of a branch table. So many labels (<see cref="ReadVarU32"/>) follow, and the default label.
    /// </summary>
    public int ReadBrTable() => (int)ReadVarU32();

    /// <summary>Reads a value type.</summary>
    public ValueType ReadValueType()
    {
        var code = *_position++;
        return code switch
        {
            BinaryFormat.TypeI32 => ValueType.I32,
            BinaryFormat.TypeI64 => ValueType.I64,
            BinaryFormat.TypeF32 => ValueType.F32,
            BinaryFormat.TypeF64 => ValueType.F64,
            BinaryFormat.TypeV128 => ValueType.V128,
            BinaryFormat.TypeRef => ValueType.Reference(ReadHeapType(), nullable: false),
            BinaryFormat.TypeRefNull => ValueType.Reference(ReadHeapType(), nullable: true),
            _ => ValueType.Reference(BinaryFormat.AbstractHeapTypeOf(code), nullable: true),
        };
    }

    /// <summary>Reads a heap type.</summary>
    public HeapType ReadHeapType()
    {
        var code = *_position;
        if ((code & 0xC0) == 0x40)
        {
            _position++;
            return code == BinaryFormat.ExactHeapType
                ? HeapType.Defined(_canonicalTypeIds[ReadIndex()]).Exact
                : HeapType.Abstract(BinaryFormat.AbstractHeapTypeOf(code));
        }

        return HeapType.Defined(_canonicalTypeIds[(int)ReadVarI64()]);
    }

    /// <summary>Reads one clause of <c>try_table</c>, whose number follows the block type.</summary>
    public CatchClause ReadCatch()
    {
        var kind = (CatchKind)ReadByte();
        var tag = kind is CatchKind.Catch or CatchKind.CatchRef ? ReadIndex() : -1;
        return new CatchClause(kind, tag, ReadVarU32());
    }

    /// <summary>Skips the immediates of an instruction whose opcode has been read.</summary>
    public void SkipImmediates(Opcode opcode)
    {
        switch (OpcodeTable.GetImmediates(opcode))
        {
            case ImmediateKind.None:
                break;
            case ImmediateKind.F32:
                _position += sizeof(uint);
                break;
            case ImmediateKind.F64:
                _position += sizeof(ulong);
                break;
            case ImmediateKind.BlockType:
            case ImmediateKind.HeapType:
                SkipTypeCode();
                break;
            case ImmediateKind.MemoryArgument:
                ReadMemArg(out _, out _, out _);
                break;
            case ImmediateKind.MemoryLane:
                ReadMemArg(out _, out _, out _);
                _position++;
                break;
            case ImmediateKind.Lane or ImmediateKind.Fence:
                _position++;
                break;
            case ImmediateKind.Shuffle or ImmediateKind.V128:
                _position += BinaryFormat.VectorBytes;
                break;
            case ImmediateKind.BranchTable:
                for (var labels = ReadBrTable(); labels >= 0; labels--)
                {
                    SkipLeb();
                }

                break;
            case ImmediateKind.SelectTypes:
                for (var types = ReadVarU32(); types > 0; types--)
                {
                    SkipTypeCode();
                }

                break;
            case ImmediateKind.TryTable:
                SkipTypeCode();
                for (var clauses = ReadVarU32(); clauses > 0; clauses--)
                {
                    ReadCatch();
                }

                break;
            case ImmediateKind.BranchOnCast:
                _position++;
                SkipLeb();
                SkipTypeCode();
                SkipTypeCode();
                break;
            case ImmediateKind.CallIndirect:
            case ImmediateKind.TableTable:
            case ImmediateKind.MemoryMemory:
            case ImmediateKind.DataMemory:
            case ImmediateKind.ElementTable:
            case ImmediateKind.TypeField:
            case ImmediateKind.TypeCount:
            case ImmediateKind.TypeData:
            case ImmediateKind.TypeElement:
            case ImmediateKind.TypeType:
                SkipLeb();
                SkipLeb();
                break;
            default:
                SkipLeb();
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SkipLeb()
    {
        while (*_position++ >= 0x80)
        {
        }
    }

    /// <summary>
    /// Skips a block type, value type or heap type: one LEB128 number, and one more after the two codes for
    /// references and after that of exact types.
    /// </summary>
    private void SkipTypeCode()
    {
        if (*_position is BinaryFormat.TypeRef or BinaryFormat.TypeRefNull)
        {
            _position++;
        }

        if (*_position == BinaryFormat.ExactHeapType)
        {
            _position++;
        }

        SkipLeb();
    }

    private Opcode ReadPrefixed(byte prefix) => (Opcode)(OpcodeTable.FirstOpcode(prefix) + (int)ReadVarU32());

    private uint ReadVarU32Rest(uint first)
    {
        var value = first & 0x7F;
        for (var shift = 7; ; shift += 7)
        {
            uint next = *_position++;
            value |= (next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    private ulong ReadVarU64Rest(ulong first)
    {
        var value = first & 0x7F;
        for (var shift = 7; ; shift += 7)
        {
            ulong next = *_position++;
            value |= (next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    /// <summary>Reads a signed number whose first byte, which says that more follow, has been read.</summary>
    private long ReadVarI64Rest()
    {
        var value = (long)_position[-1] & 0x7F;
        for (var shift = 7; ; shift += 7)
        {
            long next = *_position++;
            value |= (next & 0x7F) << shift;
            if (next >= 0x80)
            {
                continue;
            }

            var unused = 64 - (shift + 7);
            return unused > 0 ? value << unused >> unused : value;
        }
    }
}
