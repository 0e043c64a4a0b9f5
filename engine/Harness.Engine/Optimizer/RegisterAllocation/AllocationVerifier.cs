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

    private readonly Dictionary<int, long>?[] entries = new Dictionary<int, long>?[code.BlockCount];
    private readonly Queue<int> work = new();
    private Dictionary<int, long> places = [];
    private Dictionary<int, long> placesAtCall = [];
    private int nextMove;

    /// <summary>Checks the allocation.</summary>
    /// <exception cref="InvalidOperationException">An input is not where it is expected.</exception>
    public void Verify()
    {
        entries[0] = [];
        work.Enqueue(0);
        while (work.TryDequeue(out int block))
        {
            VerifyBlock(block);
        }
    }

    private void VerifyBlock(int index)
    {
        ref LirBlock block = ref code.Block(index);
        places = new Dictionary<int, long>(entries[index]!);
        nextMove = 0;
        while (nextMove < moves.Count && moves.InstructionOf(nextMove) < block.FirstInstruction)
        {
            nextMove++;
        }

        for (int i = block.FirstInstruction; i < block.EndInstruction; i++)
        {
            VerifyInstruction(i);
        }

        for (int s = 0; s < block.SuccessorCount; s++)
        {
            bool isHandler = s == 1 && code.Instruction(block.EndInstruction - 1).Op == LirOp.Invoke;
            Enter(index, code.Successors[block.FirstSuccessor + s], isHandler ? placesAtCall : places);
        }
    }

    /// <summary>Brings what places hold at the end of a block to a successor, where arguments become parameters.</summary>
    private void Enter(int from, int to, Dictionary<int, long> held)
    {
        var state = new Dictionary<int, long>(held);
        ref LirBlock target = ref code.Block(to);
        if (target.GraphBlock >= 0)
        {
            List<int> parameters = code.Graph.Blocks[target.GraphBlock].Parameters;
            ReadOnlySpan<LirOperand> arguments = code.Operands(code.Instruction(code.Block(from).EndInstruction - 1));
            for (int i = 0; i < parameters.Count; i++)
            {
                int parameter = code.ValueOfNode[parameters[i]];
                Location location = lifetimes[parameter].Location;
                if (location.IsNone)
                {
                    continue;
                }

                long expected = arguments[i].IsConstant
                    ? ConstantBit ^ Constants.RegisterBits(code.Graph, arguments[i].ConstantNode)
                    : arguments[i].Value;
                Require(location, expected, code.Block(from).EndInstruction - 1, held);
                state[location.Code] = parameter;
            }
        }

        Dictionary<int, long>? known = entries[to];
        if (known is null)
        {
            entries[to] = state;
            work.Enqueue(to);
            return;
        }

        bool isChanged = false;
        foreach (int place in known.Keys.ToArray())
        {
            if (!state.TryGetValue(place, out long value) || value != known[place])
            {
                known.Remove(place);
                isChanged = true;
            }
        }

        if (isChanged && !work.Contains(to))
        {
            work.Enqueue(to);
        }
    }

    private void VerifyInstruction(int index)
    {
        ref LirInstruction instruction = ref code.Instruction(index);
        ReadOnlySpan<LirOperand> operands = code.Operands(instruction);
        Apply(index, MoveGroup.Split);
        Check(operands, OperandRole.UseAtEnd, index);
        Apply(index, MoveGroup.BlockEnd);
        Check(operands, OperandRole.Use, index);
        for (int register = 0; register < Location.RegisterCount; register++)
        {
            if ((instruction.Clobbers & (1u << register)) != 0)
            {
                places.Remove(register);
            }
        }

        if (Safepoints.IsSafepoint(instruction.Op))
        {
            CollectGarbage(index);
            placesAtCall = new Dictionary<int, long>(places);
        }

        Check(operands, OperandRole.UseAfterClobber, index);
        foreach (LirOperand operand in operands)
        {
            if (operand.Role != OperandRole.Def || operand.Value == 0)
            {
                continue;
            }

            Location location = LocationAt(operand.Value, (4 * index) + 2);
            if (!location.IsNone)
            {
                places[location.Code] = operand.Value;
            }
        }

        Check(operands, OperandRole.UseLate, index);
    }

    private void CollectGarbage(int instruction)
    {
        var updated = new HashSet<int>();
        foreach (Location location in safepoints.ReferencesAt(instruction))
        {
            updated.Add(location.Code);
            if (!places.TryGetValue(location.Code, out long value) || !IsReference(value))
            {
                throw new InvalidOperationException(
                    $"the stack map of instruction {instruction} ({code.Instruction(instruction).Op}) names {location}, which holds v{value}");
            }
        }

        foreach (var (place, value) in places.ToArray())
        {
            if (value > 0 && (value & ConstantBit) == 0 && IsReference(value) && !updated.Contains(place))
            {
                places.Remove(place);
            }
        }
    }

    /// <summary>Whether what a place holds is a reference, which may be the constant null.</summary>
    private bool IsReference(long value) =>
        (value & ConstantBit) != 0 ? value == ConstantBit : value > 0 && code.TypeOf((int)value) == Ir.IrType.Ref;

    private void Apply(int instruction, MoveGroup last)
    {
        while (nextMove < moves.Count
            && moves.GroupOf(nextMove) <= (((long)instruction << 2) | (long)last))
        {
            long group = moves.GroupOf(nextMove);
            var before = new Dictionary<int, long>(places);
            for (; nextMove < moves.Count && moves.GroupOf(nextMove) == group; nextMove++)
            {
                Move move = moves[nextMove];
                if (move.From.IsNone)
                {
                    places[move.To.Code] = ConstantBit ^ move.Constant;
                }
                else if (before.TryGetValue(move.From.Code, out long value))
                {
                    places[move.To.Code] = value;
                }
                else
                {
                    places.Remove(move.To.Code);
                }
            }
        }
    }

    private void Check(ReadOnlySpan<LirOperand> operands, OperandRole role, int instruction)
    {
        foreach (LirOperand operand in operands)
        {
            if (operand.Role != role || operand.IsConstant)
            {
                continue;
            }

            int position = (4 * instruction) + (role == OperandRole.UseAfterClobber ? 1 : 0);
            Location location = LocationAt(operand.Value, position);
            if (operand.Place == OperandPlace.Register && !location.IsRegister)
            {
                throw new InvalidOperationException($"v{operand.Value} of instruction {instruction} is not in a register");
            }

            Require(location, operand.Value, instruction, places);
        }
    }

    private void Require(Location location, long value, int instruction, Dictionary<int, long> state)
    {
        if (!state.TryGetValue(location.Code, out long held) || held != value)
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
        for (int i = (value & ConstantBit) != 0 ? 0 : (int)value; i != 0; i = lifetimes[i].Next)
        {
            text.Append(CultureInfo.InvariantCulture, $"{lifetimes[i].Start}-{lifetimes[i].End} {lifetimes[i].Location}; ");
        }

        return text.ToString();
    }

    private Location LocationAt(int value, int position) => lifetimes[lifetimes.At(value, position)].Location;
}
