using System.Globalization;
using Harness.Engine.Modules;
using Harness.Engine.Rules;

namespace Harness.Engine.Tests.Optimizer.Rules;

/// <summary>Patterns of rules as programs, and what the specification says that they give.</summary>
internal static class RulePrograms
{
    /// <summary>An expression in the text format.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="type">The type of its place.</param>
    /// <param name="variables">What stands in the places of variables for any value.</param>
    /// <param name="constants">The constants in the places of the others.</param>
    public static string TextOf(RuleExpression expression, string type, IReadOnlyDictionary<string, string> variables, Dictionary<string, long> constants) => expression switch
    {
        RuleVariable { IsConstant: false } variable => variables[variable.Name],
        RuleOperation operation => $"({operation.Name} {string.Join(' ', operation.Operands.Select((operand, i) => TextOf(operand, operation.OperandType(i)!, variables, constants)))})",
        _ => $"({type}.const {RuleExpressions.Compute(expression, type, constants)})",
    };

    /// <summary>The machine instruction that a rule chooses, with constants computed.</summary>
    public static string InstructionOf(Rule rule, Dictionary<string, long> constants)
    {
        var result = (RuleOperation)rule.Result;
        var operands = result.Operands.Select((operand, i) => operand.IsConstant ? RuleExpressions.Compute(operand, result.OperandType(i)!, constants)!.Value.ToString(CultureInfo.InvariantCulture) : operand.ToString()!);
        return $"({result.Name} {string.Join(' ', operands)})";
    }

    /// <summary>Computes an expression.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="type">The type of its place.</param>
    /// <param name="values">What variables for any value are.</param>
    /// <param name="constants">What the others are.</param>
    public static ulong Evaluate(RuleExpression expression, string type, IReadOnlyDictionary<string, ulong> values, Dictionary<string, long> constants) => expression switch
    {
        RuleVariable { IsConstant: false } variable => values[variable.Name],
        RuleOperation operation => NumericReference.Evaluate(
            RuleFiles.OpcodeOf(operation.Name), [.. operation.Operands.Select((operand, i) => Evaluate(operand, operation.OperandType(i)!, values, constants))]),
        _ => type == "i32" ? (uint)RuleExpressions.Compute(expression, type, constants)!.Value : (ulong)RuleExpressions.Compute(expression, type, constants)!.Value,
    };

    /// <summary>The variables for any value of a rule, in the order of their names.</summary>
    public static string[] VariablesOf(Rule rule) => [.. RuleFiles.VariablesOf(rule).Keys.Where(variable => variable[0] >= 'x').Order(StringComparer.Ordinal)];

    /// <summary>Operands for one or two variables, on which instructions behave differently.</summary>
    public static IEnumerable<ulong[]> OperandsFor(string[] variables, ValueKind kind)
    {
        ulong[] operands = [.. NumericOperands.Values(kind)];
        return variables.Length == 1 ? operands.Select(x => new[] { x }) : operands.SelectMany(x => operands.Select(y => new[] { x, y }));
    }
}
