using Harness.Engine.X64;

namespace Harness.Engine.Runtime;

/// <summary>
/// The code that a module owns, block by block: counted against the limit of its engine, found by the addresses in it, and given back in the end. The
/// module's gate guards it but for <see cref="Charge"/>.
/// </summary>
/// <param name="owner">The code of the module.</param>
internal sealed class CodeLedger(ModuleCode owner)
{
    private readonly WasmEngine _engine = owner.Engine;
    private readonly WeakReference<ModuleCode> _owner = new(owner);

    /// <summary>Discarded code that frames may still be in; it is freed when no instance is left.</summary>
    private readonly List<CompiledCode> _discarded = [];

    /// <summary>Counts new code against the limit of the engine, or gives it back.</summary>
    /// <exception cref="InsufficientMemoryException">The limit is reached.</exception>
    public void Charge(CompiledCode code)
    {
        if (_engine.TryTakeCode(code.Block.Size) || (DroppedCode.Collect() && _engine.TryTakeCode(code.Block.Size)))
        {
            return;
        }

        NativeRuntime.CodeSpace.Free(code.Block);
        throw new InsufficientMemoryException($"the code of an engine takes at most {_engine.Options.CodeLimit} KiB (knob code.limit)");
    }

    /// <summary>Makes code known that was counted.</summary>
    public void Add(CompiledCode code)
    {
        GC.AddMemoryPressure(code.Block.Size);
        NativeRuntime.Registry.Add(new RegisteredCode(_owner, code));
    }

    /// <summary>Keeps code that is out of use as long as frames may be in it.</summary>
    public void Discard(CompiledCode code) => _discarded.Add(code);

    /// <summary>Frees what was discarded.</summary>
    public void FreeDiscarded()
    {
        foreach (var code in _discarded)
        {
            Free(code);
        }

        _discarded.Clear();
    }

    /// <summary>Frees code that was added.</summary>
    public void Free(CompiledCode code)
    {
        _engine.GiveBackCode(code.Block.Size);
        NativeRuntime.Registry.Remove(code);
        NativeRuntime.CodeSpace.Free(code.Block);
        GC.RemoveMemoryPressure(code.Block.Size);
    }
}
