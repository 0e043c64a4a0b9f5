using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>The objects that stand for types, with the type arguments of the place.</summary>
internal sealed class TypeExpressions(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly TypeSystem _types = body.Program.Types;
    private readonly Representations _reprs = body.Reprs;
    private readonly ClassLayouts _layouts = body.Program.Layouts;
    private readonly Reachability _reached = body.Program.Reached;
    private readonly ConstantPool _pool = body.Program.Pool;
    private readonly TypeObjects _typeObjects = body.Program.TypeObjects;
    private readonly TargetTypes _target = body.Program.Target;
    private readonly FunctionState _state = body.State;
    private readonly VariablePlaces _places = body.Places;

    /// <summary>Where the type arguments of this function are.</summary>
    public Dictionary<TypeParam, LocalVariable> Parameters { get; } = [];

    private ReceiverLowering Receivers => _body.Receivers;
    private InvocationLowering Invocations => _body.Invocations;

    /// <summary>The object that stands for a type, with the type arguments of this place.</summary>
    public Node TypeNode(DartType type)
    {
        type = TypeSystem.Erase(_reprs.Resolve(type));
        if (!IsOpen(type))
        {
            return _pool.ConstNode(new ConstType(type));
        }

        switch (type)
        {
            case TypeParamType p:
                var node = TypeParamValue(p.Parameter);
                return p.Nullable ? Invocations.CallCore("_nullableType", node) : node;
            case InterfaceType i:
                _reached.MarkMentioned(i.Class);
                return _pool.NewCore("_InterfaceType", Node.I64(0), Node.I32(i.Nullable ? 1 : 0), Node.I64(i.Class.ClassId), TypeArray(i.Args));
            case FunctionType f:
                return _typeObjects.FunctionTypeNode(f, TypeNode);
            case RecordType r:
                return _pool.NewCore("_RecordType", Node.I64(6), Node.I32(r.Nullable ? 1 : 0), _pool.RecordShape(r), TypeArray([.. r.Positional, .. r.Named.Select(n => n.Type)]));
            default:
                throw new InvalidOperationException();
        }
    }

    /// <summary>Type objects in an array.</summary>
    public Node TypeArray(IReadOnlyList<DartType> types) =>
        Node.Array(IrOp.ArrayNewFixed, _target.ObjectArray, WType.Ref(_target.ObjectArray), [.. types.Select(TypeNode)]);

    // Whether a type parameter occurs whose argument is known here, in bounds too.
    private bool IsOpen(DartType type) => type.Any(t => t is TypeParamType p && IsInScope(p.Parameter) || t is FunctionType f && Array.Exists(f.TypeParams, q => q.HasBound && IsOpen(q.Bound)));

    private bool IsInScope(TypeParam parameter)
    {
        for (var f = _body; f is not null; f = f.State.Parent)
        {
            if (f.TypeExpressions.Parameters.ContainsKey(parameter))
            {
                return true;
            }
        }

        return parameter.Class is not null;
    }

    /// <summary>The type argument of a parameter.</summary>
    public Node TypeParamValue(TypeParam parameter)
    {
        for (var f = _body; f is not null; f = f.State.Parent)
        {
            if (f.TypeExpressions.Parameters.TryGetValue(parameter, out var variable))
            {
                return _places.Place(variable);
            }
        }

        if (parameter.Class is { } cls && Receivers.ThisPlace() is { } self)
        {
            var layout = _layouts.Of(_state.Class!);
            if (layout.TypeFields.TryGetValue(parameter, out var field))
            {
                return Node.NonNull(Node.Field(layout.Struct, field, _reprs.Convert(self, WType.Ref(layout.Struct))));
            }

            // The parameter of a superclass or mixin: what this class makes of it.
            if (_types.AsInstanceOf(_state.Class!.ThisType, cls) is { } instance && cls.TypeParams.IndexOf(parameter) is >= 0 and var index && !(instance.Args[index] is TypeParamType own && own.Parameter == parameter))
            {
                return TypeNode(instance.Args[index]);
            }
        }

        return _pool.ConstNode(new ConstType(SimpleType.Dynamic));
    }
}
