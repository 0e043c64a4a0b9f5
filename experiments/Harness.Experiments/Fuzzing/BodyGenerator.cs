using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing.Bodies;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing;

/// <summary>
/// Makes up the body of one function. What is known where code is generated is in a <see cref="BodyScope"/>; each kind of code has a
/// generator, and they call one another through this class.
/// </summary>
internal sealed class BodyGenerator
{
    private const int FullDepth = 5;

    private readonly ProgramFunction _function;

    /// <param name="context">What the program has to offer.</param>
    /// <param name="function">The function to fill.</param>
    /// <param name="role">What it may do.</param>
    /// <param name="size">About how many nodes it shall have.</param>
    /// <param name="random">Decides.</param>
    public BodyGenerator(ProgramContext context, ProgramFunction function, FunctionRole role, int size, RandomSource random)
    {
        _function = function;
        Scope = new BodyScope(context, function, role, size, random);
        Expressions = new ExpressionGenerator(this);
        Statements = new StatementGenerator(this);
        Calls = new CallGenerator(this);
        Loops = new LoopGenerator(this);
        Walks = new WalkGenerator(this);
        Jumps = new JumpGenerator(this);
        Exceptions = new ExceptionGenerator(this);
        Memories = new MemoryGenerator(this);
        Atomics = new AtomicGenerator(this);
        Tables = new TableGenerator(this);
        Objects = new ObjectGenerator(this);
        Arrays = new ArrayGenerator(this);
        Casts = new CastGenerator(this);
        Strings = new StringGenerator(this);
        Vectors = new VectorGenerator(this);
        Conditions = new ConditionGenerator(this);
        Edges = new EdgeGenerator(this);
        Overlaps = new OverlapGenerator(this);
        MergedCasts = new MergedCastGenerator(this);
        Handlers = new HandlerGenerator(this);
    }

    /// <summary>What is known of the body.</summary>
    public BodyScope Scope { get; }

    public ExpressionGenerator Expressions { get; }

    public StatementGenerator Statements { get; }

    public CallGenerator Calls { get; }

    public LoopGenerator Loops { get; }

    public WalkGenerator Walks { get; }

    public JumpGenerator Jumps { get; }

    public ExceptionGenerator Exceptions { get; }

    public MemoryGenerator Memories { get; }

    public AtomicGenerator Atomics { get; }

    public TableGenerator Tables { get; }

    public ObjectGenerator Objects { get; }

    public ArrayGenerator Arrays { get; }

    public CastGenerator Casts { get; }

    public StringGenerator Strings { get; }

    public VectorGenerator Vectors { get; }

    public ConditionGenerator Conditions { get; }

    public EdgeGenerator Edges { get; }

    public OverlapGenerator Overlaps { get; }

    public MergedCastGenerator MergedCasts { get; }

    public HandlerGenerator Handlers { get; }

    /// <summary>Fills the function.</summary>
    public void Generate()
    {
        var body = _function.Body;
        if (Scope.Role == FunctionRole.General)
        {
            body.AddRange(GeneralPrologue());
        }

        if (Scope.Role == FunctionRole.Run)
        {
            body.AddRange(RunPrologue());
        }

        if (Scope.Context.Aggregates.Count > 0)
        {
            body.AddRange(ObjectsToBeginWith());
        }

        while (Scope.Budget > 0 && (body.Count < 3 || !Scope.Random.Percent(7)))
        {
            body.Add(Statements.Any(FullDepth));
        }

        if (Scope.Role == FunctionRole.Run)
        {
            body.Add(DigestOfLocals());
        }
        else
        {
            body.AddRange(Expressions.All(Scope.Signature.Results, 3));
        }
    }

    /// <summary>Returns at once where depth or fuel are used up, and takes one unit of fuel.</summary>
    private IEnumerable<ProgramNode> GeneralPrologue()
    {
        var exit = Scope.Block(Opcode.If, new ProgramSignature([], []), Reducibility.Fixed, Nodes.Fixed(Opcode.I32Or, ProgramType.I32,
            Nodes.Fixed(Opcode.I32LeS, ProgramType.I32, Scope.FixedLocal(0), ProgramNode.I32Const(0, Reducibility.Fixed)),
            Nodes.Fixed(Opcode.I32LeS, ProgramType.I32, Scope.FixedGlobal(ProgramGenerator.FuelGlobal), ProgramNode.I32Const(0, Reducibility.Fixed))));
        exit.Body.Add(new ProgramNode(Opcode.Return, [], [.. Scope.Signature.Results.Select(ProgramNode.Zero)]) { Reducibility = Reducibility.Fixed });
        return [exit, Scope.BurnFuel()];
    }

    /// <summary>Puts objects into locals, so that what follows has some in common to read and to change.</summary>
    private IEnumerable<ProgramNode> ObjectsToBeginWith() =>
        Enumerable.Range(0, Scope.Random.Weighted(30, 30, 25, 15)).Select(_ => Objects.SetObject(3));

    private IEnumerable<ProgramNode> RunPrologue() =>
    [
        Nodes.Fixed(Opcode.GlobalSet, ProgramGenerator.FuelGlobal, ProgramNode.I32Const(Scope.Random.Between(50, 500), Reducibility.Fixed)),
        Nodes.Fixed(Opcode.GlobalSet, ProgramGenerator.PhaseGlobal, Scope.FixedLocal(0)),
    ];

    /// <summary>An i64 that depends on all locals of number types.</summary>
    private ProgramNode DigestOfLocals()
    {
        var digest = Expressions.Of(ProgramType.I64, 3);
        for (var i = 0; i < Scope.Locals.Count; i++)
        {
            if (!Scope.Locals[i].IsReference)
            {
                digest = Mix(digest, Scope.AsI64(Scope.Local(i)));
            }
        }

        return digest;
    }

    /// <summary>A step of a digest: <c>rotl(digest, 9) * 31 + value</c>.</summary>
    public static ProgramNode Mix(ProgramNode digest, ProgramNode value) =>
        new(Opcode.I64Add, [ProgramType.I64],
            new ProgramNode(Opcode.I64Mul, [ProgramType.I64],
                new ProgramNode(Opcode.I64Rotl, [ProgramType.I64], digest, ProgramNode.I64Const(9)),
                ProgramNode.I64Const(31)),
            value);
}
