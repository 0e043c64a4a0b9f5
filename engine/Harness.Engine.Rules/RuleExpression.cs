using System.Globalization;

namespace Harness.Engine.Rules;

/// <summary>An expression of a rule: a variable, a number, or an operation on expressions.</summary>
public abstract class RuleExpression
{
    /// <summary>Whether it has a value when a function is compiled: no part of it is a variable for any value.</summary>
    public abstract bool IsConstant { get; }
}

/// <summary>A variable, in the places of which a pattern has the same value.</summary>
public sealed class RuleVariable(string name) : RuleExpression
{
    /// <summary>The name: one letter.</summary>
    public string Name { get; } = name;

    /// <summary>Whether it stands for constants only (<c>a</c> to <c>c</c>), not for any value (<c>x</c> to <c>z</c>).</summary>
    public override bool IsConstant => Name[0] is >= 'a' and <= 'c';

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>A number, in the type of the place where it stands.</summary>
public sealed class RuleNumber(string text) : RuleExpression
{
    private readonly string _text = text;

    /// <inheritdoc/>
    public override bool IsConstant => true;

    /// <summary>Its bits as a constant of a type has them: 32-bit ones are sign-extended.</summary>
    /// <exception cref="RuleException">It is no number of the type.</exception>
    public long BitsAs(string type)
    {
        switch (type)
        {
            case "i32" or "i64" when long.TryParse(_text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer):
                return type == "i64" || integer == (int)integer ? integer : throw new RuleException($"{_text} does not fit i32");
            case "f32" or "f64" when double.TryParse(_text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number):
                return type == "f64" ? BitConverter.DoubleToInt64Bits(number) : BitConverter.ToInt32(BitConverter.GetBytes((float)number), 0);
            default:
                throw new RuleException($"{_text} is no number of type {type}");
        }
    }

    /// <inheritdoc/>
    public override string ToString() => _text;
}

/// <summary>An instruction of WebAssembly on operands.</summary>
public sealed class RuleOperation(string name, IReadOnlyList<RuleExpression> operands) : RuleExpression
{
    /// <summary>The instruction's name in the text format.</summary>
    public string Name { get; } = name;

    /// <summary>The operands.</summary>
    public IReadOnlyList<RuleExpression> Operands { get; } = operands;

    /// <inheritdoc/>
    public override bool IsConstant => Operands.All(operand => operand.IsConstant);

    /// <summary>The type of the result; null for <c>select</c>, which gives what its operands are.</summary>
    public string? ResultType { get; } = RuleTypes.ResultOf(name);

    /// <summary>The type of an operand; null for those of <c>select</c>, which can be any.</summary>
    public string? OperandType(int index) => RuleTypes.OperandOf(Name, index);

    /// <inheritdoc/>
    public override string ToString() => $"({Name} {string.Join(" ", Operands)})";
}
