namespace Harness.Engine.Runtime;

/// <summary>
/// How long functions, and loops, have waited for the optimizing compiler, each from when it was first asked for. What came out of the cache of code, or was dropped before its compilation began,
/// is not among them.
/// </summary>
/// <param name="Begun">Compilations that have begun.</param>
/// <param name="Queued">Time, over all of them, from the request until a compile thread took it.</param>
/// <param name="LongestQueued">The longest such time.</param>
/// <param name="Installed">Compilations whose code was installed.</param>
/// <param name="UntilInstalled">Time, over all of these, from the request until the code was there to be called: the wait, and the compilation.</param>
/// <param name="LongestUntilInstalled">The longest such time.</param>
public sealed record CompilationWaits(int Begun, TimeSpan Queued, TimeSpan LongestQueued, int Installed, TimeSpan UntilInstalled, TimeSpan LongestUntilInstalled)
{
    /// <summary>Nothing was compiled.</summary>
    public static CompilationWaits None { get; } = new(0, TimeSpan.Zero, TimeSpan.Zero, 0, TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>These, and one more that has begun.</summary>
    internal CompilationWaits WithBegun(TimeSpan queued) => this with { Begun = Begun + 1, Queued = Queued + queued, LongestQueued = Longer(LongestQueued, queued) };

    /// <summary>These, and one more whose code was installed.</summary>
    internal CompilationWaits WithInstalled(TimeSpan time) => this with { Installed = Installed + 1, UntilInstalled = UntilInstalled + time, LongestUntilInstalled = Longer(LongestUntilInstalled, time) };

    private static TimeSpan Longer(TimeSpan first, TimeSpan second) => first > second ? first : second;
}
