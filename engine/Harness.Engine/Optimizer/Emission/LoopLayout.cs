using Harness.Engine.Optimizer.Lowering;

namespace Harness.Engine.Optimizer.Emission;

/// <summary>
/// Decides where the headers of loops are emitted. One that decides whether the loop goes on moves behind the loop's last block
/// if that only jumps back to it, so that an iteration has one jump instead of two.
/// </summary>
internal static class LoopLayout
{
    /// <summary>Fills <see cref="LirCode.EmissionOrder"/>; the block that a rotated loop begins with counts as its header.</summary>
    /// <param name="code">The code.</param>
    /// <param name="targets">For each block, the block where a jump to it really goes.</param>
    public static void Run(LirCode code, int[] targets)
    {
        for (int i = 0; i < code.BlockCount; i++)
        {
            if (targets[i] == i)
            {
                code.EmissionOrder.Add(i);
            }
        }

        Span<int> order = code.EmissionOrder.Span;
        for (int i = order.Length - 2; i >= 0; i--)
        {
            int end = EndOfLoop(code, order, i);
            if (end > i && IsRotatable(code, targets, order, i, end))
            {
                int header = order[i];
                order[(i + 1)..(end + 1)].CopyTo(order[i..]);
                order[end] = header;
                code.Block(header).IsLoopHeader = false;
                code.Block(order[i]).IsLoopHeader = true;
            }
        }
    }

    /// <summary>The place of the last block of the loop whose header is at a place; that place itself if there is none.</summary>
    private static int EndOfLoop(LirCode code, ReadOnlySpan<int> order, int place)
    {
        ref LirBlock header = ref code.Block(order[place]);
        if (!header.IsLoopHeader || header.IsCold)
        {
            return place;
        }

        int depth = header.LoopDepth;
        int end = place;
        while (end + 1 < order.Length)
        {
            ref LirBlock next = ref code.Block(order[end + 1]);
            if (next.IsCold || next.LoopDepth < depth || (next.LoopDepth == depth && next.IsLoopHeader))
            {
                break;
            }

            end++;
        }

        return end;
    }

    /// <summary>Whether the header goes on to the next block or leaves the loop, and the last block jumps to the header.</summary>
    private static bool IsRotatable(LirCode code, int[] targets, ReadOnlySpan<int> order, int place, int end)
    {
        ref LirBlock header = ref code.Block(order[place]);
        ref LirBlock last = ref code.Block(order[end]);
        if (code.Instruction(header.EndInstruction - 1).Op is not (LirOp.Branch or LirOp.BranchOnType)
            || code.Instruction(last.EndInstruction - 1).Op != LirOp.Jump
            || targets[code.Successors[last.FirstSuccessor]] != order[place])
        {
            return false;
        }

        int first = targets[code.Successors[header.FirstSuccessor]];
        int second = targets[code.Successors[header.FirstSuccessor + 1]];
        int next = order[place + 1];
        ReadOnlySpan<int> loop = order[place..(end + 1)];
        return (first == next && !loop.Contains(second)) || (second == next && !loop.Contains(first));
    }
}
