using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing.Programs;

/// <summary>Functions that do what the instructions on 128 bits do, with those on 64 bits alone.</summary>
internal static class WideFunctions
{
    private const long LowHalf = 0xFFFF_FFFF;

    private static readonly Opcode[] Opcodes = [Opcode.I64Add128, Opcode.I64Sub128, Opcode.I64MulWideS, Opcode.I64MulWideU];

    /// <summary>The instructions, in the order of their functions.</summary>
    public static IReadOnlyList<Opcode> Operators => Opcodes;

    /// <summary>The number of an instruction's function among them.</summary>
    public static int IndexOf(Opcode opcode) => Array.IndexOf(Opcodes, opcode);

    /// <summary>Adds the functions at the end of a program.</summary>
    public static void AddTo(RandomProgram program)
    {
        program.FirstWideFunction = program.Functions.Count;
        foreach (var opcode in Opcodes)
        {
            ProgramType[] parameters = [.. OpcodeTable.Get(opcode).Parameters.Select(kind => new ProgramType(kind))];
            var type = program.TypeIndex(new ProgramSignature(parameters, [ProgramType.I64, ProgramType.I64]), isLone: true);
            program.Functions.Add(new ProgramFunction(type) { IsFixed = true, Body = Body(opcode) });
        }
    }

    private static List<ProgramNode> Body(Opcode opcode) => opcode switch
    {
        Opcode.I64Add128 => [Sum, Op(Opcode.I64Add, Op(Opcode.I64Add, Get(1), Get(3)), Extend(Below(Sum, Get(0))))],
        Opcode.I64Sub128 => [Op(Opcode.I64Sub, Get(0), Get(2)), Op(Opcode.I64Sub, Op(Opcode.I64Sub, Get(1), Get(3)), Extend(Below(Get(0), Get(2))))],
        Opcode.I64MulWideU => [Op(Opcode.I64Mul, Get(0), Get(1)), HighProduct()],
        _ => [Op(Opcode.I64Mul, Get(0), Get(1)), Op(Opcode.I64Sub, HighProduct(), Op(Opcode.I64Add, IfNegative(0, 1), IfNegative(1, 0)))],
    };

    private static ProgramNode Sum => Op(Opcode.I64Add, Get(0), Get(2));

    /// <summary>The high half of the unsigned product, from the products of halves of 32 bits.</summary>
    private static ProgramNode HighProduct()
    {
        var lowHigh = Op(Opcode.I64Mul, Low(Get(0)), High(Get(1)));
        var highLow = Op(Opcode.I64Mul, High(Get(0)), Low(Get(1)));
        var middle = Op(Opcode.I64Add, High(Op(Opcode.I64Mul, Low(Get(0)), Low(Get(1)))), Op(Opcode.I64Add, Low(lowHigh), Low(highLow)));
        var carried = Op(Opcode.I64Add, High(middle), Op(Opcode.I64Add, High(lowHigh), High(highLow)));
        return Op(Opcode.I64Add, Op(Opcode.I64Mul, High(Get(0)), High(Get(1))), carried);
    }

    /// <summary>One parameter if another one is negative, else zero.</summary>
    private static ProgramNode IfNegative(int asked, int given) => Op(Opcode.I64And, Op(Opcode.I64ShrS, Get(asked), ProgramNode.I64Const(63)), Get(given));

    private static ProgramNode Low(ProgramNode value) => Op(Opcode.I64And, value, ProgramNode.I64Const(LowHalf));

    private static ProgramNode High(ProgramNode value) => Op(Opcode.I64ShrU, value, ProgramNode.I64Const(32));

    private static ProgramNode Below(ProgramNode left, ProgramNode right) => new(Opcode.I64LtU, [ProgramType.I32], left, right);

    private static ProgramNode Extend(ProgramNode condition) => new(Opcode.I64ExtendI32U, [ProgramType.I64], condition);

    private static ProgramNode Op(Opcode opcode, ProgramNode left, ProgramNode right) => new(opcode, [ProgramType.I64], left, right);

    private static ProgramNode Get(int parameter) => new(Opcode.LocalGet, [ProgramType.I64]) { Immediates = [parameter] };
}
