using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing.Bodies;

/// <summary>What is known at the place of a body where code is being generated: locals, labels, and how much may still be made up.</summary>
internal sealed class BodyScope
{
    private readonly ProgramFunction _function;
    private readonly int _maximumLocals;

    /// <summary>Which of <see cref="Locals"/> may be written; the generated code relies on the others.</summary>
    private readonly List<bool> _writable;

    /// <summary>The locals that hold a float or vector while it is made canonical.</summary>
    private readonly Dictionary<ProgramType, int> _scratch = [];

    /// <param name="context">What the program has to offer.</param>
    /// <param name="function">The function to fill.</param>
    /// <param name="role">What it may do.</param>
    /// <param name="size">About how many nodes it shall have.</param>
    /// <param name="random">Decides.</param>
    public BodyScope(ProgramContext context, ProgramFunction function, FunctionRole role, int size, RandomSource random)
    {
        _function = function;
        Context = context;
        Role = role;
        Random = random;
        Signature = context.Program.Signature(function.Type);
        Budget = size;
        _maximumLocals = Signature.Parameters.Length + (size < 100 ? 6 : 18);
        Locals = [.. Signature.Parameters];
        _writable = [.. Signature.Parameters.Select((_, index) => index > 0 || role == FunctionRole.Leaf)];
    }

    /// <summary>What the program has to offer.</summary>
    public ProgramContext Context { get; }

    /// <summary>What the function may do.</summary>
    public FunctionRole Role { get; }

    /// <summary>The function's type.</summary>
    public ProgramSignature Signature { get; }

    /// <summary>Decides.</summary>
    public RandomSource Random { get; }

    /// <summary>The parameters and locals, by type.</summary>
    public List<ProgramType> Locals { get; }

    /// <summary>The blocks that enclose the place where code is being generated, innermost last.</summary>
    public List<BlockNode> Labels { get; } = [];

    /// <summary>How many more nodes to make up; below zero only the simplest are chosen.</summary>
    public int Budget { get; set; }

    /// <summary>Whether the next operation goes unprotected.</summary>
    public bool Dares() => Random.Percent(Context.Danger);

    /// <summary>A float, but with the one canonical NaN in place of any other: <c>x == x ? x : nan</c>.</summary>
    public ProgramNode Canonical(ProgramNode value)
    {
        var type = value.Results[0];
        var local = ScratchOf(type);
        var isSingle = type == ProgramType.F32;
        return new ProgramNode(Opcode.Select, [type],
            new ProgramNode(Opcode.LocalTee, [type], value) { Immediates = [local], Reducibility = Reducibility.Fixed },
            new ProgramNode(isSingle ? Opcode.F32Const : Opcode.F64Const, [type])
            {
                Immediates = [isSingle ? 0x7FC00000 : 0x7FF8000000000000],
                Reducibility = Reducibility.Fixed,
            },
            Nodes.Fixed(isSingle ? Opcode.F32Eq : Opcode.F64Eq, ProgramType.I32, FixedLocal(local), FixedLocal(local)))
        {
            Reducibility = Reducibility.Whole,
        };
    }

    /// <summary>
    /// A vector of floats, but with the one canonical NaN in place of any other: lanes that are equal to themselves stay.
    /// </summary>
    public ProgramNode CanonicalLanes(ProgramNode value, bool isSingle)
    {
        var local = ScratchOf(ProgramType.V128);
        var nan = isSingle ? 0x7FC0_0000_7FC0_0000 : 0x7FF8_0000_0000_0000;
        return new ProgramNode(Opcode.V128Bitselect, [ProgramType.V128],
            new ProgramNode(Opcode.LocalTee, [ProgramType.V128], value) { Immediates = [local], Reducibility = Reducibility.Fixed },
            new ProgramNode(Opcode.V128Const, [ProgramType.V128]) { Immediates = [nan, nan], Reducibility = Reducibility.Fixed },
            Nodes.Fixed(isSingle ? Opcode.F32x4Eq : Opcode.F64x2Eq, ProgramType.V128, FixedLocal(local), FixedLocal(local)))
        {
            Reducibility = Reducibility.Whole,
        };
    }

    private int ScratchOf(ProgramType type)
    {
        if (!_scratch.TryGetValue(type, out var local))
        {
            local = NewLocal(type, isWritable: false);
            _scratch.Add(type, local);
        }

        return local;
    }

    /// <summary>Both halves of a vector, mixed.</summary>
    private ProgramNode MixedHalves(ProgramNode vector)
    {
        var local = ScratchOf(ProgramType.V128);
        ProgramNode Half(ProgramNode of, int lane) => new(Opcode.I64x2ExtractLane, [ProgramType.I64], of) { Immediates = [lane] };
        return new ProgramNode(Opcode.I64Add, [ProgramType.I64],
            Half(new ProgramNode(Opcode.LocalTee, [ProgramType.V128], vector) { Immediates = [local], Reducibility = Reducibility.Fixed }, 0),
            new ProgramNode(Opcode.I64Rotl, [ProgramType.I64], Half(FixedLocal(local), 1),
                ProgramNode.I64Const(13)))
        {
            Reducibility = Reducibility.Whole,
        };
    }

    /// <summary>The bits of a number or vector as an i64, canonical for a NaN.</summary>
    public ProgramNode AsI64(ProgramNode value) => value.Results[0].Kind switch
    {
        ValueKind.I32 => new ProgramNode(Opcode.I64ExtendI32U, [ProgramType.I64], value),
        ValueKind.F32 => AsI64(new ProgramNode(Opcode.I32ReinterpretF32, [ProgramType.I32], Canonical(value))),
        ValueKind.F64 => new ProgramNode(Opcode.I64ReinterpretF64, [ProgramType.I64], Canonical(value)),
        ValueKind.V128 => MixedHalves(value),
        _ => value,
    };

    /// <summary>Mixes a value into a global, so that the digest of the program's state tells it: a number or vector, or whether a reference is null.</summary>
    public ProgramNode Observe(ProgramNode value)
    {
        var global = Context.Program.Globals.FindIndex(candidate => candidate.Mutable && candidate.Type == ProgramType.I64);
        var number = value.Results[0].IsReference ? new ProgramNode(Opcode.RefIsNull, [ProgramType.I32], value) : value;
        var before = new ProgramNode(Opcode.GlobalGet, [ProgramType.I64]) { Immediates = [global] };
        return new ProgramNode(Opcode.GlobalSet, [], BodyGenerator.Mix(before, AsI64(number))) { Immediates = [global] };
    }

    /// <summary>A local that did not exist.</summary>
    public int NewLocal(ProgramType type, bool isWritable)
    {
        Locals.Add(type);
        _writable.Add(isWritable);
        _function.Locals.Add(type);
        return Locals.Count - 1;
    }

    /// <summary>A local of a type that may be written: one that exists or a new one.</summary>
    public int WritableLocal(ProgramType type)
    {
        var candidates = Enumerable.Range(0, Locals.Count).Where(index => _writable[index] && Locals[index] == type).ToList();
        return candidates.Count == 0 || (Locals.Count < _maximumLocals && Random.Percent(20))
            ? NewLocal(type, isWritable: true)
            : Random.Pick(candidates);
    }

    /// <summary>Reads a local.</summary>
    public ProgramNode Local(int index) => new(Opcode.LocalGet, [Locals[index]]) { Immediates = [index] };

    /// <summary>Reads a local that the generated code relies on.</summary>
    public ProgramNode FixedLocal(int index) => new(Opcode.LocalGet, [Locals[index]]) { Immediates = [index], Reducibility = Reducibility.Fixed };

    /// <summary>Reads a global that the generated code relies on.</summary>
    public ProgramNode FixedGlobal(int index) =>
        new(Opcode.GlobalGet, [Context.Program.Globals[index].Type]) { Immediates = [index], Reducibility = Reducibility.Fixed };

    /// <summary>A new block, loop or if of a type, with its operands.</summary>
    public BlockNode Block(Opcode opcode, ProgramSignature type, Reducibility reducibility, params ProgramNode[] operands)
    {
        var isSimple = type.Parameters.Length == 0 && type.Results.Length <= 1;
        return new BlockNode(opcode, type, isSimple ? -1 : Context.Program.TypeIndex(type), operands) { Reducibility = reducibility };
    }

    /// <summary>A new block, loop or if without parameters, which may be taken apart.</summary>
    public BlockNode Block(Opcode opcode, ProgramType[] results, params ProgramNode[] operands) =>
        Block(opcode, new ProgramSignature([], results), Reducibility.Free, operands);

    /// <summary>Takes one unit of fuel.</summary>
    public ProgramNode BurnFuel() => Nodes.Fixed(Opcode.GlobalSet, ProgramGenerator.FuelGlobal,
        Nodes.Fixed(Opcode.I32Sub, ProgramType.I32, FixedGlobal(ProgramGenerator.FuelGlobal), ProgramNode.I32Const(1, Reducibility.Fixed)));

    /// <summary>Whether there is fuel.</summary>
    public ProgramNode HasFuelLeft() => Nodes.Fixed(Opcode.I32GtS, ProgramType.I32,
        FixedGlobal(ProgramGenerator.FuelGlobal), ProgramNode.I32Const(0, Reducibility.Fixed));
}
