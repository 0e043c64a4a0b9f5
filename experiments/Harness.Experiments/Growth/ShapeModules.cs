using Harness.Engine.Diagnostics.Growth;
using Harness.Engine.Modules;

namespace Harness.Experiments.Growth;

/// <summary>The modules of a shape, each assembled once for both tiers: large ones take longer to assemble than to compile.</summary>
/// <param name="shape">The shape.</param>
internal sealed class ShapeModules(GrowingShape shape)
{
    private readonly Dictionary<int, byte[]> _modules = [];
    private readonly Dictionary<int, bool> _areValid = [];

    /// <summary>The shape.</summary>
    public GrowingShape Shape => shape;

    /// <summary>The module for a number.</summary>
    public byte[] Of(int size)
    {
        if (!_modules.TryGetValue(size, out var module))
        {
            _modules.Add(size, module = shape.Assemble(size));
        }

        return module;
    }

    /// <summary>The module for a number; null if it is beyond a limit of the specification.</summary>
    public byte[]? TryGet(int size)
    {
        if (!_areValid.TryGetValue(size, out var isValid))
        {
            _areValid.Add(size, isValid = IsValid(size));
        }

        return isValid ? Of(size) : null;
    }

    private bool IsValid(int size)
    {
        try
        {
            WasmModule.Decode(Of(size));
            return true;
        }
        catch (ModuleException)
        {
            _modules.Remove(size);
            return false;
        }
    }
}
