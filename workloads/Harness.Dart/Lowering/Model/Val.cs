using Harness.Dart.Ir;
using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering.Model;

/// <summary>A lowered expression with its static type.</summary>
internal readonly record struct Val(Node Node, DartType Type)
{
    /// <summary>Whether it is the object whose class has the member that is lowered, also within the member's closures: <c>this</c>, written or not, other than that of extensions.</summary>
    public bool IsOwn { get; init; }
}
