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
        int limit = instance.Code.Options.PolymorphismLimit;
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

    private static void BecomePolymorphic(Instance instance, FeedbackSlot* slot, int limit)
    {
        var targets = (FeedbackSlot*)instance.Store.AllocateNative((limit + 1) * FeedbackSlot.Size);
        targets[0] = *slot;
        Volatile.Write(ref slot->Target, (nint)targets + FeedbackSlot.PolymorphicTag);
    }

    private static void AddTarget(FeedbackSlot* slot, FunctionReference* target, int limit)
    {
        FeedbackSlot* targets = Targets(slot->Target);
        int count = 0;
        while (targets[count].Target != 0) count++;
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
