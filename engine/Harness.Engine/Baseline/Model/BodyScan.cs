using System.Runtime.CompilerServices;
using Harness.Engine.Modules;
using Harness.Engine.Runtime.Tiering;

namespace Harness.Engine.Baseline.Model;

/// <summary>What a look ahead tells about a function's body, or about one block of it with all that is inside.</summary>
internal struct BlockSummary
{
    private const int SharedBit = 63;

    /// <summary>Locals that are read or written, one bit each; the last bit stands for all further ones.</summary>
    public ulong UsedLocals;

    /// <summary>Locals that are written.</summary>
    public ulong ModifiedLocals;

    /// <summary>Whether anything is called, be it a function of the runtime: calls leave no value in a register.</summary>
    public bool HasCall;

    /// <summary>Offset in the module's bytes just after the block's <c>end</c>.</summary>
    public int EndOffset;

    /// <summary>The number of the first block after this one and all that are inside it.</summary>
    public int NextBlock;

    /// <summary>Whether a local may be read or written.</summary>
    public readonly bool Uses(int local) => (UsedLocals & BitOf(local)) != 0;

    /// <summary>Whether a local may be written.</summary>
    public readonly bool Modifies(int local) => (ModifiedLocals & BitOf(local)) != 0;

    /// <summary>Whether any local from one on may be read or written, up to the next that <see cref="StateChunks.Size"/> divides.</summary>
    /// <param name="first">A local that <see cref="StateChunks.Size"/> divides.</param>
    public readonly bool UsesAny(int first) => (UsedLocals & BitsFrom(first)) != 0;

    /// <summary>Whether any local from one on may be written, up to the next that <see cref="StateChunks.Size"/> divides.</summary>
    /// <param name="first">A local that <see cref="StateChunks.Size"/> divides.</param>
    public readonly bool ModifiesAny(int first) => (ModifiedLocals & BitsFrom(first)) != 0;

    /// <summary>The bit of a local.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong BitOf(int local) => 1UL << (local < SharedBit ? local : SharedBit);

    /// <summary>Adds what is in a block inside this one.</summary>
    public void Include(in BlockSummary inner)
    {
        UsedLocals |= inner.UsedLocals;
        ModifiedLocals |= inner.ModifiedLocals;
        HasCall |= inner.HasCall;
    }

    private static ulong BitsFrom(int first) => first == 0 ? ulong.MaxValue : BitOf(first);
}

/// <summary>
/// A quick look over a body before it is compiled: which locals each block reads and writes, and whether it calls. The compiler
/// decides by it which locals stay in registers around a loop and which constants outlive a merge.
/// </summary>
internal sealed class BodyScan
{
    /// <summary>Instructions between two looks whether the code is still wanted; a power of two.</summary>
    private const int InterestInterval = 1 << 16;

    private BlockSummary[] _blocks = new BlockSummary[64];
    private int[] _open = new int[64];
    private int _count;

    /// <summary>The whole body.</summary>
    public ref readonly BlockSummary Body => ref _blocks[0];

    /// <summary>A block by the order of the <c>block</c>, <c>loop</c>, <c>if</c>, <c>try_table</c> and <c>try</c> instructions, from 1.</summary>
    public ref readonly BlockSummary this[int index] => ref _blocks[index];

    /// <summary>Looks over a body.</summary>
    /// <param name="module">The module.</param>
    /// <param name="reader">Stands on the first instruction.</param>
    /// <param name="interest">Asked now and then whether to go on.</param>
    /// <exception cref="OperationCanceledException">The code is not wanted any more.</exception>
    public void Scan(WasmModule module, BytecodeReader reader, CompilationInterest interest)
    {
        _count = 1;
        var depth = 0;
        var current = 0;
        var instructions = 0;
        var summary = default(BlockSummary);
        while (true)
        {
            if ((++instructions & (InterestInterval - 1)) == 0)
            {
                interest.ThrowIfGone();
            }

            var opcode = reader.ReadOpcode();
            switch (opcode)
            {
                case Opcode.LocalGet:
                    summary.UsedLocals |= BlockSummary.BitOf(reader.ReadIndex());
                    break;
                case Opcode.LocalSet:
                case Opcode.LocalTee:
                    var bit = BlockSummary.BitOf(reader.ReadIndex());
                    summary.UsedLocals |= bit;
                    summary.ModifiedLocals |= bit;
                    break;
                case Opcode.Block:
                case Opcode.Loop:
                case Opcode.If:
                case Opcode.TryTable:
                case Opcode.Try:
                    reader.SkipImmediates(opcode);
                    if (depth == _open.Length)
                    {
                        Array.Resize(ref _open, 2 * depth);
                    }

                    if (_count == _blocks.Length)
                    {
                        Array.Resize(ref _blocks, 2 * _count);
                    }

                    _blocks[current] = summary;
                    _open[depth++] = current;
                    current = _count++;
                    summary = default;
                    break;
                case Opcode.Delegate:
                case Opcode.End:
                    if (opcode == Opcode.Delegate)
                    {
                        reader.ReadIndex();
                    }

                    summary.EndOffset = reader.Offset;
                    summary.NextBlock = _count;
                    _blocks[current] = summary;
                    if (depth == 0)
                    {
                        return;
                    }

                    current = _open[--depth];
                    _blocks[current].Include(summary);
                    summary = _blocks[current];
                    break;
                case >= Opcode.I32Eqz and <= Opcode.I64Extend32S:
                    break;
                case Opcode.I32Const:
                    reader.ReadVarI32();
                    break;
                case >= Opcode.I32Load and <= Opcode.I64Store32:
                    reader.ReadMemArg(out _, out _, out _);
                    break;
                case Opcode.Call:
                    var builtin = module.Functions[reader.ReadIndex()].Builtin;
                    summary.HasCall |= builtin is not { } known || !StringBuiltins.NeedsNoCall(known);
                    break;
                default:
                    summary.HasCall |= IsCall(opcode);
                    reader.SkipImmediates(opcode);
                    break;
            }
        }
    }

    private static bool IsCall(Opcode opcode) => opcode switch
    {
        < Opcode.Call => false,
        <= Opcode.ReturnCallRef => true,
        Opcode.MemoryGrow => true,
        Opcode.ArrayNew or Opcode.ArrayNewDefault or Opcode.ArrayNewData or Opcode.ArrayNewElem => true,
        >= Opcode.ArrayFill and <= Opcode.ArrayInitElem => true,
        Opcode.MemoryInit or Opcode.DataDrop or Opcode.MemoryCopy or Opcode.MemoryFill => true,
        >= Opcode.MemoryAtomicNotify and <= Opcode.MemoryAtomicWait64 => true,
        Opcode.TableInit or Opcode.ElemDrop or Opcode.TableCopy or Opcode.TableGrow or Opcode.TableFill => true,
        _ => false,
    };
}
