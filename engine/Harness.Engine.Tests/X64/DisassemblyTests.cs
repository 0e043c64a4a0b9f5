using Harness.Engine.X64;

namespace Harness.Engine.Tests.X64;

/// <summary>The text of machine code: readable, and the same wherever the code lies.</summary>
public sealed class DisassemblyTests
{
    private const string Expected =
        """
          push rbp
          test edi, edi                                 ; wasm 0x10
          je L2
        L1:
          addsd xmm0, [rel C2]
          andps xmm1, [rel C1]
          mov rax, heap
          cmp dword [rax+rcx*4-8], -1
          jne L1
          call trap
        L2:
          lea rdx, [rel T1]
          movsxd rcx, [rdx+rcx*4]
          add rdx, rcx
          jmp rdx
        L3:
          mov eax, 0x1000
          ret
        C1:
          dq 0xffffffff
          dq 0x0
        C2:
          dq 0x3ff8000000000000
        T1:
          dd L3 - T1
          dd L1 - T1

        """;

    [Fact]
    public void ShowsLabelsNamesDataAndComments()
    {
        using var space = new CodeSpace(1 << 20);
        var trap = space.Allocate(1).Address;
        Assert.Equal(Expected, Text(space, trap));
    }

    [Fact]
    public void DoesNotDependOnTheAddress()
    {
        using var space = new CodeSpace(1 << 20);
        var trap = space.Allocate(1).Address;
        var first = Text(space, trap);
        space.Allocate(5000);

        Assert.Equal(first, Text(space, trap));
    }

    [Fact]
    public void ShowsOffsets()
    {
        using var assembler = new Assembler();
        assembler.MovImm(Gpr.R15, 5);
        assembler.Ret();
        assembler.Finish();

        var lines = Disassembly.Lines(assembler.Code, assembler.InstructionBytes, 0);
        Assert.Equal("     0  mov r15d, 5\n     6  ret\n", Disassembly.Text(lines, withOffsets: true));
    }

    [Fact]
    public void NamesLinesOfTheProfilersMap()
    {
        using var space = new CodeSpace(1 << 20);
        var block = space.Allocate(0x123);

        Assert.Equal($"{block.Address:x} 123 wasm f\n", PerfMap.Line(block, "wasm\nf"));
    }

    private static unsafe string Text(CodeSpace space, nint trap)
    {
        const long heap = 0x7FFF_1234_5678;
        using var assembler = new Assembler();
        var end = assembler.NewLabel();
        var last = assembler.NewLabel();
        assembler.Push(Gpr.Rbp);
        var commented = assembler.Position;
        assembler.Test(OpSize.Dword, Gpr.Rdi, Gpr.Rdi);
        assembler.Jcc(Condition.Equal, end);
        var loop = assembler.NewBoundLabel();
        assembler.Sse(SseOp.AddSd, Xmm.Xmm0, assembler.Constant64(BitConverter.DoubleToUInt64Bits(1.5)));
        assembler.Sse(SseOp.AndPs, Xmm.Xmm1, assembler.Constant128(uint.MaxValue, 0));
        assembler.MovImm(Gpr.Rax, heap);
        assembler.Alu(AluOp.Cmp, OpSize.Dword, Mem.BaseIndex(Gpr.Rax, Gpr.Rcx, 4, -8), -1);
        assembler.Jcc(Condition.NotEqual, loop);
        assembler.Call(trap);
        assembler.Bind(end);
        assembler.JmpTable(Gpr.Rcx, Gpr.Rdx, [last, loop]);
        assembler.Bind(last);
        assembler.MovImm(Gpr.Rax, 0x1000);
        assembler.Ret();
        var block = space.Publish(assembler);
        return Disassembly.Text(Disassembly.Lines(
            block.Bytes,
            assembler.InstructionBytes,
            block.Address,
            address => address == trap ? "trap" : address == heap ? "heap" : null,
            offset => offset == commented ? "wasm 0x10" : null));
    }
}
