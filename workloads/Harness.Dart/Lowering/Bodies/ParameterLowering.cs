using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Parameters as variables of the body, with the checks that covariance needs.</summary>
internal sealed class ParameterLowering(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly ProgramLowering _lowering = body.Program;
    private readonly Representations _reprs = body.Reprs;
    private readonly ConstantPool _pool = body.Program.Pool;
    private readonly TargetTypes _target = body.Program.Target;
    private readonly FunctionState _state = body.State;
    private readonly NodeOutput _output = body.Output;
    private readonly VariableScopes _variables = body.Variables;
    private readonly VariablePlaces _places = body.Places;

    private InvocationLowering Invocations => _body.Invocations;
    private Coercions Coercions => _body.Coercions;
    private TypeExpressions TypeExpressions => _body.TypeExpressions;

    /// <summary>Makes parameters of the function its type arguments.</summary>
    public void BindTypeParams(IEnumerable<TypeParam> parameters, IEnumerable<IrLocal> locals)
    {
        foreach (var (p, local) in parameters.Zip(locals))
            TypeExpressions.Parameters[p] = new LocalVariable(p.Name, SimpleType.Dynamic) { Owner = _body, Local = local, Repr = _target.TopRef };
    }

    /// <summary>Emits checks of a method's type arguments whose bounds depend on the type arguments of its class: a call by a supertype of the object's may go beyond them.</summary>
    public void CheckTypeArguments(Member method)
    {
        if (_lowering.Options.Casts == CheckKind.Trusted) return;
        foreach (var parameter in method.TypeParams.Where(p => p.HasBound && p.Bound.Any(t => t is TypeParamType { Parameter.Class: not null })))
            _output.Nodes.Add(Invocations.CallCore("_checkBound", TypeExpressions.TypeParamValue(parameter), TypeExpressions.TypeNode(parameter.Bound), Invocations.StringConst(parameter.Name)));
    }

    /// <summary>Makes a parameter of a method a variable, with its default and the check of its type.</summary>
    public void BindInstanceParam(Member member, Param param, SelectorParam slot, IrLocal local)
    {
        Node value = Node.Get(local);
        var repr = _reprs.Of(param.Type);
        if (slot.UsesSentinel && !param.IsRequired)
        {
            var constant = _lowering.Constants.DefaultOf(member, param);
            var fallback = _reprs.ConvertConstant(_pool.ConstNode(constant), constant, repr);
            var chosen = Node.If(Node.RefEq(Node.Get(local), Node.Get(_pool.Sentinel)), fallback, _reprs.Convert(CovariantCheck(param, local), repr), repr);
            var temp = _state.Function.AddLocal(repr, param.Name);
            _output.Nodes.Add(Node.Set(temp, chosen));
            value = Node.Get(temp);
        }
        else
        {
            value = CovariantCheck(param, local);
        }

        BindParameter(param, value, param.Node);
    }

    /// <summary>A check of a parameter whose type depends on the class's type parameters, or that is declared covariant.</summary>
    private Node CovariantCheck(Param param, IrLocal local)
    {
        var value = Node.Get(local);
        var needs = param.Node.IsCovariant || value.Type.IsRef && param.Type.Any(t => t is TypeParamType { Parameter.Class: not null }) && !(param.Type is FunctionType);
        if (!needs && value.Type.IsRef && !value.Type.IsSubtypeOf(_reprs.Of(param.Type)) && _state.Member is { IsInstance: true } && IsNarrowerThanOverridden(param)) needs = true;
        if (!needs || _lowering.Options.Casts == CheckKind.Trusted || !value.Type.IsRef) return value;
        if (TypeSystem.IsTop(param.Type)) return value;
        var type = TypeSystem.Erase(param.Type);
        if (type is TypeParamType parameter) return Coercions.CheckedArgument(local, parameter);
        return Coercions.CheckedCast(new Val(value, SimpleType.Dynamic), param.Type, param.Node);
    }

    private bool IsNarrowerThanOverridden(Param param) =>
        !param.Type.IsClosed || param.Node.IsCovariant || _lowering.Selectors.MayGetOthers(_state.Member!, setter: _state.Member!.Kind == MemberKind.Setter);

    /// <summary>Makes a parameter a variable of its type.</summary>
    public LocalVariable BindParameter(Param p, Node value, Syntax.Node at)
    {
        var variable = _variables.Declare(p.Name, p.Type, at, p.Node.IsFinal);
        var converted = _reprs.Convert(value, variable.Repr);
        if (variable.Cell is null && converted.Op == IrOp.Get && converted.Data is IrLocal { IsParameter: true } parameter)
            variable.Local = parameter;
        else
            _places.Initialize(variable, converted);
        return variable;
    }

    /// <summary>Parameters in the order of arguments: positional ones, then named ones by name.</summary>
    public static List<Param> Ordered(IEnumerable<Param> parameters)
    {
        var all = parameters.ToList();
        return [.. all.Where(p => p.Kind != ParamKind.Named), .. all.Where(p => p.Kind == ParamKind.Named).OrderBy(p => p.Name, StringComparer.Ordinal)];
    }
}
