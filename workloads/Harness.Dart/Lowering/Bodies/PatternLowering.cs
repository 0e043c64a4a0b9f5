using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Harness.Engine.Modules;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Patterns: tests that bind variables.</summary>
internal sealed class PatternLowering(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly ProgramLowering _lowering = body.Program;
    private readonly DartProgram _program = body.Program.Program;
    private readonly TypeSystem _types = body.Program.Types;
    private readonly Representations _reprs = body.Reprs;
    private readonly ConstantPool _pool = body.Program.Pool;
    private readonly TargetTypes _target = body.Program.Target;
    private readonly FunctionState _state = body.State;
    private readonly NodeOutput _output = body.Output;
    private readonly VariableScopes _variables = body.Variables;
    private readonly VariablePlaces _places = body.Places;
    private readonly Promotions _promotions = body.Promotions;

    /// <summary>Types of patterns.</summary>
    public PatternTypes Types { get; } = new(body);

    // Whether what is lowered is a pattern of a declaration, an assignment or a loop.
    private bool _isIrrefutable;

    // What an assignment by a pattern writes when all of it has matched.
    private List<Node>? _writes;

    private ExpressionLowering Expressions => _body.Expressions;
    private InvocationLowering Invocations => _body.Invocations;
    private MemberLookup Members => _body.Members;
    private MemberAccess Access => _body.Access;
    private NumberLowering Numbers => _body.Numbers;
    private ConditionLowering Conditions => _body.Conditions;
    private AssignmentLowering Assignments => _body.Assignments;
    private TargetLowering Targets => _body.Targets;
    private Coercions Coercions => _body.Coercions;
    private TypeTests TypeTests => _body.TypeTests;

    /// <summary>What a match begins with.</summary>
    /// <param name="value">The value, cheap to repeat.</param>
    /// <param name="type">Its static type.</param>
    /// <param name="start">What comes before all tests of it.</param>
    public MatchedValue Begin(Node value, DartType type, out Node start)
    {
        var calls = new MatchCalls(_output, _reprs, _target);
        start = calls.Start;
        return new MatchedValue(value, type, calls);
    }

    /// <summary>A test whether a value matches the pattern of a case: an i32, that assigns the pattern's variables on its way. These are in the innermost scope, and names within the pattern do not mean them.</summary>
    public Node LowerCase(Pattern pattern, MatchedValue matched)
    {
        OutsideOfCase(() => Types.ResolveAll(pattern));
        return LowerMatch(pattern, matched);
    }

    private void OutsideOfCase(Action find)
    {
        var scope = _variables.Current;
        _variables.Current = scope.Parent!;
        try
        {
            find();
        }
        finally
        {
            _variables.Current = scope;
        }
    }

    private ConstValue ConstantOf(Expr e, DartType? context)
    {
        if (_isIrrefutable)
        {
            return _lowering.Constants.Evaluate(e, _body, context);
        }

        ConstValue value = ConstNull.Instance;
        OutsideOfCase(() => value = _lowering.Constants.Evaluate(e, _body, context));
        return value;
    }

    /// <summary>A test whether a value matches a pattern: an i32, that assigns the pattern's variables on its way.</summary>
    public Node LowerMatch(Pattern pattern, MatchedValue matched)
    {
        var (value, type) = (matched.Node, matched.Type);
        if (_isIrrefutable && pattern is (ConstPattern or RelationalPattern or OrPattern or NullCheckPattern { Assert: false }))
        {
            throw _state.Error(pattern, "Refutable patterns can't be used in an irrefutable context.");
        }

        switch (pattern)
        {
            case WildcardPattern w:
                return w.Type is null ? Node.I32(1) : TypeTests.TypeTest(value, type, Types.Resolve(w.Type));
            case VariablePattern v: return MatchVariable(v, value, type);
            case ConstPattern c: return MatchConstant(c, matched);
            case RelationalPattern r: return MatchRelational(r, matched);
            case OrPattern o:
            {
                var before = _output.Flow.Copy();
                var left = LowerMatch(o.Left, matched);
                // Alternatives before the last of them have the same ones.
                var variables = AstWalker.VariablesOf(o.Left is OrPattern inner ? inner.Right : o.Left).Where(v => v.Declares && v.Name != "_").DistinctBy(v => v.Name).Select(v => (v.Name, v.Final, _variables.Lookup(v.Name)?.Type)).ToList();
                var afterLeft = _output.Flow;
                _output.Flow = before;
                var right = LowerMatch(o.Right, Refined(matched, Types.Unmatched(o.Left, type)));
                CheckAlike(o, variables);
                _output.Flow = Flow.Join(afterLeft, _output.Flow);
                return Node.If(left, Node.I32(1), right, WType.I32);
            }

            case AndPattern a:
            {
                var left = LowerMatch(a.Left, matched);
                return And(left, () => LowerMatch(a.Right, Refined(matched, Types.Matched(a.Left, type))));
            }

            case CastPattern c:
            {
                var to = Types.Resolve(c.Type);
                var cast = Coercions.CheckedCast(new Val(value, type), to, c);
                var local = _output.TempOf(cast, out var set);
                return Node.Seq(set, LowerMatch(c.Inner, matched.As(Node.Get(local), to)));
            }

            case NullCheckPattern n:
            {
                var nonNull = TypeSystem.NonNull(type);
                if (!value.Type.IsRef)
                    {
                        return LowerMatch(n.Inner, matched.As(value, nonNull));
                    }

                    var inner = Refined(matched, nonNull);
                if (n.Assert)
                    {
                        return Node.Seq(Node.If(Node.IsNull(value), Node.Seq(Invocations.CallCore("_throwNullCheck"), Node.Unreachable()), null, WType.None), LowerMatch(n.Inner, inner));
                    }

                    return And(Node.Not(Node.IsNull(value)), () => LowerMatch(n.Inner, inner));
            }

            case ListPattern l: return MatchList(l, matched);
            case MapPattern m: return MatchMap(m, matched);
            case RecordPattern r: return MatchRecord(r, matched);
            case ObjectPattern o: return MatchObject(o, matched);
            default: throw _state.Unsupported(pattern, "This pattern");
        }
    }

    // Both sides of '||' declare the same variables, of the same types.
    private void CheckAlike(OrPattern pattern, List<(string Name, bool IsFinal, DartType? Type)> left)
    {
        var right = AstWalker.VariablesOf(pattern.Right).DistinctBy(v => v.Name).ToDictionary(v => v.Name, v => v.Final, StringComparer.Ordinal);
        foreach (var (name, isFinal, type) in left)
        {
            if (right.GetValueOrDefault(name) != isFinal || type is not null && _variables.Lookup(name)?.Type.Equals(type) == false)
            {
                throw _state.Error(pattern, $"The variable pattern '{SourceFile.PlainName(name)}' doesn't have the same type or finality in both sides of the pattern.");
            }
        }
    }

    private static Node And(Node left, Func<Node> right)
    {
        var r = right();
        if (left.Op == IrOp.I32 && left.Number == 1)
        {
            return r;
        }

        return Node.If(left, r, Node.I32(0), WType.I32);
    }

    /// <summary>A value that is known to be of a narrower type.</summary>
    /// <param name="matched">The value.</param>
    /// <param name="refined">The type; null where nothing more is known.</param>
    public MatchedValue Refined(MatchedValue matched, DartType? refined)
    {
        if (refined is null)
        {
            return matched;
        }

        var repr = _reprs.Of(refined);
        return matched.As(_reprs.Convert(matched.Node, matched.Node.Type.IsSubtypeOf(repr) ? matched.Node.Type : repr), refined);
    }

    // Where a match must not fail the type of the value has to tell that it does not, unless that is dynamic.
    private void CheckMatched(Pattern pattern, DartType type, DartType required)
    {
        if (_isIrrefutable && !TypeSystem.IsDynamic(type) && !_types.IsSubtype(type, required))
        {
            throw _state.Error(pattern, $"The matched value of type '{type}' isn't assignable to the required type '{required}'.");
        }
    }

    private Node MatchVariable(VariablePattern v, Node value, DartType type)
    {
        if (!v.Declares)
        {
            if (_variables.Lookup(v.Name) is null)
            {
                throw _state.Error(v, $"A pattern can assign local variables only, and '{SourceFile.PlainName(v.Name)}' is none.");
            }

            var place = Targets.LowerPlace(new Ident { Pos = v.Pos, Name = v.Name });
            var assigned = Coercions.Coerce(new Val(value, type), place.WriteType, v);
            var temp = _output.TempOf(_reprs.Convert(assigned, _reprs.Of(place.WriteType)), out var setTemp);
            Assignments.PromoteOnWrite(place, type, v);
            _writes!.AddRange([.. place.Before, Node.Drop(place.Write(Node.Get(temp)))]);
            return Node.Seq(setTemp, Node.I32(1));
        }

        var declared = v.Type is null ? type is TypeParamType { Promoted: not null } p ? new TypeParamType(p.Parameter, p.Nullable) : TypeSystem.IsNull(type) ? SimpleType.Dynamic : type : Types.Resolve(v.Type);
        var from = type;
        if (_isIrrefutable && v.Type is not null)
        {
            (value, type) = (Coercions.Coerce(new Val(value, type), declared, v), declared);
        }

        var test = v.Type is null || _isIrrefutable ? Node.I32(1) : TypeTests.TypeTest(value, type, declared);
        LocalVariable variable;
        var bind = _output.Collect(() =>
        {
            // Heads of a case share what has the same type; another is seen by its own guard only.
            var isNew = !_variables.Current.Names.TryGetValue(v.Name, out var existing) || _isIrrefutable || !existing.Type.Equals(declared) || existing.IsFinal != v.Final;
            var isOther = isNew && existing is not null && !_isIrrefutable;
            if (isOther)
            {
                _variables.Current.Names.Remove(v.Name);
            }

            variable = isNew ? _variables.Declare(v.Name, declared, v, v.Final) : existing!;
            if (isOther)
            {
                (_variables.Current.Differing ??= []).Add(v.Name);
            }

            var converted = _reprs.Convert(value, variable.Repr);
            if (isNew)
            {
                _places.Initialize(variable, converted);
            }
            else if (variable.Cell is { } cell)
            {
                _output.Emit(Node.Set(variable.Local!, Node.New(cell, converted)));
            }
            else
            {
                _output.Emit(Node.Set(variable.Local!, converted));
            }
        });
        if (v is { Type: not null, Final: false } && _types.IsSubtype(from, declared) && _variables.Lookup(v.Name) is { } bound && _promotions.CanPromote(bound))
        {
            _output.Flow.Write(bound, declared, from, _types);
        }

        bind.Add(Node.I32(1));
        return And(test, () => Node.Seq(bind));
    }

    private Node MatchConstant(ConstPattern c, MatchedValue matched)
    {
        var (value, type) = (matched.Node, matched.Type);
        if (SyntaxShapes.Unparen(c.Value) is NullLit)
        {
            return value.Type.IsRef ? Node.IsNull(value) : Node.I32(0);
        }

        var constant = ConstantOf(c.Value, ConstantContext(type));
        var constType = _lowering.Constants.TypeOf(constant);
        var node = _pool.ConstNode(constant);
        switch (constant)
        {
            case ConstInt i when value.Type == WType.I64: return Node.Numeric(Opcode.I64Eq, WType.I32, value, Node.I64(i.Value));
            case ConstInt or ConstDouble or ConstBool or ConstString:
                return Conditions.EqualsNode(new Val(node, constType), new Val(value, type));
            case ConstNull: return value.Type.IsRef ? Node.IsNull(value) : Node.I32(0);
        }

        if (constType is InterfaceType { Class.IsEnum: true } && value.Type.IsRef)
        {
            return Node.RefEq(value, node);
        }

        return matched.Calls.Ask($"{matched.Way} is {constant.Key}", Conditions.EqualsNode(new Val(node, constType), new Val(value, type)));
    }

    // The matched value's type is the context of a constant.
    private static DartType? ConstantContext(DartType type) => TypeSystem.IsTop(type) || TypeSystem.IsNull(type) || TypeSystem.IsNever(type) ? null : type;

    private Node MatchRelational(RelationalPattern r, MatchedValue matched)
    {
        var (value, type) = (matched.Node, matched.Type);
        // Nothing in front of the operand makes it constant.
        if (SyntaxShapes.Unparen(r.Value) is Call { Target: not Ident { Name: "identical" } } or NewExpr { Const: false } or ListLit { Const: false } or SetOrMapLit { Const: false })
        {
            throw _state.Error(r.Value, "Not a constant expression.");
        }

        var constant = ConstantOf(r.Value, Numbers.IsDouble(type) ? type : null);
        var right = new Val(_pool.ConstNode(constant), _lowering.Constants.TypeOf(constant));
        var left = new Val(value, type);
        var question = $"{matched.Way}{r.Op}{constant.Key}";
        if (r.Op is "==" or "!=")
        {
            if (Conditions.EqualsParameter(type) is { } operand && !_types.IsSubtype(right.Type, operand))
            {
                throw _state.Error(r, $"A value of type '{right.Type}' can't be compared by the '==' of '{type}', which takes '{operand}'.");
            }

            var equals = constant is ConstInt or ConstDouble or ConstBool or ConstString or ConstNull && !value.Type.IsRef ? Conditions.EqualsNode(left, right) : matched.Calls.Ask($"{matched.Way}=={constant.Key}", Conditions.EqualsNode(left, right));
            return r.Op == "==" ? equals : Node.Not(equals);
        }

        if (Numbers.NumericOp(left, r.Op, right) is { } fast)
        {
            return _reprs.Convert(fast.Node, WType.I32);
        }

        var answer = Invocations.CallWithValues(left, r.Op, [right], r);
        if (!TypeSystem.IsDynamic(answer.Type) && !_types.IsSubtype(answer.Type, _program.Bool))
        {
            throw _state.Error(r, $"The operator '{r.Op}' of a relational pattern must give a 'bool', and this one gives '{answer.Type}'.");
        }

        return matched.Calls.Ask(question, Coercions.Coerce(answer, _program.Bool, r));
    }

    private Node MatchList(ListPattern l, MatchedValue matched)
    {
        var element = Types.ElementOf(l, matched.Type);
        var listType = _program.Type("List", element);
        CheckMatched(l, matched.Type, listType);
        var test = TypeTests.TypeTest(matched.Node, matched.Type, listType);
        return And(test, () =>
        {
            var list = _output.TempOf(_reprs.Convert(matched.Node, _reprs.Of(listType)), out var set, "list");
            var self = new Val(Node.Get(list), listType);
            var rest = l.Elements.FindIndex(e => e is RestPattern);
            var count = l.Elements.Count - (rest >= 0 ? 1 : 0);
            IrLocal? length = null;
            var (setLength, result) = (Node.Nop(), Node.I32(1));
            if (rest < 0 || count > 0)
            {
                length = _output.TempOf(matched.Calls.Ask(matched.Way + ".length", Access.GetMember(self, "length", l).Node), out setLength, "length");
                // A list that says that it has less than nothing is empty.
                result = Node.Numeric(rest >= 0 ? Opcode.I64GeS : count == 0 ? Opcode.I64LeS : Opcode.I64Eq, WType.I32, Node.Get(length), Node.I64(count));
            }

            Node FromEnd(int distance) => Node.Numeric(Opcode.I64Sub, WType.I64, Node.Get(length!), Node.I64(distance));
            var tests = new List<Func<Node>>();
            for (var i = 0; i < l.Elements.Count; i++)
            {
                var index = i;
                var sub = l.Elements[i];
                // Nobody looks at the element of a wildcard.
                if (sub is WildcardPattern { Type: null } or RestPattern { Inner: null })
                {
                    continue;
                }

                tests.Add(() =>
                {
                    if (sub is RestPattern r)
                    {
                        var behind = l.Elements.Count - 1 - index;
                        Val[] bounds = behind == 0 ? [new Val(Node.I64(index), _program.Int)] : [new Val(Node.I64(index), _program.Int), new Val(FromEnd(behind), _program.Int)];
                        var step = $".sublist({index},{behind})";
                        var sublist = matched.Calls.Ask(matched.Way + step, Invocations.CallWithValues(self, "sublist", bounds, r).Node);
                        var restLocal = _output.TempOf(sublist, out var setRest, "rest");
                        return Node.Seq(setRest, LowerMatch(r.Inner!, matched.Part(step, Node.Get(restLocal), listType)));
                    }

                    var isBehind = rest >= 0 && index > rest;
                    var at = isBehind ? FromEnd(l.Elements.Count - index) : Node.I64(index);
                    var way = isBehind ? $"[-{l.Elements.Count - index}]" : $"[{index}]";
                    var item = Invocations.CallWithValues(self, "[]", [new Val(at, _program.Int)], sub);
                    var itemLocal = _output.TempOf(matched.Calls.Ask(matched.Way + way, _reprs.Convert(item.Node, _reprs.Of(element))), out var setItem, "element");
                    return Node.Seq(setItem, LowerMatch(sub, matched.Part(way, Node.Get(itemLocal), element)));
                });
            }

            return Node.Seq(set, setLength, Chain(result, tests));
        });
    }

    private static Node Chain(Node first, List<Func<Node>> tests)
    {
        // Lowered in order, nested from the inside.
        var lowered = tests.Select(t => t()).ToList();
        Node? result = null;
        for (var i = lowered.Count - 1; i >= 0; i--)
        {
            result = result is null ? lowered[i] : lowered[i].Op == IrOp.I32 && lowered[i].Number == 1 ? result : Node.If(lowered[i], result, Node.I32(0), WType.I32);
        }

        if (result is null)
        {
            return first;
        }

        return first.Op == IrOp.I32 && first.Number == 1 ? result : Node.If(first, result, Node.I32(0), WType.I32);
    }

    private Node MatchMap(MapPattern m, MatchedValue matched)
    {
        var (key, element) = Types.EntryOf(m, matched.Type);
        var mapType = _program.Type("Map", key, element);
        CheckMatched(m, matched.Type, mapType);
        var keys = m.Entries.ConvertAll(entry => ConstantOf(entry.Key, ConstantContext(key)));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        if (keys.FindIndex(constant => !seen.Add(constant.Key)) is >= 0 and var again)
        {
            throw _state.Error(m.Entries[again].Key, "A map pattern can't have two equal keys.");
        }

        return And(TypeTests.TypeTest(matched.Node, matched.Type, mapType), () =>
        {
            var map = _output.TempOf(_reprs.Convert(matched.Node, _reprs.Of(mapType)), out var set, "map");
            var self = new Val(Node.Get(map), mapType);
            var tests = m.Entries.Select((entry, i) => (Func<Node>)(() =>
            {
                var constant = keys[i];
                var keyVal = new Val(_reprs.Convert(_reprs.ConvertConstant(_pool.ConstNode(constant), constant, _target.AnyRef), _target.AnyRef), SimpleType.Dynamic);
                var way = $"[{constant.Key}]";
                var item = matched.Calls.Ask(matched.Way + way, _reprs.Convert(Invocations.CallWithValues(self, "[]", [keyVal], entry.Value).Node, _target.AnyRef));
                var itemLocal = _output.TempOf(item, out var setItem, "value");
                var present = Node.Not(Node.IsNull(Node.Get(itemLocal)));
                if (TypeSystem.IsNullable(element))
                {
                    var contains = matched.Calls.Ask($"{matched.Way}.containsKey({constant.Key})", _reprs.Convert(Invocations.CallWithValues(self, "containsKey", [keyVal], entry.Value).Node, WType.I32));
                    present = Node.If(Node.IsNull(Node.Get(itemLocal)), contains, Node.I32(1), WType.I32);
                }

                return Node.Seq(setItem, And(present, () => LowerMatch(entry.Value, matched.Part(way, _reprs.Convert(Node.Get(itemLocal), _reprs.Of(element)), element))));
            })).ToList();
            return Node.Seq(set, Chain(Node.I32(1), tests));
        });
    }

    private Node MatchRecord(RecordPattern r, MatchedValue matched)
    {
        var type = matched.Type;
        var recordType = Types.RecordOf(r, type);
        CheckMatched(r, type, recordType);
        return And(_types.IsSubtype(type, recordType) && !TypeSystem.IsDynamic(type) ? Node.I32(1) : TypeTests.TypeTest(matched.Node, type, recordType), () =>
        {
            var record = _output.TempOf(_reprs.Convert(matched.Node, _reprs.Of(recordType)), out var set, "record");
            var position = 0;
            var tests = r.Fields.Select(field => (Func<Node>)(() =>
            {
                var index = field.Name is null ? position++ : recordType.IndexOf(field.Name);
                var name = field.Name ?? "$" + (index + 1);
                var item = Access.GetMember(new Val(Node.Get(record), recordType), name, r);
                var local = _output.TempOf(item.Node, out var setItem, "field");
                return Node.Seq(setItem, LowerMatch(field.Value, matched.Part("." + name, Node.Get(local), item.Type)));
            })).ToList();
            return Node.Seq(set, Chain(Node.I32(1), tests));
        });
    }

    private Node MatchObject(ObjectPattern o, MatchedValue matched)
    {
        var type = matched.Type;
        var tested = Types.ObjectOf(o, type);
        CheckMatched(o, type, tested);
        var narrowed = _types.IsSubtype(type, tested) && !TypeSystem.IsDynamic(type) && tested is not InterfaceType { Class.IsExtensionType: true } ? type : tested;
        return And(TypeTests.TypeTest(matched.Node, type, tested), () =>
        {
            var repr = _reprs.Of(narrowed);
            var local = _output.TempOf(_reprs.Convert(matched.Node, repr), out var set, "object");
            var tests = o.Fields.Select(field => (Func<Node>)(() =>
            {
                if (field.Name is null)
                {
                    throw _state.Error(field.Value, "A field of an object pattern needs a name.");
                }

                var item = Access.GetMember(new Val(Node.Get(local), narrowed), field.Name, field.Value);
                var way = "." + field.Name + ExtensionMark(narrowed, field.Name);
                var itemLocal = _output.TempOf(matched.Calls.Ask(matched.Way + way, item.Node), out var setItem, "field");
                return Node.Seq(setItem, LowerMatch(field.Value, matched.Part(way, Node.Get(itemLocal), item.Type)));
            })).ToList();
            return Node.Seq(set, Chain(Node.I32(1), tests));
        });
    }

    // Members of extensions and of extension types are others than those of the object that have their names.
    private string ExtensionMark(DartType type, string name)
    {
        var owner = Members.FindMember(type, name) is var (_, known) && known is not null ? known.Class : Members.FindExtension(type, name)?.Member.Owner;
        return owner?.Node.Kind is ClassKind.Extension or ClassKind.ExtensionType ? $"@{owner.Id}" : "";
    }

    /// <summary>A declaration of variables by a pattern.</summary>
    public void LowerPatternDeclaration(PatternDecl p)
    {
        var value = Expressions.Lower(p.Value, Types.Context(p.Pattern));
        var local = _output.TempOf(value.Node, out var set, "value");
        _output.Emit(set);
        EmitIrrefutable(p.Pattern, Node.Get(local), value.Type);
    }

    /// <summary>Emits a match that must not fail.</summary>
    public void EmitIrrefutable(Pattern pattern, Node value, DartType type)
    {
        var saved = _isIrrefutable;
        _isIrrefutable = true;
        var test = LowerMatch(pattern, Begin(value, type, out var start));
        _isIrrefutable = saved;
        _output.Emit(start);
        _output.Emit(Node.If(test, Node.Nop(), Node.Seq(Invocations.CallCore("_throwPatternMismatch"), Node.Unreachable()), WType.None));
    }

    /// <summary>An assignment by a pattern.</summary>
    public Val LowerPatternAssign(PatternAssign p)
    {
        var value = Expressions.Lower(p.Value, Types.Context(p.Pattern));
        var local = _output.TempOf(value.Node, out var set, "value");
        var saved = _writes;
        var writes = _writes = [];
        var body = _output.Collect(() => EmitIrrefutable(p.Pattern, Node.Get(local), value.Type));
        _writes = saved;
        return new Val(Node.Seq([set, .. body, .. writes, Node.Get(local)]), value.Type);
    }
}
