using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Selector chains, in which a null receiver may cut the whole short.</summary>
internal sealed class ChainLowering(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly Representations _reprs = body.Reprs;
    private readonly NodeOutput _output = body.Output;
    private readonly Promotions _promotions = body.Promotions;
    private IrLabel? _shortLabel;
    private List<Node>? _shortNulls;

    private ExpressionLowering Expressions => _body.Expressions;
    private NameLowering Names => _body.Names;
    private ReceiverLowering Receivers => _body.Receivers;
    private CallExpressionLowering CallExpressions => _body.CallExpressions;
    private InvocationLowering Invocations => _body.Invocations;
    private TearoffLowering Tearoffs => _body.Tearoffs;
    private AssignmentLowering Assignments => _body.Assignments;

    /// <summary>Whether a null receiver may cut a selector chain short.</summary>
    public static bool IsNullShorting(Expr e)
    {
        while (true)
        {
            switch (e)
            {
                case PropertyGet p:
                    if (p.NullAware)
                    {
                        return true;
                    }

                    e = p.Target; break;
                case IndexExpr i:
                    if (i.NullAware)
                    {
                        return true;
                    }

                    e = i.Target; break;
                case Call c: e = c.Target; break;
                case NullAssert n: e = n.Value; break;
                case Instantiation n: e = n.Target; break;
                case Assign a: e = a.Target; break;
                case Update u: e = u.Target; break;
                default: return false;
            }
        }
    }

    /// <summary>A chain of selectors; null where a receiver within cuts it short.</summary>
    public Val LowerChain(Expr e, DartType? context)
    {
        if (!IsNullShorting(e))
        {
            return LowerSelector(e, context);
        }

        var (savedLabel, savedNulls) = (_shortLabel, _shortNulls);
        var label = new IrLabel();
        _shortLabel = label;
        var nulls = _shortNulls = [];
        var before = _output.Flow.Copy();
        var value = LowerSelector(e, context);
        (_shortLabel, _shortNulls) = (savedLabel, savedNulls);
        _output.Flow = Flow.Join(_output.Flow, before);
        var type = TypeSystem.IsVoid(value.Type) ? value.Type : value.Type.WithNullable(true);
        if (value.Type is SimpleType { Kind: SimpleKind.Never })
        {
            type = SimpleType.Null;
        }

        var repr = TypeSystem.IsVoid(type) ? WType.None : _reprs.Of(type);
        var node = _reprs.Convert(value.Node, repr);
        foreach (var n in nulls)
        {
            n.Args = repr.Kind == WKind.None ? [] : [Node.Null(repr.Heap!)];
        }

        return new Val(Node.Block(label, [node], repr), type);
    }

    /// <summary>A receiver, behind a test that leaves the chain where it is null.</summary>
    public Val ShortOnNull(Val receiver)
    {
        if (!TypeSystem.IsNullable(receiver.Type) || !receiver.Node.Type.IsRef)
        {
            return receiver;
        }

        var local = _output.TempOf(receiver.Node, out var set, "receiver");
        var leave = Node.Br(_shortLabel!);
        _shortNulls!.Add(leave);
        var type = TypeSystem.NonNull(receiver.Type);
        var node = Node.Seq(set, Node.If(Node.IsNull(Node.Get(local)), leave, null, WType.None), _reprs.Convert(Node.Get(local), TypeSystem.IsDynamic(type) ? local.Type.AsNonNull : _reprs.Of(type)));
        return new Val(node, type);
    }

    /// <summary>The target of a selector, within the chain that it belongs to.</summary>
    public Val LowerTarget(Expr target, DartType? context = null) => _body.Coercions.Used(LowerAnyTarget(target, context), target);

    /// <summary>What a member is asked of: a target, or an application of an extension by its name.</summary>
    /// <param name="target">The expression.</param>
    /// <param name="isNullAware">Whether nothing is asked of null.</param>
    public Val LowerReceiver(Expr target, bool isNullAware)
    {
        if (Names.ExtensionOverride(target, isNullAware) is { } applied)
        {
            return applied;
        }

        var receiver = LowerTarget(target);
        return isNullAware ? ShortOnNull(receiver) : receiver;
    }

    private Val LowerAnyTarget(Expr target, DartType? context) => target is PropertyGet or IndexExpr or Call or NullAssert or Instantiation or Assign or Update ? LowerSelector(target, context) : Expressions.Lower(target, context);

    private Val LowerSelector(Expr e, DartType? context)
    {
        var around = _output.At;
        _output.At = _output.PlaceOf(e);
        var value = LowerSelectorKind(e, context);
        _output.Placed(value.Node, e);
        _output.At = around;
        return value;
    }

    private Val LowerSelectorKind(Expr e, DartType? context)
    {
        switch (e)
        {
            case Ident id: return Names.LowerIdent(id, context);
            case PropertyGet p: return Names.LowerProperty(p, context);
            case Call c: return CallExpressions.LowerCall(c, context);
            case NullAssert n:
                var checkedValue = LowerTarget(n.Value, context?.WithNullable(true));
                if (!TypeSystem.IsNullable(checkedValue.Type))
                {
                    return checkedValue;
                }

                var nonNull = TypeSystem.NonNull(checkedValue.Type);
                if (!checkedValue.Node.Type.IsRef)
                {
                    return checkedValue with { Type = nonNull };
                }

                var asserted = NullChecked(checkedValue.Node, nonNull, "_throwNullCheck");
                if (_promotions.PromotionKey(n.Value) is { } key)
                {
                    _output.Flow.Promote(key, nonNull);
                }

                return new Val(asserted, nonNull);
            case IndexExpr i:
                if (i.Target is Super)
                {
                    var self = Receivers.SuperReceiver("[]", i);
                    return Invocations.CallNamed(self, "[]", ArgumentBinding.Args(i.Index), null, null, i, isSuper: true);
                }

                return Invocations.CallNamed(LowerReceiver(i.Target, i.NullAware), "[]", ArgumentBinding.Args(i.Index), null, context, i);
            case Assign a: return Assignments.LowerAssign(a, context);
            case Update u: return Assignments.LowerUpdate(u);
            case Instantiation ins: return Tearoffs.LowerInstantiation(ins);
            default: return Expressions.Lower(e, context);
        }
    }

    private Node NullChecked(Node node, DartType nonNull, string thrower)
    {
        var local = _output.TempOf(node, out var set);
        var repr = TypeSystem.IsDynamic(nonNull) || nonNull is TypeParamType ? local.Type.AsNonNull : _reprs.Of(nonNull);
        return Node.Seq(set, Node.If(Node.IsNull(Node.Get(local)), Node.Seq(Invocations.CallCore(thrower), Node.Unreachable()), null, WType.None), _reprs.Convert(Node.Get(local), repr));
    }
}
