using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Escape;

/// <content>The last walk, which changes the graph.</content>
internal sealed partial class EscapeWalk
{
    private readonly Dictionary<int, List<NewParameter>> newParameters = [];
    private readonly List<ObjectStates?> rewritten = [];
    private List<int> output = [];
    private Block current = null!;

    /// <summary>A block parameter for what an object is at the start of the block.</summary>
    /// <param name="Id">The parameter.</param>
    /// <param name="Of">The object.</param>
    /// <param name="Field">The field whose value it is; -1 for the pointer to the object.</param>
    private readonly record struct NewParameter(int Id, Member Of, int Field);

    /// <summary>Changes the graph to what has been found.</summary>
    public void Rewrite()
    {
        isRewriting = true;
        Block[] reached = [.. flow.Order.Where(block => atEntry[block.Id] is not null)];
        var edges = new Dictionary<int, List<Incoming>>();
        rewritten.AddRange(Enumerable.Repeat<ObjectStates?>(null, graph.Blocks.Count));
        foreach (Block block in reached)
        {
            edges.Add(block.Id, EdgesTo(block));
            Rewrite(block, edges[block.Id]);
        }

        foreach (Block block in reached)
        {
            Connect(block, edges[block.Id]);
        }

        foreach (Block block in flow.Order)
        {
            Finish(block);
        }

        constants.Place();
    }

    private void Rewrite(Block block, List<Incoming> edges)
    {
        current = block;
        state = new ObjectStates(RoomFor(block));
        if (block.Id != 0)
        {
            Enter(block, edges);
        }

        output = new List<int>(block.Nodes.Count);
        foreach (int id in block.Nodes)
        {
            Visit(id);
        }

        VisitEnd(block);
        block.Nodes.Clear();
        block.Nodes.AddRange(output);
        rewritten[block.Id] = state;
    }

    /// <summary>Makes the state at the start of a block, with parameters for what edges do not agree on.</summary>
    private void Enter(Block block, List<Incoming> edges)
    {
        JoinPlan plan = plans[block.Id]!;
        ObjectStates entry = atEntry[block.Id]!;
        var parameters = new Dictionary<int, int>();
        for (int i = 0; i < block.Parameters.Count; i++)
        {
            if (merged.TryGetValue(block.Parameters[i], out int made))
            {
                parameters.TryAdd(made, i);
            }
        }

        foreach (int tracked in entry.Objects)
        {
            int parameter = parameters.GetValueOrDefault(tracked, -1);
            var member = new Member(tracked, parameter >= 0 && plan.Kinds[parameter] == ParameterKind.MergedObject ? parameter : -1);
            if (!entry.IsVirtual(tracked))
            {
                state.SetPointer(tracked, Agreed(edges, member, -1) ?? Add(block, member, -1));
                continue;
            }

            int[] fields = [.. entry.FieldsOf(tracked)];
            for (int field = 0; field < fields.Length; field++)
            {
                if (fields[field] >= 0)
                {
                    fields[field] = Agreed(edges, member, field) ?? Add(block, member, field);
                }
            }

            state.SetFields(tracked, fields);
        }
    }

    /// <summary>The value that all edges have for a field or pointer, if they are all known; else null.</summary>
    private int? Agreed(List<Incoming> edges, Member member, int field)
    {
        int? agreed = null;
        foreach (Incoming edge in edges)
        {
            if (rewritten[edge.Source] is not { } exit)
            {
                return null;
            }

            int source = RewrittenSource(edge, member);
            int value = field >= 0 ? exit.Current(exit.FieldsOf(source)[field]) : exit.Current(~source);
            if (value < 0 || (agreed is not null && agreed != value))
            {
                return null;
            }

            agreed = value;
        }

        return agreed;
    }

    private int Add(Block block, Member member, int field)
    {
        TrackedObject tracked = objects[member.Tracked];
        int id = graph.NewNode(block.Id, IrOp.BlockParameter, field < 0 ? IrType.Ref : tracked.IrTypeOf(field), []);
        if (graph[id].Type == IrType.Ref)
        {
            graph[id].ReferenceType = field < 0 ? tracked.ReferenceType : tracked.TypeOf(field).Type;
        }

        if (!newParameters.TryGetValue(block.Id, out List<NewParameter>? added))
        {
            newParameters.Add(block.Id, added = []);
        }

        added.Add(new NewParameter(id, member, field));
        return id;
    }

    /// <summary>Gives the edges to a block the arguments that its parameters are now.</summary>
    private void Connect(Block block, List<Incoming> edges)
    {
        List<NewParameter> added = newParameters.GetValueOrDefault(block.Id) ?? [];
        DescribeLoopEntry(block, edges);
        foreach (Incoming edge in edges)
        {
            Block source = graph.Blocks[edge.Source];
            current = source;
            state = rewritten[edge.Source]!.Copy();
            output = [];
            var arguments = new List<int>();
            int[] given = ArgumentsOf(edge);
            for (int i = 0; i < given.Length; i++)
            {
                if (plans[block.Id]!.Kinds[i] == ParameterKind.Value)
                {
                    arguments.Add(WithMemory(Value(given[i])));
                }
            }

            foreach (NewParameter parameter in added)
            {
                int from = RewrittenSource(edge, parameter.Of);
                arguments.Add(parameter.Field < 0
                    ? Materialize(from)
                    : WithMemory(state.Current(state.FieldsOf(from)[parameter.Field])));
            }

            Lead(source, edge.Index, block, [.. arguments]);
        }

        if (block.Id != 0)
        {
            JoinPlan plan = plans[block.Id]!;
            int[] kept = [.. block.Parameters.Where((_, i) => plan.Kinds[i] == ParameterKind.Value)];
            block.Parameters.Clear();
            block.Parameters.AddRange(kept);
            block.Parameters.AddRange(added.Select(parameter => parameter.Id));
        }
    }

    private int RewrittenSource(Incoming edge, Member member) =>
        member.Parameter < 0
            ? member.Tracked
            : ~Value(ArgumentsOf(edge)[member.Parameter], rewritten[edge.Source]!);

    /// <summary>Sets an edge, with the allocations that it needs before its target, in a block of their own if the source has other ways.</summary>
    private void Lead(Block source, int index, Block target, int[] arguments)
    {
        var edge = new Edge(target.Id, arguments);
        if (output.Count > 0 && source.Successors.Length > 1 && onlySuccessor[source.Id] < 0)
        {
            Block between = graph.NewBlock();
            between.Frequency = Math.Min(source.Frequency, target.Frequency);
            graph.Terminate(between, new Terminator { Kind = TerminatorKind.Jump, Value = -1, Values = [], FrameState = -1 }, edge);
            foreach (int id in output)
            {
                graph[id].Block = between.Id;
            }

            between.Nodes.AddRange(output);
            source.Successors[index] = new Edge(between.Id, []);
            return;
        }

        source.Nodes.AddRange(output);
        source.Successors[index] = edge;
    }

    /// <summary>Describes the objects of the state at a loop's entry, which is that at the end of the only block before it.</summary>
    private void DescribeLoopEntry(Block header, List<Incoming> edges)
    {
        if (!header.IsLoopHeader || header.LoopEntryState < 0)
        {
            return;
        }

        int[] entering = [.. edges.Select(edge => edge.Source).Where(id => !flow.Dominates(header.Id, id)).Distinct()];
        if (entering is [int only])
        {
            header.LoopEntryState = Describe(header.LoopEntryState, rewritten[only]!);
        }
        else if (FrameStates.Any(graph, header.LoopEntryState, id => ObjectOf(graph.Resolve(id)) >= 0))
        {
            header.LoopEntryState = -1;
        }
    }

    /// <summary>Removes what control no longer comes to.</summary>
    private void Finish(Block block)
    {
        if (atEntry[block.Id] is null)
        {
            block.Parameters.Clear();
            block.Nodes.Clear();
            graph.Terminate(block, default);
        }
        else if (onlySuccessor[block.Id] is int only and >= 0)
        {
            block.Terminator.Kind = TerminatorKind.Jump;
            block.Terminator.Value = -1;
            block.KeepSuccessor(only);
        }
    }

    /// <summary>A frame state whose objects without memory are to be made at a deopt.</summary>
    private int Describe(int index, ObjectStates at)
    {
        var described = new Dictionary<int, int>();
        var work = new Queue<int>();

        int DescribeObject(int tracked)
        {
            if (!described.TryGetValue(tracked, out int id))
            {
                // Its fields are described later.
                id = VirtualObjects.New(graph, objects[tracked].TypeId, at.FieldsOf(tracked));
                described.Add(tracked, id);
                work.Enqueue(tracked);
            }

            return id;
        }

        int DescribeValue(int value)
        {
            int result = value >= 0 ? value : DescribeObject(~value);
            while (work.TryDequeue(out int tracked))
            {
                int id = DescribeObject(tracked);
                for (int i = 0; i < graph[id].InputCount; i++)
                {
                    int field = at.Current(at.FieldsOf(tracked)[i]);
                    int input = field >= 0 ? field : DescribeObject(~field);
                    graph.Inputs(id)[i] = input;
                }
            }

            return result;
        }

        return FrameStates.Map(graph, index, id => DescribeValue(Value(id, at)));
    }

    private int Allocate(TrackedObject tracked, int[] fields)
    {
        Opcode op = tracked.IsArray ? IrOp.NewArrayFixed : IrOp.NewStruct;
        int id = NewNode(tracked.Origin, op, IrType.Ref, fields, tracked.TypeId);
        graph[id].ReferenceType = tracked.ReferenceType;
        return id;
    }

    /// <summary>What a load of a packed field gives.</summary>
    private int Unpack(int load, int value, Packing packing)
    {
        if (packing == Packing.None)
        {
            return value;
        }

        bool isByte = packing == Packing.I8;
        return OpcodeTable.GetAccess(graph[load].Op).Extension == AccessExtension.Sign
            ? NewNode(load, isByte ? Opcode.I32Extend8S : Opcode.I32Extend16S, IrType.I32, [value])
            : NewNode(load, Opcode.I32And, IrType.I32, [value, constants.I32(isByte ? 0xFF : 0xFFFF)]);
    }

    private int NewNode(int like, Opcode op, IrType type, int[] inputs, int aux = 0)
    {
        int id = graph.NewNode(current.Id, op, type, inputs, aux: aux);
        graph[id].BytecodeOffset = graph[like].BytecodeOffset;
        graph[id].Inlining = graph[like].Inlining;
        output.Add(id);
        return id;
    }
}
