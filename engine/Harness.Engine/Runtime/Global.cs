using Harness.Engine.Modules;

namespace Harness.Engine.Runtime;

/// <summary>A global variable.</summary>
public sealed unsafe class Global : Extern
{
    /// <summary>Makes a global variable outside of any instance, for modules to import.</summary>
    /// <exception cref="ArgumentException">The initial value is not of the type.</exception>
    public Global(Store store, GlobalType type, WasmValue value)
        : base(store)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(type);
        Type = type;
        TypeGroup = TypeRegistry.GroupOf(type.Type);
        Address = (ulong*)store.AllocateNative(type.Type.WordCount * sizeof(ulong));
        store.ToWords(value, type.Type, ref *Address);
        store.Roots.Add(this);
    }

    internal Global(Store store, GlobalType type, ulong* address)
        : base(store)
    {
        Type = type;
        TypeGroup = TypeRegistry.GroupOf(type.Type);
        Address = address;
        store.Roots.Add(this);
    }

    /// <summary>Its type.</summary>
    public GlobalType Type { get; }

    /// <summary>What the type of the value stays by.</summary>
    internal TypeGroup? TypeGroup { get; }

    /// <inheritdoc/>
    public override ExternalKind Kind => ExternalKind.Global;

    /// <summary>Its value.</summary>
    /// <exception cref="InvalidOperationException">Set: the variable is immutable.</exception>
    /// <exception cref="ArgumentException">Set: the value is not of the variable's type.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed of.</exception>
    public WasmValue Value
    {
        get
        {
            Store.ThrowIfDisposed();
            return Store.FromWords(in *Address, Type.Type);
        }

        set
        {
            if (!Type.IsMutable)
            {
                throw new InvalidOperationException("the global is immutable");
            }

            Store.CatchUpOnCollection();
            Store.ToWords(value, Type.Type, ref *Address);
        }
    }

    internal ulong* Address { get; }
}
