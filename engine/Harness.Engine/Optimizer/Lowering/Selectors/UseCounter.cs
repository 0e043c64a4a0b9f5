using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>Counts the uses of values before instructions are selected, and the effects before each node of its block.</summary>
internal sealed class UseCounter(SelectionState state)
{
    private readonly List<int> _countedObjects = [];
    private bool[] _countedStates = new bool[64];

    /// <summary>Counts them in all blocks of the code.</summary>
    public void Count()
    {
        if (_countedStates.Length < state.Graph.FrameStates.Count)
        {
            _countedStates = new bool[state.Graph.FrameStates.Count * 2];
        }
        else
        {
            Array.Clear(_countedStates, 0, state.Graph.FrameStates.Count);
        }

        for (var i = 0; i < state.Code.BlockCount; i++)
        {
            var id = state.Code.Block(i).GraphBlock;
            if (id >= 0)
            {
                CountIn(state.Graph.Blocks[id]);
            }
        }
    }

    /// <summary>Counts the uses of values, and the effects before each node of its block.</summary>
    private void CountIn(Block source)
    {
        var count = 0;
        var safepoints = 0;
        foreach (var id in source.Nodes)
        {
            ref var node = ref state.Nodes[id];
            node.Block = source.Id;
            node.Level = count;
            node.Safepoint = safepoints;
            safepoints += IsSafepoint(state.Graph[id].Op) ? 1 : 0;
            node.IsRequired = (OperatorTable.EffectsOf(state.Graph, id) & Effects.Required) != 0;
            if (node.IsRequired)
            {
                count++;
            }

            foreach (var input in state.Graph.Inputs(id))
            {
                state.Nodes[input].Uses++;
            }

            if (state.Graph[id].Op == IrOp.Guard)
            {
                CountUses(state.Graph[id].Aux);
            }
        }

        ref var terminator = ref source.Terminator;
        if (terminator.Kind is TerminatorKind.Branch or TerminatorKind.Switch)
        {
            state.Nodes[terminator.Value].Uses++;
        }

        if (terminator.Values is not null)
        {
            CountUses(terminator.Values);
        }

        if (terminator.Kind == TerminatorKind.Deoptimize)
        {
            CountUses(terminator.FrameState);
        }

        foreach (var edge in source.Successors)
        {
            CountUses(edge.Arguments);
        }
    }

    /// <summary>Counts the uses by a frame state, those of the fields of objects that are rebuilt among them.</summary>
    private void CountUses(int frameState)
    {
        for (; frameState >= 0 && !_countedStates[frameState]; frameState = state.Graph.FrameStates[frameState].Parent)
        {
            _countedStates[frameState] = true;
            _countedObjects.Clear();
            CountStateUses(state.Graph.FrameStates[frameState].Values);
            for (var i = 0; i < _countedObjects.Count; i++)
            {
                CountStateUses(state.Graph.Inputs(_countedObjects[i]));
            }
        }
    }

    private void CountUses(int[] ids)
    {
        foreach (var id in ids)
        {
            state.Nodes[id].Uses++;
        }
    }

    private void CountStateUses(ReadOnlySpan<int> ids)
    {
        foreach (var id in ids)
        {
            // The fields of an object are used once, however often it is mentioned.
            if (state.Nodes[id].Uses++ == 0 && state.Graph[id].Op == IrOp.VirtualObject)
            {
                _countedObjects.Add(id);
            }
        }
    }

    /// <summary>Whether garbage may be collected while a node executes.</summary>
    private static bool IsSafepoint(Opcode op) =>
        op is IrOp.CallDirect or IrOp.CallReference or IrOp.CallBuiltin
            or IrOp.NewStruct or IrOp.NewArray or IrOp.NewArrayFixed or IrOp.NewException;
}
