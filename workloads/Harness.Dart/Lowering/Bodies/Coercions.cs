using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Values as the types that they are assigned to, with checks where the static type does not tell.</summary>
internal sealed class Coercions(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly ProgramLowering _lowering = body.Program;
    private readonly DartProgram _program = body.Program.Program;
    private readonly TypeSystem _types = body.Program.Types;
    private readonly Representations _reprs = body.Reprs;
    private readonly TargetTypes _target = body.Program.Target;
    private readonly FunctionState _state = body.State;
    private readonly NodeOutput _output = body.Output;
    private readonly Promotions _promotions = body.Promotions;

    private ExpressionLowering Expressions => _body.Expressions;
    private InvocationLowering Invocations => _body.Invocations;
    private MemberAccess Access => _body.Access;
    private TearoffLowering Tearoffs => _body.Tearoffs;
    private TypeTests TypeTests => _body.TypeTests;
    private TypeExpressions TypeExpressions => _body.TypeExpressions;

    /// <summary>A value that something is done with, which nothing can be done with if its type is <c>void</c>.</summary>
    public Val Used(Val value, Syntax.Node at) => TypeSystem.IsVoid(value.Type) ? throw _state.Error(at, "This expression has type 'void' and can't be used.") : value;

    /// <summary>Converts a value to a type that it is assigned to: numbers, calls of objects, downcasts from dynamic.</summary>
    public Node Coerce(Val value, DartType to, Syntax.Node at)
    {
        var from = value.Type;
        var target = _reprs.Of(to);
        if (value.Node.IsNever)
        {
            return value.Node;
        }

        if (TypeSystem.IsVoid(to))
        {
            return _reprs.Convert(value.Node, target);
        }

        Used(value, at);
        if (TypeSystem.IsDynamic(from) && !TypeSystem.IsTop(to))
        {
            return CheckedCast(value, to, at);
        }

        if (from.Equals(to))
        {
            return _reprs.Convert(value.Node, target);
        }

        if (!_types.IsSubtype(from, to))
        {
            // A function is taken from an object with a method 'call', and none from null.
            if (!TypeSystem.IsNullable(from) && (to is FunctionType || to is InterfaceType { Class: var tc } && tc == _program.Function.Class) && TypeSystem.NonNull(from is TypeParamType x ? x.Promoted ?? x.Bound : from) is InterfaceType callable && _body.Members.FindMember(callable, "call") is { Member.Kind: MemberKind.Method })
            {
                var torn = Access.GetMember(value with { Type = callable }, "call", at);
                return Coerce(torn, to, at);
            }

            if (from is FunctionType { TypeParams.Length: > 0 } whole && TypeSystem.NonNull(to) is FunctionType { TypeParams.Length: 0 } wanted
                && Tearoffs.InstantiateClosure(value, whole, wanted, at) is var instance && _types.IsSubtype(instance.Type, to))
            {
                return _reprs.Convert(instance.Node, target);
            }

            throw _state.Error(at, $"A value of type '{from}' can't be assigned to a variable of type '{to}'.");
        }

        if (from is FunctionType { TypeParams.Length: > 0 } generic && to is FunctionType { TypeParams.Length: 0 } plain)
        {
            return _reprs.Convert(Tearoffs.InstantiateClosure(value, generic, plain, at).Node, target);
        }

        return _reprs.Convert(value.Node, target);
    }

    /// <summary>What a function returns that is declared to return anything, or nothing: the value of an expression that has none is no error there.</summary>
    public Val AsResult(Val value, DartType? result) =>
        TypeSystem.IsVoid(value.Type) && result is not null && TypeSystem.IsDynamic(result) ? new Val(_reprs.Convert(value.Node, _target.AnyRef), SimpleType.Dynamic) : value;

    /// <summary>What a function without a declared result returns: what is dynamic becomes what the context wants.</summary>
    public Val AsReturned(Val value, DartType? context, Syntax.Node at)
    {
        if (!TypeSystem.IsDynamic(value.Type) || context is null or UnknownType)
        {
            return value;
        }

        var wanted = _types.Inference.GreatestClosure(context);
        return TypeSystem.IsTop(wanted) || _types.IsSubtype(_lowering.Program.Object.WithNullable(true), wanted) ? value : new Val(CheckedCast(value, wanted, at), wanted);
    }

    /// <summary>A value with a check at run time that it has the type.</summary>
    public Node CheckedCast(Val value, DartType to, Syntax.Node at, bool explicitCast = false)
    {
        to = TypeSystem.Erase(to);
        var target = _reprs.Of(to);
        if (TypeSystem.IsTop(to))
        {
            return _reprs.Convert(value.Node, target);
        }

        if (_types.IsSubtype(value.Type, to) && !TypeSystem.IsDynamic(value.Type))
        {
            return _reprs.Convert(value.Node, target);
        }

        if (_lowering.Options.Casts == CheckKind.Trusted)
        {
            return _reprs.Convert(value.Node, target);
        }

        if (value.Node.IsNever)
        {
            return value.Node;
        }

        var boxed = _reprs.Convert(value.Node, value.Node.Type.IsRef ? value.Node.Type : _target.AnyRef);
        var local = _output.Temp(boxed.Type, "cast");
        var test = TypeTests.TypeTest(Node.Get(local), value.Type, to);
        if (test.Op == IrOp.I32 && test.Number == 1)
        {
            return _reprs.Convert(boxed, target);
        }

        var fail = _output.Placed(Node.Seq(Invocations.CallCore("_throwCastError", Node.Get(local), TypeExpressions.TypeNode(to)), Node.Unreachable()), at);
        return Node.Seq(Node.Set(local, boxed), Node.If(test, Node.Nop(), fail, WType.None), _reprs.Convert(Node.Get(local), target));
    }

    /// <summary>An argument with the check that it has the type that a type parameter of the class stands for.</summary>
    public Node CheckedArgument(IrLocal argument, TypeParamType type)
    {
        Node check;
        if (type.Nullable)
        {
            // The object for the nullable type is made where its name is needed alone.
            var fail = Node.Seq(Invocations.CallCore("_throwCastError", Node.Get(argument), TypeExpressions.TypeNode(type)), Node.Unreachable());
            var test = Invocations.CallCore("_isInstance", Node.Get(argument), TypeExpressions.TypeNode(TypeSystem.NonNull(type)));
            check = Node.If(Node.IsNull(Node.Get(argument)), Node.Nop(), Node.If(test, Node.Nop(), fail, WType.None), WType.None);
        }
        else
        {
            check = Invocations.CallCore("_checkCovariant", Node.Get(argument), TypeExpressions.TypeNode(type));
        }

        return Node.Seq(check, Node.Get(argument));
    }

    /// <summary><c>as</c>.</summary>
    public Val LowerAs(AsExpr a)
    {
        var type = _state.Scope.Resolve(a.Type);
        var value = Expressions.Lower(a.Value, null);
        var key = _promotions.PromotionKey(a.Value);
        var node = CheckedCast(value, type, a, explicitCast: true);
        if (key is not null && _promotions.PromotedType(value.Type, type) is { } promoted)
        {
            _output.Flow.Promote(key, promoted);
        }

        return new Val(node, type);
    }
}
