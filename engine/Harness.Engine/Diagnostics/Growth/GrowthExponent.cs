namespace Harness.Engine.Diagnostics.Growth;

/// <summary>How a cost grows with a size: the exponent k of the power N^k that fits best.</summary>
internal static class GrowthExponent
{
    /// <summary>The slope of the line of least squares through the logarithms of sizes and costs.</summary>
    /// <param name="points">At least two points of different sizes, all above 0.</param>
    public static double Fit(IReadOnlyCollection<(double Size, double Cost)> points)
    {
        var meanX = points.Average(point => Math.Log(point.Size));
        var meanY = points.Average(point => Math.Log(point.Cost));
        var covariance = points.Sum(point => (Math.Log(point.Size) - meanX) * (Math.Log(point.Cost) - meanY));
        return covariance / points.Sum(point => Math.Pow(Math.Log(point.Size) - meanX, 2));
    }
}
