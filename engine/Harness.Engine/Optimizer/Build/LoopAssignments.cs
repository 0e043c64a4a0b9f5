using System.Numerics;
using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Build;

/// <summary>
/// For each loop of a function, the locals assigned in it: those that need a parameter of the loop header. Found in one pass
/// over the body, before the graph is built.
/// </summary>
internal sealed class LoopAssignments
{
    private readonly Dictionary<int, int[]> assigned = [];

    /// <summary>Looks through a function's body.</summary>
    /// <param name="reader">Stands on the first instruction.</param>
    /// <param name="localCount">Number of parameters and locals.</param>
    public LoopAssignments(BytecodeReader reader, int localCount)
    {
        int words = (localCount + 63) / 64;
        var open = new Stack<(int LoopOffset, ulong[]? Set)>();
        var loops = new Stack<ulong[]>();
        while (!reader.IsAtEnd)
        {
            int offset = reader.Offset;
            Opcode opcode = reader.ReadOpcode();
            switch (opcode)
            {
                case Opcode.Loop:
                    reader.SkipImmediates(opcode);
                    loops.Push(new ulong[words]);
                    open.Push((offset, loops.Peek()));
                    break;
                case Opcode.Block or Opcode.If or Opcode.TryTable or Opcode.Try:
                    reader.SkipImmediates(opcode);
                    open.Push((offset, null));
                    break;
                case Opcode.End when open.TryPop(out (int LoopOffset, ulong[]? Set) closed):
                    if (closed.Set is not null)
                    {
                        Close(closed.LoopOffset, closed.Set, loops);
                    }

                    break;
                case Opcode.Delegate:
                    reader.SkipImmediates(opcode);
                    open.Pop();
                    break;
                case Opcode.LocalSet or Opcode.LocalTee:
                    int local = reader.ReadIndex();
                    if (loops.TryPeek(out ulong[]? set))
                    {
                        set[local / 64] |= 1UL << (local % 64);
                    }

                    break;
                default:
                    reader.SkipImmediates(opcode);
                    break;
            }
        }
    }

    /// <summary>The locals assigned in the loop whose <c>loop</c> instruction is at an offset, ascending.</summary>
    public int[] In(int loopOffset) => assigned[loopOffset];

    private void Close(int loopOffset, ulong[] set, Stack<ulong[]> loops)
    {
        loops.Pop();
        var locals = new List<int>();
        for (int word = 0; word < set.Length; word++)
        {
            for (ulong bits = set[word]; bits != 0; bits &= bits - 1)
            {
                locals.Add((word * 64) + BitOperations.TrailingZeroCount(bits));
            }

            if (loops.TryPeek(out ulong[]? outer))
            {
                outer[word] |= set[word];
            }
        }

        assigned[loopOffset] = [.. locals];
    }
}
