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

    private readonly GrowList<Move> _pending = new();
    private readonly GrowList<Move> _constants = new();
    private readonly Dictionary<int, Readers> _readersOf = [];
    private readonly Dictionary<int, int> _writerOf = [];
    private readonly GrowList<int> _ready = new();
    private readonly GrowList<bool> _isMade = new();

    /// <summary>Adds a move to the group.</summary>
    public void Add(Move move)
    {
        if (move.From.IsNone)
        {
            _constants.Add(move);
        }
        else if (move.From != move.To)
        {
            _pending.Add(move);
        }
    }

    /// <summary>Makes the moves of the group, which is empty afterwards.</summary>
    /// <param name="emitter">Makes single moves.</param>
    public void Emit(IMoveEmitter emitter)
    {
        if (_pending.Count > SearchedMoves)
        {
            EmitLarge(emitter);
        }

        while (_pending.Count > 0)
        {
            if (!EmitReady(emitter))
            {
                BreakCycle(emitter);
            }
        }

        foreach (var move in _constants.Span)
        {
            emitter.EmitMove(move);
        }

        _constants.Clear();
    }

    /// <summary>Makes the moves to places that no other move reads; says whether there was one.</summary>
    private bool EmitReady(IMoveEmitter emitter)
    {
        var isAny = false;
        for (var i = 0; i < _pending.Count;)
        {
            var move = _pending[i];
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
        for (var i = 0; i < _pending.Count; i++)
        {
            if (i != except && _pending[i].From == location)
            {
                return true;
            }
        }

        return false;
    }

    private void Remove(int index)
    {
        _pending[index] = _pending[_pending.Count - 1];
        _pending.Truncate(_pending.Count - 1);
    }

    /// <summary>Saves what the first move would overwrite, and lets its readers take it from there.</summary>
    private void BreakCycle(IMoveEmitter emitter)
    {
        var overwritten = _pending[0].To;
        var saved = Location.None;
        for (var i = 0; i < _pending.Count; i++)
        {
            if (_pending[i].From != overwritten)
            {
                continue;
            }

            if (saved.IsNone)
            {
                saved = emitter.ScratchFor(_pending[i].Type);
                emitter.EmitMove(new Move(overwritten, saved, _pending[i].Type));
            }

            _pending[i] = _pending[i] with { From = saved };
        }
    }

    /// <summary>Makes all moves in a time that is in proportion to their number: a move is ready once nobody reads the place that it writes.</summary>
    private void EmitLarge(IMoveEmitter emitter)
    {
        _readersOf.Clear();
        _writerOf.Clear();
        _isMade.Clear();
        _isMade.AddMany(false, _pending.Count);
        for (var i = 0; i < _pending.Count; i++)
        {
            CountReader(_pending[i].From, i, 1);
            _writerOf[_pending[i].To.Code] = i;
        }

        for (var i = _pending.Count - 1; i >= 0; i--)
        {
            if (!_readersOf.ContainsKey(_pending[i].To.Code))
            {
                _ready.Add(i);
            }
        }

        EmitAllReady(emitter);
        for (var i = 0; i < _pending.Count; i++)
        {
            if (!_isMade[i])
            {
                // Only cycles are left, in which each place has one reader.
                var overwritten = _pending[i].To;
                var reader = _readersOf[overwritten.Code].Combined;
                var saved = emitter.ScratchFor(_pending[reader].Type);
                emitter.EmitMove(new Move(overwritten, saved, _pending[reader].Type));
                _pending[reader] = _pending[reader] with { From = saved };
                _ready.Add(i);
                EmitAllReady(emitter);
            }
        }

        _pending.Clear();
    }

    /// <summary>Makes the moves that are ready, and those that become so.</summary>
    private void EmitAllReady(IMoveEmitter emitter)
    {
        while (_ready.Count > 0)
        {
            var index = _ready[_ready.Count - 1];
            _ready.Truncate(_ready.Count - 1);
            var from = _pending[index].From;
            emitter.EmitMove(_pending[index]);
            _isMade[index] = true;
            if (_readersOf.ContainsKey(from.Code) && CountReader(from, index, -1) == 0
                && _writerOf.TryGetValue(from.Code, out var writer) && !_isMade[writer])
            {
                _ready.Add(writer);
            }
        }
    }

    /// <summary>Counts a move as one that reads a place, or as one that has done so; says how many are left.</summary>
    private int CountReader(Location place, int index, int change)
    {
        ref var readers = ref CollectionsMarshal.GetValueRefOrAddDefault(_readersOf, place.Code, out _);
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
