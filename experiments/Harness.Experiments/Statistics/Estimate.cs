namespace Harness.Experiments.Statistics;

/// <summary>A value with its confidence interval.</summary>
internal readonly record struct Estimate(double Value, double Low, double High);
