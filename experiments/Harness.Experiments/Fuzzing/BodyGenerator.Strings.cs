using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing;

/// <content>Strings of the host.</content>
internal sealed partial class BodyGenerator
{
    /// <summary>Most code units of a string that is put together, so that strings do not grow without end.</summary>
    private const int MaximumTextLength = 24;

    /// <summary>Locals for a string, an index and a hash, while they are needed; made at first use.</summary>
    private (int Text, int Index, int Hash)? textLocals;

    private (int Text, int Index, int Hash) TextLocals() => textLocals ??= (
        NewLocal(ProgramType.ExternRef, isWritable: false),
        NewLocal(ProgramType.I32, isWritable: false),
        NewLocal(ProgramType.I32, isWritable: false));

    /// <summary>A string that is made here; of one code unit where depth is 0.</summary>
    private ProgramNode NewText(int depth)
    {
        switch (depth <= 0 || budget < 0 ? 0 : random.Weighted(30, 40, 30, 10, 15))
        {
            case 0:
                return CallImport("fromCharCode", Reducibility.Free, random.Percent(70)
                    ? ProgramNode.I32Const(random.Between('a', 'd'))
                    : Expression(ProgramType.I32, depth - 1));
            case 1:
                return CallImport("substring", Reducibility.Whole,
                    CallImport("concat", Reducibility.Free, Text(depth - 1), Text(depth - 1)),
                    ProgramNode.I32Const(0, Reducibility.Fixed),
                    ProgramNode.I32Const(random.Between(1, MaximumTextLength), Reducibility.Fixed));
            case 3:
                return CallImport("fromCharCodeArray", Reducibility.Whole, Target(CodeUnits, depth - 1),
                    ProgramNode.I32Const(random.Below(3)), ProgramNode.I32Const(Dares() ? random.Below(20) : random.Between(2, ObjectFactory.MinimumLength)));
            case 4:
                return CallImport("fromCodePoint", Reducibility.Free,
                    Constrained(Opcode.I32And, ProgramType.I32, Expression(ProgramType.I32, depth - 1), random.Pick([0x7F, 0xFFFF, 0xFFFFF])));
            default:
                return CallImport("substring", Reducibility.Free,
                    Text(depth - 1), ProgramNode.I32Const(random.Below(3)), Expression(ProgramType.I32, depth - 1));
        }
    }

    /// <summary>A string: a new one, or a reference that has passed a test; anything else only where the operation goes unprotected.</summary>
    private ProgramNode Text(int depth)
    {
        if (Dares())
            return Expression(ProgramType.ExternRef, depth - 1);
        switch (random.Weighted(40, 50, 10))
        {
            case 0:
                return NewText(depth);
            case 1:
                return TestedText(depth);
            default:
                return CallImport("cast", Reducibility.Free, NewText(depth - 1));
        }
    }

    /// <summary>A reference, or a new string in its place if it is none.</summary>
    private BlockNode TestedText(int depth)
    {
        var local = TextLocals().Text;
        var tee = new ProgramNode(Opcode.LocalTee, [ProgramType.ExternRef], Expression(ProgramType.ExternRef, depth - 1))
        {
            Immediates = [local],
            Reducibility = Reducibility.Fixed,
        };
        var choice = Block(Opcode.If, new ProgramSignature([], [ProgramType.ExternRef]), Reducibility.Fixed,
            CallImport("test", Reducibility.Fixed, tee));
        choice.Body.Add(FixedLocal(local));
        choice.Else = [NewText(0)];
        return choice;
    }

    /// <summary>A question about strings.</summary>
    private ProgramNode QueryOfText(int depth)
    {
        switch (random.Weighted(10, 20, 25, 10, 15, 20, 6))
        {
            case 0:
                return CallImport("test", Reducibility.Free, Expression(ProgramType.ExternRef, depth - 1));
            case 1:
                return CallImport("length", Reducibility.Free, Text(depth - 1));
            case 2:
                return CallImport("equals", Reducibility.Free, TextOrNull(depth - 1), TextOrNull(depth - 1));
            case 3:
                return CallImport("compare", Reducibility.Free, Text(depth - 1), Text(depth - 1));
            case 4:
                return CodeUnit(depth);
            case 6:
                return CallImport("intoCharCodeArray", Reducibility.Whole,
                    CallImport("fromCharCode", Reducibility.Whole, Expression(ProgramType.I32, depth - 1)), Target(CodeUnits, depth - 1), ProgramNode.I32Const(random.Below(3)));
            default:
                return HashOfText(depth);
        }
    }

    private ProgramNode TextOrNull(int depth) => random.Percent(15) ? ProgramNode.Zero(ProgramType.ExternRef) : Text(depth);

    /// <summary>The array type that strings are copied from and to.</summary>
    private int CodeUnits => context.Program.Signature(context.Program.Functions[context.Program.ImportIndex("fromCharCodeArray")].Type).Parameters[0].Heap;

    /// <summary>A code unit or code point of a string that has it, else 0.</summary>
    private ProgramNode CodeUnit(int depth)
    {
        var name = random.Percent(70) ? "charCodeAt" : "codePointAt";
        if (Dares())
            return CallImport(name, Reducibility.Free, Text(depth - 1), Simple(ProgramType.I32));
        var local = TextLocals().Text;
        var index = random.Below(3);
        var tee = new ProgramNode(Opcode.LocalTee, [ProgramType.ExternRef], Text(depth - 1)) { Immediates = [local], Reducibility = Reducibility.Fixed };
        var choice = Block(Opcode.If, new ProgramSignature([], [ProgramType.I32]), Reducibility.Whole,
            Fixed(Opcode.I32GtU, ProgramType.I32, CallImport("length", Reducibility.Fixed, tee), ProgramNode.I32Const(index, Reducibility.Fixed)));
        choice.Body.Add(CallImport(name, Reducibility.Whole, FixedLocal(local), ProgramNode.I32Const(index, Reducibility.Fixed)));
        choice.Else = [ProgramNode.I32Const(0)];
        return choice;
    }

    /// <summary>A number made of all code units of a string, by a loop over them.</summary>
    private BlockNode HashOfText(int depth)
    {
        var (text, index, hash) = TextLocals();
        var none = new ProgramSignature([], []);
        var block = Block(Opcode.Block, new ProgramSignature([], [ProgramType.I32]), Reducibility.Whole);
        var loop = Block(Opcode.Loop, none, Reducibility.Fixed);
        var next = Block(Opcode.If, none, Reducibility.Fixed, Fixed(random.Percent(50) ? Opcode.I32LtS : Opcode.I32LtU, ProgramType.I32,
            FixedLocal(index), CallImport("length", Reducibility.Fixed, FixedLocal(text))));
        next.Body.AddRange(
        [
            Fixed(Opcode.LocalSet, hash, Fixed(Opcode.I32Add, ProgramType.I32,
                Fixed(Opcode.I32Mul, ProgramType.I32, FixedLocal(hash), ProgramNode.I32Const(31, Reducibility.Fixed)),
                CallImport("charCodeAt", Reducibility.Fixed, FixedLocal(text), FixedLocal(index)))),
            Fixed(Opcode.LocalSet, index, Fixed(Opcode.I32Add, ProgramType.I32,
                FixedLocal(index), ProgramNode.I32Const(1, Reducibility.Fixed))),
            new ProgramNode(Opcode.Br, []) { Targets = [loop], Reducibility = Reducibility.Fixed },
        ]);
        loop.Body.Add(next);
        block.Body.AddRange(
        [
            Fixed(Opcode.LocalSet, text, Text(depth - 1)),
            Fixed(Opcode.LocalSet, index, ProgramNode.I32Const(0, Reducibility.Fixed)),
            Fixed(Opcode.LocalSet, hash, ProgramNode.I32Const(0, Reducibility.Fixed)),
            loop,
            FixedLocal(hash),
        ]);
        return block;
    }
}
