using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>What can be assigned: variables, properties, elements.</summary>
internal sealed class TargetLowering(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly ProgramLowering _lowering = body.Program;
    private readonly Representations _reprs = body.Reprs;
    private readonly MemberFunctions _functions = body.Program.Functions;
    private readonly StaticVariables _statics = body.Program.Statics;
    private readonly ConstantPool _pool = body.Program.Pool;
    private readonly FunctionState _state = body.State;
    private readonly NodeOutput _output = body.Output;
    private readonly VariableScopes _variables = body.Variables;
    private readonly VariablePlaces _places = body.Places;
    private readonly Promotions _promotions = body.Promotions;

    private ExpressionLowering Expressions => _body.Expressions;
    private ChainLowering Chains => _body.Chains;
    private NameLowering Names => _body.Names;
    private ReceiverLowering Receivers => _body.Receivers;
    private InvocationLowering Invocations => _body.Invocations;
    private MemberLookup Members => _body.Members;
    private MemberAccess Access => _body.Access;
    private VariableLowering Locals => _body.Locals;
    private Coercions Coercions => _body.Coercions;

    /// <summary>What an assignment writes to.</summary>
    public AssignmentTarget LowerPlace(Expr target)
    {
        switch (target)
        {
            case Ident id: return IdentPlace(id);
            case PropertyGet { Target: Super } p:
                Receivers.CheckSuperMember(p.Name + "=", p);
                return MemberPlace(Receivers.SuperReceiver(p.Name + "=", p), p.Name, p, isSuper: true);
            case PropertyGet p when Names.StaticTarget(p.Target) is { } holder:
                return StaticPlace(holder, p);
            case PropertyGet p: return MemberPlace(Chains.LowerReceiver(p.Target, p.NullAware), p.Name, p, isSuper: false);
            case IndexExpr i:
                var isSuper = i.Target is Super;
                var container = isSuper ? Receivers.SuperReceiver("[]=", i) : Chains.LowerReceiver(i.Target, i.NullAware);
                if (TypeSystem.IsNever(container.Type))
                {
                    return NeverPlace(container);
                }

                var local = _output.TempOf(container.Node, out var set, "container");
                var parameterType = Members.FindMember(container.Type, "[]=") is var (m, o) && m is not null
                    ? (FunctionType)_lowering.Signatures.Of(m).Substitute(o!.Map())
                    : Members.FindExtension(container.Type, "[]=", i) is { } ext ? (FunctionType)_lowering.Signatures.Of(ext.Member).Substitute(ArgumentBinding.MapOf(ext.Member.Owner!.TypeParams, ext.Args))
                    : TypeSystem.IsDynamic(container.Type) ? new FunctionType([], [SimpleType.Dynamic, SimpleType.Dynamic], [], [], SimpleType.Void)
                    : throw _state.Error(i, $"The operator '[]=' isn't defined for the type '{container.Type}'.");
                var indexValue = Expressions.Lower(i.Index, parameterType.Required[0]);
                var indexNode = Coercions.Coerce(indexValue, parameterType.Required[0], i.Index);
                var index = _output.TempOf(indexNode, out var setIndex, "index");
                var place = new AssignmentTarget
                {
                    WriteType = parameterType.Required[1],
                    Read = () => Invocations.CallWithValues(container with { Node = Node.Get(local) }, "[]", [new Val(Node.Get(index), parameterType.Required[0])], i, isSuper),
                    Write = v => Invocations.CallWithValues(container with { Node = Node.Get(local) }, "[]=", [new Val(Node.Get(index), parameterType.Required[0]), new Val(v, parameterType.Required[1])], i, isSuper).Node,
                };
                place.Before.Add(set);
                place.Before.Add(setIndex);
                return place;
            case Paren p: return LowerPlace(p.Value);
            default: throw _state.Error(target, "Can't assign to this.");
        }
    }

    private AssignmentTarget MemberPlace(Val receiver, string name, Syntax.Node at, bool isSuper, Func<Val>? read = null)
    {
        if (TypeSystem.IsNever(receiver.Type))
        {
            return NeverPlace(receiver);
        }

        // Nothing changes 'this' while the value is evaluated.
        Node? set = null;
        var local = Receivers.IsThis(receiver.Node) ? (IrLocal)receiver.Node.Data! : _output.TempOf(receiver.Node, out set, "receiver");
        var self = receiver with { Node = Node.Get(local) };
        var place = new AssignmentTarget
        {
            WriteType = Members.SetterTypeOf(receiver.Type, name, at),
            Read = read ?? (() => Access.GetMember(self, name, at, isSuper)),
            Write = v => Access.SetMember(self, name, v, at, isSuper),
        };
        if (set is not null)
        {
            place.Before.Add(set);
        }

        return place;
    }

    // A part of what has no value: everything can be assigned to it, and nothing ever is.
    private static AssignmentTarget NeverPlace(Val receiver) => new()
    {
        WriteType = SimpleType.Dynamic,
        Read = () => new Val(Node.Unreachable(), receiver.Type),
        Write = value => Node.Seq(Node.Drop(value), Node.Unreachable()),
        Before = { Node.Drop(receiver.Node) },
    };

    private AssignmentTarget IdentPlace(Ident id)
    {
        if (_variables.Lookup(id.Name) is { } variable)
        {
            Locals.CheckShared(variable, id);
            if (variable.FunctionType is not null || variable.Constant is not null)
            {
                throw _state.Error(id, $"Can't assign to '{id.Name}'.");
            }

            if (variable.IsFinal && !(variable.IsLate && variable.LateInit is null) && !variable.IsUnassignedFinal)
            {
                throw _state.Error(id, $"Can't assign to the final variable '{id.Name}'.");
            }

            return new AssignmentTarget
            {
                Variable = variable,
                Key = _promotions.CanPromote(variable) ? variable : null,
                Declared = variable.Type,
                WriteType = variable.Type,
                Read = () => Locals.Read(variable, id),
                Write = v => WriteVariable(variable, v),
            };
        }

        var setter = Names.LookupNonLocal(id.Name + "=", out var implicitThis);
        var getter = Names.LookupNonLocal(id.Name, out var implicitGetter);
        if (setter is Member s && !implicitThis)
        {
            return new AssignmentTarget
            {
                WriteType = Members.SetterType(s),
                Read = () => getter is not null && !implicitGetter ? Names.LowerElement(getter, id, null) : Names.LowerIdent(id, null),
                Write = v => WriteStatic(s, v, id),
            };
        }

        if (Receivers.ThisPlace() is { } self && Receivers.ImplicitType(setter is not null) is { } type && (setter is not null || getter is null || implicitGetter))
        {
            // In an extension, what is read may be another's than what is written.
            var isExtension = Receivers.LexicalClass() is { Node.Kind: ClassKind.Extension };
            return MemberPlace(Receivers.This(self, type), id.Name, id, isSuper: false, read: isExtension ? () => Names.LowerIdent(id, null) : null);
        }

        if (getter is null)
        {
            throw _state.Error(id, $"Setter not found: '{id.Name}'.");
        }

        throw _state.Error(id, $"Can't assign to '{id.Name}': it is final or no variable.");
    }

    private AssignmentTarget StaticPlace(object holder, PropertyGet p)
    {
        var setter = holder switch
        {
            PrefixElement prefix => prefix.Members.GetValueOrDefault(p.Name + "="),
            ClassElement cls => cls.Statics.GetValueOrDefault(p.Name + "="),
            TypedefElement when _state.Scope.Resolve(Names.TypeNodeOf(p.Target)!) is InterfaceType t => t.Class.Statics.GetValueOrDefault(p.Name + "="),
            _ => null,
        };
        if (setter is not Member member)
        {
            throw _state.Error(p, $"Setter not found: '{p.Name}'.");
        }

        var place = new AssignmentTarget
        {
            WriteType = Members.SetterType(member),
            Read = () => Names.LowerStaticProperty(holder, p, null),
            Write = v => WriteStatic(member, v, p),
        };
        if (Names.CheckLoaded(p.Target) is { } check)
        {
            place.Before.Add(check);
        }

        return place;
    }

    private Node WriteStatic(Member member, Node value, Syntax.Node at)
    {
        if (member.Kind == MemberKind.Setter)
        {
            var function = _functions.StaticFunction(member);
            return Node.Call(function, _reprs.Convert(value, function.Params[0].Type));
        }

        if (member.Field!.External)
        {
            return Node.Call(_functions.ExternalAccessor(member, isSetter: true), value);
        }

        var variable = _statics.Variable(member);
        if (member.Field is { Final: true, Late: true })
        {
            var check = variable.Flag is { } f ? Node.Get(f) : Node.Not(Node.IsNull(Node.Get(variable.Global)));
            return Node.Seq(Node.If(check, Node.Seq(Invocations.CallCore("_throwLateAlreadyInitialized", Invocations.StringConst(SourceFile.PlainName(member.Name))), Node.Unreachable()), null, WType.None), Node.Set(variable.Global, _reprs.Convert(value, variable.Global.Type)), variable.Flag is { } g ? Node.Set(g, Node.I32(1)) : Node.Nop());
        }

        var set = Node.Set(variable.Global, _reprs.Convert(value, variable.Global.Type));
        return variable.Flag is { } flag ? Node.Seq(set, Node.Set(flag, Node.I32(1))) : set;
    }

    private Node WriteVariable(LocalVariable variable, Node value)
    {
        value = _reprs.Convert(value, variable.Repr);
        Node Raw(Node v) => variable.Cell is { } cell ? Node.SetField(cell, 0, _places.Place(variable), v) : Node.Set(variable.Local!, v);
        if (variable is { IsLate: true, IsFinal: true })
        {
            var current = _places.ReadRaw(variable);
            var unset = VariableLowering.UsesNullForUninitialized(variable.Type) ? Node.IsNull(current) : Node.RefEq(current, Node.Get(_pool.Sentinel));
            var temp = _output.TempOf(value, out var set);
            return Node.Seq(set, Node.If(unset, Node.Nop(), Node.Seq(Invocations.CallCore("_throwLateLocalAlreadyInitialized", Invocations.StringConst(SourceFile.PlainName(variable.Name))), Node.Unreachable()), WType.None), Raw(Node.Get(temp)));
        }

        return Raw(value);
    }
}
