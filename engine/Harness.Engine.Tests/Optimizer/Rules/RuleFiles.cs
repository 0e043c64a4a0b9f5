using Harness.Engine.Modules;
using Harness.Engine.Rules;

namespace Harness.Engine.Tests.Optimizer.Rules;

/// <summary>The rules of algebra, of selection and of conditions as data, and what tests of single rules need to know of them.</summary>
internal static class RuleFiles
{
    /// <summary>The sections of the rules of algebra.</summary>
    public static IReadOnlyList<RuleSection> Algebra { get; } = Read("algebra.rules");

    /// <summary>The sections of the rules of selection.</summary>
    public static IReadOnlyList<RuleSection> Selection { get; } = Read("selection.rules");

    /// <summary>The sections of the rules of conditions.</summary>
    public static IReadOnlyList<RuleSection> Conditions { get; } = Read("conditions.rules");

    /// <summary>The rules of algebra, one for each type and operator.</summary>
    public static IReadOnlyList<Rule> AlgebraRules { get; } = [.. Algebra.SelectMany(section => section.Rules)];

    /// <summary>The rules of selection, one for each type and operator.</summary>
    public static IReadOnlyList<Rule> SelectionRules { get; } = [.. Selection.SelectMany(section => section.Rules)];

    /// <summary>The rules of conditions, one for each type and relation.</summary>
    public static IReadOnlyList<Rule> ConditionRules { get; } = [.. Conditions.SelectMany(section => section.Rules)];

    /// <summary>All rules as equations of expressions of WebAssembly: what machine instructions mean stands in their place.</summary>
    public static IReadOnlyList<Rule> Equations { get; } = [.. AlgebraRules.Concat(SelectionRules.Concat(ConditionRules).Select(Meaning)).DistinctBy(rule => rule.ToString())];

    /// <summary>A rule of selection or of conditions as an equation.</summary>
    public static Rule Meaning(Rule rule) => rule.Expand(Selection.Concat(Conditions).SelectMany(section => section.Definitions));

    /// <summary>The texts of rules, by which tests name them.</summary>
    public static TheoryData<string> NamesOf(IEnumerable<Rule> rules) => [.. rules.Select(rule => rule.ToString())];

    /// <summary>The rule with a text.</summary>
    public static Rule ByName(this IEnumerable<Rule> rules, string name) => rules.First(rule => rule.ToString() == name);

    /// <summary>The variables of a pattern with their types; what <c>select</c> chooses from is taken to be i32.</summary>
    public static IReadOnlyDictionary<string, string> VariablesOf(Rule rule)
    {
        var types = new Dictionary<string, string>();
        var open = new Stack<RuleOperation>([rule.Pattern]);
        while (open.TryPop(out var operation))
        {
            for (var i = 0; i < operation.Operands.Count; i++)
            {
                if (operation.Operands[i] is RuleVariable variable)
                {
                    types[variable.Name] = operation.OperandType(i) ?? "i32";
                }

                if (operation.Operands[i] is RuleOperation inner)
                {
                    open.Push(inner);
                }
            }
        }

        return types;
    }

    /// <summary>The variables that must be 0 or 1.</summary>
    public static IReadOnlySet<string> BooleansOf(Rule rule) =>
        rule.Conditions.OfType<RuleOperation>().Where(condition => condition.Name == Rule.Boolean).Select(condition => condition.Operands[0].ToString()!).ToHashSet();

    /// <summary>The conditions that are about constants.</summary>
    public static IEnumerable<RuleExpression> ConstantConditionsOf(Rule rule) => rule.Conditions.Where(condition => condition.IsConstant);

    /// <summary>The opcode of an instruction.</summary>
    public static Opcode OpcodeOf(string name) => OpcodeTable.ByName(name)!.Opcode;

    private static IReadOnlyList<RuleSection> Read(string name) =>
        RuleFile.Parse(File.ReadAllText(Path.Combine(RepositoryFiles.Root, "engine", "Harness.Engine", "Optimizer", "Rules", name)));
}
