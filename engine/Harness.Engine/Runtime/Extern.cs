using Harness.Engine.Modules;

namespace Harness.Engine.Runtime;

/// <summary>Something that modules import and export: a function, table, memory, global or tag of a store.</summary>
public abstract class Extern
{
    private protected Extern(Store store) => Store = store;

    /// <summary>The store that it lives in.</summary>
    public Store Store { get; }

    /// <summary>What it is.</summary>
    public abstract ExternalKind Kind { get; }
}
