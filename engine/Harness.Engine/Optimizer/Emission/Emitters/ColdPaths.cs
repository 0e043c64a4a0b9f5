using Harness.Engine.Deoptimization;
using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission.Emitters;

/// <summary>What is to come behind the body, and the deopts among it.</summary>
internal sealed class ColdPaths(EmissionState state, Assembler asm)
{
    /// <summary>The paths; to emit one may add another.</summary>
    public GrowList<ColdPath> Paths { get; } = new();

    /// <summary>The deopt points of the code, in ascending order.</summary>
    public List<DeoptPoint> DeoptPoints { get; } = [];

    /// <summary>Begins with a function.</summary>
    public void Clear()
    {
        Paths.Clear();
        DeoptPoints.Clear();
    }

    /// <summary>Adds a path, which belongs to the instruction that is being emitted.</summary>
    public ref ColdPath AddColdPath(ColdPathKind kind, in LirInstruction instruction)
    {
        var index = Paths.Add(new ColdPath { Kind = kind, Entry = asm.NewLabel(), Instruction = state.Position >> 2 });
        return ref Paths[index];
    }

    /// <summary>Adds a trap.</summary>
    public Label AddTrap(in LirInstruction instruction, TrapKind kind)
    {
        ref var path = ref AddColdPath(ColdPathKind.Trap, instruction);
        path.Trap = kind;
        return path.Entry;
    }

    /// <summary>Adds a deopt.</summary>
    public Label AddDeopt(in LirInstruction instruction, DeoptPoint exit)
    {
        ref var path = ref AddColdPath(ColdPathKind.Deoptimize, instruction);
        path.DeoptPoint = DeoptPoints.Count;
        DeoptPoints.Add(exit);
        return path.Entry;
    }
}
