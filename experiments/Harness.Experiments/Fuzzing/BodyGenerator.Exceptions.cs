using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing;

/// <content>Exceptions.</content>
internal sealed partial class BodyGenerator
{
    /// <summary>Throws an exception, a new one or one that was caught before.</summary>
    private ProgramNode Throw(int depth)
    {
        if (random.Percent(20) && locals.Contains(ProgramType.ExnRef))
            return new ProgramNode(Opcode.ThrowRef, [], Simple(ProgramType.ExnRef)) { Reducibility = Reducibility.Fixed };
        var tag = random.Below(context.Program.Tags.Count);
        return new ProgramNode(Opcode.Throw, [], Expressions(TagValues(tag), depth - 1)) { Immediates = [tag], Reducibility = Reducibility.Fixed };
    }

    private ProgramType[] TagValues(int tag) => context.Program.Signature(context.Program.Tags[tag]).Parameters;

    /// <summary>Statements whose exceptions are caught; what was caught goes to locals or is dropped.</summary>
    private SequenceNode TryStatement(int depth)
    {
        var tag = random.Below(context.Program.Tags.Count);
        var kind = (CatchKind)random.Weighted(50, 20, 20, 10);
        ProgramType[] caught =
        [
            .. kind is CatchKind.Catch or CatchKind.CatchRef ? TagValues(tag) : [],
            .. kind is CatchKind.CatchRef or CatchKind.CatchAllRef ? (ProgramType[])[ProgramType.ExnRef] : [],
        ];
        var handler = Block(Opcode.Block, new ProgramSignature([], caught), Reducibility.Fixed);
        var others = labels.Where(label => label.Opcode != Opcode.Loop && label.LabelTypes.Length == 0).ToList();
        (CatchKind, int, BlockNode)[] clauses = others.Count > 0 && random.Percent(25)
            ? [(kind, tag, handler), (CatchKind.CatchAll, 0, random.Pick(others))]
            : [(kind, tag, handler)];
        var body = new TryNode(clauses) { Reducibility = Reducibility.Fixed };
        labels.Add(handler);
        Fill(body, body.Body, depth - 1);
        if (random.Percent(40))
        {
            labels.Add(body);
            body.Body.Add(random.Percent(50) && role != FunctionRole.Leaf ? Spread(Call(random.Below(context.Signatures.Count), depth - 1)) : ConditionalThrow(depth - 1));
            labels.RemoveAt(labels.Count - 1);
        }
        labels.RemoveAt(labels.Count - 1);
        handler.Body.Add(body);
        handler.Body.AddRange(caught.Select(type => type == ProgramType.ExnRef ? ProgramNode.Zero(type) : Expression(type, 1)));
        return Spread(handler);
    }

    private BlockNode ConditionalThrow(int depth)
    {
        var node = Block(Opcode.If, new ProgramSignature([], []), Reducibility.Free, Expression(ProgramType.I32, depth - 1));
        node.Body.Add(Throw(depth - 1));
        return node;
    }
}
