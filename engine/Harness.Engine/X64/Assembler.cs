using System.Runtime.InteropServices;

namespace Harness.Engine.X64;

/// <summary>
/// Writes x86-64 instructions into a native buffer that grows as needed, with labels, constants, jump tables and references
/// to code elsewhere. One assembler serves many functions, one after the other: <see cref="Reset"/> keeps all buffers, so that
/// emitting allocates nothing once they have their size.
/// </summary>
/// <remarks>
/// A method takes the operation, the operand size, the destination and then the sources; of several encodings the shortest is
/// chosen, the operation itself is never exchanged for another one. Not safe for use by several threads at once.
/// <para>
/// What instructions are written with are its base classes, each with a state that the others do not see: bytes (<see cref="CodeBuffer"/>), labels and references (<see cref="LabelledBuffer"/>),
/// encodings (<see cref="InstructionEncoder"/>). On those stand the instructions, a class without state for each family, a line or two an instruction: <see cref="MoveAssembler"/>,
/// <see cref="IntegerAssembler"/>, <see cref="ControlAssembler"/>, <see cref="ScalarAssembler"/>, <see cref="VectorAssembler"/> and <see cref="AtomicAssembler"/>, in a row, since all of them write
/// at the one cursor. This class has the data behind the code.
/// </para>
/// </remarks>
internal sealed unsafe class Assembler : AtomicAssembler
{
    private const int NotFinished = -1;
    private const byte Padding = 0xCC;

    private readonly Dictionary<Constant, Label> _constantLabels = [];
    private readonly List<Constant> _constants = [];
    private readonly List<JumpTable> _jumpTables = [];
    private readonly List<Label> _jumpTargets = [];
    private int _instructionBytes = NotFinished;

    /// <summary>Makes an assembler with room for <paramref name="capacity"/> bytes to begin with.</summary>
    public Assembler(int capacity = 16 * 1024)
        : base(capacity) => CpuFeatures.RequireSupportedMachine();

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
        var table = NewLabel();
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
        RequireResolved();
    }

    /// <summary>Forgets all code, labels and constants, and keeps the buffers.</summary>
    public void Reset()
    {
        ResetBytes();
        ResetReferences();
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
        ref var label = ref CollectionsMarshal.GetValueRefOrAddDefault(_constantLabels, constant, out var exists);
        if (!exists)
        {
            label = NewLabel();
            _constants.Add(constant);
        }

        return Mem.At(label);
    }

    private void WriteConstants(int size)
    {
        var isAligned = false;
        foreach (var constant in _constants)
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

            var p = Reserve();
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

        foreach (var table in _jumpTables)
        {
            Bind(table.Label);
            for (var i = 0; i < table.Count; i++)
            {
                EmitLabelOffset(_jumpTargets[table.First + i], table.Label);
            }
        }
    }

    private void AlignData(int alignment)
    {
        var p = Reserve();
        while ((PositionOf(p) & (alignment - 1)) != 0)
        {
            *p++ = Padding;
        }

        _cursor = p;
    }

    private readonly record struct Constant(ulong Low, ulong High, int Size);

    private readonly record struct JumpTable(Label Label, int First, int Count);
}
