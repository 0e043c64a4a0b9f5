using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>The implicit accessors of fields.</summary>
internal sealed class FieldAccessorLowering(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly ProgramLowering _lowering = body.Program;
    private readonly Representations _reprs = body.Reprs;
    private readonly ClassLayouts _layouts = body.Program.Layouts;
    private readonly ConstantPool _pool = body.Program.Pool;
    private readonly FunctionState _state = body.State;
    private readonly NodeOutput _output = body.Output;
    private readonly VariablePlaces _places = body.Places;

    private ExpressionLowering Expressions => _body.Expressions;
    private InvocationLowering Invocations => _body.Invocations;
    private Coercions Coercions => _body.Coercions;
    private TypeExpressions TypeExpressions => _body.TypeExpressions;

    /// <summary>The getter or setter of a field, with the tests that a late one needs.</summary>
    public void LowerFieldAccessor(Member field, Selector selector, bool isSetter)
    {
        var layout = _layouts.Of(_state.Class!);
        var index = layout.Fields.TryGetValue(field, out var at) ? at : throw new DartErrorException(field.File, field.Pos, $"The field '{field.Name}' has no value.");
        var type = _lowering.Signatures.FieldType(field);
        var self = _places.Place(_state.This!);
        var storage = layout.Struct.Fields[index].Type;
        if (field.Field!.Late)
        {
            var unset = VariableLowering.UsesNullForUninitialized(type);
            Node Test(Node current) => unset ? Node.IsNull(current) : Node.RefEq(current, Node.Get(_pool.Sentinel));
            if (isSetter)
            {
                if (field.Field.Final)
                {
                    _output.Emit(Node.If(Test(Node.Field(layout.Struct, index, self)), Node.Nop(), Node.Seq(Invocations.CallCore("_throwLateAlreadyInitialized", Invocations.StringConst(SourceFile.PlainName(field.Name))), Node.Unreachable()), WType.None));
                }

                _output.Emit(Node.SetField(layout.Struct, index, self, _reprs.Convert(_reprs.Convert(FieldCheck(field, type), _reprs.Of(type)), storage)));
                return;
            }

            var local = _state.Function.AddLocal(storage, field.Name);
            _output.Emit(Node.Set(local, Node.Field(layout.Struct, index, self)));
            Node missing;
            if (field.Field.Init is { } init)
            {
                _state.Use = AstWalker.Analyze([init]);
                var body = _output.Collect(() =>
                {
                    var value = _reprs.Convert(Coercions.Coerce(Expressions.Lower(init, type), type, init), _reprs.Of(type));
                    _output.Emit(Node.Set(local, _reprs.Convert(value, storage)));
                    if (field.Field.Final)
                    {
                        _output.Emit(Node.If(Test(Node.Field(layout.Struct, index, self)), Node.Nop(), Node.Seq(Invocations.CallCore("_throwLateAssigned", Invocations.StringConst(SourceFile.PlainName(field.Name))), Node.Unreachable()), WType.None));
                    }

                    _output.Emit(Node.SetField(layout.Struct, index, self, Node.Get(local)));
                });
                missing = Node.Seq(body);
            }
            else
            {
                missing = Node.Seq(Invocations.CallCore("_throwLateNotInitialized", Invocations.StringConst(SourceFile.PlainName(field.Name))), Node.Unreachable());
            }

            _output.Flow.IsReachable = true;
            _output.Emit(Node.If(Test(Node.Get(local)), missing, null, WType.None));
            _output.Emit(_reprs.Convert(_reprs.Convert(Node.Get(local), _reprs.Of(type)), selector.Result));
            return;
        }

        _state.Function.IsFieldAccess = !isSetter || !IsChecked(field, type);
        if (isSetter)
        {
            _output.Emit(Node.SetField(layout.Struct, index, self, _reprs.Convert(FieldCheck(field, type), storage)));
        }
        else
        {
            _output.Emit(_reprs.Convert(Node.Field(layout.Struct, index, self), selector.Result));
        }
    }

    private Node FieldCheck(Member field, DartType type)
    {
        var value = Node.Get(_state.Function.Params[1]);
        if (!IsChecked(field, type))
        {
            return value;
        }

        return type is TypeParamType parameter
            ? Coercions.CheckedArgument(_state.Function.Params[1], parameter)
            : Coercions.CheckedCast(new Val(value, SimpleType.Dynamic), type, new This { Pos = field.Pos });
    }

    /// <summary>Whether the setter must look at what it is given: its field's type depends on the class's type parameters, or callers may pass others.</summary>
    private bool IsChecked(Member field, DartType type)
    {
        var held = _state.Function.Params[1].Type;
        var needs = field.Field!.Covariant || held.IsRef && (Variance.IsCheckedParameter(type) || _lowering.Selectors.MayGetOthers(field, setter: true, new ParamPlace(0, null), type));
        return needs && _lowering.Options.Casts != CheckKind.Trusted && !TypeSystem.IsTop(type);
    }
}
