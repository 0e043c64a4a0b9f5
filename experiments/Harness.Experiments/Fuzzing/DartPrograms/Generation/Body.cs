using Harness.Experiments.Fuzzing.DartPrograms.Model;

namespace Harness.Experiments.Fuzzing.DartPrograms.Generation;

/// <summary>What sort of code a body is.</summary>
internal enum BodySort
{
    /// <summary>It computes what a field or global variable begins with: it refers to nothing of the program but constants and parameters.</summary>
    Initializer,

    /// <summary>A function, method, getter, setter or operator.</summary>
    Plain,

    /// <summary>A closure.</summary>
    Closure,

    /// <summary>A <c>sync*</c> function.</summary>
    Generator,

    /// <summary>An <c>async</c> function.</summary>
    Async,

    /// <summary>An <c>async*</c> function.</summary>
    Stream,
}

/// <summary>What all bodies of a program have in common.</summary>
/// <param name="Program">What the program has.</param>
/// <param name="Features">What it has much of.</param>
/// <param name="Random">Decides.</param>
internal sealed record BodyContext(ProgramOutline Program, DartFeatures Features, RandomSource Random);

/// <summary>
/// A body of code while it is made up: what is known at the place, and the generators of each kind of code, which call one another through it.
/// </summary>
internal sealed class Body
{
    /// <summary>From the level at which closures are called, a closure's own level: it calls only functions of level 0.</summary>
    private const int ClosureLevel = 1;

    /// <param name="context">What all bodies have in common.</param>
    /// <param name="sort">What sort of code it is.</param>
    /// <param name="level">The level of the function: those of lower ones may be called.</param>
    /// <param name="result">What it returns, or gives.</param>
    /// <param name="typeParameters">The type parameters that are known.</param>
    /// <param name="budget">About how many expressions and statements it may have.</param>
    public Body(BodyContext context, BodySort sort, int level, DartType result, IReadOnlyList<TypeParameter> typeParameters, int budget)
    {
        Context = context;
        Sort = sort;
        Level = level;
        Result = result;
        TypeParameters = typeParameters;
        Budget = budget;
        Types = new TypeGenerator(context.Program, context.Features, context.Random, withClasses: sort != BodySort.Initializer);
        Expressions = new ExpressionGenerator(this);
        Literals = new LiteralGenerator(this);
        Numbers = new NumberGenerator(this);
        Texts = new TextGenerator(this);
        Conditions = new ConditionGenerator(this);
        Collections = new CollectionGenerator(this);
        Elements = new ElementGenerator(this);
        Members = new MemberGenerator(this);
        Calls = new CallGenerator(this);
        Closures = new ClosureGenerator(this);
        Patterns = new PatternGenerator(this);
        Statements = new StatementGenerator(this);
        Assignments = new AssignmentGenerator(this);
        Loops = new LoopGenerator(this);
        Switches = new SwitchGenerator(this);
        Failures = new FailureGenerator(this);
        Updates = new UpdateGenerator(this);
        Dynamics = new DynamicGenerator(this);
        Scope = new Scope(null);
        if (level < 0)
        {
            return;
        }

        foreach (var variable in context.Program.AllGlobals)
        {
            Scope.Add(variable);
        }
    }

    /// <summary>What all bodies have in common.</summary>
    public BodyContext Context { get; }

    /// <summary>What sort of code it is.</summary>
    public BodySort Sort { get; }

    /// <summary>The level of the function: those of lower ones may be called.</summary>
    public int Level { get; }

    /// <summary>What it returns, or gives.</summary>
    public DartType Result { get; }

    /// <summary>The type parameters that are known.</summary>
    public IReadOnlyList<TypeParameter> TypeParameters { get; }

    /// <summary>What is known at the place where code is being made up.</summary>
    public Scope Scope { get; private set; }

    /// <summary>How many more expressions and statements to make up; below zero only the simplest are chosen.</summary>
    public int Budget { get; set; }

    /// <summary>The labels of the loops around the place, the innermost last; null for loops without one.</summary>
    public List<string?> LoopLabels { get; } = [];

    /// <summary>Whether the place is in a handler.</summary>
    public bool IsInHandler { get; set; }

    /// <summary>The function itself, where it may call itself; null otherwise.</summary>
    public FunctionOutline? Self { get; init; }

    /// <summary>The method of the superclass that this one overrides, where that has code; null otherwise.</summary>
    public FunctionOutline? SuperMethod { get; init; }

    public RandomSource Random => Context.Random;

    public DartFeatures Features => Context.Features;

    public ProgramOutline Program => Context.Program;

    public TypeGenerator Types { get; }

    public ExpressionGenerator Expressions { get; }

    public LiteralGenerator Literals { get; }

    public NumberGenerator Numbers { get; }

    public TextGenerator Texts { get; }

    public ConditionGenerator Conditions { get; }

    public CollectionGenerator Collections { get; }

    public ElementGenerator Elements { get; }

    public MemberGenerator Members { get; }

    public CallGenerator Calls { get; }

    public ClosureGenerator Closures { get; }

    public PatternGenerator Patterns { get; }

    public StatementGenerator Statements { get; }

    public AssignmentGenerator Assignments { get; }

    public LoopGenerator Loops { get; }

    public SwitchGenerator Switches { get; }

    public FailureGenerator Failures { get; }

    public UpdateGenerator Updates { get; }

    public DynamicGenerator Dynamics { get; }

    /// <summary>Whether it takes fuel and may call closures.</summary>
    public bool IsFueled => Level >= FunctionOutline.FueledLevel;

    /// <summary>Whether it may wait for futures.</summary>
    public bool MayAwait => Sort is BodySort.Async or BodySort.Stream;

    /// <summary>Whether it may refer to what the program declares.</summary>
    public bool IsAnywhere => Sort != BodySort.Initializer;

    public string NewName(string prefix) => Program.NewName(prefix);

    /// <summary>Makes something up in a scope of its own.</summary>
    public T Nested<T>(Func<T> make)
    {
        var outer = Scope;
        Scope = new Scope(outer);
        try
        {
            return make();
        }
        finally
        {
            Scope = outer;
        }
    }

    /// <summary>The body of a closure at this place.</summary>
    /// <param name="result">What it returns.</param>
    /// <param name="parameters">Its parameters.</param>
    public Body NewClosure(DartType result, IEnumerable<Variable> parameters)
    {
        var budget = Math.Max(0, Math.Min(Budget, 10));
        Budget -= budget / 2;
        var sort = Sort == BodySort.Initializer ? BodySort.Initializer : BodySort.Closure;
        var closure = new Body(Context, sort, Math.Min(ClosureLevel, Level), result, TypeParameters, budget);
        closure.Scope = new Scope(Scope);
        foreach (var parameter in parameters)
        {
            closure.Scope.Add(parameter);
        }

        return closure;
    }
}
