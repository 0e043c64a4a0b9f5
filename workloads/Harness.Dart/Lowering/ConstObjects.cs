using Harness.Dart.Semantics;
using Harness.Dart.Semantics.Checks;
using Harness.Dart.Syntax;

namespace Harness.Dart.Lowering;

/// <summary>Constant objects: runs constant constructors.</summary>
internal sealed class ConstObjects(ProgramLowering lowering, ConstEvaluator evaluator)
{
    private readonly DartProgram _program = lowering.Program;

    /// <summary>The object that a constructor makes, or the value of an enum.</summary>
    public ConstValue Construct(Member constructor, DartType[]? typeArgs, Arguments args, DartType? context, ConstScope env, Syntax.Node at, Member? enumValue) =>
        evaluator.Nested(env, at, () => ConstructNested(constructor, typeArgs, args, context, env, at, enumValue));

    private ConstValue ConstructNested(Member constructor, DartType[]? typeArgs, Arguments args, DartType? context, ConstScope env, Syntax.Node at, Member? enumValue)
    {
        var function = constructor.Function!;
        if (!constructor.MakesConstants)
        {
            throw env.Error(at, "Cannot invoke a non-'const' constructor where a const expression is expected.");
        }

        var cls = constructor.Owner!;
        if (cls.IsAbstract && !function.Factory && enumValue is null)
        {
            throw env.Error(at, $"The class '{cls.Name}' is abstract and can't be instantiated.");
        }

        var parameters = lowering.Signatures.Params(constructor);
        var given = new Dictionary<Param, ConstValue>();
        var positional = parameters.Where(p => p.Kind != ParamKind.Named).ToList();
        var position = 0;
        if (typeArgs is not null && typeArgs.Length != cls.TypeParams.Count)
        {
            throw env.Error(at, $"Expected {cls.TypeParams.Count} type arguments.");
        }

        var map0 = typeArgs is null ? null : cls.TypeParams.Select((p, i) => (p, i)).ToDictionary(x => x.p, x => typeArgs[x.i]);
        foreach (var (name, value) in args.Items)
        {
            var param = name is null ? positional.ElementAtOrDefault(position++) : parameters.Find(p => p.Kind == ParamKind.Named && p.Name == name);
            if (param is null)
            {
                throw env.Error(value, name is null ? "Too many positional arguments." : $"No named parameter with the name '{name}'.");
            }

            var paramType = map0 is null ? param.Type : param.Type.Substitute(map0);
            given[param] = evaluator.Adapt(evaluator.Evaluate(value, env, paramType.Any(t => t is TypeParamType) ? null : paramType), paramType);
        }

        if (typeArgs is null)
        {
            if (cls.TypeParams.Count > 0)
            {
                var lower = new Dictionary<TypeParam, DartType>();
                var upper = new Dictionary<TypeParam, DartType>();
                var vars = cls.TypeParams.ToHashSet();
                if (context is not null)
                {
                    lowering.Types.Inference.Constrain(cls.ThisType, context, vars, lower, upper);
                }

                foreach (var param in parameters)
                {
                    if (given.TryGetValue(param, out var v))
                    {
                        lowering.Types.Inference.Constrain(evaluator.TypeOf(v), param.Type, vars, lower, upper);
                    }
                }

                typeArgs = lowering.Types.Inference.Solve(cls.TypeParams, lower, upper, partial: false);
            }
            else
            {
                typeArgs = [];
            }
        }

        if (env.Scope.Library.IsOwn && BoundChecks.Misfit(lowering.Types, cls.TypeParams, typeArgs) is { } misfit)
        {
            throw env.Error(at, BoundChecks.Describe(cls.TypeParams, typeArgs, misfit));
        }

        var type = new InterfaceType(cls, typeArgs);
        var map = type.Map();
        foreach (var param in parameters)
        {
            if (given.TryGetValue(param, out var value))
            {
                var paramType = param.Type.Substitute(map);
                given[param] = value = evaluator.Adapt(value, paramType);
                if (!evaluator.Fits(value, paramType))
                {
                    throw env.Error(at, $"The argument type '{evaluator.TypeOf(value)}' can't be assigned to the parameter type '{paramType}'.");
                }
            }
            else if (param.IsRequired)
            {
                throw env.Error(at, param.Kind == ParamKind.Named ? $"Required named parameter '{param.Name}' must be provided." : "Too few positional arguments.");
            }
        }

        if (function.Factory)
        {
            if (function.Redirect is null)
            {
                if (constructor.ReadsEnvironment)
                {
                    if (constructor.Name == "hasEnvironment")
                    {
                        return new ConstBool(false);
                    }

                    var fallback = parameters.First(p => p.Name == "defaultValue");
                    return given.TryGetValue(fallback, out var known) ? known : evaluator.DefaultOf(constructor, fallback);
                }

                throw env.Error(at, "Not a constant expression.");
            }

            var scope = lowering.Signatures.ScopeOf(constructor);
            var redirect = function.Redirect;
            var redirectName = function.RedirectName;
            if (redirectName is not null && redirect.Prefix is null && scope.Library.Prefixes.ContainsKey(redirect.Name)) { redirect = new NamedTypeNode { Pos = redirect.Pos, Prefix = redirect.Name, Name = redirectName, Args = redirect.Args }; redirectName = null; }

            if (scope.Resolve(redirect).Substitute(map) is not InterfaceType target)
            {
                throw new DartErrorException(constructor.File, function.Redirect.Pos, "Not a class.");
            }

            if (!target.Class.Constructors.TryGetValue(redirectName is null or "new" ? "" : redirectName, out var next))
            {
                throw new DartErrorException(constructor.File, function.Redirect.Pos, $"Couldn't find constructor '{target.Class.Name}{(redirectName is null ? "" : "." + redirectName)}'.");
            }

            return Construct(next, redirect.Args.Count > 0 ? target.Args : null, args, redirect.Args.Count > 0 ? null : type, env, at, null);
        }

        if (cls is { Name: "_Symbol", Library.IsCore: true } && given.Values.FirstOrDefault() is ConstString symbol)
        {
            return new ConstSymbol(symbol.Value);
        }

        var fields = new Dictionary<Member, ConstValue>();
        if (enumValue is not null)
        {
            var enumBase = _program.CoreClass("_Enum");
            fields[enumBase.Members["index"]] = new ConstInt(enumValue.EnumIndex);
            fields[enumBase.Members["_$corename"]] = new ConstString(SourceFile.PlainName(enumValue.Name));
        }

        RunConstructor(constructor, type, given, fields, env, at);
        if (cls.IsExtensionType)
        {
            return fields.Values.FirstOrDefault() ?? throw env.Error(at, "Constant evaluation error: the representation is not initialized.");
        }

        return new ConstObject(type, fields);
    }

    private void RunConstructor(Member constructor, InterfaceType type, Dictionary<Param, ConstValue> given, Dictionary<Member, ConstValue> fields, ConstScope callerEnv, Syntax.Node at) =>
        evaluator.Nested(callerEnv, at, () =>
        {
            RunNested(constructor, type, given, fields, callerEnv, at);
            return ConstNull.Instance;
        });

    private void RunNested(Member constructor, InterfaceType type, Dictionary<Param, ConstValue> given, Dictionary<Member, ConstValue> fields, ConstScope callerEnv, Syntax.Node at)
    {
        var cls = constructor.Owner!;
        if (cls == _program.Object.Class || cls.IsEnumBase)
        {
            return;
        }

        var map = type.Map();
        var locals = new Dictionary<string, (ConstValue Value, DartType Type)>(StringComparer.Ordinal);
        var values = new Dictionary<Param, ConstValue>();
        var parameters = lowering.Signatures.Params(constructor);
        foreach (var param in parameters)
        {
            values[param] = given.TryGetValue(param, out var v) ? v : evaluator.DefaultOf(constructor, param);
            if (param.Name != "_")
            {
                locals[param.Name] = (values[param], param.Type.Substitute(map));
            }
        }

        foreach (var field in cls.InstanceFields)
        {
            if (field.Field!.Init is { } init)
            {
                var fieldEnv = new ConstScope(lowering.Signatures.ScopeOf(field), field.Lexical, null, map, null);
                var fieldType = lowering.Signatures.FieldType(field).Substitute(map);
                fields[field] = FieldValue(cls, evaluator.Evaluate(init, fieldEnv, fieldType), fieldType, callerEnv, at);
            }
        }

        var super = cls.Supertype is null ? null : lowering.Types.AsInstanceOf(type, cls.Supertype.Class);
        if (constructor.Index == -1)
        {
            var handedOn = super!.Class.Constructors[constructor.Name];
            RunConstructor(handedOn, super, lowering.Signatures.Params(handedOn).Select((p, i) => (p, values[parameters[i]])).ToDictionary(p => p.p, p => p.Item2), fields, callerEnv, at);
            return;
        }

        var function = constructor.Function!;
        var env = new ConstScope(lowering.Signatures.ScopeOf(constructor), constructor.Lexical, locals, map, null);
        foreach (var param in parameters)
        {
            if (!param.Node.IsThis)
            {
                continue;
            }

            var field = cls.Members[param.Name];
            fields[field] = FieldValue(cls, values[param], lowering.Signatures.FieldType(field).Substitute(map), callerEnv, at);
        }

        SuperInit? superInit = null;
        foreach (var initializer in function.Initializers)
        {
            switch (initializer)
            {
                case FieldInit f:
                    if (!cls.Members.TryGetValue(f.Name, out var field) || field.Kind != MemberKind.Field)
                    {
                        throw env.Error(f, $"'{f.Name}' isn't an instance field of this class.");
                    }

                    var fieldType = lowering.Signatures.FieldType(field).Substitute(map);
                    fields[field] = FieldValue(cls, evaluator.Evaluate(f.Value, env, fieldType), fieldType, callerEnv, at);
                    break;
                case AssertInit a:
                    if (evaluator.Evaluate(a.Condition, env, null) is not ConstBool { Value: true })
                    {
                        throw callerEnv.Error(at, "Constant evaluation error: this assertion failed.");
                    }

                    break;
                case ThisInit t:
                    var target = cls.Constructors.GetValueOrDefault(t.Name ?? "") ?? throw env.Error(t, "Couldn't find constructor.");
                    RunConstructor(target, type, Bind(target, t.Args, env, map), fields, callerEnv, at);
                    return;
                case SuperInit s: superInit = s; break;
            }
        }

        if (super is null || super.Class == _program.Object.Class)
        {
            return;
        }

        if (super.Class.IsEnumBase)
        {
            return;
        }

        var superConstructor = super.Class.Constructors.GetValueOrDefault(superInit?.Name ?? "") ?? throw env.Error(constructor.Function!, "The superclass has no such constructor.");
        var superGiven = superInit is null ? [] : Bind(superConstructor, superInit.Args, env, super.Map());
        var superPositional = lowering.Signatures.Params(superConstructor).Where(p => p.Kind != ParamKind.Named).ToList();
        var position = superInit?.Args.Items.Count(i => i.Name is null) ?? 0;
        foreach (var param in parameters.Where(p => p.Node.IsSuper))
        {
            if (param.Kind != ParamKind.Named && position < superPositional.Count)
            {
                superGiven[superPositional[position++]] = values[param];
            }
            else if (lowering.Signatures.Params(superConstructor).Find(p => p.Kind == ParamKind.Named && p.Name == param.Name) is { } named)
            {
                superGiven[named] = values[param];
            }
        }

        RunConstructor(superConstructor, super, superGiven, fields, callerEnv, at);
    }

    // The value of a field, which must have the field's type; the core's objects hold what no type of the language tells.
    private ConstValue FieldValue(ClassElement cls, ConstValue value, DartType type, ConstScope callerEnv, Syntax.Node at)
    {
        var adapted = evaluator.Adapt(value, type);
        return cls.Library.IsCore || evaluator.Fits(adapted, type) ? adapted : throw callerEnv.Error(at, "Constant evaluation error: the value has the wrong type for the field.");
    }

    private Dictionary<Param, ConstValue> Bind(Member target, Arguments args, ConstScope env, IReadOnlyDictionary<TypeParam, DartType> map)
    {
        var parameters = lowering.Signatures.Params(target);
        var positional = parameters.Where(p => p.Kind != ParamKind.Named).ToList();
        var given = new Dictionary<Param, ConstValue>();
        var position = 0;
        foreach (var (name, value) in args.Items)
        {
            var param = name is null ? positional.ElementAtOrDefault(position++) : parameters.Find(p => p.Kind == ParamKind.Named && p.Name == name);
            if (param is null)
            {
                throw env.Error(value, "Too many arguments.");
            }

            var type = param.Type.Substitute(map);
            given[param] = evaluator.Adapt(evaluator.Evaluate(value, env, type), type);
        }

        return given;
    }
}
