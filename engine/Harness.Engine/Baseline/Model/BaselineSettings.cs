using Harness.Engine.Configuration;
using Harness.Engine.Runtime;
using Harness.Engine.Vectors;

namespace Harness.Engine.Baseline.Model;

/// <summary>
/// All that baseline code depends on but its module and the processor: what the compiler knows of the knobs. Code of one process is right in another where this is the same (and what
/// <see cref="X64.CpuFeatures"/> says), so that the compiler must not read any other knob.
/// </summary>
internal readonly record struct BaselineSettings
{
    /// <summary>Whether calls are recorded in the feedback vector.</summary>
    public bool WantsFeedback { get; private init; }

    /// <summary>Whether the data of instances has room for requests to enter loops, which moves what lies behind it.</summary>
    public bool HasLoopRequests { get; private init; }

    /// <summary>Whether optimized code may be entered at loops.</summary>
    public bool EntersLoops { get; private init; }

    /// <summary>Whether the iterations before that are counted. How many there are does not matter to the code.</summary>
    public bool CountsIterations { get; private init; }

    /// <summary>Whether the tiering budget is used up by bytes that are executed.</summary>
    public bool CountsBudget { get; private init; }

    /// <summary>Whether the tiering budget is used up by calls.</summary>
    public bool CountsCalls { get; private init; }

    /// <summary>Whether entries and loops look whether the store's deadline has come.</summary>
    public bool ChecksEpochs { get; private init; }

    /// <summary>Whether fuel is used up.</summary>
    public bool UsesFuel { get; private init; }

    /// <summary>Whether accesses beyond the end of a memory fault.</summary>
    public bool UsesGuardPages { get; private init; }

    /// <summary>What code of vectors may use.</summary>
    public VectorFeatures Vectors { get; private init; }

    /// <summary>Whether code is kept beyond the process, so that types in it have room for any id.</summary>
    public bool IsKept { get; private init; }

    /// <summary>The settings that knobs make.</summary>
    public static BaselineSettings Of(EngineOptions options)
    {
        var tiersUp = options.TierUp != TierUpMode.Never;
        var countsCalls = tiersUp && options.StressTierUpAfter > 0;
        return new()
        {
            WantsFeedback = tiersUp && options.Inlining,
            HasLoopRequests = options.Osr,
            EntersLoops = tiersUp && options.Osr,
            CountsIterations = tiersUp && options.Osr && options.OsrThreshold > 0,
            CountsCalls = countsCalls,
            CountsBudget = tiersUp && !countsCalls,
            ChecksEpochs = options.InterruptEpochs,
            UsesFuel = options.InterruptFuel,
            UsesGuardPages = options.MemoryGuardPages,
            Vectors = VectorFeatures.OfBaselineCode(options),
            IsKept = CodeReference.AreNoted(options),
        };
    }
}
