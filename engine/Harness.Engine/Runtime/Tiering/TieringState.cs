using Harness.Engine.Configuration;
using Harness.Engine.Feedback;

namespace Harness.Engine.Runtime.Tiering;

/// <summary>
/// What the functions of a module have done so far, which a new instance goes on with where <c>tiering.share</c> is on: the budgets that
/// are left, and the feedback. Instances that live at the same time count on their own from there. Calls of other instances and of the host
/// are not handed on, since their references mean nothing to another instance. An instance that has nothing to go on with begins with the
/// profile of an earlier process, if there is one. The <see cref="ModuleCode"/> guards it.
/// </summary>
internal sealed class TieringState(ModuleCode code, ModuleProfile? profile)
{
    /// <summary>What a file may say at most, so that sums with what is counted here stay in range.</summary>
    private const int MostCounted = int.MaxValue / 2;

    private readonly bool _isShared = code.Options.TieringShare && code.Options.TierUp != TierUpMode.Never;
    private readonly int _firstFunction = code.Module.ImportedFunctionCount;
    private readonly int _functionCount = code.Module.Functions.Length - code.Module.ImportedFunctionCount;

    /// <summary>
    /// What was left of the budgets in the instances that are gone, while <see cref="_hasBudgets"/> says that no instance has taken it over. Of functions that nobody knows, the whole budget.
    /// </summary>
    private int[]? _budgets;
    private bool _hasBudgets;

    /// <summary>By function, the feedback of instances that are gone.</summary>
    private FunctionFeedback?[]? _feedback;

    /// <summary>By function, where instances share nothing, the feedback of the one that is gone and has seen most, for the cache: instances to come do not see it.</summary>
    private FunctionFeedback?[]? _unshared;

    /// <summary>By function, the instance whose feedback is the latest.</summary>
    private Instance?[]? _donors;

    /// <summary>Gives a new instance the budgets that are left.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="latest">The one made last of those that live; null if none does.</param>
    /// <param name="known">The functions that instances may know anything about.</param>
    public void Begin(Instance instance, Instance? latest, List<int> known)
    {
        if (_functionCount == 0)
        {
            return;
        }

        var budgets = instance.TieringBudgets();
        if (!_isShared || (latest is null && !_hasBudgets))
        {
            UseUpProfiled(budgets);
            return;
        }

        var others = latest is null ? default : latest.TieringBudgets();
        foreach (var function in known)
        {
            var i = function - _firstFunction;
            if (latest is not null)
            {
                budgets[i] = others[i];
            }

            if (_hasBudgets)
            {
                budgets[i] = Math.Min(budgets[i], _budgets![i]);
            }
        }

        _hasBudgets = false;
    }

    /// <summary>Fills a function's new feedback vector with what was seen before.</summary>
    public void Seed(Instance instance, int functionIndex)
    {
        var feedback = Latest(functionIndex);
        if (_isShared)
        {
            _donors ??= new Instance?[_functionCount];
            _donors[functionIndex - _firstFunction] = instance;
        }

        if (feedback is null)
        {
            return;
        }

        FeedbackRecorder.Write(instance, functionIndex, feedback);
        instance.InvocationCount(functionIndex) = (uint)Math.Min(feedback.Invocations, uint.MaxValue);
    }

    /// <summary>Keeps what an instance leaves.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="known">The functions that instances may know anything about.</param>
    public void Keep(Instance instance, List<int> known)
    {
        if (!_isShared || _functionCount == 0)
        {
            return;
        }

        var left = instance.TieringBudgets();
        _budgets ??= left.ToArray();
        foreach (var function in known)
        {
            var i = function - _firstFunction;
            _budgets[i] = _hasBudgets ? Math.Min(left[i], _budgets[i]) : left[i];
        }

        _hasBudgets = true;
        if (_donors is null)
        {
            return;
        }

        foreach (var function in known)
        {
            var i = function - _firstFunction;
            if (_donors[i] != instance)
            {
                continue;
            }

            _donors[i] = null;
            _feedback ??= new FunctionFeedback?[_functionCount];
            _feedback[i] = FeedbackSnapshot.Read(instance, _firstFunction + i);
        }
    }

    /// <summary>Keeps what an instance has seen that shares nothing, for later processes alone. Of functions of which another has seen more, that stays.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="known">The functions that instances may know anything about.</param>
    public void KeepUnshared(Instance instance, List<int> known)
    {
        if (code.Options.TieringShare)
        {
            return;
        }

        foreach (var function in known)
        {
            if (FeedbackSnapshot.Read(instance, function) is not { } feedback)
            {
                continue;
            }

            _unshared ??= new FunctionFeedback?[_functionCount];
            _unshared[function - _firstFunction] = Richer(feedback, _unshared[function - _firstFunction]);
        }
    }

    /// <summary>What is known of a function's call sites in the end; null if nothing is.</summary>
    /// <param name="functionIndex">The function.</param>
    /// <param name="last">Of the instances that live, the one whose feedback counts where they share nothing, unless one that is gone has seen more; null if none lives.</param>
    public FunctionFeedback? Learnt(int functionIndex, Instance? last)
    {
        if (code.Options.TieringShare)
        {
            return Latest(functionIndex);
        }

        return Richer(last is null ? null : FeedbackSnapshot.Read(last, functionIndex), _unshared?[functionIndex - _firstFunction]) ?? Kept(functionIndex);
    }

    /// <summary>Functions that were about to be optimized are to be as soon as they run again.</summary>
    public void UseUp(List<int> functions)
    {
        if (!_hasBudgets)
        {
            return;
        }

        foreach (var function in functions)
        {
            _budgets![function - _firstFunction] = 0;
        }
    }

    /// <summary>A function starts over, since its code was discarded.</summary>
    public void Reset(int functionIndex)
    {
        if (_hasBudgets)
        {
            _budgets![functionIndex - _firstFunction] = code.InitialBudget;
        }
    }

    /// <summary>The latest feedback of a function that a new instance goes on with; null if there is none.</summary>
    public FunctionFeedback? Latest(int functionIndex) =>
        _donors?[functionIndex - _firstFunction] is { } donor ? FeedbackSnapshot.Read(donor, functionIndex) : Kept(functionIndex);

    /// <summary>The feedback of a function that instances or the profile have left; null if there is none.</summary>
    public FunctionFeedback? Kept(int functionIndex) => _feedback?[functionIndex - _firstFunction] ?? Profiled(functionIndex);

    /// <summary>The feedback of a function in the profile; null if there is none.</summary>
    public FunctionFeedback? Profiled(int functionIndex) => InProfile(functionIndex)?.Feedback;

    /// <summary>How often the function had used up its budget when the profile was recorded.</summary>
    public int ProfiledBudgets(int functionIndex) => Math.Min(InProfile(functionIndex)?.UsedUpBudgets ?? 0, MostCounted);

    /// <summary>How often its optimized code had been left when the profile was recorded.</summary>
    public int ProfiledDeopts(int functionIndex) => Math.Min(InProfile(functionIndex)?.Deopts ?? 0, MostCounted);

    /// <summary>By offset of a call, the deopts there when the profile was recorded; null where there were none.</summary>
    public Dictionary<int, int>? ProfiledSiteDeopts()
    {
        Dictionary<int, int>? deopts = null;
        if (profile is null)
        {
            return deopts;
        }

        foreach (var (_, function) in profile.Functions)
        {
            if (function.SiteDeopts.IsEmpty)
            {
                continue;
            }

            foreach (var (offset, count) in function.SiteDeopts)
            {
                (deopts ??= [])[offset] = count;
            }
        }

        return deopts;
    }

    /// <summary>Whether a function was so hot when the profile was recorded that it is to be optimized before its first call.</summary>
    public bool IsHotFromTheStart(int functionIndex) =>
        code.Options.FeedbackFirstCall > 0 && code.Options.TierUp != TierUpMode.Never && InProfile(functionIndex)?.Budgets >= code.Options.FeedbackFirstCall;

    private static FunctionFeedback? Richer(FunctionFeedback? later, FunctionFeedback? earlier) =>
        later is null || earlier?.Weight > later.Weight ? earlier : later;

    private FunctionProfile? InProfile(int functionIndex) => profile?.Functions.GetValueOrDefault(functionIndex);

    /// <summary>Functions that were worth optimizing are to be as soon as they have run once.</summary>
    private void UseUpProfiled(Span<int> budgets)
    {
        if (profile is null)
        {
            return;
        }

        foreach (var (index, function) in profile.Functions)
        {
            if (function.IsHot)
            {
                budgets[index - _firstFunction] = 0;
            }
        }
    }
}
