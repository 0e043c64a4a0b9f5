using Harness.Dart.Semantics;
using Harness.Dart.Syntax;

namespace Harness.Dart.Lowering;

/// <summary>
/// Static types of constant expressions. They are those of the values, but where the text hides what these are: by a cast, a choice, the declared type of a variable, an extension type, or a factory that
/// makes an object of a subclass.
/// </summary>
internal sealed class ConstTypes(ProgramLowering lowering, ConstEvaluator evaluator)
{
    /// <summary>The value of an expression that no context says anything of, and its type.</summary>
    /// <param name="e">The expression; each part of a choice is evaluated once, since collections in it may have choices in them.</param>
    /// <param name="env">What it sees.</param>
    /// <exception cref="DartErrorException">It is no constant.</exception>
    public (ConstValue Value, DartType Type) Evaluate(Expr e, ConstScope env)
    {
        while (e is Paren p)
        {
            e = p.Value;
        }

        if (e is not Conditional c)
        {
            var only = evaluator.Evaluate(e, env, null);
            return (only, Of(e, only, env));
        }

        using var level = lowering.Program.Nesting.Enter(env.Scope.File, e.Pos);
        var holds = evaluator.Holds(c, env);
        var (value, type) = Evaluate(holds ? c.Then : c.Else, env);
        if (Branch(holds ? c.Else : c.Then, env) is not { } other)
        {
            return (value, type);
        }

        return (value, holds ? lowering.Types.Lub(type, other) : lowering.Types.Lub(other, type));
    }

    // The type of what is no choice.
    private DartType Of(Expr e, ConstValue value, ConstScope env)
    {
        switch (e)
        {
            case PropertyGet { NullAware: true } n when Branch(n.Target, env) is { } target:
                return TypeSystem.NonNull(lowering.Program.Int).WithNullable(TypeSystem.IsNullable(target));
            case NewExpr or Call when ConstructedBy(e, env) is var (type, hasArguments) && type is not null:
                return OfObject(type, hasArguments, value);
            default:
                return Declared(e, env) ?? evaluator.TypeOf(value);
        }
    }

    /// <summary>The extension type that an operand is of; null for other operands. Of a choice it is enough that one part has it.</summary>
    public InterfaceType? ExtensionTypeOf(Expr e, ConstScope env)
    {
        var pending = new Stack<Expr>([e]);
        while (pending.TryPop(out var next))
        {
            switch (next)
            {
                case Paren p:
                    pending.Push(p.Value);
                    continue;
                case Conditional c:
                    pending.Push(c.Else);
                    pending.Push(c.Then);
                    continue;
            }

            if ((next is NewExpr or Call ? ConstructedBy(next, env).Type : Declared(next, env)) is InterfaceType { Class.IsExtensionType: true } type)
            {
                return type;
            }
        }

        return null;
    }

    // The type that a cast names, or that a variable is declared with.
    private DartType? Declared(Expr e, ConstScope env) => e switch
    {
        AsExpr a => evaluator.Resolve(env, a.Type),
        Ident id when env.Locals is not null && env.Locals.TryGetValue(id.Name, out var parameter) => parameter.Type,
        Ident id when env.Outer?.Invoke(id) is { } constant => constant.Type,
        PropertyGet { Target: Ident target } when env.IsLocal(target) => null,
        Ident or PropertyGet when VariableOf(e, env) is { } member => lowering.Signatures.FieldType(member),
        _ => null,
    };

    // One that is not taken may have no value, and tells nothing then.
    private DartType? Branch(Expr e, ConstScope env)
    {
        try
        {
            return Evaluate(e, env).Type;
        }
        catch (DartErrorException)
        {
            return null;
        }
    }

    // The constant variable or enum's value of a library or class that an expression names.
    private static Member? VariableOf(Expr e, ConstScope env)
    {
        var element = ConstEvaluator.ElementOf(e, env) ?? (e is PropertyGet p && TypeOfName(p.Target, env) is { } type ? type.Class.Statics.GetValueOrDefault(p.Name) : null);
        return element is Member { IsConst: true } member ? member : null;
    }

    private static InterfaceType? TypeOfName(Expr e, ConstScope env) => ConstEvaluator.TypeNodeOf(e) is { } node && ConstEvaluator.IsTypeName(node, env) ? env.Scope.Resolve(node) as InterfaceType : null;

    // The type whose constructor makes the value, and whether it was written with type arguments; null where none does.
    private static (InterfaceType? Type, bool HasArguments) ConstructedBy(Expr e, ConstScope env)
    {
        switch (e)
        {
            case NewExpr n:
                var node = n.Type;
                if (n.Constructor is { } name && node.Prefix is null && env.Scope.LookupParam(node.Name) is null && env.Scope.Library.Prefixes.ContainsKey(node.Name))
                {
                    node = new NamedTypeNode { Pos = node.Pos, Prefix = node.Name, Name = name, Args = node.Args, IsExpression = true };
                }

                return Written(node, env);
            case Call c when ConstEvaluator.TypeNodeOf(c.Target) is { } whole && ConstEvaluator.IsTypeName(whole, env):
                whole.Args = c.TypeArgs ?? whole.Args;
                return Written(whole, env);
            case Call { Target: PropertyGet p } when ConstEvaluator.TypeNodeOf(p.Target) is { } named && ConstEvaluator.IsTypeName(named, env):
                return Written(named, env);
            default:
                return (null, false);
        }
    }

    // A typedef without parameters has the arguments that are written in it.
    private static (InterfaceType? Type, bool HasArguments) Written(NamedTypeNode node, ConstScope env) =>
        (env.Scope.Resolve(node) as InterfaceType, node.Args.Count > 0 || env.Scope.AliasOf(node) is { Params.Count: 0 });

    /// <summary>The type of what a constructor gives, whatever its class makes the value of.</summary>
    /// <param name="written">The class of the constructor, with the type arguments that are written.</param>
    /// <param name="hasArguments">Whether there are such; if not, they follow from the value.</param>
    /// <param name="value">The value.</param>
    public DartType OfObject(InterfaceType written, bool hasArguments, ConstValue value)
    {
        var (cls, type) = (written.Class, evaluator.TypeOf(value));
        if (!cls.IsExtensionType)
        {
            return lowering.Types.AsInstanceOf(type, cls) ?? type;
        }

        if (hasArguments || cls.TypeParams.Count == 0)
        {
            return written;
        }

        var (lower, upper) = (new Dictionary<TypeParam, DartType>(), new Dictionary<TypeParam, DartType>());
        lowering.Types.Inference.Constrain(type, cls.OnType!, [.. cls.TypeParams], lower, upper);
        return new InterfaceType(cls, lowering.Types.Inference.Solve(cls.TypeParams, lower, upper, partial: false));
    }
}
