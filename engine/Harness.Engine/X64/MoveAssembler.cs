using static Harness.Engine.X64.InstructionBits;

namespace Harness.Engine.X64;

/// <summary>Moves between general purpose registers and memory, addresses and the stack.</summary>
internal abstract unsafe class MoveAssembler : InstructionEncoder
{
    private protected MoveAssembler(int capacity)
        : base(capacity)
    {
    }

    /// <summary><c>mov dst, src</c>; of 32 bits it clears the upper half.</summary>
    public void Mov(OpSize size, Gpr dst, Gpr src) => _cursor = Encode(0x8A | Sized(size), (int)dst, (int)src);

    /// <summary><c>mov dst, [src]</c>; of 8 and 16 bits it keeps the rest of the register (see <see cref="MovZx(OpSize, Gpr, Mem)"/>).</summary>
    public void Mov(OpSize size, Gpr dst, Mem src) => _cursor = Encode(0x8A | Sized(size), (int)dst, src);

    /// <summary><c>mov [dst], src</c>.</summary>
    public void Mov(OpSize size, Mem dst, Gpr src) => _cursor = Encode(0x88 | Sized(size), (int)src, dst);

    /// <summary><c>mov [dst], immediate</c>; 64 bits sign-extend the immediate, narrow ones take its low bits.</summary>
    public void Mov(OpSize size, Mem dst, int immediate) =>
        _cursor = Immediate(Encode(0xC6 | GroupSized(size), 0, dst, ImmediateBytes(size)), size, immediate);

    /// <summary>Sets all 64 bits of a register by the shortest <c>mov</c>. The flags stay.</summary>
    public void MovImm(Gpr dst, long immediate)
    {
        if (immediate == (uint)immediate)
        {
            _cursor = Immediate32(EncodeShort(0xB8, (int)dst), (int)immediate);
        }
        else if (immediate == (int)immediate)
        {
            _cursor = Immediate32(Encode(W | 0xC7, 0, (int)dst), (int)immediate);
        }
        else
        {
            var p = EncodeShort(W | 0xB8, (int)dst);
            *(long*)p = immediate;
            _cursor = p + sizeof(long);
        }
    }

    /// <summary>Zero-extends from <paramref name="from"/> to 64 bits.</summary>
    public void MovZx(OpSize from, Gpr dst, Gpr src)
    {
        if (from >= OpSize.Dword)
        {
            Mov(from, dst, src);
        }
        else
        {
            _cursor = Encode(M0F | (from == OpSize.Byte ? ByteRm | 0xB6 : 0xB7), (int)dst, (int)src);
        }
    }

    /// <summary>Loads and zero-extends from <paramref name="from"/> to 64 bits.</summary>
    public void MovZx(OpSize from, Gpr dst, Mem src)
    {
        if (from >= OpSize.Dword)
        {
            Mov(from, dst, src);
        }
        else
        {
            _cursor = Encode(M0F | 0xB6 | (int)from, (int)dst, src);
        }
    }

    /// <summary>Sign-extends from <paramref name="from"/> to <paramref name="to"/>, 32 or 64 bits.</summary>
    public void MovSx(OpSize to, OpSize from, Gpr dst, Gpr src)
    {
        if (from == to)
        {
            Mov(to, dst, src);
        }
        else
        {
            _cursor = Encode(SignExtension(to, from), (int)dst, (int)src);
        }
    }

    /// <summary>Loads and sign-extends from <paramref name="from"/> to <paramref name="to"/>, 32 or 64 bits.</summary>
    public void MovSx(OpSize to, OpSize from, Gpr dst, Mem src)
    {
        if (from == to)
        {
            Mov(to, dst, src);
        }
        else
        {
            _cursor = Encode(SignExtension(to, from), (int)dst, src);
        }
    }

    /// <summary><c>cmovcc dst, src</c>; of 32 bits it clears the upper half in either case.</summary>
    public void Cmov(Condition condition, OpSize size, Gpr dst, Gpr src) =>
        _cursor = Encode(M0F | 0x40 | (int)condition | Wide(size), (int)dst, (int)src);

    /// <summary><c>cmovcc dst, [src]</c>; loads in either case.</summary>
    public void Cmov(Condition condition, OpSize size, Gpr dst, Mem src) =>
        _cursor = Encode(M0F | 0x40 | (int)condition | Wide(size), (int)dst, src);

    /// <summary><c>xchg a, b</c>.</summary>
    public void Xchg(OpSize size, Gpr a, Gpr b) => _cursor = Encode(0x86 | Sized(size), (int)a, (int)b);

    /// <summary><c>lea dst, [address]</c> for 32 and 64 bits.</summary>
    public void Lea(OpSize size, Gpr dst, Mem address) => _cursor = Encode(0x8D | Wide(size), (int)dst, address);

    /// <summary>The address of a label.</summary>
    public void LeaLabel(Gpr dst, Label label) => Lea(OpSize.Qword, dst, Mem.At(label));

    /// <summary>An address outside the code but within 2 GiB of it.</summary>
    public void LeaAddress(Gpr dst, nint address)
    {
        var p = EncodeOpcode(Reserve(), W | 0x8D, 8 | ((int)dst >> 3 << 2));
        *p = (byte)((((int)dst & 7) << 3) | 5);
        _cursor = AddressDistance32(p + 1, address);
    }

    /// <summary><c>push src</c>, 64 bits.</summary>
    public void Push(Gpr src) => _cursor = EncodeShort(0x50, (int)src);

    /// <summary><c>push [src]</c>, 64 bits.</summary>
    public void Push(Mem src) => _cursor = Encode(0xFF, 6, src);

    /// <summary><c>push immediate</c>, sign-extended to 64 bits.</summary>
    public void Push(int immediate) => _cursor = immediate == (sbyte)immediate
        ? Immediate8(EncodeOpcode(Reserve(), 0x6A, 0), immediate)
        : Immediate32(EncodeOpcode(Reserve(), 0x68, 0), immediate);

    /// <summary><c>pop dst</c>, 64 bits.</summary>
    public void Pop(Gpr dst) => _cursor = EncodeShort(0x58, (int)dst);

    /// <summary><c>pop [dst]</c>, 64 bits.</summary>
    public void Pop(Mem dst) => _cursor = Encode(0x8F, 0, dst);

    private static int SignExtension(OpSize to, OpSize from)
    {
        var bits = Wide(to) | from switch
        {
            OpSize.Byte => M0F | ByteRm | 0xBE,
            OpSize.Word => M0F | 0xBF,
            _ => 0x63,
        };
        return bits;
    }
}
