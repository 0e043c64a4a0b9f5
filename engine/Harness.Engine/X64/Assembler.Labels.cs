namespace Harness.Engine.X64;

/// <content>Labels, and references to code elsewhere.</content>
internal sealed unsafe partial class Assembler
{
    private const int Unbound = -1;
    private const int NoFixup = -1;

    private LabelState[] _labels = new LabelState[64];
    private int _labelCount = 1;
    private Fixup[] _fixups = new Fixup[64];
    private int _fixupCount;
    private int _openFixups;
    private Relocation[] _relocations = new Relocation[16];
    private int _relocationCount;

    /// <summary>The references to addresses outside the code, to be resolved where the code is put.</summary>
    public ReadOnlySpan<Relocation> Relocations => _relocations.AsSpan(0, _relocationCount);

    /// <summary>A label that is not bound yet.</summary>
    public Label NewLabel()
    {
        if (_labelCount == _labels.Length)
        {
            Array.Resize(ref _labels, 2 * _labelCount);
        }

        _labels[_labelCount] = new LabelState { Offset = Unbound, FirstFixup = NoFixup };
        return new Label(_labelCount++);
    }

    /// <summary>A label bound to the current position.</summary>
    public Label NewBoundLabel()
    {
        Label label = NewLabel();
        Bind(label);
        return label;
    }

    /// <summary>Makes a label the current position, and resolves the references made to it before.</summary>
    /// <exception cref="InvalidOperationException">It is bound already, or a <see cref="JmpShort"/> to it is too far away.</exception>
    public void Bind(Label label)
    {
        ref LabelState state = ref StateOf(label);
        if (state.Offset != Unbound)
        {
            throw new InvalidOperationException("the label is bound already");
        }

        state.Offset = Position;
        for (int i = state.FirstFixup; i != NoFixup; i = _fixups[i].Next)
        {
            Resolve(_fixups[i], state.Offset);
            _openFixups--;
        }
    }

    /// <summary>Whether a label was bound.</summary>
    public bool IsBound(Label label) => StateOf(label).Offset != Unbound;

    /// <summary>The offset of a bound label.</summary>
    /// <exception cref="InvalidOperationException">It is not bound.</exception>
    public int OffsetOf(Label label)
    {
        int offset = StateOf(label).Offset;
        return offset != Unbound ? offset : throw new InvalidOperationException("the label is not bound");
    }

    /// <summary>Writes four bytes of data: the distance of a label from a label that is bound already.</summary>
    public void EmitLabelOffset(Label label, Label baseLabel)
    {
        byte* p = Reserve();
        WriteDistance32(p, label, OffsetOf(baseLabel));
        _cursor = p + sizeof(int);
    }

    private void ResetLabels()
    {
        _labelCount = 1;
        _fixupCount = 0;
        _openFixups = 0;
    }

    private ref LabelState StateOf(Label label)
    {
        if ((uint)(label.Id - 1) >= (uint)(_labelCount - 1))
        {
            throw new ArgumentException("the label is not of this function", nameof(label));
        }

        return ref _labels[label.Id];
    }

    /// <summary>Writes the distance of a label from the end of the instruction, or leaves it to be resolved.</summary>
    private byte* LabelDistance32(byte* p, Label label, int bytesBehind = 0)
    {
        WriteDistance32(p, label, (int)(p - _start) + sizeof(int) + bytesBehind);
        return p + sizeof(int);
    }

    private void WriteDistance32(byte* p, Label label, int origin)
    {
        ref LabelState state = ref StateOf(label);
        if (state.Offset != Unbound)
        {
            *(int*)p = state.Offset - origin;
            return;
        }

        *(int*)p = 0;
        AddFixup(ref state, new Fixup { Offset = (int)(p - _start), Origin = origin });
    }

    private void AddFixup(ref LabelState state, Fixup fixup)
    {
        if (_fixupCount == _fixups.Length)
        {
            Array.Resize(ref _fixups, 2 * _fixupCount);
        }

        fixup.Next = state.FirstFixup;
        _fixups[_fixupCount] = fixup;
        state.FirstFixup = _fixupCount++;
        _openFixups++;
    }

    private void Resolve(in Fixup fixup, int target)
    {
        int distance = target - fixup.Origin;
        byte* p = _start + fixup.Offset;
        if (!fixup.IsShort)
        {
            *(int*)p = distance;
        }
        else if (distance == (sbyte)distance)
        {
            *p = (byte)distance;
        }
        else
        {
            throw new InvalidOperationException($"a short jump cannot reach over {distance} bytes");
        }
    }

    /// <summary>Leaves room for the distance of an address from the end of the instruction.</summary>
    private byte* AddressDistance32(byte* p, nint target)
    {
        if (_relocationCount == _relocations.Length)
        {
            Array.Resize(ref _relocations, 2 * _relocationCount);
        }

        _relocations[_relocationCount++] = new Relocation((int)(p - _start), target);
        return Immediate32(p, 0);
    }

    private struct LabelState
    {
        public int Offset;
        public int FirstFixup;
    }

    /// <summary>A distance to be written once its label is bound: from <see cref="Origin"/> to the label.</summary>
    private struct Fixup
    {
        public int Offset;
        public int Origin;
        public int Next;
        public bool IsShort;
    }
}

/// <summary>A 32-bit distance to an address outside the code, to be written when the place of the code is known.</summary>
/// <param name="Offset">Where in the code; the distance counts from behind its four bytes.</param>
/// <param name="Target">The address.</param>
internal readonly record struct Relocation(int Offset, nint Target);
