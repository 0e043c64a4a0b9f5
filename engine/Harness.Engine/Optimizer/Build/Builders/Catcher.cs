namespace Harness.Engine.Optimizer.Build.Builders;

/// <summary>A block that catches exceptions.</summary>
/// <param name="Exceptions">What builds exceptions in the function that it is in.</param>
/// <param name="Index">Its index among the open constructs.</param>
internal readonly record struct Catcher(ExceptionBuilder Exceptions, int Index);
