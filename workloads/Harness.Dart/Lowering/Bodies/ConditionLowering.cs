using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Harness.Engine.Modules;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Conditions, equality and type tests, with what is known where they hold and where they do not.</summary>
internal sealed class ConditionLowering(FunctionLowering body)
{
    private const string RuntimeType = "runtimeType";

    private readonly FunctionLowering _body = body;
    private readonly DartProgram _program = body.Program.Program;
    private readonly TypeSystem _types = body.Program.Types;
    private readonly Representations _reprs = body.Reprs;
    private readonly Selectors _selectors = body.Program.Selectors;
    private readonly TargetTypes _target = body.Program.Target;
    private readonly FunctionState _state = body.State;
    private readonly NodeOutput _output = body.Output;
    private readonly VariableScopes _variables = body.Variables;
    private readonly Promotions _promotions = body.Promotions;

    private ExpressionLowering Expressions => _body.Expressions;
    private ChainLowering Chains => _body.Chains;
    private NameLowering Names => _body.Names;
    private ReceiverLowering Receivers => _body.Receivers;
    private InvocationLowering Invocations => _body.Invocations;
    private MemberLookup Members => _body.Members;
    private NumberLowering Numbers => _body.Numbers;
    private Coercions Coercions => _body.Coercions;
    private TypeTests TypeTests => _body.TypeTests;

    /// <summary>A boolean expression as an i32, with what is known where it is true and where it is false.</summary>
    public Node LowerCondition(Expr e, out Flow whenTrue, out Flow whenFalse)
    {
        switch (e)
        {
            case Paren p: return LowerCondition(p.Value, out whenTrue, out whenFalse);
            case Unary { Op: "!" } u: return Node.Not(LowerCondition(u.Operand, out whenFalse, out whenTrue));
            case IsExpr i: return LowerIsCondition(i, out whenTrue, out whenFalse);
            case Binary { Op: "&&" } b:
            {
                var left = LowerCondition(b.Left, out var leftTrue, out var leftFalse);
                _output.Flow = leftTrue;
                var right = LowerCondition(b.Right, out whenTrue, out var rightFalse);
                whenFalse = Flow.Join(leftFalse, rightFalse);
                return Node.If(left, right, Node.I32(0), WType.I32);
            }

            case Binary { Op: "||" } b:
            {
                var left = LowerCondition(b.Left, out var leftTrue, out var leftFalse);
                _output.Flow = leftFalse;
                var right = LowerCondition(b.Right, out var rightTrue, out whenFalse);
                whenTrue = Flow.Join(leftTrue, rightTrue);
                return Node.If(left, Node.I32(1), right, WType.I32);
            }

            case Binary { Op: "==" or "!=" } b:
            {
                var node = LowerEquals(b, out whenTrue, out whenFalse);
                if (b.Op == "==")
                    {
                        return node;
                    }

                    (whenTrue, whenFalse) = (whenFalse, whenTrue);
                return Node.Not(node);
            }

            case BoolLit b:
                whenTrue = _output.Flow.Copy();
                whenFalse = _output.Flow.Copy();
                if (b.Value)
                {
                    whenFalse.IsReachable = false;
                }
                else
                {
                    whenTrue.IsReachable = false;
                }

                return Node.I32(b.Value ? 1 : 0);
            case Ident id when _variables.Lookup(id.Name) is { } variable && _output.Flow.ConditionOf(variable) is { } told:
                var outcome = Coercions.Coerce(Expressions.Lower(id, _program.Bool), _program.Bool, id);
                whenTrue = _output.Flow.Copy();
                whenTrue.Assume(told.WhenTrue, _types);
                whenFalse = _output.Flow.Copy();
                whenFalse.Assume(told.WhenFalse, _types);
                return outcome;
            default:
                var value = Expressions.Lower(e, _program.Bool);
                whenTrue = _output.Flow;
                whenFalse = _output.Flow.Copy();
                if (TypeSystem.IsNever(value.Type))
                {
                    return value.Node;
                }

                return Coercions.Coerce(value, _program.Bool, e);
        }
    }

    /// <summary>A value for a variable.</summary>
    /// <param name="e">The expression.</param>
    /// <param name="context">The type that is wanted.</param>
    /// <param name="told">What is known where the value is true and where it is false, if it is the outcome of tests.</param>
    public Val LowerOutcome(Expr e, DartType? context, out (Flow WhenTrue, Flow WhenFalse)? told)
    {
        told = null;
        if (!IsTest(e) || context is not null && !context.Equals(_program.Bool))
        {
            return Expressions.Lower(e, context);
        }

        var node = LowerCondition(e, out var whenTrue, out var whenFalse);
        told = (whenTrue, whenFalse);
        _output.Flow = Flow.Join(whenTrue, whenFalse);
        return new Val(node, _program.Bool);
    }

    private bool IsTest(Expr e) => SyntaxShapes.Unparen(e) switch
    {
        IsExpr or Binary { Op: "&&" or "||" or "==" or "!=" } => true,
        Unary { Op: "!" } u => IsTest(u.Operand),
        Ident id => _variables.Lookup(id.Name) is { } variable && _output.Flow.ConditionOf(variable) is not null,
        _ => false,
    };

    private Node LowerEquals(Binary b, out Flow whenTrue, out Flow whenFalse)
    {
        if (b.Left is Super)
        {
            var answer = LowerSuperEquals(b);
            whenTrue = _output.Flow.Copy();
            whenFalse = _output.Flow;
            return answer;
        }

        if (LowerTypeEquals(b) is { } sameType)
        {
            whenTrue = _output.Flow;
            whenFalse = _output.Flow.Copy();
            return sameType;
        }

        var left = Coercions.Used(Expressions.Lower(b.Left, null), b.Left);
        var leftKey = _promotions.PromotionKey(b.Left);
        if (SyntaxShapes.Unparen(b.Right) is NullLit)
        {
            whenTrue = _output.Flow;
            whenFalse = _output.Flow.Copy();
            if (leftKey is not null && TypeSystem.IsNullable(left.Type))
            {
                whenFalse.Promote(leftKey, TypeSystem.NonNull(left.Type));
            }

            return left.Node.Type.IsRef ? Node.IsNull(left.Node) : Node.Seq(Node.Drop(left.Node), Node.I32(0));
        }

        var right = Coercions.Used(Expressions.Lower(b.Right, null), b.Right);
        whenTrue = _output.Flow;
        whenFalse = _output.Flow.Copy();
        if (TypeSystem.IsNull(left.Type) && _promotions.PromotionKey(b.Right) is { } rightKey && TypeSystem.IsNullable(right.Type))
        {
            whenFalse.Promote(rightKey, TypeSystem.NonNull(right.Type));
        }

        if (EqualsParameter(left.Type) is { } operand && !TypeSystem.IsDynamic(right.Type) && !_types.IsSubtype(right.Type, operand))
        {
            throw _state.Error(b.Right, $"A value of type '{right.Type}' can't be compared by the '==' of '{left.Type}', which takes '{operand}'.");
        }

        return EqualsNode(left, right);
    }

    /// <summary>What values of a type can be compared with, null included, where a class of a program says so; null where that is anything.</summary>
    public DartType? EqualsParameter(DartType type) =>
        Members.FindMember(TypeSystem.NonNull(type), "==") is { Member: { Library.IsCore: false } member, Owner: var owner } && _body.Program.Signatures.Of(member).Substitute(owner.Map()) is FunctionType { Required: [var operand] } ? operand.WithNullable(true) : null;

    // No object of the superclass equals null.
    private Node LowerSuperEquals(Binary b)
    {
        var self = Receivers.SuperReceiver("==", b);
        var other = Coercions.Used(Expressions.Lower(b.Right, null), b.Right);
        if (!other.Node.Type.IsRef)
        {
            return _reprs.Convert(Invocations.CallWithValues(self, "==", [other], b, isSuper: true).Node, WType.I32);
        }

        var local = _output.TempOf(other.Node, out var set, "right");
        var call = Invocations.CallWithValues(self, "==", [new Val(_reprs.Convert(Node.Get(local), local.Type.AsNonNull), TypeSystem.NonNull(other.Type))], b, isSuper: true);
        return Node.Seq(set, Node.If(Node.IsNull(Node.Get(local)), Node.I32(0), _reprs.Convert(call.Node, WType.I32), WType.I32));
    }

    /// <summary>A comparison of an object's type with another's, or with a type: by their classes; null where it is none.</summary>
    private Node? LowerTypeEquals(Binary b)
    {
        if (!IsRuntimeType(b.Left) || _selectors.SelectorOf(_program.Object.Class.Members[RuntimeType]).Members.Exists(member => !member.Library.IsCore))
        {
            return null;
        }

        var left = OwnerOfType(b.Left);
        var first = _output.TempOf(_reprs.Convert(left.Node, _target.AnyRef), out var set, "left");
        if (IsRuntimeType(b.Right))
        {
            return Node.Seq(set, Invocations.CallCore("_sameRuntimeType", Node.Get(first), OwnerOfType(b.Right).Node));
        }

        var type = Expressions.Lower(b.Right, null);
        return type.Node.IsNever || TypeSystem.IsNullable(type.Type)
            ? Node.Seq(set, EqualsNode(new Val(Invocations.CallCore("_runtimeTypeOf", Node.Get(first)), _program.Type("Type")), type))
            : Node.Seq(set, Invocations.CallCore("_hasRuntimeType", Node.Get(first), type.Node));
    }

    private bool IsRuntimeType(Expr e) => SyntaxShapes.Unparen(e) switch
    {
        PropertyGet { Name: RuntimeType, Target: not Super } p => !ChainLowering.IsNullShorting(p) && Names.StaticTarget(p.Target) is null && p.Target is not Call,
        Ident { Name: RuntimeType } => _variables.Lookup(RuntimeType) is null && Names.LookupNonLocal(RuntimeType, out _) is null && Receivers.ThisType() is not null,
        _ => false,
    };

    private Val OwnerOfType(Expr e) => SyntaxShapes.Unparen(e) is PropertyGet p ? Chains.LowerTarget(p.Target) : new Val(Receivers.ThisPlace()!, Receivers.ThisType()!);

    /// <summary>Whether two values are equal: an i32.</summary>
    public Node EqualsNode(Val left, Val right)
    {
        if (left.Node.IsNever)
        {
            return left.Node;
        }

        if (Numbers.IsInt(left.Type) && Numbers.IsInt(right.Type) || left.Node.Type == WType.I64 && right.Node.Type == WType.I64)
        {
            return Node.Numeric(Opcode.I64Eq, WType.I32, left.Node, right.Node);
        }

        if (left.Node.Type.Kind is WKind.I64 or WKind.F64 && right.Node.Type.Kind is WKind.I64 or WKind.F64)
        {
            return Node.Numeric(Opcode.F64Eq, WType.I32, Numbers.ToDouble(left), Numbers.ToDouble(right));
        }

        if (left.Node.Type == WType.I32 && right.Node.Type == WType.I32)
        {
            return Node.Numeric(Opcode.I32Eq, WType.I32, left.Node, right.Node);
        }

        if (TypeSystem.IsNull(right.Type))
        {
            if (right.Node.Op == IrOp.RefNull && left.Node.Type.IsRef)
            {
                return Node.IsNull(left.Node);
            }

            if (!left.Node.Type.IsRef)
            {
                return Node.Seq(Node.Drop(left.Node), Node.Drop(right.Node), Node.I32(0));
            }

            var compared = _output.TempOf(left.Node, out var setCompared, "left");
            return Node.Seq(setCompared, Node.Drop(right.Node), Node.IsNull(Node.Get(compared)));
        }

        if (TypeSystem.IsNull(left.Type) && left.Node.Op == IrOp.RefNull)
        {
            return right.Node.Type.IsRef ? Node.IsNull(right.Node) : Node.Seq(Node.Drop(right.Node), Node.I32(0));
        }

        // An enum's values are equal where they are the same object, and so are those of a class without its own '=='.
        if (TypeSystem.NonNull(left.Type) is InterfaceType { Class.IsEnum: true } or InterfaceType { Class.Name: "Type", Class.Library.IsCore: true, Nullable: true } && left.Node.Type.IsRef && right.Node.Type.IsRef && TypeSystem.NonNull(left.Type) is InterfaceType { Class.IsEnum: true })
        {
            return Node.RefEq(left.Node, right.Node);
        }

        var member = Members.FindMember(TypeSystem.NonNull(left.Type), "==");
        var selector = _selectors.SelectorOf(member!.Value.Member);
        var l = _output.TempOf(_reprs.Convert(left.Node, left.Node.Type.IsRef ? left.Node.Type : _target.AnyRef), out var setLeft, "left");
        var r = _output.TempOf(_reprs.Convert(right.Node, right.Node.Type.IsRef ? right.Node.Type : _target.AnyRef), out var setRight, "right");
        var call = Invocations.CallSelector(new Val(Node.Get(l), TypeSystem.NonNull(left.Type)), member.Value.Member, selector, [_reprs.Convert(r.Type.Nullable ? Node.NonNull(Node.Get(r)) : Node.Get(r), selector.Params[0].Type)], isSuper: false);
        var result = _reprs.Convert(call, WType.I32);
        if (r.Type.Nullable)
        {
            result = Node.If(Node.IsNull(Node.Get(r)), Node.I32(0), result, WType.I32);
        }

        if (l.Type.Nullable)
        {
            result = Node.If(Node.IsNull(Node.Get(l)), r.Type.Nullable ? Node.IsNull(Node.Get(r)) : Node.I32(0), result, WType.I32);
        }

        return Node.Seq(setLeft, setRight, result);
    }

    /// <summary><c>is</c>, as a value.</summary>
    public Val LowerIs(IsExpr i)
    {
        var node = LowerIsCondition(i, out var whenTrue, out var whenFalse);
        _output.Flow = Flow.Join(whenTrue, whenFalse);
        return new Val(node, _program.Bool);
    }

    private Node LowerIsCondition(IsExpr i, out Flow whenTrue, out Flow whenFalse)
    {
        var value = Coercions.Used(Expressions.Lower(i.Value, null), i.Value);
        var type = _state.Scope.Resolve(i.Type);
        var local = _output.TempOf(value.Node, out var set);
        var test = Node.Seq(set, TypeTests.TypeTest(Node.Get(local), value.Type, type));
        whenTrue = _output.Flow.Copy();
        whenFalse = _output.Flow.Copy();
        var positive = i.Negated ? whenFalse : whenTrue;
        var negative = i.Negated ? whenTrue : whenFalse;
        if (_promotions.PromotionKey(i.Value) is { } key)
        {
            positive.Test(key, type);
            negative.Test(key, type);
            if (_promotions.PromotedType(value.Type, type) is { } promoted)
            {
                positive.Promote(key, promoted);
            }

            if (TypeSystem.IsNull(type))
            {
                negative.Promote(key, TypeSystem.NonNull(value.Type));
            }
        }

        return i.Negated ? Node.Not(test) : test;
    }
}
