using Harness.Dart.Ir;
using Harness.Dart.Semantics;
using Harness.Engine.Modules;

namespace Harness.Dart.Lowering.Dispatch;

/// <summary>
/// A table of functions for each pair of an interface and a class that has its members. A class has an array of its tables, which a call searches for that of the
/// interface, as virtual machines do where nothing remembers the last find: Alpern and others, OOPSLA 2001.
/// </summary>
internal sealed class ItableLowering(ProgramLowering program) : CallLowering
{
    private const int InterfaceField = 0;

    private readonly Dictionary<ClassElement, Interface> _interfaces = [];
    private readonly Dictionary<Selector, (Interface Interface, int Field)> _fields = [];
    private readonly StructDef _table = MakeDef();
    private IrGlobal? _rows;
    private IrFunction? _search;

    public override void LayOut(IReadOnlyList<VirtualCall> calls)
    {
        foreach (var selector in SelectorsOf(calls))
        {
            if (DeclaringClass(selector) is not { } cls)
            {
                continue;
            }

            if (!_interfaces.TryGetValue(cls, out var of))
            {
                _interfaces[cls] = of = new Interface(_interfaces.Count, new StructDef("#Itable " + cls.Name, _table) { IsFinal = true });
            }

            of.Selectors.Add(selector);
            _fields[selector] = (of, of.Def.Add(WType.Ref(selector.Def!, true), false, selector.Name));
        }
    }

    public override bool TryLower(VirtualCall call)
    {
        if (!_fields.TryGetValue(call.Selector, out var place))
        {
            return false;
        }

        var found = Node.Call(Search(), program.Header.ClassIdOf(call.Object), Node.I32(place.Interface.Number));
        call.MakeCallRef(Node.Field(place.Interface.Def, place.Field, Node.Cast(WType.Ref(place.Interface.Def), found)));
        return true;
    }

    public override void Finish()
    {
        if (_rows is null)
        {
            return;
        }

        var rowDef = RowDef;
        var rows = Enumerable.Range(0, program.Program.Classes.Max(cls => cls.ClassId) + 1).Select(_ => Node.Null(rowDef)).ToArray();
        foreach (var cls in program.Reached.InstantiatedClasses)
        {
            var tables = _interfaces.Values.Where(of => of.Selectors.Exists(selector => Target(selector, cls) is not null)).Select(of => Node.Get(Table(of, cls))).ToArray();
            if (tables.Length > 0)
            {
                rows[cls.ClassId] = Node.Array(IrOp.ArrayNewFixed, rowDef, WType.Ref(rowDef), tables);
            }
        }

        _rows.Init = Node.Array(IrOp.ArrayNewFixed, (ArrayDef)_rows.Type.Heap!, _rows.Type, rows);
        program.Parts.Globals.Add(_rows);
    }

    private ArrayDef RowDef => (ArrayDef)((ArrayDef)_rows!.Type.Heap!).Element.Heap!;

    // The class that names the member first, which the others implement or extend.
    private static ClassElement? DeclaringClass(Selector selector) => selector.Method.Members.Select(member => member.Owner).FirstOrDefault(owner => owner is not null);

    private static IrFunction? Target(Selector selector, ClassElement cls) => selector.Targets.GetValueOrDefault(cls) is { Body: not null } target ? target : null;

    private IrGlobal Table(Interface of, ClassElement cls) => program.NewGlobal(
        $"itable {of.Def.Name} of {cls.Name}", WType.Ref(of.Def), false,
        Node.New(of.Def, [Node.I32(of.Number), .. of.Selectors.Select(selector => Target(selector, cls) is { } target ? Node.Func(target, selector.Def!) : Node.Null(selector.Def!))]));

    /// <summary>The function that finds a table by class id and interface; it traps where there is none.</summary>
    private IrFunction Search()
    {
        if (_search is not null)
        {
            return _search;
        }

        var rowDef = new ArrayDef("#Itables", WType.Ref(_table), false);
        _rows = new IrGlobal("#itables", WType.Ref(new ArrayDef("itables", WType.Ref(rowDef, true), false)), false);
        _search = program.NewFunction("#itable");
        var id = _search.AddParam(WType.I32, "class");
        var wanted = _search.AddParam(WType.I32, "interface");
        _search.Result = WType.Ref(_table);
        var row = _search.AddLocal(WType.Ref(rowDef, true), "row");
        var index = _search.AddLocal(WType.I32, "index");
        var table = _search.AddLocal(_search.Result, "table", definite: true);
        var rows = (ArrayDef)_rows.Type.Heap!;
        var loop = new IrLabel();
        _search.Body = Node.Seq(
            Node.Set(row, Node.Array(IrOp.ArrayGet, rows, rows.Element, Node.Get(_rows), Node.Get(id))),
            Node.Loop(loop,
            [
                Node.Set(table, Node.Array(IrOp.ArrayGet, rowDef, rowDef.Element, Node.Get(row), Node.Get(index))),
                Node.If(Node.Numeric(Opcode.I32Eq, WType.I32, Node.Field(_table, InterfaceField, Node.Get(table)), Node.Get(wanted)), Node.Return(Node.Get(table)), null, WType.None),
                Node.Set(index, Node.Numeric(Opcode.I32Add, WType.I32, Node.Get(index), Node.I32(1))),
                Node.Br(loop),
            ]));
        return _search;
    }

    private static StructDef MakeDef()
    {
        var def = new StructDef("#Itable", null);
        def.Add(WType.I32, false, "interface");
        return def;
    }

    /// <summary>The members that a class declares first and are called on objects whose classes share no superclass.</summary>
    private sealed record Interface(int Number, StructDef Def)
    {
        /// <summary>In the order of the fields behind the number.</summary>
        public List<Selector> Selectors { get; } = [];
    }
}
