using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Tests of types at run time.</summary>
internal sealed class TypeTests(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly DartProgram _program = body.Program.Program;
    private readonly TypeSystem _types = body.Program.Types;
    private readonly Representations _reprs = body.Reprs;
    private readonly ClassLayouts _layouts = body.Program.Layouts;
    private readonly ClassTests _classTests = body.Program.ClassTests;
    private readonly TargetTypes _target = body.Program.Target;
    private readonly FunctionState _state = body.State;
    private readonly NodeOutput _output = body.Output;

    private InvocationLowering Invocations => _body.Invocations;
    private TypeExpressions TypeExpressions => _body.TypeExpressions;

    /// <summary>Whether a value, held as a reference, has a type: an i32. <paramref name="value"/> must be cheap to repeat.</summary>
    public Node TypeTest(Node value, DartType from, DartType type)
    {
        type = TypeSystem.Erase(type);
        if (TypeSystem.IsTop(type))
        {
            return Node.I32(1);
        }

        if (!value.Type.IsRef)
        {
            var box = _output.Temp(_target.AnyRef);
            var boxed = _reprs.Convert(value, _target.AnyRef);
            return Node.Seq(Node.Set(box, boxed), TypeTest(Node.Get(box), from, type));
        }

        if (TypeSystem.IsNull(type))
        {
            return Node.IsNull(value);
        }

        if (TypeSystem.IsNever(type))
        {
            return Node.I32(0);
        }

        if (_types.IsSubtype(from, type) && !TypeSystem.IsDynamic(from))
        {
            return Node.I32(1);
        }

        var canBeNull = value.Type.Nullable;
        Node test;
        var plain = type.WithNullable(false);
        if (plain is InterfaceType i && !TypeSystem.IsFutureOr(i) && IsSimpleTest(i, from))
        {
            var core = i.Class.Library.IsCore ? i.Class.Name : "";
            if (core == "Object")
            {
                test = Node.I32(1);
            }
            else if (core == "int")
            {
                return Node.Test(WType.Ref(_target.BoxedInt, type.Nullable), value);
            }
            else if (core == "double")
            {
                return Node.Test(WType.Ref(_target.BoxedDouble, type.Nullable), value);
            }
            else if (core == "bool")
            {
                return Node.Test(WType.Ref(_target.BoxedBool, type.Nullable), value);
            }
            else if (core == "Function")
            {
                return Node.Test(WType.Ref(_target.Closure, type.Nullable), value);
            }
            else if (core == "Record")
            {
                return Node.Test(WType.Ref(_layouts.Of(_program.CoreClass("_Record")).Struct, type.Nullable), value);
            }
            else
            {
                test = _classTests.ClassTest(i.Class, _state.Function, Node.NonNull(value));
            }
        }
        else if (canBeNull && type.Nullable)
        {
            // Where null tells, no object for the type is made.
            test = Invocations.CallCore("_isInstance", value, TypeExpressions.TypeNode(plain));
        }
        else
        {
            return Invocations.CallCore("_isInstance", value, TypeExpressions.TypeNode(type));
        }

        if (!canBeNull)
        {
            return test;
        }

        return Node.If(Node.IsNull(value), Node.I32(type.Nullable ? 1 : 0), test, WType.I32);
    }

    // Whether the class alone decides: no type arguments, or such as the static type implies.
    private bool IsSimpleTest(InterfaceType type, DartType from)
    {
        if (type.Args.Length == 0 || type.Args.All((a) => TypeSystem.IsTop(a)))
        {
            return true;
        }

        if (type.Args.Select((a, i) => a.Equals(type.Class.TypeParams[i].HasBound ? type.Class.TypeParams[i].Bound : _program.Object.WithNullable(true))).All(x => x))
        {
            return true;
        }

        // 'List<T> x; x is GrowableList<T>': what the subclass's arguments must be follows from the supertype's.
        if (TypeSystem.NonNull(from) is InterfaceType f && _types.Supertypes(type.Class).TryGetValue(f.Class, out var super))
        {
            var map = new Dictionary<TypeParam, DartType>();
            for (var i = 0; i < super.Args.Length; i++)
            {
                if (super.Args[i] is TypeParamType { Nullable: false } p)
                {
                    map[p.Parameter] = f.Args[i];
                }
            }

            if (type.Class.TypeParams.All(map.ContainsKey) && type.Args.Select((a, i) => _types.IsSubtype(map[type.Class.TypeParams[i]], a)).All(x => x))
            {
                return true;
            }
        }

        return false;
    }
}
