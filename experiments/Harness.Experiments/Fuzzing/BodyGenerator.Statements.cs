using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing;

/// <content>Nodes that leave nothing on the stack.</content>
internal sealed partial class BodyGenerator
{
    private ProgramNode Statement(int depth)
    {
        budget--;
        if (depth <= 0 || budget < 0)
            return SetLocal(1);
        var general = role == FunctionRole.Leaf ? 0 : 1;
        var emphasis = context.Emphasis;
        var calls = role switch { FunctionRole.Leaf => 0, FunctionRole.General => 16, _ => 34 } * emphasis.Calls;
        var objects = context.Aggregates.Count > 0 ? emphasis.Objects : 0;
        var exceptions = context.Program.Tags.Count > 0 ? emphasis.Exceptions : 0;
        var walks = general * emphasis.Walks;
        var state = emphasis.State;
        var kind = random.Weighted(
            24, 9 * state, 13 * state, 3, 9, 4, 9 * general, 4, calls, 3 * state, 3 * state, 4, 5, 2 * general, state, 4, 1,
            14 * objects, 8 * objects, 5 * exceptions, 4 * objects,
            5 * walks * Math.Min(1, context.Arrays.Count), 5 * walks * Math.Min(1, context.Links.Count), 3 * emphasis.Calls);
        return kind switch
        {
            0 => SetLocal(depth),
            1 => SetGlobal(depth),
            2 => Store(depth),
            3 => new ProgramNode(Opcode.Drop, [], Expression(AnyNumber(), depth - 1)),
            4 => IfStatement(depth),
            5 => BlockStatement(depth),
            6 => Loop(depth),
            7 => Switch(depth),
            8 => Spread(Call(random.Below(context.Signatures.Count), depth)),
            9 => BulkMemory(depth),
            10 => TableOperation(depth),
            11 => ConditionalExit(depth),
            12 => BranchIf(depth),
            13 => Continue(depth) ?? SetLocal(depth),
            14 => Grow(depth),
            15 => MultiValueBlock(depth),
            16 => Exit(depth),
            17 => SetField(depth),
            18 => SetObject(depth),
            19 => TryStatement(depth),
            20 => BulkArray(depth),
            21 => ArrayWalk(depth),
            22 => random.Percent(50) ? BuildList(depth) : ListWalk(depth),
            _ => CallHost(depth) ?? SetLocal(depth),
        };
    }

    private ProgramType AnyNumber() => random.Pick(ProgramType.Numbers);

    private ProgramNode SetLocal(int depth)
    {
        var type = random.Percent(95) ? AnyNumber()
            : random.Percent(50) ? ProgramType.FuncRef
            : ProgramType.ReferenceTo(random.Below(context.Signatures.Count));
        var value = Expression(type, depth - 1);
        return new ProgramNode(Opcode.LocalSet, [], value) { Immediates = [WritableLocal(type)] };
    }

    private ProgramNode SetGlobal(int depth)
    {
        var globals = Enumerable.Range(0, context.Program.Globals.Count)
            .Where(index => context.Program.Globals[index].Mutable && index > ProgramGenerator.PhaseGlobal).ToList();
        var global = random.Pick(globals);
        return new ProgramNode(Opcode.GlobalSet, [], Expression(context.Program.Globals[global].Type, depth - 1)) { Immediates = [global] };
    }

    private ProgramNode Store(int depth)
    {
        var info = random.Pick(OperatorCatalog.Stores);
        var memory = random.Below(context.Program.Memories.Count);
        var (address, offset) = Address(memory, depth - 1);
        var value = Expression(new ProgramType(info.Parameters[1]), depth - 1);
        if (OperatorCatalog.SeesBitsOfNaN(info.Opcode))
            value = Canonical(value);
        return new ProgramNode(info.Opcode, [], address, value) { Immediates = [random.Between(0, info.NaturalAlignment), offset, memory] };
    }

    private BlockNode IfStatement(int depth)
    {
        var node = Block(Opcode.If, [], Condition(depth - 1));
        Fill(node, node.Body, depth - 1);
        if (random.Percent(50))
        {
            node.Else = [];
            Fill(node, node.Else, depth - 1);
        }
        return node;
    }

    private BlockNode BlockStatement(int depth)
    {
        var node = Block(Opcode.Block, []);
        Fill(node, node.Body, depth - 1);
        return node;
    }

    /// <summary>A node with any number of results, each of which goes to a local or is dropped.</summary>
    private SequenceNode Spread(ProgramNode source)
    {
        var nodes = new List<ProgramNode> { source };
        foreach (var type in source.Results.Reverse())
            nodes.Add(TakeOff(random.Percent(75) ? WritableLocal(type) : -1));
        return new SequenceNode([], [.. nodes]) { Reducibility = Reducibility.Whole };
    }

    /// <summary>Takes the top of the stack to a local, or drops it for -1.</summary>
    private static ProgramNode TakeOff(int local) => local < 0
        ? new ProgramNode(Opcode.Drop, []) { Reducibility = Reducibility.Fixed }
        : Fixed(Opcode.LocalSet, local);

    /// <summary>A block, loop-free, that takes some values from the stack and leaves others.</summary>
    private SequenceNode MultiValueBlock(int depth)
    {
        var type = new ProgramSignature(AnyNumbers(random.Between(0, 3)), AnyNumbers(random.Between(0, 3)));
        var inputs = Expressions(type.Parameters, depth - 1);
        var isIf = random.Percent(50);
        var node = isIf
            ? Block(Opcode.If, type, Reducibility.Whole, [.. inputs, Expression(ProgramType.I32, depth - 1)])
            : Block(Opcode.Block, type, Reducibility.Whole, inputs);
        node.Body.AddRange(TakeParameters(type));
        Fill(node, node.Body, depth - 1);
        if (isIf)
        {
            node.Else = [.. TakeParameters(type)];
            Fill(node, node.Else, depth - 1);
        }
        return Spread(node);
    }

    private ProgramType[] AnyNumbers(int count)
    {
        var types = new ProgramType[count];
        for (var i = 0; i < count; i++)
            types[i] = AnyNumber();
        return types;
    }

    private IEnumerable<ProgramNode> TakeParameters(ProgramSignature type) =>
        type.Parameters.Reverse().Select(parameter => TakeOff(WritableLocal(parameter)));

    /// <summary>A loop that runs a limited number of times.</summary>
    private SequenceNode Loop(int depth)
    {
        var counter = NewLocal(ProgramType.I32, isWritable: false);
        var count = random.Percent(60)
            ? ProgramNode.I32Const(random.Between(1, 20))
            : Constrained(Opcode.I32And, ProgramType.I32, Expression(ProgramType.I32, depth - 1), 15);
        return new SequenceNode([], Fixed(Opcode.LocalSet, counter, count), random.Percent(50) ? TestedFirst(counter, depth) : TestedLast(counter, depth))
        {
            Reducibility = Reducibility.Whole,
        };
    }

    /// <summary>A <c>while</c> loop: a block around a loop, with the exit at the top and a branch back at the bottom.</summary>
    private BlockNode TestedFirst(int counter, int depth)
    {
        var none = new ProgramSignature([], []);
        var exit = Block(Opcode.Block, none, Reducibility.Fixed);
        var loop = Block(Opcode.Loop, none, Reducibility.Fixed);
        exit.Body.Add(loop);
        labels.Add(exit);
        loop.Body.Add(new ProgramNode(Opcode.BrIf, [], Fixed(Opcode.I32Eqz, ProgramType.I32, HasWorkLeft(counter))) { Targets = [exit], Reducibility = Reducibility.Fixed });
        loop.Body.Add(BurnFuel());
        Fill(loop, loop.Body, depth - 1);
        loop.Body.Add(new ProgramNode(Opcode.Br, []) { Targets = [loop], Reducibility = Reducibility.Fixed });
        labels.RemoveAt(labels.Count - 1);
        return exit;
    }

    /// <summary>A <c>do</c> loop, which may carry values from one iteration to the next on the operand stack.</summary>
    private SequenceNode TestedLast(int counter, int depth)
    {
        var type = new ProgramSignature(AnyNumbers(random.Weighted(60, 20, 10, 10)), AnyNumbers(random.Weighted(60, 30, 10)));
        var loop = Block(Opcode.Loop, type, Reducibility.Fixed, Expressions(type.Parameters, depth - 1));
        loop.Body.AddRange(TakeParameters(type));
        loop.Body.Add(BurnFuel());
        labels.Add(loop);
        for (var i = random.Between(1, 4); i > 0; i--)
            loop.Body.Add(Statement(depth - 1));
        loop.Body.Add(BranchBack(loop, HasWorkLeft(counter), depth));
        loop.Body.AddRange(Expressions(type.Results, depth - 1));
        labels.RemoveAt(labels.Count - 1);
        return Spread(loop);
    }

    /// <summary>Counts down; true while the counter and the fuel are positive.</summary>
    private ProgramNode HasWorkLeft(int counter) => Fixed(Opcode.I32And, ProgramType.I32,
        Fixed(Opcode.I32GtS, ProgramType.I32,
            new ProgramNode(Opcode.LocalTee, [ProgramType.I32],
                Fixed(Opcode.I32Sub, ProgramType.I32, FixedLocal(counter), ProgramNode.I32Const(1, Reducibility.Fixed)))
            {
                Immediates = [counter],
                Reducibility = Reducibility.Fixed,
            },
            ProgramNode.I32Const(0, Reducibility.Fixed)),
        HasFuelLeft());

    private ProgramNode HasFuelLeft() => Fixed(Opcode.I32GtS, ProgramType.I32,
        FixedGlobal(ProgramGenerator.FuelGlobal), ProgramNode.I32Const(0, Reducibility.Fixed));

    /// <summary>Branches to the start of a loop if a condition holds.</summary>
    private SequenceNode BranchBack(BlockNode loop, ProgramNode condition, int depth)
    {
        var branch = new ProgramNode(Opcode.BrIf, loop.LabelTypes, [.. Expressions(loop.LabelTypes, depth - 1), condition])
        {
            Targets = [loop],
            Reducibility = Reducibility.Fixed,
        };
        return new SequenceNode([], [branch, .. loop.LabelTypes.Select(_ => TakeOff(-1))]) { Reducibility = Reducibility.Fixed };
    }

    /// <summary>Goes on with the next iteration of an enclosing loop, as long as there is fuel.</summary>
    private SequenceNode? Continue(int depth)
    {
        var loops = labels.Where(label => label.Opcode == Opcode.Loop).ToList();
        if (loops.Count == 0)
            return null;
        var condition = new ProgramNode(Opcode.I32And, [ProgramType.I32],
            new ProgramNode(Opcode.I32Eqz, [ProgramType.I32], Expression(ProgramType.I32, depth - 1)), HasFuelLeft())
        {
            Reducibility = Reducibility.Fixed,
        };
        return new SequenceNode([], BurnFuel(), BranchBack(random.Pick(loops), condition, depth)) { Reducibility = Reducibility.Whole };
    }

    /// <summary>Nested blocks that a <c>br_table</c> jumps out of, as a switch statement is compiled.</summary>
    private BlockNode Switch(int depth)
    {
        var outer = Block(Opcode.Block, []);
        var blocks = new List<BlockNode> { outer };
        for (var i = random.Between(1, 3); i > 0; i--)
        {
            var inner = Block(Opcode.Block, new ProgramSignature([], []), Reducibility.Whole);
            blocks[^1].Body.Add(inner);
            blocks.Add(inner);
        }
        var index = random.Percent(70)
            ? Constrained(Opcode.I32And, ProgramType.I32, Expression(ProgramType.I32, depth - 1), 3)
            : Expression(ProgramType.I32, depth - 1);
        var targets = labels.Where(label => label.Opcode != Opcode.Loop && label.LabelTypes.Length == 0).Concat(blocks).ToList();
        blocks[^1].Body.Add(new ProgramNode(Opcode.BrTable, [], index)
        {
            Targets = [.. Enumerable.Range(0, random.Between(1, 5)).Select(_ => random.Pick(targets))],
            Reducibility = Reducibility.Whole,
        });
        for (var i = blocks.Count - 2; i >= 0; i--)
        {
            labels.AddRange(blocks[..(i + 1)]);
            for (var n = random.Between(0, 2); n > 0; n--)
                blocks[i].Body.Add(Statement(depth - 1));
            if (random.Percent(50))
                blocks[i].Body.Add(new ProgramNode(Opcode.Br, []) { Targets = [outer] });
            labels.RemoveRange(labels.Count - i - 1, i + 1);
        }
        return outer;
    }

    /// <summary>An if whose arm leaves the function or a block.</summary>
    private BlockNode ConditionalExit(int depth)
    {
        var condition = Expression(ProgramType.I32, depth - 1);
        var node = Block(Opcode.If, [], random.Percent(70) ? new ProgramNode(Opcode.I32Eqz, [ProgramType.I32], condition) : condition);
        labels.Add(node);
        if (random.Percent(50))
            node.Body.Add(Statement(depth - 1));
        node.Body.Add(Exit(depth - 1));
        labels.RemoveAt(labels.Count - 1);
        return node;
    }

    /// <summary>A jump without condition, often followed by code that nobody reaches.</summary>
    private SequenceNode Exit(int depth)
    {
        var nodes = new List<ProgramNode> { Jump(depth) };
        for (var i = random.Weighted(50, 25, 25); i > 0; i--)
        {
            // Operands that are missing come from nowhere in unreachable code.
            var info = random.Pick(OperatorCatalog.Operators(AnyNumber().Kind));
            nodes.Add(new ProgramNode(info.Opcode, [new ProgramType(info.Results[0])]) { Reducibility = Reducibility.Fixed });
            nodes.Add(TakeOff(random.Percent(50) ? WritableLocal(new ProgramType(info.Results[0])) : -1));
        }
        return new SequenceNode([], [.. nodes]) { Reducibility = Reducibility.Whole };
    }

    private ProgramNode Jump(int depth)
    {
        var targets = labels.Where(label => label.Opcode != Opcode.Loop).ToList();
        var results = role == FunctionRole.Run ? [ProgramType.I64] : signature.Results;
        switch (random.Weighted(40, 40, 15, Math.Min(5, context.Danger), role == FunctionRole.Leaf ? 0 : 6, context.Program.Tags.Count > 0 ? 20 : 0))
        {
            case 5:
                return Throw(depth);
            case 1 when targets.Count > 0:
                var target = random.Pick(targets);
                return new ProgramNode(Opcode.Br, [], Expressions(target.LabelTypes, depth - 1)) { Targets = [target], Reducibility = Reducibility.Fixed };
            case 2 when targets.Count > 0:
                var types = random.Pick(targets).LabelTypes;
                var alike = targets.Where(label => label.LabelTypes.SequenceEqual(types)).ToList();
                return new ProgramNode(Opcode.BrTable, [], [.. Expressions(types, depth - 1), Expression(ProgramType.I32, depth - 1)])
                {
                    Targets = [.. Enumerable.Range(0, random.Between(1, 4)).Select(_ => random.Pick(alike))],
                    Reducibility = Reducibility.Fixed,
                };
            case 3:
                return new ProgramNode(Opcode.Unreachable, []) { Reducibility = Reducibility.Fixed };
            case 4 when CalleesWith(results) is { Count: > 0 } callees:
                return TailCall(random.Pick(callees), depth);
            default:
                return new ProgramNode(Opcode.Return, [], Expressions(results, depth - 1)) { Reducibility = Reducibility.Fixed };
        }
    }

    /// <summary>A call in place of a return.</summary>
    private ProgramNode TailCall(int callee, int depth)
    {
        var call = Call(callee, depth);
        var opcode = call.Opcode switch
        {
            Opcode.Call => Opcode.ReturnCall,
            Opcode.CallIndirect => Opcode.ReturnCallIndirect,
            _ => Opcode.ReturnCallRef,
        };
        return new ProgramNode(opcode, [], call.Operands) { Immediates = call.Immediates, Reducibility = Reducibility.Fixed };
    }

    /// <summary>Branches out of an enclosing block on a condition, with the values that its label takes.</summary>
    private ProgramNode BranchIf(int depth)
    {
        var targets = labels.Where(label => label.Opcode != Opcode.Loop).ToList();
        if (targets.Count == 0)
            return SetLocal(depth);
        var target = random.Pick(targets);
        var condition = new ProgramNode(Opcode.I32Eqz, [ProgramType.I32], Expression(ProgramType.I32, depth - 1));
        return Spread(new ProgramNode(Opcode.BrIf, target.LabelTypes, [.. Expressions(target.LabelTypes, depth - 1), condition])
        {
            Targets = [target],
            Reducibility = Reducibility.Fixed,
        });
    }

    private ProgramNode BulkMemory(int depth)
    {
        var to = random.Below(context.Program.Memories.Count);
        switch (random.Weighted(35, 40, 20, Math.Min(5, context.Danger)))
        {
            case 0:
                return new ProgramNode(Opcode.MemoryFill, [], BulkAddress(to, depth), Expression(ProgramType.I32, depth - 1), BulkLength(Is64(to), depth))
                {
                    Immediates = [to],
                };
            case 1:
                var from = random.Below(context.Program.Memories.Count);
                return new ProgramNode(Opcode.MemoryCopy, [], BulkAddress(to, depth), BulkAddress(from, depth), BulkLength(Is64(to) && Is64(from), depth))
                {
                    Immediates = [to, from],
                };
            case 2:
                return InitializeMemory(to, depth);
            default:
                return new ProgramNode(Opcode.DataDrop, []) { Immediates = [random.Below(context.Program.Data.Count)] };
        }
    }

    private ProgramNode InitializeMemory(int to, int depth)
    {
        var size = context.Program.Data[RandomProgram.PassiveData].Bytes.Length;
        var (segment, from, length) = Dares()
            ? (random.Below(2), Expression(ProgramType.I32, depth - 1), BulkLength(is64: false, depth))
            : (RandomProgram.PassiveData, ProgramNode.I32Const(random.Between(0, size / 2)), ProgramNode.I32Const(random.Between(0, size / 2)));
        return new ProgramNode(Opcode.MemoryInit, [], BulkAddress(to, depth), from, length) { Immediates = [segment, to] };
    }

    private bool Is64(int memory) => context.Program.Memories[memory].Is64;

    private ProgramNode BulkAddress(int memory, int depth)
    {
        var (address, _) = Address(memory, depth - 1);
        return address;
    }

    private ProgramNode BulkLength(bool is64, int depth)
    {
        var type = is64 ? ProgramType.I64 : ProgramType.I32;
        var length = Expression(type, depth - 1);
        return Dares() ? length : Constrained(is64 ? Opcode.I64And : Opcode.I32And, type, length, random.Pick([7, 15, 63]));
    }

    /// <summary>Grows a memory or a table by a little.</summary>
    private SequenceNode Grow(int depth)
    {
        if (random.Percent(50))
        {
            var memory = random.Below(context.Program.Memories.Count);
            var type = Is64(memory) ? ProgramType.I64 : ProgramType.I32;
            var pages = Constrained(Is64(memory) ? Opcode.I64And : Opcode.I32And, type, Expression(type, depth - 1), 1);
            return Spread(new ProgramNode(Opcode.MemoryGrow, [type], pages) { Immediates = [memory] });
        }
        var table = random.Below(context.Program.Tables.Count);
        var entries = Constrained(Opcode.I32And, ProgramType.I32, Expression(ProgramType.I32, depth - 1), 3);
        return Spread(new ProgramNode(Opcode.TableGrow, [ProgramType.I32], Expression(context.Program.Tables[table].Type, depth - 1), entries)
        {
            Immediates = [table],
        });
    }
}
