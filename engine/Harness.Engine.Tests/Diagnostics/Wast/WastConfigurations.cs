using Harness.Engine.Configuration;
using Harness.Engine.Tests.Optimizer.Inlining;

namespace Harness.Engine.Tests.Diagnostics.Wast;

/// <summary>The configurations in which scripts must give the same results.</summary>
internal static class WastConfigurations
{
    public static IReadOnlyDictionary<string, EngineOptions> All { get; } = new Dictionary<string, EngineOptions>
    {
        ["default"] = EngineOptions.Default,
        ["baseline only"] = EngineOptions.Default with { TierUp = TierUpMode.Never },
        ["baseline, explicit bounds checks"] =
            EngineOptions.Default with { TierUp = TierUpMode.Never, MemoryGuardPages = false },
        ["eager"] = EngineOptions.Default with { TierUp = TierUpMode.Eager },
        ["background, soon"] = EngineOptions.Default with { TieringBudget = 200 },
        ["early tier-up"] = Early,
        ["early tier-up, failing guards"] = Early with { StressGuardFailInterval = 3 },
        ["early tier-up, no deopts"] = Early with { Deopt = false },
        ["early tier-up, no inlining"] = Early with { Inlining = false },
        ["early tier-up, explicit bounds checks"] = Early with { MemoryGuardPages = false },
        ["baseline only, collecting"] = EngineOptions.Default with { TierUp = TierUpMode.Never, StressGcInterval = 1 },
        ["early tier-up, collecting"] = Early with { StressGcInterval = 1 },
        ["early tier-up, collecting on three threads"] = Early with { StressGcInterval = 2, StressGcThreads = 3 },
        ["early tier-up, failing guards, collecting"] = Early with { StressGuardFailInterval = 3, StressGcInterval = 2 },
        ["early tier-up, failing guards, collecting, in three regions"] = Early with { StressGuardFailInterval = 3, StressGcInterval = 2, StressCodeRegions = 3 },
        ["early tier-up, failing guards, collecting, code written down and read back"] =
            Early with { StressGuardFailInterval = 3, StressGcInterval = 2, StressCacheRoundTrip = true },
        ["early tier-up, failing guards, functions validated late"] = Early with { StressGuardFailInterval = 3, CompileLazyValidation = true },
        ["early tier-up, one target"] = Early with { PolymorphismLimit = 1 },
        ["early tier-up, guards and generic calls by turns, failing guards"] = Early with
        {
            InliningPolicy = InliningPolicyKind.Custom, InliningCustom = InliningPolicySource.Of<MissPolicies.GuardsByTurns>(), StressGuardFailInterval = 3, StressGcInterval = 2,
        },
    };

    private static EngineOptions Early =>
        EngineOptions.Default with { TierUp = TierUpMode.Synchronous, StressTierUpAfter = 2 };
}
