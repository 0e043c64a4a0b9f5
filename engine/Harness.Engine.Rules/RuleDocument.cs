using System.Text;

namespace Harness.Engine.Rules;

/// <summary>The documentation of rules, in Markdown.</summary>
public static class RuleDocument
{
    /// <summary>Writes the rules of all files.</summary>
    /// <param name="algebra">The sections of the rules of algebra.</param>
    /// <param name="selection">The sections of the rules of selection.</param>
    /// <param name="conditions">The sections of the rules of conditions.</param>
    public static string Write(IReadOnlyList<RuleSection> algebra, IReadOnlyList<RuleSection> selection, IReadOnlyList<RuleSection> conditions)
    {
        var text = new StringBuilder();
        text.AppendLine("# Rules of algebra");
        text.AppendLine();
        text.AppendLine("What the optimizing compiler rewrites, made from [algebra.rules](Harness.Engine/Optimizer/Rules/algebra.rules). Where the pattern on the left stands, the result on the right takes its place. `x`, `y` and `z` are any values, `a`, `b` and `c` constants: an");
        text.AppendLine("expression of constants is computed when the function is compiled, and one that would trap, or make a NaN, fits nothing. `i.` is `i32.` and `i64.`, `f.` is `f32.` and `f64.`; `[add sub]` is each of the operators, all lists of a rule in step;");
        text.AppendLine($"`<31 63>` is what belongs to the width. That is {Count(algebra)}, tried in this order.");
        WriteSections(text, algebra);
        text.AppendLine();
        text.AppendLine("# Rules of selection");
        text.AppendLine();
        text.AppendLine("Which machine instructions the optimizing compiler chooses for numbers, made from [selection.rules](Harness.Engine/Optimizer/Rules/selection.rules) in the same language. The result is a machine instruction, and `:=` says what it means in instructions of");
        text.AppendLine($"WebAssembly; one that is called like an instruction of WebAssembly means the same. What stands within a pattern is needed there only, and is not computed by itself. That is {Count(selection)}, tried in this order.");
        WriteSections(text, selection);
        text.AppendLine();
        text.AppendLine("# Rules of conditions");
        text.AppendLine();
        text.AppendLine("By which comparison the optimizing compiler asks a condition on numbers, made from [conditions.rules](Harness.Engine/Optimizer/Rules/conditions.rules) in the same language. The result is a machine instruction that sets flags, with the relation that");
        text.AppendLine("they are asked; branches, selections, checks and values ask alike, for the opposite too. `i32.eqz x` is the relation `x = 0`, a value that is a condition its opposite, and a constant integer is the right operand of a relation.");
        text.AppendLine($"That is {Count(conditions)}, tried in this order.");
        WriteSections(text, conditions);
        return text.ToString();
    }

    private static string Count(IReadOnlyList<RuleSection> sections) =>
        $"{sections.Sum(section => section.Rules.Count)} rules from {sections.Sum(section => section.Rules.Select(rule => rule.Line).Distinct().Count())} lines";

    private static void WriteSections(StringBuilder text, IReadOnlyList<RuleSection> sections)
    {
        foreach (var section in sections)
        {
            text.AppendLine();
            text.AppendLine($"## {section.Title}");
            text.AppendLine();
            foreach (var remark in section.Remarks)
            {
                text.AppendLine(remark);
            }

            if (section.Remarks.Count > 0)
            {
                text.AppendLine();
            }

            text.AppendLine("```");
            foreach (var source in section.Sources)
            {
                text.AppendLine(source);
            }

            text.AppendLine("```");
        }
    }
}
