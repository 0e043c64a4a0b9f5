using Harness.Dart.Ir;
using Harness.Dart.Lowering.Dispatch;
using Harness.Dart.Semantics;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering;

/// <summary>What is decided when everything reached is known: class tests and tables of types; constants.</summary>
internal sealed partial class ProgramLowering
{
    private IrGlobal? _supertypes, _classNames;

    /// <summary>An array by class id: null, or an array of the class's supertypes in terms of its parameters.</summary>
    public IrGlobal SupertypeTable => _supertypes ??= NewGlobal("#supertypes", WType.Ref(ObjectArray), false, null);

    /// <summary>An array of names by class id.</summary>
    public IrGlobal ClassNameTable => _classNames ??= NewGlobal("#names", WType.Ref(ObjectArray), false, null);

    private void FinishTables()
    {
        Calls.Lower();
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
                rows[cls.ClassId] = Node.New(stringsOfTypes, HeaderOf(Program.CoreClass("_TypeRow")), Node.I32(0), array);
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

        Calls.Finish();
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

    private void FinishTest(Node test)
    {
        var (cls, temp) = ((ClassElement, IrLocal))test.Data!;
        var ranges = new ClassIdRanges(_instantiatedList.Where(c => Types.Supertypes(c).ContainsKey(cls)));
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
            var simple = ranges.Test(() => Header.ClassIdOf(value));
            (test.Op, test.Number, test.Args) = (simple.Op, simple.Number, simple.Args);
            return;
        }

        var local = temp;
        test.Op = IrOp.Seq;
        test.Args = [];
        test.Body = [Node.Set(local, value), ranges.Test(() => Header.ClassIdOf(Node.Get(local)))];
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
                    global = NewGlobal("constant", WType.Ref(box), false, Node.New(box, HeaderOf(cls.Class), ConstNode(value)));
                    _constants[key] = global;
                }

                return Node.Get(global);
            default:
                return ConstNode(value);
        }
    }

    public Node ConstArrayNode(IEnumerable<ConstValue> items) =>
        Node.Array(IrOp.ArrayNewFixed, ObjectArray, WType.Ref(ObjectArray), [.. items.Select(Boxed)]);

    /// <summary>The first field of a new object of a class.</summary>
    public Node HeaderOf(ClassElement cls)
    {
        MarkInstantiated(cls);
        return Header.Of(cls);
    }

    /// <summary>A new object of a class of the core, with its fields in order.</summary>
    public Node NewCore(string className, params Node[] fields)
    {
        var cls = Program.CoreClass(className);
        var def = LayoutOf(cls).Struct;
        return Node.New(def, [HeaderOf(cls), Node.I32(0), .. fields]);
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
        fields[0] = HeaderOf(cls);
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
