namespace Harness.Engine.Optimizer.Inlining.Trials;

/// <summary>By what a trial is found again: the function, and what is known of its arguments.</summary>
/// <param name="function">The function.</param>
/// <param name="arguments">Where the arguments come from; what tells the function nothing is unknown.</param>
internal sealed class TrialKey(int function, ValueOrigin[] arguments) : IEquatable<TrialKey>
{
    /// <summary>The function.</summary>
    public int Function { get; } = function;

    /// <summary>Where the arguments come from.</summary>
    public ValueOrigin[] Arguments { get; } = arguments;

    /// <summary>Whether nothing is known of any argument.</summary>
    public bool IsPlain => Array.TrueForAll(Arguments, static argument => argument.Kind == ValueOriginKind.Unknown);

    /// <inheritdoc/>
    public bool Equals(TrialKey? other) => other is not null && Function == other.Function && Arguments.AsSpan().SequenceEqual(other.Arguments);

    /// <inheritdoc/>
    public override bool Equals(object? other) => Equals(other as TrialKey);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(Function);
        foreach (var argument in Arguments)
        {
            hash.Add(argument);
        }

        return hash.ToHashCode();
    }
}
