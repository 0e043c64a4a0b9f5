using System.Globalization;
using Harness.Experiments.Fuzzing.DartPrograms.Model;

namespace Harness.Experiments.Fuzzing.DartPrograms.Generation;

/// <summary>Makes up signatures of functions and members.</summary>
/// <param name="program">What there is; it gives names.</param>
/// <param name="features">What the program has much of.</param>
/// <param name="random">Decides.</param>
internal sealed class SignatureGenerator(ProgramOutline program, DartFeatures features, RandomSource random)
{
    private readonly TypeGenerator _types = new(program, features, random);

    /// <summary>A method.</summary>
    /// <param name="classParameters">The type parameters of its class.</param>
    /// <param name="isAbstract">Whether it has no code.</param>
    public FunctionOutline Method(IReadOnlyList<TypeParameter> classParameters, bool isAbstract)
    {
        var own = TypeParameters(8 * features.Generics);
        List<TypeParameter> known = [.. classParameters, .. own];
        var result = random.Percent(10) ? DartType.Void : own.Count > 0 && random.Percent(60) ? own[0].Type : _types.Any(known);
        return new FunctionOutline(program.NewName("m"), FunctionSort.Plain, result, Parameters(known, own, random.Weighted(15, 40, 30, 15)), random.Weighted(25, 20, 30, 25))
        {
            TypeParameters = own, IsAbstract = isAbstract,
        };
    }

    /// <summary>A getter.</summary>
    public FunctionOutline Getter(IReadOnlyList<TypeParameter> classParameters, bool isAbstract) =>
        new(program.NewName("p"), FunctionSort.Getter, random.Percent(75) ? _types.Plain() : _types.Any(classParameters), [], 0) { IsAbstract = isAbstract };

    /// <summary>A setter, of the name and type of a getter or with its own.</summary>
    public FunctionOutline Setter(FunctionOutline? getter) =>
        new(getter?.Name ?? program.NewName("p"), FunctionSort.Setter, DartType.Void, [new ParameterOutline(program.NewName("a"), getter?.Result ?? _types.Plain())], 0);

    /// <summary>Some operators of a class that are none of its others'.</summary>
    /// <param name="self">The class's type.</param>
    /// <param name="count">How many.</param>
    public IEnumerable<FunctionOutline> Operators(DartType self, int count)
    {
        List<string> names = ["+", "-", "*", "<", "[]", "~/", "&", "call"];
        for (var i = 0; i < count; i++)
        {
            var name = random.Pick(names);
            names.Remove(name);
            var isUnary = name == "-" && random.Percent(50);
            var operand = name is "+" or "-" or "<" && random.Percent(60) ? self : DartType.Int;
            var result = name switch
            {
                "<" => DartType.Bool,
                "[]" or "call" => _types.Plain(),
                _ => random.Percent(50) && operand.Equals(self) ? self : random.Percent(50) ? DartType.Int : _types.Plain(),
            };
            ParameterOutline[] parameters = isUnary ? [] : [new(program.NewName("a"), operand)];
            yield return new FunctionOutline(name, name == "call" ? FunctionSort.Plain : FunctionSort.Operator, result, parameters, 0);
        }
    }

    /// <summary>A function outside of classes, or a static one.</summary>
    public FunctionOutline Function(int level)
    {
        var own = TypeParameters(12 * features.Generics);
        var callsItself = level >= FunctionOutline.FueledLevel && own.Count == 0 && random.Percent(25);
        var result = random.Percent(8) ? DartType.Void : own.Count > 0 && random.Percent(60) ? own[0].Type : _types.Any(own);
        List<ParameterOutline> parameters = callsItself ? [new(program.NewName("a"), DartType.Int)] : [];
        parameters.AddRange(Parameters(own, own, random.Weighted(10, 30, 35, 25)));
        return new FunctionOutline(program.NewName("f"), FunctionSort.Plain, result, parameters, level) { TypeParameters = own, CallsItself = callsItself };
    }

    /// <summary>A generator or asynchronous function.</summary>
    public FunctionOutline Suspending(FunctionSort sort, int level)
    {
        var result = random.Percent(70) ? _types.Plain() : random.Percent(50) ? _types.OfClass() : _types.Collection([]);
        return new FunctionOutline(program.NewName("f"), sort, result, Parameters([], [], random.Between(0, 2)), level);
    }

    /// <summary>Parameters: the required ones, among them one of each own type parameter's type, and perhaps some that may be left out.</summary>
    private List<ParameterOutline> Parameters(List<TypeParameter> known, List<TypeParameter> own, int count)
    {
        var parameters = own.ConvertAll(parameter => new ParameterOutline(program.NewName("a"), parameter.Type));
        for (var i = 0; i < count; i++)
        {
            parameters.Add(new ParameterOutline(program.NewName("a"), _types.Any(known)));
        }

        if (!random.Percent(22))
        {
            return parameters;
        }

        var areNamed = random.Percent(50);
        for (var i = random.Between(1, 2); i > 0; i--)
        {
            var name = program.NewName("a");
            if (areNamed && random.Percent(30))
            {
                parameters.Add(new ParameterOutline(name, _types.Plain(), ParameterSort.RequiredNamed));
            }
            else
            {
                parameters.Add(Omissible(name, areNamed ? ParameterSort.Named : ParameterSort.Optional));
            }
        }

        return parameters;
    }

    private ParameterOutline Omissible(string name, ParameterSort sort)
    {
        var type = _types.Plain();
        if (random.Percent(20))
        {
            return new ParameterOutline(name, type.WithNull(true), sort);
        }

        var value = type.Kind switch
        {
            DartKind.Int or DartKind.Number => random.Between(0, 50).ToString(CultureInfo.InvariantCulture),
            DartKind.Double => "1.5",
            DartKind.Bool => "true",
            DartKind.String => "'dé'",
            _ => $"{type}.{random.Pick(type.Class!.Values)}",
        };
        return new ParameterOutline(name, type, sort, value);
    }

    /// <summary>Type parameters of a function, mostly none.</summary>
    private List<TypeParameter> TypeParameters(int percent) =>
        random.Percent(percent) ? [.. Enumerable.Range(0, random.Weighted(75, 25) + 1).Select(_ => NewTypeParameter())] : [];

    /// <summary>A type parameter with or without a bound.</summary>
    public TypeParameter NewTypeParameter()
    {
        var bounds = program.ObjectClasses.FindAll(type => type.Parameters.Count == 0);
        return new TypeParameter(program.NewName("T"), random.Weighted(50, 25, bounds.Count > 0 ? 25 : 0) switch { 0 => null, 1 => DartType.Number, _ => random.Pick(bounds).Type });
    }
}
