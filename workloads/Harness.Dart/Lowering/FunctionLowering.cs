using Harness.Dart.Ir;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Harness.Engine.Modules;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering;

/// <summary>A lowered expression with its static type.</summary>
internal readonly record struct Val(Node Node, DartType Type);

/// <summary>Lowers one body: finds types and makes the mid-level form in one walk. This file holds scopes, variables and conversions.</summary>
internal sealed partial class FunctionLowering
{
    private readonly ProgramLowering _p;
    private readonly DartProgram _program;
    private readonly TypeSystem _types;
    private IrFunction _fn;
    private readonly FunctionLowering? _parent;
    private TypeScope _scope;
    private Member? _member;
    private ClassElement? _class;
    private readonly Library _library;

    private List<Node> _out = [];
    private Flow _flow = new();
    private Scope _locals = new(null);
    private NameUse _use = new();
    private DartType? _returnType;
    private DartType? _inferredReturn;
    private bool _infersReturn;
    private AsyncKind _async;
    private LocalVariable? _this;
    private DartType? _thisType;
    private readonly Dictionary<TypeParam, LocalVariable> _typeParams = [];

    // Captures of a closure: its context's struct, filled as variables are found.
    private StructDef? _context;
    private IrLocal? _contextLocal;
    private readonly Dictionary<LocalVariable, int> _captured = [];
    private readonly List<LocalVariable> _captureOrder = [];

    private sealed class Scope(Scope? parent)
    {
        public Scope? Parent { get; } = parent;
        public Dictionary<string, LocalVariable> Names { get; } = new(StringComparer.Ordinal);
    }

    private FunctionLowering(ProgramLowering program, IrFunction function, TypeScope scope, Member? member, FunctionLowering? parent = null)
    {
        _p = program;
        _program = program.Program;
        _types = program.Types;
        _fn = function;
        _scope = scope;
        _member = member;
        _class = member?.Owner ?? scope.Class;
        _library = scope.Library;
        _parent = parent;
    }

    private DartErrorException Error(Syntax.Node node, string message) => new(_scope.File, node.Pos, message);

    private DartErrorException Unsupported(Syntax.Node node, string feature) => new(_scope.File, node.Pos, $"{feature} is not supported by this compiler yet.");

    /// <summary>What constant expressions of this body see.</summary>
    internal TypeScope Scope0 => _scope;

    internal ClassElement? LexicalClass0 => LexicalClass();

    /// <summary>The constant that a local name stands for; a variable is none.</summary>
    internal ConstValue? LookupConstant(string name)
    {
        if (Lookup(name) is not { } variable) return null;
        return variable.Constant ?? throw new DartErrorException(_scope.File, 0, $"Not a constant expression: '{name}' is a variable.");
    }

    // Output.

    private void Emit(Node node)
    {
        if (!_flow.IsReachable && _out.Count > 0 && _out[^1].IsNever)
            return;
        _out.Add(node);
        if (node.IsNever)
            _flow.IsReachable = false;
    }

    /// <summary>Collects what <paramref name="action"/> emits.</summary>
    private List<Node> Collect(Action action)
    {
        var saved = _out;
        _out = [];
        action();
        var result = _out;
        _out = saved;
        return result;
    }

    /// <summary>An expression of what <paramref name="make"/> emits and gives back.</summary>
    private Val InSequence(Func<Val> make)
    {
        var saved = _out;
        _out = [];
        var value = make();
        if (_out.Count == 0)
        {
            _out = saved;
            return value;
        }

        _out.Add(value.Node);
        var node = Node.Seq(_out);
        _out = saved;
        return value with { Node = node };
    }

    private IrLocal Temp(WType type, string name = "t") => _fn.AddLocal(type, name);

    private IrLocal TempOf(Node value, out Node set, string name = "t")
    {
        var local = _fn.AddLocal(value.IsNever ? _p.AnyRef : value.Type, name);
        set = Node.Set(local, value);
        return local;
    }

    // Scopes.

    private void Push() => _locals = new Scope(_locals);

    private void Pop() => _locals = _locals.Parent!;

    private LocalVariable? Lookup(string name)
    {
        for (var f = this; f is not null; f = f._parent)
        {
            for (var scope = f._locals; scope is not null; scope = scope.Parent)
            {
                if (scope.Names.TryGetValue(name, out var found)) return found;
            }
        }

        return null;
    }

    private LocalVariable Declare(string name, DartType type, Syntax.Node at, bool isFinal = false, bool late = false)
    {
        var variable = new LocalVariable(name, type) { Owner = this, IsFinal = isFinal, IsLate = late };
        variable.IsAssigned = _use.Assigned.Contains(name);
        variable.IsAssignedInClosure = _use.AssignedInClosures.Contains(name);
        variable.Repr = late ? _p.LateRepr(type, _p.ReprOf(type)) : _p.ReprOf(type);
        var shared = _use.InClosures.Contains(name) && (variable.IsAssigned || late);
        if (shared) variable.Cell = CellOf(variable.Repr);
        if (name != "_" && name.Length > 0 && !_locals.Names.TryAdd(name, variable))
            throw Error(at, $"'{name}' is already declared in this scope.");
        return variable;
    }

    private StructDef CellOf(WType type) => _p.CellOf(type);

    /// <summary>Gives a variable its place and first value.</summary>
    private void Initialize(LocalVariable variable, Node? value)
    {
        if (variable.Cell is { } cell)
        {
            variable.Local = _fn.AddLocal(WType.Ref(cell), variable.Name);
            Emit(Node.Set(variable.Local, Node.New(cell, value ?? ProgramLowering.DefaultNode(cell.Fields[0].Type))));
            return;
        }

        variable.Local ??= _fn.AddLocal(variable.Repr, variable.Name);
        if (value is not null) Emit(Node.Set(variable.Local, value));
        else Emit(Node.Set(variable.Local, ProgramLowering.DefaultNode(variable.Local.Type.IsRef ? variable.Local.Type.AsNullable : variable.Local.Type)));
    }

    /// <summary>The variable's cell or value as this function has it, captured where it belongs to another.</summary>
    private Node Place(LocalVariable variable)
    {
        if (variable.Owner == this)
            return Node.Get(variable.Local ?? throw new DartErrorException(_scope.File, 0, $"Local variable '{variable.Name}' can't be referenced before it is declared."));
        if (_parent is null)
            throw new InvalidOperationException($"{variable.Name} belongs to another function");
        if (!_captured.TryGetValue(variable, out var index))
        {
            var type = variable.Cell is { } cell ? WType.Ref(cell) : variable.Local?.Type ?? variable.Repr;
            index = _context!.Add(type.IsRef && variable.Cell is null && !(variable.Local?.IsDefinite ?? false) && !type.Nullable ? type : type, false, variable.Name);
            _captured[variable] = index;
            _captureOrder.Add(variable);
        }

        return Node.Field(_context!, index, Node.Get(_contextLocal!));
    }

    private Node ReadRaw(LocalVariable variable)
    {
        var place = Place(variable);
        return variable.Cell is { } cell ? ReadCell(cell, place, variable.Repr) : place;
    }

    private static Node ReadCell(StructDef cell, Node place, WType repr)
    {
        var node = Node.Field(cell, 0, place);
        return repr.IsRef && !repr.Nullable ? Node.NonNull(node) : node;
    }

    private Val Read(LocalVariable variable, Syntax.Node at)
    {
        if (variable.Constant is { } constant)
            return new Val(ConvertConstant(_p, _p.ConstNode(constant), constant, variable.Repr), variable.Type);
        if (variable.IsLate)
            return ReadLate(variable);
        var node = ReadRaw(variable);
        var type = Promoted(variable) ?? variable.Type;
        if (!type.Equals(variable.Type))
            node = Narrow(node, type);
        return new Val(node, type);
    }

    /// <summary>Converts to the representation of a type that the value is known to have.</summary>
    private Node Narrow(Node node, DartType type)
    {
        var repr = _p.ReprOf(type);
        return Convert(node, repr.IsRef && repr.Heap is not ArrayDef && node.Type.IsRef && node.Type.IsSubtypeOf(repr) ? node.Type : repr);
    }

    private Val ReadLate(LocalVariable variable)
    {
        var repr = _p.ReprOf(variable.Type);
        var raw = ReadRaw(variable);
        var uninitialized = UsesNullForUninitialized(variable.Type) ? null : Node.Get(_p.SentinelGlobal);
        var local = Temp(raw.Type, variable.Name);
        var test = uninitialized is null ? Node.IsNull(Node.Tee(local, raw)) : Node.RefEq(Node.Tee(local, raw), uninitialized);
        Node missing;
        if (variable.LateInit is { } init)
        {
            missing = InSequence(() =>
            {
                var value = Coerce(LowerLateInit(variable, init), variable.Type, init);
                Emit(Node.Set(local, Convert(value, raw.Type)));
                WriteRaw(variable, Node.Get(local));
                return new Val(Node.Nop(), variable.Type);
            }).Node;
        }
        else
        {
            missing = Node.Seq(CallCore("_throwLateNotInitialized", _p.ConstNode(new ConstString(variable.Name))), Node.Unreachable());
        }

        return new Val(Node.Seq(Node.If(test, missing, null, WType.None), Convert(Node.Get(local), repr)), variable.Type);
    }

    private static bool UsesNullForUninitialized(DartType type) => !TypeSystem.IsNullable(type);

    // The initializer's names are those of its place, which is this function or one around it.
    private Val LowerLateInit(LocalVariable variable, Expr init) => Lower(init, variable.Type);

    private void WriteRaw(LocalVariable variable, Node value)
    {
        if (variable.Cell is { } cell)
            Emit(Node.SetField(cell, 0, Place(variable), value));
        else
            Emit(Node.Set(variable.Local!, value));
    }

    private DartType? Promoted(object key) => _flow.Promoted.GetValueOrDefault(key);

    private bool CanPromote(LocalVariable variable) =>
        !variable.IsLate && variable.Constant is null && !variable.IsAssignedInClosure && (variable.Owner == this || !variable.IsAssigned);

    private static void Promote(Flow flow, object key, DartType type) => flow.Promoted[key] = type;

    private void DemoteAssigned(NameUse use)
    {
        foreach (var key in _flow.Promoted.Keys.ToList())
        {
            if (key is LocalVariable v && use.Assigned.Contains(v.Name)) _flow.Promoted.Remove(key);
        }
    }

    // Conversions.

    /// <summary>Converts between representations; what the program's types promise is not checked again.</summary>
    public Node Convert(Node node, WType to) => Convert(_p, node, to);

    public static Node Convert(ProgramLowering p, Node node, WType to)
    {
        var from = node.Type;
        if (node.IsNever || from == to || to.Kind == WKind.Never)
            return node;
        if (to.Kind == WKind.None)
            return Node.Drop(node);
        if (from.Kind == WKind.None)
        {
            // The value of something void is null, which nobody looks at.
            return Node.Seq(node, to.IsRef ? to.Nullable ? Node.Null(to.Heap!) : Node.NonNull(Node.Null(to.Heap!)) : ProgramLowering.DefaultNode(to));
        }

        if (!from.IsRef)
        {
            if (!to.IsRef)
            {
                if (from == WType.I64 && to == WType.F64) return Node.Numeric(Opcode.F64ConvertI64S, WType.F64, node);
                // Types that nothing has: the code is not reached.
                return Node.Seq(Node.Drop(node), Node.Unreachable());
            }

            if (node.Op == IrOp.I64) return p.Boxed(new ConstInt(node.Number));
            if (node.Op == IrOp.F64) return p.Boxed(new ConstDouble(BitConverter.Int64BitsToDouble(node.Number)));
            if (from == WType.I32)
                return Cast(to, Node.If(node, p.Boxed(new ConstBool(true)), p.Boxed(new ConstBool(false)), WType.Ref(p.BoxedBool)));
            var (box, cls) = from.Kind switch
            {
                WKind.I64 => (p.BoxedInt, p.Program.Int.Class),
                _ => (p.BoxedDouble, p.Program.Double.Class),
            };
            return Cast(to, Node.New(box, p.HeaderOf(cls), node));
        }

        if (!to.IsRef)
        {
            var box = to.Kind switch { WKind.I64 => p.BoxedInt, WKind.F64 => p.BoxedDouble, _ => p.BoxedBool };
            // A box that was just made is taken off again.
            if (node.Op == IrOp.StructNew && node.Data == box) return node.Args[1];
            if (node.Op == IrOp.Call || node.Op == IrOp.Get || true)
                return Node.Field(box, 1, Cast(WType.Ref(box), node));
        }

        return Cast(to, node);
    }

    private static Node Cast(WType to, Node node)
    {
        if (node.Type.IsSubtypeOf(to)) return node;
        if (node.Type.Heap!.IsSubtypeOf(to.Heap!)) return Node.NonNull(node);
        if (node.Op == IrOp.RefNull) return to.Nullable ? Node.Null(to.Heap!) : Node.NonNull(Node.Null(to.Heap!));
        return Node.Cast(to, node);
    }

    /// <summary>A constant in a representation, as a constant expression.</summary>
    public static Node ConvertConstant(ProgramLowering p, Node node, ConstValue value, WType to)
    {
        if (value is ConstNull) return to.IsRef ? Node.Null(to.Heap!) : Node.I32(0);
        if (to == WType.F64 && value is ConstInt i) return Node.F64(i.Value);
        if (to.IsRef && !node.Type.IsRef) return p.Boxed(value);
        if (!to.IsRef && node.Type.IsRef) return ProgramLowering.DefaultNode(to);
        return node;
    }

    /// <summary>Converts a value to a type that it is assigned to: numbers, calls of objects, downcasts from dynamic.</summary>
    private Node Coerce(Val value, DartType to, Syntax.Node at)
    {
        var from = value.Type;
        var target = _p.ReprOf(to);
        if (value.Node.IsNever) return value.Node;
        if (TypeSystem.IsVoid(to)) return Convert(value.Node, target);
        if (TypeSystem.IsDynamic(from) && !TypeSystem.IsTop(to))
            return CheckedCast(value, to, at);
        if (from.Equals(to))
            return Convert(value.Node, target);
        if (!_types.IsSubtype(from, to))
        {
            // A function is taken from an object with a method 'call'.
            if ((to is FunctionType || to is InterfaceType { Class: var tc } && tc == _program.Function.Class) && TypeSystem.NonNull(from is TypeParamType x ? x.Promoted ?? x.Bound : from) is InterfaceType { Class.IsExtensionType: false } callable && _types.FindMember(callable, "call") is { Member.Kind: MemberKind.Method })
            {
                var torn = GetMember(value with { Type = callable }, "call", at);
                return Coerce(torn, to, at);
            }

            if (from is FunctionType { TypeParams.Length: > 0 } whole && TypeSystem.NonNull(to) is FunctionType { TypeParams.Length: 0 } wanted
                && InstantiateClosure(value, whole, wanted, at) is var instance && _types.IsSubtype(instance.Type, to))
                return Convert(instance.Node, target);
            if (TypeSystem.IsVoid(from))
                throw Error(at, "This expression has type 'void' and can't be used.");
            throw Error(at, $"A value of type '{from}' can't be assigned to a variable of type '{to}'.");
        }

        if (from is FunctionType { TypeParams.Length: > 0 } generic && to is FunctionType { TypeParams.Length: 0 } plain)
            return Convert(InstantiateClosure(value, generic, plain, at).Node, target);
        return Convert(value.Node, target);
    }

    private Node CallCore(string function, params Node[] args)
    {
        var target = _p.StaticFunction(_program.CoreFunction(function));
        return Node.Call(target, [.. args.Select((a, i) => Convert(a, target.Params[i].Type))]);
    }

    private Node StringConst(string text) => _p.ConstNode(new ConstString(text));

    /// <summary>A value with a check at run time that it has the type.</summary>
    private Node CheckedCast(Val value, DartType to, Syntax.Node at, bool explicitCast = false)
    {
        to = TypeSystem.Erase(to);
        var target = _p.ReprOf(to);
        if (TypeSystem.IsTop(to)) return Convert(value.Node, target);
        if (_types.IsSubtype(value.Type, to) && !TypeSystem.IsDynamic(value.Type)) return Convert(value.Node, target);
        if (_p.Options.Casts == CheckKind.Trusted) return Convert(value.Node, target);
        if (value.Node.IsNever) return value.Node;
        var boxed = Convert(value.Node, value.Node.Type.IsRef ? value.Node.Type : _p.AnyRef);
        var local = Temp(boxed.Type, "cast");
        var test = TypeTest(Node.Get(local), value.Type, to);
        if (test.Op == IrOp.I32 && test.Number == 1)
            return Convert(boxed, target);
        var fail = Node.Seq(CallCore("_throwCastError", Node.Get(local), TypeNode(to)), Node.Unreachable());
        return Node.Seq(Node.Set(local, boxed), Node.If(test, Node.Nop(), fail, WType.None), Convert(Node.Get(local), target));
    }

    /// <summary>Whether a value, held as a reference, has a type: an i32. <paramref name="value"/> must be cheap to repeat.</summary>
    private Node TypeTest(Node value, DartType from, DartType type)
    {
        type = TypeSystem.Erase(type);
        if (TypeSystem.IsTop(type)) return Node.I32(1);
        if (!value.Type.IsRef)
        {
            var box = Temp(_p.AnyRef);
            var boxed = Convert(value, _p.AnyRef);
            return Node.Seq(Node.Set(box, boxed), TypeTest(Node.Get(box), from, type));
        }

        if (TypeSystem.IsNull(type)) return Node.IsNull(value);
        if (TypeSystem.IsNever(type)) return Node.I32(0);
        if (_types.IsSubtype(from, type) && !TypeSystem.IsDynamic(from)) return Node.I32(1);
        var canBeNull = value.Type.Nullable;
        Node test;
        var plain = type.WithNullable(false);
        if (plain is InterfaceType i && !TypeSystem.IsFutureOr(i) && IsSimpleTest(i, from))
        {
            var core = i.Class.Library.IsCore ? i.Class.Name : "";
            if (core == "Object") test = Node.I32(1);
            else if (core == "int") return Node.Test(WType.Ref(_p.BoxedInt, type.Nullable), value);
            else if (core == "double") return Node.Test(WType.Ref(_p.BoxedDouble, type.Nullable), value);
            else if (core == "bool") return Node.Test(WType.Ref(_p.BoxedBool, type.Nullable), value);
            else if (core == "Function") return Node.Test(WType.Ref(_p.Closure, type.Nullable), value);
            else if (core == "Record") return Node.Test(WType.Ref(_p.LayoutOf(_program.CoreClass("_Record")).Struct, type.Nullable), value);
            else test = _p.ClassTest(i.Class, _fn, Node.NonNull(value));
        }
        else
        {
            return CallCore("_isInstance", value, TypeNode(type));
        }

        if (!canBeNull) return test;
        return Node.If(Node.IsNull(value), Node.I32(type.Nullable ? 1 : 0), test, WType.I32);
    }

    // Whether the class alone decides: no type arguments, or such as the static type implies.
    private bool IsSimpleTest(InterfaceType type, DartType from)
    {
        if (type.Args.Length == 0 || type.Args.All((a) => TypeSystem.IsTop(a))) return true;
        if (type.Args.Select((a, i) => a.Equals(type.Class.TypeParams[i].HasBound ? type.Class.TypeParams[i].Bound : _program.Object.WithNullable(true))).All(x => x)) return true;
        // 'List<T> x; x is GrowableList<T>': what the subclass's arguments must be follows from the supertype's.
        if (TypeSystem.NonNull(from) is InterfaceType f && _types.Supertypes(type.Class).TryGetValue(f.Class, out var super))
        {
            var map = new Dictionary<TypeParam, DartType>();
            for (var i = 0; i < super.Args.Length; i++)
            {
                if (super.Args[i] is TypeParamType { Nullable: false } p) map[p.Parameter] = f.Args[i];
            }

            if (type.Class.TypeParams.All(map.ContainsKey) && type.Args.Select((a, i) => _types.IsSubtype(map[type.Class.TypeParams[i]], a)).All(x => x)) return true;
        }

        return false;
    }

    // Types at run time.

    /// <summary>The object that stands for a type, with the type arguments of this place.</summary>
    private Node TypeNode(DartType type)
    {
        type = TypeSystem.Erase(type);
        if (!type.Any(t => t is TypeParamType p && IsInScope(p.Parameter)))
            return _p.ConstNode(new ConstType(EraseInside(type)));
        switch (type)
        {
            case TypeParamType p:
                var node = TypeParamValue(p.Parameter);
                return p.Nullable ? CallCore("_nullableType", node) : node;
            case InterfaceType i:
                _p.MarkMentioned(i.Class);
                return _p.NewCore("_InterfaceType", Node.I64(0), Node.I32(i.Nullable ? 1 : 0), Node.I64(i.Class.ClassId), TypeArray(i.Args));
            case FunctionType f:
                return _p.FunctionTypeNode(f, TypeNode);
            case RecordType r:
                return _p.NewCore("_RecordType", Node.I64(6), Node.I32(r.Nullable ? 1 : 0), _p.RecordShape(r), TypeArray([.. r.Positional, .. r.Named.Select(n => n.Type)]));
            default:
                throw new InvalidOperationException();
        }
    }

    private static DartType EraseInside(DartType type) => type;

    private Node TypeArray(IReadOnlyList<DartType> types) =>
        Node.Array(IrOp.ArrayNewFixed, _p.ObjectArray, WType.Ref(_p.ObjectArray), [.. types.Select(TypeNode)]);

    private bool IsInScope(TypeParam parameter)
    {
        for (var f = this; f is not null; f = f._parent)
        {
            if (f._typeParams.ContainsKey(parameter)) return true;
        }

        return parameter.Class is not null;
    }

    private Node TypeParamValue(TypeParam parameter)
    {
        for (var f = this; f is not null; f = f._parent)
        {
            if (f._typeParams.TryGetValue(parameter, out var variable)) return Place(variable);
        }

        if (parameter.Class is { } cls && ThisPlace() is { } self)
        {
            var layout = _p.LayoutOf(_class!);
            if (layout.TypeFields.TryGetValue(parameter, out var field))
                return Node.Field(layout.Struct, field, Convert(self, WType.Ref(layout.Struct)));
            // The parameter of a superclass or mixin: what this class makes of it.
            if (_types.AsInstanceOf(_class!.ThisType, cls) is { } instance && cls.TypeParams.IndexOf(parameter) is >= 0 and var index)
                return TypeNode(instance.Args[index]);
        }

        return _p.ConstNode(new ConstType(SimpleType.Dynamic));
    }

    private Node? ThisPlace()
    {
        for (var f = this; f is not null; f = f._parent)
        {
            if (f._this is { } self) return Place(self);
        }

        return null;
    }

    private DartType? ThisType()
    {
        for (var f = this; f is not null; f = f._parent)
        {
            if (f._this is not null) return f._thisType;
        }

        return null;
    }
}
