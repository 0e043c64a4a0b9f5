using System.Globalization;
using Harness.Experiments.Fuzzing.DartPrograms.Model;

namespace Harness.Experiments.Fuzzing.DartPrograms.Generation;

/// <summary>Values of any type that need no computing: literals, new objects, empty or short collections.</summary>
internal sealed class LiteralGenerator(Body body)
{
    private static readonly string[] Integers =
    [
        "0", "1", "2", "3", "5", "7", "8", "10", "31", "32", "63", "64", "100", "127", "128", "255", "256", "1000", "65535", "0x7fffffff", "0x80000000",
        "0xffffffff", "0x100000000", "4611686018427387904", "9007199254740993", "9223372036854775807", "(0xffffffffffffffff)", "(-1)", "(-2)", "(-7)", "(-128)",
        "(-129)", "(-2147483648)", "(-2147483649)", "(-9223372036854775808)",
    ];

    private static readonly string[] Doubles =
    [
        "0.0", "(-0.0)", "1.0", "(-1.0)", "0.5", "1.5", "2.5", "0.1", "3.0", "100.0", "1e10", "(-1e10)", "1e21", "1e-7", "1e300", "5e-324", "123456.789", "9007199254740993.0", "4294967296.0", "1e19",
        "double.infinity", "double.negativeInfinity", "double.nan", "double.maxFinite",
    ];

    /// <summary>Without quotes, dollar signs and backslashes; some have only units of one byte.</summary>
    private static readonly string[] Texts =
        ["", "a", "ab", "abc", "x y", " z ", "Zebra", "12", "-7", "q,r,s", "élan", "Größe", "naïve ÿ", "λόγος", "Ωmega", "日本", "жук", "0x1F", "aaa", "AbCd"];

    private readonly RandomSource _random = body.Random;

    /// <summary>
    /// A value of a type. One of a type parameter's type is a variable, since the program has no other; where there may be an object of a class or none there is none, so that objects do not
    /// hold others without end.
    /// </summary>
    public Expression Of(DartType type)
    {
        if (type.IsNullable)
        {
            return type.Kind == DartKind.Class || _random.Percent(40) || !HasValue(type.WithNull(false)) ? Expression.Of(type, "null") : Of(type.WithNull(false));
        }

        switch (type.Kind)
        {
            case DartKind.Int:
                return Expression.Of(type, Integer());
            case DartKind.Double:
                return Expression.Of(type, Double());
            case DartKind.Number or DartKind.Object:
                return Expression.Of(type, _random.Percent(50) ? Integer() : Double());
            case DartKind.Bool:
                return Expression.Of(type, _random.Percent(50) ? "true" : "false");
            case DartKind.String:
                return Expression.Of(type, Text());
            case DartKind.Enum:
                return Expression.Of(type, $"{type}.{_random.Pick(type.Class!.Values)}");
            case DartKind.Class:
                return Object(type);
            case DartKind.List or DartKind.Set:
                return body.Collections.Literal(type, 0);
            case DartKind.Map:
                return body.Collections.MapLiteral(type, 0);
            case DartKind.TypedList:
                return Expression.Of(type, $"{type}({_random.Between(1, 8)})");
            case DartKind.Record:
                return Record(type, body.Expressions.Leaf);
            case DartKind.Function:
                return body.Closures.Literal(type, 0);
            default:
                return body.Expressions.Variable(type) ?? throw new InvalidOperationException($"there is no value of type {type} at a place that needs one");
        }
    }

    /// <summary>A record whose fields are made by a function.</summary>
    public static Expression Record(DartType type, Func<DartType, Expression> makeField)
    {
        var fields = new List<Piece>();
        for (var i = 0; i < type.Arguments.Count; i++)
        {
            var value = makeField(type.Arguments[i]);
            fields.Add(type.FieldNames[i] is { } name ? Piece.Of($"{name}: {value}") : value);
        }

        return Expression.Of(type, $"({fields})");
    }

    /// <summary>A literal of an integer.</summary>
    public string Integer()
    {
        if (_random.Percent(45))
        {
            return _random.Pick(Integers);
        }

        var number = _random.Between(-20, 60);
        return number < 0 ? $"({number.ToString(CultureInfo.InvariantCulture)})" : number.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>A text between quotes.</summary>
    public string Text() => $"'{_random.Pick(Texts)}'";

    /// <summary>A text without its quotes.</summary>
    public string Words() => _random.Pick(Texts);

    private string Double()
    {
        if (_random.Percent(50))
        {
            return _random.Pick(Doubles);
        }

        var number = _random.Between(-800, 800) / 8.0;
        var text = number.ToString("F3", CultureInfo.InvariantCulture);
        return number < 0 ? $"({text})" : text;
    }

    private Expression Object(DartType type)
    {
        var simplest = type.Simplest;
        return body.IsAnywhere && (simplest is null || _random.Percent(70)) && body.Members.NewObject(type, 0) is { } made
            ? made
            : Expression.Of(type, simplest ?? throw new InvalidOperationException($"there is no object of type {type} at a place that needs one"));
    }

    /// <summary>Whether there is a value of a type here: not of a type parameter where no variable has one.</summary>
    private bool HasValue(DartType type) => type.Kind != DartKind.Parameter || body.Expressions.Variable(type) is not null;
}
