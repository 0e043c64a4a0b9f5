using Harness.Dart.Ir;
using Harness.Dart.Semantics;
using Harness.Engine.Modules;

namespace Harness.Dart.Lowering.Module;

/// <summary>How values of the language are held: the representation of each type, and conversions between them.</summary>
/// <param name="lowering">The program.</param>
/// <param name="arguments">For a copy of a generic declaration: the types by which values are held whose type is a parameter.</param>
/// <param name="shared">The program's own, whose structs those of a copy share.</param>
internal sealed class Representations(ProgramLowering lowering, IReadOnlyDictionary<TypeParam, DartType>? arguments = null, Representations? shared = null)
{
    private readonly ProgramLowering _lowering = lowering;
    private readonly DartProgram _program = lowering.Program;
    private readonly Dictionary<WType, StructDef> _cells = shared?._cells ?? [];
    private readonly Dictionary<ClassElement, StructDef> _reprs = shared?._reprs ?? [];

    private TargetTypes Target => _lowering.Target;
    private ClassLayouts Layouts => _lowering.Layouts;
    private ConstantPool Pool => _lowering.Pool;

    /// <summary>The representations in a copy of a generic declaration; the program's own where there are no type arguments.</summary>
    public Representations For(IReadOnlyDictionary<TypeParam, DartType>? arguments) => arguments is null ? this : new Representations(_lowering, arguments, this);

    /// <summary>A type with the type arguments of a copy in the place of parameters.</summary>
    public DartType Resolve(DartType type) => arguments is null ? type : type.Substitute(arguments);

    /// <summary>A variable that closures share.</summary>
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

    /// <summary>How a late variable is held, which may have no value yet.</summary>
    public WType LateRepr(DartType type, WType repr) => repr.IsRef && repr.Heap is not ArrayDef && !TypeSystem.IsNullable(type) ? repr.AsNullable : repr.IsRef && repr.Heap is ArrayDef ? repr.AsNullable : Target.AnyRef;

    /// <summary>The struct that all objects of a class and its subtypes have.</summary>
    public StructDef StructOf(ClassElement cls)
    {
        if (_reprs.TryGetValue(cls, out var known))
        {
            return known;
        }

        if (cls == _program.Object.Class)
        {
            return _reprs[cls] = Target.Top;
        }

        var result = cls;
        var seen = new HashSet<ClassElement> { cls };
        var stack = new Stack<ClassElement>([cls]);
        while (stack.TryPop(out var next))
        {
            result = CommonSuperclass(result, next);
            if (result is null || result == _program.Object.Class)
            {
                break;
            }

            foreach (var sub in next.DirectSubtypes)
            {
                if (seen.Add(sub))
                {
                    stack.Push(sub);
                }
            }
        }

        // Boxed numbers have no header of an object, and functions are no classes of the program.
        StructDef def;
        if (result is null || result == _program.Object.Class)
        {
            def = Target.Top;
        }
        else if (result.Library.IsCore && result.Name is "num" or "Comparable")
        {
            def = Target.Top;
        }
        else
        {
            def = Layouts.StructOf(result);
        }

        return _reprs[cls] = def;
    }

    private static ClassElement? CommonSuperclass(ClassElement a, ClassElement b)
    {
        var chain = new HashSet<ClassElement>();
        for (var c = a; c is not null; c = c.Supertype?.Class)
        {
            chain.Add(c);
        }

        for (var c = b; c is not null; c = c.Supertype?.Class)
        {
            if (chain.Contains(c))
            {
                return c;
            }
        }

        return null;
    }

    /// <summary>How values of a type are held.</summary>
    public WType Of(DartType type)
    {
        type = TypeSystem.Erase(type);
        switch (type)
        {
            case SimpleType: return Target.AnyRef;
            case TypeParamType { Nullable: false } p when arguments is not null && arguments.TryGetValue(p.Parameter, out var argument):
                return Of(argument);
            case TypeParamType:
                return Target.AnyRef;
            case FunctionType: return WType.Ref(Target.Closure, type.Nullable);
            case RecordType: return WType.Ref(Layouts.StructOf(_program.CoreClass("_Record")), type.Nullable);
            case InterfaceType i:
                if (i.Class.Library.IsCore)
                {
                    switch (i.Class.Name)
                    {
                        case "int": return i.Nullable ? WType.Ref(Target.BoxedInt, true) : WType.I64;
                        case "double": return i.Nullable ? WType.Ref(Target.BoxedDouble, true) : WType.F64;
                        case "bool": return i.Nullable ? WType.Ref(Target.BoxedBool, true) : WType.I32;
                        case "FutureOr" or "Object": return i.Nullable || i.Class.Name == "FutureOr" ? Target.AnyRef : Target.TopRef;
                        case "Function": return WType.Ref(Target.Closure, i.Nullable);
                        case "WasmExtern": return WType.Ref(HeapDef.Extern, i.Nullable);
                        case "WasmArray": return WType.Ref(Target.ObjectArray, i.Nullable);
                        case "WasmI8Array": return WType.Ref(Target.I8Array, i.Nullable);
                        case "WasmI16Array": return WType.Ref(Target.I16Array, i.Nullable);
                        case "WasmUnits": return WType.Ref(_lowering.Options.Strings == StringKind.OneByte ? HeapDef.Array : Target.I16Array, i.Nullable);
                        case "WasmI32Array": return WType.Ref(Target.I32Array, i.Nullable);
                        case "WasmI64Array": return WType.Ref(Target.I64Array, i.Nullable);
                        case "WasmF32Array": return WType.Ref(Target.F32Array, i.Nullable);
                        case "WasmF64Array": return WType.Ref(Target.F64Array, i.Nullable);
                    }
                }

                return WType.Ref(StructOf(i.Class), i.Nullable);
            default: return Target.AnyRef;
        }
    }

    /// <summary>What a function of the type leaves: nothing for void.</summary>
    public WType OfResult(DartType type) => TypeSystem.IsVoid(type) ? WType.None : Of(type);

    /// <summary>One representation for values of two.</summary>
    public WType Union(WType a, WType b)
    {
        if (a.IsSubtypeOf(b))
        {
            return b;
        }

        if (b.IsSubtypeOf(a))
        {
            return a;
        }

        if (a.Kind == WKind.None || b.Kind == WKind.None)
        {
            return Target.AnyRef;
        }

        StructDef Struct(WType t) => t.Kind switch { WKind.I64 => Target.BoxedInt, WKind.F64 => Target.BoxedDouble, WKind.I32 => Target.BoxedBool, _ => t.Heap as StructDef ?? Target.Top };
        var nullable = a.Nullable || b.Nullable;
        for (var s = Struct(a); s is not null; s = s.Super)
        {
            if (Struct(b).IsSubtypeOf(s))
            {
                return WType.Ref(s, nullable);
            }
        }

        return WType.Ref(Target.Top, nullable);
    }

    /// <summary>Zero or null.</summary>
    public static Node DefaultNode(WType type) => type.Kind switch
    {
        WKind.I32 => Node.I32(0),
        WKind.I64 => Node.I64(0),
        WKind.F64 => Node.F64(0),
        _ => Node.Null(type.Heap!),
    };

    /// <summary>Converts between representations; what the program's types promise is not checked again.</summary>
    public Node Convert(Node node, WType to)
    {
        var from = node.Type;
        if (node.IsNever || from == to || to.Kind == WKind.Never)
        {
            return node;
        }

        if (to.Kind == WKind.None)
        {
            return Node.Drop(node);
        }

        if (from.Kind == WKind.None)
        {
            // The value of something void is null, which nobody looks at.
            return Node.Seq(node, to.IsRef ? to.Nullable ? Node.Null(to.Heap!) : Node.NonNull(Node.Null(to.Heap!)) : DefaultNode(to));
        }

        if (!from.IsRef)
        {
            return to.IsRef ? Box(node, to) : ConvertNumber(node, to);
        }

        if (!to.IsRef)
        {
            var box = to.Kind switch { WKind.I64 => Target.BoxedInt, WKind.F64 => Target.BoxedDouble, _ => Target.BoxedBool };
            // A box that was just made is taken off again.
            return node.Op == IrOp.StructNew && node.Data == box ? node.Args[1] : Node.Field(box, 1, Cast(WType.Ref(box), node));
        }

        return Cast(to, node);
    }

    private static Node ConvertNumber(Node node, WType to)
    {
        if (node.Type == WType.I64 && to == WType.F64)
        {
            return Node.Numeric(Opcode.F64ConvertI64S, WType.F64, node);
        }

        // Types that nothing has: the code is not reached.
        return Node.Seq(Node.Drop(node), Node.Unreachable());
    }

    private Node Box(Node node, WType to)
    {
        if (node.Op == IrOp.I64)
        {
            return Pool.Boxed(new ConstInt(node.Number));
        }

        if (node.Op == IrOp.F64)
        {
            return Pool.Boxed(new ConstDouble(BitConverter.Int64BitsToDouble(node.Number)));
        }

        if (node.Type == WType.I32)
        {
            return Cast(to, Node.If(node, Pool.Boxed(new ConstBool(true)), Pool.Boxed(new ConstBool(false)), WType.Ref(Target.BoxedBool)));
        }

        var (box, cls) = node.Type.Kind == WKind.I64 ? (Target.BoxedInt, _program.Int.Class) : (Target.BoxedDouble, _program.Double.Class);
        return Cast(to, Node.New(box, Pool.HeaderOf(cls), node));
    }

    private static Node Cast(WType to, Node node)
    {
        if (node.Type.IsSubtypeOf(to))
        {
            return node;
        }

        if (node.Type.Heap!.IsSubtypeOf(to.Heap!))
        {
            return Node.NonNull(node);
        }

        if (node.Op == IrOp.RefNull)
        {
            return to.Nullable ? Node.Null(to.Heap!) : Node.NonNull(Node.Null(to.Heap!));
        }

        return Node.Cast(to, node);
    }

    /// <summary>A constant in a representation, as a constant expression.</summary>
    public Node ConvertConstant(Node node, ConstValue value, WType to)
    {
        if (value is ConstNull)
        {
            return DefaultNode(to);
        }

        if (to == WType.F64 && value is ConstInt i)
        {
            return Node.F64(i.Value);
        }

        if (to.IsRef && !node.Type.IsRef)
        {
            return Pool.Boxed(value);
        }

        if (!to.IsRef && node.Type.IsRef)
        {
            return DefaultNode(to);
        }

        return node;
    }
}
