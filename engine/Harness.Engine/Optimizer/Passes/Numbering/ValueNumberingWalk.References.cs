using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Numbering;

/// <summary>
/// What is known of references: from the types of nodes, and from the checks that dominate a place. Behind a check a
/// <see cref="IrOp.Narrow"/> stands for the reference.
/// </summary>
internal sealed partial class ValueNumberingWalk
{
    /// <summary>Lets a node use its references under the names that say most of them.</summary>
    private void UseBestNames(int id)
    {
        if (!Removes(Redundancies.Casts))
        {
            return;
        }

        for (var i = 0; i < _graph[id].InputCount; i++)
        {
            var input = _graph.Inputs(id)[i];
            if (_graph[input].Type == IrType.Ref)
            {
                var best = _references.BestOf(input);
                _graph.Inputs(id)[i] = best == id ? input : best;
            }
        }
    }

    /// <summary>Visits a test, a cast or a narrowing; says whether that was all.</summary>
    private bool VisitReference(int id)
    {
        if (!Removes(Redundancies.Casts))
        {
            return false;
        }

        switch (_graph[id].Op)
        {
            case Opcode.RefIsNull when !_graph[_graph.Input(id, 0)].ReferenceType.IsNullable:
                _graph.Replace(id, _constants.I32(0));
                return true;
            case IrOp.RefTest:
                return DecideTest(id);
            case IrOp.RefCast:
                VisitCast(id);
                return true;
            case IrOp.Narrow:
                return VisitNarrow(id);
            case IrOp.ReferenceEqual when AreSame(_graph.Input(id, 0), _graph.Input(id, 1)):
                _graph.Replace(id, _constants.I32(1));
                return true;
            case IrOp.ReferenceEqual when AreDifferent(_graph.Input(id, 0), _graph.Input(id, 1)):
                _graph.Replace(id, _constants.I32(0));
                return true;
            case Opcode.I31GetS or Opcode.I31GetU
                when _graph[ReferenceTypes.SourceOf(_graph, _graph.Input(id, 0))].Op == Opcode.RefI31:
                // An i31 has 31 bits.
                var value = _graph.Input(ReferenceTypes.SourceOf(_graph, _graph.Input(id, 0)), 0);
                var one = _constants.I32(1);
                var shifted = Insert(Opcode.I32Shl, IrType.I32, [value, one]);
                var back = _graph[id].Op == Opcode.I31GetS ? Opcode.I32ShrS : Opcode.I32ShrU;
                _graph.Replace(id, Insert(back, IrType.I32, [shifted, one]));
                return true;
            default:
                return false;
        }
    }

    /// <summary>Decides a type test, or makes it a null check, where the reference's type says enough.</summary>
    private bool DecideTest(int id)
    {
        var reference = _graph.Input(id, 0);
        var type = _graph[reference].ReferenceType;
        var tested = Modules.ValueType.FromBits((uint)_graph[id].Immediate);
        var isSubtype = type.HeapType.IsSubtypeOf(tested.HeapType)
            || (tested.HeapType.IsExact && ReferenceTypes.TryGetExact(_graph, reference, out var exact) && exact == tested.HeapType);
        if (!isSubtype && !IsExcluded(reference, tested.HeapType))
        {
            return false;
        }

        // Only null remains to be decided.
        if (!type.IsNullable || isSubtype == tested.IsNullable)
        {
            _graph.Replace(id, _constants.I32(isSubtype ? 1 : 0));
        }
        else
        {
            var isNull = _graph.NewNode(_block.Id, Opcode.RefIsNull, IrType.I32, [reference]);
            var key = KeyOf(isNull, in _graph[isNull], 0);
            var found = _table.Find(in key);
            if (found < 0)
            {
                found = Insert(Opcode.RefIsNull, IrType.I32, [reference]);
                _table.Add(in key, found);
            }

            _graph.Remove(isNull);
            _graph.Replace(id, isSubtype ? Insert(Opcode.I32Eqz, IrType.I32, [found]) : found);
        }

        return true;
    }

    /// <summary>Whether a reference, if it is not null, cannot be of a type.</summary>
    private bool IsExcluded(int reference, HeapType tested) =>
        ReferenceTypes.AreDisjoint(_graph[reference].ReferenceType.HeapType, tested)
        || (ReferenceTypes.TryGetExact(_graph, reference, out var exact) && !exact.IsSubtypeOf(tested));

    private void VisitCast(int id)
    {
        var reference = _graph.Input(id, 0);
        if (_graph[reference].ReferenceType.IsSubtypeOf(_graph[id].ReferenceType))
        {
            _graph.Replace(id, reference);
            return;
        }

        // What its object is known to be exactly need not be in the type of the reference: then a name is left of the cast that says it.
        if (IsKnownToBe(reference, _graph[id].ReferenceType))
        {
            _graph.SetOperator(id, IrOp.Narrow);
        }

        var type = ReferenceTypes.Meet(_graph[reference].ReferenceType, _graph[id].ReferenceType);
        _graph[id].ReferenceType = type;
        _references.Learn(reference, id);
    }

    /// <summary>Whether a reference is of a type since it is known what its object is exactly.</summary>
    private bool IsKnownToBe(int reference, Modules.ValueType type) =>
        (type.IsNullable || !_graph[reference].ReferenceType.IsNullable)
        && ReferenceTypes.TryGetExact(_graph, reference, out var exact) && exact.IsSubtypeOf(type.HeapType);

    private bool VisitNarrow(int id)
    {
        var reference = _graph.Input(id, 0);
        var type = _graph[reference].ReferenceType;
        if (ReferenceTypes.IsConversion(type, _graph[id].ReferenceType))
        {
            return false;
        }

        if (type.IsSubtypeOf(_graph[id].ReferenceType))
        {
            _graph.Replace(id, reference);
        }
        else
        {
            _graph[id].ReferenceType = ReferenceTypes.Meet(type, _graph[id].ReferenceType);
            _references.Learn(reference, id);
        }

        return true;
    }

    /// <summary>Whether two references are the same: several passes make references of functions, and a function may have several of them.</summary>
    private bool AreSame(int a, int b)
    {
        a = ReferenceTypes.SourceOf(_graph, a);
        b = ReferenceTypes.SourceOf(_graph, b);
        return a == b
            || (_graph[a].Op == IrOp.FunctionAddress && _graph[b].Op == IrOp.FunctionAddress && _graph[a].Immediate == _graph[b].Immediate);
    }

    /// <summary>Whether two references, which are not known to be the same, cannot be.</summary>
    private bool AreDifferent(int a, int b)
    {
        a = ReferenceTypes.SourceOf(_graph, a);
        b = ReferenceTypes.SourceOf(_graph, b);
        return IsApart(a, b) || IsApart(b, a) || (IsOwnFunction(a) && IsOwnFunction(b));
    }

    /// <summary>Whether a reference is to an object that is made here, and another one to something that was there before, or is made elsewhere.</summary>
    private bool IsApart(int made, int other) =>
        IsMade(made) && (IsMade(other) || _graph[other].Op is IrOp.Argument or IrOp.FunctionAddress or Opcode.RefNull or Opcode.RefI31);

    private bool IsMade(int id) => _graph[id].Op is IrOp.NewStruct or IrOp.NewArray or IrOp.NewArrayFixed;

    /// <summary>Whether a reference is to a function that the module defines: an imported one may be the same as another.</summary>
    private bool IsOwnFunction(int id) =>
        _graph[id].Op == IrOp.FunctionAddress && !_graph.Module.Functions[(int)_graph[id].Immediate].IsImported;

    /// <summary>A condition on the type of a reference holds, or does not, from the current position on.</summary>
    private void LearnType(int condition, bool isTrue)
    {
        if (!Removes(Redundancies.Casts))
        {
            return;
        }

        switch (_graph[condition].Op)
        {
            case Opcode.RefIsNull when !isTrue:
                NarrowBehind(_graph.Input(condition, 0), isNonNull: true, default);
                break;
            case IrOp.RefTest:
                var tested = Modules.ValueType.FromBits((uint)_graph[condition].Immediate);
                if (isTrue)
                {
                    NarrowBehind(_graph.Input(condition, 0), !tested.IsNullable, tested);
                }
                else if (tested.IsNullable)
                {
                    NarrowBehind(_graph.Input(condition, 0), isNonNull: true, default);
                }

                break;
            case IrOp.ReferenceEqual when isTrue:
                var first = _graph.Input(condition, 0);
                var second = _graph.Input(condition, 1);
                if (_graph[second].Op == IrOp.FunctionAddress)
                {
                    _references.Learn(first, second);
                }
                else if (_graph[first].Op == IrOp.FunctionAddress)
                {
                    _references.Learn(second, first);
                }

                break;
        }
    }

    /// <summary>An access that would have trapped on null has told that its reference is not.</summary>
    private void LearnNonNull(int id)
    {
        var op = _graph[id].Op;
        if (!Removes(Redundancies.Casts)
            || !(OpcodeTable.GetAccess(op).IsObject || op is Opcode.ArrayLen or Opcode.I31GetS or Opcode.I31GetU))
        {
            return;
        }

        NarrowBehind(_graph.Input(id, 0), isNonNull: true, default);
    }

    /// <summary>Lets a reference be known as not null, or as one of a type, behind the current position.</summary>
    private void NarrowBehind(int reference, bool isNonNull, Modules.ValueType type)
    {
        reference = _references.BestOf(reference);
        var current = _graph[reference].ReferenceType;
        var narrowed = type.IsReference ? ReferenceTypes.Meet(current, type) : current;
        narrowed = narrowed.WithNull(narrowed.IsNullable && !isNonNull);
        if (narrowed == current || !narrowed.IsSubtypeOf(current))
        {
            return;
        }

        var id = _graph.NewNode(_block.Id, IrOp.Narrow, IrType.Ref, [reference]);
        _graph[id].ReferenceType = narrowed;
        _behind.Enqueue(id);
        _references.Learn(reference, id);
    }
}
