using System.Collections.Immutable;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Numbering;

/// <summary>
/// Fields, elements and lengths. What was put into an object, when it was made or later, is what a read gives. The key of a place's
/// content has the operator of a read without extension, the object, the index (as an immediate if it is constant), the place, and
/// the version of the place; places that never change have version 0.
/// </summary>
internal sealed partial class ValueNumberingWalk
{
    /// <summary>Index of a key whose index is a node.</summary>
    private const long NoConstantIndex = -1;

    private void VisitObjectRead(int id)
    {
        ref Node read = ref graph[id];
        var access = Access.Of(graph, id);
        FieldType field = access.Type;
        ValueKey raw = ContentKey(graph.Input(id, 0), access.Index, access.Place, field.IsMutable);
        ValueKey key = raw with { Op = read.Op };
        int found = table.Find(in key);
        if (found >= 0)
        {
            Reuse(id, found);
            return;
        }

        if (field.IsPacked)
        {
            int stored = table.Find(in raw);
            if (stored >= 0)
            {
                int extended = Extend(stored, field.Packing, isSigned: access.Extension == AccessExtension.Sign);
                graph.Replace(id, extended);
                table.Add(in key, extended);
                return;
            }
        }

        table.Add(in key, id);
    }

    private int Extend(int value, Packing packing, bool isSigned)
    {
        if (graph[value].Op == Opcode.I32Const)
        {
            int bits = (int)graph[value].Immediate;
            return constants.I32((packing, isSigned) switch
            {
                (Packing.I8, true) => (sbyte)bits,
                (Packing.I8, false) => (byte)bits,
                (_, true) => (short)bits,
                (_, false) => (ushort)bits,
            });
        }

        bool isByte = packing == Packing.I8;
        return isSigned
            ? Insert(isByte ? Opcode.I32Extend8S : Opcode.I32Extend16S, IrType.I32, [value])
            : Insert(Opcode.I32And, IrType.I32, [value, constants.I32(isByte ? byte.MaxValue : ushort.MaxValue)]);
    }

    private void ForwardObjectWrite(int id)
    {
        var access = Access.Of(graph, id);
        table.Add(ContentKey(graph.Input(id, 0), access.Index, access.Place, isMutable: true), access.Value);
    }

    /// <summary>What a new object contains.</summary>
    private void ForwardNew(int id)
    {
        Opcode op = graph[id].Op;
        if (op is not (IrOp.NewStruct or IrOp.NewArray or IrOp.NewArrayFixed) || !Removes(Redundancies.Loads))
        {
            return;
        }

        DefinedType type = TypeRegistry.Get(graph[id].Aux);
        if (op == IrOp.NewArray)
        {
            table.Add(LengthKey(id), graph.Input(id, 1));
            return;
        }

        if (op == IrOp.NewArrayFixed)
        {
            table.Add(LengthKey(id), constants.I32(graph[id].InputCount));
        }

        ImmutableArray<FieldType> fields = type.Slots;
        for (int i = 0; i < graph[id].InputCount; i++)
        {
            bool isMutable = (type.Array?.Element ?? fields[i]).IsMutable;
            ObjectPlace place = ObjectPlace.Of(type, type.Array is null ? i : -1);
            if (!isMutable || versions.IsAccessed(place))
            {
                ValueKey key = ContentKey(id, -1, place, isMutable) with { Immediate = i };
                table.Add(in key, graph.Input(id, i));
            }
        }
    }

    private static ValueKey LengthKey(int array) => new(Opcode.ArrayLen, array, -1, -1, 0, 0, 0);

    private ValueKey ContentKey(int reference, int index, ObjectPlace place, bool isMutable)
    {
        long immediate = place.Field;
        if (index >= 0)
        {
            bool isConstant = graph[index].Op == Opcode.I32Const;
            immediate = isConstant ? (uint)graph[index].Immediate : NoConstantIndex;
            index = isConstant ? -1 : index;
        }

        return new ValueKey(
            place.Field < 0 ? Opcode.ArrayGet : Opcode.StructGet,
            ReferenceTypes.SourceOf(graph, reference),
            index,
            -1,
            immediate,
            place.TypeId,
            isMutable ? versions.Of(place) : 0);
    }
}
