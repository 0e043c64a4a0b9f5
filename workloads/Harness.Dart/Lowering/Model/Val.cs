using Harness.Dart.Ir;
using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering.Model;

/// <summary>A lowered expression with its static type.</summary>
internal readonly record struct Val(Node Node, DartType Type);
