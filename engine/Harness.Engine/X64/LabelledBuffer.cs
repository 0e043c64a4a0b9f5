namespace Harness.Engine.X64;

/// <summary>Code with labels, and with references to addresses elsewhere, which are resolved where the code is put.</summary>
internal abstract unsafe class LabelledBuffer : CodeBuffer
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

    private protected LabelledBuffer(int capacity)
        : base(capacity)
    {
    }

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
        var label = NewLabel();
        Bind(label);
        return label;
    }

    /// <summary>Makes a label the current position, and resolves the references made to it before.</summary>
    /// <exception cref="InvalidOperationException">It is bound already, or a <see cref="ControlAssembler.JmpShort"/> to it is too far away.</exception>
    public void Bind(Label label)
    {
        ref var state = ref StateOf(label);
        if (state.Offset != Unbound)
        {
            throw new InvalidOperationException("the label is bound already");
        }

        state.Offset = Position;
        for (var i = state.FirstFixup; i != NoFixup; i = _fixups[i].Next)
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
        var offset = StateOf(label).Offset;
        return offset != Unbound ? offset : throw new InvalidOperationException("the label is not bound");
    }

    /// <summary>Writes four bytes of data: the distance of a label from a label that is bound already.</summary>
    public void EmitLabelOffset(Label label, Label baseLabel)
    {
        var p = Reserve();
        WriteDistance32(p, label, OffsetOf(baseLabel));
        _cursor = p + sizeof(int);
    }

    /// <summary>Forgets all labels, and references to them and elsewhere.</summary>
    private protected void ResetReferences()
    {
        _labelCount = 1;
        _fixupCount = 0;
        _openFixups = 0;
        _relocationCount = 0;
    }

    /// <summary>Makes sure that all references to labels are resolved.</summary>
    /// <exception cref="InvalidOperationException">A label that the code refers to was never bound.</exception>
    private protected void RequireResolved()
    {
        if (_openFixups != 0)
        {
            throw new InvalidOperationException($"{_openFixups} references are to labels that were never bound");
        }
    }

    /// <summary>Whether a label is bound, and near enough for a two-byte jump at a place.</summary>
    private protected bool ReachesShort(byte* p, Label label, out int distance)
    {
        var offset = StateOf(label).Offset;
        distance = offset - (PositionOf(p) + 2);
        return offset != Unbound && distance >= sbyte.MinValue;
    }

    /// <summary>Writes the distance of a label from the end of the instruction in one byte, or leaves it to be resolved.</summary>
    private protected byte* LabelDistance8(byte* p, Label label)
    {
        *p = 0;
        var offset = PositionOf(p);
        var fixup = new Fixup { Offset = offset, Origin = offset + 1, IsShort = true };
        ref var state = ref StateOf(label);
        if (state.Offset != Unbound)
        {
            Resolve(fixup, state.Offset);
        }
        else
        {
            AddFixup(ref state, fixup);
        }

        return p + 1;
    }

    /// <summary>Writes the distance of a label from the end of the instruction, or leaves it to be resolved.</summary>
    private protected byte* LabelDistance32(byte* p, Label label, int bytesBehind = 0)
    {
        WriteDistance32(p, label, PositionOf(p) + sizeof(int) + bytesBehind);
        return p + sizeof(int);
    }

    /// <summary>Leaves room for the distance of an address from the end of the instruction.</summary>
    private protected byte* AddressDistance32(byte* p, nint target)
    {
        if (_relocationCount == _relocations.Length)
        {
            Array.Resize(ref _relocations, 2 * _relocationCount);
        }

        _relocations[_relocationCount++] = new Relocation(PositionOf(p), target);
        *(int*)p = 0;
        return p + sizeof(int);
    }

    private ref LabelState StateOf(Label label)
    {
        if ((uint)(label.Id - 1) >= (uint)(_labelCount - 1))
        {
            throw new ArgumentException("the label is not of this function", nameof(label));
        }

        return ref _labels[label.Id];
    }

    private void WriteDistance32(byte* p, Label label, int origin)
    {
        ref var state = ref StateOf(label);
        if (state.Offset != Unbound)
        {
            *(int*)p = state.Offset - origin;
            return;
        }

        *(int*)p = 0;
        AddFixup(ref state, new Fixup { Offset = PositionOf(p), Origin = origin });
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
        var distance = target - fixup.Origin;
        var p = AddressOf(fixup.Offset);
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
