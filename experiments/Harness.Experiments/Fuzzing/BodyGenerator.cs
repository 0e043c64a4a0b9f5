using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing;

/// <summary>Makes up the body of one function.</summary>
internal sealed partial class BodyGenerator
{
    private const int FullDepth = 5;

    private readonly ProgramContext context;
    private readonly ProgramFunction function;
    private readonly ProgramSignature signature;
    private readonly FunctionRole role;
    private readonly RandomSource random;
    private readonly int maximumLocals;

    /// <summary>The parameters and locals, by type; those that the generated code relies on are not <see cref="writable"/>.</summary>
    private readonly List<ProgramType> locals;
    private readonly List<bool> writable;

    /// <summary>The blocks that enclose the place where code is being generated, innermost last.</summary>
    private readonly List<BlockNode> labels = [];

    /// <summary>The locals that hold a float while it is made canonical.</summary>
    private readonly Dictionary<ProgramType, int> scratch = [];

    /// <summary>How many more nodes to make up; below zero only the simplest are chosen.</summary>
    private int budget;

    /// <param name="context">What the program has to offer.</param>
    /// <param name="function">The function to fill.</param>
    /// <param name="role">What it may do.</param>
    /// <param name="size">About how many nodes it shall have.</param>
    /// <param name="random">Decides.</param>
    public BodyGenerator(ProgramContext context, ProgramFunction function, FunctionRole role, int size, RandomSource random)
    {
        this.context = context;
        this.function = function;
        this.role = role;
        this.random = random;
        signature = context.Program.Signature(function.Type);
        budget = size;
        maximumLocals = signature.Parameters.Length + (size < 100 ? 6 : 18);
        locals = [.. signature.Parameters];
        writable = [.. signature.Parameters.Select((_, index) => index > 0 || role == FunctionRole.Leaf)];
    }

    /// <summary>Fills the function.</summary>
    public void Generate()
    {
        var body = function.Body;
        if (role == FunctionRole.General)
            body.AddRange(GeneralPrologue());
        if (role == FunctionRole.Run)
            body.AddRange(RunPrologue());
        if (context.Aggregates.Count > 0)
            body.AddRange(ObjectsToBeginWith());
        while (budget > 0 && (body.Count < 3 || !random.Percent(7)))
            body.Add(Statement(FullDepth));
        if (role == FunctionRole.Run)
            body.Add(DigestOfLocals());
        else
            body.AddRange(Expressions(signature.Results, 3));
    }

    /// <summary>Returns at once where depth or fuel are used up, and takes one unit of fuel.</summary>
    private IEnumerable<ProgramNode> GeneralPrologue()
    {
        var exit = Block(Opcode.If, new ProgramSignature([], []), Reducibility.Fixed, Fixed(Opcode.I32Or, ProgramType.I32,
            Fixed(Opcode.I32LeS, ProgramType.I32, FixedLocal(0), ProgramNode.I32Const(0, Reducibility.Fixed)),
            Fixed(Opcode.I32LeS, ProgramType.I32, FixedGlobal(ProgramGenerator.FuelGlobal), ProgramNode.I32Const(0, Reducibility.Fixed))));
        exit.Body.Add(new ProgramNode(Opcode.Return, [], [.. signature.Results.Select(ProgramNode.Zero)]) { Reducibility = Reducibility.Fixed });
        return [exit, BurnFuel()];
    }

    /// <summary>Puts objects into locals, so that what follows has some in common to read and to change.</summary>
    private IEnumerable<ProgramNode> ObjectsToBeginWith() =>
        Enumerable.Range(0, random.Weighted(30, 30, 25, 15)).Select(_ => SetObject(3));

    private IEnumerable<ProgramNode> RunPrologue() =>
    [
        Fixed(Opcode.GlobalSet, ProgramGenerator.FuelGlobal, ProgramNode.I32Const(random.Between(50, 500), Reducibility.Fixed)),
        Fixed(Opcode.GlobalSet, ProgramGenerator.PhaseGlobal, FixedLocal(0)),
    ];

    private ProgramNode BurnFuel() => Fixed(Opcode.GlobalSet, ProgramGenerator.FuelGlobal,
        Fixed(Opcode.I32Sub, ProgramType.I32, FixedGlobal(ProgramGenerator.FuelGlobal), ProgramNode.I32Const(1, Reducibility.Fixed)));

    /// <summary>Whether the next operation goes unprotected.</summary>
    private bool Dares() => random.Percent(context.Danger);

    /// <summary>An i64 that depends on all locals of number types.</summary>
    private ProgramNode DigestOfLocals()
    {
        var digest = Expression(ProgramType.I64, 3);
        for (var i = 0; i < locals.Count; i++)
        {
            if (!locals[i].IsReference)
                digest = Mix(digest, AsI64(Local(i)));
        }
        return digest;
    }

    /// <summary>A step of a digest: <c>rotl(digest, 9) * 31 + value</c>.</summary>
    public static ProgramNode Mix(ProgramNode digest, ProgramNode value) =>
        new(Opcode.I64Add, [ProgramType.I64],
            new ProgramNode(Opcode.I64Mul, [ProgramType.I64],
                new ProgramNode(Opcode.I64Rotl, [ProgramType.I64], digest, new ProgramNode(Opcode.I64Const, [ProgramType.I64]) { Immediates = [9] }),
                new ProgramNode(Opcode.I64Const, [ProgramType.I64]) { Immediates = [31] }),
            value);

    /// <summary>The bits of a number as an i64, canonical for a NaN.</summary>
    private ProgramNode AsI64(ProgramNode value) => value.Results[0].Kind switch
    {
        ValueKind.I32 => new ProgramNode(Opcode.I64ExtendI32U, [ProgramType.I64], value),
        ValueKind.F32 => AsI64(new ProgramNode(Opcode.I32ReinterpretF32, [ProgramType.I32], Canonical(value))),
        ValueKind.F64 => new ProgramNode(Opcode.I64ReinterpretF64, [ProgramType.I64], Canonical(value)),
        _ => value,
    };

    /// <summary>A float, but with the one canonical NaN in place of any other: <c>x == x ? x : nan</c>.</summary>
    private ProgramNode Canonical(ProgramNode value)
    {
        var type = value.Results[0];
        if (!scratch.TryGetValue(type, out var local))
        {
            local = NewLocal(type, isWritable: false);
            scratch.Add(type, local);
        }
        var isSingle = type == ProgramType.F32;
        return new ProgramNode(Opcode.Select, [type],
            new ProgramNode(Opcode.LocalTee, [type], value) { Immediates = [local], Reducibility = Reducibility.Fixed },
            new ProgramNode(isSingle ? Opcode.F32Const : Opcode.F64Const, [type])
            {
                Immediates = [isSingle ? 0x7FC00000 : 0x7FF8000000000000],
                Reducibility = Reducibility.Fixed,
            },
            Fixed(isSingle ? Opcode.F32Eq : Opcode.F64Eq, ProgramType.I32, FixedLocal(local), FixedLocal(local)))
        {
            Reducibility = Reducibility.Whole,
        };
    }

    private int NewLocal(ProgramType type, bool isWritable)
    {
        locals.Add(type);
        writable.Add(isWritable);
        function.Locals.Add(type);
        return locals.Count - 1;
    }

    /// <summary>A local of a type that may be written: one that exists or a new one.</summary>
    private int WritableLocal(ProgramType type)
    {
        var candidates = Enumerable.Range(0, locals.Count).Where(index => writable[index] && locals[index] == type).ToList();
        return candidates.Count == 0 || (locals.Count < maximumLocals && random.Percent(20))
            ? NewLocal(type, isWritable: true)
            : random.Pick(candidates);
    }

    private ProgramNode Local(int index) => new(Opcode.LocalGet, [locals[index]]) { Immediates = [index] };

    private ProgramNode FixedLocal(int index) => new(Opcode.LocalGet, [locals[index]]) { Immediates = [index], Reducibility = Reducibility.Fixed };

    private ProgramNode FixedGlobal(int index) =>
        new(Opcode.GlobalGet, [context.Program.Globals[index].Type]) { Immediates = [index], Reducibility = Reducibility.Fixed };

    private static ProgramNode Fixed(Opcode opcode, ProgramType result, params ProgramNode[] operands) =>
        new(opcode, [result], operands) { Reducibility = Reducibility.Fixed };

    private static ProgramNode Fixed(Opcode opcode, int index, params ProgramNode[] operands) =>
        new(opcode, [], operands) { Immediates = [index], Reducibility = Reducibility.Fixed };

    private static ProgramNode Constrained(Opcode opcode, ProgramType type, ProgramNode value, long constant) =>
        new(opcode, [type], value, type == ProgramType.I32
            ? ProgramNode.I32Const((int)constant)
            : new ProgramNode(Opcode.I64Const, [type]) { Immediates = [constant] });

    /// <summary>A new block, loop or if of a type, with its operands.</summary>
    private BlockNode Block(Opcode opcode, ProgramSignature type, Reducibility reducibility, params ProgramNode[] operands)
    {
        var isSimple = type.Parameters.Length == 0 && type.Results.Length <= 1;
        return new BlockNode(opcode, type, isSimple ? -1 : context.Program.TypeIndex(type), operands) { Reducibility = reducibility };
    }

    private BlockNode Block(Opcode opcode, ProgramType[] results, params ProgramNode[] operands) =>
        Block(opcode, new ProgramSignature([], results), Reducibility.Free, operands);
}
