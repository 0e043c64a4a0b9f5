using FsCheck;
using FsCheck.Fluent;
using Harness.Engine.X64;
using Iced.Intel;
using Assembler = Harness.Engine.X64.Assembler;
using Label = Harness.Engine.X64.Label;

namespace Harness.Engine.Tests.X64;

/// <summary>Whatever the assembler emits, the decoder reads back as what was asked for.</summary>
public sealed class EmitterTests
{
    /// <summary>The names of all forms.</summary>
    public static TheoryData<string> Forms => [.. EmitterForms.ByName.Keys];

    [Theory]
    [MemberData(nameof(Forms))]
    public void DecodesToWhatWasEmitted(string name)
    {
        var form = EmitterForms.ByName[name];
        using var assembler = new Assembler();
        var property = Prop.ForAll(EmitterOperands.Arbitrary, operands => CheckForm(assembler, form, operands));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(250), property);
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(uint.MaxValue, 5)]
    [InlineData(-1, 7)]
    [InlineData(int.MinValue, 7)]
    [InlineData(uint.MaxValue + 1L, 10)]
    [InlineData(int.MinValue - 1L, 10)]
    public void ConstantsTakeTheShortestMove(long value, int length)
    {
        using var assembler = new Assembler();
        assembler.MovImm(Gpr.Rax, value);

        Assert.Equal(length, assembler.Position);
    }

    [Fact]
    public void ImmediatesTakeTheShortestForm()
    {
        (OpSize Size, Gpr Register, int Immediate, int Length)[] cases =
        [
            (OpSize.Dword, Gpr.Rcx, 127, 3),
            (OpSize.Dword, Gpr.Rcx, 128, 6),
            (OpSize.Dword, Gpr.Rax, 128, 5),
            (OpSize.Dword, Gpr.Rax, -128, 3),
            (OpSize.Qword, Gpr.Rax, -129, 6),
            (OpSize.Qword, Gpr.R8, -129, 7),
            (OpSize.Byte, Gpr.Rax, 5, 2),
            (OpSize.Byte, Gpr.Rcx, 5, 3),
            (OpSize.Byte, Gpr.Rsi, 5, 4),
            (OpSize.Word, Gpr.Rcx, 0xFFFF, 4),
        ];
        using var assembler = new Assembler();
        foreach (var (size, register, immediate, length) in cases)
        {
            assembler.Reset();
            assembler.Alu(AluOp.Sub, size, register, immediate);
            Assert.Equal(length, assembler.Position);
        }
    }

    [Fact]
    public void NoOperationsFillAnyLengthWithAsFewAsPossible()
    {
        using var assembler = new Assembler();
        for (var bytes = 1; bytes <= 40; bytes++)
        {
            assembler.Reset();
            assembler.Nop(bytes);
            var instructions = Decode(assembler.Code.ToArray());

            Assert.Equal(bytes, assembler.Position);
            Assert.All(instructions, instruction => Assert.Equal(Mnemonic.Nop, instruction.Mnemonic));
            Assert.Equal((bytes + 8) / 9, instructions.Length);
        }
    }

    [Fact]
    public void AlignsToPowersOfTwo()
    {
        using var assembler = new Assembler();
        for (var alignment = 1; alignment <= 64; alignment *= 2)
        {
            assembler.Int3();
            assembler.Align(alignment);
            Assert.Equal(0, assembler.Position % alignment);
        }
    }

    [Fact]
    public void ReadsBackConditionsAsTheirOpposites()
    {
        foreach (var condition in Enum.GetValues<Condition>())
        {
            using var assembler = new Assembler();
            assembler.Setcc(condition, Gpr.Rax);
            assembler.Setcc(condition.Negate(), Gpr.Rax);
            var decoded = Decode(assembler.Code.ToArray());
            var opposite = decoded[0];
            opposite.NegateConditionCode();

            Assert.Equal(opposite.Mnemonic, decoded[1].Mnemonic);
        }
    }

    [Fact]
    public void SwappedConditionsHoldOfSwappedOperands()
    {
        (Condition Condition, Func<long, long, bool> Holds)[] relations =
        [
            (Condition.Equal, (a, b) => a == b),
            (Condition.NotEqual, (a, b) => a != b),
            (Condition.Below, (a, b) => (ulong)a < (ulong)b),
            (Condition.BelowOrEqual, (a, b) => (ulong)a <= (ulong)b),
            (Condition.Above, (a, b) => (ulong)a > (ulong)b),
            (Condition.AboveOrEqual, (a, b) => (ulong)a >= (ulong)b),
            (Condition.Less, (a, b) => a < b),
            (Condition.LessOrEqual, (a, b) => a <= b),
            (Condition.Greater, (a, b) => a > b),
            (Condition.GreaterOrEqual, (a, b) => a >= b),
        ];
        long[] values = [-1, 0, 1];
        foreach (var (condition, holds) in relations)
        {
            var swapped = relations.Single(relation => relation.Condition == condition.Swap()).Holds;
            Assert.All(values, a => Assert.All(values, b => Assert.Equal(holds(a, b), swapped(b, a))));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => Condition.Parity.Swap());
    }

    [Fact]
    public void MemoryOperandsCanBeMovedOn()
    {
        var moved = Mem.BaseIndex(Gpr.R12, Gpr.R13, 8, -5).Offset(9);

        Assert.Equal((Gpr.R12, Gpr.R13, 3, 4), (moved.BaseRegister, moved.IndexRegister, moved.ScaleLog2, moved.Displacement));
        using var assembler = new Assembler();
        var place = Mem.At(assembler.NewLabel());
        Assert.Throws<InvalidOperationException>(() => place.Offset(1));
    }

    [Fact]
    public void GrowsItsBufferWithoutLosingCode()
    {
        using var small = new Assembler(1);
        using var large = new Assembler(1 << 20);
        foreach (var assembler in new[] { small, large })
        {
            for (var i = 0; i < 10_000; i++)
            {
                assembler.MovImm((Gpr)(i & 15), i * 0x1_0000_0001L);
            }
        }

        Assert.True(small.Code.SequenceEqual(large.Code));
    }

    [Fact]
    public void RefusesImpossibleOperands()
    {
        Assert.Throws<ArgumentException>(() => Mem.BaseIndex(Gpr.Rax, Gpr.Rsp));
        Assert.Throws<ArgumentOutOfRangeException>(() => Mem.BaseIndex(Gpr.Rax, Gpr.Rcx, 3));
        using var assembler = new Assembler();
        Assert.Throws<OverflowException>(() => assembler.Ret(0x10000));
    }

    [Fact]
    public void EmitsWithoutAllocating()
    {
        using var assembler = new Assembler();
        EmitMuch(assembler);
        EmitMuch(assembler);
        var before = GC.GetAllocatedBytesForCurrentThread();
        EmitMuch(assembler);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>Decodes all bytes as code from address 0.</summary>
    internal static Instruction[] Decode(byte[] bytes)
    {
        var decoder = Iced.Intel.Decoder.Create(64, new ByteArrayCodeReader(bytes));
        var instructions = new List<Instruction>();
        while (decoder.IP < (ulong)bytes.Length)
        {
            instructions.Add(decoder.Decode());
            Assert.False(instructions[^1].IsInvalid, $"invalid instruction at {instructions[^1].IP}");
        }

        return [.. instructions];
    }

    private static void EmitMuch(Assembler assembler)
    {
        assembler.Reset();
        Span<Label> targets = stackalloc Label[8];
        foreach (ref var target in targets)
        {
            target = assembler.NewLabel();
        }

        for (var i = 0; i < 1000; i++)
        {
            var skip = assembler.NewLabel();
            assembler.Alu(AluOp.Add, OpSize.Qword, Gpr.Rax, Mem.BaseIndex(Gpr.Rbx, Gpr.Rcx, 8, i));
            assembler.Jcc(Condition.Overflow, skip);
            assembler.Sse(SseOp.AddSd, Xmm.Xmm1, assembler.Constant64((ulong)i));
            assembler.Vex(SseOp.XorPs, Xmm.Xmm1, Xmm.Xmm2, assembler.Constant128((ulong)i & 3, 7));
            assembler.Call((nint)(0x1000 + i));
            assembler.Bind(skip);
        }

        assembler.JmpTable(Gpr.Rax, Gpr.Rcx, targets);
        foreach (var target in targets)
        {
            assembler.Bind(target);
            assembler.Nop(20);
        }

        assembler.Finish();
    }

    private static void CheckForm(Assembler assembler, EmitterForm form, EmitterOperands operands)
    {
        assembler.Reset();
        assembler.Nop(3);
        var before = assembler.NewBoundLabel();
        var behind = assembler.NewLabel();
        assembler.Nop(operands.Count);
        var start = assembler.Position;
        form.Emit(assembler, WithLabels(operands, before, behind));
        var length = assembler.Position - start;
        assembler.Nop(operands.Count * 3);
        assembler.Bind(behind);
        assembler.Finish();
        var code = new EmittedCode(assembler.Code.ToArray(), start, length, assembler.OffsetOf(before), assembler.OffsetOf(behind));

        var decoder = Iced.Intel.Decoder.Create(64, new ByteArrayCodeReader(code.Bytes, start, code.Bytes.Length - start), (ulong)start);
        var instruction = decoder.Decode();
        var expected = form.Expect(operands);
        Assert.Equal(expected.Mnemonic, instruction.Mnemonic);
        Assert.Equal(expected.IsLocked, instruction.HasLockPrefix);
        Assert.Equal(length, instruction.Length);
        Assert.Equal(expected.Operands.Length, instruction.OpCount);
        for (var i = 0; i < expected.Operands.Length; i++)
        {
            expected.Operands[i].Check(instruction, i, code);
        }
    }

    private static EmitterOperands WithLabels(EmitterOperands operands, Label before, Label behind) => operands.Memory.Kind switch
    {
        MemoryKind.LabelBefore => operands with { Memory = MemoryCase.Of(Mem.At(before)) },
        MemoryKind.LabelBehind => operands with { Memory = MemoryCase.Of(Mem.At(behind)) },
        _ => operands,
    };
}
