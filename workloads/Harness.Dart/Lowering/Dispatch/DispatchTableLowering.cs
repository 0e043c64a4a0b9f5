using Harness.Dart.Ir;
using Harness.Engine.Modules;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Dispatch;

/// <summary>
/// One table for all selectors: a selector's row has the functions of all classes by class id, rows are packed into each other, and a call adds the row's offset
/// to the class id. Row displacement: Driesen and Hölzle, OOPSLA 1995; dart2wasm does the same.
/// </summary>
internal sealed class DispatchTableLowering(ProgramLowering program) : CallLowering
{
    private readonly List<IrFunction?> _table = [];
    private readonly Dictionary<Selector, int> _offsets = [];

    public override void LayOut(IReadOnlyList<VirtualCall> calls)
    {
        // The longest rows first, each at the first offset where it collides with none.
        var firstFree = 0;
        foreach (var selector in SelectorsOf(calls))
        {
            var row = selector.Targets.Select(target => (Id: target.Key.ClassId, Function: target.Value)).OrderBy(target => target.Id).ToList();
            while (firstFree < _table.Count && _table[firstFree] is not null)
            {
                firstFree++;
            }

            var offset = Math.Max(0, firstFree - row[0].Id);
            while (row.Exists(target => offset + target.Id < _table.Count && _table[offset + target.Id] is not null))
            {
                offset++;
            }

            foreach (var (id, function) in row)
            {
                while (_table.Count <= offset + id)
                {
                    _table.Add(null);
                }

                _table[offset + id] = function;
                function.IsReferenced = true;
            }

            _offsets[selector] = offset;
        }
    }

    public override bool TryLower(VirtualCall call)
    {
        var id = program.Header.ClassIdOf(call.Object);
        var offset = _offsets[call.Selector];
        call.MakeIndirect(offset == 0 ? id : Node.Numeric(Opcode.I32Add, WType.I32, id, Node.I32(offset)));
        return true;
    }

    public override void Finish() => program.Parts.Table = _table;
}
