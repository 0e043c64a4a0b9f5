using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing.Bodies;

/// <summary>Locals that a try writes between what may throw, and that its handlers and what follows read; some handlers throw again.</summary>
internal sealed class HandlerGenerator(BodyGenerator parts)
{
    private readonly BodyScope _scope = parts.Scope;
    private readonly ProgramContext _context = parts.Scope.Context;
    private readonly RandomSource _random = parts.Scope.Random;
    private readonly List<BlockNode> _labels = parts.Scope.Labels;

    /// <summary>A try with its handlers, and reads of the locals behind it.</summary>
    public SequenceNode Statement(int depth)
    {
        int[] locals = [.. Enumerable.Range(0, _random.Between(2, 4)).Select(_ => _scope.WritableLocal(AnyType()))];
        var before = Set(_random.Pick(locals), depth - 1);
        var guarded = _context.Program.HasLegacyExceptions ? LegacyTry(locals, depth) : TryTable(locals, depth);
        return new SequenceNode([], before, guarded, Read(_random.Pick(locals))) { Reducibility = Reducibility.Whole };
    }

    private ProgramType AnyType() => _context.Aggregates.Count > 0 && _random.Percent(20)
        ? ProgramType.ReferenceTo(_random.Pick(_context.Aggregates))
        : parts.Statements.AnyValue();

    private ProgramNode Set(int local, int depth) =>
        new(Opcode.LocalSet, [], parts.Expressions.Of(_scope.Locals[local], depth)) { Immediates = [local] };

    private ProgramNode Read(int local) => _scope.Observe(_scope.Local(local));

    /// <summary>Writes of locals, each followed by what may throw.</summary>
    private void Fill(BlockNode body, int[] locals, int depth)
    {
        _labels.Add(body);
        for (var i = _random.Between(2, 4); i > 0; i--)
        {
            body.Body.Add(Set(_random.Pick(locals), depth - 1));
            if (_random.Percent(30))
            {
                body.Body.Add(Read(_random.Pick(locals)));
            }

            body.Body.Add(Risk(depth - 1));
        }

        if (_random.Percent(30))
        {
            body.Body.Add(Set(_random.Pick(locals), depth - 1));
        }

        _labels.RemoveAt(_labels.Count - 1);
    }

    /// <summary>A call, or a throw on a condition.</summary>
    private ProgramNode Risk(int depth) => _scope.Role != FunctionRole.Leaf && _random.Percent(65)
        ? parts.Statements.Spread(parts.Calls.Call(_random.Below(_context.Signatures.Count), depth))
        : parts.Exceptions.ConditionalThrow(depth);

    /// <summary>Reads of locals, and now and then writes and what throws again.</summary>
    private IEnumerable<ProgramNode> Handle(int[] locals, Func<ProgramNode> throwAgain, int depth)
    {
        foreach (var local in locals)
        {
            if (_random.Percent(70))
            {
                yield return Read(local);
            }
        }

        if (_random.Percent(30))
        {
            yield return Set(_random.Pick(locals), depth - 1);
        }

        if (_random.Percent(30))
        {
            yield return parts.Statements.Any(depth - 1);
        }

        if (_random.Percent(30))
        {
            var node = _scope.Block(Opcode.If, new ProgramSignature([], []), Reducibility.Free, parts.Expressions.Condition(depth - 1));
            node.Body.Add(throwAgain());
            yield return node;
        }
    }

    /// <summary><c>(block $done (block $caught (try_table (catch … $caught) …) (br $done)) …)</c>.</summary>
    private BlockNode TryTable(int[] locals, int depth)
    {
        var tag = _random.Below(_context.Program.Tags.Count);
        var kind = _random.Weighted(30, 20, 50) switch { 0 => CatchKind.CatchRef, 1 => CatchKind.CatchAll, _ => CatchKind.CatchAllRef };
        var values = kind == CatchKind.CatchRef ? parts.Exceptions.TagValues(tag) : [];
        var hasReference = kind != CatchKind.CatchAll;
        var done = _scope.Block(Opcode.Block, new ProgramSignature([], []), Reducibility.Whole);
        var caught = _scope.Block(Opcode.Block, new ProgramSignature([], hasReference ? [.. values, ProgramType.ExnRef] : values), Reducibility.Fixed);
        var body = new TryNode([(kind, tag, caught)]) { Reducibility = Reducibility.Fixed };
        _labels.Add(done);
        Fill(body, locals, depth);
        caught.Body.Add(body);
        caught.Body.Add(new ProgramNode(Opcode.Br, []) { Targets = [done], Reducibility = Reducibility.Fixed });
        done.Body.Add(caught);
        var exception = -1;
        if (hasReference)
        {
            exception = _scope.NewLocal(ProgramType.ExnRef, isWritable: false);
            done.Body.Add(Nodes.TakeOff(exception));
        }

        foreach (var type in values.Reverse())
        {
            done.Body.Add(Nodes.TakeOff(_random.Percent(75) ? _scope.WritableLocal(type) : -1));
        }

        done.Body.AddRange(Handle(locals, () => Again(exception, depth), depth));
        _labels.RemoveAt(_labels.Count - 1);
        return done;
    }

    /// <summary>Throws what was caught, or another exception where that is not at hand.</summary>
    private ProgramNode Again(int exception, int depth) => exception < 0
        ? parts.Exceptions.Throw(depth - 1)
        : new ProgramNode(Opcode.ThrowRef, [], _scope.FixedLocal(exception)) { Reducibility = Reducibility.Fixed };

    /// <summary>The same in the legacy form, with a handler for everything and perhaps one for a tag before it.</summary>
    private LegacyTryNode LegacyTry(int[] locals, int depth)
    {
        var node = new LegacyTryNode { Reducibility = Reducibility.Whole };
        Fill(node, locals, depth);
        _labels.Add(node);
        if (_random.Percent(40))
        {
            AddHandler(node, _random.Below(_context.Program.Tags.Count), locals, depth);
        }

        AddHandler(node, -1, locals, depth);
        _labels.RemoveAt(_labels.Count - 1);
        return node;
    }

    private void AddHandler(LegacyTryNode node, int tag, int[] locals, int depth)
    {
        var body = new List<ProgramNode>();
        node.Handlers.Add((tag, body));
        foreach (var type in tag >= 0 ? parts.Exceptions.TagValues(tag).Reverse() : [])
        {
            body.Add(Nodes.TakeOff(_random.Percent(75) ? _scope.WritableLocal(type) : -1));
        }

        body.AddRange(Handle(locals, () => new ProgramNode(Opcode.Rethrow, []) { Targets = [node], Reducibility = Reducibility.Fixed }, depth));
    }
}
