using Harness.Dart.Syntax;

namespace Harness.Dart.Semantics;

/// <summary>Names of types: what is in scope of a place, and how type nodes become types.</summary>
internal sealed class TypeScope(DartProgram program, Library library, SourceFile file, ClassElement? cls, TypeScope? parent = null)
{
    private Dictionary<string, DartType>? _names;

    public DartProgram Program { get; } = program;
    public Library Library { get; } = library;
    public SourceFile File { get; } = file;
    public ClassElement? Class { get; } = cls;

    /// <summary>Whether it is that of a static member, which does not see the type parameters of its class.</summary>
    public bool IsStatic { get; init; }

    /// <summary>The scope of a member's text. Constructors see the parameters of their class; members of an application see the mixin's arguments.</summary>
    public static TypeScope Of(DartProgram program, Member member) => new(program, member.Library, member.File, member.Owner ?? member.Lexical) { IsStatic = member.IsStatic && member.Kind != MemberKind.Constructor };

    /// <summary>Whether a variable hides a name, which is that of no type then; null for scopes without variables.</summary>
    public Func<string, bool>? Hides { get; init; }

    /// <summary>The scope of a function's body.</summary>
    /// <param name="hides">Whether a variable has a name, where the body is lowered at the time.</param>
    public TypeScope Within(Func<string, bool> hides) => new(Program, Library, File, Class, this) { IsStatic = IsStatic, Hides = hides };

    public TypeScope Nested() => new(Program, Library, File, Class, this) { IsStatic = IsStatic };

    /// <summary>Gives a name a meaning; <c>_</c> never has one.</summary>
    public void Add(string name, DartType type)
    {
        if (name != "_")
        {
            (_names ??= new(StringComparer.Ordinal))[name] = type;
        }
    }

    public DartType? LookupParam(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope._names is not null && scope._names.TryGetValue(name, out var type))
            {
                return type;
            }
        }

        return Class is not null && !IsStatic && Class.TypeScope.TryGetValue(name, out var ofClass) ? ofClass : null;
    }

    // A type parameter of an inner function is not hidden by variables around that.
    private bool IsHidden(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope.Hides is { } hides && hides(name))
            {
                return true;
            }

            if (scope._names is not null && scope._names.ContainsKey(name))
            {
                return false;
            }
        }

        return false;
    }

    private TypeScope? Outer { get; } = parent;

    public DartErrorException Error(Node node, string message) => new(File, node.Pos, message);

    /// <summary>Finds a declaration of the library or its imports.</summary>
    public object? LookupTopLevel(string name)
    {
        if (Library.Declared.TryGetValue(name, out var element))
        {
            return element;
        }

        if (Library.Prefixes.TryGetValue(name, out var prefix))
        {
            return prefix;
        }

        return Library.Imported.TryGetValue(name, out element) ? element : null;
    }

    /// <summary>The typedef that a type is named by; null where it is named by none.</summary>
    public TypedefElement? AliasOf(NamedTypeNode node) =>
        (node.Prefix is null ? LookupTopLevel(node.Name) : Library.Prefixes.GetValueOrDefault(node.Prefix)?.Members.GetValueOrDefault(node.Name)) as TypedefElement;

    /// <summary>Declares type parameters in a new scope and resolves their bounds.</summary>
    public TypeScope WithTypeParams(List<TypeParamNode> nodes, out List<TypeParam> parameters)
    {
        parameters = [];
        if (nodes.Count == 0)
        {
            return this;
        }

        var scope = Nested();
        foreach (var node in nodes)
        {
            var parameter = new TypeParam(node.Name);
            parameters.Add(parameter);
            scope.Add(node.Name, parameter.Type);
        }

        ResolveBounds(nodes, parameters, scope);
        return scope;
    }

    public static void ResolveBounds(List<TypeParamNode> nodes, List<TypeParam> parameters, TypeScope scope)
    {
        for (var i = 0; i < nodes.Count; i++)
        {
            parameters[i].HasBound = nodes[i].Bound is not null;
            parameters[i].Bound = scope.Program.Object.WithNullable(true);
        }

        for (var i = 0; i < nodes.Count; i++)
        {
            if (nodes[i].Bound is { } bound)
            {
                parameters[i].Bound = scope.Resolve(bound);
            }
        }
    }

    /// <summary>The type that a node stands for.</summary>
    /// <exception cref="DartErrorException">There is no such type, or it has other arguments.</exception>
    public DartType Resolve(TypeNode node)
    {
        using var level = Program.Nesting.Enter(File, node.Pos);
        var type = ResolveCore(node);
        Nesting.Check(type, File, node.Pos);
        return node.Nullable && type is not SimpleType { Kind: SimpleKind.Dynamic or SimpleKind.Void } ? type.WithNullable(true) : type;
    }

    private DartType ResolveCore(TypeNode node)
    {
        switch (node)
        {
            case NamedTypeNode named:
                return ResolveNamed(named);
            case FunctionTypeNode function:
                var scope = WithTypeParams(function.TypeParams, out var parameters);
                var named2 = new List<NamedParam>();
                var required = new List<DartType>();
                var optional = new List<DartType>();
                foreach (var p in function.Params)
                {
                    var type = p.Type is null ? SimpleType.Dynamic : scope.Resolve(p.Type);
                    if (p.Kind == ParamKind.Named)
                    {
                        named2.Add(new NamedParam(p.Name, type, p.IsRequiredNamed));
                    }
                    else if (p.Kind == ParamKind.Optional)
                    {
                        optional.Add(type);
                    }
                    else
                    {
                        required.Add(type);
                    }
                }

                var result = function.Return is null ? SimpleType.Dynamic : scope.Resolve(function.Return);
                return new FunctionType([.. parameters], [.. required], [.. optional], [.. named2.OrderBy(n => n.Name, StringComparer.Ordinal)], result);
            case RecordTypeNode record:
                return new RecordType(
                    [.. record.Fields.Where(f => f.Name is null).Select(f => Resolve(f.Type))],
                    [.. record.Fields.Where(f => f.Name is not null).Select(f => (f.Name!, Resolve(f.Type)))]);
            default:
                throw new InvalidOperationException(node.GetType().Name);
        }
    }

    private DartType ResolveNamed(NamedTypeNode named)
    {
        if (named.Prefix is null)
        {
            if (IsHidden(named.Name))
            {
                throw Error(named, $"'{named.Name}' isn't a type.");
            }

            if (LookupParam(named.Name) is { } parameter)
            {
                return named.Args.Count == 0 ? parameter : throw Error(named, $"The type variable '{named.Name}' can't have type arguments.");
            }

            switch (named.Name)
            {
                case "dynamic" when LookupTopLevel("dynamic") is null: return SimpleType.Dynamic;
                case "void": return SimpleType.Void;
                case "Never" when LookupTopLevel("Never") is null: return SimpleType.Never;
                case "Null" when LookupTopLevel("Null") is null or ClassElement { Library.IsCore: true }: return SimpleType.Null;
            }
        }

        object? element;
        if (named.Prefix is null)
        {
            element = LookupTopLevel(named.Name);
        }
        else
        {
            if (!Library.Prefixes.TryGetValue(named.Prefix, out var prefix))
            {
                throw Error(named, $"'{named.Prefix}' isn't a prefix.");
            }

            if (prefix.IsDeferred && !named.IsExpression)
            {
                throw Error(named, $"The type '{named.Prefix}.{named.Name}' is of a deferred library, so it can't be the type of anything.");
            }

            prefix.Members.TryGetValue(named.Name, out element);
            if (element is null && named.Name == "dynamic")
            {
                return SimpleType.Dynamic;
            }

            if (element is null && named.Name == "Never")
            {
                return SimpleType.Never;
            }
        }

        switch (element)
        {
            case ClassElement { Node.Kind: ClassKind.Extension }:
                throw Error(named, $"'{named.Name}' isn't a type.");
            case ClassElement { Name: "Null", Library.IsCore: true }:
                return SimpleType.Null;
            case ClassElement cls:
                return Instantiate(cls, named);
            case TypedefElement typedef:
                return Instantiate(typedef, named);
            case AmbiguousElement:
                throw Error(named, $"'{named.Name}' is imported from more than one library.");
            case null:
                throw Error(named, $"Type '{(named.Prefix is null ? "" : named.Prefix + ".")}{named.Name}' not found.");
            default:
                throw Error(named, $"'{named.Name}' isn't a type.");
        }
    }

    private DartType Instantiate(ClassElement cls, NamedTypeNode named)
    {
        ClassBuilder.DeclareParams(Program, cls);
        if (named.Args.Count > 0 && named.Args.Count != cls.TypeParams.Count)
        {
            throw Error(named, $"Expected {cls.TypeParams.Count} type arguments.");
        }

        return new InterfaceType(cls, cls.TypeParams.Count == 0 ? [] : Arguments(named, cls.TypeParams, null));
    }

    private DartType[] Arguments(NamedTypeNode named, List<TypeParam> parameters, DartType? body)
    {
        var args = named.Args.Count > 0 ? [.. named.Args.Select(Resolve)] : InstantiateToBound.ArgumentsOf(parameters, body);
        if (Library.IsOwn)
        {
            Program.Bounds.Note(File, named.Pos, parameters, args, body);
        }

        return args;
    }

    /// <summary>The arguments of a type that was written without.</summary>
    public static DartType[] DefaultArgs(List<TypeParam> parameters) => parameters.Count == 0 ? [] : InstantiateToBound.ArgumentsOf(parameters);

    /// <summary>The type that a typedef stands for, in terms of its parameters.</summary>
    /// <exception cref="DartErrorException">There is no such type, or it is the typedef itself.</exception>
    public DartType BodyOf(TypedefElement typedef, Node at)
    {
        if (typedef.Type is null)
        {
            if (typedef.Busy)
            {
                throw Error(at, $"The typedef '{typedef.Name}' has a reference to itself.");
            }

            typedef.Busy = true;
            var scope = new TypeScope(Program, typedef.Library, typedef.File, null).WithTypeParams(typedef.Node.TypeParams, out var parameters);
            typedef.Params.AddRange(parameters);
            typedef.Type = scope.Resolve(typedef.Node.Type);
            typedef.Busy = false;
        }

        return typedef.Type;
    }

    private DartType Instantiate(TypedefElement typedef, NamedTypeNode named)
    {
        var body = BodyOf(typedef, named);
        if (typedef.Params.Count == 0)
        {
            if (named.Args.Count > 0)
            {
                throw Error(named, "Expected 0 type arguments.");
            }

            return body;
        }

        if (named.Args.Count > 0 && named.Args.Count != typedef.Params.Count)
        {
            throw Error(named, $"Expected {typedef.Params.Count} type arguments.");
        }

        return new AliasUse(typedef, Arguments(named, typedef.Params, body)).Expand();
    }
}
