using System.Collections.Immutable;
using Harness.Engine.Feedback;

namespace Harness.Engine.Cache;

/// <summary>
/// What a module has learnt (<see cref="ModuleProfile"/>) in bytes. Unlike the text of a profile it stands beside the code that it belongs to, whose integrity is checked as a whole, so
/// that it is not compared with the module's instructions again.
/// </summary>
internal static class FeedbackRecord
{
    /// <summary>Writes what was learnt.</summary>
    public static void Write(RecordWriter writer, ModuleProfile profile)
    {
        writer.Write((long)profile.Functions.Count);
        var last = 0;
        foreach (var (index, function) in profile.Functions)
        {
            writer.Write((long)index - last);
            last = index;
            writer.Write(function.IsHot ? 1L : 0);
            writer.Write((long)function.UsedUpBudgets);
            writer.Write((long)function.Deopts);
            writer.Write((long)function.SiteDeopts.Count);
            foreach (var (offset, deopts) in function.SiteDeopts)
            {
                writer.Write((long)offset);
                writer.Write((long)deopts);
            }

            writer.Write(function.Feedback is null ? 0L : 1);
            if (function.Feedback is { } feedback)
            {
                Write(writer, feedback);
            }
        }
    }

    /// <summary>Reads what was learnt.</summary>
    /// <param name="reader">Where it is.</param>
    /// <param name="moduleHash">The module's hash, as a profile has it.</param>
    /// <exception cref="InvalidDataException">There is nothing that was written.</exception>
    public static ModuleProfile Read(ref RecordReader reader, string moduleHash)
    {
        var functions = new SortedDictionary<int, FunctionProfile>();
        var index = 0;
        for (var left = reader.ReadCount(); left > 0; left--)
        {
            index += reader.ReadInt();
            var isHot = reader.ReadIndex(2) == 1;
            var budgets = reader.ReadInt();
            var deopts = reader.ReadInt();
            var siteDeopts = ReadDeopts(ref reader);
            var feedback = reader.ReadIndex(2) == 1 ? ReadFeedback(ref reader) : null;
            var function = new FunctionProfile(feedback, isHot) { UsedUpBudgets = budgets, Deopts = deopts, SiteDeopts = siteDeopts };
            if (!functions.TryAdd(index, function))
            {
                throw RecordReader.Malformed();
            }
        }

        return new ModuleProfile(moduleHash, functions);
    }

    private static void Write(RecordWriter writer, FunctionFeedback feedback)
    {
        writer.Write(feedback.Invocations);
        writer.Write((long)feedback.Sites.Length);
        var last = 0;
        foreach (var site in feedback.Sites)
        {
            // A target of another instance means nothing later.
            var targets = Array.FindAll(site.Targets, target => target.FunctionIndex >= 0);
            var isKnown = targets.Length > 0 || site.Targets.Length == 0;
            writer.Write((long)site.BytecodeOffset - last);
            last = site.BytecodeOffset;
            writer.Write(isKnown ? (long)StateOf(site, targets) : (long)FeedbackState.Uninitialized);
            writer.Write(!isKnown ? 0 : targets.Length == site.Targets.Length ? site.Count : targets.Sum(target => target.Count));
            writer.Write((long)targets.Length);
            foreach (var target in targets)
            {
                writer.Write((long)target.FunctionIndex);
                writer.Write(target.Count);
            }
        }
    }

    private static FeedbackState StateOf(CallSiteFeedback site, FeedbackTarget[] targets) =>
        site.State == FeedbackState.Polymorphic && targets.Length == 1 ? FeedbackState.Monomorphic : site.State;

    private static FunctionFeedback ReadFeedback(ref RecordReader reader)
    {
        var invocations = reader.ReadLong();
        var sites = new CallSiteFeedback[reader.ReadCount()];
        var offset = 0;
        for (var i = 0; i < sites.Length; i++)
        {
            offset += reader.ReadInt();
            var state = (FeedbackState)reader.ReadIndex((int)FeedbackState.Megamorphic + 1);
            var count = reader.ReadLong();
            var targetCount = reader.ReadCount();
            var targets = targetCount == 0 ? [] : new FeedbackTarget[targetCount];
            for (var target = 0; target < targets.Length; target++)
            {
                targets[target] = new FeedbackTarget(reader.ReadInt(), reader.ReadLong());
            }

            sites[i] = new CallSiteFeedback(offset, state, count, targets);
        }

        return new FunctionFeedback(sites, invocations);
    }

    private static ImmutableSortedDictionary<int, int> ReadDeopts(ref RecordReader reader)
    {
        var count = reader.ReadCount();
        if (count == 0)
        {
            return ImmutableSortedDictionary<int, int>.Empty;
        }

        var deopts = ImmutableSortedDictionary.CreateBuilder<int, int>();
        for (; count > 0; count--)
        {
            deopts[reader.ReadInt()] = reader.ReadInt();
        }

        return deopts.ToImmutable();
    }
}
