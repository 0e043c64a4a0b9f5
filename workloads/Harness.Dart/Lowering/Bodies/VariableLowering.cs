using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Dart.Semantics.Checks;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Declarations and reads of local variables, late ones included.</summary>
internal sealed class VariableLowering(FunctionLowering body)
{
    // Reads of late variables that a program may have, each with the initializer: one that reads another twice doubles the code.
    private const int MaximumLateInitializers = 50_000;

    private readonly FunctionLowering _body = body;
    private readonly ProgramLowering _lowering = body.Program;
    private readonly TypeSystem _types = body.Program.Types;
    private readonly Representations _reprs = body.Reprs;
    private readonly ConstantPool _pool = body.Program.Pool;
    private readonly FunctionState _state = body.State;
    private readonly NodeOutput _output = body.Output;
    private readonly VariableScopes _variables = body.Variables;
    private readonly VariablePlaces _places = body.Places;
    private readonly Promotions _promotions = body.Promotions;

    private ExpressionLowering Expressions => _body.Expressions;
    private ReceiverLowering Receivers => _body.Receivers;
    private InvocationLowering Invocations => _body.Invocations;
    private ConditionLowering Conditions => _body.Conditions;
    private Coercions Coercions => _body.Coercions;

    /// <summary>The value of a variable, in the type that it is promoted to.</summary>
    public Val Read(LocalVariable variable, Syntax.Node at)
    {
        CheckShared(variable, at);
        if (variable.Constant is { } constant)
        {
            return new Val(_reprs.ConvertConstant(_pool.ConstNode(constant), constant, variable.Repr), variable.Type);
        }

        if (variable.IsLate ? !_output.Flow.MayBeAssigned(variable) && _output.Flow.MayBeUnassigned(variable) : (variable.IsFinal || TypeSystem.NeedsValue(variable.Type)) && _output.Flow.MayBeUnassigned(variable))
        {
            throw _state.Error(at, variable.IsLate ? $"Late variable '{variable.Name}' without initializer is definitely unassigned." : $"{(variable.IsFinal ? "Final" : "Non-nullable")} variable '{variable.Name}' must be assigned before it can be used.");
        }

        var node = variable.IsLate ? ReadLate(variable, at) : _places.ReadRaw(variable);
        var type = _promotions.Promoted(variable) ?? variable.Type;
        if (!type.Equals(variable.Type))
        {
            node = Narrow(node, type);
        }

        return new Val(node, type);
    }

    /// <summary>Refuses what the body of a case does with a variable that its heads do not share.</summary>
    public void CheckShared(LocalVariable variable, Syntax.Node at)
    {
        if (variable.DiffersBetweenHeads)
        {
            throw _state.Error(at, $"The variable '{SourceFile.PlainName(variable.Name)}' doesn't have the same type and finality in all heads of the case.");
        }
    }

    /// <summary>Converts to the representation of a type that the value is known to have.</summary>
    public Node Narrow(Node node, DartType type)
    {
        var repr = _reprs.Of(type);
        return _reprs.Convert(node, repr.IsRef && repr.Heap is not ArrayDef && node.Type.IsRef && node.Type.IsSubtypeOf(repr) ? node.Type : repr);
    }

    private Node ReadLate(LocalVariable variable, Syntax.Node at)
    {
        var repr = _reprs.Of(variable.Type);
        var raw = _places.ReadRaw(variable);
        var uninitialized = UsesNullForUninitialized(variable.Type) ? null : Node.Get(_pool.Sentinel);
        var local = _output.Temp(raw.Type, variable.Name);
        var test = uninitialized is null ? Node.IsNull(Node.Tee(local, raw)) : Node.RefEq(Node.Tee(local, raw), uninitialized);
        Node missing;
        if (variable.LateInit is { } init)
        {
            // The initializer has the types of its own place, wherever the variable is read.
            var flow = _output.Flow;
            _output.Flow = variable.LateFlow!.Copy();
            missing = _output.InSequence(() =>
            {
                var value = Coercions.Coerce(LowerLateInit(variable, init, at), variable.Type, init);
                _output.Emit(Node.Set(local, _reprs.Convert(value, raw.Type)));
                _places.WriteRaw(variable, Node.Get(local));
                return new Val(Node.Nop(), variable.Type);
            }).Node;
            _output.Flow = flow;
        }
        else
        {
            missing = Node.Seq(Invocations.CallCore("_throwLateLocalNotInitialized", Invocations.StringConst(SourceFile.PlainName(variable.Name))), Node.Unreachable());
        }

        return Node.Seq(Node.If(test, missing, null, WType.None), _reprs.Convert(Node.Get(local), repr));
    }

    /// <summary>Whether null can stand for the missing value of a late variable.</summary>
    public static bool UsesNullForUninitialized(DartType type) => !TypeSystem.IsNullable(type);

    // The initializer's names are those of its place, which is in this function or one around it, and not those of the place that reads the variable.
    private Val LowerLateInit(LocalVariable variable, Expr init, Syntax.Node at)
    {
        if (variable.IsInitializing)
        {
            throw _state.Error(at, $"Local variable '{variable.Name}' can't be referenced before it is declared.");
        }

        if (++_lowering.LateInitializers > MaximumLateInitializers)
        {
            throw _state.Unsupported(at, "So much code for the initializers of late variables");
        }

        variable.IsInitializing = true;
        var saved = new List<(VariableScopes Variables, NameScope Scope)>();
        for (var function = _body; ; function = function.State.Parent!)
        {
            saved.Add((function.Variables, function.Variables.Current));
            function.Variables.Current = function == variable.Owner ? variable.LateScope! : new NameScope(null);
            if (function == variable.Owner)
            {
                break;
            }
        }

        try
        {
            return Expressions.Lower(init, variable.Type);
        }
        finally
        {
            foreach (var (variables, scope) in saved)
            {
                variables.Current = scope;
            }

            variable.IsInitializing = false;
        }
    }

    /// <summary>A declaration of variables.</summary>
    public void LowerVariables(VarDecl v)
    {
        var declared = v.Type is null ? null : _state.Scope.Resolve(v.Type);
        foreach (var (pos, name, init) in v.Vars)
        {
            var at = new Ident { Pos = pos, Name = name };
            if (v.Const)
            {
                if (init is null)
                {
                    throw _state.Error(at, $"The const variable '{name}' must be initialized.");
                }

                var (constant, constType) = ConstantOf(init, declared);
                if (declared is null && TypeSystem.IsNull(constType))
                {
                    constType = SimpleType.Dynamic;
                }

                var c = _variables.Declare(name, constType, at, isFinal: true);
                if (_reprs.Of(constType) == WType.F64 && constant is ConstInt n)
                {
                    constant = new ConstDouble(n.Value);
                }

                c.Constant = constant;
                continue;
            }

            if (v.Late)
            {
                var flow = new Flow();
                flow.Inherit(_output.Flow);
                var isNarrowed = init is not null && !v.Final && declared is not null && TypeSystem.IsNullable(declared) && !TypeSystem.IsTop(declared);
                var given = init is not null && (declared is null || isNarrowed) ? TypeOnly(init, flow, declared) : null;
                var lateType = declared ?? (given is null ? SimpleType.Dynamic : Unpromoted(given));
                var late = _variables.Declare(name, lateType, at, v.Final, late: true);
                late.LateInit = init;
                late.LateScope = _variables.Current;
                late.LateFlow = flow;
                if (init is null)
                {
                    _output.Flow.DeclareUnassigned(late);
                }
                else
                {
                    _output.Flow.MayAssign(AstWalker.Analyze([init]).Assigned);
                }

                _places.Initialize(late, UsesNullForUninitialized(lateType) ? null : Node.Get(_pool.Sentinel));
                if (declared is null && given is TypeParamType { Promoted: not null } && _promotions.CanPromote(late))
                {
                    _output.Flow.Promote(late, given);
                }
                // Whoever reads it has the initializer evaluated first, if nothing was assigned.
                else if (isNarrowed && _promotions.CanPromote(late))
                {
                    _output.Flow.Write(late, declared!, given!, _types);
                }

                continue;
            }

            if (init is null)
            {
                var type = declared ?? SimpleType.Dynamic;
                var variable = _variables.Declare(name, type, at, v.Final);
                variable.IsUnassignedFinal = v.Final;
                _output.Flow.DeclareUnassigned(variable);
                _places.Initialize(variable, null);
                continue;
            }

            var value = Conditions.LowerOutcome(init, declared, out var told);
            if (declared is null)
            {
                Coercions.Used(value, init);
            }

            var inferred = declared ?? Unpromoted(value.Type);
            var node = _reprs.Convert(Coercions.Coerce(value, inferred, init), _reprs.Of(inferred));
            var local = _variables.Declare(name, inferred, at, v.Final);
            _places.Initialize(local, node);
            if (!_promotions.CanPromote(local))
            {
                continue;
            }

            // What a final variable starts with does not narrow the type that it was declared with.
            if (declared is not null && !v.Final)
            {
                _output.Flow.Write(local, declared, value.Type, _types);
            }
            else if (declared is null && value.Type is TypeParamType { Promoted: not null } promoted)
            {
                _output.Flow.Promote(local, promoted);
            }

            if (told is var (whenTrue, whenFalse))
            {
                _output.Flow.Remember(local, whenTrue, whenFalse);
            }
        }
    }

    private (ConstValue Value, DartType Type) ConstantOf(Expr init, DartType? declared)
    {
        var constants = _lowering.Constants;
        var constant = declared is null
            ? constants.Types.Evaluate(init, ConstEvaluator.EnvOf(_body))
            : (Value: constants.Adapt(constants.Evaluate(init, _body, declared), declared), Type: declared);
        if (declared is not null && !constants.Fits(constant.Value, declared))
        {
            throw _state.Error(init, $"A value of type '{constants.TypeOf(constant.Value)}' can't be assigned to a variable of type '{declared}'.");
        }

        if (!_state.Library.IsOwn)
        {
            return constant;
        }

        // Evaluation leaves out operands that do not count: they must be constant and have the right types, too.
        ConstantExpressionChecks.Check(init, _state.Scope, Receivers.LexicalClass(), name => _variables.Lookup(name) is { } variable ? variable.Constant is not null : null, at => throw _state.Error(at, "Not a constant expression."));
        if (!AstWalker.Contains(init, node => node is Conditional or IfElement or Binary { Op: "&&" or "||" or "??" }))
        {
            return constant;
        }

        var saved = _output.Flow.Copy();
        var value = Expressions.Lower(init, declared);
        if (declared is not null)
        {
            Coercions.Coerce(value, declared, init);
        }

        _output.Flow = saved;
        return constant;
    }

    private DartType TypeOnly(Expr e, Flow flow, DartType? context)
    {
        var saved = _output.Flow;
        _output.Flow = flow.Copy();
        var type = Expressions.Lower(e, context).Type;
        _output.Flow = saved;
        return type;
    }

    // The type that a variable has by its initializer's.
    private static DartType Unpromoted(DartType type) => TypeSystem.IsNull(type) ? SimpleType.Dynamic : type is TypeParamType { Promoted: not null } p ? new TypeParamType(p.Parameter, p.Nullable) : type;
}
