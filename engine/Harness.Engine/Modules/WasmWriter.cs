using System.Buffers.Binary;
using System.Text;

namespace Harness.Engine.Modules;

/// <summary>
/// Writes the primitives of the binary format to a growing buffer (specification, sections 5.2 and 5.5).
/// </summary>
internal sealed class WasmWriter
{
    private byte[] _buffer = new byte[256];

    /// <summary>The number of bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>What has been written so far, valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    /// <summary>A copy of what has been written so far.</summary>
    public byte[] ToArray() => Written.ToArray();

    /// <summary>Forgets everything written.</summary>
    public void Clear() => Length = 0;

    /// <summary>Forgets everything written after the first <paramref name="length"/> bytes.</summary>
    public void Truncate(int length) => Length = length;

    /// <summary>Writes the magic number and the version that start every module.</summary>
    public void Header()
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Reserve(sizeof(uint)), BinaryFormat.Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(Reserve(sizeof(uint)), BinaryFormat.Version);
    }

    /// <summary>Writes one byte.</summary>
    public void Byte(byte value) => Reserve(1)[0] = value;

    /// <summary>Writes bytes as they are.</summary>
    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    /// <summary>Writes an unsigned 32-bit number in LEB128.</summary>
    public void U32(uint value) => U64(value);

    /// <summary>Writes a number that is not negative, such as a count or an index, in unsigned LEB128.</summary>
    public void U32(int value) => U32(checked((uint)value));

    /// <summary>Writes an unsigned 64-bit number in LEB128.</summary>
    public void U64(ulong value)
    {
        while (value >= 0x80)
        {
            Byte((byte)(value | 0x80));
            value >>= 7;
        }

        Byte((byte)value);
    }

    /// <summary>Writes a signed 33-bit number in LEB128: a type index where a value type could stand as well.</summary>
    public void S33(long value) => I64(value);

    /// <summary>Writes a signed 32-bit number in LEB128.</summary>
    public void I32(int value) => I64(value);

    /// <summary>Writes a signed 64-bit number in LEB128.</summary>
    public void I64(long value)
    {
        while (value is < -64 or > 63)
        {
            Byte((byte)(value | 0x80));
            value >>= 7;
        }

        Byte((byte)(value & 0x7F));
    }

    /// <summary>Writes the bits of a float.</summary>
    public void F32Bits(uint bits) => BinaryPrimitives.WriteUInt32LittleEndian(Reserve(sizeof(uint)), bits);

    /// <summary>Writes the bits of a double.</summary>
    public void F64Bits(ulong bits) => BinaryPrimitives.WriteUInt64LittleEndian(Reserve(sizeof(ulong)), bits);

    /// <summary>Writes a name: its length in bytes and its UTF-8 bytes.</summary>
    public void Name(string name) => Sized(Encoding.UTF8.GetBytes(name));

    /// <summary>Writes bytes after their number.</summary>
    public void Sized(ReadOnlySpan<byte> bytes)
    {
        U32(bytes.Length);
        Bytes(bytes);
    }

    /// <summary>Writes what <paramref name="write"/> writes after its number of bytes.</summary>
    public void Sized(Action<WasmWriter> write)
    {
        var inner = new WasmWriter();
        write(inner);
        Sized(inner.Written);
    }

    /// <summary>Writes a section: its id, its size, and what <paramref name="write"/> writes.</summary>
    public void Section(SectionId id, Action<WasmWriter> write)
    {
        Byte((byte)id);
        Sized(write);
    }

    /// <summary>Writes an opcode with its prefix, without immediates.</summary>
    public void Opcode(Opcode opcode)
    {
        var code = (int)opcode;
        if (code < 0x100)
        {
            Byte((byte)code);
        }
        else
        {
            var prefix = OpcodeTable.PrefixOf(opcode);
            Byte((byte)prefix);
            U32(code - OpcodeTable.FirstOpcode(prefix));
        }
    }

    private Span<byte> Reserve(int count)
    {
        var start = Length;
        if (_buffer.Length - start < count)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, start + count));
        }

        Length = start + count;
        return _buffer.AsSpan(start, count);
    }
}
