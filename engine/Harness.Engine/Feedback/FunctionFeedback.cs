namespace Harness.Engine.Feedback;

/// <summary>A target seen at a call site.</summary>
/// <param name="FunctionIndex">The function in the same instance; -1 for a function of another instance or of the host.</param>
/// <param name="Count">How often it was called there.</param>
internal readonly record struct FeedbackTarget(int FunctionIndex, long Count);

/// <summary>What one call site has seen: a copy that does not change any more.</summary>
/// <param name="BytecodeOffset">Offset in the module's bytes of the call instruction.</param>
/// <param name="State">The site's state. Sites of direct calls are monomorphic once they were executed.</param>
/// <param name="Count">How often it was executed, as far as counted.</param>
/// <param name="Targets">The targets, most frequent first; empty for direct calls and in the states that have none.</param>
internal sealed record CallSiteFeedback(int BytecodeOffset, FeedbackState State, long Count, FeedbackTarget[] Targets);

/// <summary>What the call sites of one function have seen in one instance.</summary>
/// <param name="Sites">Ascending by bytecode offset.</param>
/// <param name="Invocations">How often the function was entered in baseline code.</param>
internal sealed record FunctionFeedback(CallSiteFeedback[] Sites, long Invocations)
{
    /// <summary>How much was seen: entries of the function and executions of its calls.</summary>
    public double Weight => Invocations + Sites.Sum(site => (double)site.Count);

    /// <summary>The feedback of the call at an offset, or null if the site has none.</summary>
    public CallSiteFeedback? At(int bytecodeOffset)
    {
        var low = 0;
        var high = Sites.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var offset = Sites[middle].BytecodeOffset;
            if (offset == bytecodeOffset)
            {
                return Sites[middle];
            }

            if (offset < bytecodeOffset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return null;
    }
}

/// <summary>Gives the optimizer the feedback of the functions of one instance.</summary>
internal interface IFeedbackSource
{
    /// <summary>A copy of a function's feedback now, or null if the function never ran in baseline code.</summary>
    FunctionFeedback? FeedbackOf(int functionIndex);

    /// <summary>
    /// How many wire bytes a function has run in baseline code, its loops included, the functions that it called not; 0 if nothing is known.
    /// </summary>
    long WorkOf(int functionIndex);

    /// <summary>How often optimized code was left since another target came at the call at an offset in the module's bytes.</summary>
    int DeoptsAt(int bytecodeOffset);
}
