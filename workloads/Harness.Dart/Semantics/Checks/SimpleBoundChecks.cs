using Harness.Dart.Syntax;

namespace Harness.Dart.Semantics.Checks;

/// <summary>
/// Bounds of type parameters that name generic types without arguments: such a type must have simple bounds, which mention none of its own parameters, and name without arguments only types with
/// simple bounds themselves (specification of the language, "Instantiation to Bound").
/// </summary>
internal sealed class SimpleBoundChecks(DartProgram program)
{
    private readonly Dictionary<object, bool> _isSimple = new(ReferenceEqualityComparer.Instance);

    /// <summary>Notes the errors of a library.</summary>
    public void Check(Library library, Action<SourceFile, int, string> error)
    {
        foreach (var typedef in library.Declared.Values.OfType<TypedefElement>())
        {
            Check(typedef.Node.TypeParams, [], library, typedef.File, error);
        }

        foreach (var member in library.Declared.Values.OfType<Member>().Distinct())
        {
            Check(member.Function?.TypeParams ?? [], [], library, member.File, error);
        }

        foreach (var cls in library.Declared.Values.OfType<ClassElement>().Concat(library.Extensions).Distinct())
        {
            Check(cls.Node.TypeParams, [], library, cls.File, error);
            foreach (var method in cls.Node.Methods)
            {
                Check(method.TypeParams, cls.Node.TypeParams, library, cls.File, error);
            }
        }
    }

    private void Check(List<TypeParamNode> parameters, List<TypeParamNode> around, Library library, SourceFile file, Action<SourceFile, int, string> error)
    {
        if (!parameters.Exists(p => p.Bound is not null))
        {
            return;
        }

        var variables = parameters.Concat(around).Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var parameter in parameters.Where(p => p.Bound is not null))
        {
            var (_, raw) = NamesOf(parameter.Bound!, variables, library, file);
            if (raw.Any(element => !IsSimple(element)))
            {
                error(file, parameter.Pos, $"The bound of the type variable '{parameter.Name}' names a generic type without type arguments whose own bounds depend on its type variables.");
            }
        }
    }

    // Follows all that bounds name from an element on, and takes away again and again what names only simple ones: what is left has bounds that depend on themselves.
    private bool IsSimple(object element)
    {
        if (_isSimple.TryGetValue(element, out var known))
        {
            return known;
        }

        var users = new Dictionary<object, List<object>>(ReferenceEqualityComparer.Instance);
        var open = new Dictionary<object, int>(ReferenceEqualityComparer.Instance);
        var simple = new Queue<object>();
        var pending = new Stack<object>([element]);
        while (pending.TryPop(out var next))
        {
            if (open.ContainsKey(next))
            {
                continue;
            }

            var (mentionsOwn, raw) = NamesOf(next);
            // One more than can be taken away, where nothing makes it simple.
            open[next] = raw.Count + (mentionsOwn ? 1 : 0);
            foreach (var named in raw)
            {
                if (_isSimple.TryGetValue(named, out var isSimple))
                {
                    if (isSimple)
                    {
                        open[next]--;
                    }

                    continue;
                }

                if (!users.TryGetValue(named, out var list))
                {
                    users[named] = list = [];
                }

                list.Add(next);
                pending.Push(named);
            }

            if (open[next] == 0)
            {
                simple.Enqueue(next);
            }
        }

        while (simple.TryDequeue(out var next))
        {
            _isSimple[next] = true;
            foreach (var user in users.GetValueOrDefault(next, []))
            {
                if (--open[user] == 0)
                {
                    simple.Enqueue(user);
                }
            }
        }

        foreach (var left in open.Keys)
        {
            _isSimple.TryAdd(left, false);
        }

        return _isSimple[element];
    }

    private (bool MentionsVariable, HashSet<object> Raw) NamesOf(object element)
    {
        var (parameters, library, file) = element is ClassElement cls ? (cls.Node.TypeParams, cls.Library, cls.File) : (((TypedefElement)element).Node.TypeParams, ((TypedefElement)element).Library, ((TypedefElement)element).File);
        var variables = parameters.Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        var all = (MentionsVariable: false, Raw: new HashSet<object>(ReferenceEqualityComparer.Instance));
        foreach (var parameter in parameters.Where(p => p.Bound is not null))
        {
            var (mentions, raw) = NamesOf(parameter.Bound!, variables, library, file);
            all.MentionsVariable |= mentions;
            all.Raw.UnionWith(raw);
        }

        return all;
    }

    // Whether a type mentions one of some variables, and the generic types that it names without arguments.
    private (bool MentionsVariable, HashSet<object> Raw) NamesOf(TypeNode type, HashSet<string> variables, Library library, SourceFile file)
    {
        var scope = new TypeScope(program, library, file, null);
        var raw = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var mentions = false;
        var pending = new Stack<TypeNode?>([type]);
        while (pending.TryPop(out var next))
        {
            switch (next)
            {
                case NamedTypeNode { Prefix: null, Args.Count: 0 } variable when variables.Contains(variable.Name):
                    mentions = true;
                    break;
                case NamedTypeNode { Args.Count: 0 } named:
                    var element = named.Prefix is null ? scope.LookupTopLevel(named.Name) : library.Prefixes.GetValueOrDefault(named.Prefix)?.Members.GetValueOrDefault(named.Name);
                    if (element is ClassElement { Node.TypeParams.Count: > 0 } or TypedefElement { Node.TypeParams.Count: > 0 })
                    {
                        raw.Add(element);
                    }

                    break;
                case NamedTypeNode named:
                    foreach (var argument in named.Args)
                    {
                        pending.Push(argument);
                    }

                    break;
                case FunctionTypeNode function:
                    pending.Push(function.Return);
                    foreach (var parameter in function.Params)
                    {
                        pending.Push(parameter.Type);
                    }

                    foreach (var parameter in function.TypeParams)
                    {
                        pending.Push(parameter.Bound);
                    }

                    break;
                case RecordTypeNode record:
                    foreach (var (field, _) in record.Fields)
                    {
                        pending.Push(field);
                    }

                    break;
            }
        }

        return (mentions, raw);
    }
}
