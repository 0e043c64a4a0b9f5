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
        {
            TypeExpressions.Parameters[p] = new LocalVariable(p.Name, SimpleType.Dynamic) { Owner = _body, Local = local, Repr = _target.TopRef };
        }
    }

    /// <summary>Emits checks of a method's type arguments whose bounds depend on the type arguments of its class: a call by a supertype of the object's may go beyond them.</summary>
    public void CheckTypeArguments(Member method)
    {
        if (_lowering.Options.Casts == CheckKind.Trusted)
        {
            return;
        }

        foreach (var parameter in method.TypeParams.Where(p => p.HasBound && p.Bound.Any(t => t is TypeParamType { Parameter.Class: not null })))
        {
            _output.Nodes.Add(Invocations.CallCore("_checkBound", TypeExpressions.TypeParamValue(parameter), TypeExpressions.TypeNode(parameter.Bound), Invocations.StringConst(SourceFile.PlainName(parameter.Name))));
        }
    }

    /// <summary>Makes a parameter of a method a variable, with its default and the check of its type.</summary>
    /// <param name="member">The method.</param>
    /// <param name="param">The parameter.</param>
    /// <param name="position">Its position among those without names; a named one has none.</param>
    /// <param name="slot">The parameter of the method's selector.</param>
    /// <param name="local">Where the function has it.</param>
    public void BindInstanceParam(Member member, Param param, int position, SelectorParam slot, IrLocal local)
    {
        var value = Node.Get(local);
        var repr = _reprs.Of(param.Type);
        if (slot.UsesSentinel && !param.IsRequired)
        {
            var constant = _lowering.Constants.DefaultOf(member, param);
            var fallback = _reprs.ConvertConstant(_pool.ConstNode(constant), constant, repr);
            var chosen = Node.If(Node.RefEq(Node.Get(local), Node.Get(_pool.Sentinel)), fallback, _reprs.Convert(CovariantCheck(member, param, position, local), repr), repr);
            var temp = _state.Function.AddLocal(repr, param.Name);
            _output.Nodes.Add(Node.Set(temp, chosen));
            value = Node.Get(temp);
        }
        else
        {
            value = CovariantCheck(member, param, position, local);
        }

        BindParameter(param, value, param.Node);
    }

    /// <summary>Whether a parameter may be given what its type does not take: one that is covariant, or whose type depends on the class's type parameters, here or in another member of the selector.</summary>
    /// <param name="lowering">The program.</param>
    /// <param name="member">The method.</param>
    /// <param name="param">The parameter.</param>
    /// <param name="position">Its position among those without names; a named one has none.</param>
    public static bool IsChecked(ProgramLowering lowering, Member member, Param param, int position) =>
        param.Node.IsCovariant || Variance.IsCheckedParameter(param.Type) || lowering.Selectors.MayGetOthers(member, member.Kind == MemberKind.Setter, ParamPlace.Of(param, position), param.Type);

    // A parameter with the check that it has its type, where it may not.
    private Node CovariantCheck(Member member, Param param, int position, IrLocal local)
    {
        var value = Node.Get(local);
        if (_lowering.Options.Casts == CheckKind.Trusted || !value.Type.IsRef || TypeSystem.IsTop(param.Type) || !IsChecked(_lowering, member, param, position))
        {
            return value;
        }

        return TypeSystem.Erase(param.Type) is TypeParamType parameter
            ? Coercions.CheckedArgument(local, parameter)
            : Coercions.CheckedCast(new Val(value, SimpleType.Dynamic), param.Type, param.Node);
    }

    /// <summary>Makes a parameter a variable of its type; what initializes a field or is handed on to a super constructor is final.</summary>
    public LocalVariable BindParameter(Param p, Node value, Syntax.Node at)
    {
        var variable = _variables.Declare(p.Name, p.Type, at, p.Node.IsFinal || p.Node.IsThis || p.Node.IsSuper);
        var converted = _reprs.Convert(value, variable.Repr);
        if (variable.Cell is null && converted.Op == IrOp.Get && converted.Data is IrLocal { IsParameter: true } parameter)
        {
            variable.Local = parameter;
        }
        else
        {
            _places.Initialize(variable, converted);
        }

        return variable;
    }

    /// <summary>Parameters in the order of arguments: positional ones, then named ones by name.</summary>
    public static List<Param> Ordered(IEnumerable<Param> parameters)
    {
        var all = parameters.ToList();
        return [.. all.Where(p => p.Kind != ParamKind.Named), .. all.Where(p => p.Kind == ParamKind.Named).OrderBy(p => p.Name, StringComparer.Ordinal)];
    }
}
