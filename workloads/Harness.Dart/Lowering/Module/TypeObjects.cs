using Harness.Dart.Ir;
using Harness.Dart.Semantics;

namespace Harness.Dart.Lowering.Module;

/// <summary>Types at run time: the objects that stand for them, and tables by class id.</summary>
internal sealed class TypeObjects(ProgramLowering lowering)
{
    private readonly ProgramLowering _lowering = lowering;
    private readonly DartProgram _program = lowering.Program;
    private readonly TypeSystem _types = lowering.Types;
    private IrGlobal? _supertypes, _classNames;
    private readonly Dictionary<TypeParam, int> _boundIndices = [];
    private ClassElement? _templateClass;

    private TargetTypes Target => _lowering.Target;
    private ClassLayouts Layouts => _lowering.Layouts;
    private Reachability Reached => _lowering.Reached;
    private ConstantPool Pool => _lowering.Pool;

    /// <summary>An array by class id: null, or an array of the class's supertypes in terms of its parameters.</summary>
    public IrGlobal SupertypeTable => _supertypes ??= _lowering.NewGlobal("#supertypes", WType.Ref(Target.ObjectArray), false, null);

    /// <summary>An array of names by class id.</summary>
    public IrGlobal ClassNameTable => _classNames ??= _lowering.NewGlobal("#names", WType.Ref(Target.ObjectArray), false, null);

    // The core's own classes show themselves as what they implement.
    private static string PublicName(ClassElement cls) => !cls.Library.IsCore ? Syntax.SourceFile.PlainName(cls.Name) : cls.Name switch
    {
        "_GrowableList" or "_FixedList" or "_ImmutableList" => "List",
        "_LinkedMap" or "_ConstMap" => "_Map",
        "_LinkedSet" or "_ConstSet" => "_Set",
        ['_', .. var rest] when cls.Library.Uri == "dart:typed_data" && cls.Library.Declared.ContainsKey(rest) => rest,
        _ => cls.Name,
    };

    /// <summary>The object of a type, as a constant expression.</summary>
    public Node TypeInit(DartType type)
    {
        type = TypeSystem.Erase(type);
        switch (type)
        {
            case SimpleType simple:
                return Pool.NewCore("_SimpleType", Node.I64(simple.Kind switch { SimpleKind.Dynamic => 1, SimpleKind.Void => 2, SimpleKind.Never => 3, SimpleKind.Null => 4, _ => 1 }), Node.I32(simple.Kind == SimpleKind.Never ? 0 : 1));
            case InterfaceType i:
                Reached.MarkMentioned(i.Class);
                return Pool.NewCore("_InterfaceType", Node.I64(0), Node.I32(i.Nullable ? 1 : 0), Node.I64(i.Class.ClassId), Pool.ConstArrayNode(i.Args.Select(a => new ConstType(a))));
            case FunctionType f:
                return FunctionTypeNode(f, t => Pool.ConstNode(new ConstType(t)));
            case RecordType r:
                return Pool.NewCore("_RecordType", Node.I64(6), Node.I32(r.Nullable ? 1 : 0), Pool.RecordShape(r), Pool.ConstArrayNode(r.Positional.Concat(r.Named.Select(n => n.Type)).Select(t => new ConstType(t))));
            case TypeParamType p when _templateClass is not null && _templateClass.TypeParams.IndexOf(p.Parameter) is >= 0 and var index:
                return Pool.NewCore("_ParamType", Node.I64(8), Node.I32(p.Nullable ? 1 : 0), Node.I64(index));
            case TypeParamType p:
                return Pool.NewCore("_ParamType", Node.I64(7), Node.I32(p.Nullable ? 1 : 0), Node.I64(BoundIndex(p.Parameter)));
            default:
                throw new InvalidOperationException(type.GetType().Name);
        }
    }

    private int BoundIndex(TypeParam p) => _boundIndices.GetValueOrDefault(p, 0);

    /// <summary>A function type object; parameters that the type binds itself are named by their position.</summary>
    public Node FunctionTypeNode(FunctionType f, Func<DartType, Node> make)
    {
        for (var i = 0; i < f.TypeParams.Length; i++)
        {
            _boundIndices[f.TypeParams[i]] = i;
        }

        Node Array(IEnumerable<Node> items) => Node.Array(IrOp.ArrayNewFixed, Target.ObjectArray, WType.Ref(Target.ObjectArray), [.. items]);
        return Pool.NewCore(
            "_FunctionType", Node.I64(5), Node.I32(f.Nullable ? 1 : 0),
            Array(f.TypeParams.Select(p => make(p.Bound))),
            Node.I64(f.Required.Length),
            Array(f.Required.Concat(f.Optional).Select(make)),
            Array(f.Named.Select(n => Pool.ConstNode(new ConstString(n.Name)))),
            Array(f.Named.Select(n => make(n.Type))),
            Array(f.Named.Select(n => Pool.Boxed(new ConstBool(n.IsRequired)))),
            // A type argument is held as any object.
            _lowering.Reprs.Convert(make(f.Result), WType.Ref(Layouts.Of(_program.CoreClass("_Type")).Struct)));
    }

    private ConstValue TypeTemplate(InterfaceType type, ClassElement cls)
    {
        _templateClass = cls;
        // The key names the parameters, which belong to one class only.
        var constant = new ConstType(type);
        Pool.ConstNode(constant);
        _templateClass = null;
        return constant;
    }

    /// <summary>Fills the tables, once all classes are known of which there are objects or types.</summary>
    public void Finish()
    {
        var count = _program.Classes.Max(c => c.ClassId) + 1;
        if (_supertypes is not null)
        {
            var rows = Enumerable.Range(0, count).Select(_ => Node.Null(Target.Top)).ToArray();
            var stringsOfTypes = Layouts.Of(_program.CoreClass("_TypeRow")).Struct;
            foreach (var cls in _program.Classes)
            {
                if (!Reached.IsMentioned(cls))
                {
                    continue;
                }

                var items = _types.Supertypes(cls).Values.Where(t => t.Class.ClassId >= 0).Select(t => Pool.ConstNode(TypeTemplate(t, cls))).ToArray();
                var array = Node.Array(IrOp.ArrayNewFixed, Target.ObjectArray, WType.Ref(Target.ObjectArray), items);
                rows[cls.ClassId] = Node.New(stringsOfTypes, Pool.HeaderOf(_program.CoreClass("_TypeRow")), Node.I32(0), array);
            }

            _supertypes.Init = Node.Array(IrOp.ArrayNewFixed, Target.ObjectArray, WType.Ref(Target.ObjectArray), rows);
            _lowering.Parts.Globals.Remove(_supertypes);
            _lowering.Parts.Globals.Add(_supertypes);
        }

        if (_classNames is not null)
        {
            var names = Enumerable.Range(0, count).Select(_ => Node.Null(Target.Top)).ToArray();
            foreach (var cls in _program.Classes)
            {
                if (Reached.IsMentioned(cls))
                {
                    names[cls.ClassId] = Pool.ConstNode(new ConstString(PublicName(cls)));
                }
            }

            _classNames.Init = Node.Array(IrOp.ArrayNewFixed, Target.ObjectArray, WType.Ref(Target.ObjectArray), names);
            _lowering.Parts.Globals.Remove(_classNames);
            _lowering.Parts.Globals.Add(_classNames);
        }
    }
}
