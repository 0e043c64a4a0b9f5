using Harness.Engine.Runtime;

namespace Harness.Engine.Feedback;

/// <summary>
/// The feedback of an instance for one compilation: each function's is read once, when it is first asked for, while the
/// instance may go on running.
/// </summary>
internal sealed unsafe class FeedbackSnapshot(Instance instance) : IFeedbackSource
{
    private readonly Lock _gate = new();
    private readonly ModuleCode _code = instance.Code;
    private readonly Dictionary<int, FunctionFeedback?> _functions = [];
    private Instance? _instance = instance;

    /// <inheritdoc/>
    public FunctionFeedback? FeedbackOf(int functionIndex)
    {
        lock (_gate)
        {
            if (!_functions.TryGetValue(functionIndex, out var feedback))
            {
                feedback = _instance is { } alive
                    ? Read(alive, functionIndex) ?? _code.ProfiledFeedback(functionIndex)
                    : _code.KeptFeedback(functionIndex);
                _functions.Add(functionIndex, feedback);
            }

            return feedback;
        }
    }

    /// <inheritdoc/>
    public long WorkOf(int functionIndex)
    {
        lock (_gate)
        {
            return _instance is { } alive && !alive.Code.Layout.IsImportedFunction(functionIndex) ? alive.WorkOf(functionIndex) : 0;
        }
    }

    /// <inheritdoc/>
    public int DeoptsAt(int bytecodeOffset) => _code.DeoptsAt(bytecodeOffset);

    /// <summary>The instance is about to be freed: what was not read yet comes from what its module keeps of it.</summary>
    public void Detach()
    {
        lock (_gate)
        {
            _instance = null;
        }
    }

    /// <summary>A copy of a function's feedback in an instance; null if it has none.</summary>
    public static FunctionFeedback? Read(Instance instance, int functionIndex)
    {
        if (instance.Code.Layout.IsImportedFunction(functionIndex)
            || instance.Code.BaselineCode(functionIndex) is not { } code)
        {
            return null;
        }

        var vector = (FeedbackSlot*)instance.FeedbackVector(functionIndex);
        if (vector == null)
        {
            return null;
        }

        var sites = new CallSiteFeedback[code.FeedbackCallOffsets.Length];
        for (var i = 0; i < sites.Length; i++)
        {
            sites[i] = Read(instance, code.FeedbackCallOffsets[i], Volatile.Read(ref vector[i].Target), vector[i].Count);
        }

        return new FunctionFeedback(sites, instance.InvocationCount(functionIndex));
    }

    private static CallSiteFeedback Read(Instance instance, int offset, nint target, long count)
    {
        if (target == 0)
        {
            // Sites of direct calls have no target, but they count.
            return new CallSiteFeedback(offset, count == 0 ? FeedbackState.Uninitialized : FeedbackState.Monomorphic, count, []);
        }

        if (target == FeedbackSlot.Megamorphic)
        {
            return new CallSiteFeedback(offset, FeedbackState.Megamorphic, count, []);
        }

        if ((target & FeedbackSlot.PolymorphicTag) == 0)
        {
            return new CallSiteFeedback(offset, FeedbackState.Monomorphic, count, [TargetOf(instance, target, count)]);
        }

        // There are few, of which those that are called most come first.
        var targets = new List<FeedbackTarget>();
        for (var entry = FeedbackRecorder.Targets(target); Volatile.Read(ref entry->Target) != 0; entry++)
        {
            var next = TargetOf(instance, entry->Target, entry->Count);
            var place = targets.Count;
            while (place > 0 && targets[place - 1].Count < next.Count)
            {
                place--;
            }

            targets.Insert(place, next);
        }

        return new CallSiteFeedback(offset, FeedbackState.Polymorphic, count, [.. targets]);
    }

    private static FeedbackTarget TargetOf(Instance instance, nint target, long count)
    {
        var reference = (FunctionReference*)target;
        return new FeedbackTarget(reference->Instance == instance.Header ? reference->FunctionIndex : -1, count);
    }
}
