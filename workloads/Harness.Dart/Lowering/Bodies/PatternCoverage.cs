using Harness.Dart.Lowering.Model;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Some of the values that a pattern may be asked to match.</summary>
/// <param name="Types">Types that all of them have; the last is the narrowest.</param>
internal sealed record Part(IReadOnlyList<DartType> Types)
{
    /// <summary>The only value.</summary>
    public ConstValue? Value { get; init; }

    /// <summary>Of lists, how many elements they have at least, and whether they have no more.</summary>
    public (int Count, bool IsExact)? Length { get; init; }

    /// <summary>Types that none of them has.</summary>
    public IReadOnlyList<DartType> Excluded { get; init; } = [];

    /// <summary>The narrowest type.</summary>
    public DartType Type => Types[^1];

    /// <summary>The values of it that have a type.</summary>
    public Part With(DartType type) => this with { Types = [.. Types, type] };
}

/// <summary>A pattern for something that belongs to the matched value: a field, an element.</summary>
internal sealed record FieldPattern(string Key, Pattern Pattern, DartType Type);

/// <summary>What patterns match of a part of the values, and how the values are divided where a pattern matches some of them.</summary>
/// <param name="body">The function that the patterns stand in.</param>
/// <param name="isExhaustive">Whether a pattern covers all values of a type.</param>
internal sealed class PatternCoverage(FunctionLowering body, Func<Pattern, DartType, bool> isExhaustive)
{
    private const int MaximumAlternatives = 500;

    // Whether the pattern of a cast covers all values of the type that it casts to.
    private readonly Dictionary<CastPattern, bool> _isTotal = [];

    private readonly FunctionLowering _body = body;
    private readonly ProgramLowering _lowering = body.Program;
    private readonly DartProgram _program = body.Program.Program;
    private readonly TypeSystem _types = body.Program.Types;

    private static readonly IReadOnlyList<FieldPattern> NoFields = [];

    private MemberLookup Members => _body.Members;

    /// <summary>All values of a type.</summary>
    public Part PartOf(DartType type)
    {
        var plain = TypeSystem.EraseAll(TypeSystem.IsTop(type) ? _program.Object.WithNullable(true) : type);
        return plain is InterfaceType { IsClosed: false } i ? new([plain, new InterfaceType(i.Class, [.. i.Args.Select(BoundOf)], i.Nullable)]) : new([plain]);
    }

    private static DartType BoundOf(DartType type) => type is TypeParamType p ? p.Nullable ? p.Bound.WithNullable(true) : p.Bound : type;

    private DartType Resolve(TypeNode type) => TypeSystem.EraseAll(_body.Patterns.Types.Resolve(type));

    private bool Has(Part part, DartType type) => part.Types.Any(t => _types.IsSubtype(t, type) || TypeSystem.IsNever(t));

    private static bool IsNullLiteral(Pattern p) => p is ConstPattern c && SyntaxShapes.Unparen(c.Value) is NullLit;

    /// <summary>Whether a part has no values: nothing is of a sealed class without subtypes.</summary>
    public static bool IsEmpty(Part part) => TypeSystem.IsNever(part.Type) || part.Type is InterfaceType { Nullable: false, Class: { Node.Sealed: true } cls } && !Subtypes(cls).Any();

    /// <summary>Whether a pattern matches all of a part, and looks at nothing within.</summary>
    public bool MatchesAll(Pattern pattern, Part part) => Fields([pattern], part) is { } found && found.Exists(fields => fields.Count == 0);

    /// <summary>The ways in which patterns match all of a part together, each with the patterns for what lies within that must match as well; none where they do not.</summary>
    public List<IReadOnlyList<FieldPattern>> Fields(IReadOnlyList<Pattern> patterns, Part part)
    {
        List<IReadOnlyList<FieldPattern>> ways = [NoFields];
        foreach (var pattern in patterns)
        {
            var more = FieldsOf(pattern, part);
            ways = [.. ways.SelectMany(way => more.Select(fields => (IReadOnlyList<FieldPattern>)[.. way, .. fields])).Take(MaximumAlternatives)];
        }

        return ways;
    }

    private List<IReadOnlyList<FieldPattern>> FieldsOf(Pattern pattern, Part part)
    {
        if (TypeSystem.IsNever(part.Type))
        {
            return [NoFields];
        }

        return pattern switch
        {
            WildcardPattern w => When(w.Type is null || Has(part, Resolve(w.Type))),
            VariablePattern v => When(v.Type is null || Has(part, Resolve(v.Type))),
            OrPattern o => [.. FieldsOf(o.Left, part).Concat(FieldsOf(o.Right, part)).Take(MaximumAlternatives)],
            AndPattern a => Fields([a.Left, a.Right], part),
            CastPattern c when Resolve(c.Type) is var type => Has(part, type) ? FieldsOf(c.Inner, part) : When(IsOutside(part, type) && CastEnds(c, part, type)),
            NullCheckPattern n => TypeSystem.IsNull(part.Type) ? When(n.Assert) : TypeSystem.IsNullable(part.Type) ? [] : FieldsOf(n.Inner, part),
            ConstPattern c => When(IsNullLiteral(c) ? TypeSystem.IsNull(part.Type) : part.Value is { } value && ValueOf(c).Equals(value)),
            ListPattern l when ListType(part, l) is { } element && part.Length is { } length => ListFields(l, element, length),
            RecordPattern r when !part.Type.Nullable && part.Type is RecordType record && IsOfShape(r, record) => [[.. RecordFields(r, record)]],
            ObjectPattern o when IsInstance(part, o) && ObjectFields(o, part) is { } fields => [fields],
            _ => [],
        };
    }

    // Values of other types end the match with an error: they count as matched where the cast's pattern covers its type, or if they are null.
    private bool CastEnds(CastPattern cast, Part part, DartType type)
    {
        if (TypeSystem.IsNull(part.Type) && !TypeSystem.IsNullable(type))
        {
            return true;
        }

        if (!_isTotal.TryGetValue(cast, out var isTotal))
        {
            _isTotal[cast] = isTotal = isExhaustive(cast.Inner, type);
        }

        return isTotal;
    }

    private static List<IReadOnlyList<FieldPattern>> When(bool isMatched) => isMatched ? [NoFields] : [];

    private ConstValue ValueOf(ConstPattern pattern) => _lowering.Constants.Evaluate(pattern.Value, _body, null);

    private bool IsOutside(Part part, DartType type) => part.Excluded.Contains(type) || !_types.IsSubtype(type, part.Type);

    private DartType? ListType(Part part, ListPattern pattern)
    {
        if (TypeSystem.IsNullable(part.Type) || _types.AsInstanceOf(part.Type, _program.CoreClass("List")) is not { } list)
        {
            return null;
        }

        return pattern.TypeArgs is { } args && !_types.IsSubtype(list.Args[0], Resolve(args[0])) ? null : list.Args[0];
    }

    private List<IReadOnlyList<FieldPattern>> ListFields(ListPattern pattern, DartType element, (int Count, bool IsExact) length)
    {
        var rest = pattern.Elements.FindIndex(e => e is RestPattern);
        var count = pattern.Elements.Count - (rest < 0 ? 0 : 1);
        if (rest < 0 ? !length.IsExact || length.Count != count : length.Count < count)
        {
            return [];
        }

        var fields = new List<FieldPattern>();
        for (var i = 0; i < pattern.Elements.Count; i++)
        {
            var fromEnd = pattern.Elements.Count - i;
            if (pattern.Elements[i] is RestPattern r)
            {
                if (r.Inner is not null)
                {
                    fields.Add(new FieldPattern($"[{i}..{fromEnd - 1}]", r.Inner, _program.Type("List", element)));
                }

                continue;
            }

            var index = rest < 0 || i < rest ? $"[{i}]" : length.IsExact ? $"[{length.Count - fromEnd}]" : $"[-{fromEnd}]";
            fields.Add(new FieldPattern(index, pattern.Elements[i], element));
        }

        return [fields];
    }

    private static bool IsOfShape(RecordPattern pattern, RecordType type) =>
        pattern.Fields.Count == type.Count && pattern.Fields.Count(f => f.Name is null) == type.Positional.Length && pattern.Fields.All(f => f.Name is null || type.IndexOf(f.Name) >= 0);

    private static IEnumerable<FieldPattern> RecordFields(RecordPattern pattern, RecordType type)
    {
        var position = 0;
        foreach (var (name, value) in pattern.Fields)
        {
            var index = name is null ? position++ : type.IndexOf(name);
            yield return new FieldPattern($"${index}", value, type.FieldType(index));
        }
    }

    // A type without arguments has those that follow from the value's.
    private bool IsInstance(Part part, ObjectPattern pattern)
    {
        var type = Resolve(pattern.Type);
        if (Has(part, type))
        {
            return true;
        }

        return pattern.Type.Args.Count == 0 && type is InterfaceType { Args.Length: > 0 } generic && !TypeSystem.IsNullable(part.Type) && _types.AsInstanceOf(part.Type, generic.Class) is not null;
    }

    private List<FieldPattern>? ObjectFields(ObjectPattern pattern, Part part)
    {
        var own = _body.Patterns.Types.Resolve(pattern.Type);
        var fields = new List<FieldPattern>();
        foreach (var (name, value) in pattern.Fields)
        {
            if (name is null || (own is InterfaceType { Class.IsExtensionType: true } ? FieldOf(own, name) : FieldOf(part.Type, name) ?? FieldOf(own, name)) is not var (key, type))
            {
                return null;
            }

            fields.Add(new FieldPattern(key, value, type));
        }

        return fields;
    }

    private (string Key, DartType Type)? FieldOf(DartType type, string name)
    {
        if (TypeSystem.NonNull(type) is RecordType record && record.IndexOf(name) is >= 0 and var index)
        {
            return ($"${index}", record.FieldType(index));
        }

        if (Members.FindMember(type, name) is var (member, owner) && member is not null)
        {
            return (owner!.Class.IsExtensionType ? $"{name}@{owner.Class.Id}" : name, TypeOf(member).Substitute(owner.Map()));
        }

        if (Members.FindExtension(type, name) is { } found)
        {
            return ($"{name}@{found.Member.Owner!.Id}", TypeOf(found.Member).Substitute(ArgumentBinding.MapOf(found.Member.Owner.TypeParams, found.Args)));
        }

        return null;
    }

    private DartType TypeOf(Member member) => member.Kind switch
    {
        MemberKind.Field => _lowering.Signatures.FieldType(member),
        MemberKind.Getter => _lowering.Signatures.Of(member).Result,
        _ => _lowering.Signatures.Of(member),
    };

    /// <summary>A part in smaller ones, where a pattern may match some of its values; null where it cannot be divided, or need not be.</summary>
    public List<Part>? Divide(Part part, IReadOnlyList<Pattern> patterns)
    {
        var tests = patterns.SelectMany(p => Tests(p, part)).ToList();
        if (tests.Count == 0)
        {
            return null;
        }

        var type = part.Type;
        if (type.Nullable && type is not SimpleType)
        {
            return [part.With(SimpleType.Null), part.With(type.WithNullable(false))];
        }

        switch (type)
        {
            case TypeParamType p: return [part.With(TypeSystem.EraseAll(TypeSystem.IsTop(p.Bound) ? _program.Object.WithNullable(true) : p.Bound))];
            case InterfaceType f when TypeSystem.IsFutureOr(f): return [part.With(TypeSystem.EraseAll(f.Args[0])), part.With(_program.Type("Future", f.Args[0]))];
            case InterfaceType t when part.Value is null && t.Class == _program.Bool.Class: return [part with { Value = new ConstBool(true) }, part with { Value = new ConstBool(false) }];
            case InterfaceType t when part.Value is null && t.Class.IsEnum:
                return [.. t.Class.EnumValues.Select(_lowering.Constants.ValueOf).Where(v => _types.IsSubtype(_lowering.Constants.TypeOf(v), t)).Select(v => part with { Value = v })];
            case InterfaceType t when t.Class.Node.Sealed: return [.. Subtypes(t.Class).Select(sub => Below(part, t, sub)).OfType<Part>()];
        }

        foreach (var cast in tests.OfType<CastPattern>().Select(c => Resolve(c.Type)))
        {
            if (!Has(part, cast) && !IsOutside(part, cast))
            {
                return [part.With(cast), part with { Excluded = [.. part.Excluded, cast] }];
            }
        }

        if (part.Length is null && tests.OfType<ListPattern>().Where(l => ListType(part, l) is not null).ToList() is { Count: > 0 } lists)
        {
            var longest = lists.Max(l => l.Elements.Count);
            return [.. Enumerable.Range(0, longest + 1).Select(n => part with { Length = (n, true) }), part with { Length = (longest + 1, false) }];
        }

        return null;
    }

    // The patterns for the value itself that may match some of a part and not all.
    private IEnumerable<Pattern> Tests(Pattern pattern, Part part)
    {
        var pending = new Stack<Pattern>([pattern]);
        while (pending.TryPop(out var p))
        {
            switch (p)
            {
                case OrPattern o: pending.Push(o.Left); pending.Push(o.Right); break;
                case AndPattern a: pending.Push(a.Left); pending.Push(a.Right); break;
                case CastPattern c:
                    if (Has(part, Resolve(c.Type)))
                    {
                        pending.Push(c.Inner);
                    }
                    else if (!IsOutside(part, Resolve(c.Type)))
                    {
                        yield return c;
                    }

                    break;
                case NullCheckPattern n:
                    if (TypeSystem.IsNullable(part.Type) && !TypeSystem.IsNull(part.Type))
                    {
                        yield return n;
                    }
                    else
                    {
                        pending.Push(n.Inner);
                    }

                    break;
                case ListPattern l:
                    if (part.Length is null)
                    {
                        yield return l;
                    }

                    break;
                case ObjectPattern o when IsInstance(part, o):
                case RecordPattern r when !part.Type.Nullable && part.Type is RecordType record && IsOfShape(r, record):
                case RelationalPattern or MapPattern:
                    break;
                default:
                    if (FieldsOf(p, part).Count == 0)
                    {
                        yield return p;
                    }

                    break;
            }
        }
    }

    // The values of a part that are instances of a subtype of its class; null where there cannot be any.
    private Part? Below(Part part, InterfaceType type, ClassElement sub)
    {
        List<DartType> found = [.. part.Types.OfType<InterfaceType>().Where(t => t.Class == type.Class).Select(t => Instance(sub, t))];
        return _types.IsSubtype(found[^1], type) ? part with { Types = [.. part.Types, .. found] } : null;
    }

    private InterfaceType Instance(ClassElement sub, InterfaceType type)
    {
        if (sub.TypeParams.Count == 0)
        {
            return sub.ThisType;
        }

        var upper = new Dictionary<TypeParam, DartType>();
        _types.Inference.Constrain(sub.ThisType, type, [.. sub.TypeParams], [], upper);
        return new InterfaceType(sub, _types.Inference.Solve(sub.TypeParams, [], upper, partial: false));
    }

    // The classes that name a sealed class in their clauses.
    private static IEnumerable<ClassElement> Subtypes(ClassElement cls)
    {
        var pending = new Stack<ClassElement>(cls.DirectSubtypes);
        while (pending.TryPop(out var sub))
        {
            if (sub.Original is not null)
            {
                continue;
            }

            if (sub.AppliedMixin is null || !sub.Name.Contains('&', StringComparison.Ordinal))
            {
                yield return sub;
                continue;
            }

            // The application of a mixin in a clause: the class that has the clause.
            foreach (var below in sub.DirectSubclasses)
            {
                pending.Push(below);
            }
        }
    }
}
