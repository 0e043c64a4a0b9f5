using System.Globalization;

namespace Harness.Experiments.Tests;

/// <summary>How often tests kill what they run: seldom where every change is tested, as often as the variable <c>HARNESS_KILLS</c> says where somebody wants to know.</summary>
internal static class KillCount
{
    /// <summary>The number of kills.</summary>
    /// <param name="usual">The number without the variable.</param>
    public static int Read(int usual) => int.TryParse(Environment.GetEnvironmentVariable("HARNESS_KILLS"), CultureInfo.InvariantCulture, out var count) ? Math.Max(1, count) : usual;
}
