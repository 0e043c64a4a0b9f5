using Harness.Dart.Ir;
using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering.Dispatch;

/// <summary>
/// A table for each class in an immutable global: its class id and its functions. All have one struct type, whose slots selectors share that have the
/// same signature and no class in common: selector colouring, Dixon and others, OOPSLA 1989.
/// </summary>
internal sealed class ClassTables(ProgramLowering program)
{
    /// <summary>The field that has the class id.</summary>
    public const int ClassIdField = 0;

    // Engines take structs of up to 2000 fields; a table that is mostly empty is no use long before.
    private const int MostSlots = 1000;

    private readonly Dictionary<ClassElement, IrGlobal> _tables = [];
    private readonly List<Slot> _slots = [];
    private readonly Dictionary<Selector, Slot> _slotOf = [];
    private IrGlobal? _ofNone;
    private IrGlobal? _byId;

    /// <summary>The type of all tables.</summary>
    public StructDef Def { get; } = MakeDef();

    /// <summary>The table of what is of no class.</summary>
    public IrGlobal OfNone => _ofNone ??= new IrGlobal("class of none", WType.Ref(Def), false);

    /// <summary>The table of a class.</summary>
    public IrGlobal Of(ClassElement cls)
    {
        if (!_tables.TryGetValue(cls, out var table))
        {
            _tables[cls] = table = new IrGlobal("class " + cls.Name, WType.Ref(Def), false);
        }

        return table;
    }

    /// <summary>The table of the class with an id; null where nothing makes objects of it.</summary>
    public Node ByClassId(Node id)
    {
        _byId ??= new IrGlobal("#classes", WType.Ref(new ArrayDef("classes", WType.Ref(Def, true), false)), false);
        var array = (ArrayDef)_byId.Type.Heap!;
        return Node.Array(IrOp.ArrayGet, array, array.Element, Node.Get(_byId), id);
    }

    /// <summary>Gives a selector a slot, unless there are too many.</summary>
    public void Add(Selector selector)
    {
        var def = selector.Def!;
        var slot = _slots.Find(slot => slot.Def == def && !selector.Targets.Keys.Any(slot.Functions.ContainsKey));
        if (slot is null)
        {
            if (_slots.Count == MostSlots)
            {
                return;
            }

            slot = new Slot(def, Def.Add(WType.Ref(def, true), false, selector.Name));
            _slots.Add(slot);
        }

        foreach (var (cls, function) in selector.Targets)
        {
            slot.Functions[cls] = function;
        }

        _slotOf[selector] = slot;
    }

    /// <summary>The function of a selector in a table; null where the selector has no slot.</summary>
    public Node? Function(Selector selector, Node table) => _slotOf.TryGetValue(selector, out var slot) ? Node.Field(Def, slot.Field, table) : null;

    /// <summary>Puts the tables before all other globals, whose initial values may have objects.</summary>
    public void Finish()
    {
        var globals = new List<IrGlobal>();
        if (_byId is { } byId)
        {
            var array = (ArrayDef)byId.Type.Heap!;
            var rows = Enumerable.Range(0, program.Program.Classes.Max(cls => cls.ClassId) + 1).Select(_ => Node.Null(Def)).ToArray();
            foreach (var cls in program.Reached.InstantiatedClasses)
            {
                rows[cls.ClassId] = Node.Get(Of(cls));
            }

            byId.Init = Node.Array(IrOp.ArrayNewFixed, array, byId.Type, rows);
            globals.Add(byId);
        }

        if (_ofNone is not null)
        {
            _ofNone.Init = Table(-1, _ => null);
            globals.Insert(0, _ofNone);
        }

        foreach (var (cls, table) in _tables.OrderByDescending(table => table.Key.ClassId))
        {
            table.Init = Table(cls.ClassId, slot => slot.Functions.GetValueOrDefault(cls));
            globals.Insert(0, table);
        }

        program.Parts.Globals.InsertRange(0, globals);
    }

    // A class that came up when calls were laid out already has functions without bodies, which nothing calls.
    private Node Table(int classId, Func<Slot, IrFunction?> function) => Node.New(
        Def, [Node.I32(classId), .. _slots.Select(slot => function(slot) is { Body: not null } target ? Node.Func(target, slot.Def) : Node.Null(slot.Def))]);

    private static StructDef MakeDef()
    {
        var def = new StructDef("#ClassTable", null) { IsFinal = true };
        def.Add(WType.I32, false, "class");
        return def;
    }

    /// <summary>A field of the tables.</summary>
    private sealed class Slot(FuncDef def, int field)
    {
        public FuncDef Def { get; } = def;

        public int Field { get; } = field;

        public Dictionary<ClassElement, IrFunction> Functions { get; } = [];
    }
}
