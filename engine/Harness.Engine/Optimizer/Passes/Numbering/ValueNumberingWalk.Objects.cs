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
        ref var read = ref _graph[id];
        var access = Access.Of(_graph, id);
        var field = access.Type;
        var raw = ContentKey(_graph.Input(id, 0), access.Index, access.Place, field.IsMutable);
        var key = raw with { Op = read.Op };
        var found = _table.Find(in key);
        if (found >= 0)
        {
            Reuse(id, found);
            return;
        }

        if (field.IsPacked)
        {
            var stored = _table.Find(in raw);
            if (stored >= 0)
            {
                var extended = Extend(stored, field.Packing, isSigned: access.Extension == AccessExtension.Sign);
                _graph.Replace(id, extended);
                _table.Add(in key, extended);
                return;
            }
        }

        _table.Add(in key, id);
    }

    private int Extend(int value, Packing packing, bool isSigned)
    {
        if (_graph[value].Op == Opcode.I32Const)
        {
            var bits = (int)_graph[value].Immediate;
            return _constants.I32((packing, isSigned) switch
            {
                (Packing.I8, true) => (sbyte)bits,
                (Packing.I8, false) => (byte)bits,
                (_, true) => (short)bits,
                (_, false) => (ushort)bits,
            });
        }

        var isByte = packing == Packing.I8;
        return isSigned
            ? Insert(isByte ? Opcode.I32Extend8S : Opcode.I32Extend16S, IrType.I32, [value])
            : Insert(Opcode.I32And, IrType.I32, [value, _constants.I32(isByte ? byte.MaxValue : ushort.MaxValue)]);
    }

    private void ForwardObjectWrite(int id)
    {
        var access = Access.Of(_graph, id);
        _table.Add(ContentKey(_graph.Input(id, 0), access.Index, access.Place, isMutable: true), access.Value);
    }

    /// <summary>What a new object contains.</summary>
    private void ForwardNew(int id)
    {
        var op = _graph[id].Op;
        if (op is not (IrOp.NewStruct or IrOp.NewArray or IrOp.NewArrayFixed) || !Removes(Redundancies.Loads))
        {
            return;
        }

        var type = TypeRegistry.Get(_graph[id].Aux);
        if (op == IrOp.NewArray)
        {
            _table.Add(LengthKey(id), _graph.Input(id, 1));
            return;
        }

        if (op == IrOp.NewArrayFixed)
        {
            _table.Add(LengthKey(id), _constants.I32(_graph[id].InputCount));
        }

        var fields = type.Slots;
        for (var i = 0; i < _graph[id].InputCount; i++)
        {
            var isMutable = (type.Array?.Element ?? fields[i]).IsMutable;
            var place = ObjectPlace.Of(type, type.Array is null ? i : -1);
            if (!isMutable || _versions.IsAccessed(place))
            {
                var key = ContentKey(id, -1, place, isMutable) with { Immediate = i };
                _table.Add(in key, _graph.Input(id, i));
            }
        }
    }

    private static ValueKey LengthKey(int array) => new(Opcode.ArrayLen, array, -1, -1, 0, 0, 0);

    private ValueKey ContentKey(int reference, int index, ObjectPlace place, bool isMutable)
    {
        long immediate = place.Field;
        if (index >= 0)
        {
            var isConstant = _graph[index].Op == Opcode.I32Const;
            immediate = isConstant ? (uint)_graph[index].Immediate : NoConstantIndex;
            index = isConstant ? -1 : index;
        }

        return new ValueKey(
            place.Field < 0 ? Opcode.ArrayGet : Opcode.StructGet,
            ReferenceTypes.SourceOf(_graph, reference),
            index,
            -1,
            immediate,
            place.TypeId,
            isMutable ? _versions.Of(place) : 0);
    }
}
