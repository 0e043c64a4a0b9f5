using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering.Model;

/// <summary>What the promotion of a field is kept under: the field, of what can be read again without another value in between. Two of the same field of the same owner are equal.</summary>
/// <param name="Field">The field, which nobody changes.</param>
/// <param name="Owner">A variable, another path, <see cref="Self"/> or <see cref="Super"/>.</param>
internal sealed record FieldPath(Member Field, object Owner)
{
    // Counted once: the owner may be a path of any length.
    private readonly int _hash = HashCode.Combine(Field, Owner);

    /// <summary>The owner of fields of the receiver.</summary>
    public static readonly object Self = "this";

    /// <summary>The owner of the receiver's fields as its superclass has them, which are others than those that override them.</summary>
    public static readonly object Super = "super";

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    private LocalVariable? Variable => Owner as LocalVariable ?? (Owner as FieldPath)?.Variable;

    /// <summary>The variable that a promotion is of, or that a path begins with, whose assignment ends it; null where that is the receiver.</summary>
    public static LocalVariable? VariableOf(object key) => key as LocalVariable ?? (key as FieldPath)?.Variable;
}
