namespace Harness.Experiments.Fuzzing.DartPrograms.Model;

/// <summary>What can be read by a name: a local variable, a parameter, a field of the object itself, a static or global variable.</summary>
/// <param name="Text">How it is read.</param>
/// <param name="Type">Its type there.</param>
/// <param name="IsMutable">Whether it may be assigned.</param>
internal sealed record Variable(string Text, DartType Type, bool IsMutable = false);

/// <summary>The variables that are known at a place, within those around it.</summary>
/// <param name="outer">What is around it; null for nothing.</param>
internal sealed class Scope(Scope? outer)
{
    private readonly List<Variable> _variables = [];

    /// <summary>What is around it.</summary>
    public Scope? Outer { get; } = outer;

    /// <summary>All that are known, the innermost and latest first; one hides those of its name further out.</summary>
    public IEnumerable<Variable> All => Enumerable.Reverse(_variables).Concat(Outer?.All ?? []).DistinctBy(variable => variable.Text);

    /// <summary>Makes a variable known.</summary>
    public void Add(Variable variable) => _variables.Add(variable);

    /// <summary>Those whose values can stand where a type is wanted.</summary>
    public List<Variable> OfType(DartType type) => [.. All.Where(variable => variable.Type.IsSubtypeOf(type))];

    /// <summary>One of those whose values can stand where a type is wanted, more likely a near one; null if there is none.</summary>
    public Variable? Pick(DartType type, RandomSource random)
    {
        var candidates = OfType(type);
        return candidates.Count == 0 ? null : candidates[Math.Min(random.Below(candidates.Count), random.Below(candidates.Count))];
    }

    /// <summary>Those of a type that may be assigned.</summary>
    public List<Variable> MutableOfType(DartType type) => [.. All.Where(variable => variable.IsMutable && variable.Type.Equals(type))];
}
