using Harness.Engine.X64;
using Iced.Intel;

namespace Harness.Engine.Tests.X64;

/// <summary>What the decoder must make of the emitted bytes.</summary>
internal sealed record ExpectedInstruction(Mnemonic Mnemonic, params ExpectedOperand[] Operands)
{
    /// <summary>Whether it has the prefix that makes it atomic.</summary>
    public bool IsLocked { get; init; }

    /// <summary>The same with the mnemonic by name, in any case.</summary>
    public ExpectedInstruction(string mnemonic, params ExpectedOperand[] operands)
        : this(Enum.Parse<Mnemonic>(mnemonic, ignoreCase: true), operands)
    {
    }
}

/// <summary>One operand that the decoder must find.</summary>
internal abstract record ExpectedOperand
{
    /// <summary>A general purpose register of some width.</summary>
    public static ExpectedOperand Of(Gpr register, OpSize size) => new ExpectedRegister(NameOf((int)register, size));

    /// <summary>A vector register.</summary>
    public static ExpectedOperand Of(Xmm register) => new ExpectedRegister(Register.XMM0 + (int)register);

    /// <summary>A certain register.</summary>
    public static ExpectedOperand Of(Register register) => new ExpectedRegister(register);

    /// <summary>Memory of some width in bytes, or of none for <c>lea</c>.</summary>
    public static ExpectedOperand Of(MemoryCase memory, int bytes) => new ExpectedMemory(memory, bytes);

    /// <summary>Memory as wide as an integer.</summary>
    public static ExpectedOperand Of(MemoryCase memory, OpSize size) => new ExpectedMemory(memory, 1 << (int)size);

    /// <summary>An immediate, of which an operation of that size sees the low bits.</summary>
    public static ExpectedOperand Of(long immediate, OpSize size) => new ExpectedImmediate(immediate, size);

    /// <summary>Asserts that operand <paramref name="index"/> of an instruction is this one.</summary>
    public abstract void Check(in Instruction instruction, int index, EmittedCode code);

    private static Register NameOf(int number, OpSize size) => size switch
    {
        // Numbers 4 to 7 must be the low bytes spl to dil, never ah to bh.
        OpSize.Byte => number < 4 ? Register.AL + number : Register.SPL + (number - 4),
        OpSize.Word => Register.AX + number,
        OpSize.Dword => Register.EAX + number,
        _ => Register.RAX + number,
    };

    private sealed record ExpectedRegister(Register Register) : ExpectedOperand
    {
        public override void Check(in Instruction instruction, int index, EmittedCode code)
        {
            Assert.Equal(OpKind.Register, instruction.GetOpKind(index));
            Assert.Equal(Register, instruction.GetOpRegister(index));
        }
    }

    private sealed record ExpectedMemory(MemoryCase Memory, int Bytes) : ExpectedOperand
    {
        public override void Check(in Instruction instruction, int index, EmittedCode code)
        {
            Assert.Equal(OpKind.Memory, instruction.GetOpKind(index));
            Assert.Equal(Bytes, instruction.MemorySize.GetSize());
            if (Memory.Kind != MemoryKind.Registers)
            {
                var place = Memory.Kind == MemoryKind.LabelBefore ? code.PlaceBefore : code.PlaceBehind;
                Assert.True(instruction.IsIPRelativeMemoryOperand);
                Assert.Equal((ulong)place, instruction.IPRelativeMemoryAddress);
                return;
            }

            var expected = Memory.Operand;
            Assert.Equal(NameOf(expected.BaseRegister), instruction.MemoryBase);
            Assert.Equal(NameOf(expected.IndexRegister), instruction.MemoryIndex);
            Assert.Equal(expected.Displacement, (long)instruction.MemoryDisplacement64);
            if (expected.IndexRegister != Gpr.None)
            {
                Assert.Equal(1 << expected.ScaleLog2, instruction.MemoryIndexScale);
            }
        }

        private static Register NameOf(Gpr register) =>
            register == Gpr.None ? Register.None : ExpectedOperand.NameOf((int)register, OpSize.Qword);
    }

    private sealed record ExpectedImmediate(long Value, OpSize Size) : ExpectedOperand
    {
        public override void Check(in Instruction instruction, int index, EmittedCode code)
        {
            var mask = Size == OpSize.Qword ? ulong.MaxValue : (1UL << (8 << (int)Size)) - 1;
            Assert.Equal((ulong)Value & mask, instruction.GetImmediate(index) & mask);
        }
    }
}

/// <summary>One instruction between two labels, as emitted from address 0.</summary>
internal sealed record EmittedCode(byte[] Bytes, int Start, int Length, int PlaceBefore, int PlaceBehind);
