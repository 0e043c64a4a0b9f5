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
        var block = space.Publish(assembler);

        Assert.Equal(1000 + 4 * 3 + 7, ((delegate* unmanaged<long, long, long>)block.Executable)(1000, 3));
    }

    [Fact]
    public void ReachesCodeElsewhereInTheSpace()
    {
        using var space = new CodeSpace();
        using var assembler = new Assembler();
        assembler.Alu(AluOp.Add, OpSize.Dword, Gpr.Rax, 1);
        assembler.Ret();
        var increment = space.Publish(assembler);
        assembler.Reset();
        assembler.Zero(Gpr.Rax);
        assembler.Call(increment.Address);
        assembler.Call(increment.Address);
        assembler.Test(OpSize.Dword, Gpr.Rax, Gpr.Rax);
        assembler.Jcc(Condition.NotZero, increment.Address);
        assembler.Ud2();
        var caller = space.Publish(assembler);

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
        var block = space.Allocate(16);
        block.Writable[3] = 0x5A;

        Assert.Equal(0x5A, block.Executable[3]);
        var maps = File.ReadAllText("/proc/self/maps");
        Assert.Contains($"{(nint)block.Writable:x}-{(nint)block.Writable + (1 << 20):x} rw-s", maps, StringComparison.Ordinal);
        Assert.Contains($"{(nint)space.Regions[0].Start:x}-{(nint)space.Regions[0].End:x} r-xs", maps, StringComparison.Ordinal);
    }

    [Fact]
    public void KnowsItsAddresses()
    {
        using var space = new CodeSpace(1 << 20, mostRegions: 2);
        space.Allocate(100, region: 1);

        Assert.Equal(2, space.Regions.Count);
        foreach (var region in space.Regions)
        {
            Assert.True(space.Contains((nint)region.Start));
            Assert.True(space.Contains((nint)region.End - 1));
            Assert.True(region.Contains((nint)region.End - 1));
            Assert.False(region.Contains((nint)region.Start - 1));
            Assert.False(region.Contains((nint)region.End));
        }

        Assert.False(space.Contains(1));
    }

    [Fact]
    public void AFullRegionIsFollowedByAnother()
    {
        using var space = new CodeSpace(4096, mostRegions: 3);
        CodeBlock[] blocks = [.. Enumerable.Range(0, 3 * 64).Select(_ => space.Allocate(CodeSpace.BlockAlignment))];
        Assert.Equal(3, space.Regions.Count);
        for (var i = 0; i < blocks.Length; i++)
        {
            Assert.True(space.Regions[i / 64].Contains(blocks[i].Address));
        }

        Assert.Throws<InsufficientMemoryException>(() => space.Allocate(1));

        // What is freed in any of them is taken again, that in the first one first.
        space.Free(blocks[150]);
        space.Free(blocks[80]);
        space.Free(blocks[7]);
        foreach (var freed in (int[])[7, 80, 150])
        {
            Assert.Equal(blocks[freed].Address, space.Allocate(10).Address);
        }

        Assert.Throws<InsufficientMemoryException>(() => space.Allocate(1));
        Assert.Equal(3, space.Regions.Count);
    }

    [Fact]
    public void WhatNoRegionHasRoomForMakesNone()
    {
        using var space = new CodeSpace(4096, mostRegions: 3);
        var fault = Assert.Throws<InsufficientMemoryException>(() => space.Allocate(5000));
        Assert.Contains("no room for 5000 bytes", fault.Message, StringComparison.Ordinal);
        Assert.Single(space.Regions);
    }

    [Fact]
    public void CodeCallsTheSharedCodeOfItsOwnRegion()
    {
        using var space = new CodeSpace(1 << 16, mostRegions: 3);
        using var assembler = Returning(20);
        var shared = space.PublishShared(assembler).Address;
        var told = new List<CodeRegion>();
        space.Watch(told.Add);
        for (var region = 2; region >= 0; region--)
        {
            assembler.Reset();
            assembler.Call(shared);
            assembler.Alu(AluOp.Add, OpSize.Dword, Gpr.Rax, region);
            assembler.Ret();
            var caller = space.Publish(assembler, region: region);

            Assert.True(space.Regions[region].Contains(caller.Address));
            var target = caller.Address + 5 + *(int*)(caller.Executable + 1);
            Assert.Equal((nint)space.Regions[region].Start, target);
            Assert.Equal(20 + region, ((delegate* unmanaged<int>)caller.Executable)());
        }

        Assert.Equal(space.Regions, told);
        Assert.All(space.Regions, region => Assert.Equal(space.Regions[0].SharedCode.Bytes.ToArray(), region.SharedCode.Bytes.ToArray()));
    }

    [Fact]
    public void SharedCodeComesFirstAndRefersToNothingElse()
    {
        using var space = new CodeSpace(1 << 16);
        using var assembler = Returning(1);
        assembler.Call((nint)space.Regions[0].Start);
        Assert.Throws<InvalidOperationException>(() => space.PublishShared(assembler));

        using var other = Returning(1);
        space.Publish(other);
        Assert.Throws<InvalidOperationException>(() => space.PublishShared(other));
    }

    [Fact]
    public void ARegionThatHasBecomeEmptyGivesItsMemoryBack()
    {
        const int size = 1 << 16;
        using var space = new CodeSpace(size, mostRegions: 2);
        using var assembler = Returning(1);
        space.PublishShared(assembler);
        var first = space.Allocate(size / 2, region: 1);
        var second = space.Allocate(100, region: 1);
        new Span<byte>(first.Writable, first.Size).Fill(7);
        space.Free(first);
        Assert.Equal(0xCC, first.Executable[(size / 2) - 1]);

        space.Free(second);
        Assert.Equal(0, first.Executable[(size / 2) - 1]);
        Assert.Equal(1, ((delegate* unmanaged<int>)space.Regions[1].SharedCode.Executable)());
        Assert.Equal(first.Address, space.Allocate(size / 2, region: 1).Address);
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
        var joined = space.Allocate(3 * CodeSpace.BlockAlignment - 5);

        Assert.Equal(blocks[10].Address, joined.Address);
        Assert.Throws<InsufficientMemoryException>(() => space.Allocate(1));
    }

    [Fact]
    public void FreedBlocksAreFilledWithBreakpoints()
    {
        using var space = new CodeSpace(4096);
        var first = space.Publish(Returning(1));
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
        for (var i = 0; i < 5000; i++)
        {
            if (live.Count > 0 && random.Next(3) == 0)
            {
                var at = random.Next(live.Count);
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
            for (var k = 1; k < ordered.Length; k++)
            {
                Assert.True(ordered[k - 1].Address + ordered[k - 1].Size <= ordered[k].Address - ordered[k].Padding);
                Assert.Equal(0, ordered[k].Address % CodeSpace.BlockAlignment);
            }
        }

        live.ForEach(space.Free);
        Assert.Equal((nint)space.Regions[0].Start, space.Allocate(size).Address);
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

        for (var thread = 0; thread < blocks.Length; thread++)
        {
            for (var i = 0; i < 200; i++)
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
