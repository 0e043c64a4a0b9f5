using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing.Bodies;

/// <summary>Exceptions.</summary>
internal sealed class ExceptionGenerator(BodyGenerator parts)
{
    private readonly BodyScope _scope = parts.Scope;
    private readonly ProgramContext _context = parts.Scope.Context;
    private readonly RandomSource _random = parts.Scope.Random;
    private readonly List<BlockNode> _labels = parts.Scope.Labels;

    /// <summary>The legacy tries in one of whose handlers code is being generated.</summary>
    private readonly List<LegacyTryNode> _handling = [];

    /// <summary>Throws an exception, a new one or one that was caught before.</summary>
    public ProgramNode Throw(int depth)
    {
        if (_handling.Count > 0 && _random.Percent(40))
        {
            return new ProgramNode(Opcode.Rethrow, []) { Targets = [_random.Pick(_handling)], Reducibility = Reducibility.Fixed };
        }

        if (_random.Percent(20) && _scope.Locals.Contains(ProgramType.ExnRef))
        {
            return new ProgramNode(Opcode.ThrowRef, [], parts.Expressions.Simple(ProgramType.ExnRef)) { Reducibility = Reducibility.Fixed };
        }

        var tag = _random.Below(_context.Program.Tags.Count);
        return new ProgramNode(Opcode.Throw, [], parts.Expressions.All(TagValues(tag), depth - 1)) { Immediates = [tag], Reducibility = Reducibility.Fixed };
    }

    /// <summary>The types of the values that an exception with a tag carries.</summary>
    public ProgramType[] TagValues(int tag) => _context.Program.Signature(_context.Program.Tags[tag]).Parameters;

    public ProgramNode TryStatement(int depth) => _context.Program.HasLegacyExceptions ? LegacyTry(depth) : TryTable(depth);

    /// <summary>Statements whose exceptions are caught; what was caught goes to locals or is dropped.</summary>
    private SequenceNode TryTable(int depth)
    {
        var tag = _random.Below(_context.Program.Tags.Count);
        var kind = (CatchKind)_random.Weighted(50, 20, 20, 10);
        ProgramType[] caught =
        [
            .. kind is CatchKind.Catch or CatchKind.CatchRef ? TagValues(tag) : [],
            .. kind is CatchKind.CatchRef or CatchKind.CatchAllRef ? (ProgramType[])[ProgramType.ExnRef] : [],
        ];
        var handler = _scope.Block(Opcode.Block, new ProgramSignature([], caught), Reducibility.Fixed);
        var others = _labels.Where(label => label.Opcode != Opcode.Loop && label.LabelTypes.Length == 0).ToList();
        (CatchKind, int, BlockNode)[] clauses = others.Count > 0 && _random.Percent(25)
            ? [(kind, tag, handler), (CatchKind.CatchAll, 0, _random.Pick(others))]
            : [(kind, tag, handler)];
        var body = new TryNode(clauses) { Reducibility = Reducibility.Fixed };
        _labels.Add(handler);
        FillTry(body, depth);
        _labels.RemoveAt(_labels.Count - 1);
        handler.Body.Add(body);
        handler.Body.AddRange(caught.Select(type => type == ProgramType.ExnRef ? ProgramNode.Zero(type) : parts.Expressions.Of(type, 1)));
        return parts.Statements.Spread(handler);
    }

    /// <summary>Gives a try some statements, and often a call or throw.</summary>
    private void FillTry(BlockNode body, int depth)
    {
        parts.Statements.Fill(body, body.Body, depth - 1);
        if (_random.Percent(60))
        {
            return;
        }

        _labels.Add(body);
        body.Body.Add(_random.Percent(50) && _scope.Role != FunctionRole.Leaf
            ? parts.Statements.Spread(parts.Calls.Call(_random.Below(_context.Signatures.Count), depth - 1))
            : ConditionalThrow(depth - 1));
        _labels.RemoveAt(_labels.Count - 1);
    }

    /// <summary>The same in the legacy form, with handlers inside.</summary>
    private LegacyTryNode LegacyTry(int depth)
    {
        if (_labels.Count > 0 && _random.Percent(20))
        {
            var delegating = new LegacyTryNode { Delegate = _random.Pick(_labels), Reducibility = Reducibility.Whole };
            FillTry(delegating, depth);
            return delegating;
        }

        var node = new LegacyTryNode { Reducibility = Reducibility.Whole };
        FillTry(node, depth);
        _labels.Add(node);
        _handling.Add(node);
        for (var i = _random.Weighted(20, 60, 20); i > 0; i--)
        {
            AddHandler(node, _random.Below(_context.Program.Tags.Count), depth);
        }

        if (node.Handlers.Count == 0 || _random.Percent(30))
        {
            AddHandler(node, -1, depth);
        }

        _handling.RemoveAt(_handling.Count - 1);
        _labels.RemoveAt(_labels.Count - 1);
        return node;
    }

    private void AddHandler(LegacyTryNode node, int tag, int depth)
    {
        var body = new List<ProgramNode>();
        node.Handlers.Add((tag, body));
        foreach (var type in tag >= 0 ? TagValues(tag).Reverse() : [])
        {
            body.Add(Nodes.TakeOff(_random.Percent(75) ? _scope.WritableLocal(type) : -1));
        }

        for (var i = _random.Weighted(30, 50, 20); i > 0; i--)
        {
            body.Add(parts.Statements.Any(depth - 1));
        }

        if (_random.Percent(25))
        {
            body.Add(ConditionalThrow(depth - 1));
        }
    }

    /// <summary>Throws an exception on a condition.</summary>
    public BlockNode ConditionalThrow(int depth)
    {
        var node = _scope.Block(Opcode.If, new ProgramSignature([], []), Reducibility.Free, parts.Expressions.Of(ProgramType.I32, depth - 1));
        node.Body.Add(Throw(depth - 1));
        return node;
    }
}
