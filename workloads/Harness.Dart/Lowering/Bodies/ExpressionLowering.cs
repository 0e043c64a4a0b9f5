using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Expressions: hands each kind to its room, and lowers what has none of its own.</summary>
internal sealed class ExpressionLowering(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly DartProgram _program = body.Program.Program;
    private readonly TypeSystem _types = body.Program.Types;
    private readonly Representations _reprs = body.Reprs;
    private readonly ConstantPool _pool = body.Program.Pool;
    private readonly TargetTypes _target = body.Program.Target;
    private readonly FunctionState _state = body.State;
    private readonly NodeOutput _output = body.Output;
    private (IrLocal Local, DartType Type)? _cascade;

    private LiteralLowering Literals => _body.Literals;
    private ChainLowering Chains => _body.Chains;
    private ReceiverLowering Receivers => _body.Receivers;
    private CallExpressionLowering CallExpressions => _body.CallExpressions;
    private InvocationLowering Invocations => _body.Invocations;
    private ClosureLowering Closures => _body.Closures;
    private CollectionLowering Collections => _body.Collections;
    private ElementInference Elements => _body.Elements;
    private OperatorLowering Operators => _body.Operators;
    private ConditionLowering Conditions => _body.Conditions;
    private Coercions Coercions => _body.Coercions;
    private TearoffLowering Tearoffs => _body.Tearoffs;
    private PatternLowering Patterns => _body.Patterns;
    private ExceptionLowering Exceptions => _body.Exceptions;
    private SwitchLowering Switches => _body.Switches;
    private AsyncLowering Async => _body.Async;

    /// <summary>Lowers an expression. The result is a tree: nothing of it is emitted yet.</summary>
    public Val Lower(Expr e, DartType? context)
    {
        using var level = _program.Nesting.Enter(_state.Scope.File, e.Pos);
        var around = _output.At;
        _output.At = _output.PlaceOf(e);
        var value = LowerKind(e, context is UnknownType ? null : context);
        _output.Placed(value.Node, e);
        _output.At = around;
        Nesting.Check(value.Type, _state.Scope.File, e.Pos);
        return value;
    }

    private Val LowerKind(Expr e, DartType? context)
    {
        switch (e)
        {
            case Paren p: return Lower(p.Value, context);
            case IntLit i: return Literals.LowerInt(i, context, negative: false);
            case DoubleLit d: return new Val(Node.F64(d.Value), _program.Double);
            case BoolLit b: return new Val(Node.I32(b.Value ? 1 : 0), _program.Bool);
            case NullLit: return new Val(Node.Null(_target.Top), SimpleType.Null);
            case StringLit s: return Literals.LowerString(s);
            case SymbolLit s: return new Val(_pool.ConstNode(new ConstSymbol(s.Name)), _program.Type("Symbol"));
            case ListLit l: return Elements.LowerLiteral(() => Collections.LowerList(l, context));
            case SetOrMapLit l: return Elements.LowerLiteral(() => Collections.LowerSetOrMap(l, context));
            case RecordLit r: return Literals.LowerRecord(r, context);
            case This:
                return Receivers.This(Receivers.ThisPlace() ?? throw _state.Error(e, "Expected identifier, but got 'this'."), Receivers.ThisType()!);
            case Ident or PropertyGet or IndexExpr or Call or NullAssert or Instantiation: return Chains.LowerChain(e, context);
            case NewExpr n: return CallExpressions.LowerNew(n, context);
            case Binary b: return Operators.LowerBinary(b, context);
            case Unary u: return Operators.LowerUnary(u, context);
            case Update or Assign: return Chains.LowerChain(e, context);
            case Conditional c: return LowerConditional(c, context);
            case IsExpr i: return Conditions.LowerIs(i);
            case AsExpr a: return Coercions.LowerAs(a);
            case AwaitExpr a: return Async.LowerAwait(a, context);
            case ThrowExpr t: return Exceptions.LowerThrow(t);
            case RethrowExpr: return Exceptions.LowerRethrow(e);
            case Cascade c: return LowerCascade(c, context);
            case CascadeTarget: return new Val(Node.Get(_cascade!.Value.Local), _cascade.Value.Type);
            case CoreCall c: return new Val(Invocations.CallCore(c.Function), _body.Program.Signatures.Of(_program.CoreFunction(c.Function)).Result);
            case FunctionExpr f: return Closures.LowerClosure(f.Function, context);
            case SwitchExpr s: return Switches.LowerSwitchExpression(s, context);
            case PatternAssign p: return Patterns.LowerPatternAssign(p);
            case Super: throw _state.Error(e, "Can't use 'super' as an expression.");
            default: throw _state.Unsupported(e, e.GetType().Name);
        }
    }

    private Val LowerConditional(Conditional c, DartType? context)
    {
        var condition = Conditions.LowerCondition(c.Condition, out var whenTrue, out var whenFalse);
        _output.Flow = whenTrue;
        var then = Tearoffs.InContext(Lower(c.Then, context), context, c.Then);
        var afterThen = _output.Flow;
        if (then.Node.IsNever)
        {
            afterThen.IsReachable = false;
        }

        _output.Flow = whenFalse;
        var otherwise = Tearoffs.InContext(Lower(c.Else, context), context, c.Else);
        if (otherwise.Node.IsNever)
        {
            _output.Flow.IsReachable = false;
        }

        _output.Flow = Flow.Join(afterThen, _output.Flow);
        return Merge(condition, then, otherwise, context, c);
    }

    /// <summary>The type of what is one or the other of two expressions.</summary>
    public DartType MergedType(DartType a, DartType b, DartType? context)
    {
        var type = _types.Lub(a, b);
        if (context is not null && !context.HasUnknown && !TypeSystem.IsVoid(context) && !_types.IsSubtype(type, context) && _types.IsSubtype(a, context) && _types.IsSubtype(b, context))
        {
            return context;
        }

        return type;
    }

    private Val Merge(Node condition, Val then, Val otherwise, DartType? context, Syntax.Node at)
    {
        var type = MergedType(then.Type, otherwise.Type, context);
        var repr = TypeSystem.IsVoid(type) ? WType.None : _reprs.Of(type);
        return new Val(Node.If(condition, CoerceOrConvert(then, type, at), CoerceOrConvert(otherwise, type, at), repr), type);
    }

    /// <summary>A branch of an expression in the type of the whole.</summary>
    public Node CoerceOrConvert(Val value, DartType type, Syntax.Node at) =>
        TypeSystem.IsVoid(type) ? _reprs.Convert(value.Node, WType.None) : value.Type.Equals(type) || !_types.IsSubtype(value.Type, type) ? _reprs.Convert(value.Node, _reprs.Of(type)) : Coercions.Coerce(value, type, at);

    private Val LowerCascade(Cascade c, DartType? context)
    {
        var target = Lower(c.Target, context);
        var saved = _cascade;
        var local = _output.TempOf(target.Node, out var set, "cascade");
        var type = target.Type;
        Node result;
        if (c.NullAware && TypeSystem.IsNullable(type) && local.Type.IsRef)
        {
            var nonNull = TypeSystem.NonNull(type);
            var inner = _output.Temp(TypeSystem.IsDynamic(nonNull) ? local.Type : _reprs.Of(nonNull), "cascade");
            var before = _output.Flow.Copy();
            var body = new List<Node> { Node.Set(inner, _reprs.Convert(Node.Get(local), inner.Type)) };
            _cascade = (inner, nonNull);
            body.AddRange(c.Sections.Select(s => Node.Drop(Lower(s, null).Node)));
            _output.Flow = Flow.Join(before, _output.Flow);
            result = Node.Seq(set, Node.If(Node.IsNull(Node.Get(local)), Node.Nop(), Node.Seq(body), WType.None), Node.Get(local));
        }
        else
        {
            _cascade = (local, type);
            result = Node.Seq([set, .. c.Sections.Select(s => Node.Drop(Lower(s, null).Node)), Node.Get(local)]);
        }

        _cascade = saved;
        return new Val(result, type);
    }
}
