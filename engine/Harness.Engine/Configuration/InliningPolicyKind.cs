namespace Harness.Engine.Configuration;

/// <summary>The policies that decide which call sites are inlined, and in which order.</summary>
public enum InliningPolicyKind
{
    /// <summary>The score, budgets and limits of V8: weighted call count against weighted size.</summary>
    [KnobValue("V8's: highest weighted call count minus weighted size first", V8Flags = "")]
    V8,

    /// <summary>The site with the highest call count first, whatever the size of its target.</summary>
    [KnobValue("highest call count first, size only limits")]
    HotnessFirst,

    /// <summary>The site with the smallest target first, whatever its call count.</summary>
    [KnobValue("smallest target first, among the sites that were called")]
    SmallestFirst,
}
