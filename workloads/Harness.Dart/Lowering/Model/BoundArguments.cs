using Harness.Dart.Ir;
using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering.Model;

/// <summary>Arguments that were lowered and fitted to a signature.</summary>
internal sealed class BoundArguments
{
    /// <summary>The signature, with its type arguments.</summary>
    public required FunctionType Signature { get; init; }

    /// <summary>The type arguments, given or inferred.</summary>
    public DartType[] TypeArgs { get; init; } = [];

    /// <summary>Values by position, in the type of the signature; null where there is no argument.</summary>
    public List<Val?> Positional { get; } = [];

    /// <summary>Values by name, in the type of the signature.</summary>
    public Dictionary<string, Val> Named { get; } = new(StringComparer.Ordinal);

    /// <summary>What must run before, where the order of evaluation is not that of the parameters.</summary>
    public List<Node> Before { get; } = [];
}
