using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing.Bodies;

/// <summary>Strings of the host.</summary>
internal sealed class StringGenerator(BodyGenerator parts)
{
    /// <summary>Most code units of a string that is put together, so that strings do not grow without end.</summary>
    private const int MaximumTextLength = 24;

    private readonly BodyScope _scope = parts.Scope;
    private readonly ProgramContext _context = parts.Scope.Context;
    private readonly RandomSource _random = parts.Scope.Random;

    /// <summary>Locals for a string, an index and a hash, while they are needed; made at first use.</summary>
    private (int Text, int Index, int Hash)? _textLocals;

    private (int Text, int Index, int Hash) TextLocals() => _textLocals ??= (
        _scope.NewLocal(ProgramType.ExternRef, isWritable: false),
        _scope.NewLocal(ProgramType.I32, isWritable: false),
        _scope.NewLocal(ProgramType.I32, isWritable: false));

    /// <summary>A string that is made here; of one code unit where depth is 0.</summary>
    public ProgramNode NewText(int depth)
    {
        switch (depth <= 0 || _scope.Budget < 0 ? 0 : _random.Weighted(30, 40, 30, 10, 15))
        {
            case 0:
                return parts.Calls.CallImport("fromCharCode", Reducibility.Free, _random.Percent(70)
                    ? ProgramNode.I32Const(_random.Between('a', 'd'))
                    : parts.Expressions.Of(ProgramType.I32, depth - 1));
            case 1:
                return parts.Calls.CallImport("substring", Reducibility.Whole,
                    parts.Calls.CallImport("concat", Reducibility.Free, Text(depth - 1), Text(depth - 1)),
                    ProgramNode.I32Const(0, Reducibility.Fixed),
                    ProgramNode.I32Const(_random.Between(1, MaximumTextLength), Reducibility.Fixed));
            case 3:
                return parts.Calls.CallImport("fromCharCodeArray", Reducibility.Whole, parts.Objects.Target(CodeUnits, depth - 1),
                    ProgramNode.I32Const(_random.Below(3)), ProgramNode.I32Const(_scope.Dares() ? _random.Below(20) : _random.Between(2, ObjectFactory.MinimumLength)));
            case 4:
                return parts.Calls.CallImport("fromCodePoint", Reducibility.Free,
                    Nodes.Constrained(Opcode.I32And, ProgramType.I32, parts.Expressions.Of(ProgramType.I32, depth - 1), _random.Pick([0x7F, 0xFFFF, 0xFFFFF])));
            default:
                return parts.Calls.CallImport("substring", Reducibility.Free,
                    Text(depth - 1), ProgramNode.I32Const(_random.Below(3)), parts.Expressions.Of(ProgramType.I32, depth - 1));
        }
    }

    /// <summary>A string: a new one, or a reference that has passed a test; anything else only where the operation goes unprotected.</summary>
    private ProgramNode Text(int depth)
    {
        if (_scope.Dares())
        {
            return parts.Expressions.Of(ProgramType.ExternRef, depth - 1);
        }

        switch (_random.Weighted(40, 50, 10))
        {
            case 0:
                return NewText(depth);
            case 1:
                return TestedText(depth);
            default:
                return parts.Calls.CallImport("cast", Reducibility.Free, NewText(depth - 1));
        }
    }

    /// <summary>A reference, or a new string in its place if it is none.</summary>
    private BlockNode TestedText(int depth)
    {
        var local = TextLocals().Text;
        var tee = new ProgramNode(Opcode.LocalTee, [ProgramType.ExternRef], parts.Expressions.Of(ProgramType.ExternRef, depth - 1))
        {
            Immediates = [local],
            Reducibility = Reducibility.Fixed,
        };
        var choice = _scope.Block(Opcode.If, new ProgramSignature([], [ProgramType.ExternRef]), Reducibility.Fixed,
            parts.Calls.CallImport("test", Reducibility.Fixed, tee));
        choice.Body.Add(_scope.FixedLocal(local));
        choice.Else = [NewText(0)];
        return choice;
    }

    /// <summary>A question about strings.</summary>
    public ProgramNode QueryOfText(int depth)
    {
        switch (_random.Weighted(10, 20, 25, 10, 15, 20, 6))
        {
            case 0:
                return parts.Calls.CallImport("test", Reducibility.Free, parts.Expressions.Of(ProgramType.ExternRef, depth - 1));
            case 1:
                return parts.Calls.CallImport("length", Reducibility.Free, Text(depth - 1));
            case 2:
                return parts.Calls.CallImport("equals", Reducibility.Free, TextOrNull(depth - 1), TextOrNull(depth - 1));
            case 3:
                return parts.Calls.CallImport("compare", Reducibility.Free, Text(depth - 1), Text(depth - 1));
            case 4:
                return CodeUnit(depth);
            case 6:
                return parts.Calls.CallImport("intoCharCodeArray", Reducibility.Whole,
                    parts.Calls.CallImport("fromCharCode", Reducibility.Whole, parts.Expressions.Of(ProgramType.I32, depth - 1)), parts.Objects.Target(CodeUnits, depth - 1), ProgramNode.I32Const(_random.Below(3)));
            default:
                return HashOfText(depth);
        }
    }

    private ProgramNode TextOrNull(int depth) => _random.Percent(15) ? ProgramNode.Zero(ProgramType.ExternRef) : Text(depth);

    /// <summary>The array type that strings are copied from and to.</summary>
    private int CodeUnits => _context.Program.Signature(_context.Program.Functions[_context.Program.ImportIndex("fromCharCodeArray")].Type).Parameters[0].Heap;

    /// <summary>A code unit or code point of a string that has it, else 0.</summary>
    private ProgramNode CodeUnit(int depth)
    {
        var name = _random.Percent(70) ? "charCodeAt" : "codePointAt";
        if (_scope.Dares())
        {
            return parts.Calls.CallImport(name, Reducibility.Free, Text(depth - 1), parts.Expressions.Simple(ProgramType.I32));
        }

        var local = TextLocals().Text;
        var index = _random.Below(3);
        var tee = new ProgramNode(Opcode.LocalTee, [ProgramType.ExternRef], Text(depth - 1)) { Immediates = [local], Reducibility = Reducibility.Fixed };
        var choice = _scope.Block(Opcode.If, new ProgramSignature([], [ProgramType.I32]), Reducibility.Whole,
            Nodes.Fixed(Opcode.I32GtU, ProgramType.I32, parts.Calls.CallImport("length", Reducibility.Fixed, tee), ProgramNode.I32Const(index, Reducibility.Fixed)));
        choice.Body.Add(parts.Calls.CallImport(name, Reducibility.Whole, _scope.FixedLocal(local), ProgramNode.I32Const(index, Reducibility.Fixed)));
        choice.Else = [ProgramNode.I32Const(0)];
        return choice;
    }

    /// <summary>A number made of all code units of a string, by a loop over them.</summary>
    private BlockNode HashOfText(int depth)
    {
        var (text, index, hash) = TextLocals();
        var none = new ProgramSignature([], []);
        var block = _scope.Block(Opcode.Block, new ProgramSignature([], [ProgramType.I32]), Reducibility.Whole);
        var loop = _scope.Block(Opcode.Loop, none, Reducibility.Fixed);
        var next = _scope.Block(Opcode.If, none, Reducibility.Fixed, Nodes.Fixed(_random.Percent(50) ? Opcode.I32LtS : Opcode.I32LtU, ProgramType.I32,
            _scope.FixedLocal(index), parts.Calls.CallImport("length", Reducibility.Fixed, _scope.FixedLocal(text))));
        next.Body.AddRange(
        [
            Nodes.Fixed(Opcode.LocalSet, hash, Nodes.Fixed(Opcode.I32Add, ProgramType.I32,
                Nodes.Fixed(Opcode.I32Mul, ProgramType.I32, _scope.FixedLocal(hash), ProgramNode.I32Const(31, Reducibility.Fixed)),
                parts.Calls.CallImport("charCodeAt", Reducibility.Fixed, _scope.FixedLocal(text), _scope.FixedLocal(index)))),
            Nodes.Fixed(Opcode.LocalSet, index, Nodes.Fixed(Opcode.I32Add, ProgramType.I32,
                _scope.FixedLocal(index), ProgramNode.I32Const(1, Reducibility.Fixed))),
            new ProgramNode(Opcode.Br, []) { Targets = [loop], Reducibility = Reducibility.Fixed },
        ]);
        loop.Body.Add(next);
        block.Body.AddRange(
        [
            Nodes.Fixed(Opcode.LocalSet, text, Text(depth - 1)),
            Nodes.Fixed(Opcode.LocalSet, index, ProgramNode.I32Const(0, Reducibility.Fixed)),
            Nodes.Fixed(Opcode.LocalSet, hash, ProgramNode.I32Const(0, Reducibility.Fixed)),
            loop,
            _scope.FixedLocal(hash),
        ]);
        return block;
    }
}
