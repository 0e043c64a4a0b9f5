using Harness.Dart.Ir;
using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering.Model;

/// <summary>What a closure can be called with.</summary>
internal sealed class ClosureShape
{
    /// <summary>The type of the closure.</summary>
    public required FunctionType Type { get; init; }

    /// <summary>Makes the call of the target with values for all parameters, positional ones first, named ones by name.</summary>
    public required Func<IrFunction, Node, IReadOnlyList<Node>, IReadOnlyList<Node>, Node> Call { get; init; }

    /// <summary>Hands a call of any shape on, given the function, the closure, positional and named arguments; null where the closure's own parameters take them.</summary>
    public Func<IrFunction, Node, Node, Node, Node>? Forward { get; init; }

    /// <summary>The values of parameters that have no argument, boxed.</summary>
    public required Func<int, Node> Default { get; init; }

    /// <summary>The type of a parameter, in the order of values.</summary>
    public required Func<int, DartType> ParamType { get; init; }
}
