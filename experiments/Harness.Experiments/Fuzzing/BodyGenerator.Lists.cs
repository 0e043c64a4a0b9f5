using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing;

/// <content>Lists of objects that refer to one another.</content>
internal sealed partial class BodyGenerator
{
    /// <summary>A loop that puts new objects before a list.</summary>
    private SequenceNode BuildList(int depth)
    {
        var (type, link) = random.Pick(context.Links);
        var fields = context.Aggregate(type).Fields;
        var head = NewLocal(fields[link].Type, isWritable: false);
        var counter = NewLocal(ProgramType.I32, isWritable: false);
        var none = new ProgramSignature([], []);
        var loop = Block(Opcode.Loop, none, Reducibility.Fixed);
        labels.Add(loop);
        loop.Body.Add(BurnFuel());
        if (random.Percent(30))
            loop.Body.Add(Statement(depth - 1));
        var values = fields.Select((field, index) => index == link ? FixedLocal(head) : Expression(field.Type, depth - 2)).ToArray();
        loop.Body.Add(Fixed(Opcode.LocalSet, head,
            new ProgramNode(Opcode.StructNew, [ProgramType.ReferenceTo(type, nullable: false)], values) { Immediates = [type], Reducibility = Reducibility.Fixed }));
        loop.Body.Add(BranchBack(loop, HasWorkLeft(counter), depth));
        labels.RemoveAt(labels.Count - 1);
        return new SequenceNode([],
            Fixed(Opcode.LocalSet, head, Expression(fields[link].Type, depth - 1)),
            Fixed(Opcode.LocalSet, counter, ProgramNode.I32Const(random.Between(1, 12))),
            loop,
            TakeList(head, fields[link].Type))
        {
            Reducibility = Reducibility.Whole,
        };
    }

    /// <summary>Puts a list where others find it.</summary>
    private ProgramNode TakeList(int head, ProgramType type)
    {
        var globals = Enumerable.Range(0, context.Program.Globals.Count)
            .Where(index => context.Program.Globals[index].Mutable && context.Program.Globals[index].Type == type).ToList();
        return globals.Count > 0 && random.Percent(50)
            ? Fixed(Opcode.GlobalSet, random.Pick(globals), FixedLocal(head))
            : Fixed(Opcode.LocalSet, WritableLocal(type), FixedLocal(head));
    }

    /// <summary>A loop along a list, to its end or as long as there is fuel.</summary>
    private SequenceNode ListWalk(int depth)
    {
        var (type, link) = random.Pick(context.Links);
        var fields = context.Aggregate(type).Fields;
        var cursor = NewLocal(fields[link].Type, isWritable: false);
        var exit = Block(Opcode.Block, new ProgramSignature([], []), Reducibility.Fixed);
        var loop = Block(Opcode.Loop, new ProgramSignature([], []), Reducibility.Fixed);
        exit.Body.Add(loop);
        labels.Add(exit);
        loop.Body.Add(LeaveIf(exit, Fixed(Opcode.I32Eqz, ProgramType.I32, HasFuelLeft())));
        loop.Body.Add(BurnFuel());
        var node = CheckNode(type, cursor, exit, loop);
        for (var i = random.Between(1, 2); i > 0; i--)
            loop.Body.Add(UseField(type, random.Below(fields.Length), node(), depth));
        Fill(loop, loop.Body, depth - 1);
        loop.Body.Add(Fixed(Opcode.LocalSet, cursor,
            new ProgramNode(Opcode.StructGet, [fields[link].Type], node()) { Immediates = [type, link], Reducibility = Reducibility.Fixed }));
        loop.Body.Add(new ProgramNode(Opcode.Br, []) { Targets = [loop], Reducibility = Reducibility.Fixed });
        labels.RemoveAt(labels.Count - 1);
        return new SequenceNode([], Fixed(Opcode.LocalSet, cursor, Expression(fields[link].Type, depth - 1)), exit) { Reducibility = Reducibility.Whole };
    }

    /// <summary>Leaves a loop where its list ends or has an object of another type; gives what then refers to the object.</summary>
    private Func<ProgramNode> CheckNode(int type, int cursor, BlockNode exit, BlockNode loop)
    {
        ProgramType[] results = [ProgramType.ReferenceTo(type, nullable: false)];
        if (locals[cursor].Heap != type)
        {
            var isOther = Fixed(Opcode.I32Eqz, ProgramType.I32,
                new ProgramNode(Opcode.RefTest, [ProgramType.I32], FixedLocal(cursor)) { Immediates = [type], Reducibility = Reducibility.Fixed });
            loop.Body.Add(LeaveIf(exit, isOther));
            return () => new ProgramNode(Opcode.RefCast, results, FixedLocal(cursor)) { Immediates = [type], Reducibility = Reducibility.Fixed };
        }
        if (random.Percent(40))
        {
            // Into the object's own local, through the branch that tells that it is one.
            var present = NewLocal(ProgramType.ReferenceTo(type), isWritable: false);
            loop.Body.Add(Fixed(Opcode.LocalSet, present,
                new ProgramNode(Opcode.BrOnNull, results, FixedLocal(cursor)) { Targets = [exit], Reducibility = Reducibility.Fixed }));
            return () => FixedLocal(present);
        }
        loop.Body.Add(LeaveIf(exit, Fixed(Opcode.RefIsNull, ProgramType.I32, FixedLocal(cursor))));
        return random.Percent(50)
            ? () => FixedLocal(cursor)
            : () => new ProgramNode(Opcode.RefAsNonNull, results, FixedLocal(cursor)) { Reducibility = Reducibility.Fixed };
    }

    /// <summary>Reads or writes a field of an object.</summary>
    private ProgramNode UseField(int type, int index, ProgramNode node, int depth)
    {
        var field = context.Aggregate(type).Fields[index];
        if (field.Mutable && random.Percent(40))
            return new ProgramNode(Opcode.StructSet, [], node, Expression(field.Type, depth - 1)) { Immediates = [type, index] };
        var opcode = field.Packing == Packing.None ? Opcode.StructGet : random.Percent(50) ? Opcode.StructGetS : Opcode.StructGetU;
        return Accumulate(new ProgramNode(opcode, [field.Type], node) { Immediates = [type, index] });
    }
}
