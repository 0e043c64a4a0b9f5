using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Calls of function objects, and of what is known by its name alone.</summary>
internal sealed class ClosureCallLowering(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly DartProgram _program = body.Program.Program;
    private readonly Representations _reprs = body.Reprs;
    private readonly ClosureTables _closureTables = body.Program.ClosureTables;
    private readonly DynamicCalls _dynamicCalls = body.Program.DynamicCalls;
    private readonly TargetTypes _target = body.Program.Target;
    private readonly FunctionState _state = body.State;
    private readonly NodeOutput _output = body.Output;

    private ExpressionLowering Expressions => _body.Expressions;
    private ArgumentBinding Arguments => _body.Arguments;
    private InvocationLowering Invocations => _body.Invocations;
    private MemberLookup Members => _body.Members;
    private TypeExpressions TypeExpressions => _body.TypeExpressions;

    /// <summary>The function type of values of a type; null where they are no functions.</summary>
    public FunctionType? CallableType(DartType type) => TypeSystem.Erase(type) switch
    {
        FunctionType f => f,
        TypeParamType p => CallableType(p.Bound),
        _ => null,
    };

    /// <summary>Calls a function object.</summary>
    public Val CallClosure(Val closure, Arguments args, IReadOnlyList<DartType>? typeArgs, DartType? context, Syntax.Node at)
    {
        // No other value is called but by a method 'call': neither by a getter of the name, nor what an extension type represents by its own type.
        var isStatic = closure.Type is InterfaceType { Class.IsStatic: true };
        if (isStatic && Members.FindMember(closure.Type, "call") is { Owner.Class.IsStatic: true, Member.Kind: MemberKind.Method })
        {
            return Invocations.CallNamed(closure, "call", args, typeArgs, context, at);
        }

        if (isStatic || CallableType(closure.Type) is not { } signature)
        {
            if (TypeSystem.IsDynamicReceiver(closure.Type) || Members.MemberType(closure.Type)?.Class == _program.Function.Class)
            {
                return CallDynamic(closure, "call", args, typeArgs, at);
            }

            if (TypeSystem.IsNever(closure.Type))
            {
                return closure;
            }

            if (!TypeSystem.IsNullable(closure.Type) && Members.FindMember(closure.Type, "call") is { Member: { Kind: MemberKind.Method } member, Owner: var owner })
            {
                return Invocations.CallMethod(closure, member, owner, args, typeArgs, context, at);
            }

            if (Members.FindExtension(closure.Type, "call", at) is { Member.Kind: MemberKind.Method } extension)
            {
                return Invocations.CallExtension(extension.Member, extension.Args, closure.Node, args, typeArgs, context, at);
            }

            throw _state.Error(at, $"The expression of type '{closure.Type}' can't be invoked as a function.");
        }

        if (TypeSystem.IsNullable(closure.Type))
        {
            throw _state.Error(at, "Can't use an expression of a nullable function type as a function: it may be null.");
        }

        var bound = Arguments.BindArguments(signature, args, typeArgs, context, at);
        var local = _output.Temp(WType.Ref(_target.Closure), "closure");
        var set = Node.Set(local, _reprs.Convert(closure.Node, WType.Ref(_target.Closure)));
        Node call;
        if (bound.Named.Count == 0 && bound.TypeArgs.Length == 0 && bound.Positional.Count < _target.ClosureFunctions.Count)
        {
            var def = _target.ClosureFunctions[bound.Positional.Count];
            var function = Node.NonNull(Node.Field(_target.VTable, 1 + bound.Positional.Count, Node.Field(_target.Closure, 3, Node.Get(local))));
            call = Node.CallRef(def, [Node.Get(local), .. bound.Positional.Select(a => _reprs.Convert(a!.Value.Node, _target.AnyRef)), function]);
        }
        else
        {
            call = CallDynamicEntry(local, bound.TypeArgs.Length == 0 ? null : TypeExpressions.TypeArray(bound.TypeArgs), bound.Positional.Select(a => a!.Value.Node), bound.Named.Select(n => (n.Key, n.Value.Node)));
        }

        return new Val(Node.Seq([set, .. bound.Before, Invocations.Narrowed(call, _target.AnyRef, bound.Signature.Result)]), bound.Signature.Result);
    }

    private Node CallDynamicEntry(IrLocal closure, Node? typeArgs, IEnumerable<Node> positional, IEnumerable<(string Name, Node Value)> named)
    {
        _closureTables.NeedDynamicEntries();
        Node Array(IEnumerable<Node> items) => Node.Array(IrOp.ArrayNewFixed, _target.ObjectArray, WType.Ref(_target.ObjectArray), [.. items.Select(i => _reprs.Convert(i, _target.AnyRef))]);
        var function = Node.NonNull(Node.Field(_target.VTable, 0, Node.Field(_target.Closure, 3, Node.Get(closure))));
        return Node.CallRef(_target.DynamicFunction, Node.Get(closure), typeArgs ?? Node.Null(_target.ObjectArray), Array(positional), Array(named.SelectMany(n => new[] { Invocations.StringConst(n.Name), n.Value })), function);
    }

    /// <summary>Calls something by its name alone.</summary>
    public Val CallDynamic(Val receiver, string name, Arguments args, IReadOnlyList<DartType>? typeArgs, Syntax.Node at)
    {
        var before = new List<Node>();
        var local = _output.TempOf(_reprs.Convert(receiver.Node, _target.AnyRef), out var set, "receiver");
        before.Add(set);
        var positional = new List<Node>();
        var named = new List<(string, Node)>();
        foreach (var (argName, value) in args.Items)
        {
            var node = _reprs.Convert(Expressions.Lower(value, null).Node, _target.AnyRef);
            if (!node.IsPure)
            {
                var temp = _output.TempOf(node, out var setArg, "argument");
                before.Add(setArg);
                node = Node.Get(temp);
            }

            if (argName is null)
            {
                positional.Add(node);
            }
            else
            {
                named.Add((argName, node));
            }
        }

        var call = _dynamicCalls.DynamicCall(name, DynamicKind.Call, Node.Get(local), typeArgs is null or { Count: 0 } ? null : TypeExpressions.TypeArray(typeArgs), positional, named);
        return new Val(Node.Seq([.. before, call]), SimpleType.Dynamic);
    }
}
