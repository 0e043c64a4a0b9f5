using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Model;

/// <summary>The pieces of code that are to come behind the body, in the order in which the body branches to them.</summary>
/// <param name="assembler">Where their labels are.</param>
/// <param name="body">The function, with the current instruction.</param>
internal sealed class ColdPaths(Assembler assembler, FunctionBody body)
{
    private readonly Assembler _asm = assembler;
    private readonly FunctionBody _body = body;
    private ColdPath[] _paths = new ColdPath[256];
    private int _count;

    /// <summary>How many there are: the number of the next one.</summary>
    public int Count => _count;

    /// <summary>A piece by its number.</summary>
    public ref readonly ColdPath this[int index] => ref _paths[index];

    /// <summary>Forgets all of them.</summary>
    public void Clear() => _count = 0;

    /// <summary>Code out of line that traps.</summary>
    public Label AddTrap(TrapKind kind) => Add(new ColdPath { Kind = ColdPathKind.Trap, Trap = kind });

    /// <summary>Code out of line that traps, or not, depending on a register.</summary>
    public Label AddTerminal(ColdPathKind kind, TrapKind trap, Register a, OpSize size) =>
        Add(new ColdPath { Kind = kind, Trap = trap, A = a, Size = size });

    /// <summary>Code out of line that comes back where <see cref="BindResume()"/> is called next, or its label is bound.</summary>
    public Label AddReturning(
        ColdPathKind kind,
        Register a = default,
        Register b = default,
        OpSize size = default,
        int operand = 0,
        int stackMap = -1,
        Mem? place = null) =>
        Add(new ColdPath
        {
            Kind = kind,
            A = a,
            B = b,
            Size = size,
            Place = place,
            Operand = operand,
            StackMap = stackMap,
            Resume = _asm.NewLabel(),
        });

    /// <summary>Here the code out of line that was added last comes back.</summary>
    public void BindResume() => BindResume(_count - 1);

    /// <summary>Here a piece of code out of line comes back.</summary>
    /// <param name="index">Its number.</param>
    public void BindResume(int index) => _asm.Bind(_paths[index].Resume);

    /// <summary>Adds code out of line.</summary>
    /// <param name="path">What it is; where it begins, and of which instruction it is, is filled in.</param>
    /// <returns>Where it begins.</returns>
    public Label Add(in ColdPath path)
    {
        if (_count == _paths.Length)
        {
            Array.Resize(ref _paths, 2 * _count);
        }

        ref var added = ref _paths[_count++];
        added = path;
        added.BytecodeOffset = _body.Offset;
        added.Entry = _asm.NewLabel();
        return added.Entry;
    }
}
