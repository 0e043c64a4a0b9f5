using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Harness.Engine.Modules;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Unary and binary operators.</summary>
internal sealed class OperatorLowering(FunctionLowering body)
{
    // Every integer of so few digits is a double, too.
    private const int ExactDigits = 15;

    private readonly FunctionLowering _body = body;
    private readonly ProgramLowering _lowering = body.Program;
    private readonly DartProgram _program = body.Program.Program;
    private readonly Representations _reprs = body.Reprs;
    private readonly MemberFunctions _functions = body.Program.Functions;
    private readonly FunctionState _state = body.State;
    private readonly NodeOutput _output = body.Output;
    private readonly Promotions _promotions = body.Promotions;

    private ExpressionLowering Expressions => _body.Expressions;
    private LiteralLowering Literals => _body.Literals;
    private NameLowering Names => _body.Names;
    private ReceiverLowering Receivers => _body.Receivers;
    private InvocationLowering Invocations => _body.Invocations;
    private MemberLookup Members => _body.Members;
    private NumberLowering Numbers => _body.Numbers;
    private ConditionLowering Conditions => _body.Conditions;
    private Coercions Coercions => _body.Coercions;
    private TearoffLowering Tearoffs => _body.Tearoffs;
    private TypeExpressions TypeExpressions => _body.TypeExpressions;

    /// <summary>A binary operator.</summary>
    public Val LowerBinary(Binary b, DartType? context)
    {
        switch (b.Op)
        {
            case "&&" or "||" or "==" or "!=":
                var condition = Conditions.LowerCondition(b, out var whenTrue, out var whenFalse);
                _output.Flow = Flow.Join(whenTrue, whenFalse);
                return new Val(condition, _program.Bool);
            case "??":
                return LowerIfNull(b, context);
        }

        if (b.Left is Super)
        {
            return Invocations.CallNamed(Receivers.SuperReceiver(b.Op, b), b.Op, ArgumentBinding.Args(b.Right), null, context, b, isSuper: true);
        }

        if (Names.ExtensionOverride(b.Left) is { } applied)
        {
            return Invocations.CallNamed(applied, b.Op, ArgumentBinding.Args(b.Right), null, context, b);
        }

        var left = Expressions.Lower(b.Left, null);
        return BinaryOp(left, b.Op, b.Right, context, b);
    }

    /// <summary>An operator whose left operand is lowered.</summary>
    public Val BinaryOp(Val left, string op, Expr rightExpr, DartType? context, Syntax.Node at)
    {
        if (TypeSystem.IsNever(left.Type))
        {
            return left;
        }

        if (NumberTypes.IsArithmetic(op) && IsOfNumbers(left.Type, op))
        {
            return Arithmetic(left, op, rightExpr, context, at);
        }

        if (Numbers.IsInt(left.Type) || Numbers.IsDouble(left.Type))
        {
            DartType? rightContext = Numbers.IsInt(left.Type) || !IsIntegerLiteral(rightExpr) ? _program.Num : op is "&" or "|" ? null : _program.Double;
            var right = Expressions.Lower(rightExpr, rightContext);
            if (Numbers.NumericOp(left, op, right) is { } fast)
            {
                return fast;
            }

            return CallOperator(left, op, right, at);
        }

        if (left.Type is TypeParamType && !left.Node.Type.IsRef && LowerHeldNumbers(left, op, rightExpr, at) is { } held)
        {
            return held;
        }

        if (Members.FindMember(left.Type, op) is not null || TypeSystem.IsDynamicReceiver(left.Type) || Members.FindExtension(left.Type, op) is not null)
        {
            var args = ArgumentBinding.Args(rightExpr);
            return Invocations.CallNamed(left, op, args, null, context, at);
        }

        throw _state.Error(at, left.Type.Nullable
            ? $"Operator '{op}' cannot be called on '{left.Type}' because it is potentially null."
            : $"The operator '{op}' isn't defined for the type '{left.Type}'.");
    }

    // Whether what values of a type have under a name is a number's.
    private bool IsOfNumbers(DartType type, string name) => Numbers.IsInt(type) || Numbers.IsDouble(type) || _program.NumberTypes.IsNumber(type) && Members.FindMember(type, name) is var (member, _) && IsNumbers(member);

    private static bool IsNumbers(Member? member) => member?.Owner is { Library.IsCore: true, Name: "num" or "int" or "double" };

    private static bool IsIntegerLiteral(Expr e) => SyntaxShapes.Unparen(e) switch
    {
        IntLit literal => literal.Text.Length <= ExactDigits,
        Unary { Op: "-", Operand: IntLit literal } => literal.Text.Length <= ExactDigits && !IsZero(literal),
        _ => false,
    };

    // Its negation is the integer 0, and no double.
    private static bool IsZero(IntLit literal) => literal.Text.AsSpan().TrimStart("0xX").IsEmpty;

    // A sum, difference, product or modulus of numbers, whose type follows from those of both.
    private Val Arithmetic(Val left, string op, Expr rightExpr, DartType? context, Syntax.Node at)
    {
        // An integer literal beside a double is a double without a conversion.
        var right = Expressions.Lower(rightExpr, Numbers.IsDouble(left.Type) && IsIntegerLiteral(rightExpr) ? _program.Double : _program.NumberTypes.OperandContext(left.Type, context));
        if (Numbers.NumericOp(left with { Type = TypeSystem.Erase(left.Type) }, op, right with { Type = TypeSystem.Erase(right.Type) }) is { } fast)
        {
            return fast;
        }

        if (left.Type is TypeParamType && !left.Node.Type.IsRef && Numbers.NumericOp(left with { Type = _reprs.Resolve(left.Type) }, op, right with { Type = _reprs.Resolve(right.Type) }) is { } held)
        {
            return held with { Type = _program.NumberTypes.OperationType(left.Type, right.Type) };
        }

        return CallOperator(left, op, right, at);
    }

    /// <summary>A call of a number's method whose type follows from its arguments; null for others.</summary>
    public Val? NumberCall(Val receiver, string name, Arguments args, DartType? context, Syntax.Node at)
    {
        if (name is not ("remainder" or "clamp") || !IsOfNumbers(receiver.Type, name))
        {
            return null;
        }

        if (name == "remainder" && args.Items is [(null, var divisor)])
        {
            return CallOperator(receiver, name, Expressions.Lower(divisor, _program.NumberTypes.OperandContext(receiver.Type, context)), at);
        }

        if (name != "clamp" || args.Items is not [(null, var low), (null, var high)])
        {
            return null;
        }

        var wanted = _program.NumberTypes.LimitContext(receiver.Type, context);
        Val[] limits = [Expressions.Lower(low, wanted), Expressions.Lower(high, wanted)];
        var type = _program.NumberTypes.ClampType(receiver.Type, limits[0].Type, limits[1].Type);
        return new Val(_reprs.Convert(Invocations.CallWithValues(receiver, name, limits, at).Node, _reprs.Of(type)), type);
    }

    /// <summary>An operator of a number whose type is a parameter, in a copy that holds it as a number: the operation, with the type that the operator has of its bound.</summary>
    private Val? LowerHeldNumbers(Val left, string op, Expr rightExpr, Syntax.Node at)
    {
        if (Members.FindMember(left.Type, op) is not var (member, owner) || member is null)
        {
            return null;
        }

        var signature = (FunctionType)_lowering.Signatures.Of(member).Substitute(owner!.Map());
        if (signature.Required.Length != 1)
        {
            return null;
        }

        var right = Expressions.Lower(rightExpr, signature.Required[0]);
        var value = Numbers.NumericOp(new Val(left.Node, _reprs.Resolve(left.Type)), op, new Val(right.Node, _reprs.Resolve(right.Type)));
        return value is { } result ? new Val(result.Node, signature.Result) : CallOperator(left, op, right, at);
    }

    /// <summary>An operator as a call of the member of that name.</summary>
    public Val CallOperator(Val left, string op, Val right, Syntax.Node at)
    {
        if (Members.FindMember(left.Type, op) is not var (member, owner) || member is null)
        {
            if (Members.FindExtension(left.Type, op, at) is { } ext)
            {
                var f = _functions.StaticFunction(ext.Member);
                var sig = (FunctionType)_lowering.Signatures.Of(ext.Member).Substitute(ArgumentBinding.MapOf(ext.Member.Owner!.TypeParams, ext.Args));
                return new Val(Invocations.Narrowed(Node.Call(f, [.. ext.Args.Select(TypeExpressions.TypeNode), _reprs.Convert(left.Node, f.Params[ext.Args.Length].Type), _reprs.Convert(Coercions.Coerce(right, sig.Required[0], at), f.Params[ext.Args.Length + 1].Type)]), f.Result, sig.Result), sig.Result);
            }

            throw _state.Error(at, $"The operator '{op}' isn't defined for the type '{left.Type}'.");
        }

        var signature = (FunctionType)_lowering.Signatures.Of(member).Substitute(owner!.Map());
        var bound = new BoundArguments { Signature = signature };
        bound.Positional.Add(new Val(Coercions.Coerce(right, signature.Required[0], at), signature.Required[0]));
        var result = Invocations.Invoke(left, member, bound, at, isSuper: false);
        if (!NumberTypes.IsArithmetic(op) || !IsNumbers(member))
        {
            return result;
        }

        var type = _program.NumberTypes.OperationType(left.Type, right.Type);
        return new Val(_reprs.Convert(result.Node, _reprs.Of(type)), type);
    }

    /// <summary>A unary operator.</summary>
    public Val LowerUnary(Unary u, DartType? context)
    {
        switch (u.Op)
        {
            case "!":
                var condition = Conditions.LowerCondition(u.Operand, out var whenTrue, out var whenFalse);
                _output.Flow = Flow.Join(whenTrue, whenFalse);
                return new Val(Node.Not(condition), _program.Bool);
            case "-" when u.Operand is IntLit literal:
                return Literals.LowerInt(literal, context, negative: true) is var v && v.Node.Op == IrOp.F64 && v.Node.Number == 0 ? v with { Node = Node.F64(-0.0) } : v;
            case "-" when u.Operand is DoubleLit d:
                return new Val(Node.F64(-d.Value), _program.Double);
        }

        var name = u.Op == "-" ? "unary-" : u.Op;
        if (u.Operand is Super)
        {
            return Invocations.CallNamed(Receivers.SuperReceiver(name, u), name, ArgumentBinding.NoArguments, null, context, u, isSuper: true);
        }

        if (Names.ExtensionOverride(u.Operand) is { } applied)
        {
            return Invocations.CallNamed(applied, name, ArgumentBinding.NoArguments, null, context, u);
        }

        var value = Expressions.Lower(u.Operand, context);
        if (Numbers.IsInt(value.Type))
        {
            return u.Op == "-"
                ? new Val(Node.Numeric(Opcode.I64Sub, WType.I64, Node.I64(0), value.Node), _program.Int)
                : new Val(Node.Numeric(Opcode.I64Xor, WType.I64, value.Node, Node.I64(-1)), _program.Int);
        }

        if (Numbers.IsDouble(value.Type) && u.Op == "-")
        {
            return new Val(Node.Numeric(Opcode.F64Neg, WType.F64, value.Node), _program.Double);
        }

        return Invocations.CallNamed(value, name, ArgumentBinding.NoArguments, null, context, u);
    }

    private Val LowerIfNull(Binary b, DartType? context)
    {
        var left = _body.Coercions.Used(Expressions.Lower(b.Left, context?.WithNullable(true)), b.Left);
        if (!left.Node.Type.IsRef || !TypeSystem.IsNullable(left.Type))
        {
            // The right side is never evaluated, but it has its type.
            var before = _output.Flow.Copy();
            _ = Expressions.Lower(b.Right, context);
            _output.Flow = before;
            return left;
        }

        var local = _output.TempOf(left.Node, out var set);
        var saved = _output.Flow.Copy();
        var right = Expressions.Lower(b.Right, context ?? left.Type);
        if (right.Node.IsNever)
        {
            _output.Flow = saved;
            if (_promotions.PromotionKey(b.Left) is { } key)
            {
                _output.Flow.Promote(key, TypeSystem.NonNull(left.Type));
            }
        }
        else
        {
            _output.Flow = Flow.Join(saved, _output.Flow);
        }

        var nonNull = TypeSystem.NonNull(left.Type);
        if (nonNull is not FunctionType { TypeParams.Length: > 0 })
        {
            right = Tearoffs.InContext(right, context, b.Right);
        }

        var type = Expressions.MergedType(nonNull, right.Type, context);
        var repr = TypeSystem.IsVoid(type) ? WType.None : _reprs.Of(type);
        var kept = _reprs.Convert(Node.Get(local), repr);
        return new Val(Node.Seq(set, Node.If(Node.IsNull(Node.Get(local)), Expressions.CoerceOrConvert(right, type, b), kept, repr)), type);
    }
}
