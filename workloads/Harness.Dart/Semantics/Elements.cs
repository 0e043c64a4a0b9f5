using Harness.Dart.Syntax;

namespace Harness.Dart.Semantics;

/// <summary>A library: its files, what it declares and what it sees.</summary>
internal sealed class Library(string uri)
{
    public string Uri { get; } = uri;

    public List<UnitNode> Units { get; } = [];

    /// <summary>What the library itself declares, by name; setters as <c>name=</c>.</summary>
    public Dictionary<string, object> Declared { get; } = new(StringComparer.Ordinal);

    /// <summary>What others see.</summary>
    public Dictionary<string, object> Exported { get; set; } = new(StringComparer.Ordinal);

    /// <summary>What comes from imports without a prefix.</summary>
    public Dictionary<string, object> Imported { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, PrefixElement> Prefixes { get; } = new(StringComparer.Ordinal);

    public List<ClassElement> Extensions { get; } = [];

    /// <summary>Extensions that are in scope, with and without a name.</summary>
    public List<ClassElement> VisibleExtensions { get; } = [];

    public List<(Library Target, Directive Directive)> Imports { get; } = [];

    public List<(Library Target, Directive Directive)> Exports { get; } = [];

    public bool IsCore => Uri.StartsWith("dart:", StringComparison.Ordinal);

    /// <summary>What sets its private names apart from those of other libraries.</summary>
    public string PrivateMark { get; init; } = "";

    /// <summary>
    /// Whether it is the program's own: the library with <c>main</c>, and what is imported from there by relative paths. All of its text must be right; of packages and the core
    /// only what is reached is looked at.
    /// </summary>
    public bool IsOwn { get; set; }
}

/// <summary>An import's prefix, with what it shows.</summary>
internal sealed class PrefixElement(string name)
{
    public string Name { get; } = name;

    /// <summary>Whether a program asks for the library before it uses it.</summary>
    public bool IsDeferred => Deferred > 0;

    /// <summary>Which of the program's deferred imports it is, from 1; 0 for others.</summary>
    public int Deferred { get; set; }

    public Dictionary<string, object> Members { get; } = new(StringComparer.Ordinal);

    public List<ClassElement> Extensions { get; } = [];
}

/// <summary>A name that two imports give different meanings.</summary>
internal sealed record AmbiguousElement(string Name);

internal sealed class TypedefElement(string name, TypedefNode node, Library library, SourceFile file)
{
    public string Name { get; } = name;
    public TypedefNode Node { get; } = node;
    public Library Library { get; } = library;
    public SourceFile File { get; } = file;
    public List<TypeParam> Params { get; } = [];
    public DartType? Type { get; set; }
    public bool Busy { get; set; }

    /// <summary>Whether it stands for a type parameter of its own, and so for no class whatever its type arguments are. Its type is known.</summary>
    public bool IsVariable => Type is TypeParamType;

    /// <summary>Whether it is another name of a class only, with the same parameters: a tear-off by it is the class's.</summary>
    public bool IsRename
    {
        get
        {
            if (Type is not InterfaceType { Nullable: false } type || type.Args.Length != Params.Count)
            {
                return false;
            }

            if (!type.Args.Select((a, i) => a is TypeParamType { Nullable: false } p && p.Parameter == Params[i]).All(same => same))
            {
                return false;
            }

            var map = type.Map();
            return type.Class.TypeParams.Select((p, i) => p.Bound.Substitute(map).Equals(Params[i].Bound)).All(same => same);
        }
    }
}

internal enum MemberKind : byte { Field, Method, Getter, Setter, Constructor }

/// <summary>A function, variable or member of a class. In an application of a mixin, a copy of the mixin's member.</summary>
internal sealed class Member
{
    private static int _count;

    /// <summary>A number that no other member has.</summary>
    public int Id { get; } = Interlocked.Increment(ref _count);

    public required string Name { get; init; }
    public required MemberKind Kind { get; init; }
    public required Library Library { get; init; }
    public required SourceFile File { get; init; }
    public FunctionNode? Function { get; init; }
    public FieldNode? Field { get; init; }

    /// <summary>The class whose objects have the member; null at top level.</summary>
    public ClassElement? Owner { get; init; }

    /// <summary>The class in whose text it stands.</summary>
    public ClassElement? Lexical { get; init; }
    public bool IsStatic { get; init; }
    public int Index { get; set; }
    public EnumValueNode? EnumValue { get; init; }
    public int EnumIndex { get; init; }

    public int Pos => Function?.Pos ?? Field?.Pos ?? EnumValue?.Pos ?? 0;
    public bool IsInstance => Owner is not null && !IsStatic && Kind != MemberKind.Constructor;
    public bool IsAbstract => Function is { } f ? f.Abstract && !f.External && Kind != MemberKind.Constructor : Field is { Abstract: true };
    public bool IsFinal => Field is { Final: true } or null && Kind == MemberKind.Field;
    public bool IsConst => Field is { Const: true } || EnumValue is not null;
    public bool HasSetter => Kind == MemberKind.Field && (Field is { Final: false } || Field is { Final: true, Late: true, Init: null, Const: false });

    /// <summary>For a copy that the lowering makes for some type arguments: the declaration that it is a copy of.</summary>
    public Member? Original { get; init; }

    /// <summary>The type arguments of a copy, by the parameters that they stand for. The types of the copy are the declaration's; values are held by these.</summary>
    public IReadOnlyDictionary<TypeParam, DartType>? Arguments { get; init; }

    /// <summary>Whether it is a constructor that makes constant objects. One that the application of a mixin hands on from the superclass does so only if the mixin has no fields.</summary>
    public bool MakesConstants
    {
        get
        {
            if (Function is not { Const: true })
            {
                return false;
            }

            for (var cls = Index == -1 ? Owner : null; cls?.AppliedMixin is not null; cls = cls.Supertype?.Class)
            {
                if (cls.InstanceFields.Count > 0)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Whether it is a constructor that tells what the program was given when it was compiled.</summary>
    public bool ReadsEnvironment => this is { Kind: MemberKind.Constructor, Function.External: true, Library.IsCore: true, Name: "fromEnvironment" or "hasEnvironment" };

    /// <summary>Why nobody can tear it off, where it is a constructor that makes no objects by itself; null for others.</summary>
    public string? TearoffError => this switch
    {
        { Kind: not MemberKind.Constructor } or { Function.Factory: true } => null,
        { Owner.IsAbstract: true } => "The constructor of an abstract class can't be torn off.",
        { Owner.IsEnum: true } => "A generative constructor of an enum can't be torn off.",
        _ => null,
    };

    // Filled in on demand by TypeScope and the lowering.
    public FunctionType? Signature;
    public List<TypeParam> TypeParams = [];
    public List<Param>? Params;
    public DartType? FieldType;
    public bool Busy;
    public Lowering.Selector? Selector, SetterSelector;
    public object? Lowered, LoweredSetter, LoweredExtra;
    public Lowering.StaticVariable? Variable;

    public string FullName => Owner is null ? Name : Kind == MemberKind.Constructor ? Name.Length == 0 ? Owner.Name : $"{Owner.Name}.{Name}" : $"{Owner.Name}.{Name}";
    public override string ToString() => FullName;
}

/// <summary>A formal parameter with its type.</summary>
internal sealed class Param
{
    public required ParamNode Node { get; init; }
    public required DartType Type { get; set; }
    public string Name => Node.Name;
    public ParamKind Kind => Node.Kind;
    public bool IsRequired => Kind == ParamKind.Required || Node.IsRequiredNamed;

    /// <summary>The default of a super parameter comes from the super constructor's.</summary>
    public (Expr Value, Member Owner)? InheritedDefault;
}

/// <summary>A class, mixin, enum, extension, extension type, or the application of a mixin.</summary>
internal sealed class ClassElement(string name, ClassNode node, Library library, SourceFile file)
{
    private static int _count;

    public int Id { get; } = Interlocked.Increment(ref _count);
    public string Name { get; } = name;
    public ClassNode Node { get; } = node;
    public Library Library { get; } = library;
    public SourceFile File { get; } = file;
    public List<TypeParam> TypeParams { get; } = [];

    /// <summary>What names of type parameters mean in members: in an application of a mixin, the mixin's arguments.</summary>
    public Dictionary<string, DartType> TypeScope { get; } = new(StringComparer.Ordinal);
    public InterfaceType? Supertype { get; set; }
    public List<InterfaceType> Interfaces { get; } = [];

    /// <summary>For an application of a mixin: the mixin.</summary>
    public ClassElement? AppliedMixin { get; set; }

    /// <summary>Instance members by name; setters as <c>name=</c>.</summary>
    public Dictionary<string, Member> Members { get; } = new(StringComparer.Ordinal);
    public Dictionary<string, Member> Statics { get; } = new(StringComparer.Ordinal);
    public Dictionary<string, Member> Constructors { get; } = new(StringComparer.Ordinal);
    public List<Member> InstanceFields { get; } = [];
    public List<Member> EnumValues { get; } = [];

    /// <summary>What an extension extends, or the type that an extension type stands for.</summary>
    public DartType? OnType { get; set; }
    public bool IsAbstract => Node.Abstract || Node.Kind == ClassKind.Mixin;
    public bool IsExtensionType => Node.Kind == ClassKind.ExtensionType;

    /// <summary>Whether members are found by the static type alone: of an extension, whose name with an argument is a receiver of this type, or of an extension type.</summary>
    public bool IsStatic => Node.Kind is ClassKind.Extension or ClassKind.ExtensionType;
    public bool IsEnum => Node.Kind == ClassKind.Enum;

    /// <summary>The class that all enums extend.</summary>
    public bool IsEnumBase => Name == "_Enum" && Library.IsCore;
    public bool HierarchyDone { get; set; }
    public bool HierarchyBusy { get; set; }
    public List<ClassElement> DirectSubclasses { get; } = [];
    public List<ClassElement> DirectSubtypes { get; } = [];
    public int ClassId { get; set; } = -1;

    /// <summary>For a copy that the lowering makes for some type arguments: the class that it is a copy of, which it extends.</summary>
    public ClassElement? Original { get; init; }

    /// <summary>The superclass that the text of the class names.</summary>
    public InterfaceType? DeclaredSupertype => Original is null ? Supertype : Original.Supertype;

    /// <summary>The type of the receiver in members.</summary>
    public InterfaceType ThisType => _this ??= Original?.ThisType ?? new InterfaceType(this, [.. TypeParams.Select(p => (DartType)p.Type)]);
    private InterfaceType? _this;
    public Lowering.ClassLayout? Layout { get; set; }
    public Dictionary<ClassElement, InterfaceType>? AllSupertypes { get; set; }
    public override string ToString() => Name;
}
