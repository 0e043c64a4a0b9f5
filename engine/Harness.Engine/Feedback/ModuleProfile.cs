using System.Collections.Immutable;
using Harness.Engine.Modules;

namespace Harness.Engine.Feedback;

/// <summary>What was learnt of one function: what its call sites have seen, whether it was optimized, and how often its code was left.</summary>
/// <param name="Feedback">The feedback; null if it had no call sites, or never ran in baseline code.</param>
/// <param name="IsHot">Whether it was worth optimizing.</param>
internal sealed record FunctionProfile(FunctionFeedback? Feedback, bool IsHot)
{
    /// <summary>How often it had used up its budget in baseline code.</summary>
    public int UsedUpBudgets { get; init; }

    /// <summary>How often its optimized code was left by a failed guard, stress aside.</summary>
    public int Deopts { get; init; }

    /// <summary>By offset of a call in the module's bytes, how often optimized code was left since another target came there.</summary>
    public ImmutableSortedDictionary<int, int> SiteDeopts { get; init; } = ImmutableSortedDictionary<int, int>.Empty;

    /// <summary>Budgets by which its being worth optimizing is judged: one at least if it was optimized.</summary>
    public int Budgets => Math.Max(UsedUpBudgets, IsHot ? 1 : 0);

    /// <summary>Whether anything is known.</summary>
    public bool IsEmpty => Feedback is null && !IsHot && UsedUpBudgets == 0 && Deopts == 0 && SiteDeopts.IsEmpty;
}

/// <summary>What was learnt of the functions of one module, which its bytes identify.</summary>
/// <param name="ModuleHash">SHA-256 of the module's bytes, in lower-case hexadecimal digits.</param>
/// <param name="Functions">By index, the functions of which anything is known.</param>
internal sealed record ModuleProfile(string ModuleHash, SortedDictionary<int, FunctionProfile> Functions)
{
    /// <summary>The hash of a module's bytes.</summary>
    public static string HashOf(WasmModule module) => Convert.ToHexStringLower(module.Hash);

    /// <summary>How many functions were worth optimizing.</summary>
    public int HotFunctionCount => Functions.Values.Count(function => function.IsHot);

    /// <summary>
    /// The same, as far as it was learnt since something was known already: budgets and deopts, which are counted on from there, are those of the one time that had more of them, so that
    /// what is recorded again and again does not add up. What call sites have seen does.
    /// </summary>
    /// <param name="known">What was known; null if nothing was.</param>
    public ModuleProfile Since(ModuleProfile? known)
    {
        if (known is null)
        {
            return this;
        }

        var functions = new SortedDictionary<int, FunctionProfile>();
        foreach (var (index, function) in Functions)
        {
            functions.Add(index, known.Functions.TryGetValue(index, out var before) ? Since(before, function) : function);
        }

        return this with { Functions = functions };
    }

    /// <summary>
    /// The same for a module of these bytes, of which it was recorded for certain: null if it knows of functions that are not there. Sites of more targets than
    /// <paramref name="polymorphismLimit"/> are megamorphic.
    /// </summary>
    public ModuleProfile? Within(WasmModule module, int polymorphismLimit)
    {
        var hasMore = false;
        foreach (var (index, function) in Functions)
        {
            if (index < module.ImportedFunctionCount || index >= module.Functions.Length)
            {
                return null;
            }

            foreach (var site in function.Feedback?.Sites ?? [])
            {
                if (Array.Exists(site.Targets, target => target.FunctionIndex < 0 || target.FunctionIndex >= module.Functions.Length))
                {
                    return null;
                }

                hasMore |= site.Targets.Length > polymorphismLimit;
            }
        }

        if (!hasMore)
        {
            return this;
        }

        var functions = new SortedDictionary<int, FunctionProfile>();
        foreach (var (index, function) in Functions)
        {
            functions.Add(index, function.Feedback is { } feedback && Array.Exists(feedback.Sites, site => site.Targets.Length > polymorphismLimit)
                ? function with { Feedback = feedback with { Sites = Array.ConvertAll(feedback.Sites, site => Within(site, polymorphismLimit)) } }
                : function);
        }

        return this with { Functions = functions };
    }

    /// <summary>
    /// The same for a module of these bytes, as far as it can be true: sites where there is no call, and targets that cannot be called
    /// there, are left out, so that no compiler sees them whoever has written the file. Sites of more targets than
    /// <paramref name="polymorphismLimit"/> are megamorphic.
    /// </summary>
    public ModuleProfile For(WasmModule module, int polymorphismLimit)
    {
        var functions = new SortedDictionary<int, FunctionProfile>();
        foreach (var (index, function) in Functions)
        {
            if (index < module.ImportedFunctionCount || index >= module.Functions.Length || !module.IsValid(index))
            {
                continue;
            }

            functions.Add(index, For(module, module.Functions[index], function, polymorphismLimit));
        }

        return this with { Functions = functions };
    }

    private static FunctionProfile Since(FunctionProfile known, FunctionProfile function)
    {
        return function with
        {
            IsHot = function.IsHot || known.IsHot,
            UsedUpBudgets = OfOneTime(known.UsedUpBudgets, function.UsedUpBudgets),
            Deopts = OfOneTime(known.Deopts, function.Deopts),
            SiteDeopts = function.SiteDeopts.ToImmutableSortedDictionary(
                site => site.Key, site => OfOneTime(known.SiteDeopts.GetValueOrDefault(site.Key), site.Value)),
        };

        static int OfOneTime(int before, int after) => Math.Max(before, after - before);
    }

    private static CallSiteFeedback Within(CallSiteFeedback site, int polymorphismLimit) =>
        site.Targets.Length > polymorphismLimit ? site with { State = FeedbackState.Megamorphic, Targets = [] } : site;

    private static FunctionProfile For(WasmModule module, FunctionInfo function, FunctionProfile profile, int polymorphismLimit)
    {
        if (profile.Feedback is null && profile.SiteDeopts.IsEmpty)
        {
            return profile;
        }

        var sites = new List<CallSiteFeedback>();
        var siteDeopts = profile.SiteDeopts.Clear();
        var reader = module.OpenBody(function);
        reader.SkipLocals();
        while (!reader.IsAtEnd)
        {
            var offset = reader.Offset;
            var opcode = reader.ReadOpcode();
            var immediates = reader;
            reader.SkipImmediates(opcode);
            var isDirect = opcode is Opcode.Call or Opcode.ReturnCall;
            var isIndirect = opcode is Opcode.CallIndirect or Opcode.ReturnCallIndirect or Opcode.CallRef or Opcode.ReturnCallRef;
            if (isIndirect && profile.SiteDeopts.TryGetValue(offset, out var deopts))
            {
                siteDeopts = siteDeopts.Add(offset, deopts);
            }

            if (profile.Feedback?.At(offset) is not { } site)
            {
                continue;
            }

            if (isDirect && site.Targets.Length == 0 && site.State != FeedbackState.Megamorphic)
            {
                sites.Add(site);
            }

            if (isIndirect)
            {
                sites.Add(For(module, immediates.ReadIndex(), site, polymorphismLimit));
            }
        }

        GC.KeepAlive(module);
        return profile with
        {
            Feedback = profile.Feedback is { } feedback ? feedback with { Sites = [.. sites] } : null,
            SiteDeopts = siteDeopts,
        };
    }

    private static CallSiteFeedback For(WasmModule module, int typeIndex, CallSiteFeedback site, int polymorphismLimit)
    {
        if (site.State is FeedbackState.Megamorphic or FeedbackState.Uninitialized)
        {
            return site;
        }

        var type = module.CanonicalTypeIds[typeIndex];
        var targets = Array.FindAll(
            site.Targets,
            target => target.FunctionIndex >= 0 && target.FunctionIndex < module.Functions.Length
                && TypeRegistry.IsSubtype(module.Functions[target.FunctionIndex].CanonicalTypeId, type));
        return targets.Length switch
        {
            0 => site with { State = FeedbackState.Uninitialized, Count = 0, Targets = [] },
            1 => site with { State = FeedbackState.Monomorphic, Count = targets[0].Count, Targets = targets },
            _ when targets.Length > polymorphismLimit => site with { State = FeedbackState.Megamorphic, Targets = [] },
            _ => site with { State = FeedbackState.Polymorphic, Targets = targets },
        };
    }
}
