using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Escape;

/// <content>The last walk, which changes the graph.</content>
internal sealed partial class EscapeWalk
{
    private readonly Dictionary<int, List<NewParameter>> _newParameters = [];
    private readonly List<ObjectStates?> _rewritten = [];
    private List<int> _output = [];
    private Block _current = null!;

    /// <summary>A block parameter for what an object is at the start of the block.</summary>
    /// <param name="Id">The parameter.</param>
    /// <param name="Of">The object.</param>
    /// <param name="Field">The field whose value it is; -1 for the pointer to the object.</param>
    private readonly record struct NewParameter(int Id, Member Of, int Field);

    /// <summary>Changes the graph to what has been found.</summary>
    public void Rewrite()
    {
        _isRewriting = true;
        Block[] reached = [.. _flow.Order.Where(block => _atEntry[block.Id] is not null)];
        var edges = new Dictionary<int, List<Incoming>>();
        _rewritten.AddRange(Enumerable.Repeat<ObjectStates?>(null, _graph.Blocks.Count));
        foreach (var block in reached)
        {
            edges.Add(block.Id, EdgesTo(block));
            Rewrite(block, edges[block.Id]);
        }

        foreach (var block in reached)
        {
            Connect(block, edges[block.Id]);
        }

        foreach (var block in _flow.Order)
        {
            Finish(block);
        }

        _constants.Place();
    }

    private void Rewrite(Block block, List<Incoming> edges)
    {
        _current = block;
        _state = new ObjectStates(RoomFor(block));
        if (block.Id != 0)
        {
            Enter(block, edges);
        }

        _output = new List<int>(block.Nodes.Count);
        foreach (var id in block.Nodes)
        {
            Visit(id);
        }

        VisitEnd(block);
        block.Nodes.Clear();
        block.Nodes.AddRange(_output);
        _rewritten[block.Id] = _state;
    }

    /// <summary>Makes the state at the start of a block, with parameters for what edges do not agree on.</summary>
    private void Enter(Block block, List<Incoming> edges)
    {
        var plan = _plans[block.Id]!;
        var entry = _atEntry[block.Id]!;
        var parameters = new Dictionary<int, int>();
        for (var i = 0; i < block.Parameters.Count; i++)
        {
            if (_merged.TryGetValue(block.Parameters[i], out var made))
            {
                parameters.TryAdd(made, i);
            }
        }

        foreach (var tracked in entry.Objects)
        {
            var parameter = parameters.GetValueOrDefault(tracked, -1);
            var member = new Member(tracked, parameter >= 0 && plan.Kinds[parameter] == ParameterKind.MergedObject ? parameter : -1);
            if (!entry.IsVirtual(tracked))
            {
                _state.SetPointer(tracked, Agreed(edges, member, -1) ?? Add(block, member, -1));
                continue;
            }

            int[] fields = [.. entry.FieldsOf(tracked)];
            for (var field = 0; field < fields.Length; field++)
            {
                if (fields[field] >= 0)
                {
                    fields[field] = Agreed(edges, member, field) ?? Add(block, member, field);
                }
            }

            _state.SetFields(tracked, fields);
        }
    }

    /// <summary>The value that all edges have for a field or pointer, if they are all known; else null.</summary>
    private int? Agreed(List<Incoming> edges, Member member, int field)
    {
        int? agreed = null;
        foreach (var edge in edges)
        {
            if (_rewritten[edge.Source] is not { } exit)
            {
                return null;
            }

            var source = RewrittenSource(edge, member);
            var value = field >= 0 ? exit.Current(exit.FieldsOf(source)[field]) : exit.Current(~source);
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
        var tracked = _objects[member.Tracked];
        var id = _graph.NewNode(block.Id, IrOp.BlockParameter, field < 0 ? IrType.Ref : tracked.IrTypeOf(field), []);
        if (_graph[id].Type == IrType.Ref)
        {
            _graph[id].ReferenceType = field < 0 ? tracked.ReferenceType : tracked.TypeOf(field).Type;
        }

        if (!_newParameters.TryGetValue(block.Id, out var added))
        {
            _newParameters.Add(block.Id, added = []);
        }

        added.Add(new NewParameter(id, member, field));
        return id;
    }

    /// <summary>Gives the edges to a block the arguments that its parameters are now.</summary>
    private void Connect(Block block, List<Incoming> edges)
    {
        var added = _newParameters.GetValueOrDefault(block.Id) ?? [];
        DescribeLoopEntry(block, edges);
        foreach (var edge in edges)
        {
            var source = _graph.Blocks[edge.Source];
            _current = source;
            _state = _rewritten[edge.Source]!.Copy();
            _output = [];
            var arguments = new List<int>();
            var given = ArgumentsOf(edge);
            for (var i = 0; i < given.Length; i++)
            {
                if (_plans[block.Id]!.Kinds[i] == ParameterKind.Value)
                {
                    arguments.Add(WithMemory(Value(given[i])));
                }
            }

            foreach (var parameter in added)
            {
                var from = RewrittenSource(edge, parameter.Of);
                arguments.Add(parameter.Field < 0
                    ? Materialize(from)
                    : WithMemory(_state.Current(_state.FieldsOf(from)[parameter.Field])));
            }

            Lead(source, edge.Index, block, [.. arguments]);
        }

        if (block.Id != 0)
        {
            var plan = _plans[block.Id]!;
            int[] kept = [.. block.Parameters.Where((_, i) => plan.Kinds[i] == ParameterKind.Value)];
            block.Parameters.Clear();
            block.Parameters.AddRange(kept);
            block.Parameters.AddRange(added.Select(parameter => parameter.Id));
        }
    }

    private int RewrittenSource(Incoming edge, Member member) =>
        member.Parameter < 0
            ? member.Tracked
            : ~Value(ArgumentsOf(edge)[member.Parameter], _rewritten[edge.Source]!);

    /// <summary>Sets an edge, with the allocations that it needs before its target, in a block of their own if the source has other ways.</summary>
    private void Lead(Block source, int index, Block target, int[] arguments)
    {
        var edge = new Edge(target.Id, arguments);
        if (_output.Count > 0 && source.Successors.Length > 1 && _onlySuccessor[source.Id] < 0)
        {
            var between = _graph.NewBlock();
            between.Frequency = Math.Min(source.Frequency, target.Frequency);
            _graph.Terminate(between, new Terminator { Kind = TerminatorKind.Jump, Value = -1, Values = [], FrameState = -1 }, edge);
            foreach (var id in _output)
            {
                _graph[id].Block = between.Id;
            }

            between.Nodes.AddRange(_output);
            source.Successors[index] = new Edge(between.Id, []);
            return;
        }

        source.Nodes.AddRange(_output);
        source.Successors[index] = edge;
    }

    /// <summary>Describes the objects of the state at a loop's entry, which is that at the end of the only block before it.</summary>
    private void DescribeLoopEntry(Block header, List<Incoming> edges)
    {
        if (!header.IsLoopHeader || header.LoopEntryState < 0)
        {
            return;
        }

        int[] entering = [.. edges.Select(edge => edge.Source).Where(id => !_flow.Dominates(header.Id, id)).Distinct()];
        if (entering is [int only])
        {
            header.LoopEntryState = Describe(header.LoopEntryState, _rewritten[only]!);
        }
        else if (FrameStates.Any(_graph, header.LoopEntryState, id => ObjectOf(_graph.Resolve(id)) >= 0))
        {
            header.LoopEntryState = -1;
        }
    }

    /// <summary>Removes what control no longer comes to.</summary>
    private void Finish(Block block)
    {
        if (_atEntry[block.Id] is null)
        {
            block.Parameters.Clear();
            block.Nodes.Clear();
            _graph.Terminate(block, default);
        }
        else if (_onlySuccessor[block.Id] is int only and >= 0)
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
            if (!described.TryGetValue(tracked, out var id))
            {
                // Its fields are described later.
                id = VirtualObjects.New(_graph, _objects[tracked].TypeId, at.FieldsOf(tracked));
                described.Add(tracked, id);
                work.Enqueue(tracked);
            }

            return id;
        }

        int DescribeValue(int value)
        {
            var result = value >= 0 ? value : DescribeObject(~value);
            while (work.TryDequeue(out var tracked))
            {
                var id = DescribeObject(tracked);
                for (var i = 0; i < _graph[id].InputCount; i++)
                {
                    var field = at.Current(at.FieldsOf(tracked)[i]);
                    var input = field >= 0 ? field : DescribeObject(~field);
                    _graph.Inputs(id)[i] = input;
                }
            }

            return result;
        }

        return FrameStates.Map(_graph, index, id => DescribeValue(Value(id, at)));
    }

    private int Allocate(TrackedObject tracked, int[] fields)
    {
        var op = tracked.IsArray ? IrOp.NewArrayFixed : IrOp.NewStruct;
        var id = NewNode(tracked.Origin, op, IrType.Ref, fields, tracked.TypeId);
        _graph[id].ReferenceType = tracked.ReferenceType;
        return id;
    }

    /// <summary>What a load of a packed field gives.</summary>
    private int Unpack(int load, int value, Packing packing)
    {
        if (packing == Packing.None)
        {
            return value;
        }

        var isByte = packing == Packing.I8;
        return OpcodeTable.GetAccess(_graph[load].Op).Extension == AccessExtension.Sign
            ? NewNode(load, isByte ? Opcode.I32Extend8S : Opcode.I32Extend16S, IrType.I32, [value])
            : NewNode(load, Opcode.I32And, IrType.I32, [value, _constants.I32(isByte ? 0xFF : 0xFFFF)]);
    }

    private int NewNode(int like, Opcode op, IrType type, int[] inputs, int aux = 0)
    {
        var id = _graph.NewNode(_current.Id, op, type, inputs, aux: aux);
        _graph[id].BytecodeOffset = _graph[like].BytecodeOffset;
        _graph[id].Inlining = _graph[like].Inlining;
        _output.Add(id);
        return id;
    }
}
