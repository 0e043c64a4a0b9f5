using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes;

/// <summary>
/// The conditions that checks before a loop have established, and what may therefore be loaded there: an element whose index is
/// in bounds, the type of a reference that is not null; and what references are known to be there.
/// </summary>
internal sealed class MovedChecks(Graph graph)
{
    private readonly List<int> established = [];

    /// <summary>Adds the condition of a check that now stands before the loop.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="isTrue">Whether it is not 0, or 0, behind the check.</param>
    public void Add(int condition, bool isTrue)
    {
        if (graph[condition].Op == Opcode.I32Eqz)
        {
            Add(graph.Input(condition, 0), !isTrue);
        }
        else if (isTrue != (graph[condition].Op == Opcode.RefIsNull))
        {
            established.Add(condition);
        }
    }

    /// <summary>Whether a node needs no check, or one that was added. Tags of exceptions are tested by branches only.</summary>
    public bool Allow(int id) => graph[id].Op switch
    {
        IrOp.LoadTableElement => IsElementIndex(graph.Input(id, 0), (int)graph[id].Immediate),
        IrOp.LoadReferenceType => IsNotNull(graph.Input(id, 0)),
        IrOp.Narrow => IsOfType(graph.Input(id, 0), graph[id].ReferenceType),
        IrOp.ExceptionValue => false,
        Opcode.ArrayGet or Opcode.ArrayGetS or Opcode.ArrayGetU => IsArrayIndex(graph.Input(id, 1), graph.Input(id, 0)),
        _ => true,
    };

    private bool IsElementIndex(int index, int table)
    {
        // Tables never shrink.
        if (OperatorTable.IsConstant(graph[index].Op))
        {
            ulong value = graph[index].Type == IrType.I32 ? (uint)graph[index].Immediate : (ulong)graph[index].Immediate;
            if (value < graph.Module.Tables[table].Type.Limits.Minimum)
            {
                return true;
            }
        }

        return established.Exists(condition => graph[condition].Op switch
        {
            Opcode.I32LtU or Opcode.I64LtU =>
                graph.Input(condition, 0) == index && IsLengthOf(graph.Input(condition, 1), table),
            Opcode.I32GtU or Opcode.I64GtU =>
                graph.Input(condition, 1) == index && IsLengthOf(graph.Input(condition, 0), table),
            _ => false,
        });
    }

    private bool IsArrayIndex(int index, int array) => established.Exists(condition => graph[condition].Op switch
    {
        Opcode.I32LtU => graph.Input(condition, 0) == index && IsArrayLength(array, graph.Input(condition, 1)),
        Opcode.I32GtU => graph.Input(condition, 1) == index && IsArrayLength(array, graph.Input(condition, 0)),
        _ => false,
    });

    private bool IsArrayLength(int array, int value) =>
        graph[value].Op == Opcode.ArrayLen && IsSame(graph.Input(value, 0), array);

    /// <summary>Whether a narrowing says what a check before the loop has established, or what holds everywhere.</summary>
    private bool IsOfType(int reference, Modules.ValueType type)
    {
        Modules.ValueType known = graph[reference].ReferenceType;
        if (ReferenceTypes.IsConversion(known, type))
        {
            return true;
        }

        return known.HeapType.IsSubtypeOf(type.HeapType)
            ? type.IsNullable || !known.IsNullable || IsNotNull(reference)
            : established.Exists(condition =>
                graph[condition].Op == IrOp.RefTest
                && IsSame(graph.Input(condition, 0), reference)
                && Modules.ValueType.FromBits((uint)graph[condition].Immediate).IsSubtypeOf(type));
    }

    private bool IsSame(int reference, int other) =>
        ReferenceTypes.SourceOf(graph, reference) == ReferenceTypes.SourceOf(graph, other);

    /// <summary>Whether a value is at most the length of a table.</summary>
    private bool IsLengthOf(int value, int table) =>
        graph[value].Op == IrOp.TableLength
            ? graph[value].Immediate == table
            : graph[value].Op is Opcode.I32Const or Opcode.I64Const
                && (ulong)graph[value].Immediate <= graph.Module.Tables[table].Type.Limits.Minimum;

    private bool IsNotNull(int reference) => established.Exists(condition => graph[condition].Op switch
    {
        Opcode.RefIsNull => IsSame(graph.Input(condition, 0), reference),
        IrOp.RefTest => IsSame(graph.Input(condition, 0), reference)
            && !Modules.ValueType.FromBits((uint)graph[condition].Immediate).IsNullable,
        IrOp.ReferenceEqual => IsFunctionAnd(condition, 0, reference) || IsFunctionAnd(condition, 1, reference),
        _ => false,
    });

    private bool IsFunctionAnd(int comparison, int operand, int reference) =>
        graph[graph.Input(comparison, operand)].Op == IrOp.FunctionAddress
        && graph.Input(comparison, 1 - operand) == reference;
}
