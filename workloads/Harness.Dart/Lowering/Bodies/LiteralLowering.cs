using System.Numerics;
using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Numbers, strings with what is put into them, and records.</summary>
internal sealed class LiteralLowering(FunctionLowering body)
{
    // Digits of the largest double.
    private const int LargestDoubleDigits = 309;

    private readonly FunctionLowering _body = body;
    private readonly DartProgram _program = body.Program.Program;
    private readonly Representations _reprs = body.Reprs;
    private readonly ConstantPool _pool = body.Program.Pool;
    private readonly TargetTypes _target = body.Program.Target;
    private readonly FunctionState _state = body.State;
    private readonly NodeOutput _output = body.Output;

    private ExpressionLowering Expressions => _body.Expressions;
    private InvocationLowering Invocations => _body.Invocations;
    private Coercions Coercions => _body.Coercions;
    private MemberLookup Members => _body.Members;

    /// <summary>An integer literal, a double where the context wants one.</summary>
    public Val LowerInt(IntLit i, DartType? context, bool negative)
    {
        if (context is not null && TypeSystem.IsFutureOr(context))
        {
            context = ((InterfaceType)context).Args[0];
        }

        if (context is InterfaceType { Class: var cls } && cls == _program.Double.Class)
        {
            return new Val(Node.F64(ParseDouble(i.Text, negative) ?? throw _state.Error(i, Inexact(i))), _program.Double);
        }

        return new Val(Node.I64(ParseInt(i.Text, negative) ?? throw _state.Error(i, $"The integer literal {i.Text} can't be represented in 64 bits.")), _program.Int);
    }

    /// <summary>What is said of an integer literal that stands for no double.</summary>
    internal static string Inexact(IntLit i) => $"The integer literal {i.Text} can't be represented exactly as a double.";

    /// <summary>The double that an integer literal stands for; null where no double is that number exactly.</summary>
    internal static double? ParseDouble(string text, bool negative)
    {
        var isHex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        var digits = (isHex ? text[2..] : text).TrimStart('0');
        if (digits.Length > LargestDoubleDigits)
        {
            return null;
        }

        var culture = System.Globalization.CultureInfo.InvariantCulture;
        var exact = isHex ? BigInteger.Parse("0" + digits, System.Globalization.NumberStyles.HexNumber, culture) : digits.Length == 0 ? BigInteger.Zero : BigInteger.Parse(digits, culture);
        var value = (double)exact;
        if (double.IsInfinity(value) || new BigInteger(value) != exact)
        {
            return null;
        }

        return negative ? -value : value;
    }

    internal static long? ParseInt(string text, bool negative)
    {
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            if (!ulong.TryParse(text.AsSpan(2), System.Globalization.NumberStyles.HexNumber, null, out var hex))
            {
                return null;
            }

            if (negative)
            {
                return hex <= 1UL << 63 ? unchecked(-(long)hex) : null;
            }

            return unchecked((long)hex);
        }

        if (!ulong.TryParse(text, out var value))
        {
            return null;
        }

        if (negative)
        {
            return value <= 1UL << 63 ? unchecked(-(long)value) : null;
        }

        return value <= long.MaxValue ? (long)value : null;
    }

    /// <summary>A string literal with what is put into it.</summary>
    public Val LowerString(StringLit s)
    {
        if (s.IsConstantText)
        {
            return new Val(Invocations.StringConst((string)s.Parts[0]), _program.String);
        }

        var pieces = new List<Node>();
        foreach (var part in s.Parts)
        {
            if (part is string text)
            {
                if (text.Length > 0)
                {
                    pieces.Add(Invocations.StringConst(text));
                }

                continue;
            }

            var value = Expressions.Lower((Expr)part, null);
            Coercions.Used(value, (Expr)part);
            pieces.Add(ToStringOf(value));
        }

        if (pieces.Count == 1)
        {
            return new Val(pieces[0], _program.String);
        }

        if (pieces.Count == 2)
        {
            return new Val(Invocations.CallCore("_concat2", pieces[0], pieces[1]), _program.String);
        }

        var array = Node.Array(IrOp.ArrayNewFixed, _target.ObjectArray, WType.Ref(_target.ObjectArray), [.. pieces.Select(p => _reprs.Convert(p, _target.AnyRef))]);
        return new Val(Invocations.CallCore("_concatAll", array), _program.String);
    }

    private Node ToStringOf(Val value)
    {
        var repr = _reprs.Of(_program.String);
        if (value.Type is InterfaceType { Nullable: false } t && t.Class == _program.String.Class)
        {
            return _reprs.Convert(value.Node, repr);
        }

        if (value.Node.Type == WType.I64)
        {
            return Invocations.CallCore("_intToString", value.Node);
        }

        if (value.Node.Type == WType.F64)
        {
            return Invocations.CallCore("_doubleToString", value.Node);
        }

        return Invocations.CallCore("_toStringOf", value.Node);
    }

    /// <summary>A record literal.</summary>
    public Val LowerRecord(RecordLit r, DartType? context)
    {
        var expected = context is RecordType rc && rc.Positional.Length == r.Fields.Count(f => f.Name is null) ? rc : null;
        var names = r.Fields.Where(f => f.Name is not null).Select(f => f.Name!).Order(StringComparer.Ordinal).ToList();
        var positional = r.Fields.Count(f => f.Name is null);
        var before = new List<Node>();
        var values = new Node[r.Fields.Count];
        var types = new DartType[r.Fields.Count];
        var position = 0;
        foreach (var (name, value) in r.Fields)
        {
            var index = name is null ? position++ : positional + names.IndexOf(name);
            var fieldContext = expected is null ? null : name is null ? expected.Positional[index] : expected.IndexOf(name) is >= 0 and var at ? expected.FieldType(at) : null;
            var lowered = Expressions.Lower(value, fieldContext);
            types[index] = lowered.Type;
            if (fieldContext is not null && !fieldContext.HasUnknown && !TypeSystem.IsTop(fieldContext) && (TypeSystem.IsDynamic(lowered.Type) || TypeSystem.NonNull(fieldContext) is FunctionType { TypeParams.Length: 0 } && (lowered.Type is FunctionType { TypeParams.Length: > 0 } || lowered.Type is InterfaceType && Members.FindMember(lowered.Type, "call") is not null))) { lowered = new Val(Coercions.Coerce(lowered, fieldContext, value), fieldContext); types[index] = fieldContext; }

            var local = _output.TempOf(_reprs.Convert(lowered.Node, _target.AnyRef), out var set, "field");
            before.Add(set);
            values[index] = Node.Get(local);
        }

        var type = new RecordType(types[..positional], [.. names.Select((n, i) => (n, types[positional + i]))]);
        var array = Node.Array(IrOp.ArrayNewFixed, _target.ObjectArray, WType.Ref(_target.ObjectArray), values);
        return new Val(Node.Seq([.. before, _pool.NewCore("_Record", _pool.RecordShape(type), array)]), type);
    }
}
