namespace Harness.Engine.Configuration;

/// <summary>What a <see cref="CustomInliningPolicy"/> says about a candidate: whether it is inlined, what its call does where another target comes, and why it is not inlined. Immutable.</summary>
public sealed record InliningAnswer
{
    private InliningAnswer(bool isInlined, MissHandling miss, string? reason)
    {
        IsInlined = isInlined;
        Miss = miss;
        Reason = reason;
    }

    /// <summary>The candidate is inlined; what becomes of other targets is left to the knobs.</summary>
    public static InliningAnswer Inline { get; } = InlineWith(MissHandling.ByKnobs);

    /// <summary>Whether the candidate is inlined.</summary>
    public bool IsInlined { get; }

    /// <summary>What the call does where a target comes that is not inlined.</summary>
    public MissHandling Miss { get; }

    /// <summary>Why the candidate is not inlined; null where nothing was said of it.</summary>
    public string? Reason { get; }

    /// <summary>The candidate is inlined.</summary>
    /// <param name="miss">What its call does where another target comes. A call has one handling for all of its targets; of no account where the target is certain.</param>
    public static InliningAnswer InlineWith(MissHandling miss) => new(true, miss, null);

    /// <summary>The candidate is not inlined.</summary>
    /// <param name="reason">Why, in few words, for who asks later (<c>explain</c>, <c>diff-decisions</c>, <c>trace.inlining</c>).</param>
    public static InliningAnswer Refuse(string? reason = null) => new(false, MissHandling.ByKnobs, reason);
}
