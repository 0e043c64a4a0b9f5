using System.Numerics;
using Harness.Engine.Modules;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Model;

/// <summary>
/// A set of moves into registers that happen at once: first between registers, in an order in which nothing is overwritten
/// before it is read, then from the frame and constants. Registers but the destinations stay as they are, flags included
/// unless a zero is loaded.
/// </summary>
internal sealed class ParallelMove
{
    private readonly Assembler _asm;
    private readonly FrameSlots _frame;
    private readonly Register[] _sources = new Register[Register.Count];
    private readonly ValueKind[] _kinds = new ValueKind[Register.Count];
    private readonly int[] _readers = new int[Register.Count];
    private readonly StackValue[] _loads = new StackValue[Register.Count];
    private readonly int[] _loadSlots = new int[Register.Count];
    private uint _pendingMoves;
    private uint _pendingLoads;

    public ParallelMove(Assembler assembler, FrameSlots frame)
    {
        _asm = assembler;
        _frame = frame;
    }

    /// <summary>Adds a move of a value from where it is.</summary>
    /// <param name="destination">The register, of the file that the value's kind asks for.</param>
    /// <param name="value">The value.</param>
    /// <param name="slot">Its height.</param>
    public void Add(Register destination, in StackValue value, int slot)
    {
        if (!value.IsRegister)
        {
            _loads[destination.Code] = value;
            _loadSlots[destination.Code] = slot;
            _pendingLoads |= destination.Bit;
        }
        else
        {
            Add(destination, value.Register, value.Kind);
        }
    }

    /// <summary>Adds a move between registers of the same file.</summary>
    public void Add(Register destination, Register source, ValueKind kind)
    {
        if (destination == source)
        {
            return;
        }

        _sources[destination.Code] = source;
        _kinds[destination.Code] = kind;
        _readers[source.Code]++;
        _pendingMoves |= destination.Bit;
    }

    /// <summary>Emits all moves and forgets them.</summary>
    /// <param name="scratch">A register that is no destination, for constants; it may be overwritten once the moves between registers are done.</param>
    public void Execute(Gpr scratch)
    {
        if (_pendingMoves != 0)
        {
            ExecuteMoves();
        }

        for (; _pendingLoads != 0; _pendingLoads &= _pendingLoads - 1)
        {
            var destination = Register.First(_pendingLoads);
            ref readonly var value = ref _loads[destination.Code];
            if (value.IsConstant)
            {
                _frame.LoadConstant(destination, value.Kind, value.ConstantBits, scratch);
            }
            else
            {
                _frame.LoadSlot(destination, value.Kind, _loadSlots[destination.Code]);
            }
        }
    }

    private void ExecuteMoves()
    {
        while (_pendingMoves != 0)
        {
            var progressed = false;
            for (var candidates = _pendingMoves; candidates != 0; candidates &= candidates - 1)
            {
                var destination = BitOperations.TrailingZeroCount(candidates);
                if (_readers[destination] == 0)
                {
                    Finish(destination);
                    progressed = true;
                }
            }

            if (!progressed)
            {
                BreakCycle(BitOperations.TrailingZeroCount(_pendingMoves));
            }
        }
    }

    private void Finish(int destination)
    {
        var source = _sources[destination];
        _frame.Move(Register.FromCode(destination), source, _kinds[destination]);
        _readers[source.Code]--;
        _pendingMoves &= ~(1u << destination);
    }

    /// <summary>
    /// Only cycles are left, and every destination has one reader. General-purpose registers are exchanged: the reader of this
    /// one then finds its value in the other.
    /// </summary>
    private void BreakCycle(int destination)
    {
        var register = Register.FromCode(destination);
        var source = _sources[destination];
        var readers = _pendingMoves;
        var reader = BitOperations.TrailingZeroCount(readers);
        while (_sources[reader] != register)
        {
            readers &= readers - 1;
            reader = BitOperations.TrailingZeroCount(readers);
        }

        _readers[destination] = 0;
        if (register.IsXmm)
        {
            Register scratch = Runtime.CallingConvention.ScratchXmm;
            _asm.MovAps(scratch.Xmm, register.Xmm);
            _sources[reader] = scratch;
            _readers[scratch.Code] = 1;
            return;
        }

        _asm.Xchg(OpSize.Qword, register.Gpr, source.Gpr);
        _pendingMoves &= ~register.Bit;
        _sources[reader] = source;
        if (reader == source.Code)
        {
            _readers[source.Code] = 0;
            _pendingMoves &= ~source.Bit;
        }
    }
}
