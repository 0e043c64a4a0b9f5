using System.Text.RegularExpressions;

namespace Harness.Engine.Rules;

/// <summary>The types of numeric instructions, which follow from their names.</summary>
public static class RuleTypes
{
    private const string Select = "select";

    // Conversions name the type that they convert.
    private static readonly Regex Converted = new("_(i32|i64|f32|f64)(_|$)");

    // A machine instruction that sets flags is called like the comparison that they answer, behind a name of its own.
    private static readonly Regex Comparison = new("^((?<setter>[a-z0-9_]+)_)?(?<relation>eqz|eq|ne|(lt|gt|le|ge)(_[su])?)$");

    /// <summary>The type that an instruction gives; null for <c>select</c>.</summary>
    public static string? ResultOf(string name) => name == Select ? null : Comparison.IsMatch(name.Substring(4)) ? "i32" : name.Substring(0, 3);

    /// <summary>Splits the name of a machine instruction that sets flags, <c>i32.test_eq</c>, into its own, <c>test</c>, and the comparison that the flags answer, <c>i32.eq</c>.</summary>
    /// <returns>Whether it is one.</returns>
    public static bool TrySplit(string name, out string setter, out string relation)
    {
        var match = Comparison.Match(name.Substring(4));
        setter = match.Groups["setter"].Value;
        relation = name.Substring(0, 4) + match.Groups["relation"].Value;
        return setter.Length > 0;
    }

    /// <summary>The type that an instruction takes; null for what <c>select</c> chooses from.</summary>
    public static string? OperandOf(string name, int index)
    {
        if (name == Select)
        {
            return index == 2 ? "i32" : null;
        }

        var converted = Converted.Match(name);
        return converted.Success ? converted.Groups[1].Value : name.Substring(0, 3);
    }
}
