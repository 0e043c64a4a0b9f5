namespace Harness.Dart.Syntax;

/// <summary>A node of the syntax tree; <see cref="Pos"/> is its offset in the file.</summary>
internal abstract class Node
{
    public int Pos;
}

// Types.

internal abstract class TypeNode : Node
{
    public bool Nullable;
}

internal sealed class NamedTypeNode : TypeNode
{
    public string? Prefix;
    public string Name = "";
    public List<TypeNode> Args = [];

    /// <summary>Whether it stands in an expression, as what is made or what a static member belongs to, and not as the type of something.</summary>
    public bool IsExpression;
}

internal sealed class FunctionTypeNode : TypeNode
{
    public TypeNode? Return;
    public List<TypeParamNode> TypeParams = [];
    public List<ParamNode> Params = [];
}

internal sealed class RecordTypeNode : TypeNode
{
    public List<(TypeNode Type, string? Name)> Fields = [];
}

internal sealed class TypeParamNode : Node
{
    public string Name = "";
    public TypeNode? Bound;
}

internal enum ParamKind : byte { Required, Optional, Named }

internal sealed class ParamNode : Node
{
    public string Name = "";
    public TypeNode? Type;
    public ParamKind Kind;
    public bool IsRequiredNamed, IsThis, IsSuper, IsFinal, IsCovariant, HasVar;
    public Expr? Default;
}

// Elements of collection literals; an expression is one, too.

internal abstract class Element : Node;

internal sealed class SpreadElement : Element { public required Expr Value; public bool NullAware; }

internal sealed class NullAwareElement : Element { public required Expr Value; }

internal sealed class MapEntryElement : Element { public required Expr Key; public required Expr Value; public bool NullAwareKey, NullAwareValue; }

internal sealed class IfElement : Element { public required Expr Condition; public Pattern? Case; public Expr? Guard; public required Element Then; public Element? Else; }

internal sealed class ForElement : Element { public required ForParts Parts; public required Element Body; }

internal sealed class ForParts : Node
{
    public bool Await;
    // for-in
    public Expr? Iterable;
    public Stmt? Declaration;      // a VarDecl without initializer, or null
    public Expr? Target;           // an assignable expression, where nothing is declared
    public Pattern? Pattern;       // for (var (a, b) in …)
    // classic
    public Stmt? Init;
    public Expr? Condition;
    public List<Expr> Updates = [];
    public bool IsForIn => Iterable is not null;
}

// Expressions.

internal abstract class Expr : Element;

internal sealed class IntLit : Expr { public required string Text; }
internal sealed class DoubleLit : Expr { public double Value; }
internal sealed class BoolLit : Expr { public bool Value; }
internal sealed class NullLit : Expr;
internal sealed class StringLit : Expr { public List<object> Parts = []; public bool IsConstantText => Parts is [string]; }
internal sealed class SymbolLit : Expr { public required string Name; }
internal sealed class ListLit : Expr { public bool Const; public List<TypeNode>? TypeArgs; public List<Element> Elements = []; }
internal sealed class SetOrMapLit : Expr { public bool Const; public List<TypeNode>? TypeArgs; public List<Element> Elements = []; }
internal sealed class RecordLit : Expr { public bool Const; public List<(string? Name, Expr Value)> Fields = []; }
internal sealed class Ident : Expr { public required string Name; }
internal sealed class This : Expr;
internal sealed class Super : Expr;
internal sealed class PropertyGet : Expr { public required Expr Target; public required string Name; public bool NullAware; }
internal sealed class IndexExpr : Expr { public required Expr Target; public required Expr Index; public bool NullAware; }
internal sealed class Call : Expr { public required Expr Target; public List<TypeNode>? TypeArgs; public required Arguments Args; }
internal sealed class NewExpr : Expr { public bool Const; public required NamedTypeNode Type; public string? Constructor; public required Arguments Args; }
internal sealed class Binary : Expr { public required string Op; public required Expr Left, Right; }
internal sealed class Unary : Expr { public required string Op; public required Expr Operand; }
internal sealed class Update : Expr { public required string Op; public required Expr Target; public bool Prefix; }
internal sealed class Assign : Expr { public string? Op; public required Expr Target, Value; }
internal sealed class Conditional : Expr { public required Expr Condition, Then, Else; }
internal sealed class IsExpr : Expr { public required Expr Value; public required TypeNode Type; public bool Negated; }
internal sealed class AsExpr : Expr { public required Expr Value; public required TypeNode Type; }
internal sealed class AwaitExpr : Expr { public required Expr Value; }
internal sealed class ThrowExpr : Expr { public required Expr Value; }
internal sealed class RethrowExpr : Expr;
internal sealed class NullAssert : Expr { public required Expr Value; }
internal sealed class Cascade : Expr { public required Expr Target; public List<Expr> Sections = []; public bool NullAware; }
/// <summary>Stands for the target within a section of a cascade.</summary>
internal sealed class CascadeTarget : Expr;
/// <summary>Calls a function of the core library that takes nothing and that no program can name: no text stands for it, the compiler makes it.</summary>
internal sealed class CoreCall : Expr { public required string Function; }
internal sealed class FunctionExpr : Expr { public required FunctionNode Function; }
internal sealed class Instantiation : Expr { public required Expr Target; public required List<TypeNode> TypeArgs; }
internal sealed class SwitchExpr : Expr { public required Expr Value; public List<(Pattern Pattern, Expr? Guard, Expr Body)> Cases = []; }
internal sealed class PatternAssign : Expr { public required Pattern Pattern; public required Expr Value; }
internal sealed class Paren : Expr { public required Expr Value; }

internal sealed class Arguments : Node
{
    /// <summary>In source order; the name is null for a positional argument.</summary>
    public List<(string? Name, Expr Value)> Items = [];
}

// Patterns.

internal abstract class Pattern : Node;

internal sealed class WildcardPattern : Pattern { public TypeNode? Type; }
internal sealed class VariablePattern : Pattern { public required string Name; public TypeNode? Type; public bool Final; public bool Declares = true; }
internal sealed class ConstPattern : Pattern { public required Expr Value; }
internal sealed class RelationalPattern : Pattern { public required string Op; public required Expr Value; }
internal sealed class OrPattern : Pattern { public required Pattern Left, Right; }
internal sealed class AndPattern : Pattern { public required Pattern Left, Right; }
internal sealed class CastPattern : Pattern { public required Pattern Inner; public required TypeNode Type; }
internal sealed class NullCheckPattern : Pattern { public required Pattern Inner; public bool Assert; }
internal sealed class RestPattern : Pattern { public Pattern? Inner; }
internal sealed class ListPattern : Pattern { public List<TypeNode>? TypeArgs; public List<Pattern> Elements = []; }
internal sealed class MapPattern : Pattern { public List<TypeNode>? TypeArgs; public List<(Expr Key, Pattern Value)> Entries = []; }
internal sealed class RecordPattern : Pattern { public List<(string? Name, Pattern Value)> Fields = []; }
internal sealed class ObjectPattern : Pattern { public required NamedTypeNode Type; public List<(string? Name, Pattern Value)> Fields = []; }

// Statements.

internal abstract class Stmt : Node;

internal sealed class BlockStmt : Stmt { public List<Stmt> Body = []; public int End; }
internal sealed class ExprStmt : Stmt { public required Expr Value; }
internal sealed class EmptyStmt : Stmt;
internal sealed class VarDecl : Stmt { public bool Final, Const, Late; public TypeNode? Type; public List<(int Pos, string Name, Expr? Init)> Vars = []; }
internal sealed class PatternDecl : Stmt { public bool Final; public required Pattern Pattern; public required Expr Value; }
internal sealed class LocalFunction : Stmt { public required FunctionNode Function; }
internal sealed class IfStmt : Stmt { public required Expr Condition; public Pattern? Case; public Expr? Guard; public required Stmt Then; public Stmt? Else; }
internal sealed class ForStmt : Stmt { public required ForParts Parts; public required Stmt Body; }
internal sealed class WhileStmt : Stmt { public required Expr Condition; public required Stmt Body; }
internal sealed class DoStmt : Stmt { public required Expr Condition; public required Stmt Body; }
internal sealed class SwitchStmt : Stmt { public required Expr Value; public List<SwitchCase> Cases = []; }
internal sealed class SwitchCase : Node { public List<string> Labels = []; public List<(Pattern? Pattern, Expr? Guard)> Heads = []; public List<Stmt> Body = []; }
internal sealed class BreakStmt : Stmt { public string? Label; }
internal sealed class ContinueStmt : Stmt { public string? Label; }
internal sealed class ReturnStmt : Stmt { public Expr? Value; }
internal sealed class TryStmt : Stmt { public required BlockStmt Body; public List<CatchClause> Catches = []; public BlockStmt? Finally; }
internal sealed class CatchClause : Node { public TypeNode? Type; public string? Exception, StackTrace; public required BlockStmt Body; }
internal sealed class LabeledStmt : Stmt { public List<string> Labels = []; public required Stmt Body; }
internal sealed class AssertStmt : Stmt { public required Expr Condition; public Expr? Message; }
internal sealed class YieldStmt : Stmt { public required Expr Value; public bool Each; }

// Declarations.

internal enum AsyncKind : byte { None, Async, AsyncStar, SyncStar }

internal enum FunctionKind : byte { Function, Getter, Setter, Operator, Constructor }

internal sealed class FunctionNode : Node
{
    public string Name = "";
    public FunctionKind Kind;
    public TypeNode? Return;
    public List<TypeParamNode> TypeParams = [];
    public List<ParamNode> Params = [];
    public AsyncKind Async;
    public BlockStmt? Body;
    public Expr? ExprBody;
    public bool Static, External, Const, Factory, Abstract, Augment;
    public List<Annotation> Metadata = [];

    // Constructors.
    public List<Initializer> Initializers = [];
    public NamedTypeNode? Redirect;
    public string? RedirectName;
    public bool HasBody => Body is not null || ExprBody is not null;
}

internal sealed class Annotation : Node { public required Expr Value; }

internal abstract class Initializer : Node;
internal sealed class FieldInit : Initializer { public required string Name; public required Expr Value; }
internal sealed class SuperInit : Initializer { public string? Name; public required Arguments Args; }
internal sealed class ThisInit : Initializer { public string? Name; public required Arguments Args; }
internal sealed class AssertInit : Initializer { public required Expr Condition; public Expr? Message; }

internal sealed class FieldNode : Node
{
    public string Name = "";
    public TypeNode? Type;
    public Expr? Init;
    public bool Static, Final, Const, Late, Covariant, External, Abstract;
    public List<Annotation> Metadata = [];
}

internal enum ClassKind : byte { Class, Mixin, Enum, Extension, ExtensionType, MixinApplication }

internal sealed class EnumValueNode : Node { public required string Name; public string? Constructor; public List<TypeNode>? TypeArgs; public Arguments? Args; }

internal sealed class ClassNode : Node
{
    public string Name = "";
    public ClassKind Kind;
    public bool Abstract, Sealed, Base, Interface, Final, MixinClass;
    public List<TypeParamNode> TypeParams = [];
    public TypeNode? Extends;
    public List<TypeNode> With = [], Implements = [], On = [];
    public List<FunctionNode> Methods = [];
    public List<FieldNode> Fields = [];
    public List<EnumValueNode> Values = [];
    public List<Annotation> Metadata = [];
}

internal sealed class TypedefNode : Node { public string Name = ""; public List<TypeParamNode> TypeParams = []; public required TypeNode Type; }

internal sealed class Directive : Node
{
    public string Kind = "";
    /// <summary>The URI, or the name of the library in its own directive.</summary>
    public string Uri = "";

    /// <summary>The prefix of an import, or the name of the library that a part belongs to.</summary>
    public string? Prefix;
    public bool Deferred;
    public List<(bool Show, List<string> Names)> Combinators = [];
    public List<(string Test, string? Value, string Uri)> Conditions = [];
}

internal sealed class UnitNode : Node
{
    public required SourceFile File;
    public List<Directive> Directives = [];
    public List<Node> Declarations = [];

    /// <inheritdoc cref="Parser.OtherMetadata"/>
    public List<(Annotation Annotation, ClassNode? Class)> OtherMetadata = [];
}
