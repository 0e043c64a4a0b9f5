using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Optimizer.RegisterAllocation;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission.Emitters;

/// <summary>What is known of places in the code: traps, calls, landing pads, and the source of instructions.</summary>
internal sealed class SiteRecorder(EmissionState state, Assembler asm, Safepoints safepoints)
{
    private readonly GrowList<Label> _landingPads = new();
    private readonly GrowList<CodeSite> _sites = new();
    private readonly GrowList<(int CodeOffset, int BytecodeOffset)> _sourceMap = new();

    /// <summary>Whether the source of instructions is noted.</summary>
    public bool KeepsSourceMap { get; private set; }

    /// <summary>The sites of the code.</summary>
    public ReadOnlySpan<CodeSite> All => _sites.Span;

    /// <summary>Offsets in the code and in the module's bytes.</summary>
    public ReadOnlySpan<(int CodeOffset, int BytecodeOffset)> SourceMap => _sourceMap.Span;

    /// <summary>Begins with a function.</summary>
    public void Clear(bool keepsSourceMap)
    {
        KeepsSourceMap = keepsSourceMap;
        _sites.Clear();
        _sourceMap.Clear();
        _landingPads.Clear();
    }

    /// <summary>Notes where a place in the code comes from, and what a trap there means.</summary>
    public void AddSite(in LirInstruction instruction, int codeOffset, TrapKind trap, int stackMap = -1) =>
        _sites.Add(new CodeSite(codeOffset, instruction.BytecodeOffset, instruction.Inlining, trap, stackMap));

    /// <summary>The call that has just been emitted may collect garbage.</summary>
    public void AddCallSite(in LirInstruction instruction)
    {
        // Behind a tail call nothing of this frame is needed.
        var stackMap = instruction.Op == LirOp.TailCall ? -1 : safepoints.MapOf(state.Position >> 2);
        AddSite(instruction, asm.Position, TrapKind.None, stackMap);
    }

    /// <summary>The next instruction may fault.</summary>
    public void NoteFault(in LirInstruction instruction)
    {
        if (instruction.Fault != TrapKind.None)
        {
            AddSite(instruction, asm.Position, instruction.Fault);
        }
    }

    /// <summary>Notes where the code from here on comes from.</summary>
    public void NoteSource(in LirInstruction instruction)
    {
        if (_sourceMap.Count == 0 || _sourceMap[_sourceMap.Count - 1].BytecodeOffset != instruction.BytecodeOffset)
        {
            _sourceMap.Add((asm.Position, instruction.BytecodeOffset));
        }
    }

    /// <summary>Lets the exceptions of the call that ends the block, whose site is the last one, come to a place.</summary>
    public void CatchFromCall(Label handler)
    {
        ref var site = ref _sites[_sites.Count - 1];
        site = site with { Handler = _landingPads.Count };
        _landingPads.Add(handler);
    }

    /// <summary>Offsets in the code of where exceptions come in.</summary>
    public int[] LandingPadOffsets()
    {
        var offsets = new int[_landingPads.Count];
        for (var i = 0; i < offsets.Length; i++)
        {
            offsets[i] = asm.OffsetOf(_landingPads[i]);
        }

        return offsets;
    }
}
