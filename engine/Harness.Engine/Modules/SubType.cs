namespace Harness.Engine.Modules;

/// <summary>
/// A type definition: a composite type, its declared supertype, and whether it can have subtypes itself.
/// </summary>
/// <param name="Composite">What is defined.</param>
/// <param name="Supertype">The declared supertype, or null.</param>
/// <param name="IsFinal">Whether no subtypes can be declared.</param>
/// <param name="Describes">The structure whose objects have objects of this type as their descriptors; null if there is none (custom descriptors proposal).</param>
/// <param name="Descriptor">The structure type of the descriptor that each object of this type has; null if objects have none (custom descriptors proposal).</param>
public sealed record SubType(
    CompositeType Composite, HeapType? Supertype, bool IsFinal, HeapType? Describes = null, HeapType? Descriptor = null);
