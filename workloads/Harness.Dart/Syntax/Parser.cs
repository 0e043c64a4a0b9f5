using Harness.Dart.Syntax.Grammar;

namespace Harness.Dart.Syntax;

/// <summary>Reads a Dart library or part: tokens to syntax tree, by the parts of the grammar (<see cref="GrammarPart"/>) and what they share.</summary>
internal sealed class Parser
{
    private Parser(SourceFile file)
    {
        Cursor = new TokenCursor(file, Lexer.Run(file));
        Units = new UnitGrammar(this);
        Annotations = new AnnotationGrammar(this);
        Classes = new ClassGrammar(this);
        Functions = new FunctionGrammar(this);
        Statements = new StatementGrammar(this);
        Expressions = new ExpressionGrammar(this);
        Primaries = new PrimaryGrammar(this);
        Literals = new LiteralGrammar(this);
        Patterns = new PatternGrammar(this);
        Types = new TypeGrammar(this);
    }

    public TokenCursor Cursor { get; }

    public UnitGrammar Units { get; }

    public AnnotationGrammar Annotations { get; }

    public ClassGrammar Classes { get; }

    public FunctionGrammar Functions { get; }

    public StatementGrammar Statements { get; }

    public ExpressionGrammar Expressions { get; }

    public PrimaryGrammar Primaries { get; }

    public LiteralGrammar Literals { get; }

    public PatternGrammar Patterns { get; }

    public TypeGrammar Types { get; }

    /// <summary>What the function is whose body is read: it decides whether <c>await</c> and <c>yield</c> are names.</summary>
    public AsyncKind Async { get; set; }

    /// <summary>
    /// Whether <c>=></c> and <c>{</c> behind parentheses do not begin a function's body: in the head of a switch expression's case, and in an
    /// initializer that a constructor's body follows.
    /// </summary>
    public bool NoFunctionBody { get; set; }

    /// <summary>
    /// Annotations of what has no place for them in the tree, as parameters, type parameters, values of enums, typedefs and directives have none, each with the class around it. Those within functions are not
    /// among them: they may name what is declared there.
    /// </summary>
    public List<(Annotation Annotation, ClassNode? Class)> OtherMetadata { get; } = [];

    /// <summary>The class whose members are read.</summary>
    public ClassNode? EnclosingClass { get; set; }

    /// <summary>Whether a function's body is read.</summary>
    public bool IsInBody { get; set; }

    /// <summary>Parses a whole file.</summary>
    /// <exception cref="DartErrorException">The first syntax error.</exception>
    public static UnitNode Parse(SourceFile file) => new Parser(file).Units.ParseUnit();
}
