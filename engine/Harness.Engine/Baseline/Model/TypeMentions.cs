using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Model;

/// <summary>
/// The instructions that mention a type by its canonical id. Ids differ from process to process: of code that is kept beyond the process the places are noted, and an id takes as
/// many bytes there whatever its value is, so that another can take its place.
/// </summary>
/// <param name="assembler">Where the code is.</param>
/// <param name="body">The function.</param>
internal sealed class TypeMentions(Assembler assembler, FunctionBody body)
{
    private readonly Assembler _asm = assembler;
    private readonly FunctionBody _body = body;
    private readonly List<CodeReference> _all = [];

    /// <summary>The places of the ids, in the order in which they were emitted; none unless code is kept.</summary>
    public IReadOnlyList<CodeReference> All => _all;

    /// <summary>Forgets all places.</summary>
    public void Clear() => _all.Clear();

    /// <summary>Compares a place of four bytes with a type.</summary>
    public void Compare(Mem place, int type)
    {
        if (MustBeNoted(type))
        {
            _all.Add(new CodeReference(_asm.AluPatchable(AluOp.Cmp, OpSize.Dword, place, type), CodeReferenceKind.Type, type));
        }
        else
        {
            _asm.Alu(AluOp.Cmp, OpSize.Dword, place, type);
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
        if (MustBeNoted(type)) _all.Add(new CodeReference(_asm.Position - bytesBehind - sizeof(int), CodeReferenceKind.Type, type));
    }

    /// <summary>Types that no module defines have the same id everywhere.</summary>
    private bool MustBeNoted(int type) => _body.IsKept && type >= TypeRegistry.FirstId;
}
