using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.Vectors;

namespace Harness.Engine.Baseline.Model;

/// <summary>The function that is being compiled, what is asked for, and the place in its bytes.</summary>
internal sealed class FunctionBody
{
    private BaselineSettings _settings;

    /// <summary>Stands behind what was read of the current instruction.</summary>
    public BytecodeReader Reader;

    /// <summary>The module.</summary>
    public WasmModule Module { get; private set; } = null!;

    /// <summary>Where things lie in the data of the module's instances.</summary>
    public InstanceLayout Layout { get; private set; } = null!;

    /// <summary>The function.</summary>
    public FunctionInfo Function { get; private set; } = null!;

    /// <summary>What a look ahead has found.</summary>
    public BodyScan Scan { get; } = new();

    /// <summary>Offset in the module's bytes of the current instruction.</summary>
    public int Offset { get; set; }

    /// <summary>The number in <see cref="Scan"/> of the block that is opened next.</summary>
    public int NextBlock { get; set; }

    /// <summary>Number of locals, parameters included.</summary>
    public int LocalCount { get; set; }

    /// <summary>Bytes on the stack that the caller has put there and this function pops; a multiple of 16.</summary>
    public int StackParameterBytes { get; set; }

    /// <inheritdoc cref="BaselineSettings.WantsFeedback"/>
    public bool WantsFeedback => _settings.WantsFeedback;

    /// <inheritdoc cref="BaselineSettings.EntersLoops"/>
    public bool EntersLoops => _settings.EntersLoops;

    /// <inheritdoc cref="BaselineSettings.CountsIterations"/>
    public bool CountsIterations => _settings.CountsIterations;

    /// <inheritdoc cref="BaselineSettings.CountsBudget"/>
    public bool CountsBudget => _settings.CountsBudget;

    /// <inheritdoc cref="BaselineSettings.CountsCalls"/>
    public bool CountsCalls => _settings.CountsCalls;

    /// <inheritdoc cref="BaselineSettings.ChecksEpochs"/>
    public bool ChecksEpochs => _settings.ChecksEpochs;

    /// <summary>Where fuel is used up; null if none is.</summary>
    public FuelPlan? Fuel { get; private set; }

    /// <inheritdoc cref="BaselineSettings.UsesGuardPages"/>
    public bool UsesGuardPages => _settings.UsesGuardPages;

    /// <inheritdoc cref="BaselineSettings.Vectors"/>
    public VectorFeatures Vectors => _settings.Vectors;

    /// <inheritdoc cref="BaselineSettings.IsKept"/>
    public bool IsKept => _settings.IsKept;

    /// <summary>Takes up a defined function.</summary>
    /// <param name="code">The module and its options.</param>
    /// <param name="functionIndex">The function.</param>
    public void Open(ModuleCode code, int functionIndex)
    {
        Module = code.Module;
        Layout = code.Layout;
        Function = Module.Functions[functionIndex];
        _settings = BaselineSettings.Of(code.Options);
        Fuel = _settings.UsesFuel ? FuelPlan.Of(Module, Function) : null;
    }

    /// <summary>Goes to the first byte of the body.</summary>
    public void Rewind()
    {
        NextBlock = 1;
        Fuel?.Rewind();
        Reader = Module.OpenBody(Function);
        Offset = Reader.Offset;
    }

    /// <summary>Lets go of the module.</summary>
    public void Forget()
    {
        Module = null!;
        Layout = null!;
        Function = null!;
        Fuel = null;
    }

    /// <summary>The error for an instruction that is not compiled.</summary>
    public NotSupportedException NotSupported(Opcode opcode) =>
        new($"the instruction {OpcodeTable.Get(opcode).Name} at offset 0x{Offset:x} is not compiled by this engine");
}
