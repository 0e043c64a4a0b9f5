using Harness.Dart.Syntax;

namespace Harness.Dart.Semantics.Checks;

/// <summary>
/// What an extension type must be: what it represents, what it may implement, and no name that two declarations mean (specification of the feature "extension types", section Static Analysis
/// of an Extension Type Declaration).
/// </summary>
internal sealed class ExtensionTypeChecks(DartProgram program, Signatures signatures)
{
    private static readonly HashSet<string> Restricted = ["Function", "Record", "FutureOr"];

    private readonly TypeSystem _types = program.Types;
    private readonly CombinedSignatures _signatures = new(program.Types, signatures);
    private readonly Dictionary<ClassElement, Dictionary<string, HashSet<Member>>> _members = [];

    /// <summary>Notes the errors of an extension type.</summary>
    public void Check(ClassElement cls, Action<SourceFile, int, string> error)
    {
        void Error(int position, string message) => error(cls.File, position, message);
        CheckRepresentation(cls, Error);
        CheckImplemented(cls, Error);
        HierarchyChecks.CheckInstantiations(_types, cls, error);
        CheckInherited(cls, Error);
    }

    private static void CheckRepresentation(ClassElement cls, Action<int, string> error)
    {
        var node = cls.Node;
        if (RepresentsItself(cls))
        {
            error(node.Pos, $"The representation type of '{node.Name}' contains '{node.Name}' itself.");
        }

        if (IsBottom(cls.OnType!))
        {
            error(node.Fields[0].Pos, "The representation type of an extension type can't be a bottom type.");
        }

        if (cls.TypeParams.Find(p => !Variance.IsCovariant(cls.OnType!, p)) is { } parameter)
        {
            error(node.Fields[0].Pos, $"Can't use the type variable '{parameter.Name}' in a contravariant or invariant position in the representation type.");
        }
    }

    private static bool IsBottom(DartType type)
    {
        var seen = new HashSet<TypeParam>();
        while (type is TypeParamType { Nullable: false } variable && seen.Add(variable.Parameter))
        {
            type = variable.Bound;
        }

        return TypeSystem.IsNever(type);
    }

    // Whether an extension type occurs in its own representation type, or in that of an extension type which occurs there, and so on.
    private static bool RepresentsItself(ClassElement cls)
    {
        var seen = new HashSet<ClassElement>();
        var pending = new Stack<ClassElement>([cls]);
        while (pending.TryPop(out var next))
        {
            var leadsBack = next.OnType!.Any(type =>
            {
                if (type is not InterfaceType { Class: { IsExtensionType: true } other })
                {
                    return false;
                }

                if (other != cls && seen.Add(other))
                {
                    pending.Push(other);
                }

                return other == cls;
            });
            if (leadsBack)
            {
                return true;
            }
        }

        return false;
    }

    private void CheckImplemented(ClassElement cls, Action<int, string> error)
    {
        var scope = new TypeScope(program, cls.Library, cls.File, cls);
        var implemented = new HashSet<ClassElement>();
        foreach (var node in cls.Node.Implements)
        {
            if (scope.Resolve(node) is not InterfaceType { Nullable: false } type || type.Class.Library.IsCore && Restricted.Contains(type.Class.Name))
            {
                error(node.Pos, "An extension type can't implement this type.");
                continue;
            }

            if (BoundChecks.Misfit(_types, type.Class.TypeParams, type.Args) is { } index)
            {
                error(node.Pos, BoundChecks.Describe(type.Class.TypeParams, type.Args, index));
            }

            if (!implemented.Add(type.Class))
            {
                error(node.Pos, $"'{type}' can only be implemented once.");
            }

            if (!type.Class.IsExtensionType && !_types.IsSubtype(cls.OnType!, type))
            {
                error(node.Pos, $"The implemented interface '{type}' must be a supertype of the representation type '{cls.OnType}'.");
            }

            if (type.Class.IsExtensionType && !_types.IsSubtype(TypeSystem.EraseAll(cls.OnType!), TypeSystem.EraseAll(type)))
            {
                error(node.Pos, $"The representation type '{cls.OnType}' must be a subtype of the representation type of '{type}'.");
            }

            if (cls.TypeParams.Find(p => !Variance.IsCovariant(type, p)) is { } parameter)
            {
                error(node.Pos, $"Can't use the type variable '{parameter.Name}' in a contravariant or invariant position in a supertype.");
            }
        }
    }

    // What the superinterfaces have under one name must be one declaration, unless the extension type has its own.
    private void CheckInherited(ClassElement cls, Action<int, string> error)
    {
        foreach (var (key, members) in MembersOf(cls))
        {
            var name = key.TrimEnd('=');
            if (cls.Statics.ContainsKey(name) || cls.Statics.ContainsKey(name + "="))
            {
                error(cls.Node.Pos, $"Can't declare a static member that conflicts with the inherited instance member '{members.First().FullName}'.");
            }

            // What a type below another makes of a member takes the place of what the other has.
            var nearest = members.Count < 2 ? [] : members.Where(m => !members.Any(other => other != m && _types.Supertypes(other.Owner!).ContainsKey(m.Owner!))).ToList();
            if (nearest.Count < 2)
            {
                continue;
            }

            if (nearest.Exists(m => m.Owner!.IsExtensionType) || !_signatures.Exists([.. nearest.Select(m => (m, _types.AsInstanceOf(cls.ThisType, m.Owner!)!))], isSetter: nearest.TrueForAll(m => m.Name != key)))
            {
                error(cls.Node.Pos, $"'{cls.Name}' inherits more than one member with the name '{name}', so it must declare one.");
            }
        }
    }

    // The instance members that an extension type inherits by their names, of superinterfaces first.
    private Dictionary<string, HashSet<Member>> MembersOf(ClassElement cls)
    {
        var pending = new Stack<ClassElement>([cls]);
        while (pending.TryPeek(out var next))
        {
            var missing = next.Interfaces.Select(i => i.Class).Where(c => c.IsExtensionType && !_members.ContainsKey(c)).ToList();
            foreach (var super in missing)
            {
                pending.Push(super);
            }

            if (missing.Count > 0)
            {
                continue;
            }

            pending.Pop();
            _members.TryAdd(next, Inherited(next));
        }

        return _members[cls];
    }

    private Dictionary<string, HashSet<Member>> Inherited(ClassElement cls)
    {
        var inherited = new Dictionary<string, HashSet<Member>>(StringComparer.Ordinal);
        void Add(string key, Member member)
        {
            // What the extension type declares itself takes the place of what it would inherit.
            if (member.Owner == program.Object.Class || cls.Members.ContainsKey(key) || member.Kind == MemberKind.Method && cls.Members.ContainsKey(key + "="))
            {
                return;
            }

            if (member.Kind == MemberKind.Setter && cls.Members.TryGetValue(member.Name, out var own) && own.Kind == MemberKind.Method)
            {
                return;
            }

            if (!inherited.TryGetValue(key, out var members))
            {
                inherited[key] = members = [];
            }

            members.Add(member);
        }

        foreach (var super in cls.Interfaces)
        {
            if (super.Class.IsExtensionType)
            {
                foreach (var (key, member) in super.Class.Members)
                {
                    Add(key, member);
                }

                foreach (var (key, members) in _members[super.Class])
                {
                    foreach (var member in members)
                    {
                        Add(key, member);
                    }
                }
            }
            else
            {
                foreach (var key in _types.Supertypes(super.Class).Keys.SelectMany(c => c.Members.Keys).Distinct())
                {
                    if (_types.FindMember(super, key) is { } found)
                    {
                        Add(key, found.Member);
                    }
                }
            }
        }

        return inherited;
    }
}
