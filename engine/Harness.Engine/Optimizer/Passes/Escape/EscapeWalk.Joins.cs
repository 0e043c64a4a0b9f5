using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Escape;

/// <content>Places where control comes together: which objects are still without memory, and of what.</content>
internal sealed partial class EscapeWalk
{
    /// <summary>An object at the start of a block.</summary>
    /// <param name="Tracked">The object.</param>
    /// <param name="Parameter">The position of the parameter that it is made up for; -1 for the object that it was before.</param>
    private readonly record struct Member(int Tracked, int Parameter);

    /// <summary>What is known at the start of a block, from what is known at the ends of those before it.</summary>
    private ObjectStates Join(Block block, List<Incoming> edges)
    {
        var plan = _plans[block.Id] ??= new JoinPlan(block.Parameters.Count);
        int[] before = [.. block.Parameters.Select(ObjectOf)];
        ObjectStates joined;
        List<Member> members;
        do
        {
            joined = new ObjectStates();
            members = [];
            _memberSet.Clear();
            JoinParameters(block, edges, plan, members);
            foreach (var name in _liveness.At(block))
            {
                if (ObjectOf(name) >= 0)
                {
                    AddMember(members, new Member(ObjectOf(name), -1), edges);
                }
            }

            JoinFields(edges, plan, members, joined);
        }
        while (Demote(block, edges, plan, members) && !_graph.Budget.IsUsedUp);
        _isChanged |= !before.AsSpan().SequenceEqual([.. block.Parameters.Select(ObjectOf)]);
        return joined;
    }

    private void JoinParameters(Block block, List<Incoming> edges, JoinPlan plan, List<Member> members)
    {
        for (var i = 0; i < block.Parameters.Count; i++)
        {
            var parameter = block.Parameters[i];
            var first = ValueAt(edges[0], i);
            if (_graph[parameter].Type != IrType.Ref || !edges.TrueForAll(edge => ValueAt(edge, i) < 0))
            {
                plan.Kinds[i] = ParameterKind.Value;
            }
            else if (plan.Kinds[i] == ParameterKind.SameObject && !edges.TrueForAll(edge => ValueAt(edge, i) == first))
            {
                plan.Kinds[i] = ParameterKind.MergedObject;
            }

            if (plan.Kinds[i] == ParameterKind.MergedObject
                && !edges.TrueForAll(edge => _objects[~ValueAt(edge, i)].IsLike(_objects[~first])))
            {
                plan.Kinds[i] = ParameterKind.Value;
            }

            switch (plan.Kinds[i])
            {
                case ParameterKind.SameObject:
                    Refers(parameter, ~first);
                    AddMember(members, new Member(~first, -1), edges);
                    break;
                case ParameterKind.MergedObject:
                    var tracked = MergedObjectOf(parameter, _objects[~first]);
                    Refers(parameter, tracked);
                    _memberSet.Add(new Member(tracked, i));
                    members.Add(new Member(tracked, i));
                    break;
                default:
                    Refers(parameter, -1);
                    break;
            }
        }
    }

    private int MergedObjectOf(int parameter, TrackedObject like)
    {
        if (!_merged.TryGetValue(parameter, out var tracked) || !_objects[tracked].IsLike(like))
        {
            tracked = _objects.Count;
            _objects.Add(new TrackedObject(like.TypeId, like.FieldCount, parameter));
            _merged[parameter] = tracked;
        }

        return tracked;
    }

    /// <summary>Adds an object that was known before, unless it is there or an edge's state is out of date.</summary>
    private void AddMember(List<Member> members, Member member, List<Incoming> edges)
    {
        _graph.Budget.TryDraw(edges.Count);
        if (!_memberSet.Contains(member) && edges.Exists(edge => _atExit[edge.Source]!.Knows(member.Tracked)))
        {
            _memberSet.Add(member);
            members.Add(member);
        }
    }

    /// <summary>Joins the fields of the members; objects that all edges agree on as a field's value become members.</summary>
    private void JoinFields(List<Incoming> edges, JoinPlan plan, List<Member> members, ObjectStates joined)
    {
        for (var i = 0; i < members.Count; i++)
        {
            var member = members[i];
            if (edges.Exists(edge => HasMemory(edge, member)))
            {
                plan.InMemory.Add(member.Tracked);
            }

            if (plan.InMemory.Contains(member.Tracked))
            {
                joined.SetPointer(member.Tracked, SomeValue);
                continue;
            }

            var fields = new int[_objects[member.Tracked].FieldCount];
            _graph.Budget.TryDraw(fields.Length * (long)edges.Count);
            for (var field = 0; field < fields.Length; field++)
            {
                fields[field] = JoinField(edges, plan, member, field);
                if (fields[field] < 0)
                {
                    AddMember(members, new Member(~fields[field], -1), edges);
                }
            }

            joined.SetFields(member.Tracked, fields);
        }
    }

    private int JoinField(List<Incoming> edges, JoinPlan plan, Member member, int field)
    {
        var common = SomeValue;
        var isFirst = true;
        foreach (var edge in edges)
        {
            if (FieldsAt(edge, member) is not { } fields)
            {
                continue;
            }

            if (isFirst)
            {
                common = fields[field];
                isFirst = false;
            }
            else if (fields[field] != common)
            {
                common = SomeValue;
            }
        }

        if (common >= 0)
        {
            plan.Values.Add((member.Tracked, field));
        }

        return plan.Values.Contains((member.Tracked, field)) ? SomeValue : common;
    }

    /// <summary>
    /// Finds the objects that need memory on an edge because something at the start of the block is a mere value, and takes back what
    /// was hoped of them.
    /// </summary>
    private bool Demote(Block block, List<Incoming> edges, JoinPlan plan, List<Member> members)
    {
        var changed = false;
        foreach (var edge in edges)
        {
            var forced = ForcedOn(edge, block, plan, members);
            var taken = new HashSet<int>();
            foreach (var member in members)
            {
                var source = SourceAt(edge, member);
                if (member.Parameter < 0)
                {
                    changed |= forced.Contains(source) && plan.InMemory.Add(source);
                }
                else if (plan.Kinds[member.Parameter] == ParameterKind.MergedObject
                    && (forced.Contains(source) || !taken.Add(source) || _memberSet.Contains(new Member(source, -1))))
                {
                    // The object has another name: a new one would be a second object.
                    plan.Kinds[member.Parameter] = ParameterKind.Value;
                    changed = true;
                }
            }
        }

        return changed;
    }

    private HashSet<int> ForcedOn(Incoming edge, Block block, JoinPlan plan, List<Member> members)
    {
        var exit = _atExit[edge.Source]!;
        var forced = new HashSet<int>();

        var work = new Stack<int>();

        void Force(int value)
        {
            work.Push(value);
            while (work.TryPop(out var next))
            {
                if (next < 0 && exit.IsVirtual(~next) && forced.Add(~next))
                {
                    Array.ForEach(exit.FieldsOf(~next), work.Push);
                }
            }
        }

        for (var i = 0; i < block.Parameters.Count; i++)
        {
            if (plan.Kinds[i] == ParameterKind.Value)
            {
                Force(ValueAt(edge, i));
            }
        }

        foreach (var member in members)
        {
            if (plan.InMemory.Contains(member.Tracked))
            {
                Force(~SourceAt(edge, member));
            }
            else if (FieldsAt(edge, member) is { } fields)
            {
                for (var field = 0; field < fields.Length; field++)
                {
                    if (plan.Values.Contains((member.Tracked, field)))
                    {
                        Force(fields[field]);
                    }
                }
            }
        }

        return forced;
    }

    private int ValueAt(Incoming edge, int parameter) => Value(ArgumentsOf(edge)[parameter], _atExit[edge.Source]!);

    /// <summary>The object that becomes a member by an edge.</summary>
    private int SourceAt(Incoming edge, Member member) =>
        member.Parameter < 0 ? member.Tracked : ~ValueAt(edge, member.Parameter);

    private int[]? FieldsAt(Incoming edge, Member member)
    {
        var source = SourceAt(edge, member);
        return source >= 0 && _atExit[edge.Source]!.IsVirtual(source) ? _atExit[edge.Source]!.FieldsOf(source) : null;
    }

    private bool HasMemory(Incoming edge, Member member)
    {
        var source = SourceAt(edge, member);
        return source >= 0 && _atExit[edge.Source]!.Knows(source) && !_atExit[edge.Source]!.IsVirtual(source);
    }
}
