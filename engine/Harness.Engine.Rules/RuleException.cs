namespace Harness.Engine.Rules;

/// <summary>A rule cannot be read.</summary>
public sealed class RuleException(string message) : Exception(message);
