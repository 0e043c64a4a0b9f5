using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Model;

/// <summary>
/// What is known of places in the code: which instructions may trap, throw or collect garbage, and of which instruction of the module they
/// are.
/// </summary>
/// <param name="assembler">Where the code is.</param>
/// <param name="body">The function, with the current instruction.</param>
/// <param name="stack">The values, for stack maps.</param>
internal sealed class CodeSites(Assembler assembler, FunctionBody body, ValueStack stack)
{
    private readonly Assembler _asm = assembler;
    private readonly FunctionBody _body = body;
    private readonly ValueStack _stack = stack;
    private CodeSite[] _sites = new CodeSite[256];
    private int _count;

    /// <summary>All sites, in ascending order.</summary>
    public ReadOnlySpan<CodeSite> All => _sites.AsSpan(0, _count);

    /// <summary>The site that was added last.</summary>
    public ref CodeSite Last => ref _sites[_count - 1];

    /// <summary>The stack maps that the sites name.</summary>
    public StackMapTable StackMaps { get; } = new();

    /// <summary>Offsets in the code and of the instructions in the module's bytes; null if they were not asked for.</summary>
    public List<(int CodeOffset, int BytecodeOffset)>? SourceMap { get; private set; }

    /// <summary>Begins with another function.</summary>
    /// <param name="mapsSource">Whether to fill <see cref="SourceMap"/>.</param>
    public void Open(bool mapsSource) => SourceMap = mapsSource ? [] : null;

    /// <summary>Forgets all sites.</summary>
    public void Clear()
    {
        _count = 0;
        StackMaps.Clear();
    }

    /// <summary>The code from here on is that of the current instruction.</summary>
    public void MarkSource() => SourceMap?.Add((_asm.Position, _body.Offset));

    /// <summary>
    /// The stack map of this place: all references on the stack. Those in registers count only where the call preserves them; at calls
    /// of functions everything that outlives the call is in the frame.
    /// </summary>
    public int MapReferences(uint furtherRegisters = RegisterSet.None)
    {
        var references = _stack.References(out var registers, out var changed);
        return StackMaps.Add(references, changed, _stack.Height, registers | furtherRegisters);
    }

    /// <summary>Marks the return address of a call that was just emitted.</summary>
    public void AddCallSite(TrapKind trap = TrapKind.None) => Add(trap);

    /// <summary>Marks the return address of a call that was just emitted, during which garbage may be collected.</summary>
    public void AddSafepoint(int stackMap) => Add(TrapKind.None, stackMap);

    /// <summary>Marks the instruction that is emitted next as one that may fault.</summary>
    public void AddFaultSite(TrapKind trap) => Add(trap);

    private void Add(TrapKind trap, int stackMap = -1)
    {
        if (_count == _sites.Length)
        {
            Array.Resize(ref _sites, 2 * _count);
        }

        _sites[_count++] = new CodeSite(_asm.Position, _body.Offset, -1, trap, stackMap);
    }
}
