using System.Text.RegularExpressions;

namespace Harness.Engine.Rules;

/// <summary>
/// Reads a file of rules. A line is a rule, <c>pattern => result if condition, condition</c>; a definition of a machine instruction, <c>instruction := meaning</c>; a heading, behind <c>##</c>;
/// a remark, behind <c>#</c>; or empty. A rule or definition stands for several: <c>i.</c> and <c>f.</c> for both widths, <c>[add sub]</c> for each operator (all lists of a rule in step), and
/// <c>&lt;31 63&gt;</c> for the number that belongs to the width.
/// </summary>
public static class RuleFile
{
    private static readonly string[] Integers = ["i32", "i64"];
    private static readonly string[] Floats = ["f32", "f64"];

    private static readonly Regex Definition = new(":=");
    private static readonly Regex Family = new(@"\((i|f)\.");
    private static readonly Regex List = new(@"\[([^\]]*)\]");
    private static readonly Regex ByWidth = new("<(-?[0-9.]+) (-?[0-9.]+)>");
    private static readonly Regex Tokens = new(@"[()]|[^\s()]+");
    private static readonly Regex Variable = new("^[abcxyz]$");
    private static readonly Regex Number = new(@"^-?[0-9]+(\.[0-9]+)?$");
    private static readonly Regex Operator = new(@"^((i32|i64|f32|f64)\.[a-z0-9_]+|select|boolean)$");

    /// <summary>Reads a file.</summary>
    /// <exception cref="RuleException">A rule is no rule; the message begins with the line.</exception>
    public static IReadOnlyList<RuleSection> Parse(string text)
    {
        var sections = new List<RuleSection>();
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            try
            {
                if (line.StartsWith("##", StringComparison.Ordinal))
                {
                    sections.Add(new RuleSection(line.TrimStart('#').Trim()));
                }
                else if (line.StartsWith("#", StringComparison.Ordinal))
                {
                    if (sections.Count > 0)
                    {
                        sections[sections.Count - 1].Remarks.Add(line.TrimStart('#').Trim());
                    }
                }
                else if (line.Length > 0)
                {
                    if (sections.Count == 0)
                    {
                        throw new RuleException("rules belong under a heading (## and a title)");
                    }

                    var section = sections[sections.Count - 1];
                    section.Sources.Add(line);
                    if (Definition.IsMatch(line))
                    {
                        section.Definitions.AddRange(Expand(line).Select(ParseDefinition));
                    }
                    else
                    {
                        section.Rules.AddRange(Expand(line).Select(rule => ParseRule(line, i + 1, rule)));
                    }
                }
            }
            catch (RuleException exception)
            {
                throw new RuleException($"{i + 1}: {exception.Message}: {line}");
            }
        }

        return sections;
    }

    /// <summary>A rule for each type and operator that it is for.</summary>
    private static IEnumerable<string> Expand(string line)
    {
        string[] families = [.. Family.Matches(line).Cast<Match>().Select(match => match.Groups[1].Value).Distinct()];
        if (families.Length > 1)
        {
            throw new RuleException("a rule is for integers (i.) or for floats (f.), not for both");
        }

        int[] lengths = [.. List.Matches(line).Cast<Match>().Select(match => Words(match.Groups[1].Value).Length).Distinct()];
        if (lengths.Length > 1)
        {
            throw new RuleException("all lists of a rule are of one length");
        }

        var types = families.Length == 0 ? [""] : families[0] == "i" ? Integers : Floats;
        for (var width = 0; width < types.Length; width++)
        {
            var typed = families.Length == 0 ? line : Family.Replace(line, $"({types[width]}.");
            typed = ByWidth.Replace(typed, match => match.Groups[width + 1].Value);
            for (var i = 0; i < (lengths.Length == 0 ? 1 : lengths[0]); i++)
            {
                yield return List.Replace(typed, match => Words(match.Groups[1].Value)[i]);
            }
        }
    }

    private static string[] Words(string list) => list.Split([' '], StringSplitOptions.RemoveEmptyEntries);

    private static Rule ParseRule(string source, int line, string text)
    {
        var sides = Regex.Split(text, "=>");
        if (sides.Length != 2)
        {
            throw new RuleException("a rule is a pattern, =>, and a result");
        }

        var parts = Regex.Split(sides[1], @"\bif\b");
        if (parts.Length > 2)
        {
            throw new RuleException("conditions have commas between them");
        }

        if (ParseExpression(sides[0]) is not RuleOperation { IsConstant: false } pattern)
        {
            throw new RuleException("a pattern is an operation on at least one variable that is no constant");
        }

        var result = ParseExpression(parts[0]);
        RuleExpression[] conditions = parts.Length == 1 ? [] : [.. parts[1].Split(',').Select(ParseExpression)];
        var bound = new HashSet<string>(VariablesOf(pattern));
        if (conditions.Append(result).SelectMany(VariablesOf).FirstOrDefault(name => !bound.Contains(name)) is { } unbound)
        {
            throw new RuleException($"{unbound} is not in the pattern");
        }

        foreach (var condition in conditions.Where(condition => !condition.IsConstant))
        {
            if (condition is not RuleOperation { Name: Rule.Boolean, Operands.Count: 1 } test || test.Operands[0] is not RuleVariable)
            {
                throw new RuleException($"{condition} is not known when a function is compiled: conditions are about constants, or 'boolean' of a variable");
            }
        }

        return new Rule(source, line, pattern, result, conditions);
    }

    private static RuleDefinition ParseDefinition(string text)
    {
        var sides = Definition.Split(text);
        if (sides.Length != 2)
        {
            throw new RuleException("a definition is an instruction, :=, and what it means");
        }

        if (ParseExpression(sides[0]) is not RuleOperation instruction || instruction.Operands.Any(operand => operand is not RuleVariable)
            || VariablesOf(instruction).Distinct().Count() < instruction.Operands.Count)
        {
            throw new RuleException("an instruction is defined for variables, each of which stands once");
        }

        var meaning = ParseExpression(sides[1]);
        var bound = new HashSet<string>(VariablesOf(instruction));
        return VariablesOf(meaning).FirstOrDefault(name => !bound.Contains(name)) is { } unbound
            ? throw new RuleException($"{unbound} is no operand of the instruction")
            : new RuleDefinition(instruction, meaning);
    }

    private static IEnumerable<string> VariablesOf(RuleExpression expression) => expression switch
    {
        RuleVariable variable => [variable.Name],
        RuleOperation operation => operation.Operands.SelectMany(VariablesOf),
        _ => [],
    };

    private static RuleExpression ParseExpression(string text)
    {
        // Operations that are open, each with the operands that it has so far.
        var open = new Stack<(string Name, List<RuleExpression> Operands)>();
        RuleExpression? whole = null;
        string[] tokens = [.. Tokens.Matches(text).Cast<Match>().Select(match => match.Value)];
        for (var i = 0; i < tokens.Length; i++)
        {
            if (whole is not null)
            {
                throw new RuleException($"'{tokens[i]}' is too much");
            }

            switch (tokens[i])
            {
                case "(":
                    if (++i == tokens.Length || !Operator.IsMatch(tokens[i]))
                    {
                        throw new RuleException($"'{(i < tokens.Length ? tokens[i] : "")}' is no instruction");
                    }

                    open.Push((tokens[i], []));
                    break;
                case ")":
                    if (open.Count == 0)
                    {
                        throw new RuleException("a parenthesis is closed that is not open");
                    }

                    var (name, operands) = open.Pop();
                    Take(new RuleOperation(name, operands));
                    break;
                default:
                    Take(Variable.IsMatch(tokens[i]) ? new RuleVariable(tokens[i])
                        : Number.IsMatch(tokens[i]) ? new RuleNumber(tokens[i])
                        : throw new RuleException($"'{tokens[i]}' is no number, and no variable: x, y, z are values, a, b, c constants"));
                    break;
            }
        }

        return whole ?? throw new RuleException("a parenthesis is open");

        void Take(RuleExpression expression)
        {
            if (open.Count > 0)
            {
                open.Peek().Operands.Add(expression);
            }
            else
            {
                whole = expression;
            }
        }
    }
}
