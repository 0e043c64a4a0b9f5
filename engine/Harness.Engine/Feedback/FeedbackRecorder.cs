using Harness.Engine.Runtime;

namespace Harness.Engine.Feedback;

/// <summary>
/// Takes call sites from state to state. The targets of a polymorphic site are an array of <see cref="FeedbackSlot"/>
/// outside of the vector, closed by one without a target; the site's own count goes on to count all its calls.
/// </summary>
internal static unsafe class FeedbackRecorder
{
    /// <summary>Records a call to a target that the site has not seen before.</summary>
    public static void Record(Instance instance, FeedbackSlot* slot, FunctionReference* target)
    {
        var limit = instance.Code.Options.PolymorphismLimit;
        if (slot->Target == 0)
        {
            slot->Target = (nint)target;
        }
        else if ((slot->Target & FeedbackSlot.PolymorphicTag) == 0)
        {
            BecomePolymorphic(instance, slot, limit);
            AddTarget(slot, target, limit);
        }
        else
        {
            AddTarget(slot, target, limit);
        }

        slot->Count++;
    }

    /// <summary>The targets of a polymorphic site.</summary>
    public static FeedbackSlot* Targets(nint targetWord) => (FeedbackSlot*)(targetWord - FeedbackSlot.PolymorphicTag);

    /// <summary>
    /// Fills a new vector with what another instance of the module has seen, or a profile has. Targets of other instances and of the host
    /// are left out: such a site is as if it had not been executed.
    /// </summary>
    public static void Write(Instance instance, int functionIndex, FunctionFeedback feedback)
    {
        var slot = (FeedbackSlot*)instance.FeedbackVector(functionIndex);
        var limit = instance.Code.Options.PolymorphismLimit;
        foreach (var offset in instance.Code.BaselineCode(functionIndex)!.FeedbackCallOffsets)
        {
            if (feedback.At(offset) is { } site)
            {
                Write(instance, slot, site, limit);
            }

            slot++;
        }
    }

    private static void Write(Instance instance, FeedbackSlot* slot, CallSiteFeedback site, int limit)
    {
        var targets = Array.FindAll(site.Targets, target => target.FunctionIndex >= 0);
        if (site.State == FeedbackState.Megamorphic)
        {
            slot->Target = FeedbackSlot.Megamorphic;
        }
        else if (targets.Length == 1)
        {
            slot->Target = (nint)instance.FunctionReference(targets[0].FunctionIndex);
        }
        else if (targets.Length > 1)
        {
            var entries = (FeedbackSlot*)instance.Store.AllocateNative((limit + 1) * FeedbackSlot.Size);
            for (var i = 0; i < targets.Length; i++)
            {
                entries[i].Target = (nint)instance.FunctionReference(targets[i].FunctionIndex);
                entries[i].Count = targets[i].Count;
            }

            slot->Target = (nint)entries + FeedbackSlot.PolymorphicTag;
        }

        slot->Count = targets.Length == site.Targets.Length ? site.Count : targets.Sum(target => target.Count);
    }

    private static void BecomePolymorphic(Instance instance, FeedbackSlot* slot, int limit)
    {
        var targets = (FeedbackSlot*)instance.Store.AllocateNative((limit + 1) * FeedbackSlot.Size);
        targets[0] = *slot;
        Volatile.Write(ref slot->Target, (nint)targets + FeedbackSlot.PolymorphicTag);
    }

    private static void AddTarget(FeedbackSlot* slot, FunctionReference* target, int limit)
    {
        var targets = Targets(slot->Target);
        var count = 0;
        while (targets[count].Target != 0)
        {
            count++;
        }

        if (count == limit)
        {
            slot->Target = FeedbackSlot.Megamorphic;
            return;
        }

        // The compile thread may be reading: the target comes last.
        targets[count].Count = 1;
        Volatile.Write(ref targets[count].Target, (nint)target);
    }
}
