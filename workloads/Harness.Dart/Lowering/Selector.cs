using Harness.Dart.Ir;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;

namespace Harness.Dart.Lowering;

internal enum SelectorKind : byte { Method, Getter, Setter, Tearoff }

/// <summary>What a virtual call names: all members that override each other, with one signature for all of them.</summary>
internal sealed class Selector(string name, SelectorKind kind)
{
    private static int _count;
    public int Id { get; } = Interlocked.Increment(ref _count);
    public string Name { get; } = name;
    public SelectorKind Kind { get; } = kind;
    public List<Member> Members { get; } = [];

    /// <summary>Forwarding for union-find.</summary>
    public Selector? Parent { get; set; }

    public Selector Find()
    {
        var s = this;
        while (s.Parent is not null)
        {
            s = s.Parent;
        }

        return s;
    }

    // The signature, made on first use.
    public bool HasSignature;
    public int TypeParamCount;
    public List<SelectorParam> Params = [];
    public WType Result;
    public WType Receiver;
    public FuncDef? Def;

    public bool IsCalled;

    /// <summary>What <see cref="Module.Selectors.MayGetOthers"/> has found: types of parameters by which members are called with what others do not take; null where nobody has asked.</summary>
    public Dictionary<ParamPlace, List<DartType>>? Given;
    public Selector? TearoffOf;
    public Selector? Tearoff;

    /// <summary>For calls with values in the place of boxes: the selector of whose members they are calls.</summary>
    public Selector? VariantOf;

    /// <summary>The selectors for calls with values in the place of boxes, by their signatures.</summary>
    public Dictionary<FuncDef, Selector> Variants { get; } = [];

    /// <summary>The selector whose members are called or taken off.</summary>
    public Selector Method => TearoffOf ?? VariantOf ?? this;

    /// <summary>The function of each class that has one, filled in as classes are instantiated.</summary>
    public Dictionary<ClassElement, IrFunction> Targets { get; } = [];

    /// <summary>The functions that ask the object's noSuchMethod, for superclasses of which the member is asked and that lack it.</summary>
    public Dictionary<ClassElement, IrFunction> SuperForwarders { get; } = [];
}

/// <summary>Which of a member's parameters: by its position among those without names, or by its name.</summary>
/// <param name="Position">The position, 0 for a named one.</param>
/// <param name="Name">The name; null for a positional one.</param>
internal readonly record struct ParamPlace(int Position, string? Name)
{
    /// <summary>The place of a parameter.</summary>
    /// <param name="param">The parameter.</param>
    /// <param name="position">Its position; a named one has none.</param>
    public static ParamPlace Of(Param param, int position) => param.Kind == ParamKind.Named ? new ParamPlace(0, param.Name) : new ParamPlace(position, null);
}

internal sealed class SelectorParam
{
    public WType Type;
    public string? Name;
    public bool IsOptional;
    public bool UsesSentinel;
    public ConstValue? Default;
}

/// <summary>A variable at top level or a static field.</summary>
internal sealed class StaticVariable
{
    public required Member Member { get; init; }
    public required DartType Type { get; set; }
    public required IrGlobal Global { get; init; }
    public IrGlobal? Flag { get; set; }
    public IrFunction? Getter { get; set; }
    public bool IsEager { get; set; }
}

/// <summary>How a class's objects lie in memory.</summary>
internal sealed class ClassLayout
{
    public required StructDef Struct { get; init; }

    /// <summary>How many supertypes the struct has, those of the target's own included; for classes that share a struct, as if each had its own.</summary>
    public required int Depth { get; init; }

    public Dictionary<Member, int> Fields { get; } = [];

    /// <summary>Whether <see cref="TypeFields"/> are known.</summary>
    public bool HasTypeFields { get; set; }

    /// <summary>Whether all fields are known.</summary>
    public bool IsComplete { get; set; }

    /// <summary>Whether somebody is going to ask for the fields, since a type names the struct.</summary>
    public bool IsAwaited { get; set; }

    /// <summary>Fields that hold type arguments, of the class and its superclasses.</summary>
    public Dictionary<TypeParam, int> TypeFields { get; } = [];
}
