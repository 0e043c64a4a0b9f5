namespace Harness.Engine.Configuration;

/// <summary>
/// What a call through a table or a reference does where a target comes that is none of those inlined there (a miss). It is one thing for all targets of a call: where the verdicts about
/// them differ, the last of these holds.
/// </summary>
public enum MissHandling
{
    /// <summary>
    /// What the knobs say: a guard where all targets that the call has seen are inlined and neither <c>deopt.min-calls</c> nor <c>deopt.site-limit</c> forbids it, else a generic call.
    /// </summary>
    ByKnobs,

    /// <summary>
    /// A guard, which leaves the code: what comes behind need not reckon with any other target. It does so too for targets that the call has seen and that are not inlined, each time that one comes,
    /// until the function has no deopts left (<c>deopt.limit</c>). With <c>deopt</c> off it is a generic call.
    /// </summary>
    Guard,

    /// <summary>A generic call within the code, which is never left there.</summary>
    GenericCall,
}
