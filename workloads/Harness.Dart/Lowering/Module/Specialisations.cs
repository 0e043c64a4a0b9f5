using Harness.Dart.Ir;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Module;

/// <summary>
/// Copies of generic classes, functions and factories for type arguments whose values need no box or no cast: int, double and final classes. A copy has the types of
/// its original, so that the program means the same; only its values are held by the type arguments. A class's copy extends the class, which keeps tests and calls
/// as they are, and has fields of its own in the place of those whose type is a parameter. What the program sees of an object's class is the original.
/// </summary>
internal sealed class Specialisations(ProgramLowering lowering)
{
    // A program with more of them has the rest in boxes: each has its own functions.
    private const int MostClasses = 1000;

    private readonly ProgramLowering _lowering = lowering;
    private readonly DartProgram _program = lowering.Program;
    private readonly Dictionary<string, ClassElement> _classes = new(StringComparer.Ordinal);
    private readonly Dictionary<(Member Function, string Arguments), Member> _functions = [];
    private IrGlobal? _identities;

    /// <summary>Whether there are any.</summary>
    public bool IsOn { get; } = lowering.Options.Generics == GenericsKind.Specialised;

    /// <summary>Whether values of a type are held in another way than as any object, so that copies for it are of use.</summary>
    public bool IsSpecial(DartType type) =>
        IsOn && type is InterfaceType { Nullable: false, Args.Length: 0 } t && (t.Class == _program.Int.Class || t.Class == _program.Double.Class || IsFinal(t.Class));

    /// <summary>The constructor that makes objects of a type: that of a copy where there is one.</summary>
    /// <param name="constructor">The constructor of the class, generative or a factory.</param>
    /// <param name="arguments">The type arguments, without parameters as far as they are known.</param>
    public Member ConstructorFor(Member constructor, IReadOnlyList<DartType> arguments)
    {
        if (!IsOn || constructor.Owner!.TypeParams.Count == 0)
        {
            return constructor;
        }

        if (constructor.Function!.Factory)
        {
            return FunctionFor(constructor, arguments);
        }

        return ClassFor(constructor.Owner, arguments) is { } copy ? copy.Constructors[constructor.Name] : constructor;
    }

    /// <summary>A static function or factory, or its copy for type arguments.</summary>
    public Member FunctionFor(Member function, IReadOnlyList<DartType> arguments)
    {
        if (!IsOn || function.Function is not { External: false } || function.Library is { IsCore: true, Uri: not "dart:math" })
        {
            return function;
        }

        var parameters = function.Kind == MemberKind.Constructor ? function.Owner!.TypeParams : function.TypeParams;
        var map = SpecialOf(parameters, arguments);
        if (map.Count == 0)
        {
            return function;
        }

        var key = (function, string.Join(',', parameters.Select(p => map.GetValueOrDefault(p)?.Key)));
        if (!_functions.TryGetValue(key, out var copy))
        {
            _functions[key] = copy = CopyOf(function, function.Owner, map);
        }

        return copy;
    }

    /// <summary>The class of the core library that lists of a type are objects of in the program's own code; null where it is the usual one.</summary>
    public ClassElement? NumberListFor(InterfaceType type, Library library)
    {
        if (!IsOn || library.IsCore || type.Class != _program.CoreClass("List") || !IsSpecial(type.Args[0]))
        {
            return null;
        }

        return type.Args[0].Equals(_program.Double) ? _program.CoreClass("_DoubleList") : type.Args[0].Equals(_program.Int) ? _program.CoreClass("_IntList") : null;
    }

    /// <summary>The class id that the program sees, of a class id in an object's header: an i32.</summary>
    public Node ClassIdentity(Node id)
    {
        if (!IsOn)
        {
            return id;
        }

        var array = _lowering.Target.I32Array;
        _identities ??= _lowering.NewGlobal("#identities", WType.Ref(array), false, null);
        return Node.Array(IrOp.ArrayGet, array, WType.I32, Node.Get(_identities), id);
    }

    /// <summary>The type arguments of all objects of a class that stands for an instance of a generic one; null for others.</summary>
    public IReadOnlyList<DartType>? ArgumentsOf(ClassElement cls) => !IsOn || !cls.Library.IsCore ? null : cls.Name switch
    {
        "_GrowableDoubleList" or "_FixedDoubleList" => [_program.Double],
        "_GrowableIntList" or "_FixedIntList" => [_program.Int],
        _ => null,
    };

    /// <summary>Fills the table of class ids, once all classes are known.</summary>
    public void Finish()
    {
        if (!IsOn)
        {
            return;
        }

        foreach (var cls in _lowering.Reached.InstantiatedClasses.ToList())
        {
            _lowering.Reached.MarkMentioned(IdentityOf(cls));
        }

        if (_identities is null)
        {
            return;
        }

        var array = _lowering.Target.I32Array;
        var ids = new int[_program.Classes.Max(cls => cls.ClassId) + 1];
        foreach (var cls in _program.Classes.Where(cls => cls.ClassId >= 0))
        {
            ids[cls.ClassId] = IdentityOf(cls).ClassId;
        }

        _identities.Init = Node.Array(IrOp.ArrayNewFixed, array, WType.Ref(array), Array.ConvertAll(ids, Node.I32));
    }

    private ClassElement IdentityOf(ClassElement cls) => cls.Original ?? (!cls.Library.IsCore ? cls : cls.Name switch
    {
        "_GrowableDoubleList" or "_GrowableIntList" => _program.CoreClass("_GrowableList"),
        "_FixedDoubleList" or "_FixedIntList" => _program.CoreClass("_FixedList"),
        _ => cls,
    });

    private static bool IsFinal(ClassElement cls) =>
        cls is { IsAbstract: false, Library.IsCore: false, Node: { Kind: ClassKind.Class, Final: true } } && cls.DirectSubtypes.Count == 0;

    private Dictionary<TypeParam, DartType> SpecialOf(IReadOnlyList<TypeParam> parameters, IReadOnlyList<DartType> arguments)
    {
        var map = new Dictionary<TypeParam, DartType>();
        for (var i = 0; i < parameters.Count && i < arguments.Count; i++)
        {
            if (IsSpecial(arguments[i]))
            {
                map[parameters[i]] = arguments[i];
            }
        }

        return map;
    }

    private ClassElement? ClassFor(ClassElement cls, IReadOnlyList<DartType> arguments)
    {
        if (cls is not { IsAbstract: false, Library.IsCore: false, Original: null, Node.Kind: ClassKind.Class } || !_lowering.Layouts.MayBeExtended(cls))
        {
            return null;
        }

        var map = SpecialOf(cls.TypeParams, arguments);
        if (map.Count == 0)
        {
            return null;
        }

        var key = $"{cls.Id}<{string.Join(',', cls.TypeParams.Select(p => map.GetValueOrDefault(p)?.Key))}>";
        if (_classes.TryGetValue(key, out var copy))
        {
            return copy;
        }

        return _classes.Count == MostClasses ? null : _classes[key] = CopyOf(cls, map);
    }

    private ClassElement CopyOf(ClassElement cls, Dictionary<TypeParam, DartType> map)
    {
        var copy = new ClassElement(cls.ThisType.Substitute(map).ToString(), cls.Node, cls.Library, cls.File)
        {
            Original = cls,
            Supertype = cls.ThisType,
            HierarchyDone = true,
            ClassId = _program.Classes.Max(other => other.ClassId) + 1,
        };
        copy.TypeParams.AddRange(cls.TypeParams);
        foreach (var (name, type) in cls.TypeScope)
        {
            copy.TypeScope[name] = type;
        }

        var copies = new Dictionary<Member, Member>();
        Member Of(Member member) => copies.TryGetValue(member, out var known) ? known : copies[member] = CopyOf(member, copy, map);
        foreach (var (name, member) in cls.Members)
        {
            copy.Members[name] = Of(member);
        }

        foreach (var field in cls.InstanceFields)
        {
            copy.InstanceFields.Add(Of(field));
        }

        foreach (var (name, constructor) in cls.Constructors)
        {
            if (!constructor.Function!.Factory)
            {
                copy.Constructors[name] = Of(constructor);
            }
        }

        _program.Classes.Add(copy);
        _lowering.Selectors.Inherit(copy, cls);
        return copy;
    }

    private static Member CopyOf(Member member, ClassElement? owner, IReadOnlyDictionary<TypeParam, DartType> map) => new()
    {
        Name = member.Name,
        Kind = member.Kind,
        Library = member.Library,
        File = member.File,
        Function = member.Function,
        Field = member.Field,
        Owner = owner,
        Lexical = member.Lexical,
        IsStatic = member.IsStatic,
        Index = member.Index,
        Original = member,
        Arguments = map,
        Selector = member.Selector?.Find(),
        SetterSelector = member.SetterSelector?.Find(),
    };
}
