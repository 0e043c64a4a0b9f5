using Harness.Engine.Baseline.Model;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Tests.Baseline;

/// <summary>What the baseline compiler knows of values and registers, apart from any instruction.</summary>
public sealed class ValueStackTests : IDisposable
{
    private readonly Assembler _assembler = new();
    private readonly FrameSlots _frame;
    private readonly StateChunks _chunks = new();
    private readonly ValueStack _stack;

    public ValueStackTests()
    {
        _frame = new FrameSlots(_assembler);
        _frame.Clear(FrameLayout.BaselineSlotSize);
        _stack = new ValueStack(_frame, _chunks);
        _stack.Clear();
    }

    public void Dispose() => _assembler.Dispose();

    [Fact]
    public void ARegisterIsUsedAsLongAsAnyValueIsInIt()
    {
        Register register = Gpr.Rcx;
        _stack.Push(ValueKind.I32, register);
        _stack.PushLocal(0);
        Assert.Equal(2, _stack.Height);
        _stack.Drop();
        Assert.True(_stack.IsUsed(register));
        Assert.Equal(register, _stack.Pop(RegisterSet.None));
        Assert.Equal(RegisterSet.None, _stack.Used);
        Assert.Equal(0, _assembler.Position);
    }

    [Fact]
    public void AValueThatOthersShareIsCopiedBeforeItIsChanged()
    {
        _stack.Push(ValueKind.I64, Gpr.Rcx);
        _stack.PushLocal(0);
        var owned = _stack.PopOwned(RegisterSet.None);
        Assert.NotEqual((Register)Gpr.Rcx, owned);
        Assert.True(_stack.IsUsed(Gpr.Rcx));
        Assert.False(_stack.IsUsed(owned));
        Assert.NotEqual(0, _assembler.Position);
    }

    [Fact]
    public void WhatIsSavedIsLookedAtNoMoreForConstantsThatAreStored()
    {
        const int locals = 4 * StateChunks.Size;
        for (var i = 0; i < locals; i++)
        {
            _stack.PushConstant(0, ValueKind.I32);
        }

        _stack.DeclareLocals();
        _stack.Save();
        Assert.Equal(0, _stack.NextWithConstants(0, 4));
        for (var i = 0; i < locals; i++)
        {
            if (i != 3 * StateChunks.Size)
            {
                _stack.StoreConstant(i);
            }
        }

        _stack.Save();
        Assert.Equal(3, _stack.NextWithConstants(0, 4));
        _stack.PushLocal(0);
        Assert.Equal(0, _stack.NextWithRegisters(0, 4));
        _stack.SpillBelow(_stack.Height);
        _stack.Drop();
        _stack.Save();
        Assert.Equal(4, _stack.NextWithRegisters(0, 4));
    }

    [Fact]
    public void AConstantIsKnownUntilARegisterIsAskedFor()
    {
        _stack.PushConstant(-7, ValueKind.I64);
        Assert.True(_stack.Peek().IsConstant);
        Assert.True(_stack.PopValue(RegisterSet.None).IsConstant);
        _stack.PushConstant(1L << 40, ValueKind.I64);
        Assert.True(_stack.Peek().IsRegister);
        Assert.NotEqual(0, _assembler.Position);
    }

    [Fact]
    public void WhereAllRegistersAreUsedOneIsSpilledAndNotTheSameAgain()
    {
        var count = CallingConvention.AllocatableGprs.Length;
        for (var i = 0; i < count; i++)
        {
            _stack.Push(ValueKind.I64, _stack.AllocateGpr(RegisterSet.None));
        }

        Assert.Equal(RegisterSet.Gprs, _stack.Used);
        Register first = _stack.AllocateGpr(RegisterSet.None);
        Assert.False(_stack.IsUsed(first));
        _stack.Push(ValueKind.I64, first);
        Register second = _stack.AllocateGpr(RegisterSet.None);
        Assert.NotEqual(first, second);
        var inFrame = 0;
        foreach (var value in _stack.Values)
        {
            inFrame += value.IsFrame ? 1 : 0;
        }

        Assert.Equal(2, inFrame);
    }

    [Fact]
    public void AllValuesOfARegisterThatIsVacatedGoToAnotherOne()
    {
        _stack.Push(ValueKind.I64, Gpr.Rax);
        _stack.PushLocal(0);
        _stack.Vacate(Gpr.Rax, RegisterSet.None);
        Assert.False(_stack.IsUsed(Gpr.Rax));
        Assert.True(_stack[0].IsRegister);
        Assert.Equal(_stack[0].Register, _stack[1].Register);
        _stack.Drop(2);
        Assert.Equal(RegisterSet.None, _stack.Used);
    }

    [Fact]
    public void WhatLiesBelowACallGivesUpItsRegisters()
    {
        _stack.Push(ValueKind.I64, Gpr.Rcx);
        _stack.Push(ValueKind.F64, Xmm.Xmm1);
        _stack.Push(StackValue.Known(3, ValueKind.I32));
        _stack.Push(ValueKind.I64, Gpr.Rsi);
        _stack.SpillBelow(3);
        Assert.True(_stack[0].IsFrame);
        Assert.True(_stack[1].IsFrame);
        Assert.True(_stack[2].IsConstant);
        Assert.Equal(RegisterSet.Of(Gpr.Rsi), _stack.Used);

        // What is saved already is not stored again.
        _stack.PushLocal(0);
        _stack.Drop();
        Assert.True(_stack[0].IsSaved);
        var position = _assembler.Position;
        _stack.SpillBelow(3);
        Assert.True(_stack[0].IsFrame);
        Assert.Equal(position, _assembler.Position);
    }

    [Fact]
    public void AStateThatWasSavedIsTakenOverWithItsRegisters()
    {
        _stack.Push(ValueKind.I64, Gpr.Rcx);
        _stack.Push(StackValue.InFrame(ValueKind.F32));
        int[] saved = [.. _stack.Save()];
        _stack.Drop(2);
        _stack.Push(ValueKind.I64, Gpr.Rdi);
        _stack.Restore(saved, 2);
        Assert.Equal(2, _stack.Height);
        Assert.Equal(RegisterSet.Of(Gpr.Rcx), _stack.Used);
        Assert.Equal(ValueKind.F32, _stack[1].Kind);
    }

    [Fact]
    public void AStateSharesTheChunksThatHaveNotChanged()
    {
        PushFrameValues(5 * StateChunks.Size);
        int[] first = [.. _stack.Save()];
        _stack.Push(StackValue.Known(8, ValueKind.I32));
        _stack.SetLocal(2 * StateChunks.Size, keepsTop: false);
        int[] second = [.. _stack.Save()];
        Assert.Equal([0, 1, 3, 4], Enumerable.Range(0, 5).Where(i => first[i] == second[i]));
        Assert.Equal(1, _stack.ConstantLocals);
        _stack.Restore(first, 5 * StateChunks.Size);
        Assert.True(_stack[2 * StateChunks.Size].IsFrame);
        Assert.Equal(0, _stack.ConstantLocals);
        _stack.Restore(second, 5 * StateChunks.Size);
        Assert.Equal(8, _stack[2 * StateChunks.Size].Constant);
        Assert.Equal(1, _stack.ConstantLocals);
    }

    [Fact]
    public void AStateIsRestoredToItsHeightWhateverCameBetween()
    {
        PushFrameValues(3);
        _stack.Push(ValueKind.I64, Gpr.Rcx);
        int[] higher = [.. _stack.Save()];
        _stack.Drop();
        int[] lower = [.. _stack.Save()];
        Assert.Equal(higher, lower);
        _stack.Push(ValueKind.F64, Xmm.Xmm2);
        _stack.Restore(lower, 3);
        Assert.Equal(RegisterSet.None, _stack.Used);
        _stack.Restore(higher, 4);
        Assert.Equal(RegisterSet.Of(Gpr.Rcx), _stack.Used);
        Assert.Equal(ValueKind.I64, _stack.Peek().Kind);
    }

    [Fact]
    public void ARegisterAboveTheStackComesBackWithItsState()
    {
        _stack.Push(ValueKind.I64, Gpr.Rsi);
        PushFrameValues(StateChunks.Size + 2);
        _stack.Push(ValueKind.I64, Gpr.Rcx);
        var height = _stack.Height;
        int[] higher = [.. _stack.Save()];
        _stack.Drop();
        _stack.SpillBelow(_stack.Height);
        Assert.Equal(RegisterSet.None, _stack.Used);
        _stack.Restore(higher, height);
        Assert.Equal(RegisterSet.Of(Gpr.Rsi) | RegisterSet.Of(Gpr.Rcx), _stack.Used);
    }

    [Fact]
    public void NumbersOfChunksThatAreGoneMeanNothing()
    {
        PushFrameValues(1);
        var kept = _chunks.Count;
        int[] gone = [.. _stack.Save()];
        _chunks.Truncate(kept);
        _stack.ForgetFrom(kept);
        Assert.Equal(gone[0], _chunks.Add([StackValue.Known(1, ValueKind.I32)]));
        _stack.Restore(gone, 1);
        Assert.True(_stack.Peek().IsConstant);
    }

    [Fact]
    public void RegistersAreFoundBelowManyChunks()
    {
        _stack.Push(ValueKind.I64, Gpr.Rcx);
        PushFrameValues(10 * StateChunks.Size);
        _stack.Push(ValueKind.I64, Gpr.Rsi);
        var height = _stack.Height;
        _stack.SpillBelow(height - 1);
        Assert.True(_stack[0].IsFrame);
        Assert.Equal(RegisterSet.Of(Gpr.Rsi), _stack.Used);
        _stack.SpillBelow(height);
        Assert.Equal(RegisterSet.None, _stack.Used);
        _stack.PushLocal(0);
        _stack.Vacate(_stack.Peek().Register, RegisterSet.None);
        Assert.Equal(_stack.Peek().Register, _stack[0].Register);
        _stack.SpillBelow(_stack.Height);
        Assert.Equal(RegisterSet.None, _stack.Used);
    }

    [Fact]
    public void ReferencesAreFoundAfterEveryChange()
    {
        PushFrameValues(StateChunks.Size);
        _stack.Push(StackValue.InFrame(ValueKind.Ref));
        _stack.Push(ValueKind.Ref, Gpr.Rdx);
        Assert.Equal([0UL, 1UL], [.. _stack.References(out var registers, out _)]);
        Assert.Equal(RegisterSet.Of(Gpr.Rdx), registers);
        int[] saved = [.. _stack.Save()];
        _stack.SpillBelow(_stack.Height);
        Assert.Equal([0UL, 3UL], [.. _stack.References(out registers, out _)]);
        Assert.Equal(RegisterSet.None, registers);
        _stack.Restore(saved, _stack.Height);
        Assert.Equal([0UL, 1UL], [.. _stack.References(out registers, out _)]);
        Assert.Equal(RegisterSet.Of(Gpr.Rdx), registers);
    }

    [Fact]
    public void AChunkWithTheValuesOfASavedOneBecomesIt()
    {
        PushFrameValues(3 * StateChunks.Size);
        int[] saved = [.. _stack.Save()];
        _stack.PushLocal(StateChunks.Size);
        _stack.Drop();
        _stack.SpillBelow(_stack.Height);
        Assert.Equal(1, _stack.NextDifference(saved, 0));
        _stack.Adopt(1, saved[1]);
        Assert.Equal(3, _stack.NextDifference(saved, 0));
        Assert.Equal(3, _stack.CountFrom(0));
        _stack.Push(StackValue.Known(5, ValueKind.I32));
        _stack.SetLocal(StateChunks.Size, keepsTop: false);
        Assert.Equal(1, _stack.NextDifference(saved, 0));
        Assert.Equal(2, _stack.CountFrom(0));
    }

    [Fact]
    public void ConstantsAreLookedAtWhereTheyAreNew()
    {
        PushFrameValues(3 * StateChunks.Size);
        Assert.Equal(3, _stack.NextWithNewConstants(0, 3));
        SetConstant(2 * StateChunks.Size);
        Assert.Equal(2, _stack.NextWithNewConstants(0, 3));
        _stack.HasSeenConstants(2);
        Assert.Equal(3, _stack.NextWithNewConstants(0, 3));
        SetConstant(StateChunks.Size);
        Assert.Equal(1, _stack.NextWithNewConstants(0, 3));
        _stack.HasSeenConstants(1);
        _stack.LookAtConstants();
        Assert.Equal(1, _stack.NextWithNewConstants(0, 3));
        Assert.Equal(2, _stack.NextWithNewConstants(2, 3));
    }

    private void SetConstant(int local)
    {
        _stack.Push(StackValue.Known(9, ValueKind.I32));
        _stack.SetLocal(local, keepsTop: false);
    }

    private void PushFrameValues(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _stack.Push(StackValue.InFrame(ValueKind.I32));
        }

        _stack.DeclareLocals();
    }
}
