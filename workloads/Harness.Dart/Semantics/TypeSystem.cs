using Harness.Dart.Syntax;

namespace Harness.Dart.Semantics;

/// <summary>Subtyping, supertypes, members of types, and least upper bounds.</summary>
internal sealed class TypeSystem(DartProgram program)
{
    private const int MaximumDepth = 60;
    private static readonly Dictionary<ClassElement, InterfaceType> NoSupertypes = [];

    private TypeInference? _inference;

    /// <summary>Inference of type arguments in these types.</summary>
    public TypeInference Inference => _inference ??= new TypeInference(program, this);

    public static bool IsTop(DartType type) => type switch
    {
        SimpleType { Kind: SimpleKind.Dynamic or SimpleKind.Void } => true,
        InterfaceType { Nullable: true, Class: { Name: "Object", Library.IsCore: true } } => true,
        InterfaceType { Class: { Name: "FutureOr", Library.IsCore: true } } f => IsTop(f.Args[0]),
        _ => false,
    };

    public static bool IsDynamic(DartType type) => type is SimpleType { Kind: SimpleKind.Dynamic };

    /// <summary>Whether all members can be asked for: of what is dynamic, or a type parameter that may be anything so.</summary>
    public static bool IsDynamicReceiver(DartType type)
    {
        for (var i = 0; i < MaximumDepth && type is TypeParamType { Nullable: false } p; i++)
        {
            type = p.Bound;
        }

        return IsDynamic(type);
    }

    public static bool IsVoid(DartType type) => type is SimpleType { Kind: SimpleKind.Void };

    public static bool IsNever(DartType type) => type is SimpleType { Kind: SimpleKind.Never };

    public static bool IsNull(DartType type) => type is SimpleType { Kind: SimpleKind.Null };

    public static bool IsFutureOr(DartType type) => type is InterfaceType { Class: { Name: "FutureOr", Library.IsCore: true } };

    /// <summary>Whether null is a value of the type.</summary>
    public static bool IsNullable(DartType type) => type switch
    {
        SimpleType { Kind: SimpleKind.Never } => false,
        SimpleType => true,
        TypeParamType p => p.Nullable || IsNullable(p.Bound),
        InterfaceType { Nullable: false } f when IsFutureOr(f) => IsNullable(f.Args[0]),
        InterfaceType { Nullable: false, Class.IsStatic: true } e => IsNullable(Erase(e)),
        _ => type.Nullable,
    };

    /// <summary>Whether null may be no value of the type, as of a type variable whose bound says nothing: a variable of it needs a value before it is read.</summary>
    public static bool NeedsValue(DartType type) => type switch
    {
        TypeParamType { Nullable: false } p => !IsNull(p.Bound),
        InterfaceType { Nullable: false } f when IsFutureOr(f) => NeedsValue(f.Args[0]),
        InterfaceType { Nullable: false, Class.IsExtensionType: true } => true,
        _ => !IsNullable(type),
    };

    public static DartType NonNull(DartType type) => type switch
    {
        SimpleType { Kind: SimpleKind.Null } => SimpleType.Never,
        SimpleType => type,
        TypeParamType { Nullable: false } p when IsNullable(p.Bound) => new TypeParamType(p.Parameter, false, NonNull(p.Bound)),
        InterfaceType f when IsFutureOr(f) => new InterfaceType(f.Class, [NonNull(f.Args[0])]),
        _ => type.WithNullable(false),
    };

    /// <summary>The type that values of an extension type have, or of what an extension is applied to by its name.</summary>
    public static DartType Erase(DartType type)
    {
        for (var i = 0; i < MaximumDepth && type is InterfaceType { Class.IsStatic: true } e; i++)
        {
            var inner = e.Class.OnType!.Substitute(e.Map());
            type = e.Nullable ? inner.WithNullable(true) : inner;
        }

        return type;
    }

    /// <summary>A type without extension types, within others too, and with one form for what is the same type: what there is of it when a program runs.</summary>
    public static DartType EraseAll(DartType type) => Erase(type) switch
    {
        InterfaceType f when IsFutureOr(f) => FutureOr(f, EraseAll(f.Args[0])),
        InterfaceType { Args.Length: > 0 } i => new InterfaceType(i.Class, [.. i.Args.Select(EraseAll)], i.Nullable),
        RecordType r => new RecordType([.. r.Positional.Select(EraseAll)], [.. r.Named.Select(n => (n.Name, EraseAll(n.Type)))], r.Nullable),
        FunctionType f => new FunctionType(
            f.TypeParams, [.. f.Required.Select(EraseAll)], [.. f.Optional.Select(EraseAll)], [.. f.Named.Select(n => n with { Type = EraseAll(n.Type) })], EraseAll(f.Result), f.Nullable),
        var other => other,
    };

    // FutureOr of some types is another type.
    private static DartType FutureOr(InterfaceType type, DartType inner)
    {
        if (IsTop(inner))
        {
            return inner;
        }

        if (inner is InterfaceType { Class: { Name: "Object", Library.IsCore: true } })
        {
            return inner.WithNullable(type.Nullable);
        }

        if ((IsNever(inner) || IsNull(inner)) && type.Class.Library.Declared.GetValueOrDefault("Future") is ClassElement future)
        {
            return new InterfaceType(future, [inner], type.Nullable || IsNull(inner));
        }

        return new InterfaceType(type.Class, [inner], type.Nullable && !inner.Nullable);
    }

    /// <summary>All supertypes of a class, itself included, in terms of its parameters.</summary>
    public Dictionary<ClassElement, InterfaceType> Supertypes(ClassElement cls)
    {
        if (cls.AllSupertypes is { } done)
        {
            return done;
        }

        cls.AllSupertypes = NoSupertypes;
        var all = new Dictionary<ClassElement, InterfaceType> { [cls] = cls.ThisType };
        void AddAll(InterfaceType type)
        {
            var map = type.Map();
            foreach (var (c, t) in Supertypes(type.Class))
            {
                all.TryAdd(c, (InterfaceType)t.Substitute(map));
            }
        }

        if (cls.Supertype is { } super)
        {
            AddAll(super);
        }

        foreach (var i in cls.Interfaces)
        {
            AddAll(i);
        }

        if (cls.Supertype is null && !ReferenceEquals(cls, program.Object.Class) && !(cls.IsExtensionType && IsNullable(cls.OnType!)))
        {
            all.TryAdd(program.Object.Class, program.Object);
        }

        return cls.AllSupertypes = all;
    }

    /// <summary>The type as an instance of a class that it is a subtype of, or null.</summary>
    public InterfaceType? AsInstanceOf(DartType type, ClassElement cls)
    {
        for (var i = 0; i < MaximumDepth; i++)
        {
            switch (type)
            {
                case InterfaceType t:
                    if (ReferenceEquals(t.Class, cls))
                    {
                        return t;
                    }

                    return Supertypes(t.Class).TryGetValue(cls, out var super) ? (InterfaceType)super.Substitute(t.Map()) : null;
                case TypeParamType p: type = p.Bound; break;
                case FunctionType: return cls == program.Function.Class || cls == program.Object.Class ? new InterfaceType(cls, []) : null;
                case RecordType: return cls == program.Record.Class || cls == program.Object.Class ? new InterfaceType(cls, []) : null;
                default: return null;
            }
        }

        return null;
    }

    public bool IsSubtype(DartType s, DartType t) => IsSubtype(s, t, 0);

    private bool IsSubtype(DartType s, DartType t, int depth)
    {
        if (ReferenceEquals(s, t) || depth > MaximumDepth)
        {
            return true;
        }

        if (s is UnknownType || t is UnknownType || IsTop(t))
        {
            return true;
        }

        if (s is SimpleType { Kind: SimpleKind.Never })
        {
            return true;
        }

        if (IsTop(s))
        {
            return false;
        }

        depth++;
        if (IsNull(s))
        {
            return HasNull(t);
        }

        if (IsFutureOr(s))
        {
            var inner = ((InterfaceType)s).Args[0];
            if (s.Nullable && !HasNull(t))
            {
                return false;
            }

            return IsSubtype(inner, t, depth) && IsSubtype(new InterfaceType(program.CoreClass("Future"), [inner]), t, depth);
        }

        if (s.Nullable)
        {
            if (!HasNull(t))
            {
                return false;
            }

            return IsSubtype(s.WithNullable(false), t, depth);
        }

        if (IsFutureOr(t))
        {
            var inner = ((InterfaceType)t).Args[0];
            return IsSubtype(s, inner, depth) || IsSubtype(s, new InterfaceType(program.CoreClass("Future"), [inner]), depth) || s is TypeParamType future && IsSubtype(future.Bound, t, depth);
        }

        if (s is TypeParamType sp)
        {
            if (t is TypeParamType { Promoted: null } tp2 && ReferenceEquals(tp2.Parameter, sp.Parameter))
            {
                return true;
            }

            if (t is TypeParamType { Promoted: { } tPromoted } tp3 && ReferenceEquals(tp3.Parameter, sp.Parameter))
            {
                return IsSubtype(sp.Bound, tPromoted, depth);
            }

            return IsSubtype(sp.Bound, t, depth);
        }

        if (t.Nullable)
        {
            t = t.WithNullable(false);
        }

        switch (t)
        {
            case InterfaceType { Class: var tc } ti:
                if (tc == program.Object.Class)
                {
                    return s is not InterfaceType || !IsNullable(s);
                }

                if (s is FunctionType)
                {
                    return tc == program.Function.Class;
                }

                if (s is RecordType)
                {
                    return tc == program.Record.Class;
                }

                if (AsInstanceOf(s, tc) is not { } instance)
                {
                    return false;
                }

                for (var i = 0; i < instance.Args.Length; i++)
                {
                    if (!IsSubtype(instance.Args[i], ti.Args[i], depth))
                    {
                        return false;
                    }
                }

                return true;
            case FunctionType tf:
                return s is FunctionType sf && IsFunctionSubtype(sf, tf, depth);
            case RecordType tr:
                if (s is not RecordType sr || sr.Positional.Length != tr.Positional.Length || sr.Named.Length != tr.Named.Length)
                {
                    return false;
                }

                for (var i = 0; i < sr.Count; i++)
                {
                    if (i >= sr.Positional.Length && sr.Named[i - sr.Positional.Length].Name != tr.Named[i - sr.Positional.Length].Name)
                    {
                        return false;
                    }

                    if (!IsSubtype(sr.FieldType(i), tr.FieldType(i), depth))
                    {
                        return false;
                    }
                }

                return true;
            default:
                return false;
        }
    }

    // Whether null's type is a subtype: it is none of a type variable, and none of an extension type whatever that represents.
    private static bool HasNull(DartType type) => type switch
    {
        TypeParamType { Nullable: false } or InterfaceType { Nullable: false, Class.IsExtensionType: true } => false,
        InterfaceType { Nullable: false } f when IsFutureOr(f) => HasNull(f.Args[0]),
        _ => IsNullable(type),
    };

    private bool IsFunctionSubtype(FunctionType s, FunctionType t, int depth)
    {
        if (s.TypeParams.Length != t.TypeParams.Length)
        {
            return false;
        }

        if (s.TypeParams.Length > 0)
        {
            // Bounds must be the same type for both.
            var map = new Dictionary<TypeParam, DartType>();
            for (var i = 0; i < s.TypeParams.Length; i++)
            {
                map[s.TypeParams[i]] = t.TypeParams[i].Type;
            }

            for (var i = 0; i < s.TypeParams.Length; i++)
            {
                var (own, other) = (s.TypeParams[i].Bound.Substitute(map), t.TypeParams[i].Bound);
                if (!IsSubtype(own, other, depth) || !IsSubtype(other, own, depth))
                {
                    return false;
                }
            }

            s = s.Instantiate([.. t.TypeParams.Select(p => (DartType)p.Type)]);
        }

        if (s.Required.Length > t.Required.Length || s.MaximumPositional < t.MaximumPositional)
        {
            return false;
        }

        for (var i = 0; i < t.MaximumPositional; i++)
        {
            if (!IsSubtype(t.Positional(i), s.Positional(i), depth))
            {
                return false;
            }
        }

        foreach (var n in t.Named)
        {
            var own = Array.Find(s.Named, m => m.Name == n.Name);
            if (own is null || !IsSubtype(n.Type, own.Type, depth) || own.IsRequired && !n.IsRequired)
            {
                return false;
            }
        }

        foreach (var n in s.Named)
        {
            if (n.IsRequired && !Array.Exists(t.Named, m => m.Name == n.Name))
            {
                return false;
            }
        }

        return IsSubtype(s.Result, t.Result, depth);
    }

    // Members.

    /// <summary>Finds an instance member of a class or its supertypes, with the type as which the class has it.</summary>
    public (Member Member, InterfaceType Owner)? FindMember(InterfaceType type, string name)
    {
        if (FindImplementation(type.Class, name) is { } found && !found.IsAbstract)
        {
            return (found, AsInstanceOf(type, found.Owner!)!);
        }

        // Abstract members and interfaces: the nearest declaration.
        for (var cls = type.Class; cls is not null; cls = cls.Supertype?.Class)
        {
            if (cls.Members.TryGetValue(name, out var member))
            {
                return (member, AsInstanceOf(type, cls)!);
            }

            (Member Member, InterfaceType Owner)? best = null;
            foreach (var i in cls.Interfaces)
            {
                if (FindMember((InterfaceType)i.Substitute(AsInstanceOf(type, cls)!.Map()), name) is { } inherited && (best is null || GoesBefore(inherited, best.Value, name)))
                {
                    best = inherited;
                }
            }

            if (best is not { } nearest || nearest.Member.Owner == program.Object.Class)
            {
                continue;
            }

            // What the superclass declares without a body.
            for (var above = cls.Supertype?.Class; above is not null; above = above.Supertype?.Class)
            {
                if (!above.Members.TryGetValue(name, out var declared))
                {
                    continue;
                }

                return GoesBefore((declared, AsInstanceOf(type, above)!), nearest, name) ? (declared, AsInstanceOf(type, above)!) : nearest;
            }

            return nearest;
        }

        if (type.Class.IsExtensionType || type.Class.Node.Kind == ClassKind.Mixin || type.Class.Interfaces.Count > 0)
        {
            if (program.Object.Class.Members.TryGetValue(name, out var ofObject))
            {
                return (ofObject, program.Object);
            }
        }

        return null;
    }

    /// <summary>Of types that a class has, the one whose member of a name counts; null where none has such a member.</summary>
    public InterfaceType? TypeWith(IEnumerable<InterfaceType> types, string name)
    {
        InterfaceType? best = null;
        foreach (var type in types)
        {
            if (FindMember(type, name) is { } found && (best is null || GoesBefore(found, FindMember(best, name)!.Value, name)))
            {
                best = type;
            }
        }

        return best;
    }

    /// <summary>The member of a name that an extension or extension type has, of its own or from what it implements, with the type as which it has it.</summary>
    public (Member Member, InterfaceType Owner)? FindExtensionTypeMember(InterfaceType t, string name)
    {
        if (t.Class.Members.TryGetValue(name, out var own))
        {
            return (own, t);
        }

        if (!t.Class.IsExtensionType)
        {
            return null;
        }

        (Member Member, InterfaceType Owner)? best = null;
        foreach (var i in t.Class.Interfaces)
        {
            var super = (InterfaceType)i.Substitute(t.Map());
            if ((super.Class.IsExtensionType ? FindExtensionTypeMember(super, name) : FindMember(super, name)) is not { } found)
            {
                continue;
            }

            // What a class below another makes of a member goes before what the other has.
            if (best is not { } known || known.Owner.Class == program.Object.Class || found.Owner.Class != known.Owner.Class && Supertypes(found.Owner.Class).ContainsKey(known.Owner.Class))
            {
                best = found;
            }
        }

        if (best is not null)
        {
            return best;
        }

        return program.Object.Class.Members.TryGetValue(name, out var ofObject) ? (ofObject, program.Object) : null;
    }

    // Whether of two members that a class has from different superinterfaces it is the first whose signature counts: that of a class below the other's, or one that allows all that the other does.
    private bool GoesBefore((Member Member, InterfaceType Owner) first, (Member Member, InterfaceType Owner) second, string name)
    {
        if (first.Member == second.Member || first.Member.Owner == program.Object.Class || Supertypes(second.Member.Owner!).ContainsKey(first.Member.Owner!))
        {
            return false;
        }

        if (Supertypes(first.Member.Owner!).ContainsKey(second.Member.Owner!))
        {
            return true;
        }

        if (MemberTypes is null || first.Member.Busy || second.Member.Busy || first.Member.Kind == MemberKind.Method != (second.Member.Kind == MemberKind.Method))
        {
            return false;
        }

        var (own, other) = (MemberTypes(first.Member).Substitute(first.Owner.Map()), MemberTypes(second.Member).Substitute(second.Owner.Map()));
        var isSetter = name != first.Member.Name;
        return (isSetter ? IsSubtype(other, own) : IsSubtype(own, other)) && !(isSetter ? IsSubtype(own, other) : IsSubtype(other, own));
    }

    /// <summary>The types of members as they are read or called, of setters what they take; null as long as these are not known.</summary>
    public Func<Member, DartType>? MemberTypes { get; set; }

    /// <summary>The declaration that an object of the class runs for a name, abstract ones not counted unless there is nothing else.</summary>
    public static Member? FindImplementation(ClassElement cls, string name)
    {
        for (var c = cls; c is not null; c = c.Supertype?.Class)
        {
            if (c.Members.TryGetValue(name, out var member) && !member.IsAbstract)
            {
                return member;
            }
        }

        return null;
    }

    // Bounds.

    public DartType Lub(DartType a, DartType b) => Lub(a, b, 0);

    private DartType Lub(DartType a, DartType b, int depth)
    {
        if (a is UnknownType)
        {
            return b;
        }

        if (b is UnknownType)
        {
            return a;
        }

        if (a.Equals(b))
        {
            return a;
        }

        if (IsTop(a))
        {
            return a;
        }

        if (IsTop(b))
        {
            return b;
        }

        if (IsNever(a))
        {
            return b;
        }

        if (IsNever(b))
        {
            return a;
        }

        if (IsNull(a))
        {
            return b.WithNullable(true);
        }

        if (IsNull(b))
        {
            return a.WithNullable(true);
        }

        var nullable = a.Nullable || b.Nullable;
        DartType Wrap(DartType t) => nullable ? t.WithNullable(true) : t;
        if (IsSubtype(a.WithNullable(false), b.WithNullable(false)))
        {
            return Wrap(b);
        }

        if (IsSubtype(b.WithNullable(false), a.WithNullable(false)))
        {
            return Wrap(a);
        }

        if (depth > 4)
        {
            return program.Object.WithNullable(true);
        }

        if (a is TypeParamType ap)
        {
            return Wrap(Lub(ap.Bound, b, depth + 1));
        }

        if (b is TypeParamType bp)
        {
            return Wrap(Lub(a, bp.Bound, depth + 1));
        }

        if (a is FunctionType fa && b is FunctionType fb)
        {
            return Wrap(FunctionLub(fa, fb, depth) ?? (DartType)program.Function);
        }

        if (a is RecordType ra && b is RecordType rb && ra.Positional.Length == rb.Positional.Length && ra.Named.Select(n => n.Name).SequenceEqual(rb.Named.Select(n => n.Name)))
        {
            return Wrap(new RecordType([.. ra.Positional.Select((t, i) => Lub(t, rb.Positional[i], depth + 1))], [.. ra.Named.Select((n, i) => (n.Name, Lub(n.Type, rb.Named[i].Type, depth + 1)))]));
        }

        if (IsFutureOr(a) || IsFutureOr(b))
        {
            DartType Inner(DartType t) => IsFutureOr(t) ? ((InterfaceType)t).Args[0] : AsInstanceOf(t, program.CoreClass("Future")) is { } f ? f.Args[0] : t;
            return Wrap(new InterfaceType(program.CoreClass("FutureOr"), [Lub(Inner(a), Inner(b), depth + 1)]));
        }

        if (a is InterfaceType ia && b is InterfaceType ib)
        {
            if (ia.Class == ib.Class)
            {
                return Wrap(new InterfaceType(ia.Class, [.. ia.Args.Select((t, i) => Lub(t, ib.Args[i], depth + 1))]));
            }

            // The shared supertype, its type arguments included, that is deepest and unique at its depth.
            var sa = Supertypes(ia.Class);
            var sb = Supertypes(ib.Class);
            (int Depth, ClassElement Class)? best = null;
            foreach (var group in sa.Keys.Where(sb.ContainsKey).GroupBy(Depth).OrderByDescending(g => g.Key))
            {
                var candidates = group.Where(c => AsInstanceOf(ia, c)!.Equals(AsInstanceOf(ib, c)!)).ToList();
                if (candidates.Count == 1)
                {
                    best = (group.Key, candidates[0]);
                    break;
                }
            }

            if (best is { } found)
            {
                var x = AsInstanceOf(ia, found.Class)!;
                if (found.Class != program.Object.Class)
                {
                    return Wrap(x.WithNullable(false));
                }
            }
        }

        return Wrap(program.Object.WithNullable(!IsSubtype(a, program.Object) || !IsSubtype(b, program.Object)));
    }

    // Functions that take as many required parameters, and type parameters with the same bounds, have what both take in common; null for others (specification of the language, "Standard Upper Bounds and Standard
    // Lower Bounds").
    private FunctionType? FunctionLub(FunctionType a, FunctionType b, int depth)
    {
        if (a.TypeParams.Length != b.TypeParams.Length || a.Required.Length != b.Required.Length)
        {
            return null;
        }

        if (a.Optional.Length > 0 && b.Named.Length > 0 || b.Optional.Length > 0 && a.Named.Length > 0)
        {
            return null;
        }

        if (a.TypeParams.Length > 0)
        {
            var map = new Dictionary<TypeParam, DartType>();
            for (var i = 0; i < a.TypeParams.Length; i++)
            {
                map[b.TypeParams[i]] = a.TypeParams[i].Type;
            }

            if (!a.TypeParams.Zip(b.TypeParams).All(p => p.First.Bound.Equals(p.Second.Bound.Substitute(map))))
            {
                return null;
            }

            b = b.Instantiate([.. a.TypeParams.Select(p => (DartType)p.Type)]);
        }

        NamedParam? In(FunctionType type, NamedParam named) => Array.Find(type.Named, n => n.Name == named.Name);
        var other = b;
        if (Array.Exists(a.Named, n => n.IsRequired && In(other, n) is null) || Array.Exists(b.Named, n => n.IsRequired && In(a, n) is null))
        {
            return null;
        }

        return new FunctionType(
            a.TypeParams,
            [.. a.Required.Zip(b.Required, Glb)],
            [.. a.Optional.Zip(b.Optional, Glb)],
            [.. a.Named.Where(n => In(other, n) is not null).Select(n => new NamedParam(n.Name, Glb(n.Type, In(other, n)!.Type), n.IsRequired || In(other, n)!.IsRequired))],
            Lub(a.Result, b.Result, depth + 1));
    }

    private int Depth(ClassElement cls)
    {
        if (_depths.TryGetValue(cls, out var depth))
        {
            return depth;
        }

        _depths[cls] = 0;
        foreach (var super in cls.Interfaces.Select(i => i.Class).Append(cls.Supertype?.Class))
        {
            if (super is not null)
            {
                depth = Math.Max(depth, Depth(super) + 1);
            }
        }

        return _depths[cls] = depth;
    }

    private readonly Dictionary<ClassElement, int> _depths = [];

    public DartType Glb(DartType a, DartType b) => IsSubtype(a, b) ? a : IsSubtype(b, a) ? b : SimpleType.Never;
}
