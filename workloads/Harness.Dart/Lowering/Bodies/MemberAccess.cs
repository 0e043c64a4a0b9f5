using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Reads and writes of properties: fields, accessors, tear-offs of methods.</summary>
internal sealed class MemberAccess(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly ProgramLowering _lowering = body.Program;
    private readonly DartProgram _program = body.Program.Program;
    private readonly Representations _reprs = body.Reprs;
    private readonly ClassLayouts _layouts = body.Program.Layouts;
    private readonly Selectors _selectors = body.Program.Selectors;
    private readonly MemberFunctions _functions = body.Program.Functions;
    private readonly DynamicCalls _dynamicCalls = body.Program.DynamicCalls;
    private readonly TargetTypes _target = body.Program.Target;
    private readonly FunctionState _state = body.State;

    private InvocationLowering Invocations => _body.Invocations;
    private ReceiverLowering Receivers => _body.Receivers;
    private ClosureCallLowering ClosureCalls => _body.ClosureCalls;
    private MemberLookup Members => _body.Members;
    private TearoffLowering Tearoffs => _body.Tearoffs;
    private IntrinsicLowering Intrinsics => _body.Intrinsics;
    private TypeExpressions TypeExpressions => _body.TypeExpressions;

    /// <summary>Reads a property: a field, getter, or a method's tear-off.</summary>
    public Val GetMember(Val receiver, string name, Syntax.Node at, bool isSuper = false)
    {
        var type = receiver.Type;
        _lowering.Traces.Note(_state.Library, name);
        if (TypeSystem.IsNever(type))
        {
            return receiver;
        }

        if (!isSuper && !TypeSystem.IsNullable(type) && (TypeSystem.NonNull(type) is TypeParamType parameter ? parameter.Promoted ?? parameter.Bound : TypeSystem.NonNull(type)) is RecordType record && record.IndexOf(name) is >= 0 and var field)
        {
            var shape = _layouts.Of(_program.CoreClass("_Record")).Struct;
            var node = Node.Array(IrOp.ArrayGet, _target.ObjectArray, _target.AnyRef, Node.Field(shape, 3, _reprs.Convert(receiver.Node, WType.Ref(shape))), Node.I32(field));
            return new Val(_reprs.Convert(node, _reprs.Of(record.FieldType(field))), record.FieldType(field));
        }

        if (Members.FindMember(type, name) is var (member, owner) && member is not null)
        {
            return GetKnown(receiver, member, owner!, at, isSuper);
        }

        if (TypeSystem.IsDynamicReceiver(type))
        {
            return new Val(_dynamicCalls.DynamicCall(name, DynamicKind.Get, _reprs.Convert(receiver.Node, _target.AnyRef), null, [], []), SimpleType.Dynamic);
        }

        if (name == "call" && type is not InterfaceType { Class.IsStatic: true } && ClosureCalls.CallableType(type) is not null && !type.Nullable)
        {
            return receiver;
        }

        if (type is InterfaceType { Nullable: false } ft && ft.Class == _program.Function.Class && name == "call")
        {
            return receiver;
        }

        if (Members.FindExtension(type, name, at) is { } extension)
        {
            return GetExtension(extension.Member, extension.Args, receiver.Node, at);
        }

        if (type.Nullable && Members.FindMember(TypeSystem.NonNull(type), name) is not null)
        {
            throw _state.Error(at, $"Property '{name}' cannot be accessed on '{type}' because it is potentially null.");
        }

        throw _state.Error(at, $"The getter '{name}' isn't defined for the type '{type}'.");
    }

    /// <summary>Reads a member of an extension.</summary>
    public Val GetExtension(Member member, DartType[] args, Node receiver, Syntax.Node at)
    {
        if (member.Kind == MemberKind.Field)
        {
            var function = _functions.ExternalAccessor(member, isSetter: false);
            return new Val(_reprs.Convert(Node.Seq(Node.Drop(receiver), Node.Call(function)), function.Result), _lowering.Signatures.FieldType(member).Substitute(ArgumentBinding.MapOf(member.Owner!.TypeParams, args)));
        }

        if (member.Kind == MemberKind.Getter)
        {
            return Invocations.CallExtension(member, args, receiver, ArgumentBinding.NoArguments, null, null, at);
        }

        return Tearoffs.ExtensionTearoff(member, args, receiver);
    }

    /// <summary>Reads a member that was found.</summary>
    public Val GetKnown(Val receiver, Member member, InterfaceType owner, Syntax.Node at, bool isSuper)
    {
        var map = owner.Map();
        if (owner.Class.IsStatic)
        {
            if (member.Field is { External: false })
            {
                return new Val(_reprs.Convert(receiver.Node, _reprs.Of(owner.Class.OnType!.Substitute(map))), _lowering.Signatures.FieldType(member).Substitute(map));
            }

            return GetExtension(member, owner.Args, receiver.Node, at);
        }

        if (member.Kind == MemberKind.Method)
        {
            var signature = (FunctionType)_lowering.Signatures.Of(member).Substitute(map);
            // Only the parameters' checked types are known where a class's parameter is covariant.
            var tearoff = _selectors.TearoffOf(member);
            if (receiver.Node.Type is { IsRef: true, Nullable: true } && TypeSystem.IsNullable(receiver.Type))
            {
                return new Val(Invocations.CallCore("_tearoffOfObject", receiver.Node, Invocations.StringConst(member.Name)), signature);
            }

            if (isSuper)
            {
                return new Val(Invocations.CallSelector(receiver, member, tearoff, [], isSuper: true), signature);
            }

            var torn = _lowering.Calls.Add(tearoff, _state.Function, Invocations.ReceiverObject(receiver.Node), Invocations.ReceiverClass(receiver.Type), []);
            return new Val(Invocations.CheckedResult(torn, _lowering.Signatures.Of(member).Result, signature, receiver, at), signature);
        }

        var type = member.Kind == MemberKind.Field ? _lowering.Signatures.FieldType(member) : _lowering.Signatures.Of(member).Result;
        var actual = type.Substitute(map);
        if (member.Function is { External: true } && Intrinsics.Intrinsic(member, receiver, new BoundArguments { Signature = new FunctionType([], [], [], [], actual) }, at) is { } intrinsic)
        {
            return new Val(intrinsic, actual);
        }

        if (TypeSystem.IsNullable(receiver.Type) && owner.Class == _program.Object.Class)
        {
            // hashCode and runtimeType of what may be null.
            return new Val(Invocations.CallCore(member.Name == "hashCode" ? "_hashCodeOf" : "_runtimeTypeOf", receiver.Node), actual);
        }

        var selector = _selectors.SelectorOf(member);
        if (!isSuper && _lowering.Specialisations.IsOn)
        {
            selector = _selectors.VariantOf(selector, new FunctionType([], [], [], [], type), new FunctionType([], [], [], [], _reprs.Resolve(actual)));
        }

        var value = Invocations.CallSelector(receiver, member, selector, [], isSuper);
        var narrowed = Invocations.Narrowed(value, selector.Result, actual);
        return new Val(isSuper ? narrowed : Invocations.CheckedResult(narrowed, type, actual, receiver, at), actual);
    }

    /// <summary>Assigns a property; <paramref name="value"/> has the type that <see cref="MemberLookup.SetterTypeOf"/> tells.</summary>
    public Node SetMember(Val receiver, string name, Node value, Syntax.Node at, bool isSuper = false)
    {
        if (Members.FindMember(receiver.Type, name + "=") is var (member, owner) && member is not null)
        {
            if (owner!.Class.IsStatic)
            {
                return CallSetterExtension(member, owner.Args, receiver.Node, value);
            }

            if (!isSuper && Receivers.IsThis(receiver.Node) && _lowering.OwnFields.IndexOf(_state.Class!, member) is { } index)
            {
                var layout = _layouts.Of(_state.Class!).Struct;
                return Node.SetField(layout, index, receiver.Node, _reprs.Convert(value, layout.Fields[index].Type));
            }

            var selector = _selectors.SelectorOf(member, setter: true);
            if (!isSuper && _lowering.Specialisations.IsOn)
            {
                var type = Members.SetterType(member);
                selector = _selectors.VariantOf(selector, new FunctionType([], [type], [], [], SimpleType.Void), new FunctionType([], [_reprs.Resolve(type.Substitute(owner.Map()))], [], [], SimpleType.Void));
            }

            return Invocations.CallSelector(receiver, member, selector, [_reprs.Convert(value, selector.Params[0].Type)], isSuper);
        }

        if (TypeSystem.IsDynamicReceiver(receiver.Type))
        {
            return Node.Drop(_dynamicCalls.DynamicCall(name, DynamicKind.Set, _reprs.Convert(receiver.Node, _target.AnyRef), null, [_reprs.Convert(value, _target.AnyRef)], []));
        }

        if (Members.FindExtension(receiver.Type, name + "=", at) is { } extension)
        {
            return CallSetterExtension(extension.Member, extension.Args, receiver.Node, value);
        }

        throw _state.Error(at, $"The setter '{name}' isn't defined for the type '{receiver.Type}'.");
    }

    /// <summary>Calls a setter of an extension.</summary>
    public Node CallSetterExtension(Member member, DartType[] args, Node receiver, Node value)
    {
        if (member.Kind == MemberKind.Field)
        {
            var accessor = _functions.ExternalAccessor(member, isSetter: true);
            return Node.Seq(Node.Drop(receiver), Node.Call(accessor, _reprs.Convert(value, accessor.Params[0].Type)));
        }

        var function = _functions.StaticFunction(member);
        return Node.Call(function, [.. args.Select(TypeExpressions.TypeNode), _reprs.Convert(receiver, function.Params[args.Length].Type), _reprs.Convert(value, function.Params[args.Length + 1].Type)]);
    }
}
