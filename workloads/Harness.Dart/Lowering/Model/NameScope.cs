namespace Harness.Dart.Lowering.Model;

/// <summary>The local variables of a block by name.</summary>
/// <param name="parent">The scope around.</param>
internal sealed class NameScope(NameScope? parent)
{
    /// <summary>The scope around.</summary>
    public NameScope? Parent { get; } = parent;

    /// <summary>The variables by name.</summary>
    public Dictionary<string, LocalVariable> Names { get; } = new(StringComparer.Ordinal);

    /// <summary>The names of variables that heads of a case have with other types, or final in some of them only.</summary>
    public HashSet<string>? Differing { get; set; }

    /// <summary>What the block declares, also further on, with the place of its declaration: until then nothing of that name can be referred to.</summary>
    public Dictionary<string, int>? Declarations { get; init; }
}
