using Harness.Dart.Syntax;

namespace Harness.Dart.Semantics.Checks;

/// <summary>What the heads of functions must be, those within bodies included: what their text alone tells.</summary>
internal static class FunctionChecks
{
    /// <summary>Notes the errors of all functions of a file.</summary>
    public static void Check(UnitNode unit, Action<SourceFile, int, string> error)
    {
        void Error(Node at, string message) => error(unit.File, at.Pos, message);
        var pending = new Stack<Node>();
        foreach (var declaration in unit.Declarations)
        {
            switch (declaration)
            {
                case FunctionNode function:
                    CheckTopLevel(function, Error);
                    Head(function, null, pending, Error);
                    break;
                case FieldNode field:
                    if (field is { Final: true, Late: false, External: false, Init: null })
                    {
                        Error(field, $"The {(field.Const ? "const" : "final")} variable '{field.Name}' must be initialized.");
                    }

                    CheckExternal(field, Error);
                    if (field.Abstract || field.Covariant)
                    {
                        Error(field, "A variable outside of a class can't be abstract or covariant.");
                    }

                    if (field.Init is not null)
                    {
                        pending.Push(field.Init);
                    }

                    break;
                case TypedefNode typedef:
                    TypeParameters(typedef.TypeParams, Error);
                    break;
                case ClassNode cls:
                    TypeParameters(cls.TypeParams, Error);
                    foreach (var function in cls.Methods) { CheckMember(function, cls, Error); Head(function, cls, pending, Error); }

                    foreach (var field in cls.Fields)
                    {
                        if (field.Init is not null)
                        {
                            pending.Push(field.Init);
                        }
                    }

                    break;
            }
        }

        var children = new List<Node>();
        while (pending.TryPop(out var node))
        {
            if (node is FunctionExpr or LocalFunction)
            {
                Head(node is FunctionExpr f ? f.Function : ((LocalFunction)node).Function, null, null, Error, isLocal: true);
            }

            if (node is SwitchStmt s)
            {
                CheckSwitch(s, Error);
            }

            if (node is VarDecl { Late: true } late)
            {
                CheckLate(late, Error);
            }

            foreach (var pattern in PatternsOf(node))
            {
                VariablesOf(pattern, Error);
            }

            foreach (var (pattern, guard) in GuardsOf(node))
            {
                CheckGuard(pattern, guard, Error);
            }

            children.Clear();
            AstWalker.Children(node, children);
            foreach (var child in children)
            {
                pending.Push(child);
            }
        }
    }

    /// <summary>Notes the errors of a variable that is external.</summary>
    public static void CheckExternal(FieldNode field, Action<Node, string> error)
    {
        if (field.External && (field.Init is not null || field.Late || field.Const))
        {
            error(field, "External variables can't be late or constant or have initializers.");
        }
    }

    private static void CheckTopLevel(FunctionNode node, Action<Node, string> error)
    {
        if (!node.HasBody && !node.External)
        {
            error(node, "Expected a function body.");
        }
    }

    private static void CheckMember(FunctionNode node, ClassNode cls, Action<Node, string> error)
    {
        if (node.Kind == FunctionKind.Constructor)
        {
            return;
        }

        if (!node.HasBody && !node.External && (node.Static || cls.Kind is ClassKind.Extension))
        {
            error(node, "Expected a function body.");
        }

        if (node.Static && node.Kind == FunctionKind.Operator)
        {
            error(node, "Operators can't be static.");
        }
    }

    // What nobody walks to by itself is pushed, where a caller asks for it.
    private static void Head(FunctionNode node, ClassNode? cls, Stack<Node>? pending, Action<Node, string> error, bool isLocal = false)
    {
        if (node.External && node.HasBody)
        {
            error(node, "An external function can't have a body.");
        }

        if (node.Kind == FunctionKind.Setter && node.Return is not (null or NamedTypeNode { Name: "void" }))
        {
            error(node, "The return type of a setter must be 'void'.");
        }

        if (node is { Kind: FunctionKind.Operator, Name: "[]=" } && node.Return is not (null or NamedTypeNode { Name: "void" }))
        {
            error(node, "The return type of the operator []= must be 'void'.");
        }

        if (node.Kind is FunctionKind.Getter or FunctionKind.Setter or FunctionKind.Operator or FunctionKind.Constructor && node.TypeParams.Count > 0)
        {
            error(node, "Only methods and functions can have type parameters.");
        }

        TypeParameters(node.TypeParams, error);
        Parameters(node, cls, error, isLocal);
        if (pending is null)
        {
            return;
        }

        if (node.Body is not null)
        {
            pending.Push(node.Body);
        }

        if (node.ExprBody is not null)
        {
            pending.Push(node.ExprBody);
        }

        foreach (var initializer in node.Initializers)
        {
            pending.Push(initializer);
        }

        foreach (var parameter in node.Params)
        {
            if (parameter.Default is not null)
            {
                pending.Push(parameter.Default);
            }
        }
    }

    private static void Parameters(FunctionNode node, ClassNode? cls, Action<Node, string> error, bool isLocal)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var isInstance = cls is not null && !node.Static && node.Kind != FunctionKind.Constructor && !isLocal && cls.Kind is not (ClassKind.Extension or ClassKind.ExtensionType);
        foreach (var parameter in node.Params)
        {
            if ((parameter.Name != "_" || parameter.IsThis) && !names.Add(parameter.Name))
            {
                error(parameter, $"'{parameter.Name}' is already declared in this scope.");
            }

            if (parameter.Kind == ParamKind.Named && parameter.Name.StartsWith('_'))
            {
                error(parameter, "A named parameter can't start with an underscore.");
            }

            if (parameter is { IsRequiredNamed: true, Default: not null })
            {
                error(parameter, $"The required parameter '{parameter.Name}' can't have a default value.");
            }

            if (parameter.IsCovariant && !isInstance)
            {
                error(parameter, "Only parameters of instance methods can be 'covariant'.");
            }

            if (parameter is { HasVar: true, Type: not null and not FunctionTypeNode })
            {
                error(parameter, "A parameter can't have both 'var' and a type.");
            }

            if (parameter is { HasVar: true, IsSuper: true })
            {
                error(parameter, "A super parameter can't have the modifier 'var'.");
            }

            if ((parameter.IsThis || parameter.IsSuper) && node.Kind != FunctionKind.Constructor)
            {
                error(parameter, "Initializing and super parameters can only be used in constructors.");
            }

            if (parameter.IsSuper && (node.Factory || node.External || node.Initializers.Exists(i => i is ThisInit) || cls?.Kind is ClassKind.ExtensionType))
            {
                error(parameter, "Super parameters can only be used in generative constructors that don't redirect.");
            }

            if (parameter.Default is not null && node.Redirect is not null)
            {
                error(parameter, "Can't have a default value here: the factory redirects.");
            }
        }

        if (node.Initializers.OfType<SuperInit>().FirstOrDefault() is { } super && super.Args.Items.Exists(a => a.Name is null) && node.Params.Exists(p => p.IsSuper && p.Kind != ParamKind.Named))
        {
            error(super, "Positional super parameters can't be used when the super constructor invocation has a positional argument.");
        }
    }

    private static void TypeParameters(List<TypeParamNode> parameters, Action<Node, string> error)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var parameter in parameters)
        {
            if (IsOwnBound(parameter, parameters))
            {
                error(parameter, $"The type variable '{parameter.Name}' is its own bound.");
            }

            if (parameter.Name != "_" && !names.Add(parameter.Name))
            {
                error(parameter, $"A type variable can't have the same name as another: '{parameter.Name}'.");
            }
        }
    }

    private static bool IsOwnBound(TypeParamNode parameter, List<TypeParamNode> parameters)
    {
        var next = parameter;
        for (var i = 0; i < parameters.Count && next is not null; i++)
        {
            next = next.Bound is NamedTypeNode { Prefix: null, Args.Count: 0 } bound ? parameters.Find(p => p.Name == bound.Name) : null;
            if (next == parameter)
            {
                return true;
            }
        }

        return false;
    }

    // The patterns that stand in a node by themselves.
    private static IEnumerable<Pattern> PatternsOf(Node node)
    {
        switch (node)
        {
            case PatternDecl p: return [p.Pattern];
            case PatternAssign p: return [p.Pattern];
            case IfStmt { Case: { } p }: return [p];
            case IfElement { Case: { } p }: return [p];
            case ForParts { Pattern: { } p }: return [p];
            case SwitchCase c: return c.Heads.Where(h => h.Pattern is not null).Select(h => h.Pattern!);
            case SwitchExpr s: return s.Cases.Select(c => c.Pattern);
            default: return [];
        }
    }

    // The guards that stand in a node by themselves, with the patterns whose variables they see.
    private static IEnumerable<(Pattern Pattern, Expr Guard)> GuardsOf(Node node)
    {
        IEnumerable<(Pattern? Pattern, Expr? Guard)> all = node switch
        {
            IfStmt i => [(i.Case, i.Guard)],
            IfElement i => [(i.Case, i.Guard)],
            SwitchCase c => c.Heads.Select(h => (h.Pattern, h.Guard)),
            SwitchExpr s => s.Cases.Select(c => ((Pattern?)c.Pattern, c.Guard)),
            _ => [],
        };
        return all.Where(g => g is { Pattern: not null, Guard: not null }).Select(g => (g.Pattern!, g.Guard!));
    }

    private static void CheckGuard(Pattern pattern, Expr guard, Action<Node, string> error)
    {
        // What a closure assigns may be a variable of its own of the same name.
        var use = AstWalker.Analyze([guard]);
        if (AstWalker.VariablesOf(pattern).FirstOrDefault(v => use.Assigned.Contains(v.Name) && !use.AssignedInClosures.Contains(v.Name)) is { } variable)
        {
            error(guard, $"The guard can't assign '{SourceFile.PlainName(variable.Name)}', which the pattern in front of it declares.");
        }
    }

    // The variables of a pattern: each once, and the same ones on both sides of '||'.
    private static HashSet<string> VariablesOf(Pattern pattern, Action<Node, string> error)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (pattern is VariablePattern v && v.Name != "_")
        {
            names.Add(v.Name);
        }

        if (pattern is OrPattern or)
        {
            names = VariablesOf(or.Left, error);
            var right = VariablesOf(or.Right, error);
            if (!names.SetEquals(right))
            {
                error(or, $"The variable '{names.Except(right).Concat(right.Except(names)).First()}' must be in both sides of the pattern.");
            }

            return names;
        }

        var children = new List<Node>();
        AstWalker.Children(pattern, children);
        foreach (var child in children.OfType<Pattern>())
        {
            foreach (var name in VariablesOf(child, error).Where(name => !names.Add(name)))
            {
                error(pattern, $"The variable '{name}' is already in this pattern.");
            }
        }

        return names;
    }

    // What a late variable starts with is evaluated where it is read, which cannot wait.
    private static void CheckLate(VarDecl declaration, Action<Node, string> error)
    {
        foreach (var variable in declaration.Vars.Where(v => v.Init is not null && AstWalker.Analyze([v.Init]).HasAwait))
        {
            error(variable.Init!, "The 'await' expression can't be used in a 'late' local variable's initializer.");
        }
    }

    private static void CheckSwitch(SwitchStmt s, Action<Node, string> error)
    {
        for (var i = 0; i < s.Cases.Count; i++)
        {
            if (s.Cases[i].Heads.Exists(h => h.Pattern is null) && i < s.Cases.Count - 1)
            {
                error(s.Cases[i], "The default case should be the last case in a switch statement.");
            }
        }

        var labels = new HashSet<string>(StringComparer.Ordinal);
        foreach (var group in s.Cases)
        {
            if (group.Heads.Count(h => h.Pattern is null) > 1)
            {
                error(group, "A switch statement can have only one default case.");
            }

            if (group.Heads.Count > 1)
            {
                CheckShared(group, error);
            }

            foreach (var label in group.Labels.Where(label => !labels.Add(label)))
            {
                error(group, $"Label '{label}' is already declared in this switch statement.");
            }
        }
    }

    // What the heads of a case do not all declare, and declare alike, cannot be used behind them.
    private static void CheckShared(SwitchCase group, Action<Node, string> error)
    {
        var variables = group.Heads.ConvertAll(h => h.Pattern is null ? [] : AstWalker.VariablesOf(h.Pattern).DistinctBy(v => v.Name).ToDictionary(v => v.Name, v => v.Final));
        var partial = variables.SelectMany(v => v).Where(v => !variables.TrueForAll(other => other.TryGetValue(v.Key, out var isFinal) && isFinal == v.Value)).Select(v => v.Key).ToHashSet(StringComparer.Ordinal);
        if (partial.Count == 0)
        {
            return;
        }

        var used = new List<Ident>();
        var children = new List<Node>();
        var pending = new Stack<Node>(group.Body);
        while (pending.TryPop(out var node))
        {
            if (node is Ident id && partial.Contains(id.Name))
            {
                used.Add(id);
            }

            // Another variable of the name may be meant.
            if (node is CatchClause handler)
            {
                partial.ExceptWith(new[] { handler.Exception, handler.StackTrace }.OfType<string>());
            }

            if (node is Pattern pattern)
            {
                partial.ExceptWith(AstWalker.VariablesOf(pattern).Where(v => v.Declares).Select(v => v.Name));
            }

            if (node is VarDecl declaration)
            {
                partial.ExceptWith(declaration.Vars.Select(v => v.Name));
            }

            if (node is FunctionExpr or LocalFunction)
            {
                partial.ExceptWith((node is FunctionExpr f ? f.Function : ((LocalFunction)node).Function).Params.Select(p => p.Name));
            }

            children.Clear();
            AstWalker.Children(node, children);
            foreach (var child in children)
            {
                pending.Push(child);
            }
        }

        if (used.Find(id => partial.Contains(id.Name)) is { } wrong)
        {
            error(wrong, $"Variable '{SourceFile.PlainName(wrong.Name)}' isn't declared, or not alike, by all the cases that share this body.");
        }
    }
}
