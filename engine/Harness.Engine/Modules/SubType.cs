namespace Harness.Engine.Modules;

/// <summary>
/// A type definition: a composite type, its declared supertype, and whether it can have subtypes itself.
/// </summary>
/// <param name="Composite">What is defined.</param>
/// <param name="Supertype">The declared supertype, or null.</param>
/// <param name="IsFinal">Whether no subtypes can be declared.</param>
public sealed record SubType(CompositeType Composite, HeapType? Supertype, bool IsFinal);
