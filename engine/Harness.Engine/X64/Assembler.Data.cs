using System.Runtime.InteropServices;

namespace Harness.Engine.X64;

/// <content>Data behind the code: constants and jump tables.</content>
internal sealed unsafe partial class Assembler
{
    private const int NotFinished = -1;
    private const byte Padding = 0xCC;

    private readonly Dictionary<Constant, Label> _constantLabels = [];
    private readonly List<Constant> _constants = [];
    private readonly List<JumpTable> _jumpTables = [];
    private readonly List<Label> _jumpTargets = [];
    private int _instructionBytes = NotFinished;

    /// <summary>The size of the instructions, without the data behind them. Known after <see cref="Finish"/>.</summary>
    public int InstructionBytes =>
        _instructionBytes != NotFinished ? _instructionBytes : throw new InvalidOperationException("the code is not finished");

    /// <summary>A four-byte constant behind the code.</summary>
    public Mem Constant32(uint bits) => ConstantOf(new Constant(bits, 0, 4));

    /// <summary>An eight-byte constant behind the code.</summary>
    public Mem Constant64(ulong bits) => ConstantOf(new Constant(bits, 0, 8));

    /// <summary>A sixteen-byte constant behind the code, aligned for <c>xorps</c> and the like.</summary>
    public Mem Constant128(ulong low, ulong high) => ConstantOf(new Constant(low, high, 16));

    /// <summary>
    /// Jumps to the target of number <paramref name="index"/>, which must be below their count, by a table of offsets that is
    /// put behind the code. Both registers are overwritten.
    /// </summary>
    /// <param name="index">The number, zero-extended to 64 bits.</param>
    /// <param name="scratch">Another register.</param>
    /// <param name="targets">The targets.</param>
    public void JmpTable(Gpr index, Gpr scratch, ReadOnlySpan<Label> targets)
    {
        Label table = NewLabel();
        _jumpTables.Add(new JumpTable(table, _jumpTargets.Count, targets.Length));
        CollectionExtensions.AddRange(_jumpTargets, targets);
        LeaLabel(scratch, table);
        MovSx(OpSize.Qword, OpSize.Dword, index, Mem.BaseIndex(scratch, index, 4));
        Alu(AluOp.Add, OpSize.Qword, scratch, index);
        Jmp(scratch);
    }

    /// <summary>
    /// Writes constants and jump tables behind the code. No instruction may follow. Does nothing when called again.
    /// </summary>
    /// <exception cref="InvalidOperationException">A label that the code refers to was never bound.</exception>
    public void Finish()
    {
        if (_instructionBytes != NotFinished)
        {
            return;
        }

        _instructionBytes = Position;
        WriteConstants(16);
        WriteConstants(8);
        WriteConstants(4);
        WriteJumpTables();
        if (_openFixups != 0)
        {
            throw new InvalidOperationException($"{_openFixups} references are to labels that were never bound");
        }
    }

    private void ResetData()
    {
        if (_constants.Count != 0)
        {
            _constants.Clear();
            _constantLabels.Clear();
        }

        _jumpTables.Clear();
        _jumpTargets.Clear();
        _instructionBytes = NotFinished;
    }

    private Mem ConstantOf(Constant constant)
    {
        ref Label label = ref CollectionsMarshal.GetValueRefOrAddDefault(_constantLabels, constant, out bool exists);
        if (!exists)
        {
            label = NewLabel();
            _constants.Add(constant);
        }

        return Mem.At(label);
    }

    private void WriteConstants(int size)
    {
        bool isAligned = false;
        foreach (Constant constant in _constants)
        {
            if (constant.Size != size)
            {
                continue;
            }

            if (!isAligned)
            {
                AlignData(size);
                isAligned = true;
            }

            byte* p = Reserve();
            Bind(_constantLabels[constant]);
            *(ulong*)p = constant.Low;
            *(ulong*)(p + 8) = constant.High;
            _cursor = p + size;
        }
    }

    private void WriteJumpTables()
    {
        if (_jumpTables.Count != 0)
        {
            AlignData(sizeof(int));
        }

        foreach (JumpTable table in _jumpTables)
        {
            Bind(table.Label);
            for (int i = 0; i < table.Count; i++)
            {
                EmitLabelOffset(_jumpTargets[table.First + i], table.Label);
            }
        }
    }

    private void AlignData(int alignment)
    {
        byte* p = Reserve();
        while (((int)(p - _start) & (alignment - 1)) != 0)
        {
            *p++ = Padding;
        }

        _cursor = p;
    }

    private readonly record struct Constant(ulong Low, ulong High, int Size);

    private readonly record struct JumpTable(Label Label, int First, int Count);
}
