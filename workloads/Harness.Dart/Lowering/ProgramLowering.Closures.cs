using Harness.Dart.Ir;
using Harness.Dart.Lowering.Dispatch;
using Harness.Dart.Semantics;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering;

internal enum DynamicKind : byte { Call, Get, Set }

/// <summary>Virtual tables of closures, and calls by name alone.</summary>
internal sealed partial class ProgramLowering
{
    private bool _needsDynamic;
    private readonly List<(IrGlobal VTable, string Name, FunctionLowering.ClosureShape Shape, List<string?> Names)> _vtables = [];
    private int _dynamicDone;

    public void NeedDynamicEntries() => _needsDynamic = true;

    private readonly Dictionary<WType, StructDef> _cells = [];

    public StructDef CellOf(WType type)
    {
        var stored = type.IsRef ? type.AsNullable : type;
        if (!_cells.TryGetValue(stored, out var cell))
        {
            _cells[stored] = cell = new StructDef("cell", null) { IsFinal = true };
            cell.Add(stored, true, "value");
        }

        return cell;
    }

    /// <summary>The context of a closure that gives another its type arguments.</summary>
    public StructDef InstantiationContext => _instantiationContext ??= MakeInstantiationContext();

    private StructDef? _instantiationContext;

    private StructDef MakeInstantiationContext()
    {
        var def = new StructDef("instantiation", null);
        def.Add(WType.Ref(Closure), false, "closure");
        def.Add(WType.Ref(ObjectArray), false, "types");
        return def;
    }

    public ConstFunction? FunctionConstant(IrGlobal global) => _functionConstants.GetValueOrDefault(global);

    private readonly Dictionary<IrGlobal, ConstFunction> _functionConstants = [];

    public (FunctionLowering.ClosureShape Shape, List<string?> Names) InstantiationShape(FunctionType type, FunctionType generic)
    {
        var names = new List<string?>(Enumerable.Repeat<string?>(null, type.MaximumPositional));
        names.AddRange(type.Named.Select(n => n.Name));
        _needsDynamic = true;
        _ = generic;
        return (new FunctionLowering.ClosureShape
        {
            Type = type,
            Call = (f, closure, types, values) =>
            {
                // Missing arguments stay missing, so that the inner closure finds its own defaults.
                var context = f.AddLocal(WType.Ref(InstantiationContext), "context");
                var inner = f.AddLocal(WType.Ref(Closure), "inner");
                var setContext = Node.Set(context, new Node { Op = IrOp.Cast, Type = WType.Ref(InstantiationContext), Args = [Node.Field(Closure, 2, closure)] });
                var setInner = Node.Set(inner, Node.Field(InstantiationContext, 0, Node.Get(context)));
                var given = values.Select((v, i) => (Value: v, Name: names[i])).Where(v => v.Value.Op != IrOp.Nop).ToList();
                Node Array(IEnumerable<Node> items) => Node.Array(IrOp.ArrayNewFixed, ObjectArray, WType.Ref(ObjectArray), [.. items]);
                var call = Node.CallRef(
                    DynamicFunction, Node.Get(inner), Node.Field(InstantiationContext, 1, Node.Get(context)),
                    Array(given.Where(v => v.Name is null).Select(v => v.Value)),
                    Array(given.Where(v => v.Name is not null).SelectMany(v => new[] { ConstNode(new ConstString(v.Name!)), v.Value })),
                    Node.NonNull(Node.Field(VTable, 0, Node.Field(Closure, 3, Node.Get(inner)))));
                return Node.Seq(setContext, setInner, call);
            },
            Default = _ => Node.Nop(),
            ParamType = i => i < type.MaximumPositional ? type.Positional(i) : type.Named[i - type.MaximumPositional].Type,
        }, names);
    }

    /// <summary>The virtual table of a closure: an entry for each number of positional arguments, and one for everything else.</summary>
    public IrGlobal MakeVTable(string name, FunctionLowering.ClosureShape shape, List<string?> names, IrFunction? direct, bool dynamicOnly = false)
    {
        var positional = names.Count(n => n is null);
        var required = shape.Type.Required.Length;
        var requiredNamed = shape.Type.Named.Any(n => n.IsRequired);
        var fields = new Node[1 + ClosureFunctions.Count];
        fields[0] = Node.Null(DynamicFunction);
        for (var n = 0; n < ClosureFunctions.Count; n++)
        {
            var def = ClosureFunctions[n];
            if (dynamicOnly || n < required || n > positional || requiredNamed || shape.Type.TypeParams.Length > 0)
            {
                fields[1 + n] = Node.Null(def);
                continue;
            }

            if (direct is not null && n == positional)
            {
                fields[1 + n] = Node.Func(direct, def);
                continue;
            }

            var entry = NewFunction($"{name} ({n} arguments)");
            var closure = entry.AddParam(WType.Ref(Closure), "closure");
            var args = Enumerable.Range(0, n).Select(i => Node.Get(entry.AddParam(AnyRef, "p"))).ToList();
            entry.Result = AnyRef;
            fields[1 + n] = Node.Func(entry, def);
            var given = n;
            Enqueue(() =>
            {
                for (var i = given; i < names.Count; i++) args.Add(shape.Default(i));
                entry.Body = shape.Call(entry, Node.Get(closure), [], args);
            });
        }

        var global = NewGlobal("vtable " + name, WType.Ref(VTable), false, Node.New(VTable, fields));
        _vtables.Add((global, name, shape, names));
        return global;
    }

    /// <summary>Adds what calls by name need, once what they may reach is known; returns whether there was anything new.</summary>
    private bool CompleteDynamic()
    {
        var changed = false;
        if (_needsDynamic)
        {
            for (; _dynamicDone < _vtables.Count; _dynamicDone++)
            {
                var (vtable, name, shape, names) = _vtables[_dynamicDone];
                var entry = FunctionLowering.MakeDynamicEntry(this, name, shape, names);
                vtable.Init!.Args[0] = Node.Func(entry, DynamicFunction);
                changed = true;
            }
        }

        foreach (var forwarder in _forwarders.Values.ToList())
        {
            if (CompleteForwarder(forwarder)) changed = true;
        }

        return changed;
    }

    // Calls by name.

    private sealed class Forwarder
    {
        public required string Name { get; init; }
        public required DynamicKind Kind { get; init; }
        public required IrFunction Function { get; init; }
        public required IrLocal Receiver { get; init; }
        public required IrLocal Types { get; init; }
        public required IrLocal Positional { get; init; }
        public required IrLocal Named { get; init; }
        public int Classes { get; set; }
        public Dictionary<Member, (IrFunction Adapter, List<ClassElement> Classes)> Targets { get; } = [];
    }

    private readonly Dictionary<(string, DynamicKind), Forwarder> _forwarders = [];

    /// <summary>A call of a member by its name: of a function that tries the classes that have one.</summary>
    public Node DynamicCall(string name, DynamicKind kind, Node receiver, Node? typeArgs, IReadOnlyList<Node> positional, IReadOnlyList<(string Name, Node Value)> named)
    {
        _needsDynamic = true;
        if (!_forwarders.TryGetValue((name, kind), out var forwarder))
        {
            var function = NewFunction($"dynamic {name} ({kind})");
            forwarder = new Forwarder
            {
                Name = name, Kind = kind, Function = function,
                Receiver = function.AddParam(AnyRef, "receiver"),
                Types = function.AddParam(WType.Ref(ObjectArray, true), "types"),
                Positional = function.AddParam(WType.Ref(ObjectArray), "positional"),
                Named = function.AddParam(WType.Ref(ObjectArray), "named"),
            };
            function.Result = AnyRef;
            function.Body = Node.Unreachable();
            _forwarders[(name, kind)] = forwarder;
        }

        Node Array(IEnumerable<Node> items) => Node.Array(IrOp.ArrayNewFixed, ObjectArray, WType.Ref(ObjectArray), [.. items]);
        return Node.Call(forwarder.Function, receiver, typeArgs ?? Node.Null(ObjectArray), Array(positional), Array(named.SelectMany(n => new[] { ConstNode(new ConstString(n.Name)), n.Value })));
    }

    private bool CompleteForwarder(Forwarder f)
    {
        if (f.Classes == _instantiatedList.Count && f.Classes > 0)
            return false;
        var key = f.Kind == DynamicKind.Set ? f.Name + "=" : f.Name;
        for (; f.Classes < _instantiatedList.Count; f.Classes++)
        {
            var cls = _instantiatedList[f.Classes];
            if (TypeSystem.FindImplementation(cls, key) is not { } member) continue;
            if (!f.Targets.TryGetValue(member, out var target))
                f.Targets[member] = target = (FunctionLowering.MakeDynamicAdapter(this, member, f.Kind), []);
            target.Classes.Add(cls);
        }

        var body = new List<Node>();
        var id = f.Function.Locals.Count > 0 ? f.Function.Locals[0] : f.Function.AddLocal(WType.I32, "id");
        body.Add(Node.If(Node.IsNull(Node.Get(f.Receiver)), FunctionLowering.DynamicOnNull(this, f.Name, f.Kind, f.Function, Node.Get(f.Positional)), null, WType.None));
        body.Add(Node.Set(id, Header.ClassIdOf(Node.NonNull(Node.Get(f.Receiver)))));
        foreach (var (adapter, classes) in f.Targets.Values)
        {
            var test = new ClassIdRanges(classes).Test(() => Node.Get(id));
            body.Add(Node.If(test, Node.Return(Node.Call(adapter, Node.NonNull(Node.Get(f.Receiver)), Node.Get(f.Types), Node.Get(f.Positional), Node.Get(f.Named))), null, WType.None));
        }

        if (f.Name == "call" && f.Kind == DynamicKind.Call)
        {
            var closure = Node.Cast(WType.Ref(Closure), Node.Get(f.Receiver));
            body.Insert(1, Node.If(Node.Test(WType.Ref(Closure), Node.Get(f.Receiver)), Node.Return(Node.CallRef(DynamicFunction, closure, Node.Get(f.Types), Node.Get(f.Positional), Node.Get(f.Named), Node.NonNull(Node.Field(VTable, 0, Node.Field(Closure, 3, closure))))), null, WType.None));
        }

        body.Add(FunctionLowering.DynamicMissing(this, f.Name, f.Kind, f.Function, Node.Get(f.Receiver), Node.Get(f.Positional), Node.Get(f.Named), Node.Get(f.Types)));
        f.Function.Body = Node.Seq(body);
        return true;
    }

    /// <summary>The function that makes a method's closure, for a call on the superclass.</summary>
    public IrFunction TearoffFunctionOf(Member member) => TearoffFunction(member);

    /// <summary>A function around an external one, for tear-offs.</summary>
    public IrFunction ExternalWrapper(Member member)
    {
        if (member.LoweredExtra is IrFunction done) return done;
        var function = FunctionLowering.MakeExternalWrapper(this, member);
        member.LoweredExtra = function;
        return function;
    }

    private void AddNoSuchMethodTarget(Selector selector, Selector method, ClassElement cls)
    {
        if (TypeSystem.FindImplementation(cls, "noSuchMethod") is not { } handler || handler.Owner == Program.Object.Class)
            return;
        selector.Targets[cls] = FunctionLowering.MakeNoSuchMethodForwarder(this, selector, method, cls, handler);
    }
}

/// <summary>Calls by name that pass arguments on.</summary>
internal sealed partial class ProgramLowering
{
    public Node DynamicForward(string name, Node receiver, Node types, Node positional, Node named)
    {
        var call = DynamicCall(name, DynamicKind.Call, receiver, types, [], []);
        call.Args[2] = positional;
        call.Args[3] = named;
        return call;
    }
}

/// <summary>The virtual call that gives an object's type arguments.</summary>
internal sealed partial class ProgramLowering
{
    private Selector? _typeArguments;

    public Selector TypeArgumentsSelector()
    {
        if (_typeArguments is null)
        {
            _typeArguments = new Selector("#typeArguments", SelectorKind.Getter) { HasSignature = true, Receiver = TopRef, Result = WType.Ref(ObjectArray) };
            _typeArguments.Def = Parts.FuncDefs.Get([TopRef], _typeArguments.Result);
            _typeArguments.IsCalled = true;
            foreach (var cls in _instantiatedList) AddTypeArgumentsTarget(cls);
        }

        return _typeArguments;
    }

    private readonly Dictionary<ClassElement, IrFunction> _typeArgumentFunctions = [];
    private IrFunction? _noTypeArguments;

    private void AddTypeArgumentsTarget(ClassElement cls)
    {
        if (_typeArguments is null) return;
        if (cls.TypeParams.Count == 0)
        {
            if (_noTypeArguments is null)
            {
                var empty = NewGlobal("#empty", WType.Ref(ObjectArray), false, Node.Array(IrOp.ArrayNewFixed, ObjectArray, WType.Ref(ObjectArray)));
                _noTypeArguments = NewFunction("type arguments (none)");
                _noTypeArguments.AddParam(TopRef, "this");
                _noTypeArguments.Result = WType.Ref(ObjectArray);
                _noTypeArguments.Body = Node.Get(empty);
            }

            _typeArguments.Targets[cls] = _noTypeArguments;
            return;
        }

        if (!_typeArgumentFunctions.TryGetValue(cls, out var function))
        {
            _typeArgumentFunctions[cls] = function = NewFunction("type arguments of " + cls.Name);
            var self = function.AddParam(TopRef, "this");
            function.Result = WType.Ref(ObjectArray);
            var layout = LayoutOf(cls);
            var local = function.AddLocal(WType.Ref(layout.Struct), "object");
            function.Body = Node.Seq(
                Node.Set(local, Node.Cast(WType.Ref(layout.Struct), Node.Get(self))),
                Node.Array(IrOp.ArrayNewFixed, ObjectArray, WType.Ref(ObjectArray), [.. cls.TypeParams.Select(p => Node.Field(layout.Struct, layout.TypeFields[p], Node.Get(local)))]));
        }

        _typeArguments.Targets[cls] = function;
    }
}
