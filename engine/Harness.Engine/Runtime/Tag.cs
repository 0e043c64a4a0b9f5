using Harness.Engine.Modules;

namespace Harness.Engine.Runtime;

/// <summary>The identity of a kind of exceptions.</summary>
public sealed class Tag : Extern
{
    /// <summary>Makes a tag.</summary>
    public Tag(Store store, TagType type)
        : base(store) => Type = type;

    /// <summary>Its type.</summary>
    public TagType Type { get; }

    /// <inheritdoc/>
    public override ExternalKind Kind => ExternalKind.Tag;
}
