using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Types of the elements of collection literals, found by lowering them for their types only.</summary>
internal sealed class ElementInference(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly DartProgram _program = body.Program.Program;
    private readonly TypeSystem _types = body.Program.Types;
    private readonly Representations _reprs = body.Reprs;
    private readonly FunctionState _state = body.State;
    private readonly NodeOutput _output = body.Output;
    private readonly VariableScopes _variables = body.Variables;
    private readonly VariablePlaces _places = body.Places;
    private readonly Dictionary<Expr, (DartType? Element, DartType? Key, DartType? Value, bool IsOfIterable)> _known = [];
    private int _literals;

    private ExpressionLowering Expressions => _body.Expressions;
    private ConditionLowering Conditions => _body.Conditions;
    private PatternLowering Patterns => _body.Patterns;
    private StatementLowering Statements => _body.Statements;
    private LoopLowering Loops => _body.Loops;

    /// <summary>Lowers a literal. What is found of the literals within it is known until that is done, so that none of them is looked at again with each literal around it.</summary>
    public Val LowerLiteral(Func<Val> lower)
    {
        _literals++;
        try
        {
            return lower();
        }
        finally
        {
            if (--_literals == 0)
            {
                _known.Clear();
            }
        }
    }

    /// <summary>The types of elements, of keys and of values, and whether some element says that it is one of a list or set.</summary>
    /// <param name="literal">What they are elements of.</param>
    /// <param name="elements">The elements.</param>
    public (DartType? Element, DartType? Key, DartType? Value, bool IsOfIterable) InferElements(Expr literal, IEnumerable<Element> elements)
    {
        if (_known.TryGetValue(literal, out var known))
        {
            return known;
        }

        // What elements are is found by lowering them once for their types only.
        DartType? element = null, key = null, value = null;
        var isOfIterable = false;
        void Join(ref DartType? to, DartType type) => to = to is null ? type : _types.Lub(to, type);
        DartType TypeOf(Expr e)
        {
            var lowered = Expressions.Lower(e, null);
            if (lowered.Node.IsNever)
            {
                _output.Flow.IsReachable = false;
            }

            return lowered.Type;
        }

        void Visit(Element e)
        {
            switch (e)
            {
                case SpreadElement s:
                    var type = TypeSystem.NonNull(TypeOf(s.Value));
                    if (_types.AsInstanceOf(type, _program.CoreClass("Map")) is { } map) { Join(ref key, map.Args[0]); Join(ref value, map.Args[1]); }
                    else if (_types.AsInstanceOf(type, _program.CoreClass("Iterable")) is { } iterable) { Join(ref element, iterable.Args[0]); isOfIterable = true; }
                    else if (TypeSystem.IsDynamic(type))
                    {
                        Join(ref element, SimpleType.Dynamic);
                    }
                    else if (TypeSystem.IsNever(type)) { Join(ref element, type); Join(ref key, type); Join(ref value, type); }

                    break;
                case NullAwareElement n: Join(ref element, TypeSystem.NonNull(TypeOf(n.Value))); break;
                case MapEntryElement m:
                    var (keyType, valueType) = (TypeOf(m.Key), TypeOf(m.Value));
                    Join(ref key, m.NullAwareKey ? TypeSystem.NonNull(keyType) : keyType);
                    Join(ref value, m.NullAwareValue ? TypeSystem.NonNull(valueType) : valueType);
                    break;
                case IfElement i:
                    _variables.Push();
                    Statements.LowerTest(i.Condition, i.Case, i.Guard, out var yes, out var no);
                    _output.Flow = yes;
                    Visit(i.Then);
                    _variables.Pop();
                    var afterThen = _output.Flow;
                    _output.Flow = no;
                    if (i.Else is not null)
                    {
                        Visit(i.Else);
                    }

                    _output.Flow = Flow.Join(afterThen, _output.Flow);
                    break;
                case ForElement f:
                    _variables.Push();
                    var exit = LowerForElementHead(f);
                    Visit(f.Body);
                    _variables.Pop();
                    _output.Flow = exit;
                    break;
                case Expr x: Join(ref element, TypeOf(x)); break;
            }
        }

        var saved = _output.Flow.Copy();
        var savedCaptures = _output.Nodes;
        _output.Nodes = [];
        foreach (var e in elements)
        {
            Visit(e);
        }

        _output.Nodes = savedCaptures;
        _output.Flow = saved;
        return _known[literal] = (element, key, value, isOfIterable);
    }

    /// <summary>Declares the variables of a for element, for the types of what is in it.</summary>
    /// <returns>What is known behind the element.</returns>
    private Flow LowerForElementHead(ForElement f)
    {
        var parts = f.Parts;
        if (parts.IsForIn)
        {
            var iterable = Loops.LowerIterable(parts);
            Loops.LoopUse(f.Body, parts.Target is null ? null : new ForParts { Pos = parts.Pos, Target = parts.Target });
            var exit = _output.Flow.Copy();
            var element = ElementType(iterable.Type, parts.Await);
            if (parts.Declaration is VarDecl d) { var v = _variables.Declare(d.Vars[0].Name, d.Type is null ? element : _state.Scope.Resolve(d.Type), d); _places.Initialize(v, null); }

            if (parts.Pattern is { } pattern)
            {
                DeclarePattern(pattern, element);
            }

            return exit;
        }

        if (parts.Init is not null)
        {
            Statements.LowerStatement(parts.Init);
        }

        Loops.LoopUse([parts.Condition, .. parts.Updates, f.Body]);
        if (parts.Condition is null)
        {
            return _output.Flow.Copy();
        }

        Conditions.LowerCondition(parts.Condition, out var yes, out var no);
        _output.Flow = yes;
        return no;
    }

    /// <summary>The type of what iterating over a type gives.</summary>
    public DartType ElementType(DartType iterable, bool isStream)
    {
        var type = iterable is TypeParamType p ? p.Bound : iterable;
        return _types.AsInstanceOf(type, _program.CoreClass(isStream ? "Stream" : "Iterable")) is { } instance ? instance.Args[0] : SimpleType.Dynamic;
    }

    private void DeclarePattern(Pattern pattern, DartType type)
    {
        var local = _output.Temp(_reprs.Of(type), "value");
        Patterns.LowerMatch(pattern, Patterns.Begin(Node.Get(local), type, out _));
    }
}
