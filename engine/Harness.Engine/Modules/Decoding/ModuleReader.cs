using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace Harness.Engine.Modules.Decoding;

/// <summary>
/// Reads the primitives of the binary format from bytes that nobody has checked (specification, section 5.2). Each
/// fault throws with the offset where it was found. The bytes must stay where they are while a reader is in use.
/// </summary>
/// <remarks>
/// Only the end of the module stops a reader that is not <see cref="Confined"/>: one that reads a section goes on beyond the section's size, to
/// be stopped by <see cref="ExpectEnd"/>. So what is found first in a section that is longer than its size is what is wrong in its
/// content.
/// </remarks>
internal unsafe struct ModuleReader
{
    private const string EndMessage = "unexpected end of section or function";

    private readonly byte* _start;
    private byte* _end;
    private byte* _position;
    private byte* _expectedEnd;

    /// <summary>A reader of all the bytes.</summary>
    public ModuleReader(byte* bytes, int length)
    {
        _start = bytes;
        _position = bytes;
        _end = bytes + length;
        _expectedEnd = _end;
    }

    /// <summary>The offset of the next byte to read.</summary>
    public readonly int Offset => (int)(_position - _start);

    /// <summary>
    /// The number of bytes left of what is read, the module, a section or a function; negative beyond its end.
    /// </summary>
    public readonly int Remaining => (int)(_expectedEnd - _position);

    /// <summary>The offset of the end of what is read.</summary>
    public readonly int End => (int)(_expectedEnd - _start);

    /// <summary>A reader of what is left that goes no further than <see cref="End"/>: for what means nothing outside of it.</summary>
    public readonly ModuleReader Confined()
    {
        if (_position > _expectedEnd)
        {
            ThrowEnd();
        }

        var confined = this;
        confined._end = _expectedEnd;
        return confined;
    }

    private readonly int Available => (int)(_end - _position);

    /// <summary>A reader of what lies between two offsets in the module.</summary>
    public readonly ModuleReader Slice(int start, int end)
    {
        var slice = this;
        slice._position = _start + start;
        slice._expectedEnd = _start + end;
        return slice;
    }

    /// <summary>Reads a size in bytes and gives a reader of so many bytes, which this reader skips.</summary>
    public ModuleReader ReadSized()
    {
        var at = Offset;
        var size = ReadVarU32();
        if (size > (uint)Available)
        {
            throw new MalformedModuleException("length out of bounds", at);
        }

        var inner = Slice(Offset, Offset + (int)size);
        _position += size;
        return inner;
    }

    /// <summary>Checks that nothing is left.</summary>
    public readonly void ExpectEnd()
    {
        if (_position != _expectedEnd)
        {
            throw new MalformedModuleException("section size mismatch", Offset);
        }
    }

    /// <summary>Reads one byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte ReadByte()
    {
        if (_position == _end)
        {
            ThrowEnd();
        }

        return *_position++;
    }

    /// <summary>The next byte, which stays unread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly byte PeekByte()
    {
        if (_position == _end)
        {
            ThrowEnd();
        }

        return *_position;
    }

    /// <summary>Skips bytes.</summary>
    public void Skip(uint count)
    {
        if (count > (uint)Available)
        {
            ThrowEnd();
        }

        _position += count;
    }

    /// <summary>Reads the bits of a float, or any four bytes in little-endian order.</summary>
    public uint ReadFixed32()
    {
        if (Available < sizeof(uint))
        {
            ThrowEnd();
        }

        var bits = Unsafe.ReadUnaligned<uint>(_position);
        _position += sizeof(uint);
        return bits;
    }

    /// <summary>Reads the bits of a double.</summary>
    public ulong ReadFixed64()
    {
        if (Available < sizeof(ulong))
        {
            ThrowEnd();
        }

        var bits = Unsafe.ReadUnaligned<ulong>(_position);
        _position += sizeof(ulong);
        return bits;
    }

    /// <summary>Reads an unsigned LEB128 number of at most 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint ReadVarU32()
    {
        if (_position != _end && *_position < 0x80)
        {
            return *_position++;
        }

        return (uint)ReadUnsigned(32);
    }

    /// <summary>Reads an unsigned LEB128 number of at most 64 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadVarU64()
    {
        if (_position != _end && *_position < 0x80)
        {
            return *_position++;
        }

        return ReadUnsigned(64);
    }

    /// <summary>Reads a signed LEB128 number of at most 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadVarI32()
    {
        if (_position != _end && *_position < 0x80)
        {
            return (sbyte)(*_position++ << 1) >> 1;
        }

        return (int)ReadSigned(32);
    }

    /// <summary>Reads a signed LEB128 number of at most 33 bits.</summary>
    public long ReadVarI33() => ReadSigned(33);

    /// <summary>Reads a signed LEB128 number of at most 64 bits.</summary>
    public long ReadVarI64() => ReadSigned(64);

    /// <summary>Reads the number of items of a vector that follows. Each item takes at least one byte.</summary>
    /// <param name="limit">How many there may be.</param>
    /// <param name="items">What they are, in the plural.</param>
    public int ReadCount(int limit, string items)
    {
        var at = Offset;
        var count = ReadVarU32();
        if (count > (uint)Available)
        {
            throw new MalformedModuleException(EndMessage, at);
        }

        return count <= (uint)limit ? (int)count : throw InvalidModuleException.TooMany(items, limit, at);
    }

    /// <summary>Reads a number of items that come in another section.</summary>
    /// <param name="limit">How many there may be.</param>
    /// <param name="items">What they are, in the plural.</param>
    public int ReadCountAhead(int limit, string items)
    {
        var at = Offset;
        var count = ReadVarU32();
        return count <= (uint)limit ? (int)count : throw InvalidModuleException.TooMany(items, limit, at);
    }

    /// <summary>Reads a name: UTF-8 bytes after their number.</summary>
    public string ReadName() => Encoding.UTF8.GetString(ReadNameBytes());

    /// <summary>Reads a name as the bytes that it has in the module.</summary>
    public ReadOnlySpan<byte> ReadNameBytes()
    {
        var name = ReadSized();
        var bytes = new ReadOnlySpan<byte>(name._position, name.Remaining);
        if (!Utf8.IsValid(bytes))
        {
            throw new MalformedModuleException("malformed UTF-8 encoding", name.Offset);
        }

        return bytes;
    }

    /// <summary>Reads an opcode with its prefix. It may be one that does not exist.</summary>
    public Opcode ReadOpcode()
    {
        var code = ReadByte();
        if (code is not (0xFB or 0xFC or 0xFD or 0xFE))
        {
            return (Opcode)code;
        }

        return ReadSubOpcode(code);
    }

    /// <summary>Reads the sub-opcode after a prefix and gives the opcode. It may be one that does not exist.</summary>
    public Opcode ReadSubOpcode(int prefix) =>
        (Opcode)(OpcodeTable.FirstOpcode(prefix) + (int)Math.Min(ReadVarU32(), prefix == 0xFD ? 0x1FFu : 0xFFu));

    private ulong ReadUnsigned(int bits)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var at = Offset;
            var next = ReadByte();
            var left = bits - shift;
            if (left < 7 && (next & 0x7F) >> left != 0 && next < 0x80)
            {
                ThrowTooLarge(at);
            }

            if (left <= 7 && next >= 0x80)
            {
                ThrowTooLong(at);
            }

            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    private long ReadSigned(int bits)
    {
        var value = 0L;
        for (var shift = 0; ; shift += 7)
        {
            var at = Offset;
            var next = ReadByte();
            var left = bits - shift;
            if (left <= 7)
            {
                if (next >= 0x80)
                {
                    ThrowTooLong(at);
                }

                // The bits above the number's own must all equal its sign.
                var sign = (sbyte)(next << 1) >> left;
                if (sign is not (0 or -1))
                {
                    ThrowTooLarge(at);
                }
            }

            value |= (long)(next & 0x7F) << shift;
            if (next >= 0x80)
            {
                continue;
            }

            var unused = 64 - (shift + 7);
            return unused > 0 ? value << unused >> unused : value;
        }
    }

    [DoesNotReturn]
    private readonly void ThrowEnd() => throw new MalformedModuleException(EndMessage, Offset);

    [DoesNotReturn]
    private static void ThrowTooLong(int offset) =>
        throw new MalformedModuleException("integer representation too long", offset);

    [DoesNotReturn]
    private static void ThrowTooLarge(int offset) => throw new MalformedModuleException("integer too large", offset);
}
