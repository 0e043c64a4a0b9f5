using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Escape;

/// <content>What operations do to objects.</content>
internal sealed partial class EscapeWalk
{
    private void Visit(int id)
    {
        _known.Remove(id);
        if (!TryDoWithout(id))
        {
            Refers(id, -1);
            VisitUse(id);
        }
    }

    /// <summary>Whether an operation on objects without memory needs none, and is no longer there after the rewriting.</summary>
    private bool TryDoWithout(int id)
    {
        var node = _graph[id];
        switch (node.Op)
        {
            case IrOp.NewStruct or IrOp.NewArrayFixed or IrOp.NewArray:
                return TryAllocate(id);
            case IrOp.Narrow:
            case IrOp.RefCast:
                var passed = Value(_graph.Input(id, 0));
                return passed < 0 && (node.Op == IrOp.Narrow || _objects[~passed].IsOf(node.ReferenceType)) && Becomes(id, passed);
            case Opcode.Select when node.Type == IrType.Ref:
                var either = Value(_graph.Input(id, 0));
                return either < 0 && either == Value(_graph.Input(id, 1)) && Becomes(id, either);
            case Opcode.RefIsNull:
                return Value(_graph.Input(id, 0)) < 0 && IsKnown(id, 0);
            case IrOp.RefTest:
                var tested = Value(_graph.Input(id, 0));
                return tested < 0
                    && IsKnown(id, _objects[~tested].IsOf(Modules.ValueType.FromBits((uint)node.Immediate)) ? 1 : 0);
            case IrOp.ReferenceEqual:
                // Nobody else has a reference to an object without memory.
                var left = Value(_graph.Input(id, 0));
                var right = Value(_graph.Input(id, 1));
                return (left < 0 || right < 0) && IsKnown(id, left == right ? 1 : 0);
            case Opcode.ArrayLen:
                var array = Value(_graph.Input(id, 0));
                return array < 0 && _objects[~array].IsArray && IsKnown(id, _objects[~array].FieldCount);
            default:
                var access = OpcodeTable.GetAccess(node.Op);
                return access.IsObject && (access.IsWrite ? TryStore(id) : TryLoad(id));
        }
    }

    private bool TryAllocate(int id)
    {
        if (!_allocated.TryGetValue(id, out var tracked))
        {
            return false;
        }

        var fields = new int[_objects[tracked].FieldCount];
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = Value(_graph.Input(id, _graph[id].Op == IrOp.NewArray ? 0 : i));
        }

        _state.SetFields(tracked, fields);
        return Becomes(id, ~tracked);
    }

    private bool TryLoad(int id)
    {
        var source = Value(_graph.Input(id, 0));
        if (source >= 0 || !TryFindField(id, ~source, out var field))
        {
            return false;
        }

        return Becomes(id, _state.Current(_state.FieldsOf(~source)[field]), _objects[~source].TypeOf(field).Packing);
    }

    private bool TryStore(int id)
    {
        var target = Value(_graph.Input(id, 0));
        if (target >= 0 || !TryFindField(id, ~target, out var field))
        {
            return false;
        }

        var value = Value(_graph.Input(id, _graph[id].InputCount - 1));
        if (value < 0 && _state.MayReach(~value, ~target))
        {
            // What is made when it is stored is made field by field, and could not be if objects referred to each other.
            Materialize(~target);
            return false;
        }

        _state.SetField(~target, field, value);
        return true;
    }

    /// <summary>The field or element that an access is to, if it is a known one.</summary>
    private bool TryFindField(int id, int tracked, out int field)
    {
        field = (int)_graph[id].Immediate;
        if (!TypeRegistry.IsSubtype(_objects[tracked].TypeId, _graph[id].Aux))
        {
            // Control does not come here.
            return false;
        }

        if (OpcodeTable.GetAccess(_graph[id].Op).Kind == AccessKind.Field)
        {
            return true;
        }

        var index = _graph.Input(id, 1);
        field = (int)_graph[index].Immediate;
        return _graph[index].Op == Opcode.I32Const && (uint)field < (uint)_objects[tracked].FieldCount;
    }

    /// <summary>Lets a node stand for a value from here on.</summary>
    private bool Becomes(int id, int value, Packing packing = Packing.None)
    {
        Refers(id, value < 0 ? ~value : -1);
        if (_isRewriting && value >= 0)
        {
            _graph.Replace(id, Unpack(id, value, packing));
        }

        return true;
    }

    private bool IsKnown(int id, int value)
    {
        _known[id] = value;
        Refers(id, -1);
        if (_isRewriting)
        {
            _graph.Replace(id, _constants.I32(value));
        }

        return true;
    }

    /// <summary>An operation for which objects must have memory.</summary>
    private void VisitUse(int id)
    {
        for (var i = 0; i < _graph[id].InputCount; i++)
        {
            var value = WithMemory(Value(_graph.Input(id, i)));
            if (_isRewriting)
            {
                _graph.Inputs(id)[i] = value;
            }
        }

        if (_isRewriting)
        {
            _graph.SetState(id, Describe(_graph.StateOf(id), _state));
            _output.Add(id);
        }
        else if (_graph.StateOf(id) >= 0)
        {
            // The rewriting may describe all objects there.
            _graph.Budget.TryDraw(_state.Objects.Count);
        }
    }

    private void VisitEnd(Block block)
    {
        var values = block.Terminator.Values ?? [];
        for (var i = 0; i < values.Length; i++)
        {
            var value = WithMemory(Value(values[i]));
            if (_isRewriting)
            {
                values[i] = value;
            }
        }

        if (_isRewriting && block.Terminator.Kind == TerminatorKind.Deoptimize)
        {
            block.Terminator.FrameState = Describe(block.Terminator.FrameState, _state);
        }
    }

    private int WithMemory(int value) => value < 0 ? Materialize(~value) : value;

    /// <summary>Gives an object memory here, and those that it refers to.</summary>
    private int Materialize(int tracked)
    {
        var work = _waitingForMemory;
        work.Push((tracked, 0));
        while (work.TryPop(out var top))
        {
            if (!_state.IsVirtual(top.Tracked))
            {
                continue;
            }

            // The objects in the fields come first.
            var fields = _state.FieldsOf(top.Tracked);
            var next = top.NextField;
            while (next < fields.Length && _state.Current(fields[next]) >= 0)
            {
                next++;
            }

            if (next < fields.Length)
            {
                work.Push((top.Tracked, next + 1));
                work.Push((~fields[next], 0));
                continue;
            }

            var pointer = _isRewriting ? Allocate(_objects[top.Tracked], Array.ConvertAll(fields, _state.Current)) : SomeValue;
            _state.SetPointer(top.Tracked, pointer);
        }

        return _state.PointerTo(tracked);
    }
}
