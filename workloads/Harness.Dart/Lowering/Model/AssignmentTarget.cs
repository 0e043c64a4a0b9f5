using Harness.Dart.Ir;
using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering.Model;

/// <summary>Something that can be assigned: its parts are in variables, so that it can be read and written once each.</summary>
internal sealed class AssignmentTarget
{
    /// <summary>What puts the parts into variables.</summary>
    public List<Node> Before { get; } = [];

    /// <summary>Makes the node that reads it.</summary>
    public required Func<Val> Read { get; init; }

    /// <summary>Makes the node that writes a value, given in the write type's representation.</summary>
    public required Func<Node, Node> Write { get; init; }

    /// <summary>The type of what can be written.</summary>
    public required DartType WriteType { get; init; }

    /// <summary>The local variable that it is.</summary>
    public LocalVariable? Variable { get; init; }

    /// <summary>What promotions of it are kept under; null where it cannot be promoted.</summary>
    public object? Key { get; init; }

    /// <summary>The declared type of a variable.</summary>
    public DartType? Declared { get; init; }
}
