using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering.Model;

/// <summary>
/// What a variable tells that was given the outcome of tests: types that hold where it is true, and where it is false. It tells so until it or one of those that were tested is assigned.
/// </summary>
/// <param name="WhenTrue">What is promoted where it is true, from wide types to narrow ones.</param>
/// <param name="WhenFalse">What is promoted where it is false.</param>
internal sealed record Condition(IReadOnlyList<(object Key, DartType Type)> WhenTrue, IReadOnlyList<(object Key, DartType Type)> WhenFalse)
{
    /// <summary>What was tested.</summary>
    public IEnumerable<object> Keys => WhenTrue.Concat(WhenFalse).Select(fact => fact.Key);
}
