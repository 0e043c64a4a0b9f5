using Harness.Dart.Ir;
using Harness.Dart.Lowering.Bodies;
using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering.Module;

/// <summary>Constants: one object for equal values, each in an immutable global.</summary>
internal sealed class ConstantPool(ProgramLowering lowering)
{
    /// <summary>As many elements as an array takes from the stack at once, fewer than hosts allow. Of constants beyond, parts are put together when the module is instantiated.</summary>
    public const int MaximumFixed = 5000;

    private readonly ProgramLowering _lowering = lowering;
    private readonly DartProgram _program = lowering.Program;
    private readonly TypeSystem _types = lowering.Types;
    private readonly Dictionary<string, IrGlobal> _constants = new(StringComparer.Ordinal);
    private readonly Dictionary<IrGlobal, ConstFunction> _functionConstants = [];

    private TargetTypes Target => _lowering.Target;
    private Representations Reprs => _lowering.Reprs;
    private ClassLayouts Layouts => _lowering.Layouts;
    private Reachability Reached => _lowering.Reached;
    private TypeObjects TypeObjects => _lowering.TypeObjects;

    /// <summary>An object of no class, which stands for a missing argument or a value that is not there yet.</summary>
    public IrGlobal Sentinel { get; } = lowering.NewGlobal("#sentinel", lowering.Target.TopRef, false, Node.New(lowering.Target.Top, lowering.Header.OfNone));

    /// <summary>An expression for a constant: a number, or the global that holds the one object.</summary>
    public Node ConstNode(ConstValue value)
    {
        switch (value)
        {
            case ConstInt i: return Node.I64(i.Value);
            case ConstDouble d: return Node.F64(d.Value);
            case ConstBool b: return Node.I32(b.Value ? 1 : 0);
            case ConstNull: return Node.Null(Target.Top);
        }

        if (_constants.TryGetValue(value.Key, out var global))
        {
            return Node.Get(global);
        }

        var init = ConstInit(value);
        global = _lowering.NewGlobal("constant", init.Type, false, init);
        _constants[value.Key] = global;
        if (value is ConstFunction function)
        {
            _functionConstants[global] = function;
        }

        return Node.Get(global);
    }

    /// <summary>A constant as an object, a number in its box.</summary>
    public Node Boxed(ConstValue value)
    {
        var key = "box " + value.Key;
        switch (value)
        {
            case ConstInt or ConstDouble or ConstBool:
                if (!_constants.TryGetValue(key, out var global))
                {
                    var box = value switch { ConstInt => Target.BoxedInt, ConstDouble => Target.BoxedDouble, _ => Target.BoxedBool };
                    var cls = value switch { ConstInt => _program.Int, ConstDouble => _program.Double, _ => _program.Bool };
                    global = _lowering.NewGlobal("constant", WType.Ref(box), false, Node.New(box, HeaderOf(cls.Class), ConstNode(value)));
                    _constants[key] = global;
                }

                return Node.Get(global);
            default:
                return ConstNode(value);
        }
    }

    /// <summary>What a call of a selector gives for a parameter that it leaves out.</summary>
    public Node LeftOut(SelectorParam parameter)
    {
        if (parameter.UsesSentinel)
        {
            return Node.Get(Sentinel);
        }

        var value = parameter.Default ?? ConstNull.Instance;
        return Reprs.ConvertConstant(ConstNode(value), value, parameter.Type);
    }

    /// <summary>An array of constants, as a constant expression.</summary>
    public Node ConstArrayNode(IEnumerable<ConstValue> items) =>
        ArrayOf(Target.ObjectArray, [.. items.Select(Boxed)]);

    private Node ArrayOf(ArrayDef def, Node[] items)
    {
        var type = WType.Ref(def);
        if (items.Length <= MaximumFixed)
        {
            return Node.Array(IrOp.ArrayNewFixed, def, type, items);
        }

        var whole = _lowering.NewGlobal("array", type, false, Node.Array(IrOp.ArrayNewDefault, def, type, Node.I32(items.Length)));
        for (var i = 0; i < items.Length; i += MaximumFixed)
        {
            var part = items[i..Math.Min(i + MaximumFixed, items.Length)];
            var listed = _lowering.NewGlobal("array", type, false, Node.Array(IrOp.ArrayNewFixed, def, type, part));
            _lowering.AtStart(Node.Array(IrOp.ArrayCopy, def, WType.None, Node.Get(whole), Node.I32(i), Node.Get(listed), Node.I32(0), Node.I32(part.Length)));
        }

        return Node.Get(whole);
    }

    /// <summary>The first field of a new object of a class.</summary>
    public Node HeaderOf(ClassElement cls)
    {
        Reached.MarkInstantiated(cls);
        return _lowering.Header.Of(cls);
    }

    /// <summary>A new object of a class of the core, with its fields in order.</summary>
    public Node NewCore(string className, params Node[] fields)
    {
        var cls = _program.CoreClass(className);
        var def = Layouts.Of(cls).Struct;
        return Node.New(def, [HeaderOf(cls), Node.I32(0), .. fields]);
    }

    private Node ConstInit(ConstValue value)
    {
        switch (value)
        {
            case ConstString s:
                var def = _lowering.Options.Strings == StringKind.OneByte && s.Value.All(c => c < 256) ? Target.I8Array : Target.I16Array;
                return NewCore("String", ArrayOf(def, [.. s.Value.Select(c => Node.I32(c))]));
            case ConstSymbol symbol:
                return NewCore("_Symbol", ConstNode(new ConstString(symbol.Name)));
            case ConstType type:
                return TypeObjects.TypeInit(type.Type);
            case ConstArray array:
                return ArrayOf(array.Def, [.. array.Items.Select(Boxed)]);
            case ConstList list:
                return NewCore("_ImmutableList", ConstNode(new ConstType(list.Element)), ConstArrayNode(list.Items), Node.I64(list.Items.Length));
            case ConstSet set:
                return NewCore("_ConstSet", ConstNode(new ConstType(set.Element)), ConstArrayNode(set.Items), Node.Null(Layouts.Of(_program.CoreClass("_HashBase")).Struct));
            case ConstMap map:
                return NewCore("_ConstMap", ConstNode(new ConstType(map.KeyType)), ConstNode(new ConstType(map.ValueType)), ConstArrayNode(map.Keys), ConstArrayNode(map.Values), Node.Null(Layouts.Of(_program.CoreClass("_HashBase")).Struct));
            case ConstRecord record:
                return NewCore("_Record", RecordShape(record.Type), ConstArrayNode(record.Fields));
            case ConstObject o:
                return ObjectInit(o);
            case ConstFunction f:
                return TearoffLowering.StaticClosure(_lowering, f);
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
            _constants[key] = global = _lowering.NewGlobal("shape", node.Type, false, node);
        }

        return Node.Get(global);
    }

    private Node ObjectInit(ConstObject o)
    {
        var cls = o.Type.Class;
        var layout = Layouts.Of(cls);
        var fields = new Node[layout.Struct.Fields.Count];
        fields[0] = HeaderOf(cls);
        fields[1] = Node.I32(0);
        for (var c = cls; c is not null; c = c.Supertype?.Class)
        {
            if (_types.AsInstanceOf(o.Type, c) is not { } instance)
            {
                continue;
            }

            for (var i = 0; i < c.TypeParams.Count; i++)
            {
                if (Layouts.Of(c).TypeFields.TryGetValue(c.TypeParams[i], out var at))
                {
                    fields[at] = ConstNode(new ConstType(instance.Args[i]));
                }
            }
        }

        foreach (var (member, value) in o.Fields)
        {
            var at = layout.Fields[member];
            fields[at] = Reprs.ConvertConstant(ConstNode(value), value, layout.Struct.Fields[at].Type);
        }

        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] ??= Representations.DefaultNode(layout.Struct.Fields[i].Type);
        }

        return Node.New(layout.Struct, fields);
    }

    /// <summary>The function whose closure a global holds; null for others.</summary>
    public ConstFunction? FunctionConstant(IrGlobal global) => _functionConstants.GetValueOrDefault(global);
}
