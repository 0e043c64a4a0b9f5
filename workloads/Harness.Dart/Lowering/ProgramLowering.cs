using Harness.Dart.Backend;
using Harness.Dart.Ir;
using Harness.Dart.Lowering.Dispatch;
using Harness.Dart.Optimization;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering;

/// <summary>Lowers what is reached from <c>main</c>: keeps the worklist, the layouts of classes, selectors, and what is instantiated and called.</summary>
internal sealed partial class ProgramLowering
{
    private const int ClosureArities = 6;

    private readonly Queue<Action> _work = new();
    private readonly HashSet<ClassElement> _instantiated = [];
    private readonly List<ClassElement> _instantiatedList = [];
    private readonly List<Node> _classTests = [];

    public ProgramLowering(DartProgram program, DartOptions options)
    {
        Program = program;
        Options = options;
        Types = program.Types;
        Signatures = new Signatures(program, InferInitializer);
        Constants = new ConstEvaluator(this);
        Top = new StructDef("#Top", null);
        Calls = new VirtualCalls(this);
        Top.Add(Header.Type, false, "class");
        ObjectStruct = new StructDef("Object", Top);
        ObjectStruct.Add(WType.I32, true, "hash");
        BoxedInt = Box("int", WType.I64);
        BoxedDouble = Box("double", WType.F64);
        BoxedBool = Box("bool", WType.I32);
        TopRef = WType.Ref(Top);
        AnyRef = WType.Ref(Top, true);
        ObjectArray = new ArrayDef("array", AnyRef, true);
        I8Array = new ArrayDef("i8array", new WType(WKind.I8), true);
        I16Array = new ArrayDef("i16array", new WType(WKind.I16), true);
        I32Array = new ArrayDef("i32array", WType.I32, true);
        I64Array = new ArrayDef("i64array", WType.I64, true);
        F32Array = new ArrayDef("f32array", WType.F32, true);
        F64Array = new ArrayDef("f64array", WType.F64, true);
        Closure = new StructDef("_Closure", ObjectStruct);
        VTable = new StructDef("#VTable", null);
        Closure.Add(WType.Ref(HeapDef.Struct, true), false, "context");
        Closure.Add(WType.Ref(VTable), false, "vtable");
        Closure.Add(AnyRef, false, "type");
        Parts = new ModuleParts { Tag = new FuncDef([AnyRef, AnyRef], WType.None) };
        for (var i = 0; i <= ClosureArities; i++)
        {
            var def = Parts.FuncDefs.Get([WType.Ref(Closure), .. Enumerable.Repeat(AnyRef, i)], AnyRef);
            ClosureFunctions.Add(def);
        }

        DynamicFunction = Parts.FuncDefs.Get([WType.Ref(Closure), WType.Ref(ObjectArray, true), WType.Ref(ObjectArray), WType.Ref(ObjectArray)], AnyRef);
        VTable.Add(WType.Ref(DynamicFunction, true), false, "dynamic");
        foreach (var def in ClosureFunctions)
            VTable.Add(WType.Ref(def, true), false, "call" + (def.Parameters.Length - 1));
        VTable.IsFinal = true;
        foreach (var cls in program.Classes)
            BuildSelectors(cls);
        SentinelGlobal = NewGlobal("#sentinel", TopRef, false, Node.New(Top, Header.OfNone));
    }

    public DartProgram Program { get; }
    public DartOptions Options { get; }
    public TypeSystem Types { get; }
    public Signatures Signatures { get; }
    public ConstEvaluator Constants { get; }
    public ModuleParts Parts { get; }

    /// <summary>The virtual calls of all that was lowered.</summary>
    public VirtualCalls Calls { get; }

    /// <summary>What objects say of their class.</summary>
    public ObjectHeader Header => Calls.Header;

    /// <summary>The classes of which the program makes objects, in the order in which they were found.</summary>
    public IReadOnlyList<ClassElement> InstantiatedClasses => _instantiatedList;

    public StructDef Top { get; }
    public StructDef ObjectStruct { get; }
    public StructDef BoxedInt { get; }
    public StructDef BoxedDouble { get; }
    public StructDef BoxedBool { get; }
    public StructDef Closure { get; }
    public StructDef VTable { get; }
    public WType TopRef { get; }
    public WType AnyRef { get; }
    public ArrayDef ObjectArray { get; }
    public ArrayDef I8Array { get; }
    public ArrayDef I16Array { get; }
    public ArrayDef I32Array { get; }
    public ArrayDef I64Array { get; }
    public ArrayDef F32Array { get; }
    public ArrayDef F64Array { get; }
    public List<FuncDef> ClosureFunctions { get; } = [];
    public FuncDef DynamicFunction { get; }
    public IrGlobal SentinelGlobal { get; }

    private StructDef Box(string name, WType type)
    {
        var box = new StructDef(name, Top) { IsFinal = true };
        box.Add(type, false, "value");
        return box;
    }

    public IrGlobal NewGlobal(string name, WType type, bool mutable, Node? init)
    {
        var global = new IrGlobal(name, type, mutable) { Init = init };
        Parts.Globals.Add(global);
        return global;
    }

    public IrFunction NewFunction(string name)
    {
        var function = new IrFunction(name);
        Parts.Functions.Add(function);
        return function;
    }

    private readonly Dictionary<string, IrFunction> _imports = new(StringComparer.Ordinal);

    public IrFunction Import(string name, WType[] parameters, WType result)
    {
        if (_imports.TryGetValue(name, out var function))
            return function;
        function = NewFunction("host." + name);
        foreach (var p in parameters) function.AddParam(p, "p");
        function.Result = result;
        function.Import = ("host", name);
        return _imports[name] = function;
    }

    /// <summary>Runs later, when what is at work is done.</summary>
    public void Enqueue(Action action) => _work.Enqueue(action);

    public byte[] Compile()
    {
        if (!Program.Main.Declared.TryGetValue("main", out var element) && !Program.Main.Exported.TryGetValue("main", out element) || element is not Member { Kind: MemberKind.Method } main)
            throw new DartCompilationException([new DartError(Program.Main.Units.FirstOrDefault()?.File, 0, "No 'main' method found.")]);
        var entry = NewFunction("$main");
        entry.Export = "main";
        entry.Result = WType.I32;
        FunctionLowering.LowerEntry(this, entry, main);
        ExportFunctions();
        Drain();
        while (CompleteDynamic())
            Drain();
        Program.ThrowIfErrors();
        FinishTables();
        if (Options.InlineLimit > 0)
        {
            new Inliner(Parts, Options.InlineLimit).Run();
            UnusedFunctions.Remove(Parts);
        }

        return new ModuleEmitter(Parts).Emit();
    }

    private void Drain()
    {
        while (_work.TryDequeue(out var action))
        {
            try
            {
                action();
            }
            catch (DartErrorException e)
            {
                if (Program.Errors.Count < 50 && !Program.Errors.Contains(e.Error))
                    Program.Errors.Add(e.Error);
            }
        }
    }

    private DartType InferInitializer(Member member) => FunctionLowering.InferInitializer(this, member);

    // Layouts.

    public ClassLayout LayoutOf(ClassElement cls)
    {
        if (cls.Layout is { } layout)
            return layout;
        if (cls.Library.IsCore)
        {
            var special = cls.Name switch
            {
                "Object" => ObjectStruct,
                "int" => BoxedInt,
                "double" => BoxedDouble,
                "bool" => BoxedBool,
                "_Closure" => Closure,
                _ => null,
            };
            if (special is not null)
                return cls.Layout = new ClassLayout { Struct = special };
        }

        var super = LayoutOf(cls.Supertype!.Class);
        layout = new ClassLayout { Struct = new StructDef(cls.Name, super.Struct) { IsFinal = Options.ExactTypes && cls.DirectSubclasses.Count == 0 } };
        foreach (var (k, v) in super.TypeFields) layout.TypeFields[k] = v;
        foreach (var (k, v) in super.Fields) layout.Fields[k] = v;
        cls.Layout = layout;
        for (var i = 0; i < cls.TypeParams.Count; i++)
        {
            var parameter = cls.TypeParams[i];
            // An argument that the superclass keeps as it is needs no field of its own.
            var at = Array.FindIndex(cls.Supertype.Args, a => a is TypeParamType { Nullable: false } p && p.Parameter == parameter);
            layout.TypeFields[parameter] = at >= 0 && super.TypeFields.TryGetValue(cls.Supertype.Class.TypeParams[at], out var shared)
                ? shared
                : layout.Struct.Add(TopRef, false, parameter.Name);
        }

        foreach (var field in cls.InstanceFields)
        {
            var mutable = !Options.Immutable || field.HasSetter || field.Field!.Late;
            layout.Fields[field] = layout.Struct.Add(FieldRepr(field), mutable, field.Name);
        }

        return layout;
    }

    /// <summary>What a field holds; a late one may hold nothing yet.</summary>
    public WType FieldRepr(Member field)
    {
        var type = Signatures.FieldType(field);
        var repr = ReprOf(type);
        return field.Field is { Late: true, } ? LateRepr(type, repr) : repr;
    }

    public WType LateRepr(DartType type, WType repr) => repr.IsRef && repr.Heap is not ArrayDef && !TypeSystem.IsNullable(type) ? repr.AsNullable : repr.IsRef && repr.Heap is ArrayDef ? repr.AsNullable : AnyRef;

    private readonly Dictionary<ClassElement, StructDef> _reprs = [];

    /// <summary>The struct that all objects of a class and its subtypes have.</summary>
    public StructDef ReprStruct(ClassElement cls)
    {
        if (_reprs.TryGetValue(cls, out var known))
            return known;
        if (cls == Program.Object.Class)
            return _reprs[cls] = Top;
        var result = cls;
        var seen = new HashSet<ClassElement> { cls };
        var stack = new Stack<ClassElement>([cls]);
        while (stack.TryPop(out var next))
        {
            result = CommonSuperclass(result, next);
            if (result is null || result == Program.Object.Class)
                break;
            foreach (var sub in next.DirectSubtypes)
            {
                if (seen.Add(sub)) stack.Push(sub);
            }
        }

        // Boxed numbers have no header of an object, and functions are no classes of the program.
        StructDef def;
        if (result is null || result == Program.Object.Class) def = Top;
        else if (result.Library.IsCore && result.Name is "num" or "Comparable") def = Top;
        else def = LayoutOf(result).Struct;
        return _reprs[cls] = def;
    }

    private static ClassElement? CommonSuperclass(ClassElement a, ClassElement b)
    {
        var chain = new HashSet<ClassElement>();
        for (var c = a; c is not null; c = c.Supertype?.Class) chain.Add(c);
        for (var c = b; c is not null; c = c.Supertype?.Class)
        {
            if (chain.Contains(c)) return c;
        }

        return null;
    }

    /// <summary>How values of a type are held.</summary>
    public WType ReprOf(DartType type)
    {
        type = TypeSystem.Erase(type);
        switch (type)
        {
            case SimpleType: return AnyRef;
            case TypeParamType p:
                return AnyRef;
            case FunctionType: return WType.Ref(Closure, type.Nullable);
            case RecordType: return WType.Ref(LayoutOf(Program.CoreClass("_Record")).Struct, type.Nullable);
            case InterfaceType i:
                if (i.Class.Library.IsCore)
                {
                    switch (i.Class.Name)
                    {
                        case "int": return i.Nullable ? WType.Ref(BoxedInt, true) : WType.I64;
                        case "double": return i.Nullable ? WType.Ref(BoxedDouble, true) : WType.F64;
                        case "bool": return i.Nullable ? WType.Ref(BoxedBool, true) : WType.I32;
                        case "FutureOr" or "Object": return i.Nullable || i.Class.Name == "FutureOr" ? AnyRef : TopRef;
                        case "Function": return WType.Ref(Closure, i.Nullable);
                        case "WasmArray": return WType.Ref(ObjectArray, i.Nullable);
                        case "WasmI8Array": return WType.Ref(I8Array, i.Nullable);
                        case "WasmI16Array": return WType.Ref(I16Array, i.Nullable);
                        case "WasmI32Array": return WType.Ref(I32Array, i.Nullable);
                        case "WasmI64Array": return WType.Ref(I64Array, i.Nullable);
                        case "WasmF32Array": return WType.Ref(F32Array, i.Nullable);
                        case "WasmF64Array": return WType.Ref(F64Array, i.Nullable);
                    }
                }

                return WType.Ref(ReprStruct(i.Class), i.Nullable);
            default: return AnyRef;
        }
    }

    /// <summary>What a function of the type leaves: nothing for void.</summary>
    public WType ResultRepr(DartType type) => TypeSystem.IsVoid(type) ? WType.None : ReprOf(type);

    /// <summary>One representation for values of two.</summary>
    public WType Union(WType a, WType b)
    {
        if (a.IsSubtypeOf(b)) return b;
        if (b.IsSubtypeOf(a)) return a;
        if (a.Kind == WKind.None || b.Kind == WKind.None) return AnyRef;
        StructDef Struct(WType t) => t.Kind switch { WKind.I64 => BoxedInt, WKind.F64 => BoxedDouble, WKind.I32 => BoxedBool, _ => t.Heap as StructDef ?? Top };
        var nullable = a.Nullable || b.Nullable;
        for (var s = Struct(a); s is not null; s = s.Super)
        {
            if (Struct(b).IsSubtypeOf(s)) return WType.Ref(s, nullable);
        }

        return WType.Ref(Top, nullable);
    }

    // Selectors.

    private readonly Dictionary<ClassElement, Dictionary<string, Selector>> _selectorsOfClass = [];

    private void BuildSelectors(ClassElement cls)
    {
        var table = new Dictionary<string, Selector>(StringComparer.Ordinal);
        _selectorsOfClass[cls] = table;
        void Join(string key, Selector selector)
        {
            if (!table.TryGetValue(key, out var other)) { table[key] = selector; return; }
            var (a, b) = (other.Find(), selector.Find());
            if (a == b) return;
            b.Parent = a;
            a.Members.AddRange(b.Members);
        }

        foreach (var super in cls.Interfaces.Select(i => i.Class).Prepend(cls.Supertype?.Class))
        {
            if (super is null || !_selectorsOfClass.TryGetValue(super, out var inherited)) continue;
            foreach (var (key, selector) in inherited) Join(key, selector);
        }

        foreach (var (key, member) in cls.Members)
        {
            var isSetter = key.Length > 1 && key[^1] == '=' && (member.Kind == MemberKind.Setter || member.Kind == MemberKind.Field && key != member.Name);
            var kind = isSetter ? SelectorKind.Setter : member.Kind is MemberKind.Field or MemberKind.Getter ? SelectorKind.Getter : SelectorKind.Method;
            if (!table.TryGetValue(key, out var selector))
                table[key] = selector = new Selector(member.Name, kind);
            selector = selector.Find();
            selector.Members.Add(member);
            if (isSetter) member.SetterSelector = selector;
            else member.Selector = selector;
        }
    }

    /// <summary>The selector that a name means in a class, setters as <c>name=</c>; null where the class has no such member.</summary>
    public Selector? SelectorIn(ClassElement cls, string key) => _selectorsOfClass.TryGetValue(cls, out var table) && table.TryGetValue(key, out var selector) ? selector.Find() : null;

    /// <summary>The selector by which a member is called, with its signature.</summary>
    public Selector SelectorOf(Member member, bool setter = false)
    {
        var selector = (setter ? member.SetterSelector : member.Selector)!.Find();
        EnsureSignature(selector);
        return selector;
    }

    public Selector TearoffOf(Member member)
    {
        var selector = SelectorOf(member);
        if (selector.Tearoff is null)
        {
            selector.Tearoff = new Selector(selector.Name, SelectorKind.Tearoff) { TearoffOf = selector, HasSignature = true, Receiver = selector.Receiver, Result = WType.Ref(Closure) };
            selector.Tearoff.Def = Parts.FuncDefs.Get([selector.Receiver], selector.Tearoff.Result);
        }

        return selector.Tearoff;
    }

    private void EnsureSignature(Selector selector)
    {
        if (selector.HasSignature)
            return;
        selector.HasSignature = true;
        WType? receiver = null, result = null;
        foreach (var member in selector.Members)
        {
            var own = WType.Ref(ReprStruct(member.Owner!));
            receiver = receiver is null ? own : Union(receiver.Value, own);
            var (resultRepr, parameters) = Shape(selector, member);
            result = result is null ? resultRepr : Union(result.Value, resultRepr);
            selector.TypeParamCount = Math.Max(selector.TypeParamCount, member.TypeParams.Count);
            var position = 0;
            foreach (var (type, name, optional, isDefined) in parameters)
            {
                SelectorParam p;
                if (name is null)
                {
                    if (position == selector.Params.Count(q => q.Name is null)) selector.Params.Insert(position, new SelectorParam { Type = type, IsOptional = optional });
                    p = selector.Params[position++];
                }
                else
                {
                    var found = selector.Params.Find(q => q.Name == name);
                    if (found is null) selector.Params.Add(found = new SelectorParam { Type = type, Name = name, IsOptional = optional });
                    p = found;
                }

                p.Type = Union(p.Type, type);
                p.IsOptional |= optional;
            }
        }

        foreach (var p in selector.Params)
        {
            // Where not all members have a parameter, or defaults differ, a missing argument is the sentinel.
            if (!p.IsOptional && selector.Members.All(m => Shape(selector, m).Params.Count(q => q.Name is null) == selector.Params.Count(q => q.Name is null)) && p.Name is null)
                continue;
            p.IsOptional = true;
            ConstValue? common = null;
            var same = true;
            var index = p.Name is null ? selector.Params.IndexOf(p) : -1;
            foreach (var member in selector.Members)
            {
                if (member.Function is null) continue;
                var ps = Signatures.Params(member);
                var param = p.Name is null ? ps.Where(q => q.Kind != ParamKind.Named).ElementAtOrDefault(index) : ps.Find(q => q.Kind == ParamKind.Named && q.Name == p.Name);
                if (param is null || param.IsRequired) continue;
                if (member.IsAbstract && param.Node.Default is null) continue;
                var value = Constants.DefaultOf(member, param);
                if (common is null) common = value;
                else if (!common.Equals(value)) same = false;
            }

            if (same)
            {
                p.Default = common ?? ConstNull.Instance;
                if (p.Default is ConstNull && (!p.Type.IsRef || !p.Type.Nullable)) p.Type = Union(p.Type, AnyRef);
            }
            else
            {
                p.UsesSentinel = true;
                p.Type = AnyRef;
            }
        }

        selector.Params = [.. selector.Params.Where(p => p.Name is null), .. selector.Params.Where(p => p.Name is not null).OrderBy(p => p.Name, StringComparer.Ordinal)];
        selector.Receiver = receiver ?? TopRef;
        selector.Result = result ?? AnyRef;
        var list = new List<WType> { selector.Receiver };
        list.AddRange(Enumerable.Repeat(TopRef, selector.TypeParamCount));
        list.AddRange(selector.Params.Select(p => p.Type));
        selector.Def = Parts.FuncDefs.Get(list, selector.Result);
    }

    private (WType Result, List<(WType Type, string? Name, bool Optional, bool Defined)> Params) Shape(Selector selector, Member member)
    {
        if (member.Kind == MemberKind.Field)
        {
            var type = ReprOf(Signatures.FieldType(member));
            return selector.Kind == SelectorKind.Setter ? (WType.None, [(type, null, false, true)]) : (type, []);
        }

        var signature = Signatures.Of(member);
        return (member.Kind == MemberKind.Setter ? WType.None : ResultRepr(signature.Result),
            [.. Signatures.Params(member).Select(p => (ReprOf(p.Type), p.Kind == ParamKind.Named ? p.Name : null, p.Kind != ParamKind.Required && !p.Node.IsRequiredNamed, true))]);
    }

    // What is reached.

    public void MarkInstantiated(ClassElement cls)
    {
        if (!_instantiated.Add(cls))
            return;
        _instantiatedList.Add(cls);
        AddTypeArgumentsTarget(cls);
        for (var c = cls; c is not null; c = c.Supertype?.Class)
        {
            if (!_selectorsOfClass.TryGetValue(c, out var table)) continue;
            foreach (var (_, s) in table)
            {
                var selector = s.Find();
                if (selector.IsCalled) AddTarget(selector, cls);
                if (selector.Tearoff is { IsCalled: true } tearoff) AddTarget(tearoff, cls);
            }
        }
    }

    public void MarkCalled(Selector selector)
    {
        if (selector.IsCalled)
            return;
        selector.IsCalled = true;
        foreach (var cls in _instantiatedList.ToArray())
            AddTarget(selector, cls);
    }

    private void AddTarget(Selector selector, ClassElement cls)
    {
        if (selector.Targets.ContainsKey(cls))
            return;
        var method = selector.TearoffOf ?? selector;
        var key = selector.Kind == SelectorKind.Setter ? selector.Name + "=" : selector.Name;
        var member = TypeSystem.FindImplementation(cls, key);
        if (member is null)
        {
            // Not implemented: an object whose class has noSuchMethod answers by it.
            if (_selectorsOfClass[cls].TryGetValue(key, out var own) && own.Find() == method && !cls.IsAbstract)
                AddNoSuchMethodTarget(selector, method, cls);
            return;
        }

        var actual = (selector.Kind == SelectorKind.Setter ? member.SetterSelector : member.Selector)?.Find();
        if (actual != method)
            return;
        selector.Targets[cls] = selector.Kind switch
        {
            SelectorKind.Tearoff => TearoffFunction(member),
            SelectorKind.Setter => SetterFunction(member),
            _ => InstanceFunction(member),
        };
    }

    private IrFunction TearoffFunction(Member member)
    {
        if (member.LoweredExtra is IrFunction done)
            return done;
        var selector = TearoffOf(member);
        var function = NewFunction(member.FullName + " (tear-off)");
        member.LoweredExtra = function;
        var receiver = function.AddParam(selector.Receiver, "this");
        function.Result = selector.Result;
        Enqueue(() => FunctionLowering.LowerTearoffGetter(this, function, receiver, member));
        return function;
    }

    private static void SetSignature(IrFunction function, Selector selector)
    {
        function.AddParam(selector.Receiver, "this");
        for (var i = 0; i < selector.TypeParamCount; i++)
            function.AddParam(selector.Def!.Parameters[1 + i], "T" + i);
        foreach (var p in selector.Params)
            function.AddParam(p.Type, p.Name ?? "p");
        function.Result = selector.Result;
    }

    /// <summary>The function of a method, getter, operator, or the implicit getter of a field.</summary>
    public IrFunction InstanceFunction(Member member)
    {
        if (member.Lowered is IrFunction done)
            return done;
        var selector = SelectorOf(member);
        var function = NewFunction(member.FullName);
        member.Lowered = function;
        SetSignature(function, selector);
        Enqueue(() => FunctionLowering.LowerInstance(this, function, member, selector, isSetter: false));
        return function;
    }

    public IrFunction SetterFunction(Member member)
    {
        if (member.LoweredSetter is IrFunction done)
            return done;
        var selector = SelectorOf(member, setter: true);
        var function = NewFunction(member.FullName + "=");
        member.LoweredSetter = function;
        SetSignature(function, selector);
        Enqueue(() => FunctionLowering.LowerInstance(this, function, member, selector, isSetter: true));
        return function;
    }

    /// <summary>The function of a top-level or static function or accessor, or of an extension's member, which takes its receiver first.</summary>
    public IrFunction StaticFunction(Member member)
    {
        if (member.Lowered is IrFunction done)
            return done;
        var function = NewFunction(member.FullName);
        member.Lowered = function;
        var signature = Signatures.Of(member);
        if (member.IsInstance)
        {
            foreach (var p in member.Owner!.TypeParams) function.AddParam(TopRef, p.Name);
            function.AddParam(ReprOf(member.Owner.Node.Kind == ClassKind.Extension ? member.Owner.OnType! : member.Owner.ThisType), "this");
        }

        foreach (var p in member.TypeParams) function.AddParam(TopRef, p.Name);
        foreach (var p in OrderedParams(member)) function.AddParam(ReprOf(p.Type), p.Name);
        function.Result = member.Kind == MemberKind.Setter ? WType.None : ResultRepr(signature.Result);
        Enqueue(() => FunctionLowering.LowerStatic(this, function, member));
        return function;
    }

    /// <summary>Parameters in the order of arguments: positional ones, then named ones by name.</summary>
    public IEnumerable<Param> OrderedParams(Member member)
    {
        var all = Signatures.Params(member);
        return all.Where(p => p.Kind != ParamKind.Named).Concat(all.Where(p => p.Kind == ParamKind.Named).OrderBy(p => p.Name, StringComparer.Ordinal));
    }

    /// <summary>The function that makes an object: a generative constructor or a factory, with the class's type arguments first.</summary>
    public IrFunction ConstructorFunction(Member member)
    {
        if (member.Lowered is IrFunction done)
            return done;
        var cls = member.Owner!;
        var function = NewFunction("new " + member.FullName);
        member.Lowered = function;
        foreach (var p in cls.TypeParams) function.AddParam(TopRef, p.Name);
        if (cls.IsEnum && !member.Function!.Factory)
        {
            function.AddParam(WType.I64, "index");
            function.AddParam(ReprOf(Program.String), "name");
        }

        foreach (var p in OrderedParams(member)) function.AddParam(ReprOf(p.Type), p.Name);
        function.Result = member.Function!.Factory || cls.IsExtensionType ? ReprOf(cls.ThisType) : WType.Ref(LayoutOf(cls).Struct);
        if (!member.Function.Factory && !cls.IsExtensionType)
            MarkInstantiated(cls);
        Enqueue(() => FunctionLowering.LowerConstructor(this, function, member));
        return function;
    }

    public StaticVariable Variable(Member member)
    {
        if (member.Variable is { } known)
            return known;
        var type = Signatures.FieldType(member);
        var repr = ReprOf(type);
        var init = member.Field!.Init;
        ConstValue? constant = null;
        if (init is not null)
            constant = Constants.TryEvaluateInitializer(member, type);
        if (init is null && !member.Field.Late)
            constant = ConstNull.Instance;
        if (constant is not null && (constant is not ConstNull || repr.IsRef && repr.Nullable))
        {
            var node = FunctionLowering.ConvertConstant(this, ConstNode(constant), constant, repr);
            var eager = NewGlobal(member.FullName, repr, member.HasSetter, node);
            return member.Variable = new StaticVariable { Member = member, Type = type, Global = eager, IsEager = true };
        }

        var isFlagless = repr.IsRef && !repr.Nullable;
        var storage = repr.IsRef ? repr.AsNullable : repr;
        var global = NewGlobal(member.FullName, storage, true, DefaultNode(storage));
        var flag = isFlagless ? null : NewGlobal(member.FullName + "#done", WType.I32, true, Node.I32(0));
        var variable = member.Variable = new StaticVariable { Member = member, Type = type, Global = global, Flag = flag };
        var getter = variable.Getter = NewFunction(member.FullName + " (lazy)");
        getter.Result = repr;
        Enqueue(() => FunctionLowering.LowerLazyStatic(this, getter, variable));
        return variable;
    }

    public static Node DefaultNode(WType type) => type.Kind switch
    {
        WKind.I32 => Node.I32(0),
        WKind.I64 => Node.I64(0),
        WKind.F64 => Node.F64(0),
        _ => Node.Null(type.Heap!),
    };

    /// <summary>Whether an object, not null, is an instance of a class or a subtype.</summary>
    public Node ClassTest(ClassElement cls, IrFunction inFunction, Node value)
    {
        var temp = inFunction.AddLocal(TopRef, "object");
        var node = new Node { Op = IrOp.ClassTest, Type = WType.I32, Data = (cls, temp), Args = [value] };
        _classTests.Add(node);
        return node;
    }
}
