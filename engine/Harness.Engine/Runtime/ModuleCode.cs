using Harness.Engine.Configuration;
using Harness.Engine.Modules;

namespace Harness.Engine.Runtime;

/// <summary>All code of one module under one set of options, shared by the module's instances.</summary>
internal sealed class ModuleCode(WasmModule module, EngineOptions options)
{
    /// <summary>The module.</summary>
    public WasmModule Module { get; } = module;

    /// <summary>The options that its code is compiled with.</summary>
    public EngineOptions Options { get; } = options;

    /// <summary>Offsets in the data of the module's instances.</summary>
    public InstanceLayout Layout { get; } = new(module);
}
