using Harness.Dart.Syntax;

namespace Harness.Dart.Semantics.Checks;

/// <summary>What the supertypes of the program's own classes must be: the rules of the class modifiers, of mixins, and of clauses that name a type twice.</summary>
internal sealed class HierarchyChecks(DartProgram program)
{
    private static readonly HashSet<string> Restricted = ["bool", "double", "int", "num", "String", "Null", "Record", "FutureOr", "Function"];

    private readonly TypeSystem _types = program.Types;

    /// <summary>Notes the errors of a class.</summary>
    public void Check(ClassElement cls, Action<SourceFile, int, string> error)
    {
        var node = cls.Node;
        if (cls.IsStatic)
        {
            return;
        }

        var scope = new TypeScope(program, cls.Library, cls.File, cls);
        var all = new List<(TypeNode Node, InterfaceType Type, string Clause)>();
        void Add(IEnumerable<TypeNode> nodes, string clause)
        {
            foreach (var type in nodes)
            {
                if (scope.Resolve(type) is InterfaceType named)
                {
                    all.Add((type, named, clause));
                }
                else
                {
                    error(cls.File, type.Pos, "The type can't be used as a supertype.");
                }
            }
        }

        Add(node.Extends is null ? [] : [node.Extends], "extends");
        Add(node.With, "with");
        Add(node.On, "on");
        Add(node.Implements, "implements");
        foreach (var (at, type, clause) in all)
        {
            if (type.Class.Library.IsCore && Restricted.Contains(type.Class.Name) || type.Class.IsEnum)
            {
                error(cls.File, at.Pos, $"'{type.Class.Name}' is restricted and can't be extended or implemented.");
            }
            else if (type.Class.Library.IsCore && type.Class.Name == "Enum" && node.Kind == ClassKind.Class && !node.Abstract)
            {
                error(cls.File, at.Pos, $"'{node.Name}' has 'Enum' as a superinterface, so it must be abstract.");
            }
            else
            {
                CheckModifiers(cls, at, type.Class, clause, error);
            }

            if (type.Args.Length > 0 && BoundChecks.Misfit(_types, type.Class.TypeParams, type.Args) is { } index)
            {
                error(cls.File, at.Pos, BoundChecks.Describe(type.Class.TypeParams, type.Args, index));
            }

            if (cls.TypeParams.Find(p => !Variance.IsCovariant(type, p)) is { } parameter)
            {
                error(cls.File, at.Pos, $"Can't use the type variable '{parameter.Name}' in a contravariant or invariant position in a supertype.");
            }
        }

        CheckRepeated(cls, all, error);
        CheckTransitive(cls, all, error);
        CheckMixins(cls, error);
        for (var application = cls; application == cls || application?.AppliedMixin is not null && application.Node.Name.Contains('&', StringComparison.Ordinal); application = application.Supertype?.Class)
        {
            CheckInstantiations(_types, application, error);
        }

        if (node is { Kind: ClassKind.MixinApplication, MixinClass: true } && (node.With.Count > 1 || all.Exists(a => a.Clause == "extends" && a.Type.Class != program.Object.Class)))
        {
            error(cls.File, node.Pos, $"The application '{node.Name}' can't be declared a mixin class because it is not one of a single mixin to 'Object'.");
        }

        if (node is { Kind: ClassKind.Class, MixinClass: true } && (all.Exists(a => a.Clause == "extends" && a.Type.Class != program.Object.Class) || node.With.Count > 0))
        {
            error(cls.File, node.Pos, $"The class '{node.Name}' can't be declared a mixin class because it extends a class other than 'Object'.");
        }
    }

    // Clauses on classes of other libraries.
    private void CheckModifiers(ClassElement cls, TypeNode at, ClassElement super, string clause, Action<SourceFile, int, string> error)
    {
        var isOwn = super.Library == cls.Library;
        var node = super.Node;
        // Some classes of the core have modifiers of their own: what is final there may be an interface to programs.
        var isFinal = node.Final && (!super.Library.IsCore || super.Library.Uri == "dart:core" && super.Name != "Uri");
        var what = (clause, node) switch
        {
            _ when isOwn => null,
            (_, { Sealed: true }) => "a sealed class",
            (_, _) when isFinal => "a final class",
            ("extends", { Interface: true }) => "an interface class",
            ("implements", { Base: true }) when !super.Library.IsCore => "a base class",
            _ => null,
        };
        if (what is not null)
        {
            error(cls.File, at.Pos, $"The class '{super.Name}' can't be {(clause == "extends" ? "extended" : clause == "implements" ? "implemented" : clause == "with" ? "mixed in" : "used as a mixin superclass constraint")} outside of its library because it's {what}.");
            return;
        }

        // What is implemented must not be base further up in another library.
        if (clause != "implements")
        {
            return;
        }

        foreach (var c in _types.Supertypes(super).Keys)
        {
            if (c.Library == cls.Library || c.Library.IsCore || !c.Node.Base && !c.Node.Final)
            {
                continue;
            }

            error(cls.File, at.Pos, $"The class '{c.Name}' can't be implemented outside of its library because it's a {(c.Node.Base ? "base" : "final")} class.");
            return;
        }
    }

    private static void CheckRepeated(ClassElement cls, List<(TypeNode Node, InterfaceType Type, string Clause)> all, Action<SourceFile, int, string> error)
    {
        var implemented = new HashSet<ClassElement>();
        foreach (var (at, type, clause) in all)
        {
            if (clause == "implements" && !implemented.Add(type.Class))
            {
                error(cls.File, at.Pos, $"'{type}' can only be implemented once.");
            }

            if (clause == "implements" && all.Exists(other => other.Clause is "extends" && other.Type.Class == type.Class))
            {
                error(cls.File, at.Pos, $"'{type}' can't be used in both the 'extends' and the 'implements' clause.");
            }
        }
    }

    // What is below a base or final class must be base, final or sealed itself.
    private static void CheckTransitive(ClassElement cls, List<(TypeNode Node, InterfaceType Type, string Clause)> all, Action<SourceFile, int, string> error)
    {
        if (cls.IsEnum || cls.Node.Base || cls.Node.Final || cls.Node.Sealed)
        {
            return;
        }

        foreach (var (at, type, _) in all)
        {
            if (!IsClosed(type.Class))
            {
                continue;
            }

            error(cls.File, at.Pos, $"The type '{cls.Name}' must be 'base', 'final' or 'sealed' because the supertype '{type.Class.Name}' is 'base' or 'final'.");
            return;
        }
    }

    private static bool IsClosed(ClassElement cls)
    {
        if (cls.Library.IsCore)
        {
            return false;
        }

        if (cls.Node.Base || cls.Node.Final)
        {
            return true;
        }

        if (!cls.Node.Sealed)
        {
            return false;
        }

        var seen = new HashSet<ClassElement> { cls };
        var pending = new Stack<ClassElement>(seen);
        while (pending.TryPop(out var next))
        {
            foreach (var super in next.Interfaces.Select(i => i.Class).Append(next.Supertype?.Class))
            {
                if (super is null || super.Library.IsCore || !seen.Add(super))
                {
                    continue;
                }

                if (super.Node.Base || super.Node.Final)
                {
                    return true;
                }

                if (super.Node.Sealed || super.AppliedMixin is not null)
                {
                    pending.Push(super);
                }
            }
        }

        return false;
    }

    // A mixin is applied to what has all that it is on.
    private void CheckMixins(ClassElement cls, Action<SourceFile, int, string> error)
    {
        for (var application = cls.AppliedMixin is not null ? cls : cls.Supertype?.Class; application?.AppliedMixin is { } mixin && (application == cls || application.Node.Name.Contains('&', StringComparison.Ordinal)); application = application.Supertype?.Class)
        {
            if (application.Interfaces.Find(i => i.Class == mixin) is not { } applied)
            {
                continue;
            }

            var map = applied.Map();
            foreach (var on in mixin.Interfaces.Skip(mixin.Node.Implements.Count))
            {
                var wanted = on.Substitute(map);
                if (application.Supertype is { } super && !_types.IsSubtype(super, wanted))
                {
                    error(cls.File, cls.Node.Pos, $"'{super}' doesn't implement '{wanted}' so it can't be used with '{mixin.Name}'.");
                }
            }
        }
    }

    /// <summary>Notes that a class or extension type has an interface with different type arguments on two ways to it.</summary>
    public static void CheckInstantiations(TypeSystem types, ClassElement cls, Action<SourceFile, int, string> error)
    {
        var known = new Dictionary<ClassElement, InterfaceType>();
        foreach (var super in cls.Interfaces.Append(cls.Supertype))
        {
            if (super is null)
            {
                continue;
            }

            var map = super.Map();
            foreach (var (c, type) in types.Supertypes(super.Class))
            {
                var actual = (InterfaceType)type.Substitute(map);
                if (!known.TryGetValue(c, out var other))
                {
                    known[c] = actual;
                }
                else if (!other.Equals(actual) && !(types.IsSubtype(other, actual) && types.IsSubtype(actual, other)))
                {
                    error(cls.File, cls.Node.Pos, $"'{cls.Name}' can't implement both '{other}' and '{actual}'.");
                    return;
                }
            }
        }
    }
}
