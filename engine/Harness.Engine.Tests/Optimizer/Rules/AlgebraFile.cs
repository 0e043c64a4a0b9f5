using Harness.Engine.Modules;
using Harness.Engine.Rules;

namespace Harness.Engine.Tests.Optimizer.Rules;

/// <summary>The rules of algebra as data, and what tests of single rules need to know of them.</summary>
internal static class AlgebraFile
{
    /// <summary>The file's path.</summary>
    public static string Path { get; } = System.IO.Path.Combine(RepositoryFiles.Root, "engine", "Harness.Engine", "Optimizer", "Rules", "algebra.rules");

    /// <summary>The sections of the file.</summary>
    public static IReadOnlyList<RuleSection> Sections { get; } = RuleFile.Parse(File.ReadAllText(Path));

    /// <summary>All rules, one for each type and operator.</summary>
    public static IReadOnlyList<Rule> Rules { get; } = [.. Sections.SelectMany(section => section.Rules)];

    /// <summary>Every rule's text, by which tests name it.</summary>
    public static TheoryData<string> Names => [.. Rules.Select(rule => rule.ToString())];

    /// <summary>The rule with a text.</summary>
    public static Rule ByName(string name) => Rules.First(rule => rule.ToString() == name);

    /// <summary>The variables of a pattern with their types; what <c>select</c> chooses from is taken to be i32.</summary>
    public static IReadOnlyDictionary<string, string> VariablesOf(Rule rule)
    {
        var types = new Dictionary<string, string>();
        var open = new Stack<RuleOperation>([rule.Pattern]);
        while (open.TryPop(out RuleOperation? operation))
        {
            for (int i = 0; i < operation.Operands.Count; i++)
            {
                if (operation.Operands[i] is RuleVariable variable) types[variable.Name] = operation.OperandType(i) ?? "i32";
                if (operation.Operands[i] is RuleOperation inner) open.Push(inner);
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
}
