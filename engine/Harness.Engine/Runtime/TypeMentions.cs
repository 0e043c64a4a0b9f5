using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.X64;

namespace Harness.Engine.Runtime;

/// <summary>
/// The instructions that mention a type by its canonical id, in either tier. Ids differ from process to process: of code that is kept beyond the process the places are noted, and an id
/// takes as many bytes there whatever its value is, so that another can take its place.
/// </summary>
/// <param name="assembler">Where the code is.</param>
internal sealed class TypeMentions(Assembler assembler)
{
    private readonly Assembler _asm = assembler;
    private readonly List<CodeReference> _all = [];
    private bool _isKept;

    /// <summary>The places, in the order in which they were emitted; none unless code is kept.</summary>
    public IReadOnlyList<CodeReference> All => _all;

    /// <summary>Begins with a function.</summary>
    /// <param name="isKept">Whether its code is kept beyond the process (<see cref="CodeReference.AreNoted"/>).</param>
    public void Open(bool isKept)
    {
        _all.Clear();
        _isKept = isKept;
    }

    /// <summary>Compares a place of four bytes with a type.</summary>
    public void Compare(Mem place, int type)
    {
        if (MustBeNoted(type))
        {
            Note(_asm.AluPatchable(AluOp.Cmp, OpSize.Dword, place, type), type);
        }
        else
        {
            _asm.Alu(AluOp.Cmp, OpSize.Dword, place, type);
        }
    }

    /// <summary>Compares a register with a type.</summary>
    public void Compare(Gpr register, int type)
    {
        if (!MustBeNoted(type))
        {
            _asm.Alu(AluOp.Cmp, OpSize.Dword, register, type);
            return;
        }

        var place = _asm.AluPatchable(AluOp.Cmp, OpSize.Dword, register);
        _asm.PatchInt32(place, type);
        Note(place, type);
    }

    /// <summary>Compares a word in the row of a type (<see cref="TypeDisplays"/>) with a type.</summary>
    /// <param name="row">Distance of the row from the first one, in bytes.</param>
    /// <param name="firstRow">Where the first row is: see <see cref="TypeDisplays.TryGetDisplacement"/>.</param>
    /// <param name="word">Offset of the word in the row.</param>
    /// <param name="type">The type.</param>
    public void CompareDisplay(Gpr row, int firstRow, int word, int type)
    {
        if (!_isKept)
        {
            Compare(Mem.Base(row, firstRow + word), type);
            return;
        }

        // The displacement, which takes four bytes since no page lies so low that it would not, comes right before the immediate.
        var place = _asm.AluPatchable(AluOp.Cmp, OpSize.Dword, Mem.Base(row, firstRow + word), type);
        _all.Add(new CodeReference(place - sizeof(int), CodeReferenceKind.TypeDisplays, word));
        if (MustBeNoted(type))
        {
            Note(place, type);
        }
    }

    /// <summary>Loads a type into a register.</summary>
    public void Load(Gpr register, int type)
    {
        _asm.MovImm(register, type);
        NoteLast(type, bytesBehind: 0);
    }

    /// <summary>Loads the header of an object, whose low half is its type.</summary>
    public void LoadHeader(Gpr register, ulong header)
    {
        _asm.MovImm(register, (long)header);
        NoteLast((int)header, bytesBehind: sizeof(int));
    }

    /// <summary>Loads a constant whose high half is a type.</summary>
    public void LoadWithTypeAbove(Gpr register, long constant)
    {
        _asm.MovImm(register, constant);
        NoteLast((int)(constant >> 32), bytesBehind: 0);
    }

    /// <summary>Notes the id at the end of the instruction that was emitted last, where immediates lie. All of them are positive, so that loads of them have one length.</summary>
    private void NoteLast(int type, int bytesBehind)
    {
        if (MustBeNoted(type))
        {
            Note(_asm.Position - bytesBehind - sizeof(int), type);
        }
    }

    private void Note(int place, int type) => _all.Add(new CodeReference(place, CodeReferenceKind.Type, type));

    /// <summary>Types that no module defines have the same id everywhere.</summary>
    private bool MustBeNoted(int type) => _isKept && type >= TypeRegistry.FirstId;
}
