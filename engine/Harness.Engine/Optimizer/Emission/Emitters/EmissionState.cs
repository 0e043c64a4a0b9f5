using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Optimizer.RegisterAllocation;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission.Emitters;

/// <summary>What is known of a function while its code is emitted: its low-level code, its frame, and the place.</summary>
internal sealed class EmissionState(LinearScan scan, SignatureCache signatures)
{
    /// <summary>The low-level code.</summary>
    public LirCode Code { get; set; } = null!;

    /// <summary>The module's code: layout and knobs.</summary>
    public ModuleCode Module { get; set; } = null!;

    /// <summary>The position, as the register allocator counts them, of the instruction that is being emitted.</summary>
    public int Position { get; set; }

    /// <summary>Whether the function has a frame.</summary>
    public bool HasFrame { get; set; }

    /// <summary>Bytes between rbp and rsp in the body of the function; 0 if it has no frame.</summary>
    public int FrameSize { get; set; }

    /// <summary>How the function's own arguments and results are passed.</summary>
    public SignatureLayout Signature =>
        signatures.Get(Module.Module.Functions[Code.Graph.FunctionIndex].CanonicalTypeId);

    /// <summary>Bytes that each value of the loop takes that the code begins at.</summary>
    public int LoopValueSize => FrameLayout.SlotSizeOf(Module.Module.Functions[Code.Graph.FunctionIndex]);

    /// <summary>Offset from rbp of the first value of the loop that the code begins at: the values lie below the spill slots.</summary>
    public int LoopValues => FrameLayout.OptimizedFirstSlot + sizeof(long) - (scan.SlotCount * sizeof(long)) - LoopValueSize;

    /// <summary>The size of a scalar or a reference.</summary>
    public static OpSize SizeOf(IrType type) => type is IrType.I32 or IrType.F32 ? OpSize.Dword : OpSize.Qword;
}
