using Harness.Engine.Optimizer.Lowering;

namespace Harness.Engine.Optimizer.RegisterAllocation;

/// <summary>
/// Puts moves that happen at the same time into an order in which they can be made one after the other; a cycle is broken by a
/// scratch place.
/// </summary>
internal sealed class ParallelMoves
{
    private readonly GrowList<Move> pending = new();
    private readonly GrowList<Move> constants = new();

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
                saved = emitter.ScratchFor(overwritten);
                emitter.EmitMove(new Move(overwritten, saved, pending[i].Type));
            }

            pending[i] = pending[i] with { From = saved };
        }
    }
}

/// <summary>Makes single moves.</summary>
internal interface IMoveEmitter
{
    /// <summary>Makes a move.</summary>
    void EmitMove(Move move);

    /// <summary>A free place to keep what lies in a place while it is overwritten; it is taken until the group is done.</summary>
    Location ScratchFor(Location location);
}
