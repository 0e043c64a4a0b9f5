using System.Runtime.InteropServices;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Lowering;

namespace Harness.Engine.Optimizer.RegisterAllocation;

/// <summary>
/// Puts moves that happen at the same time into an order in which they can be made one after the other; a cycle is broken by a
/// scratch place.
/// </summary>
internal sealed class ParallelMoves
{
    /// <summary>Groups of up to so many moves are searched for who reads a place; in larger ones readers are counted.</summary>
    private const int SearchedMoves = 24;

    private readonly GrowList<Move> pending = new();
    private readonly GrowList<Move> constants = new();
    private readonly Dictionary<int, Readers> readersOf = [];
    private readonly Dictionary<int, int> writerOf = [];
    private readonly GrowList<int> ready = new();
    private readonly GrowList<bool> isMade = new();

    /// <summary>Adds a move to the group.</summary>
    public void Add(Move move)
    {
        if (move.From.IsNone)
        {
            constants.Add(move);
        }
        else if (move.From != move.To)
        {
            pending.Add(move);
        }
    }

    /// <summary>Makes the moves of the group, which is empty afterwards.</summary>
    /// <param name="emitter">Makes single moves.</param>
    public void Emit(IMoveEmitter emitter)
    {
        if (pending.Count > SearchedMoves)
        {
            EmitLarge(emitter);
        }

        while (pending.Count > 0)
        {
            if (!EmitReady(emitter))
            {
                BreakCycle(emitter);
            }
        }

        foreach (Move move in constants.Span)
        {
            emitter.EmitMove(move);
        }

        constants.Clear();
    }

    /// <summary>Makes the moves to places that no other move reads; says whether there was one.</summary>
    private bool EmitReady(IMoveEmitter emitter)
    {
        bool isAny = false;
        for (int i = 0; i < pending.Count;)
        {
            Move move = pending[i];
            if (IsRead(move.To, i))
            {
                i++;
                continue;
            }

            emitter.EmitMove(move);
            Remove(i);
            isAny = true;
        }

        return isAny;
    }

    private bool IsRead(Location location, int except)
    {
        for (int i = 0; i < pending.Count; i++)
        {
            if (i != except && pending[i].From == location)
            {
                return true;
            }
        }

        return false;
    }

    private void Remove(int index)
    {
        pending[index] = pending[pending.Count - 1];
        pending.Truncate(pending.Count - 1);
    }

    /// <summary>Saves what the first move would overwrite, and lets its readers take it from there.</summary>
    private void BreakCycle(IMoveEmitter emitter)
    {
        Location overwritten = pending[0].To;
        Location saved = Location.None;
        for (int i = 0; i < pending.Count; i++)
        {
            if (pending[i].From != overwritten)
            {
                continue;
            }

            if (saved.IsNone)
            {
                saved = emitter.ScratchFor(pending[i].Type);
                emitter.EmitMove(new Move(overwritten, saved, pending[i].Type));
            }

            pending[i] = pending[i] with { From = saved };
        }
    }

    /// <summary>Makes all moves in a time that is in proportion to their number: a move is ready once nobody reads the place that it writes.</summary>
    private void EmitLarge(IMoveEmitter emitter)
    {
        readersOf.Clear();
        writerOf.Clear();
        isMade.Clear();
        isMade.AddMany(false, pending.Count);
        for (int i = 0; i < pending.Count; i++)
        {
            CountReader(pending[i].From, i, 1);
            writerOf[pending[i].To.Code] = i;
        }

        for (int i = pending.Count - 1; i >= 0; i--)
        {
            if (!readersOf.ContainsKey(pending[i].To.Code))
            {
                ready.Add(i);
            }
        }

        EmitAllReady(emitter);
        for (int i = 0; i < pending.Count; i++)
        {
            if (!isMade[i])
            {
                // Only cycles are left, in which each place has one reader.
                Location overwritten = pending[i].To;
                int reader = readersOf[overwritten.Code].Combined;
                Location saved = emitter.ScratchFor(pending[reader].Type);
                emitter.EmitMove(new Move(overwritten, saved, pending[reader].Type));
                pending[reader] = pending[reader] with { From = saved };
                ready.Add(i);
                EmitAllReady(emitter);
            }
        }

        pending.Clear();
    }

    /// <summary>Makes the moves that are ready, and those that become so.</summary>
    private void EmitAllReady(IMoveEmitter emitter)
    {
        while (ready.Count > 0)
        {
            int index = ready[ready.Count - 1];
            ready.Truncate(ready.Count - 1);
            Location from = pending[index].From;
            emitter.EmitMove(pending[index]);
            isMade[index] = true;
            if (readersOf.ContainsKey(from.Code) && CountReader(from, index, -1) == 0
                && writerOf.TryGetValue(from.Code, out int writer) && !isMade[writer])
            {
                ready.Add(writer);
            }
        }
    }

    /// <summary>Counts a move as one that reads a place, or as one that has done so; says how many are left.</summary>
    private int CountReader(Location place, int index, int change)
    {
        ref Readers readers = ref CollectionsMarshal.GetValueRefOrAddDefault(readersOf, place.Code, out _);
        readers.Count += change;
        readers.Combined ^= index;
        return readers.Count;
    }

    /// <summary>The moves that read a place.</summary>
    private struct Readers
    {
        public int Count;

        /// <summary>The exclusive or of their indices: the index, where there is but one.</summary>
        public int Combined;
    }
}

/// <summary>Makes single moves.</summary>
internal interface IMoveEmitter
{
    /// <summary>Makes a move.</summary>
    void EmitMove(Move move);

    /// <summary>A free place to keep a value of a type while its own place is overwritten; it is taken until the next one is asked for.</summary>
    Location ScratchFor(IrType type);
}
