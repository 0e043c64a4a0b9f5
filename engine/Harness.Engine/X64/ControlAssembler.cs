namespace Harness.Engine.X64;

/// <summary>Jumps, calls, and instructions without operands.</summary>
internal abstract unsafe class ControlAssembler : IntegerAssembler
{
    private const int LongestNop = 9;

    private protected ControlAssembler(int capacity)
        : base(capacity)
    {
    }

    /// <summary>The recommended no-operations of 1 to 9 bytes, one after the other.</summary>
    private static ReadOnlySpan<byte> Nops =>
    [
        0x90,
        0x66, 0x90,
        0x0F, 0x1F, 0x00,
        0x0F, 0x1F, 0x40, 0x00,
        0x0F, 0x1F, 0x44, 0x00, 0x00,
        0x66, 0x0F, 0x1F, 0x44, 0x00, 0x00,
        0x0F, 0x1F, 0x80, 0x00, 0x00, 0x00, 0x00,
        0x0F, 0x1F, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x66, 0x0F, 0x1F, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00,
    ];

    /// <summary><c>jmp label</c>: short when the label is bound and near, else with a 32-bit distance.</summary>
    public void Jmp(Label label)
    {
        var p = Reserve();
        if (ReachesShort(p, label, out var distance))
        {
            *p = 0xEB;
            _cursor = Immediate8(p + 1, distance);
        }
        else
        {
            *p = 0xE9;
            _cursor = LabelDistance32(p + 1, label);
        }
    }

    /// <summary><c>jcc label</c>: short when the label is bound and near, else with a 32-bit distance.</summary>
    public void Jcc(Condition condition, Label label)
    {
        var p = Reserve();
        if (ReachesShort(p, label, out var distance))
        {
            *p = (byte)(0x70 | (int)condition);
            _cursor = Immediate8(p + 1, distance);
        }
        else
        {
            *p = 0x0F;
            p[1] = (byte)(0x80 | (int)condition);
            _cursor = LabelDistance32(p + 2, label);
        }
    }

    /// <summary><c>jmp label</c> in two bytes, for a label that will be bound within 127 bytes.</summary>
    public void JmpShort(Label label) => EmitShort(0xEB, label);

    /// <summary><c>jcc label</c> in two bytes, for a label that will be bound within 127 bytes.</summary>
    public void JccShort(Condition condition, Label label) => EmitShort(0x70 | (int)condition, label);

    /// <summary><c>jmp target</c>.</summary>
    public void Jmp(Gpr target) => _cursor = Encode(0xFF, 4, (int)target);

    /// <summary><c>jmp [target]</c>.</summary>
    public void Jmp(Mem target) => _cursor = Encode(0xFF, 4, target);

    /// <summary><c>jmp target</c>, an address within 2 GiB of the code.</summary>
    public void Jmp(nint target)
    {
        var p = Reserve();
        *p = 0xE9;
        _cursor = AddressDistance32(p + 1, target);
    }

    /// <summary><c>jcc target</c>, an address within 2 GiB of the code.</summary>
    public void Jcc(Condition condition, nint target)
    {
        var p = Reserve();
        *p = 0x0F;
        p[1] = (byte)(0x80 | (int)condition);
        _cursor = AddressDistance32(p + 2, target);
    }

    /// <summary><c>call label</c>.</summary>
    public void Call(Label label)
    {
        var p = Reserve();
        *p = 0xE8;
        _cursor = LabelDistance32(p + 1, label);
    }

    /// <summary><c>call target</c>.</summary>
    public void Call(Gpr target) => _cursor = Encode(0xFF, 2, (int)target);

    /// <summary><c>call [target]</c>.</summary>
    public void Call(Mem target) => _cursor = Encode(0xFF, 2, target);

    /// <summary><c>call target</c>, an address within 2 GiB of the code.</summary>
    public void Call(nint target)
    {
        var p = Reserve();
        *p = 0xE8;
        _cursor = AddressDistance32(p + 1, target);
    }

    /// <summary><c>ret</c>, which also pops <paramref name="argumentBytes"/> from the stack: 0 to 65535.</summary>
    public void Ret(int argumentBytes = 0)
    {
        var p = Reserve();
        if (argumentBytes == 0)
        {
            *p = 0xC3;
            _cursor = p + 1;
        }
        else
        {
            *p = 0xC2;
            *(ushort*)(p + 1) = checked((ushort)argumentBytes);
            _cursor = p + 3;
        }
    }

    /// <summary><c>leave</c>: <c>rsp</c> becomes <c>rbp</c>, and <c>rbp</c> is popped.</summary>
    public void Leave() => _cursor = Immediate8(Reserve(), 0xC9);

    /// <summary><c>int3</c>.</summary>
    public void Int3() => _cursor = Immediate8(Reserve(), 0xCC);

    /// <summary><c>ud2</c>.</summary>
    public void Ud2()
    {
        var p = Reserve();
        *p = 0x0F;
        p[1] = 0x0B;
        _cursor = p + 2;
    }

    /// <summary>As few no-operations as fill <paramref name="bytes"/> bytes.</summary>
    public void Nop(int bytes = 1)
    {
        while (bytes > 0)
        {
            var length = Math.Min(bytes, LongestNop);
            var first = length * (length - 1) / 2;
            var p = Reserve();
            Nops.Slice(first, length).CopyTo(new Span<byte>(p, length));
            _cursor = p + length;
            bytes -= length;
        }
    }

    /// <summary>No-operations up to the next multiple of <paramref name="alignment"/>: a power of two, at most that of code blocks.</summary>
    public void Align(int alignment) => Nop(-Position & (alignment - 1));

    private void EmitShort(int opcode, Label label)
    {
        var p = Reserve();
        *p = (byte)opcode;
        _cursor = LabelDistance8(p + 1, label);
    }
}
