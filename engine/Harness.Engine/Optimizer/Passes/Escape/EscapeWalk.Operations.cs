using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Escape;

/// <content>What operations do to objects.</content>
internal sealed partial class EscapeWalk
{
    private void Visit(int id)
    {
        known.Remove(id);
        if (!TryDoWithout(id))
        {
            Refers(id, -1);
            VisitUse(id);
        }
    }

    /// <summary>Whether an operation on objects without memory needs none, and is no longer there after the rewriting.</summary>
    private bool TryDoWithout(int id)
    {
        Node node = graph[id];
        switch (node.Op)
        {
            case IrOp.NewStruct or IrOp.NewArrayFixed or IrOp.NewArray:
                return TryAllocate(id);
            case IrOp.Narrow:
            case IrOp.RefCast:
                int passed = Value(graph.Input(id, 0));
                return passed < 0 && (node.Op == IrOp.Narrow || objects[~passed].IsOf(node.ReferenceType)) && Becomes(id, passed);
            case Opcode.Select when node.Type == IrType.Ref:
                int either = Value(graph.Input(id, 0));
                return either < 0 && either == Value(graph.Input(id, 1)) && Becomes(id, either);
            case Opcode.RefIsNull:
                return Value(graph.Input(id, 0)) < 0 && IsKnown(id, 0);
            case IrOp.RefTest:
                int tested = Value(graph.Input(id, 0));
                return tested < 0
                    && IsKnown(id, objects[~tested].IsOf(Modules.ValueType.FromBits((uint)node.Immediate)) ? 1 : 0);
            case IrOp.ReferenceEqual:
                // Nobody else has a reference to an object without memory.
                int left = Value(graph.Input(id, 0));
                int right = Value(graph.Input(id, 1));
                return (left < 0 || right < 0) && IsKnown(id, left == right ? 1 : 0);
            case Opcode.ArrayLen:
                int array = Value(graph.Input(id, 0));
                return array < 0 && objects[~array].IsArray && IsKnown(id, objects[~array].FieldCount);
            default:
                OperatorAccess access = OpcodeTable.GetAccess(node.Op);
                return access.IsObject && (access.IsWrite ? TryStore(id) : TryLoad(id));
        }
    }

    private bool TryAllocate(int id)
    {
        if (!allocated.TryGetValue(id, out int tracked))
        {
            return false;
        }

        var fields = new int[objects[tracked].FieldCount];
        for (int i = 0; i < fields.Length; i++)
        {
            fields[i] = Value(graph.Input(id, graph[id].Op == IrOp.NewArray ? 0 : i));
        }

        state.SetFields(tracked, fields);
        return Becomes(id, ~tracked);
    }

    private bool TryLoad(int id)
    {
        int source = Value(graph.Input(id, 0));
        if (source >= 0 || !TryFindField(id, ~source, out int field))
        {
            return false;
        }

        return Becomes(id, state.Current(state.FieldsOf(~source)[field]), objects[~source].TypeOf(field).Packing);
    }

    private bool TryStore(int id)
    {
        int target = Value(graph.Input(id, 0));
        if (target >= 0 || !TryFindField(id, ~target, out int field))
        {
            return false;
        }

        int value = Value(graph.Input(id, graph[id].InputCount - 1));
        if (value < 0 && state.MayReach(~value, ~target))
        {
            // What is made when it is stored is made field by field, and could not be if objects referred to each other.
            Materialize(~target);
            return false;
        }

        state.SetField(~target, field, value);
        return true;
    }

    /// <summary>The field or element that an access is to, if it is a known one.</summary>
    private bool TryFindField(int id, int tracked, out int field)
    {
        field = (int)graph[id].Immediate;
        if (!TypeRegistry.IsSubtype(objects[tracked].TypeId, graph[id].Aux))
        {
            // Control does not come here.
            return false;
        }

        if (OpcodeTable.GetAccess(graph[id].Op).Kind == AccessKind.Field)
        {
            return true;
        }

        int index = graph.Input(id, 1);
        field = (int)graph[index].Immediate;
        return graph[index].Op == Opcode.I32Const && (uint)field < (uint)objects[tracked].FieldCount;
    }

    /// <summary>Lets a node stand for a value from here on.</summary>
    private bool Becomes(int id, int value, Packing packing = Packing.None)
    {
        Refers(id, value < 0 ? ~value : -1);
        if (isRewriting && value >= 0)
        {
            graph.Replace(id, Unpack(id, value, packing));
        }

        return true;
    }

    private bool IsKnown(int id, int value)
    {
        known[id] = value;
        Refers(id, -1);
        if (isRewriting)
        {
            graph.Replace(id, constants.I32(value));
        }

        return true;
    }

    /// <summary>An operation for which objects must have memory.</summary>
    private void VisitUse(int id)
    {
        for (int i = 0; i < graph[id].InputCount; i++)
        {
            int value = WithMemory(Value(graph.Input(id, i)));
            if (isRewriting)
            {
                graph.Inputs(id)[i] = value;
            }
        }

        if (isRewriting)
        {
            graph.SetState(id, Describe(graph.StateOf(id), state));
            output.Add(id);
        }
        else if (graph.StateOf(id) >= 0)
        {
            // The rewriting may describe all objects there.
            graph.Budget.TryDraw(state.Objects.Count);
        }
    }

    private void VisitEnd(Block block)
    {
        int[] values = block.Terminator.Values ?? [];
        for (int i = 0; i < values.Length; i++)
        {
            int value = WithMemory(Value(values[i]));
            if (isRewriting)
            {
                values[i] = value;
            }
        }

        if (isRewriting && block.Terminator.Kind == TerminatorKind.Deoptimize)
        {
            block.Terminator.FrameState = Describe(block.Terminator.FrameState, state);
        }
    }

    private int WithMemory(int value) => value < 0 ? Materialize(~value) : value;

    /// <summary>Gives an object memory here, and those that it refers to.</summary>
    private int Materialize(int tracked)
    {
        Stack<(int Tracked, int NextField)> work = waitingForMemory;
        work.Push((tracked, 0));
        while (work.TryPop(out (int Tracked, int NextField) top))
        {
            if (!state.IsVirtual(top.Tracked))
            {
                continue;
            }

            // The objects in the fields come first.
            int[] fields = state.FieldsOf(top.Tracked);
            int next = top.NextField;
            while (next < fields.Length && state.Current(fields[next]) >= 0)
            {
                next++;
            }

            if (next < fields.Length)
            {
                work.Push((top.Tracked, next + 1));
                work.Push((~fields[next], 0));
                continue;
            }

            int pointer = isRewriting ? Allocate(objects[top.Tracked], Array.ConvertAll(fields, state.Current)) : SomeValue;
            state.SetPointer(top.Tracked, pointer);
        }

        return state.PointerTo(tracked);
    }
}
