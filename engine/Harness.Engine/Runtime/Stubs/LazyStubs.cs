using Harness.Engine.X64;

namespace Harness.Engine.Runtime.Stubs;

/// <summary>
/// The entries of functions that have no code yet. They know no more than the function's index, so that all modules of the
/// process share them.
/// </summary>
internal static class LazyStubs
{
    private const int StubBytes = 16;
    private const int StubsPerBlock = 1024;

    private static readonly Lock Gate = new();
    private static readonly List<nint> Blocks = [];

    /// <summary>The entry of a function with an index.</summary>
    public static nint EntryOf(int functionIndex)
    {
        var (block, index) = Math.DivRem(functionIndex, StubsPerBlock);
        lock (Gate)
        {
            while (Blocks.Count <= block)
            {
                Blocks.Add(Emit(Blocks.Count * StubsPerBlock));
            }

            return Blocks[block] + (index * StubBytes);
        }
    }

    private static nint Emit(int firstIndex)
    {
        using var assembler = new Assembler(StubsPerBlock * StubBytes);
        for (var i = 0; i < StubsPerBlock; i++)
        {
            assembler.MovImm(CallingConvention.Scratch, firstIndex + i);
            assembler.Jmp(NativeRuntime.AddressOf(Stub.LazyCompile));
            assembler.Align(StubBytes);
        }

        return NativeRuntime.CodeSpace.Publish(assembler).Address;
    }
}
