namespace Harness.Dart.Syntax.Grammar;

/// <summary>A part of the grammar, by recursive descent: the words in which all parts are written, and the ways to the other parts.</summary>
internal abstract class GrammarPart(Parser parser)
{
    private readonly TokenCursor _cursor = parser.Cursor;

    /// <inheritdoc cref="Parser.Async"/>
    protected AsyncKind Async { get => parser.Async; set => parser.Async = value; }

    /// <inheritdoc cref="Parser.NoFunctionBody"/>
    protected bool NoFunctionBody { get => parser.NoFunctionBody; set => parser.NoFunctionBody = value; }

    /// <inheritdoc cref="Parser.OtherMetadata"/>
    protected List<(Annotation Annotation, ClassNode? Class)> OtherMetadata => parser.OtherMetadata;

    /// <inheritdoc cref="Parser.EnclosingClass"/>
    protected ClassNode? EnclosingClass { get => parser.EnclosingClass; set => parser.EnclosingClass = value; }

    /// <inheritdoc cref="Parser.IsInBody"/>
    protected bool IsInBody { get => parser.IsInBody; set => parser.IsInBody = value; }

    protected UnitGrammar Units => parser.Units;

    protected AnnotationGrammar Annotations => parser.Annotations;

    protected ClassGrammar Classes => parser.Classes;

    protected FunctionGrammar Functions => parser.Functions;

    protected StatementGrammar Statements => parser.Statements;

    protected ExpressionGrammar Expressions => parser.Expressions;

    protected PrimaryGrammar Primaries => parser.Primaries;

    protected LiteralGrammar Literals => parser.Literals;

    protected PatternGrammar Patterns => parser.Patterns;

    protected TypeGrammar Types => parser.Types;

    /// <inheritdoc cref="TokenCursor.File"/>
    protected SourceFile File => _cursor.File;

    /// <inheritdoc cref="TokenCursor.Index"/>
    protected int Index { get => _cursor.Index; set => _cursor.Index = value; }

    /// <inheritdoc cref="TokenCursor.Depth"/>
    protected int Depth { get => _cursor.Depth; set => _cursor.Depth = value; }

    /// <inheritdoc cref="TokenCursor.Current"/>
    protected Token Current => _cursor.Current;

    /// <inheritdoc cref="TokenCursor.Previous"/>
    protected Token Previous => _cursor.Previous;

    /// <summary>Where the current token begins in the file.</summary>
    protected int Pos => _cursor.Current.Start;

    /// <inheritdoc cref="TokenCursor.Peek"/>
    protected Token Peek(int ahead = 1) => _cursor.Peek(ahead);

    /// <inheritdoc cref="TokenCursor.Advance"/>
    protected Token Advance() => _cursor.Advance();

    /// <summary>An error at the current token.</summary>
    protected DartErrorException Error(string message) => _cursor.Error(Pos, message);

    /// <inheritdoc cref="TokenCursor.Error"/>
    protected DartErrorException Error(int position, string message) => _cursor.Error(position, message);

    /// <summary>Whether a word or sign stands here.</summary>
    protected bool Is(string text) => _cursor.PeekIs(0, text);

    /// <inheritdoc cref="TokenCursor.PeekIs"/>
    protected bool PeekIs(int ahead, string text) => _cursor.PeekIs(ahead, text);

    /// <inheritdoc cref="TokenCursor.Accept"/>
    protected bool Accept(string text) => _cursor.Accept(text);

    /// <inheritdoc cref="TokenCursor.Expect"/>
    protected void Expect(string text) => _cursor.Expect(text);

    /// <inheritdoc cref="TokenCursor.IsIdentifier"/>
    protected bool IsIdentifier(int ahead = 0) => _cursor.IsIdentifier(ahead);

    /// <inheritdoc cref="TokenCursor.Identifier"/>
    protected string Identifier() =>
        Async != AsyncKind.None && (Is("await") || Is("yield")) ? throw Error($"'{Current.Text}' can't be used as an identifier in an asynchronous function or generator.") : _cursor.Identifier();

    /// <inheritdoc cref="TokenCursor.TypeIdentifier"/>
    protected string TypeIdentifier() => _cursor.TypeIdentifier();

    /// <inheritdoc cref="TokenCursor.Enter"/>
    protected void Enter() => _cursor.Enter();

    /// <summary>Comes back from a level of nesting.</summary>
    protected void Leave() => _cursor.Depth--;

    /// <inheritdoc cref="TokenCursor.BeginChain"/>
    protected int BeginChain() => _cursor.BeginChain();

    /// <inheritdoc cref="TokenCursor.Link"/>
    protected void Link(string what) => _cursor.Link(what);

    /// <inheritdoc cref="TokenCursor.EndChain"/>
    protected void EndChain(int outer) => _cursor.EndChain(outer);

    /// <inheritdoc cref="TokenCursor.Adjacent"/>
    protected bool Adjacent(int ahead) => _cursor.Adjacent(ahead);

    /// <inheritdoc cref="TokenCursor.SkipAngles"/>
    protected bool SkipAngles() => _cursor.SkipAngles();

    /// <inheritdoc cref="TokenCursor.SkipParentheses"/>
    protected bool SkipParentheses() => _cursor.SkipParentheses();

    /// <inheritdoc cref="TokenCursor.SkipNested"/>
    protected bool SkipNested() => _cursor.SkipNested();

    /// <inheritdoc cref="TokenCursor.Within"/>
    protected T Within<T>(List<Token> tokens, Func<T> read) => _cursor.Within(tokens, read);
}
