namespace Harness.Engine.Rules;

/// <summary>What a matcher is made for: its name, and what becomes of a result.</summary>
public sealed class MatcherKind
{
    private MatcherKind(string className, string summary, string target, bool choosesInstructions)
    {
        ClassName = className;
        Summary = summary;
        Target = target;
        ChoosesInstructions = choosesInstructions;
    }

    /// <summary>Rewrites operations as others of the same kind.</summary>
    public static MatcherKind Algebra { get; } = new("AlgebraicRules", "The matcher of the rules of algebra.", "IRuleTarget", choosesInstructions: false);

    /// <summary>Chooses machine instructions for operations.</summary>
    public static MatcherKind Selection { get; } = new("SelectionRules", "The matcher of the rules of selection.", "ISelectionTarget", choosesInstructions: true);

    /// <summary>Chooses machine instructions that set flags for conditions.</summary>
    public static MatcherKind Conditions { get; } = new("ConditionRules", "The matcher of the rules of conditions.", "IConditionTarget", choosesInstructions: true);

    /// <summary>The name of the class.</summary>
    public string ClassName { get; }

    /// <summary>What is said of the class.</summary>
    public string Summary { get; }

    /// <summary>The interface of what it works on.</summary>
    public string Target { get; }

    /// <summary>Whether results are machine instructions, for each of which the target has a method; one that matches is enough.</summary>
    public bool ChoosesInstructions { get; }

    /// <summary>The kind that a file of rules is for, by its name.</summary>
    /// <exception cref="RuleException">No matcher is made of such a file.</exception>
    public static MatcherKind Of(string path) => path.Substring(path.LastIndexOfAny(['/', '\\']) + 1) switch
    {
        "algebra.rules" => Algebra,
        "selection.rules" => Selection,
        "conditions.rules" => Conditions,
        string name => throw new RuleException($"no matcher is made of {name}"),
    };
}
