using FsCheck;
using FsCheck.Fluent;
using Harness.Engine.X64;
using Iced.Intel;
using Assembler = Harness.Engine.X64.Assembler;
using Label = Harness.Engine.X64.Label;

namespace Harness.Engine.Tests.X64;

/// <summary>Jumps and calls reach the labels that they name, in both directions and over any distance.</summary>
public sealed class LabelTests
{
    private enum Step
    {
        Jump,
        ConditionalJump,
        Call,
        Address,
        Filler,
    }

    [Fact]
    public void JumpsInRandomProgramsReachTheirLabels()
    {
        Gen<(Step Step, int Label, int Filler)[]> programs = (
            from step in Gen.Elements(Enum.GetValues<Step>())
            from label in Gen.Choose(0, 9)
            from filler in Gen.Choose(0, 130)
            select (step, label, filler)).ArrayOf();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Arb.From(programs), CheckProgram));
    }

    [Fact]
    public void BackwardJumpsAreShortWhenPossible()
    {
        using var assembler = new Assembler();
        for (var distance = 100; distance < 140; distance++)
        {
            assembler.Reset();
            var start = assembler.NewBoundLabel();
            assembler.Nop(distance);
            assembler.Jmp(start);
            var jump = assembler.Position - distance;
            assembler.Jcc(Condition.Less, start);
            var conditional = assembler.Position - distance - jump;

            Assert.Equal(distance + 2 <= 128 ? 2 : 5, jump);
            Assert.Equal(distance + jump + 2 <= 128 ? 2 : 6, conditional);
        }
    }

    [Fact]
    public void ShortJumpsReachForwardAndRefuseToReachTooFar()
    {
        using var assembler = new Assembler();
        var near = assembler.NewLabel();
        assembler.JmpShort(near);
        assembler.Nop(120);
        assembler.JccShort(Condition.Above, near);
        assembler.Nop(5);
        assembler.Bind(near);
        var decoded = EmitterTests.Decode(assembler.Code.ToArray());
        Instruction[] jumps = [.. decoded.Where(instruction => instruction.Mnemonic != Mnemonic.Nop)];

        Assert.All(jumps, jump => Assert.Equal((ulong)assembler.OffsetOf(near), jump.NearBranchTarget));
        Assert.All(jumps, jump => Assert.Equal(2, jump.Length));

        var far = assembler.NewLabel();
        assembler.JmpShort(far);
        assembler.Nop(128);
        Assert.Throws<InvalidOperationException>(() => assembler.Bind(far));
    }

    [Fact]
    public void LabelsMustBeBoundExactlyOnceAndBelongToTheFunction()
    {
        using var assembler = new Assembler();
        var label = assembler.NewLabel();
        assembler.Jmp(label);
        Assert.Throws<InvalidOperationException>(() => assembler.OffsetOf(label));
        Assert.Throws<InvalidOperationException>(assembler.Finish);
        assembler.Reset();
        Assert.Throws<ArgumentException>(() => assembler.Bind(label));
        Assert.Throws<ArgumentException>(() => assembler.Jmp(default(Label)));
        label = assembler.NewBoundLabel();
        Assert.Throws<InvalidOperationException>(() => assembler.Bind(label));
    }

    private static void CheckProgram((Step Step, int Label, int Filler)[] program)
    {
        using var assembler = new Assembler();
        Label[] labels = [.. Enumerable.Range(0, 10).Select(_ => assembler.NewLabel())];
        var expected = new List<(int Offset, int Label)>();
        for (var i = 0; i < program.Length; i++)
        {
            if (i < labels.Length)
            {
                assembler.Bind(labels[i]);
            }

            var (step, label, filler) = program[i];
            if (step != Step.Filler)
            {
                expected.Add((assembler.Position, label));
            }

            Emit(assembler, step, labels[label], filler);
        }

        foreach (var label in labels.Where(label => !assembler.IsBound(label)))
        {
            assembler.Bind(label);
        }

        assembler.Finish();
        var decoded = EmitterTests.Decode(assembler.Code.ToArray()).ToDictionary(i => i.IP);
        foreach (var (offset, label) in expected)
        {
            var instruction = decoded[(ulong)offset];
            var target = instruction.Mnemonic == Mnemonic.Lea ? instruction.IPRelativeMemoryAddress : instruction.NearBranchTarget;
            Assert.Equal((ulong)assembler.OffsetOf(labels[label]), target);
        }
    }

    private static void Emit(Assembler assembler, Step step, Label label, int filler)
    {
        switch (step)
        {
            case Step.Jump:
                assembler.Jmp(label);
                break;
            case Step.ConditionalJump:
                assembler.Jcc((Condition)(filler & 15), label);
                break;
            case Step.Call:
                assembler.Call(label);
                break;
            case Step.Address:
                assembler.LeaLabel((Gpr)(filler & 15), label);
                break;
            default:
                assembler.Nop(filler);
                break;
        }
    }
}
