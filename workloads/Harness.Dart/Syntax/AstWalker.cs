namespace Harness.Dart.Syntax;

/// <summary>What a piece of a program assigns and mentions by name, closures apart.</summary>
internal sealed class NameUse
{
    /// <summary>Names that are assigned, closures included.</summary>
    public HashSet<string> Assigned { get; } = new(StringComparer.Ordinal);

    /// <summary>Names that closures mention.</summary>
    public HashSet<string> InClosures { get; } = new(StringComparer.Ordinal);

    /// <summary>Names that closures assign.</summary>
    public HashSet<string> AssignedInClosures { get; } = new(StringComparer.Ordinal);

    public bool HasAwait { get; set; }
}

/// <summary>Walks syntax trees.</summary>
internal static class AstWalker
{
    /// <summary>Whether a piece of a program is, or has within, what a test finds.</summary>
    public static bool Contains(Node root, Predicate<Node> test)
    {
        var pending = new Stack<Node>([root]);
        var children = new List<Node>();
        while (pending.TryPop(out var node))
        {
            if (test(node))
            {
                return true;
            }

            children.Clear();
            Children(node, children);
            foreach (var child in children)
            {
                pending.Push(child);
            }
        }

        return false;
    }

    public static NameUse Analyze(IEnumerable<Node> roots)
    {
        var use = new NameUse();
        var stack = new Stack<(Node Node, bool InClosure)>();
        foreach (var root in roots)
        {
            stack.Push((root, false));
        }

        var children = new List<Node>();
        while (stack.TryPop(out var item))
        {
            var (node, inClosure) = item;
            void Assigns(Node target)
            {
                if (target is Paren p)
                {
                    target = p.Value;
                }

                if (target is not Ident id)
                {
                    return;
                }

                use.Assigned.Add(id.Name);
                if (inClosure)
                {
                    use.AssignedInClosures.Add(id.Name);
                }
            }

            switch (node)
            {
                case Assign a: Assigns(a.Target); break;
                case Update u: Assigns(u.Target); break;
                case Ident id when inClosure: use.InClosures.Add(id.Name); break;
                case VariablePattern { Declares: false } v:
                    use.Assigned.Add(v.Name);
                    if (inClosure) { use.AssignedInClosures.Add(v.Name); use.InClosures.Add(v.Name); }

                    break;
                case ForParts { Target: Ident t }: Assigns(t); break;
                case AwaitExpr:
                    if (!inClosure)
                    {
                        use.HasAwait = true;
                    }

                    break;
                case FunctionExpr or LocalFunction: inClosure = true; break;
                case VarDecl { Late: true } late:
                    // A late initializer runs later, as a closure's body does.
                    foreach (var v in late.Vars)
                    {
                        if (v.Init is not null)
                        {
                            stack.Push((v.Init, true));
                        }
                    }

                    continue;
            }

            children.Clear();
            Children(node, children);
            foreach (var child in children)
            {
                stack.Push((child, inClosure));
            }
        }

        return use;
    }

    public static void Children(Node node, List<Node> into)
    {
        void Add(Node? n)
        {
            if (n is not null)
            {
                into.Add(n);
            }
        }

        void All(IEnumerable<Node?> ns)
        {
            foreach (var n in ns)
            {
                Add(n);
            }
        }

        switch (node)
        {
            case SpreadElement s: Add(s.Value); break;
            case NullAwareElement s: Add(s.Value); break;
            case MapEntryElement m: Add(m.Key); Add(m.Value); break;
            case IfElement i: Add(i.Condition); Add(i.Case); Add(i.Guard); Add(i.Then); Add(i.Else); break;
            case ForElement f: Add(f.Parts); Add(f.Body); break;
            case ForParts p: Add(p.Iterable); Add(p.Declaration); Add(p.Target); Add(p.Pattern); Add(p.Init); Add(p.Condition); All(p.Updates); break;
            case StringLit s: All(s.Parts.OfType<Node>()); break;
            case ListLit l: All(l.Elements); break;
            case SetOrMapLit l: All(l.Elements); break;
            case RecordLit r: All(r.Fields.Select(f => f.Value)); break;
            case PropertyGet p: Add(p.Target); break;
            case IndexExpr i: Add(i.Target); Add(i.Index); break;
            case Call c: Add(c.Target); All(c.Args.Items.Select(a => a.Value)); break;
            case NewExpr n: All(n.Args.Items.Select(a => a.Value)); break;
            case Binary b: Add(b.Left); Add(b.Right); break;
            case Unary u: Add(u.Operand); break;
            case Update u: Add(u.Target); break;
            case Assign a: Add(a.Target); Add(a.Value); break;
            case Conditional c: Add(c.Condition); Add(c.Then); Add(c.Else); break;
            case IsExpr i: Add(i.Value); break;
            case AsExpr a: Add(a.Value); break;
            case AwaitExpr a: Add(a.Value); break;
            case ThrowExpr t: Add(t.Value); break;
            case NullAssert n: Add(n.Value); break;
            case Cascade c: Add(c.Target); All(c.Sections); break;
            case FunctionExpr f: Function(f.Function, into); break;
            case Instantiation i: Add(i.Target); break;
            case SwitchExpr s:
                Add(s.Value);
                foreach (var c in s.Cases) { Add(c.Pattern); Add(c.Guard); Add(c.Body); }

                break;
            case PatternAssign p: Add(p.Pattern); Add(p.Value); break;
            case Paren p: Add(p.Value); break;
            case ConstPattern p: Add(p.Value); break;
            case RelationalPattern p: Add(p.Value); break;
            case OrPattern p: Add(p.Left); Add(p.Right); break;
            case AndPattern p: Add(p.Left); Add(p.Right); break;
            case CastPattern p: Add(p.Inner); break;
            case NullCheckPattern p: Add(p.Inner); break;
            case RestPattern p: Add(p.Inner); break;
            case ListPattern p: All(p.Elements); break;
            case MapPattern p: foreach (var e in p.Entries) { Add(e.Key); Add(e.Value); } break;
            case RecordPattern p: All(p.Fields.Select(f => f.Value)); break;
            case ObjectPattern p: All(p.Fields.Select(f => f.Value)); break;
            case BlockStmt b: All(b.Body); break;
            case ExprStmt e: Add(e.Value); break;
            case VarDecl v: All(v.Vars.Select(x => x.Init)); break;
            case PatternDecl p: Add(p.Pattern); Add(p.Value); break;
            case LocalFunction f: Function(f.Function, into); break;
            case IfStmt i: Add(i.Condition); Add(i.Case); Add(i.Guard); Add(i.Then); Add(i.Else); break;
            case ForStmt f: Add(f.Parts); Add(f.Body); break;
            case WhileStmt s: Add(s.Condition); Add(s.Body); break;
            case DoStmt s: Add(s.Condition); Add(s.Body); break;
            case SwitchStmt s: Add(s.Value); All(s.Cases); break;
            case SwitchCase c:
                foreach (var h in c.Heads) { Add(h.Pattern); Add(h.Guard); }

                All(c.Body);
                break;
            case ReturnStmt r: Add(r.Value); break;
            case TryStmt t: Add(t.Body); All(t.Catches); Add(t.Finally); break;
            case CatchClause c: Add(c.Body); break;
            case LabeledStmt l: Add(l.Body); break;
            case AssertStmt a: Add(a.Condition); Add(a.Message); break;
            case YieldStmt y: Add(y.Value); break;
            case FieldInit f: Add(f.Value); break;
            case SuperInit s: All(s.Args.Items.Select(a => a.Value)); break;
            case ThisInit s: All(s.Args.Items.Select(a => a.Value)); break;
            case AssertInit a: Add(a.Condition); Add(a.Message); break;
        }
    }

    /// <summary>The variables of a pattern.</summary>
    public static IEnumerable<VariablePattern> VariablesOf(Pattern pattern)
    {
        var children = new List<Node>();
        var pending = new Stack<Pattern>([pattern]);
        while (pending.TryPop(out var next))
        {
            if (next is VariablePattern variable)
            {
                yield return variable;
            }

            children.Clear();
            Children(next, children);
            foreach (var child in children.OfType<Pattern>())
            {
                pending.Push(child);
            }
        }
    }

    private static void Function(FunctionNode f, List<Node> into)
    {
        if (f.Body is not null)
        {
            into.Add(f.Body);
        }

        if (f.ExprBody is not null)
        {
            into.Add(f.ExprBody);
        }

        foreach (var p in f.Params)
        {
            if (p.Default is not null)
            {
                into.Add(p.Default);
            }
        }
    }
}
