using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Loops;

/// <summary>
/// The conditions that checks before a loop have established, and what may therefore be loaded there: an element whose index is
/// in bounds, the type of a reference that is not null; and what references are known to be there.
/// </summary>
internal sealed class MovedChecks(Graph graph)
{
    /// <summary>Values that are below the length of an array, which is named by where references to it come from.</summary>
    private readonly HashSet<(int Index, int Array)> _arrayIndices = [];

    /// <summary>Values that are below the length of a table.</summary>
    private readonly HashSet<(int Index, int Table)> _elementIndices = [];

    /// <summary>By value, the smallest constant that it is below.</summary>
    private readonly Dictionary<int, ulong> _bounds = [];

    /// <summary>Where references come from that are not null.</summary>
    private readonly HashSet<int> _notNull = [];

    /// <summary>References that are to known functions.</summary>
    private readonly HashSet<int> _functions = [];

    /// <summary>By where references come from, the types that they have passed tests of.</summary>
    private readonly Dictionary<int, HashSet<Modules.ValueType>> _types = [];

    /// <summary>Adds the condition of a check that now stands before the loop.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="isTrue">Whether it is not 0, or 0, behind the check.</param>
    public void Add(int condition, bool isTrue)
    {
        for (; graph[condition].Op == Opcode.I32Eqz; condition = graph.Input(condition, 0))
        {
            isTrue = !isTrue;
        }

        var op = graph[condition].Op;
        if (isTrue == (op == Opcode.RefIsNull))
        {
            return;
        }

        switch (op)
        {
            case Opcode.I32LtU or Opcode.I64LtU:
                AddBelow(graph.Input(condition, 0), graph.Input(condition, 1));
                break;
            case Opcode.I32GtU or Opcode.I64GtU:
                AddBelow(graph.Input(condition, 1), graph.Input(condition, 0));
                break;
            case Opcode.RefIsNull:
                _notNull.Add(SourceOf(graph.Input(condition, 0)));
                break;
            case IrOp.RefTest:
                AddType(SourceOf(graph.Input(condition, 0)), Modules.ValueType.FromBits((uint)graph[condition].Immediate));
                break;
            case IrOp.ReferenceEqual:
                AddIfFunction(graph.Input(condition, 0), graph.Input(condition, 1));
                AddIfFunction(graph.Input(condition, 1), graph.Input(condition, 0));
                break;
        }
    }

    private void AddBelow(int index, int bound)
    {
        switch (graph[bound].Op)
        {
            case IrOp.TableLength:
                _elementIndices.Add((index, (int)graph[bound].Immediate));
                break;
            case Opcode.I32Const or Opcode.I64Const:
                _bounds[index] = Math.Min(_bounds.GetValueOrDefault(index, ulong.MaxValue), (ulong)graph[bound].Immediate);
                break;
            case Opcode.ArrayLen:
                _arrayIndices.Add((index, SourceOf(graph.Input(bound, 0))));
                break;
        }
    }

    private void AddType(int source, Modules.ValueType type)
    {
        if (!_types.TryGetValue(source, out var known))
        {
            _types.Add(source, known = []);
        }

        known.Add(type);
        if (!type.IsNullable)
        {
            _notNull.Add(source);
        }
    }

    private void AddIfFunction(int function, int reference)
    {
        if (graph[function].Op == IrOp.FunctionAddress)
        {
            _functions.Add(reference);
        }
    }

    /// <summary>Whether a node needs no check, or one that was added. Tags of exceptions are tested by branches only.</summary>
    public bool Allow(int id) => graph[id].Op switch
    {
        IrOp.LoadTableElement => IsElementIndex(graph.Input(id, 0), (int)graph[id].Immediate),
        IrOp.LoadReferenceType => IsNotNull(graph.Input(id, 0)),
        IrOp.Narrow => IsOfType(graph.Input(id, 0), graph[id].ReferenceType),
        IrOp.ExceptionValue => false,
        var op when OpcodeTable.GetAccess(op).Kind == AccessKind.Element => IsArrayIndex(graph.Input(id, 1), graph.Input(id, 0)),
        _ => true,
    };

    private bool IsElementIndex(int index, int table)
    {
        // Tables never shrink.
        if (OperatorTable.IsConstant(graph[index].Op))
        {
            var value = graph[index].Type == IrType.I32 ? (uint)graph[index].Immediate : (ulong)graph[index].Immediate;
            if (value < graph.Module.Tables[table].Type.Limits.Minimum)
            {
                return true;
            }
        }

        return _elementIndices.Contains((index, table))
            || (_bounds.TryGetValue(index, out var bound) && bound <= graph.Module.Tables[table].Type.Limits.Minimum);
    }

    private bool IsArrayIndex(int index, int array) => _arrayIndices.Contains((index, SourceOf(array)));

    /// <summary>Whether a narrowing says what a check before the loop has established, or what holds everywhere.</summary>
    private bool IsOfType(int reference, Modules.ValueType type)
    {
        var known = graph[reference].ReferenceType;
        if (ReferenceTypes.IsConversion(known, type))
        {
            return true;
        }

        return known.HeapType.IsSubtypeOf(type.HeapType)
            ? type.IsNullable || !known.IsNullable || IsNotNull(reference)
            : _types.TryGetValue(SourceOf(reference), out var tested) && tested.Any(passed => passed.IsSubtypeOf(type));
    }

    private bool IsNotNull(int reference) => _notNull.Contains(SourceOf(reference)) || _functions.Contains(reference);

    private int SourceOf(int reference) => ReferenceTypes.SourceOf(graph, reference);
}
