using Harness.Dart.Ir;
using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering.Model;

/// <summary>A value that a pattern is matched with.</summary>
/// <param name="Node">The value, cheap to repeat.</param>
/// <param name="Type">Its static type.</param>
/// <param name="Calls">What the match has asked so far.</param>
/// <param name="Way">How the value is found, from the one that the match began with.</param>
internal sealed record MatchedValue(Node Node, DartType Type, MatchCalls Calls, string Way = "")
{
    /// <summary>The same value, known to be of another type.</summary>
    public MatchedValue As(Node node, DartType type) => this with { Node = node, Type = type };

    /// <summary>What is found by a step from here.</summary>
    public MatchedValue Part(string step, Node node, DartType type) => this with { Node = node, Type = type, Way = Way + step };
}
