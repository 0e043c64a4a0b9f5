using Harness.Engine.X64;

namespace Harness.Engine.Tests.X64;

/// <summary>Constants and jump tables behind the code, seen by running it.</summary>
public sealed unsafe class DataTests : IDisposable
{
    private readonly CodeSpace _space = new(1 << 20);
    private readonly Assembler _assembler = new();

    public void Dispose()
    {
        _assembler.Dispose();
        _space.Dispose();
    }

    [Fact]
    public void ConstantsOfAllSizesAreLoaded()
    {
        _assembler.Mov(OpSize.Dword, Gpr.Rax, _assembler.Constant32(0x89ABCDEF));
        _assembler.Alu(AluOp.Add, OpSize.Qword, Gpr.Rax, _assembler.Constant64(0x1_0000_0000));
        _assembler.MovAps(Xmm.Xmm0, _assembler.Constant128(5, 6));
        _assembler.Sse(SseOp.XorPs, Xmm.Xmm0, _assembler.Constant128(1, 6));
        _assembler.MovBits(OpSize.Qword, Gpr.Rcx, Xmm.Xmm0);
        _assembler.Unary(UnaryOp.Not, OpSize.Qword, Gpr.Rcx);
        _assembler.Alu(AluOp.Xor, OpSize.Qword, Gpr.Rax, Gpr.Rcx);
        _assembler.Ret();

        Assert.Equal(0x1_89AB_CDEF ^ ~4L, ((delegate* unmanaged<long>)_space.Publish(_assembler).Executable)());
    }

    [Fact]
    public void EqualConstantsAreStoredOnceAndSizesApart()
    {
        Mem[] constants =
        [
            _assembler.Constant64(1),
            _assembler.Constant64(1),
            _assembler.Constant32(1),
            _assembler.Constant128(1, 0),
            _assembler.Constant64(2),
            _assembler.Constant128(1, 0),
        ];
        _assembler.Ret();
        _assembler.Finish();

        Assert.Equal(4, constants.Select(constant => constant.Label).Distinct().Count());
        Assert.Equal(1, _assembler.InstructionBytes);
        Assert.Equal(16 + 16 + 2 * 8 + 4, _assembler.Position);
        Assert.Equal(16, _assembler.OffsetOf(constants[3].Label));
    }

    [Fact]
    public void ConstantsOfTheLastFunctionAreForgotten()
    {
        _assembler.Constant64(7);
        _assembler.Finish();
        _assembler.Reset();
        _assembler.Ret();
        _assembler.Finish();

        Assert.Equal(1, _assembler.Position);
    }

    [Fact]
    public void JumpTablesSelectTheirTargets()
    {
        Label[] targets = [.. Enumerable.Range(0, 20).Select(_ => _assembler.NewLabel())];
        _assembler.Mov(OpSize.Dword, Gpr.Rdi, Gpr.Rdi);
        _assembler.JmpTable(Gpr.Rdi, Gpr.R10, targets);
        for (var i = targets.Length - 1; i >= 0; i--)
        {
            _assembler.Bind(targets[i]);
            _assembler.MovImm(Gpr.Rax, i * 3);
            _assembler.Ret();
        }

        var select = (delegate* unmanaged<int, int>)_space.Publish(_assembler).Executable;
        for (var i = 0; i < targets.Length; i++)
        {
            Assert.Equal(i * 3, select(i));
        }
    }

    [Fact]
    public void TablesOfDistancesCanBeWrittenByHand()
    {
        var table = _assembler.NewLabel();
        var behind = _assembler.NewLabel();
        _assembler.LeaLabel(Gpr.Rax, table);
        _assembler.MovSx(OpSize.Qword, OpSize.Dword, Gpr.Rdi, Mem.BaseIndex(Gpr.Rax, Gpr.Rdi, 4));
        _assembler.Alu(AluOp.Add, OpSize.Qword, Gpr.Rax, Gpr.Rdi);
        _assembler.Jmp(Gpr.Rax);
        var before = _assembler.NewBoundLabel();
        _assembler.MovImm(Gpr.Rax, 1);
        _assembler.Ret();
        _assembler.Bind(table);
        _assembler.EmitLabelOffset(before, table);
        _assembler.EmitLabelOffset(behind, table);
        _assembler.Bind(behind);
        _assembler.MovImm(Gpr.Rax, 2);
        _assembler.Ret();

        var select = (delegate* unmanaged<long, int>)_space.Publish(_assembler).Executable;
        Assert.Equal(1, select(0));
        Assert.Equal(2, select(1));
    }

    [Fact]
    public void AddressesElsewhereAreRelative()
    {
        var data = _space.Allocate(64);
        *(int*)data.Writable = 4711;
        _assembler.LeaAddress(Gpr.R9, data.Address);
        _assembler.Mov(OpSize.Dword, Gpr.Rax, Mem.Base(Gpr.R9));
        _assembler.LeaAddress(Gpr.Rcx, data.Address + 1);
        _assembler.Alu(AluOp.Sub, OpSize.Qword, Gpr.Rcx, Gpr.R9);
        _assembler.Alu(AluOp.Add, OpSize.Dword, Gpr.Rax, Gpr.Rcx);
        _assembler.Ret();

        Assert.Equal(4712, ((delegate* unmanaged<int>)_space.Publish(_assembler).Executable)());
    }
}
