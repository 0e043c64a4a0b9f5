namespace Harness.Engine.Configuration;

/// <summary>The policies that decide which call sites are inlined, and in which order.</summary>
public enum InliningPolicyKind
{
    /// <summary>V8's score: calls for each call of the compiled function and each byte of the target.</summary>
    [KnobValue("V8's: most calls for each call of the function and byte of the target first", V8Flags = "")]
    V8,

    /// <summary>An absolute score, as V8's was before: weighted call count minus weighted size.</summary>
    [KnobValue("highest weighted call count minus weighted size first")]
    Weighted,

    /// <summary>The site with the most calls for each call of the compiled function first, whatever the size of its target.</summary>
    [KnobValue("most calls first, size only limits")]
    HotnessFirst,

    /// <summary>The site with the smallest target first, whatever its call count.</summary>
    [KnobValue("smallest target first, among the sites that were called")]
    SmallestFirst,
}
