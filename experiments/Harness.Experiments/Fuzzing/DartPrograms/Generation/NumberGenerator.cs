using Harness.Experiments.Fuzzing.DartPrograms.Model;

namespace Harness.Experiments.Fuzzing.DartPrograms.Generation;

/// <summary>Arithmetic. What would fail by zero, or by a number that is none, is kept from it; failures are <see cref="FailureGenerator"/>'s.</summary>
internal sealed class NumberGenerator(Body body)
{
    /// <summary>Ways to look at bytes.</summary>
    private static readonly string[] IntegerViews = ["Int8", "Uint8", "Int16", "Uint16", "Int32", "Uint32", "Int64", "Uint64"];

    private static readonly string[] RealViews = ["Float32", "Float64"];

    private readonly RandomSource _random = body.Random;
    private readonly DartFeatures _features = body.Features;

    /// <summary>Expressions of type int.</summary>
    public void AddInteger(Choices<Expression> choices, int depth)
    {
        Expression Int() => body.Expressions.Of(DartType.Int, depth - 1);
        Expression Double() => body.Expressions.Of(DartType.Double, depth - 1);
        Expression Text() => body.Expressions.Of(DartType.String, depth - 1);
        choices
            .Add(24, () => Integer($"({Int()} {_random.Pick(["+", "-", "*"])} {Int()})"))
            .Add(10, () => Integer($"({Int()} {_random.Pick(["&", "|", "^"])} {Int()})"))
            .Add(6, () => Integer($"({Int()} {_random.Pick(["<<", ">>", ">>>"])} ({Int()} & {_random.Pick([7, 31, 63, 63, 127])}))"))
            .Add(6, () => Integer($"({Int()} {_random.Pick(["~/", "%"])} ({Int()} | 1))"))
            .Add(4, () => Integer($"({Int()} {_random.Pick(["~/", "%"])} {_random.Pick([2, 3, 7, 10, 16, 1000])})"))
            .Add(4, () => Integer($"({_random.Pick(["-", "~"])}{Int()})"))
            .Add(5, () => Integer($"{Int()}.{_random.Pick(["abs()", "sign", "bitLength", "toSigned(8)", "toUnsigned(16)", "clamp(0, 1000)", "toInt()"])}"))
            .Add(1, () => Integer($"{Int()}.gcd({Int()})"))
            .Add(2, () => Integer($"{Int()}.compareTo({Int()})"))
            .Add(2 * _features.Doubles, () => Integer($"whole({Double()})"))
            .Add(_features.Doubles, () => Integer($"{Double()}.compareTo({Double()})"))
            .Add(2 * _features.Texts, () => Integer($"{Text()}.{_random.Pick(["length", "hashCode"])}"))
            .Add(_features.Texts, () => Integer($"{Text()}.compareTo({Text()})"))
            .Add(_features.Texts, () => Integer($"(int.tryParse({Text()}) ?? {Int()})"))
            .Add(2 * _features.Texts, () => Unit(depth))
            .Add(body.IsAnywhere ? 4 : 0, () => Changed(depth))
            .Add(2 * _features.TypedLists, () => Integer($"{Bytes(_random.Pick(IntegerViews), Int())}.{Read(_random.Pick(IntegerViews))}"))
            .Add(1, () => Index(depth));
    }

    /// <summary>Expressions of type double.</summary>
    public void AddDouble(Choices<Expression> choices, int depth)
    {
        Expression Int() => body.Expressions.Of(DartType.Int, depth - 1);
        Expression Double() => body.Expressions.Of(DartType.Double, depth - 1);
        choices
            .Add(24, () => Real($"({Double()} {_random.Pick(["+", "-", "*", "/"])} {Double()})"))
            .Add(4, () => Real($"({Double()} {_random.Pick(["+", "-", "*", "/"])} {Int()})"))
            .Add(3, () => Real($"({Int()} {_random.Pick(["+", "-", "*"])} {Double()})"))
            .Add(3, () => Real($"({Int()} / {Int()})"))
            .Add(6, () => Real($"{Int()}.toDouble()"))
            .Add(3, () => Real($"(-{Double()})"))
            .Add(6, () => Real($"{Double()}.{_random.Pick(["abs()", "floorToDouble()", "ceilToDouble()", "roundToDouble()", "truncateToDouble()", "sign", "clamp(0.5, 100.0)"])}"))
            .Add(3, () => Real($"math.sqrt({Double()})"))
            .Add(2, () => Real($"math.{_random.Pick(["min", "max"])}<double>({Double()}, {Double()})"))
            .Add(2, () => Real($"({Double()} % {Double()})"))
            .Add(1, () => Real($"{Double()}.remainder({Double()})"))
            .Add(_features.TypedLists, () => Real($"{Bytes(_random.Pick(IntegerViews), Int())}.{Read(_random.Pick(RealViews))}"))
            .Add(_features.TypedLists, () => StoredAndRead(Double()))
            .Add(body.IsAnywhere ? 3 : 0, () => body.Scope.MutableOfType(DartType.Double) is { Count: > 0 } variables
                ? Real($"({_random.Pick(variables).Text} {_random.Pick(["+=", "-=", "*="])} {Double()})")
                : null);
    }

    /// <summary>Expressions of type num.</summary>
    public void AddNumber(Choices<Expression> choices, int depth)
    {
        Expression Number() => body.Expressions.Of(DartType.Number, depth - 1);
        choices
            .Add(15, () => body.Expressions.Of(DartType.Int, depth - 1))
            .Add(15, () => body.Expressions.Of(DartType.Double, depth - 1))
            .Add(15, () => Expression.Of(DartType.Number, $"({Number()} {_random.Pick(["+", "-", "*"])} {Number()})"))
            .Add(3, () => Expression.Of(DartType.Number, $"{Number()}.abs()"))
            .Add(3, () => Expression.Of(DartType.Number, $"(-{Number()})"))
            .Add(3, () => Expression.Of(DartType.Number, $"math.{_random.Pick(["min", "max"])}<num>({Number()}, {Number()})"))
            .Add(3, () => Expression.Of(DartType.Number, $"({Number()} / {Number()})"));
    }

    private static Expression Integer(PieceText text) => Expression.Of(DartType.Int, text);

    private static Expression Real(PieceText text) => Expression.Of(DartType.Double, text);

    /// <summary>A unit of a text that is a variable.</summary>
    private Expression? Unit(int depth)
    {
        if (body.Scope.Pick(DartType.String, _random) is not { } text)
        {
            return null;
        }

        var name = text.Text;
        return Integer($"({name}.isEmpty ? {body.Expressions.Of(DartType.Int, depth - 1)} : {name}.codeUnitAt({body.Expressions.Leaf(DartType.Int)} % {name}.length))");
    }

    /// <summary>The value of a variable that is changed by it.</summary>
    private Expression? Changed(int depth)
    {
        var variables = body.Scope.MutableOfType(DartType.Int);
        if (variables.Count == 0)
        {
            return null;
        }

        var variable = _random.Pick(variables).Text;
        return _random.Below(4) switch
        {
            0 => Integer($"({variable}{_random.Pick(["++", "--"])})"),
            1 => Integer($"({_random.Pick(["++", "--"])}{variable})"),
            2 => Integer($"({variable} {_random.Pick(["^=", "&=", "|="])} {body.Expressions.Of(DartType.Int, depth - 1)})"),
            _ => Integer($"({variable} {_random.Pick(["+=", "-=", "*="])} {body.Expressions.Of(DartType.Int, depth - 1)})"),
        };
    }

    /// <summary>Some bytes in which a number was stored.</summary>
    private Piece Bytes(string view, Expression value) => Piece.Of($"(ByteData(16)..set{view}({_random.Between(0, 8)}, {value}{Order(view)}))");

    /// <summary>A double that was among bytes. It is read as it was stored, since the bits of what is no number are an engine's choice.</summary>
    private Expression StoredAndRead(Expression value)
    {
        var (view, place) = (_random.Pick(RealViews), _random.Between(0, 8));
        var order = Order(view);
        return Real($"(ByteData(16)..set{view}({place}, {value}{order})).get{view}({place}{order})");
    }

    private string Read(string view) => $"get{view}({_random.Between(0, 8)}{Order(view)})";

    /// <summary>The order of bytes as a last argument, where a number has several.</summary>
    private string Order(string view) => view.EndsWith("t8", StringComparison.Ordinal) ? "" : _random.Pick(["", ", Endian.little", ", Endian.big", ", Endian.host"]);

    private Expression? Index(int depth)
    {
        var enums = body.Program.Enums.ToList();
        return enums.Count == 0 ? null : Integer($"{body.Expressions.Of(_random.Pick(enums).Type, depth - 1)}.index");
    }
}
