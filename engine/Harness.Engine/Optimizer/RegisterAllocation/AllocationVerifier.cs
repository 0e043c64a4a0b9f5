using System.Globalization;
using System.Text;
using Harness.Engine.Optimizer.Lowering;

namespace Harness.Engine.Optimizer.RegisterAllocation;

/// <summary>
/// Checks an allocation by following which value each place holds through all blocks: every input must be found where the
/// allocator says that it is. Where garbage may be collected, places with references that the stack map does not name hold nothing
/// any more, and those that it names must hold references.
/// </summary>
internal sealed class AllocationVerifier(LirCode code, Lifetimes lifetimes, MoveInserter moves, Safepoints safepoints)
{
    /// <summary>Marks constants among the values that places hold.</summary>
    private const long ConstantBit = 1L << 62;

    private readonly Dictionary<int, long>?[] _entries = new Dictionary<int, long>?[code.BlockCount];
    private readonly Queue<int> _work = new();
    private Dictionary<int, long> _places = [];
    private Dictionary<int, long> _placesAtCall = [];
    private int _nextMove;

    /// <summary>Checks the allocation.</summary>
    /// <exception cref="InvalidOperationException">An input is not where it is expected.</exception>
    public void Verify()
    {
        _entries[0] = [];
        _work.Enqueue(0);
        while (_work.TryDequeue(out var block))
        {
            VerifyBlock(block);
        }
    }

    private void VerifyBlock(int index)
    {
        ref var block = ref code.Block(index);
        _places = new Dictionary<int, long>(_entries[index]!);
        _nextMove = 0;
        while (_nextMove < moves.Count && moves.InstructionOf(_nextMove) < block.FirstInstruction)
        {
            _nextMove++;
        }

        for (var i = block.FirstInstruction; i < block.EndInstruction; i++)
        {
            VerifyInstruction(i);
        }

        for (var s = 0; s < block.SuccessorCount; s++)
        {
            var isHandler = s == 1 && code.Instruction(block.EndInstruction - 1).Op == LirOp.Invoke;
            Enter(index, code.Successors[block.FirstSuccessor + s], isHandler ? _placesAtCall : _places);
        }
    }

    /// <summary>Brings what places hold at the end of a block to a successor, where arguments become parameters.</summary>
    private void Enter(int from, int to, Dictionary<int, long> held)
    {
        var state = new Dictionary<int, long>(held);
        ref var target = ref code.Block(to);
        if (target.GraphBlock >= 0)
        {
            var parameters = code.Graph.Blocks[target.GraphBlock].Parameters;
            var arguments = code.Operands(code.Instruction(code.Block(from).EndInstruction - 1));
            for (var i = 0; i < parameters.Count; i++)
            {
                var parameter = code.ValueOfNode[parameters[i]];
                var location = lifetimes[parameter].Location;
                if (location.IsNone)
                {
                    continue;
                }

                var expected = arguments[i].IsConstant
                    ? ConstantBit ^ Constants.RegisterBits(code.Graph, arguments[i].ConstantNode)
                    : arguments[i].Value;
                Require(location, expected, code.Block(from).EndInstruction - 1, held);
                state[location.Code] = parameter;
            }
        }

        var known = _entries[to];
        if (known is null)
        {
            _entries[to] = state;
            _work.Enqueue(to);
            return;
        }

        var isChanged = false;
        foreach (var place in known.Keys.ToArray())
        {
            if (!state.TryGetValue(place, out var value) || value != known[place])
            {
                known.Remove(place);
                isChanged = true;
            }
        }

        if (isChanged && !_work.Contains(to))
        {
            _work.Enqueue(to);
        }
    }

    private void VerifyInstruction(int index)
    {
        ref var instruction = ref code.Instruction(index);
        var operands = code.Operands(instruction);
        Apply(index, MoveGroup.Split);
        Check(operands, OperandRole.UseAtEnd, index);
        Apply(index, MoveGroup.BlockEnd);
        Check(operands, OperandRole.Use, index);
        for (var register = 0; register < Location.RegisterCount; register++)
        {
            if ((instruction.Clobbers & (1u << register)) != 0)
            {
                _places.Remove(register);
            }
        }

        if (Safepoints.IsSafepoint(instruction.Op))
        {
            CollectGarbage(index);
            _placesAtCall = new Dictionary<int, long>(_places);
        }

        Check(operands, OperandRole.UseAfterClobber, index);
        foreach (var operand in operands)
        {
            if (operand.Role != OperandRole.Def || operand.Value == 0)
            {
                continue;
            }

            var location = LocationAt(operand.Value, (4 * index) + 2);
            if (!location.IsNone)
            {
                _places[location.Code] = operand.Value;
            }
        }

        Check(operands, OperandRole.UseLate, index);
    }

    private void CollectGarbage(int instruction)
    {
        var updated = new HashSet<int>();
        foreach (var location in safepoints.ReferencesAt(instruction))
        {
            updated.Add(location.Code);
            if (!_places.TryGetValue(location.Code, out var value) || !IsReference(value))
            {
                throw new InvalidOperationException(
                    $"the stack map of instruction {instruction} ({code.Instruction(instruction).Op}) names {location}, which holds v{value}");
            }
        }

        foreach (var (place, value) in _places.ToArray())
        {
            if (value > 0 && (value & ConstantBit) == 0 && IsReference(value) && !updated.Contains(place))
            {
                _places.Remove(place);
            }
        }
    }

    /// <summary>Whether what a place holds is a reference, which may be the constant null.</summary>
    private bool IsReference(long value) =>
        (value & ConstantBit) != 0 ? value == ConstantBit : value > 0 && code.TypeOf((int)value) == Ir.IrType.Ref;

    private void Apply(int instruction, MoveGroup last)
    {
        while (_nextMove < moves.Count
            && moves.GroupOf(_nextMove) <= (((long)instruction << 2) | (long)last))
        {
            var group = moves.GroupOf(_nextMove);
            var before = new Dictionary<int, long>(_places);
            for (; _nextMove < moves.Count && moves.GroupOf(_nextMove) == group; _nextMove++)
            {
                var move = moves[_nextMove];
                if (move.From.IsNone)
                {
                    _places[move.To.Code] = ConstantBit ^ move.Constant;
                }
                else if (before.TryGetValue(move.From.Code, out var value))
                {
                    _places[move.To.Code] = value;
                }
                else
                {
                    _places.Remove(move.To.Code);
                }
            }
        }
    }

    private void Check(ReadOnlySpan<LirOperand> operands, OperandRole role, int instruction)
    {
        foreach (var operand in operands)
        {
            if (operand.Role != role || operand.IsConstant)
            {
                continue;
            }

            var position = (4 * instruction) + (role == OperandRole.UseAfterClobber ? 1 : 0);
            var location = LocationAt(operand.Value, position);
            if (operand.Place == OperandPlace.Register && !location.IsRegister)
            {
                throw new InvalidOperationException($"v{operand.Value} of instruction {instruction} is not in a register");
            }

            Require(location, operand.Value, instruction, _places);
        }
    }

    private void Require(Location location, long value, int instruction, Dictionary<int, long> state)
    {
        if (!state.TryGetValue(location.Code, out var held) || held != value)
        {
            throw new InvalidOperationException(
                $"instruction {instruction} ({code.Instruction(instruction).Op}) expects v{value} in {location}, which holds v{held}: "
                + Describe(value));
        }
    }

    /// <summary>Where a value lies in the course of its life.</summary>
    private string Describe(long value)
    {
        var text = new StringBuilder();
        for (var i = (value & ConstantBit) != 0 ? 0 : (int)value; i != 0; i = lifetimes[i].Next)
        {
            text.Append(CultureInfo.InvariantCulture, $"{lifetimes[i].Start}-{lifetimes[i].End} {lifetimes[i].Location}; ");
        }

        return text.ToString();
    }

    private Location LocationAt(int value, int position) => lifetimes[lifetimes.At(value, position)].Location;
}
