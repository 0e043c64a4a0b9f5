namespace Harness.Engine.Rules;

/// <summary>One rule: what matches the pattern, where the conditions hold, has the value of the result.</summary>
/// <param name="source">As the file has it, for all types and operators that it is for.</param>
/// <param name="line">Where in the file, from 1.</param>
/// <param name="pattern">What is looked for.</param>
/// <param name="result">What is put in its place.</param>
/// <param name="conditions">Expressions on constants, and <c>boolean</c> of a variable, which must not be 0.</param>
public sealed class Rule(string source, int line, RuleOperation pattern, RuleExpression result, IReadOnlyList<RuleExpression> conditions)
{
    /// <summary>The condition that a variable is 0 or 1.</summary>
    public const string Boolean = "boolean";

    /// <summary>As the file has it.</summary>
    public string Source { get; } = source;

    /// <summary>The line of the file, from 1.</summary>
    public int Line { get; } = line;

    /// <summary>What is looked for.</summary>
    public RuleOperation Pattern { get; } = pattern;

    /// <summary>What is put in its place.</summary>
    public RuleExpression Result { get; } = result;

    /// <summary>What must hold besides.</summary>
    public IReadOnlyList<RuleExpression> Conditions { get; } = conditions;

    /// <summary>The rule with what machine instructions mean in place of the instructions, so that it says that two expressions of WebAssembly are the same.</summary>
    /// <param name="definitions">What they mean.</param>
    public Rule Expand(IEnumerable<RuleDefinition> definitions) =>
        Result is RuleOperation instruction && definitions.FirstOrDefault(definition => definition.Instruction.Name == instruction.Name) is { } definition
            ? new Rule(Source, Line, Pattern, definition.Of(instruction), Conditions)
            : this;

    /// <inheritdoc/>
    public override string ToString() => $"{Pattern} => {Result}{(Conditions.Count == 0 ? "" : $" if {string.Join(", ", Conditions)}")}";
}

/// <summary>Rules under a heading, which the documentation shows together.</summary>
public sealed class RuleSection(string title)
{
    /// <summary>The heading.</summary>
    public string Title { get; } = title;

    /// <summary>What the file says of them.</summary>
    public List<string> Remarks { get; } = [];

    /// <summary>The definitions, one for each type and operator.</summary>
    public List<RuleDefinition> Definitions { get; } = [];

    /// <summary>The lines of definitions and rules as the file has them, each for all types and operators that it is for, in their order.</summary>
    public List<string> Sources { get; } = [];

    /// <summary>The rules, one for each type and operator.</summary>
    public List<Rule> Rules { get; } = [];
}
