using System.Numerics;
using Harness.Engine.Deoptimization;
using Harness.Engine.X64;

namespace Harness.Engine.Runtime;

/// <summary>Which compiler made a piece of code.</summary>
public enum CodeTier : byte
{
    /// <summary>The single-pass compiler.</summary>
    Baseline,

    /// <summary>The optimizing compiler.</summary>
    Optimized,
}

/// <summary>
/// A place in compiled code that can be on the stack or can trap: the return address of a call, an instruction that may
/// fault, or the return address of a call to the trap stub. No two sites that trap are at one address: a call to the trap stub
/// is not followed directly by an instruction that may fault.
/// </summary>
/// <param name="CodeOffset">
/// Offset from the start of the code: of the return address for calls and cold trap calls, of the instruction itself for
/// memory accesses that may fault.
/// </param>
/// <param name="BytecodeOffset">Offset in the module's bytes of the WebAssembly instruction.</param>
/// <param name="Inlining">Index in <see cref="CompiledCode.InliningPositions"/>; -1 for the function itself.</param>
/// <param name="Trap">What a trap here means; <see cref="TrapKind.None"/> for a mere call.</param>
/// <param name="StackMap">
/// Index in <see cref="CompiledCode.StackMaps"/>: where references lie while the call runs; -1 if nowhere, or if a collection cannot
/// happen there.
/// </param>
/// <param name="Handler">
/// Where an exception that the call throws comes to: index in <see cref="CompiledCode.LandingPads"/>; -1 if the function does not catch
/// it.
/// </param>
internal readonly record struct CodeSite(
    int CodeOffset, int BytecodeOffset, short Inlining, TrapKind Trap, int StackMap = -1, int Handler = -1);

/// <summary>Where the live references of a frame lie during a call (a safepoint): the collector updates them there.</summary>
internal sealed class StackMap
{
    /// <summary>Slots of a run.</summary>
    public const int SlotsPerRun = 1024;

    /// <summary>Runs of a group.</summary>
    public const int RunsPerGroup = 8;

    private readonly ulong[][][] _groups = [];
    private readonly int _firstSlot;
    private readonly int _slotSize;
    private int[]? _rbpOffsets;

    /// <summary>Makes a map.</summary>
    public StackMap(int[] rbpOffsets, uint registers)
    {
        _rbpOffsets = rbpOffsets;
        Registers = registers;
    }

    /// <summary>Makes a map of slots in a row.</summary>
    /// <param name="groups">
    /// A bit for each slot of the frame, in runs of <see cref="SlotsPerRun"/> slots and groups of <see cref="RunsPerGroup"/> runs, which other maps may share. What is
    /// empty at the end of a run, a group or the whole is left out.
    /// </param>
    /// <param name="firstSlot">Offset of the first one from rbp; the others lie below.</param>
    /// <param name="slotSize">Bytes of a slot.</param>
    /// <param name="registers">See <see cref="Registers"/>.</param>
    public StackMap(ulong[][][] groups, int firstSlot, int slotSize, uint registers)
    {
        _groups = groups;
        _firstSlot = firstSlot;
        _slotSize = slotSize;
        Registers = registers;
    }

    /// <summary>
    /// Offsets of 8-byte slots from rbp; stack parameters have positive ones. They are listed when they are asked for: most maps are never
    /// used.
    /// </summary>
    public int[] RbpOffsets => _rbpOffsets ??= ListSlots();

    /// <summary>
    /// General-purpose registers, as bits by number; only at calls of <see cref="Stub.CollectGarbage"/>, which preserve registers.
    /// </summary>
    public uint Registers { get; }

    /// <summary>The slots of a map of slots in a row, in groups of runs, which other maps may share.</summary>
    public ReadOnlySpan<ulong[][]> Groups => _groups;

    private int[] ListSlots()
    {
        var offsets = new List<int>();
        for (var group = 0; group < _groups.Length; group++)
        {
            for (var run = 0; run < _groups[group].Length; run++)
            {
                ListSlots(_groups[group][run], ((group * RunsPerGroup) + run) * SlotsPerRun, offsets);
            }
        }

        return [.. offsets];
    }

    private void ListSlots(ulong[] run, int first, List<int> offsets)
    {
        for (var i = 0; i < run.Length; i++)
        {
            for (var left = run[i]; left != 0; left &= left - 1)
            {
                var slot = first + (i * 64) + BitOperations.TrailingZeroCount(left);
                offsets.Add(_firstSlot - (slot * _slotSize));
            }
        }
    }
}

/// <summary>One inlined call: the callee, and where it was called from.</summary>
/// <param name="FunctionIndex">The inlined function.</param>
/// <param name="CallOffset">Offset in the module's bytes of the call instruction.</param>
/// <param name="Parent">The inlining position of the caller; -1 for the compiled function itself.</param>
internal readonly record struct InliningPosition(int FunctionIndex, int CallOffset, short Parent);

/// <summary>The machine code of one function in one tier, with all that the runtime needs to know about it.</summary>
internal sealed class CompiledCode
{
    /// <summary>The function's index in its module.</summary>
    public required int FunctionIndex { get; init; }

    /// <summary>The compiler that made it.</summary>
    public required CodeTier Tier { get; init; }

    /// <summary>Where the code lies; its first byte is the entry.</summary>
    public required CodeBlock Block { get; init; }

    /// <summary>Size of the instructions: constants and jump tables lie behind them.</summary>
    public int InstructionBytes { get; init; }

    /// <summary>Sites in ascending order of <see cref="CodeSite.CodeOffset"/>.</summary>
    public required CodeSite[] Sites { get; init; }

    /// <summary>The inlined calls; empty in baseline code.</summary>
    public InliningPosition[] InliningPositions { get; init; } = [];

    /// <summary>
    /// Offsets in the module's bytes of the call instructions that have a feedback slot, ascending: slot i belongs to
    /// element i. Baseline code only.
    /// </summary>
    public int[] FeedbackCallOffsets { get; init; } = [];

    /// <summary>The stack maps that <see cref="CodeSite.StackMap"/> names; equal ones are there once.</summary>
    public StackMap[] StackMaps { get; init; } = [];

    /// <summary>Bytes between rbp and rsp in the body of the function.</summary>
    public int FrameSize { get; init; }

    /// <summary>
    /// Offset in the module's bytes of the loop that the code begins at, with a frame that is made already; -1 for code that is called.
    /// </summary>
    public int LoopOffset { get; init; } = -1;

    /// <summary>
    /// Of code that begins at a loop, offset from rbp of the loop's first value (parameters and locals, then the operand stack); the
    /// others lie below.
    /// </summary>
    public int LoopValues { get; init; }

    /// <summary>Bytes that each value of such a loop takes.</summary>
    public int LoopValueSize { get; init; } = sizeof(long);

    /// <summary>
    /// Offsets in the code where handlers begin, entered with the exception in rax, rsp as in the body, and everything else in the
    /// frame.
    /// </summary>
    public int[] LandingPads { get; init; } = [];

    /// <summary>The places in the code that are not the same in every process; null unless the code is to be kept (<see cref="CodeReference.AreNoted"/>), or if one of them has no name.</summary>
    public CodeReference[]? References { get; init; }

    /// <summary>The bytes that the cache keeps of it, by which it is told from other code of the function; empty if it is not kept. Optimized code only.</summary>
    public ReadOnlyMemory<byte> Record { get; set; }

    /// <summary>Deopt points in ascending order of code offset. Optimized code only.</summary>
    public DeoptData? DeoptData { get; init; }

    /// <summary>
    /// Offsets in the code and in the module's bytes, ascending in the code, for listings; null unless listings were asked
    /// for.
    /// </summary>
    public (int CodeOffset, int BytecodeOffset)[]? SourceMap { get; init; }

    /// <summary>The <see cref="CodeSite.Handler"/> of the call that returns to an address; -1 if it has none.</summary>
    public int HandlerAt(nint returnAddress)
    {
        var site = FindSite(returnAddress, isTrap: false);
        return site < 0 ? -1 : Sites[site].Handler;
    }

    /// <summary>Finds the site at an address.</summary>
    /// <param name="address">A return address, or the address of an instruction that faulted.</param>
    /// <param name="isTrap">
    /// Whether to find a site that traps or one that calls: a call can return to an instruction that may fault.
    /// </param>
    /// <returns>The site's index, or -1.</returns>
    public int FindSite(nint address, bool isTrap)
    {
        var offset = (int)(address - Block.Address);
        var low = 0;
        var high = Sites.Length - 1;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (Sites[middle].CodeOffset < offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        for (; low < Sites.Length && Sites[low].CodeOffset == offset; low++)
        {
            if (Sites[low].Trap != TrapKind.None == isTrap)
            {
                return low;
            }
        }

        return -1;
    }
}
