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

        for (int i = 0; i < graph[id].InputCount; i++)
        {
            int input = graph.Inputs(id)[i];
            if (graph[input].Type == IrType.Ref)
            {
                int best = references.BestOf(input);
                graph.Inputs(id)[i] = best == id ? input : best;
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

        switch (graph[id].Op)
        {
            case Opcode.RefIsNull when !graph[graph.Input(id, 0)].ReferenceType.IsNullable:
                graph.Replace(id, constants.I32(0));
                return true;
            case IrOp.RefTest:
                return DecideTest(id);
            case IrOp.RefCast:
                VisitCast(id);
                return true;
            case IrOp.Narrow:
                return VisitNarrow(id);
            case IrOp.ReferenceEqual when AreSame(graph.Input(id, 0), graph.Input(id, 1)):
                graph.Replace(id, constants.I32(1));
                return true;
            case IrOp.ReferenceEqual when AreDifferent(graph.Input(id, 0), graph.Input(id, 1)):
                graph.Replace(id, constants.I32(0));
                return true;
            case Opcode.I31GetS or Opcode.I31GetU
                when graph[ReferenceTypes.SourceOf(graph, graph.Input(id, 0))].Op == Opcode.RefI31:
                // An i31 has 31 bits.
                int value = graph.Input(ReferenceTypes.SourceOf(graph, graph.Input(id, 0)), 0);
                int one = constants.I32(1);
                int shifted = Insert(Opcode.I32Shl, IrType.I32, [value, one]);
                Opcode back = graph[id].Op == Opcode.I31GetS ? Opcode.I32ShrS : Opcode.I32ShrU;
                graph.Replace(id, Insert(back, IrType.I32, [shifted, one]));
                return true;
            default:
                return false;
        }
    }

    /// <summary>Decides a type test, or makes it a null check, where the reference's type says enough.</summary>
    private bool DecideTest(int id)
    {
        int reference = graph.Input(id, 0);
        Modules.ValueType type = graph[reference].ReferenceType;
        var tested = Modules.ValueType.FromBits((uint)graph[id].Immediate);
        bool isSubtype = type.HeapType.IsSubtypeOf(tested.HeapType)
            || (tested.HeapType.IsExact && ReferenceTypes.TryGetExact(graph, reference, out HeapType exact) && exact == tested.HeapType);
        if (!isSubtype && !IsExcluded(reference, tested.HeapType))
        {
            return false;
        }

        // Only null remains to be decided.
        if (!type.IsNullable || isSubtype == tested.IsNullable)
        {
            graph.Replace(id, constants.I32(isSubtype ? 1 : 0));
        }
        else
        {
            int isNull = graph.NewNode(block.Id, Opcode.RefIsNull, IrType.I32, [reference]);
            ValueKey key = KeyOf(isNull, in graph[isNull], 0);
            int found = table.Find(in key);
            if (found < 0)
            {
                found = Insert(Opcode.RefIsNull, IrType.I32, [reference]);
                table.Add(in key, found);
            }

            graph.Remove(isNull);
            graph.Replace(id, isSubtype ? Insert(Opcode.I32Eqz, IrType.I32, [found]) : found);
        }

        return true;
    }

    /// <summary>Whether a reference, if it is not null, cannot be of a type.</summary>
    private bool IsExcluded(int reference, HeapType tested) =>
        ReferenceTypes.AreDisjoint(graph[reference].ReferenceType.HeapType, tested)
        || (ReferenceTypes.TryGetExact(graph, reference, out HeapType exact) && !exact.IsSubtypeOf(tested));

    private void VisitCast(int id)
    {
        int reference = graph.Input(id, 0);
        if (graph[reference].ReferenceType.IsSubtypeOf(graph[id].ReferenceType))
        {
            graph.Replace(id, reference);
            return;
        }

        // What its object is known to be exactly need not be in the type of the reference: then a name is left of the cast that says it.
        if (IsKnownToBe(reference, graph[id].ReferenceType))
        {
            graph.SetOperator(id, IrOp.Narrow);
        }

        Modules.ValueType type = ReferenceTypes.Meet(graph[reference].ReferenceType, graph[id].ReferenceType);
        graph[id].ReferenceType = type;
        references.Learn(reference, id);
    }

    /// <summary>Whether a reference is of a type since it is known what its object is exactly.</summary>
    private bool IsKnownToBe(int reference, Modules.ValueType type) =>
        (type.IsNullable || !graph[reference].ReferenceType.IsNullable)
        && ReferenceTypes.TryGetExact(graph, reference, out HeapType exact) && exact.IsSubtypeOf(type.HeapType);

    private bool VisitNarrow(int id)
    {
        int reference = graph.Input(id, 0);
        Modules.ValueType type = graph[reference].ReferenceType;
        if (ReferenceTypes.IsConversion(type, graph[id].ReferenceType))
        {
            return false;
        }

        if (type.IsSubtypeOf(graph[id].ReferenceType))
        {
            graph.Replace(id, reference);
        }
        else
        {
            graph[id].ReferenceType = ReferenceTypes.Meet(type, graph[id].ReferenceType);
            references.Learn(reference, id);
        }

        return true;
    }

    /// <summary>Whether two references are the same: several passes make references of functions, and a function may have several of them.</summary>
    private bool AreSame(int a, int b)
    {
        a = ReferenceTypes.SourceOf(graph, a);
        b = ReferenceTypes.SourceOf(graph, b);
        return a == b
            || (graph[a].Op == IrOp.FunctionAddress && graph[b].Op == IrOp.FunctionAddress && graph[a].Immediate == graph[b].Immediate);
    }

    /// <summary>Whether two references, which are not known to be the same, cannot be.</summary>
    private bool AreDifferent(int a, int b)
    {
        a = ReferenceTypes.SourceOf(graph, a);
        b = ReferenceTypes.SourceOf(graph, b);
        return IsApart(a, b) || IsApart(b, a) || (IsOwnFunction(a) && IsOwnFunction(b));
    }

    /// <summary>Whether a reference is to an object that is made here, and another one to something that was there before, or is made elsewhere.</summary>
    private bool IsApart(int made, int other) =>
        IsMade(made) && (IsMade(other) || graph[other].Op is IrOp.Argument or IrOp.FunctionAddress or Opcode.RefNull or Opcode.RefI31);

    private bool IsMade(int id) => graph[id].Op is IrOp.NewStruct or IrOp.NewArray or IrOp.NewArrayFixed;

    /// <summary>Whether a reference is to a function that the module defines: an imported one may be the same as another.</summary>
    private bool IsOwnFunction(int id) =>
        graph[id].Op == IrOp.FunctionAddress && !graph.Module.Functions[(int)graph[id].Immediate].IsImported;

    /// <summary>A condition on the type of a reference holds, or does not, from the current position on.</summary>
    private void LearnType(int condition, bool isTrue)
    {
        if (!Removes(Redundancies.Casts))
        {
            return;
        }

        switch (graph[condition].Op)
        {
            case Opcode.RefIsNull when !isTrue:
                NarrowBehind(graph.Input(condition, 0), isNonNull: true, default);
                break;
            case IrOp.RefTest:
                var tested = Modules.ValueType.FromBits((uint)graph[condition].Immediate);
                if (isTrue)
                {
                    NarrowBehind(graph.Input(condition, 0), !tested.IsNullable, tested);
                }
                else if (tested.IsNullable)
                {
                    NarrowBehind(graph.Input(condition, 0), isNonNull: true, default);
                }

                break;
            case IrOp.ReferenceEqual when isTrue:
                int first = graph.Input(condition, 0);
                int second = graph.Input(condition, 1);
                if (graph[second].Op == IrOp.FunctionAddress)
                {
                    references.Learn(first, second);
                }
                else if (graph[first].Op == IrOp.FunctionAddress)
                {
                    references.Learn(second, first);
                }

                break;
        }
    }

    /// <summary>An access that would have trapped on null has told that its reference is not.</summary>
    private void LearnNonNull(int id)
    {
        Opcode op = graph[id].Op;
        if (!Removes(Redundancies.Casts)
            || !(OpcodeTable.GetAccess(op).IsObject || op is Opcode.ArrayLen or Opcode.I31GetS or Opcode.I31GetU))
        {
            return;
        }

        NarrowBehind(graph.Input(id, 0), isNonNull: true, default);
    }

    /// <summary>Lets a reference be known as not null, or as one of a type, behind the current position.</summary>
    private void NarrowBehind(int reference, bool isNonNull, Modules.ValueType type)
    {
        reference = references.BestOf(reference);
        Modules.ValueType current = graph[reference].ReferenceType;
        Modules.ValueType narrowed = type.IsReference ? ReferenceTypes.Meet(current, type) : current;
        narrowed = narrowed.WithNull(narrowed.IsNullable && !isNonNull);
        if (narrowed == current || !narrowed.IsSubtypeOf(current))
        {
            return;
        }

        int id = graph.NewNode(block.Id, IrOp.Narrow, IrType.Ref, [reference]);
        graph[id].ReferenceType = narrowed;
        behind.Enqueue(id);
        references.Learn(reference, id);
    }
}
