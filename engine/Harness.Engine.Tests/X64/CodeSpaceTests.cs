using Harness.Engine.X64;

namespace Harness.Engine.Tests.X64;

/// <summary>Code is written through one mapping and runs in another.</summary>
public sealed unsafe class CodeSpaceTests
{
    [Fact]
    public void RunsPublishedCode()
    {
        using var space = new CodeSpace();
        using var assembler = new Assembler();
        assembler.Lea(OpSize.Qword, Gpr.Rax, Mem.BaseIndex(Gpr.Rdi, Gpr.Rsi, 4, 7));
        assembler.Ret();
        CodeBlock block = space.Publish(assembler);

        Assert.Equal(1000 + 4 * 3 + 7, ((delegate* unmanaged<long, long, long>)block.Executable)(1000, 3));
    }

    [Fact]
    public void ReachesCodeElsewhereInTheSpace()
    {
        using var space = new CodeSpace();
        using var assembler = new Assembler();
        assembler.Alu(AluOp.Add, OpSize.Dword, Gpr.Rax, 1);
        assembler.Ret();
        CodeBlock increment = space.Publish(assembler);
        assembler.Reset();
        assembler.Zero(Gpr.Rax);
        assembler.Call(increment.Address);
        assembler.Call(increment.Address);
        assembler.Test(OpSize.Dword, Gpr.Rax, Gpr.Rax);
        assembler.Jcc(Condition.NotZero, increment.Address);
        assembler.Ud2();
        CodeBlock caller = space.Publish(assembler);

        Assert.Equal(3, ((delegate* unmanaged<int>)caller.Executable)());
    }

    [Fact]
    public void RefusesTargetsTooFarAway()
    {
        using var space = new CodeSpace(1 << 20);
        using var assembler = new Assembler();
        assembler.Call(space.Publish(Returning(0)).Address + unchecked((nint)(1L << 33)));

        Assert.Throws<InvalidOperationException>(() => space.Publish(assembler));
    }

    [Fact]
    public void BothMappingsShowTheSameBytesButOnlyOneCanBeWritten()
    {
        using var space = new CodeSpace(1 << 20);
        CodeBlock block = space.Allocate(16);
        block.Writable[3] = 0x5A;

        Assert.Equal(0x5A, block.Executable[3]);
        string maps = File.ReadAllText("/proc/self/maps");
        Assert.Contains($"{(nint)block.Writable:x}-{(nint)block.Writable + (1 << 20):x} rw-s", maps, StringComparison.Ordinal);
        Assert.Contains($"{(nint)space.Start:x}-{(nint)space.End:x} r-xs", maps, StringComparison.Ordinal);
    }

    [Fact]
    public void KnowsItsAddresses()
    {
        using var space = new CodeSpace(1 << 20);

        Assert.True(space.Contains((nint)space.Start));
        Assert.True(space.Contains((nint)space.End - 1));
        Assert.False(space.Contains((nint)space.Start - 1));
        Assert.False(space.Contains((nint)space.End));
    }

    [Fact]
    public void ReusesFreedBlocksAndJoinsNeighbours()
    {
        using var space = new CodeSpace(4096);
        CodeBlock[] blocks = [.. Enumerable.Range(0, 64).Select(_ => space.Allocate(CodeSpace.BlockAlignment))];
        Assert.Throws<InsufficientMemoryException>(() => space.Allocate(1));

        space.Free(blocks[10]);
        space.Free(blocks[12]);
        space.Free(blocks[11]);
        CodeBlock joined = space.Allocate(3 * CodeSpace.BlockAlignment - 5);

        Assert.Equal(blocks[10].Address, joined.Address);
        Assert.Throws<InsufficientMemoryException>(() => space.Allocate(1));
    }

    [Fact]
    public void FreedBlocksAreFilledWithBreakpoints()
    {
        using var space = new CodeSpace(4096);
        CodeBlock first = space.Publish(Returning(1));
        space.Free(first);

        Assert.Equal(Enumerable.Repeat((byte)0xCC, first.Size), first.Bytes.ToArray());
    }

    [Fact]
    public void RandomBlocksNeverOverlapAndAllRoomComesBack()
    {
        const int size = 1 << 16;
        using var space = new CodeSpace(size);
        var random = new Random(7);
        var live = new List<CodeBlock>();
        for (int i = 0; i < 5000; i++)
        {
            if (live.Count > 0 && random.Next(3) == 0)
            {
                int at = random.Next(live.Count);
                space.Free(live[at]);
                live.RemoveAt(at);
                continue;
            }

            try
            {
                live.Add(space.Allocate(random.Next(1, 2000), random.Next(3) * random.Next(4) * CodeSpace.BlockAlignment));
            }
            catch (InsufficientMemoryException)
            {
                space.Free(live[^1]);
                live.RemoveAt(live.Count - 1);
            }

            CodeBlock[] ordered = [.. live.OrderBy(block => block.Address)];
            for (int k = 1; k < ordered.Length; k++)
            {
                Assert.True(ordered[k - 1].Address + ordered[k - 1].Size <= ordered[k].Address - ordered[k].Padding);
                Assert.Equal(0, ordered[k].Address % CodeSpace.BlockAlignment);
            }
        }

        live.ForEach(space.Free);
        Assert.Equal((nint)space.Start, space.Allocate(size).Address);
    }

    [Fact]
    public void ThreadsGetBlocksOfTheirOwn()
    {
        using var space = new CodeSpace(1 << 24);
        var blocks = new CodeBlock[4][];
        Parallel.For(0, blocks.Length, thread =>
        {
            blocks[thread] = [.. Enumerable.Range(0, 200).Select(i => space.Publish(Returning((thread << 8) | i)))];
        });

        for (int thread = 0; thread < blocks.Length; thread++)
        {
            for (int i = 0; i < 200; i++)
            {
                Assert.Equal((thread << 8) | i, ((delegate* unmanaged<int>)blocks[thread][i].Executable)());
            }
        }
    }

    private static Assembler Returning(int value)
    {
        var assembler = new Assembler(256);
        assembler.MovImm(Gpr.Rax, value);
        assembler.Ret();
        return assembler;
    }
}
