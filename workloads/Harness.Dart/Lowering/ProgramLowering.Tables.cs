using Harness.Dart.Ir;
using Harness.Dart.Semantics;
using Harness.Engine.Modules;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering;

/// <summary>What is decided when everything reached is known: the dispatch table, class tests, tables of types.</summary>
internal sealed partial class ProgramLowering
{
    private const int MaximumRanges = 8;

    private IrGlobal? _supertypes, _classNames;

    /// <summary>An array by class id: null, or an array of the class's supertypes in terms of its parameters.</summary>
    public IrGlobal SupertypeTable => _supertypes ??= NewGlobal("#supertypes", WType.Ref(ObjectArray), false, null);

    /// <summary>An array of names by class id.</summary>
    public IrGlobal ClassNameTable => _classNames ??= NewGlobal("#names", WType.Ref(ObjectArray), false, null);

    private void FinishTables()
    {
        PackTable();
        foreach (var call in _virtualCalls)
            FinishCall(call);
        foreach (var test in _classTests)
            FinishTest(test);
        var count = Program.Classes.Max(c => c.ClassId) + 1;
        if (_supertypes is not null)
        {
            var rows = Enumerable.Range(0, count).Select(_ => Node.Null(Top)).ToArray();
            var stringsOfTypes = LayoutOf(Program.CoreClass("_TypeRow")).Struct;
            foreach (var cls in Program.Classes)
            {
                if (!_instantiated.Contains(cls) && !_mentioned.Contains(cls)) continue;
                var items = Types.Supertypes(cls).Values.Where(t => t.Class.ClassId >= 0).Select(t => ConstNode(TypeTemplate(t, cls))).ToArray();
                var array = Node.Array(IrOp.ArrayNewFixed, ObjectArray, WType.Ref(ObjectArray), items);
                rows[cls.ClassId] = Node.New(stringsOfTypes, Node.I32(Program.CoreClass("_TypeRow").ClassId), Node.I32(0), array);
            }

            _supertypes.Init = Node.Array(IrOp.ArrayNewFixed, ObjectArray, WType.Ref(ObjectArray), rows);
            Parts.Globals.Remove(_supertypes);
            Parts.Globals.Add(_supertypes);
        }

        if (_classNames is not null)
        {
            var names = Enumerable.Range(0, count).Select(_ => Node.Null(Top)).ToArray();
            foreach (var cls in Program.Classes)
            {
                if (_instantiated.Contains(cls) || _mentioned.Contains(cls))
                    names[cls.ClassId] = ConstNode(new ConstString(PublicName(cls)));
            }

            _classNames.Init = Node.Array(IrOp.ArrayNewFixed, ObjectArray, WType.Ref(ObjectArray), names);
            Parts.Globals.Remove(_classNames);
            Parts.Globals.Add(_classNames);
        }
    }

    // The core's own classes show themselves as what they implement.
    private static string PublicName(ClassElement cls) => !cls.Library.IsCore ? cls.Name : cls.Name switch
    {
        "_GrowableList" or "_FixedList" or "_ImmutableList" => "List",
        "_LinkedMap" or "_ConstMap" => "_Map",
        "_LinkedSet" or "_ConstSet" => "_Set",
        _ => cls.Name,
    };

    private readonly HashSet<ClassElement> _mentioned = [];

    public void MarkMentioned(ClassElement cls) => _mentioned.Add(cls);

    // Rows by class id, the longest first, each at the first offset where it collides with none.
    private void PackTable()
    {
        var selectors = _virtualCalls.Select(c => (Selector)c.Data!).Distinct().Where(s => s.Targets.Count > 0)
            .OrderByDescending(s => s.Targets.Count).ThenBy(s => s.Id).ToList();
        var table = new List<IrFunction?>();
        var firstFree = 0;
        foreach (var selector in selectors)
        {
            if (DirectTarget(selector) is not null)
                continue;
            var rows = selector.Targets.Select(t => (Id: t.Key.ClassId, Function: t.Value)).OrderBy(t => t.Id).ToList();
            while (firstFree < table.Count && table[firstFree] is not null) firstFree++;
            var offset = Math.Max(0, firstFree - rows[0].Id);
            while (rows.Exists(r => offset + r.Id < table.Count && table[offset + r.Id] is not null))
                offset++;
            foreach (var (id, function) in rows)
            {
                while (table.Count <= offset + id) table.Add(null);
                table[offset + id] = function;
                function.IsReferenced = true;
            }

            selector.Offset = offset;
        }

        Parts.Table = table;
    }

    private IrFunction? DirectTarget(Selector selector)
    {
        switch (Options.Devirtualize)
        {
            case DevirtualizeKind.Off:
                return null;
            case DevirtualizeKind.Cha:
                var implementations = selector.Members.Count(m => !m.IsAbstract);
                if (implementations > 1 && selector.Kind != SelectorKind.Tearoff) return null;
                break;
        }

        IrFunction? only = null;
        foreach (var target in selector.Targets.Values)
        {
            if (only is null) only = target;
            else if (!ReferenceEquals(only, target)) return null;
        }

        return only;
    }

    private void FinishCall(Node call)
    {
        var selector = (Selector)call.Data!;
        if (selector.Targets.Count == 0)
        {
            // Nothing that is made has such a member, so that the receiver can only be absent.
            call.Op = IrOp.Seq;
            call.Body = [.. call.Args.Take(call.Args.Length - 1).Select(Node.Drop), Node.Unreachable()];
            call.Args = [];
            call.Data = null;
            call.Type = WType.Never;
            return;
        }

        if (DirectTarget(selector) is { } target)
        {
            call.Op = IrOp.Call;
            call.Data = target;
            call.Args = [.. call.Args.Take(call.Args.Length - 1)];
            return;
        }

        if (Options.Dispatch == DispatchKind.ClassSwitch && TryClassSwitch(call, selector))
            return;
        var index = call.Args[^1];
        index.Args[1].Number = selector.Offset;
        if (selector.Offset == 0) call.Args[^1] = index.Args[0];
        call.Data = selector.Def;
    }

    private bool TryClassSwitch(Node call, Selector selector)
    {
        // Targets by their ranges of ids; the last needs no test.
        var groups = selector.Targets.GroupBy(t => t.Value).Select(g => (Function: g.Key, Ranges: Ranges([.. g.Select(t => t.Key.ClassId)]))).ToList();
        if (groups.Count > Options.ClassSwitchLimit || groups.Sum(g => g.Ranges.Count) > MaximumRanges || call.IsNever)
            return false;
        var id = call.Args[^1].Args[0];
        var owner = _owners.GetValueOrDefault(call);
        if (owner is null)
            return false;
        var locals = call.Args.Take(call.Args.Length - 1).Select(a => owner.AddLocal(a.Type, "argument")).ToList();
        var body = locals.Select((local, i) => Node.Set(local, call.Args[i])).ToList();
        Node chain = Node.Call(groups[^1].Function, [.. locals.Select(Node.Get)]);
        for (var i = groups.Count - 2; i >= 0; i--)
            chain = Node.If(RangeTest(groups[i].Ranges, () => id), Node.Call(groups[i].Function, [.. locals.Select(Node.Get)]), chain, selector.Result);
        body.Add(chain);
        call.Op = IrOp.Seq;
        call.Args = [];
        call.Data = null;
        call.Body = body;
        return true;
    }

    private readonly Dictionary<Node, IrFunction> _owners = [];

    public void SetOwner(Node call, IrFunction owner) => _owners[call] = owner;

    private static List<(int From, int To)> Ranges(List<int> ids)
    {
        ids.Sort();
        var ranges = new List<(int From, int To)>();
        foreach (var id in ids)
        {
            if (ranges.Count > 0 && ranges[^1].To == id - 1) ranges[^1] = (ranges[^1].From, id);
            else ranges.Add((id, id));
        }

        return ranges;
    }

    private static Node RangeTest(List<(int From, int To)> ranges, Func<Node> id)
    {
        Node? result = null;
        foreach (var (from, to) in ranges)
        {
            var test = from == to
                ? Node.Numeric(Opcode.I32Eq, WType.I32, id(), Node.I32(from))
                : Node.Numeric(Opcode.I32LeU, WType.I32, Node.Numeric(Opcode.I32Sub, WType.I32, id(), Node.I32(from)), Node.I32(to - from));
            result = result is null ? test : Node.Numeric(Opcode.I32Or, WType.I32, result, test);
        }

        return result ?? Node.I32(0);
    }

    private void FinishTest(Node test)
    {
        var (cls, temp) = ((ClassElement, IrLocal))test.Data!;
        var ids = _instantiatedList.Where(c => Types.Supertypes(c).ContainsKey(cls)).Select(c => c.ClassId).ToList();
        var ranges = Ranges(ids);
        var value = test.Args[0];
        test.Data = null;
        if (ranges.Count == 0)
        {
            test.Op = IrOp.Seq;
            test.Args = [];
            test.Body = [Node.Drop(value), Node.I32(0)];
            return;
        }

        if (ranges.Count == 1)
        {
            var id = Node.Field(Top, 0, value);
            var simple = RangeTest(ranges, () => id);
            (test.Op, test.Number, test.Args) = (simple.Op, simple.Number, simple.Args);
            return;
        }

        var local = temp;
        test.Op = IrOp.Seq;
        test.Args = [];
        test.Body = [Node.Set(local, value), RangeTest(ranges, () => Node.Field(Top, 0, Node.Get(local)))];
    }

    // Constants.

    private readonly Dictionary<string, IrGlobal> _constants = new(StringComparer.Ordinal);

    /// <summary>An expression for a constant: a number, or the global that holds the one object.</summary>
    public Node ConstNode(ConstValue value)
    {
        switch (value)
        {
            case ConstInt i: return Node.I64(i.Value);
            case ConstDouble d: return Node.F64(d.Value);
            case ConstBool b: return Node.I32(b.Value ? 1 : 0);
            case ConstNull: return Node.Null(Top);
        }

        if (_constants.TryGetValue(value.Key, out var global))
            return Node.Get(global);
        var init = ConstInit(value);
        global = NewGlobal("constant", init.Type, false, init);
        _constants[value.Key] = global;
        if (value is ConstFunction function) _functionConstants[global] = function;
        return Node.Get(global);
    }

    public Node Boxed(ConstValue value)
    {
        var key = "box " + value.Key;
        switch (value)
        {
            case ConstInt or ConstDouble or ConstBool:
                if (!_constants.TryGetValue(key, out var global))
                {
                    var box = value switch { ConstInt => BoxedInt, ConstDouble => BoxedDouble, _ => BoxedBool };
                    var cls = value switch { ConstInt => Program.Int, ConstDouble => Program.Double, _ => Program.Bool };
                    MarkInstantiated(cls.Class);
                    global = NewGlobal("constant", WType.Ref(box), false, Node.New(box, Node.I32(cls.Class.ClassId), ConstNode(value)));
                    _constants[key] = global;
                }

                return Node.Get(global);
            default:
                return ConstNode(value);
        }
    }

    public Node ConstArrayNode(IEnumerable<ConstValue> items) =>
        Node.Array(IrOp.ArrayNewFixed, ObjectArray, WType.Ref(ObjectArray), [.. items.Select(Boxed)]);

    private Node Header(ClassElement cls)
    {
        MarkInstantiated(cls);
        return Node.I32(cls.ClassId);
    }

    /// <summary>A new object of a class of the core, with its fields in order.</summary>
    public Node NewCore(string className, params Node[] fields)
    {
        var cls = Program.CoreClass(className);
        var def = LayoutOf(cls).Struct;
        return Node.New(def, [Header(cls), Node.I32(0), .. fields]);
    }

    private Node ConstInit(ConstValue value)
    {
        switch (value)
        {
            case ConstString s:
                var units = Node.Array(IrOp.ArrayNewFixed, I16Array, WType.Ref(I16Array), [.. s.Value.Select(c => Node.I32(c))]);
                return NewCore("String", units);
            case ConstSymbol symbol:
                return NewCore("_Symbol", ConstNode(new ConstString(symbol.Name)));
            case ConstType type:
                return TypeInit(type.Type);
            case ConstArray array:
                return Node.Array(IrOp.ArrayNewFixed, array.Def, WType.Ref(array.Def), [.. array.Items.Select(Boxed)]);
            case ConstList list:
                return NewCore("_ImmutableList", ConstNode(new ConstType(list.Element)), ConstArrayNode(list.Items), Node.I64(list.Items.Length));
            case ConstSet set:
                return NewCore("_ConstSet", ConstNode(new ConstType(set.Element)), ConstArrayNode(set.Items), Node.Null(LayoutOf(Program.CoreClass("_HashBase")).Struct));
            case ConstMap map:
                return NewCore("_ConstMap", ConstNode(new ConstType(map.KeyType)), ConstNode(new ConstType(map.ValueType)), ConstArrayNode(map.Keys), ConstArrayNode(map.Values), Node.Null(LayoutOf(Program.CoreClass("_HashBase")).Struct));
            case ConstRecord record:
                return NewCore("_Record", RecordShape(record.Type), ConstArrayNode(record.Fields));
            case ConstObject o:
                return ObjectInit(o);
            case ConstFunction f:
                return FunctionLowering.StaticClosure(this, f);
            default:
                throw new InvalidOperationException(value.GetType().Name);
        }
    }

    /// <summary>The constant that says how many positional fields a record has, and the names of the others.</summary>
    public Node RecordShape(RecordType type)
    {
        var key = $"shape {type.Positional.Length};{string.Join(',', type.Named.Select(n => n.Name))}";
        if (!_constants.TryGetValue(key, out var global))
        {
            var node = NewCore("_RecordShape", Node.I64(type.Positional.Length), ConstArrayNode(type.Named.Select(n => new ConstString(n.Name))));
            _constants[key] = global = NewGlobal("shape", node.Type, false, node);
        }

        return Node.Get(global);
    }

    private Node ObjectInit(ConstObject o)
    {
        var cls = o.Type.Class;
        var layout = LayoutOf(cls);
        var fields = new Node[layout.Struct.Fields.Count];
        fields[0] = Header(cls);
        fields[1] = Node.I32(0);
        for (var c = cls; c is not null; c = c.Supertype?.Class)
        {
            if (Types.AsInstanceOf(o.Type, c) is not { } instance) continue;
            for (var i = 0; i < c.TypeParams.Count; i++)
            {
                if (LayoutOf(c).TypeFields.TryGetValue(c.TypeParams[i], out var at)) fields[at] = ConstNode(new ConstType(instance.Args[i]));
            }
        }

        foreach (var (member, value) in o.Fields)
        {
            var at = layout.Fields[member];
            fields[at] = FunctionLowering.ConvertConstant(this, ConstNode(value), value, layout.Struct.Fields[at].Type);
        }

        for (var i = 0; i < fields.Length; i++)
            fields[i] ??= DefaultNode(layout.Struct.Fields[i].Type);
        return Node.New(layout.Struct, fields);
    }

    // Types at run time.

    private Node TypeInit(DartType type)
    {
        type = TypeSystem.Erase(type);
        switch (type)
        {
            case SimpleType simple:
                return NewCore("_SimpleType", Node.I64(simple.Kind switch { SimpleKind.Dynamic => 1, SimpleKind.Void => 2, SimpleKind.Never => 3, SimpleKind.Null => 4, _ => 1 }), Node.I32(1));
            case InterfaceType i:
                MarkMentioned(i.Class);
                return NewCore("_InterfaceType", Node.I64(0), Node.I32(i.Nullable ? 1 : 0), Node.I64(i.Class.ClassId), ConstArrayNode(i.Args.Select(a => new ConstType(a))));
            case FunctionType f:
                return FunctionTypeNode(f, t => ConstNode(new ConstType(t)));
            case RecordType r:
                return NewCore("_RecordType", Node.I64(6), Node.I32(r.Nullable ? 1 : 0), RecordShape(r), ConstArrayNode(r.Positional.Concat(r.Named.Select(n => n.Type)).Select(t => new ConstType(t))));
            case TypeParamType p when _templateClass is not null && _templateClass.TypeParams.IndexOf(p.Parameter) is >= 0 and var index:
                return NewCore("_ParamType", Node.I64(8), Node.I32(p.Nullable ? 1 : 0), Node.I64(index));
            case TypeParamType p:
                return NewCore("_ParamType", Node.I64(7), Node.I32(p.Nullable ? 1 : 0), Node.I64(BoundIndex(p.Parameter)));
            default:
                throw new InvalidOperationException(type.GetType().Name);
        }
    }

    private readonly Dictionary<TypeParam, int> _boundIndices = [];

    private int BoundIndex(TypeParam p) => _boundIndices.GetValueOrDefault(p, 0);

    /// <summary>A function type object; parameters that the type binds itself are named by their position.</summary>
    public Node FunctionTypeNode(FunctionType f, Func<DartType, Node> make)
    {
        for (var i = 0; i < f.TypeParams.Length; i++) _boundIndices[f.TypeParams[i]] = i;
        Node Array(IEnumerable<Node> items) => Node.Array(IrOp.ArrayNewFixed, ObjectArray, WType.Ref(ObjectArray), [.. items]);
        return NewCore(
            "_FunctionType", Node.I64(5), Node.I32(f.Nullable ? 1 : 0),
            Array(f.TypeParams.Select(p => make(p.Bound))),
            Node.I64(f.Required.Length),
            Array(f.Required.Concat(f.Optional).Select(make)),
            Array(f.Named.Select(n => ConstNode(new ConstString(n.Name)))),
            Array(f.Named.Select(n => make(n.Type))),
            Array(f.Named.Select(n => Boxed(new ConstBool(n.IsRequired)))),
            make(f.Result));
    }

    private ClassElement? _templateClass;

    private ConstValue TypeTemplate(InterfaceType type, ClassElement cls)
    {
        _templateClass = cls;
        // The key names the parameters, which belong to one class only.
        var constant = new ConstType(type);
        ConstNode(constant);
        _templateClass = null;
        return constant;
    }
}
