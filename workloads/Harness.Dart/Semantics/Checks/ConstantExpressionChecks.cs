using Harness.Dart.Syntax;

namespace Harness.Dart.Semantics.Checks;

/// <summary>
/// What constant variables are given, what constant constructors evaluate, and what the fields of their classes start with: constant and potentially constant expressions, in the parts too that no
/// evaluation comes to (specification of the language, "Constants"). Names that mean nothing are found where the expression is evaluated or lowered.
/// </summary>
internal sealed class ConstantExpressionChecks(DartProgram program)
{
    /// <summary>What an expression sees.</summary>
    /// <param name="Scope">What names of types mean.</param>
    /// <param name="Lexical">The class in whose text it stands.</param>
    /// <param name="IsConstant">Whether a variable of the function around it, or a parameter, is constant; null for names that stand for none.</param>
    /// <param name="Error">Notes an error.</param>
    private sealed record Surroundings(TypeScope Scope, ClassElement? Lexical, Func<string, bool?> IsConstant, Action<Node> Error);

    /// <summary>Notes the errors of the constant constructors of a class, and of its fields where it has such.</summary>
    public void Check(ClassElement cls, Action<SourceFile, int, string> error)
    {
        var constructors = cls.Constructors.Values.Where(c => c.Index != -1 && c.Lexical == cls && c.Function is { Const: true, Factory: false, External: false }).ToList();
        if (constructors.Count == 0)
        {
            return;
        }

        void Error(Node at) => error(cls.File, at.Pos, "Not a constant expression.");
        foreach (var field in cls.InstanceFields.Where(f => f.Lexical == cls && f.Field is { Init: not null, Late: false }))
        {
            Walk(field.Field!.Init!, isConstant: false, new Surroundings(TypeScope.Of(program, field), cls, _ => null, Error));
        }

        foreach (var constructor in constructors)
        {
            var parameters = constructor.Function!.Params;
            var around = new Surroundings(TypeScope.Of(program, constructor), cls, name => parameters.Exists(p => p.Name == name) ? false : null, Error);
            foreach (var expression in constructor.Function.Initializers.SelectMany(ExpressionsOf))
            {
                Walk(expression, isConstant: false, around);
            }
        }
    }

    /// <summary>Notes the errors of a constant variable.</summary>
    public void Check(Member variable, Action<SourceFile, int, string> error)
    {
        if (variable.Field is not { Const: true, Init: { } init })
        {
            return;
        }

        Walk(init, isConstant: true, new Surroundings(TypeScope.Of(program, variable), variable.Lexical, _ => null, at => error(variable.File, at.Pos, "Not a constant expression.")));
    }

    /// <summary>Finds the errors of what a constant variable of a function is given.</summary>
    /// <param name="init">The expression.</param>
    /// <param name="scope">What names of types mean.</param>
    /// <param name="lexical">The class in whose text it stands; null where that is none.</param>
    /// <param name="isConstant">Whether a variable of the function, or of one around it, is constant; null for names that stand for none.</param>
    /// <param name="error">Notes an error.</param>
    public static void Check(Expr init, TypeScope scope, ClassElement? lexical, Func<string, bool?> isConstant, Action<Node> error) => Walk(init, isConstant: true, new Surroundings(scope, lexical, isConstant, error));

    private static IEnumerable<Expr> ExpressionsOf(Initializer initializer) => initializer switch
    {
        FieldInit f => [f.Value],
        AssertInit a => a.Message is null ? [a.Condition] : [a.Condition, a.Message],
        SuperInit s => s.Args.Items.Select(i => i.Value),
        ThisInit t => t.Args.Items.Select(i => i.Value),
        _ => [],
    };

    // In a constant context what makes objects needs no 'const', and parameters have no place.
    private static void Walk(Expr root, bool isConstant, Surroundings around)
    {
        var children = new List<Node>();
        var pending = new Stack<(Node Node, bool IsConstant)>([(root, isConstant)]);
        while (pending.TryPop(out var next))
        {
            var (node, inConstant) = next;
            switch (node)
            {
                case IntLit or DoubleLit or BoolLit or NullLit or SymbolLit: continue;
                case StringLit or Paren or Unary or Binary or Conditional or IsExpr or AsExpr or Instantiation: break;
                case SpreadElement or NullAwareElement or MapEntryElement or IfElement { Case: null }: break;
                case RecordLit r: inConstant |= r.Const; break;
                case ListLit { Const: true } or SetOrMapLit { Const: true } or NewExpr { Const: true }: inConstant = true; break;
                case ListLit or SetOrMapLit when inConstant: break;
                case Ident id when IsConstantName(id.Name, inConstant, around): continue;
                case PropertyGet p when HolderOf(p.Target, around) is { } holder:
                    if (!IsConstantMember(holder, p.Name))
                    {
                        around.Error(p);
                    }

                    continue;
                case PropertyGet { Name: "length" } or PropertyGet { NullAware: false, Name: "index" }: break;
                case Call { Args.Items.Count: 2 } identical when IsIdentical(identical.Target, around):
                    foreach (var (_, value) in identical.Args.Items)
                    {
                        pending.Push((value, inConstant));
                    }

                    continue;
                case Call c when inConstant && IsConstructor(c.Target, around):
                    foreach (var (_, value) in c.Args.Items)
                    {
                        pending.Push((value, true));
                    }

                    continue;
                default:
                    around.Error(node);
                    continue;
            }

            children.Clear();
            AstWalker.Children(node, children);
            foreach (var child in children)
            {
                pending.Push((child, inConstant));
            }
        }
    }

    private static bool IsConstantName(string name, bool isConstant, Surroundings around)
    {
        if (around.IsConstant(name) is { } isLocalConstant)
        {
            return isLocalConstant || !isConstant;
        }

        if (around.Scope.LookupParam(name) is not null)
        {
            return true;
        }

        if (around.Lexical is { } cls)
        {
            if (cls.Statics.TryGetValue(name, out var member))
            {
                return IsConstantElement(member);
            }

            if (cls.Members.ContainsKey(name))
            {
                return false;
            }
        }

        return around.Scope.LookupTopLevel(name) is not { } element || IsConstantElement(element);
    }

    private static bool IsConstantElement(object element) => element is Member { IsConst: true } or Member { Kind: MemberKind.Method } or ClassElement { Node.Kind: not ClassKind.Extension } or TypedefElement;

    // The class, typedef or prefix that an expression names.
    private static object? HolderOf(Expr e, Surroundings around)
    {
        switch (e)
        {
            case Ident id when around.IsConstant(id.Name) is null && around.Scope.LookupParam(id.Name) is null && around.Lexical?.Statics.ContainsKey(id.Name) != true && around.Lexical?.Members.ContainsKey(id.Name) != true:
                var element = around.Scope.LookupTopLevel(id.Name);
                return element is ClassElement or TypedefElement or PrefixElement ? element : null;
            case PropertyGet { Target: Ident } p when HolderOf(p.Target, around) is PrefixElement prefix:
                var member = prefix.Members.GetValueOrDefault(p.Name);
                return member is ClassElement or TypedefElement ? member : null;
            case Instantiation { Target: not Instantiation } i:
                var generic = HolderOf(i.Target, around);
                return generic is ClassElement or TypedefElement ? generic : null;
            default: return null;
        }
    }

    private static bool IsConstantMember(object holder, string name) => holder switch
    {
        PrefixElement { IsDeferred: true } => false,
        PrefixElement prefix => !prefix.Members.TryGetValue(name, out var element) || IsConstantElement(element),
        ClassElement cls => !cls.Statics.TryGetValue(name, out var member) || IsConstantElement(member),
        _ => true,
    };

    private static bool IsIdentical(Expr target, Surroundings around) => target switch
    {
        Ident id => around.IsConstant(id.Name) is null && IsIdentical(around.Lexical?.Statics.GetValueOrDefault(id.Name) ?? around.Scope.LookupTopLevel(id.Name)),
        PropertyGet p => HolderOf(p.Target, around) is PrefixElement prefix && IsIdentical(prefix.Members.GetValueOrDefault(p.Name)),
        _ => false,
    };

    /// <summary>Whether a name stands for the function <c>identical</c> of the core, whose calls are constant.</summary>
    public static bool IsIdentical(object? element) => element is Member { Name: "identical", Owner: null, Library.IsCore: true };

    private static bool IsConstructor(Expr target, Surroundings around) =>
        HolderOf(target, around) is ClassElement or TypedefElement
        || target is PropertyGet p && HolderOf(p.Target, around) switch { ClassElement cls => !cls.Statics.ContainsKey(p.Name), TypedefElement => true, _ => false };
}
