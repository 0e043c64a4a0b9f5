using System.Text;

namespace Harness.Engine.Rules;

/// <summary>The documentation of rules, in Markdown.</summary>
public static class RuleDocument
{
    /// <summary>Writes all sections of a file.</summary>
    public static string Write(IReadOnlyList<RuleSection> sections)
    {
        var text = new StringBuilder();
        text.AppendLine("# Rules of algebra");
        text.AppendLine();
        text.AppendLine("What the optimizing compiler rewrites, made from [algebra.rules](Harness.Engine/Optimizer/Rules/algebra.rules). Where the pattern on the left stands, the result on the right takes its place. `x`, `y` and `z` are any values, `a`, `b` and `c` constants: an");
        text.AppendLine("expression of constants is computed when the function is compiled, and one that would trap, or make a NaN, fits nothing. `i.` is `i32.` and `i64.`, `f.` is `f32.` and `f64.`; `[add sub]` is each of the operators, all lists of a rule in step;");
        text.AppendLine($"`<31 63>` is what belongs to the width. That is {sections.Sum(section => section.Rules.Count)} rules from {sections.Sum(section => section.Sources.Count)} lines, tried in this order.");
        foreach (RuleSection section in sections)
        {
            text.AppendLine();
            text.AppendLine($"## {section.Title}");
            text.AppendLine();
            foreach (string remark in section.Remarks)
                text.AppendLine(remark);
            if (section.Remarks.Count > 0)
                text.AppendLine();
            text.AppendLine("```");
            foreach (string source in section.Sources)
                text.AppendLine(source);
            text.AppendLine("```");
        }

        return text.ToString();
    }
}
