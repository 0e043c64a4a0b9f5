namespace Harness.Engine.Configuration;

/// <summary>
/// A policy of inlining from outside of the engine: a class in an assembly that the knob <c>inlining.custom</c> names, or in a notebook. One is made for each compilation, on
/// several threads; the same candidates should get the same answers, so that results can be had again. It says which candidate comes first (<see cref="Score"/>), and what becomes of it:
/// <see cref="Judge"/>, or where yes and no are enough, <see cref="Admits"/>.
/// </summary>
public abstract class CustomInliningPolicy
{
    /// <summary>How many numbers a policy may read.</summary>
    public const int ParameterCount = 4;

    private readonly double[] _parameters = new double[ParameterCount];

    /// <summary>Which candidate is asked about first: the one with the highest score.</summary>
    /// <param name="candidate">A call with a target; its caller is inlined, or is the compiled function.</param>
    /// <returns>Any number; one that is none counts as the lowest.</returns>
    public abstract double Score(InliningCandidate candidate);

    /// <summary>What becomes of a candidate: whether it is inlined, or why not, and what its call does where another target comes. Its own calls are candidates if it is inlined.</summary>
    /// <param name="candidate">A call with a target.</param>
    /// <returns>The answer; unless a policy says otherwise, what <see cref="Admits"/> says, without a reason, and other targets left to the knobs.</returns>
    public virtual InliningAnswer Judge(InliningCandidate candidate) => Admits(candidate) ? InliningAnswer.Inline : InliningAnswer.Refuse();

    /// <summary>Whether a candidate is inlined, for policies that have no more to say about it. Nobody asks where <see cref="Judge"/> is overridden.</summary>
    /// <param name="candidate">A call with a target.</param>
    /// <returns>Unless a policy says otherwise, true: all that the limits leave.</returns>
    public virtual bool Admits(InliningCandidate candidate) => true;

    /// <summary>
    /// One of the numbers that the knobs <c>inlining.custom.1</c> to <c>inlining.custom.4</c> give the policy, so that sweeps vary and searches find them. In the policy's constructor all are still 0.
    /// </summary>
    /// <param name="number">Which one, from 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such knob.</exception>
    protected double Parameter(int number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, ParameterCount);
        return _parameters[number - 1];
    }

    /// <summary>Gives the policy its numbers.</summary>
    internal void SetParameters(EngineOptions options)
    {
        ReadOnlySpan<double> values = [options.InliningCustom1, options.InliningCustom2, options.InliningCustom3, options.InliningCustom4];
        values.CopyTo(_parameters);
    }
}

/// <summary>What is known of a call that could be inlined, and of what the compiled function has become so far.</summary>
public sealed record InliningCandidate
{
    /// <summary>Name of the function that would be inlined, or <c>func[index]</c>.</summary>
    public required string Target { get; init; }

    /// <summary>Name of the compiled function.</summary>
    public required string Root { get; init; }

    /// <summary>Size of the target's body in wire bytes.</summary>
    public required int WireBytes { get; init; }

    /// <summary>Size of the compiled function's own body in wire bytes.</summary>
    public required int RootWireBytes { get; init; }

    /// <summary>Levels below the compiled function, from 1.</summary>
    public required int Depth { get; init; }

    /// <summary>How often the call went to this target in baseline code.</summary>
    public required long Calls { get; init; }

    /// <summary>How often it goes there for each call of the compiled function.</summary>
    public required double Frequency { get; init; }

    /// <summary>Whether the call goes through a table or a reference, so that the target is a guess.</summary>
    public required bool IsIndirect { get; init; }

    /// <summary>How many targets the call has seen.</summary>
    public required int SiteTargets { get; init; }

    /// <summary>The target's share of the call's executions, 0 to 1.</summary>
    public required double Share { get; init; }

    /// <summary>How often optimized code was left at the call, since a target came that was not inlined there.</summary>
    public int SiteDeopts { get; init; }

    /// <summary>Whether the target has a loop.</summary>
    public required bool HasLoop { get; init; }

    /// <summary>Wire bytes that the target runs in a call, its loops included.</summary>
    public required double WorkPerCall { get; init; }

    /// <summary>Cycles that inlining saves in a call, by the engine's estimate.</summary>
    public required double CyclesSaved { get; init; }

    /// <summary>IR nodes that inlining adds, by the engine's estimate; not above 0 where it shrinks.</summary>
    public required double NodesAdded { get; init; }

    /// <summary>Functions inlined into the compiled one so far.</summary>
    public required int InlinedSoFar { get; init; }

    /// <summary>The sum of their bodies in wire bytes.</summary>
    public required long WireBytesSoFar { get; init; }
}
