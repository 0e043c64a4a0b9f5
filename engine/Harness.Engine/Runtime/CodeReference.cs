namespace Harness.Engine.Runtime;

/// <summary>What a place in code refers to.</summary>
internal enum CodeReferenceKind : byte
{
    /// <summary>The 32-bit distance of a <see cref="Stub"/> from behind the place.</summary>
    Stub,

    /// <summary>The canonical id of a type.</summary>
    Type,
}

/// <summary>Four bytes of code that are not the same in every process: what they refer to has a name that is.</summary>
/// <param name="Offset">Where they are.</param>
/// <param name="Kind">What they refer to.</param>
/// <param name="Symbol">The number of the <see cref="Stub"/>; the canonical id of the type in this process.</param>
internal readonly record struct CodeReference(int Offset, CodeReferenceKind Kind, int Symbol);
