namespace Harness.Engine.Configuration;

/// <summary>When and where functions are compiled by the optimizing compiler.</summary>
public enum TierUpMode
{
    /// <summary>On another thread once a function's budget is used up; baseline code runs on meanwhile.</summary>
    [KnobValue("optimize hot functions on another thread while baseline code runs on", V8Flags = "")]
    Background,

    /// <summary>At once, on the thread that used up the budget. Makes runs repeatable.</summary>
    [KnobValue("optimize hot functions at once, on the thread that runs them", V8Flags = "--wasm-sync-tier-up")]
    Synchronous,

    /// <summary>Before a function's first call, hence without feedback.</summary>
    [KnobValue("optimize every function before its first call, without feedback", V8Flags = "--no-liftoff")]
    Eager,

    /// <summary>Never: baseline code only.</summary>
    [KnobValue("baseline code only", V8Flags = "--liftoff-only")]
    Never,
}
