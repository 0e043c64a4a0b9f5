using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>
/// Lowers one body: finds types and makes the mid-level form in one walk. What is known of the function is in the objects of the model; each family of
/// expressions and statements has a room, which finds the others here, since the language has each of them within each other.
/// </summary>
internal sealed class FunctionLowering
{
    /// <param name="program">The program that the function belongs to.</param>
    /// <param name="function">What the function becomes.</param>
    /// <param name="scope">What names of types mean in its text.</param>
    /// <param name="member">The declaration whose text it is; null where there is none.</param>
    /// <param name="parent">The function around a closure.</param>
    public FunctionLowering(ProgramLowering program, IrFunction function, TypeScope scope, Member? member, FunctionLowering? parent = null)
    {
        Program = program;
        Reprs = parent?.Reprs ?? program.Reprs.For(member?.Arguments);
        State = new FunctionState(function, scope.Library.IsOwn ? scope.Within(name => Variables!.Hides(name)) : scope, member, parent);
        Output = new NodeOutput(this);
        Returns = new ReturnState(program.Types);
        Jumps = new JumpTargets();
        Variables = new VariableScopes(this);
        Places = new VariablePlaces(this);
        Promotions = new Promotions(this);
        Expressions = new ExpressionLowering(this);
        Literals = new LiteralLowering(this);
        Chains = new ChainLowering(this);
        Names = new NameLowering(this);
        Receivers = new ReceiverLowering(this);
        CallExpressions = new CallExpressionLowering(this);
        Arguments = new ArgumentBinding(this);
        Invocations = new InvocationLowering(this);
        ClosureCalls = new ClosureCallLowering(this);
        Members = new MemberLookup(this);
        Access = new MemberAccess(this);
        Constructions = new ConstructionLowering(this);
        Closures = new ClosureLowering(this);
        Tearoffs = new TearoffLowering(this);
        Collections = new CollectionLowering(this);
        Elements = new ElementInference(this);
        Adapters = new DynamicAdapters(this);
        Entries = new EntryLowering(this);
        Parameters = new ParameterLowering(this);
        FieldAccessors = new FieldAccessorLowering(this);
        Constructors = new ConstructorLowering(this);
        Intrinsics = new IntrinsicLowering(this);
        ArrayIntrinsics = new ArrayIntrinsics(this);
        Operators = new OperatorLowering(this);
        Numbers = new NumberLowering(this);
        Conditions = new ConditionLowering(this);
        Assignments = new AssignmentLowering(this);
        Targets = new TargetLowering(this);
        Locals = new VariableLowering(this);
        Coercions = new Coercions(this);
        TypeTests = new TypeTests(this);
        TypeExpressions = new TypeExpressions(this);
        Patterns = new PatternLowering(this);
        Exhaustiveness = new Exhaustiveness(this);
        Statements = new StatementLowering(this);
        Loops = new LoopLowering(this);
        JumpStatements = new JumpLowering(this);
        Exceptions = new ExceptionLowering(this);
        Switches = new SwitchLowering(this);
        Async = new AsyncLowering(this);
        Generators = new GeneratorLowering(this);
    }

    /// <summary>The program that the function belongs to.</summary>
    public ProgramLowering Program { get; }

    /// <inheritdoc cref="Representations"/>
    public Representations Reprs { get; }

    /// <inheritdoc cref="FunctionState"/>
    public FunctionState State { get; }

    /// <inheritdoc cref="NodeOutput"/>
    public NodeOutput Output { get; }

    /// <inheritdoc cref="ReturnState"/>
    public ReturnState Returns { get; }

    /// <inheritdoc cref="JumpTargets"/>
    public JumpTargets Jumps { get; }

    /// <inheritdoc cref="VariableScopes"/>
    public VariableScopes Variables { get; }

    /// <inheritdoc cref="VariablePlaces"/>
    public VariablePlaces Places { get; }

    /// <inheritdoc cref="Model.Promotions"/>
    public Promotions Promotions { get; }

    /// <inheritdoc cref="ExpressionLowering"/>
    public ExpressionLowering Expressions { get; }

    /// <inheritdoc cref="LiteralLowering"/>
    public LiteralLowering Literals { get; }

    /// <inheritdoc cref="ChainLowering"/>
    public ChainLowering Chains { get; }

    /// <inheritdoc cref="NameLowering"/>
    public NameLowering Names { get; }

    /// <inheritdoc cref="ReceiverLowering"/>
    public ReceiverLowering Receivers { get; }

    /// <inheritdoc cref="CallExpressionLowering"/>
    public CallExpressionLowering CallExpressions { get; }

    /// <inheritdoc cref="ArgumentBinding"/>
    public ArgumentBinding Arguments { get; }

    /// <inheritdoc cref="InvocationLowering"/>
    public InvocationLowering Invocations { get; }

    /// <inheritdoc cref="ClosureCallLowering"/>
    public ClosureCallLowering ClosureCalls { get; }

    /// <inheritdoc cref="MemberLookup"/>
    public MemberLookup Members { get; }

    /// <inheritdoc cref="MemberAccess"/>
    public MemberAccess Access { get; }

    /// <inheritdoc cref="ConstructionLowering"/>
    public ConstructionLowering Constructions { get; }

    /// <inheritdoc cref="ClosureLowering"/>
    public ClosureLowering Closures { get; }

    /// <inheritdoc cref="TearoffLowering"/>
    public TearoffLowering Tearoffs { get; }

    /// <inheritdoc cref="CollectionLowering"/>
    public CollectionLowering Collections { get; }

    /// <inheritdoc cref="ElementInference"/>
    public ElementInference Elements { get; }

    /// <inheritdoc cref="DynamicAdapters"/>
    public DynamicAdapters Adapters { get; }

    /// <inheritdoc cref="EntryLowering"/>
    public EntryLowering Entries { get; }

    /// <inheritdoc cref="ParameterLowering"/>
    public ParameterLowering Parameters { get; }

    /// <inheritdoc cref="FieldAccessorLowering"/>
    public FieldAccessorLowering FieldAccessors { get; }

    /// <inheritdoc cref="ConstructorLowering"/>
    public ConstructorLowering Constructors { get; }

    /// <inheritdoc cref="IntrinsicLowering"/>
    public IntrinsicLowering Intrinsics { get; }

    /// <inheritdoc cref="Bodies.ArrayIntrinsics"/>
    public ArrayIntrinsics ArrayIntrinsics { get; }

    /// <inheritdoc cref="OperatorLowering"/>
    public OperatorLowering Operators { get; }

    /// <inheritdoc cref="NumberLowering"/>
    public NumberLowering Numbers { get; }

    /// <inheritdoc cref="ConditionLowering"/>
    public ConditionLowering Conditions { get; }

    /// <inheritdoc cref="AssignmentLowering"/>
    public AssignmentLowering Assignments { get; }

    /// <inheritdoc cref="TargetLowering"/>
    public TargetLowering Targets { get; }

    /// <inheritdoc cref="VariableLowering"/>
    public VariableLowering Locals { get; }

    /// <inheritdoc cref="Bodies.Coercions"/>
    public Coercions Coercions { get; }

    /// <inheritdoc cref="Bodies.TypeTests"/>
    public TypeTests TypeTests { get; }

    /// <inheritdoc cref="Bodies.TypeExpressions"/>
    public TypeExpressions TypeExpressions { get; }

    /// <inheritdoc cref="PatternLowering"/>
    public PatternLowering Patterns { get; }

    /// <inheritdoc cref="Bodies.Exhaustiveness"/>
    public Exhaustiveness Exhaustiveness { get; }

    /// <inheritdoc cref="StatementLowering"/>
    public StatementLowering Statements { get; }

    /// <inheritdoc cref="LoopLowering"/>
    public LoopLowering Loops { get; }

    /// <inheritdoc cref="JumpLowering"/>
    public JumpLowering JumpStatements { get; }

    /// <inheritdoc cref="ExceptionLowering"/>
    public ExceptionLowering Exceptions { get; }

    /// <inheritdoc cref="SwitchLowering"/>
    public SwitchLowering Switches { get; }

    /// <inheritdoc cref="AsyncLowering"/>
    public AsyncLowering Async { get; }

    /// <inheritdoc cref="GeneratorLowering"/>
    public GeneratorLowering Generators { get; }
}
