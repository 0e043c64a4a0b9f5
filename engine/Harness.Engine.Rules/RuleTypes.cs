using System.Text.RegularExpressions;

namespace Harness.Engine.Rules;

/// <summary>The types of numeric instructions, which follow from their names.</summary>
public static class RuleTypes
{
    private const string Select = "select";

    // Conversions name the type that they convert.
    private static readonly Regex Converted = new("_(i32|i64|f32|f64)(_|$)");
    private static readonly Regex Comparison = new("^(eqz|eq|ne|lt|gt|le|ge)(_|$)");

    /// <summary>The type that an instruction gives; null for <c>select</c>.</summary>
    public static string? ResultOf(string name) => name == Select ? null : Comparison.IsMatch(name.Substring(4)) ? "i32" : name.Substring(0, 3);

    /// <summary>The type that an instruction takes; null for what <c>select</c> chooses from.</summary>
    public static string? OperandOf(string name, int index)
    {
        if (name == Select)
            return index == 2 ? "i32" : null;
        var converted = Converted.Match(name);
        return converted.Success ? converted.Groups[1].Value : name.Substring(0, 3);
    }
}
