using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Build;

/// <summary>
/// For each loop of a function, the locals assigned in it: those that need a parameter of the loop header. Found in one pass
/// over the body, before the graph is built.
/// </summary>
internal sealed class LoopAssignments
{
    private readonly Dictionary<int, int[]> _assigned = [];

    /// <summary>Looks through a function's body.</summary>
    /// <param name="reader">Stands on the first instruction.</param>
    /// <param name="budget">What the lists are drawn on.</param>
    /// <exception cref="NotSupportedException">Too many locals are assigned in too many loops.</exception>
    public LoopAssignments(BytecodeReader reader, CompilationBudget budget)
    {
        var open = new Stack<(int LoopOffset, HashSet<int>? Set)>();
        var loops = new Stack<HashSet<int>>();
        while (!reader.IsAtEnd)
        {
            var offset = reader.Offset;
            var opcode = reader.ReadOpcode();
            switch (opcode)
            {
                case Opcode.Loop:
                    reader.SkipImmediates(opcode);
                    loops.Push([]);
                    open.Push((offset, loops.Peek()));
                    break;
                case Opcode.Block or Opcode.If or Opcode.TryTable or Opcode.Try:
                    reader.SkipImmediates(opcode);
                    open.Push((offset, null));
                    break;
                case Opcode.End when open.TryPop(out var closed):
                    if (closed.Set is not null)
                    {
                        Close(closed.LoopOffset, closed.Set, loops, budget);
                    }

                    break;
                case Opcode.Delegate:
                    reader.SkipImmediates(opcode);
                    open.Pop();
                    break;
                case Opcode.LocalSet or Opcode.LocalTee:
                    var local = reader.ReadIndex();
                    if (loops.TryPeek(out var set))
                    {
                        set.Add(local);
                    }

                    break;
                default:
                    reader.SkipImmediates(opcode);
                    break;
            }
        }
    }

    /// <summary>The locals assigned in the loop whose <c>loop</c> instruction is at an offset, ascending.</summary>
    public int[] In(int loopOffset) => _assigned[loopOffset];

    private void Close(int loopOffset, HashSet<int> set, Stack<HashSet<int>> loops, CompilationBudget budget)
    {
        loops.Pop();
        budget.Reserve(set.Count);
        int[] locals = [.. set];
        Array.Sort(locals);
        _assigned[loopOffset] = locals;
        if (loops.TryPeek(out var outer))
        {
            outer.UnionWith(locals);
        }
    }
}
