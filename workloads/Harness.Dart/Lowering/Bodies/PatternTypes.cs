using Harness.Dart.Lowering.Model;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Types of patterns: what they want of the expression that is matched, what they test for, and what is known of a value behind them.</summary>
internal sealed class PatternTypes(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly DartProgram _program = body.Program.Program;
    private readonly TypeSystem _types = body.Program.Types;
    private readonly FunctionState _state = body.State;
    private readonly VariableScopes _variables = body.Variables;
    private readonly Promotions _promotions = body.Promotions;

    // Types in a pattern are looked at again behind it, where its variables may have their names.
    private readonly Dictionary<TypeNode, DartType> _resolved = [];

    /// <summary>The type that a node in a pattern stands for, where that was met first: no variable hides it that the pattern declares there or behind.</summary>
    /// <exception cref="DartErrorException">There is no such type, or it has other arguments.</exception>
    public DartType Resolve(TypeNode node)
    {
        if (!_resolved.TryGetValue(node, out var type))
        {
            _resolved[node] = type = _state.Scope.Resolve(node);
        }

        return type;
    }

    /// <summary>Finds what all types in a pattern stand for, by the names that are in scope here.</summary>
    /// <exception cref="DartErrorException">There is no such type, or it has other arguments.</exception>
    public void ResolveAll(Pattern pattern)
    {
        var children = new List<Node>();
        var pending = new Stack<Pattern>([pattern]);
        while (pending.TryPop(out var next))
        {
            foreach (var type in TypesIn(next))
            {
                Resolve(type);
            }

            children.Clear();
            AstWalker.Children(next, children);
            foreach (var child in children.OfType<Pattern>().Reverse())
            {
                pending.Push(child);
            }
        }
    }

    private static IEnumerable<TypeNode> TypesIn(Pattern pattern) => pattern switch
    {
        VariablePattern { Type: { } type } => [type],
        WildcardPattern { Type: { } type } => [type],
        CastPattern c => [c.Type],
        ListPattern { TypeArgs: { } args } => args,
        MapPattern { TypeArgs: { } args } => args,
        ObjectPattern o => [o.Type],
        _ => [],
    };

    /// <summary>The type that a pattern gives the expression that is destructured, unknown where it does not tell: its context type schema.</summary>
    public DartType Context(Pattern pattern)
    {
        switch (pattern)
        {
            case VariablePattern { Type: { } t }: return Resolve(t);
            case WildcardPattern { Type: { } t }: return Resolve(t);
            case VariablePattern { Declares: false } v when _variables.Lookup(v.Name) is { } variable: return _promotions.Promoted(variable) ?? variable.Type;
            case AndPattern a: return Both(Context(a.Left), Context(a.Right));
            case NullCheckPattern { Assert: true } n: return Context(n.Inner) is var inner and not UnknownType ? inner.WithNullable(true) : UnknownType.Instance;
            case ListPattern { TypeArgs: { } args }: return _program.Type("List", Resolve(args[0]));
            case ListPattern l: return _program.Type("List", l.Elements.Select(ElementContext).Aggregate((DartType)UnknownType.Instance, Both));
            case MapPattern { TypeArgs: { } args }: return _program.Type("Map", Resolve(args[0]), Resolve(args[1]));
            case MapPattern m: return _program.Type("Map", UnknownType.Instance, m.Entries.Select(e => Context(e.Value)).Aggregate((DartType)UnknownType.Instance, Both));
            case RecordPattern r:
                return new RecordType([.. r.Fields.Where(f => f.Name is null).Select(f => Context(f.Value))], [.. r.Fields.Where(f => f.Name is not null).Select(f => (f.Name!, Context(f.Value)))]);
            case ObjectPattern o: return Resolve(o.Type);
            default: return UnknownType.Instance;
        }
    }

    private DartType ElementContext(Pattern element) => element switch
    {
        RestPattern { Inner: { } inner } => _types.AsInstanceOf(Context(inner), _program.CoreClass("Iterable")) is { } iterable ? iterable.Args[0] : UnknownType.Instance,
        RestPattern => UnknownType.Instance,
        _ => Context(element),
    };

    private DartType Both(DartType a, DartType b) => a is UnknownType ? b : b is UnknownType ? a : _types.Glb(a, b);

    /// <summary>The elements of a list pattern's required type.</summary>
    public DartType ElementOf(ListPattern pattern, DartType type) =>
        pattern.TypeArgs is { } args ? Resolve(args[0]) : _types.AsInstanceOf(TypeSystem.NonNull(type), _program.CoreClass("List")) is { } known ? known.Args[0] : AnyOf(type);

    /// <summary>The keys and values of a map pattern's required type.</summary>
    public (DartType Key, DartType Value) EntryOf(MapPattern pattern, DartType type)
    {
        if (pattern.TypeArgs is { } args)
        {
            return (Resolve(args[0]), Resolve(args[1]));
        }

        return _types.AsInstanceOf(TypeSystem.NonNull(type), _program.CoreClass("Map")) is { } known ? (known.Args[0], known.Args[1]) : (AnyOf(type), AnyOf(type));
    }

    /// <summary>A record pattern's required type.</summary>
    public RecordType RecordOf(RecordPattern pattern, DartType type)
    {
        var positional = pattern.Fields.Count(f => f.Name is null);
        var names = pattern.Fields.Where(f => f.Name is not null).Select(f => f.Name!).Order(StringComparer.Ordinal).ToList();
        if (TypeSystem.NonNull(type) is RecordType known && known.Positional.Length == positional && known.Named.Select(n => n.Name).SequenceEqual(names))
        {
            return (RecordType)known.WithNullable(false);
        }

        return new RecordType([.. Enumerable.Repeat(AnyOf(type), positional)], [.. names.Select(n => (n, AnyOf(type)))]);
    }

    /// <summary>An object pattern's type, with the arguments that follow from the value's type where it was written without.</summary>
    public DartType ObjectOf(ObjectPattern pattern, DartType type)
    {
        var tested = Resolve(pattern.Type);
        if (pattern.Type.Args.Count > 0 || tested is not InterfaceType { Args.Length: > 0 } generic || TypeSystem.NonNull(type) is not InterfaceType from)
        {
            return tested;
        }

        var lower = new Dictionary<TypeParam, DartType>();
        var upper = new Dictionary<TypeParam, DartType>();
        _types.Inference.Constrain(generic.Class.ThisType, from, [.. generic.Class.TypeParams], lower, upper);
        return new InterfaceType(generic.Class, [.. _types.Inference.Solve(generic.Class.TypeParams, lower, upper, partial: false)]);
    }

    // What is not known of a value: parts of what is dynamic are dynamic.
    private DartType AnyOf(DartType type) => TypeSystem.IsDynamic(type) ? SimpleType.Dynamic : _program.Object.WithNullable(true);

    /// <summary>Whether a match of a value with a type goes on behind it, if anywhere: what flow analysis knows of that.</summary>
    public bool AlwaysMatches(Pattern pattern, DartType type) => pattern switch
    {
        WildcardPattern w => w.Type is null || IsSubtype(type, Resolve(w.Type)),
        VariablePattern v => v.Type is null || IsSubtype(type, Resolve(v.Type)),
        CastPattern c => AlwaysMatches(c.Inner, Resolve(c.Type)),
        NullCheckPattern n => (n.Assert || !TypeSystem.IsNullable(type)) && AlwaysMatches(n.Inner, TypeSystem.NonNull(type)),
        AndPattern a => AlwaysMatches(a.Left, type) && AlwaysMatches(a.Right, Matched(a.Left, type) ?? type),
        OrPattern o => AlwaysMatches(o.Left, type) || AlwaysMatches(o.Right, type),
        ObjectPattern { Fields.Count: 0 } o => IsSubtype(type, ObjectOf(o, type)),
        RecordPattern r when RecordOf(r, type) is var record => IsSubtype(type, record) && r.Fields.Where(f => f.Name is null).Select((f, i) => AlwaysMatches(f.Value, record.FieldType(i))).All(m => m) && r.Fields.Where(f => f.Name is not null).All(f => AlwaysMatches(f.Value, record.FieldType(record.IndexOf(f.Name!)))),
        _ => false,
    };

    private bool IsSubtype(DartType type, DartType tested) => TypeSystem.IsTop(tested) || !TypeSystem.IsDynamic(type) && _types.IsSubtype(type, tested);

    /// <summary>What a matched value's type is known to be behind a pattern; null where that tells nothing.</summary>
    public DartType? Matched(Pattern pattern, DartType type)
    {
        var tested = pattern switch
        {
            ObjectPattern o => ObjectOf(o, type),
            ListPattern l => _program.Type("List", ElementOf(l, type)),
            MapPattern m when EntryOf(m, type) is var (key, value) => _program.Type("Map", key, value),
            RecordPattern r => RecordOf(r, type),
            VariablePattern { Type: { } t } => Resolve(t),
            WildcardPattern { Type: { } t } => Resolve(t),
            CastPattern c => Resolve(c.Type),
            NullCheckPattern n => Matched(n.Inner, TypeSystem.NonNull(type)) ?? TypeSystem.NonNull(type),
            RelationalPattern { Op: "!=" } r when SyntaxShapes.Unparen(r.Value) is NullLit => TypeSystem.NonNull(type),
            AndPattern a => Matched(a.Left, type) is { } left ? Matched(a.Right, left) ?? left : Matched(a.Right, type),
            OrPattern o => Matched(o.Left, type) is { } one && Matched(o.Right, type) is { } other && one.Equals(other) ? one : null,
            _ => null,
        };
        return tested is null ? null : _promotions.PromotedType(type, tested);
    }

    /// <summary>What a value's type is known to be which a pattern does not match; null where that tells nothing.</summary>
    public DartType? Unmatched(Pattern pattern, DartType type) => pattern switch
    {
        ConstPattern c when SyntaxShapes.Unparen(c.Value) is NullLit => NotNull(type),
        RelationalPattern { Op: "==" } r when SyntaxShapes.Unparen(r.Value) is NullLit => NotNull(type),
        // A cast that did not end the match was of a value of its type.
        CastPattern c => _promotions.PromotedType(type, Resolve(c.Type)),
        OrPattern o => Unmatched(o.Left, type) is { } left ? Unmatched(o.Right, left) ?? left : Unmatched(o.Right, type),
        _ => null,
    };

    private DartType? NotNull(DartType type) => TypeSystem.IsDynamic(type) || TypeSystem.IsNull(type) ? null : _promotions.PromotedType(type, TypeSystem.NonNull(type));
}
