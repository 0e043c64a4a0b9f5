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

    // Whether what is lowered is a pattern of a declaration, an assignment or a loop.
    private bool _isIrrefutable;

    private ExpressionLowering Expressions => _body.Expressions;
    private InvocationLowering Invocations => _body.Invocations;
    private MemberAccess Access => _body.Access;
    private NumberLowering Numbers => _body.Numbers;
    private ConditionLowering Conditions => _body.Conditions;
    private AssignmentLowering Assignments => _body.Assignments;
    private TargetLowering Targets => _body.Targets;
    private Coercions Coercions => _body.Coercions;
    private TypeTests TypeTests => _body.TypeTests;

    /// <summary>The type that a pattern gives the value that is destructured, where it tells.</summary>
    private DartType? PatternContext(Pattern pattern)
    {
        switch (pattern)
        {
            case VariablePattern { Type: { } t }: return _state.Scope.Resolve(t);
            case VariablePattern { Declares: false } v when _variables.Lookup(v.Name) is { } variable: return variable.Type;
            case ListPattern l: return l.TypeArgs is { } listArgs ? _program.Type("List", _state.Scope.Resolve(listArgs[0])) : l.Elements.FirstOrDefault() is { } first and not RestPattern && PatternContext(first) is { } e ? _program.Type("List", e) : null;
            case RecordPattern r:
                return new RecordType([.. r.Fields.Where(f => f.Name is null).Select(f => PatternContext(f.Value) ?? UnknownType.Instance)], [.. r.Fields.Where(f => f.Name is not null).Select(f => (f.Name!, PatternContext(f.Value) ?? UnknownType.Instance))]);
            case MapPattern { TypeArgs: { } args }: return _program.Type("Map", _state.Scope.Resolve(args[0]), _state.Scope.Resolve(args[1]));
            default: return null;
        }
    }

    /// <summary>What a matched value's type is known to be behind a pattern.</summary>
    public DartType? MatchedType(Pattern pattern, DartType type)
    {
        DartType? tested = pattern switch
        {
            ObjectPattern o => _state.Scope.Resolve(o.Type),
            VariablePattern { Type: { } t } => _state.Scope.Resolve(t),
            WildcardPattern { Type: { } t } => _state.Scope.Resolve(t),
            NullCheckPattern => TypeSystem.NonNull(type),
            AndPattern a => MatchedType(a.Left, type) ?? MatchedType(a.Right, type),
            _ => null,
        };
        return tested is null ? null : _promotions.PromotedType(type, tested);
    }

    /// <summary>A test whether a value, cheap to repeat, matches a pattern: an i32, that assigns the pattern's variables on its way.</summary>
    public Node LowerMatch(Pattern pattern, Node value, DartType type)
    {
        if (_isIrrefutable && pattern is (ConstPattern or RelationalPattern or OrPattern or NullCheckPattern { Assert: false }))
            throw _state.Error(pattern, "Refutable patterns can't be used in an irrefutable context.");
        switch (pattern)
        {
            case WildcardPattern w:
                return w.Type is null ? Node.I32(1) : TypeTests.TypeTest(value, type, _state.Scope.Resolve(w.Type));
            case VariablePattern v: return MatchVariable(v, value, type);
            case ConstPattern c: return MatchConstant(c, value, type);
            case RelationalPattern r: return MatchRelational(r, value, type);
            case OrPattern o:
            {
                var before = _output.Flow.Copy();
                var left = LowerMatch(o.Left, value, type);
                _output.Flow = before;
                var right = LowerMatch(o.Right, value, type);
                return Node.If(left, Node.I32(1), right, WType.I32);
            }

            case AndPattern a:
            {
                var left = LowerMatch(a.Left, value, type);
                var (inner, innerType) = Refined(value, type, MatchedType(a.Left, type));
                return And(left, () => LowerMatch(a.Right, inner, innerType));
            }

            case CastPattern c:
            {
                var to = _state.Scope.Resolve(c.Type);
                var cast = Coercions.CheckedCast(new Val(value, type), to, c);
                var local = _output.TempOf(cast, out var set);
                return Node.Seq(set, LowerMatch(c.Inner, Node.Get(local), to));
            }

            case NullCheckPattern n:
            {
                var nonNull = TypeSystem.NonNull(type);
                if (!value.Type.IsRef) return LowerMatch(n.Inner, value, nonNull);
                var (inner, innerType) = Refined(value, type, nonNull);
                if (n.Assert)
                    return Node.Seq(Node.If(Node.IsNull(value), Node.Seq(Invocations.CallCore("_throwNullCheck"), Node.Unreachable()), null, WType.None), LowerMatch(n.Inner, inner, innerType));
                return And(Node.Not(Node.IsNull(value)), () => LowerMatch(n.Inner, inner, innerType));
            }

            case ListPattern l: return MatchList(l, value, type);
            case MapPattern m: return MatchMap(m, value, type);
            case RecordPattern r: return MatchRecord(r, value, type);
            case ObjectPattern o: return MatchObject(o, value, type);
            default: throw _state.Unsupported(pattern, "This pattern");
        }
    }

    private static Node And(Node left, Func<Node> right)
    {
        var r = right();
        if (left.Op == IrOp.I32 && left.Number == 1) return r;
        return Node.If(left, r, Node.I32(0), WType.I32);
    }

    private (Node, DartType) Refined(Node value, DartType type, DartType? refined)
    {
        if (refined is null) return (value, type);
        var repr = _reprs.Of(refined);
        return (_reprs.Convert(value, value.Type.IsSubtypeOf(repr) ? value.Type : repr), refined);
    }

    // Where a match must not fail the type of the value has to tell that it does not, unless that is dynamic.
    private void CheckMatched(Pattern pattern, DartType type, DartType required)
    {
        if (_isIrrefutable && !TypeSystem.IsDynamic(type) && !_types.IsSubtype(type, required))
            throw _state.Error(pattern, $"The matched value of type '{type}' isn't assignable to the required type '{required}'.");
    }

    private Node MatchVariable(VariablePattern v, Node value, DartType type)
    {
        if (!v.Declares)
        {
            var place = Targets.LowerPlace(new Ident { Pos = v.Pos, Name = v.Name });
            var assigned = Coercions.Coerce(new Val(value, type), place.WriteType, v);
            var temp = _output.TempOf(_reprs.Convert(assigned, _reprs.Of(place.WriteType)), out var setTemp);
            Assignments.PromoteOnWrite(place, type, v);
            return Node.Seq([.. place.Before, setTemp, Node.Drop(place.Write(Node.Get(temp))), Node.I32(1)]);
        }

        var declared = v.Type is null ? type is TypeParamType { Promoted: not null } p ? new TypeParamType(p.Parameter, p.Nullable) : TypeSystem.IsNull(type) ? SimpleType.Dynamic : type : _state.Scope.Resolve(v.Type);
        if (_isIrrefutable && v.Type is not null) (value, type) = (Coercions.Coerce(new Val(value, type), declared, v), declared);
        var test = v.Type is null || _isIrrefutable ? Node.I32(1) : TypeTests.TypeTest(value, type, declared);
        LocalVariable variable;
        var bind = _output.Collect(() =>
        {
            // Heads of a case share what has the same type; another is seen by its own guard only.
            var isNew = !_variables.Current.Names.TryGetValue(v.Name, out var existing) || !existing.Type.Equals(declared);
            if (isNew && existing is not null) _variables.Current.Names.Remove(v.Name);
            variable = isNew ? _variables.Declare(v.Name, declared, v, v.Final) : existing!;
            var converted = _reprs.Convert(value, variable.Repr);
            if (isNew) _places.Initialize(variable, converted);
            else if (variable.Cell is { } cell) _output.Emit(Node.Set(variable.Local!, Node.New(cell, converted)));
            else _output.Emit(Node.Set(variable.Local!, converted));
        });
        bind.Add(Node.I32(1));
        return And(test, () => Node.Seq(bind));
    }

    private Node MatchConstant(ConstPattern c, Node value, DartType type)
    {
        if (SyntaxShapes.Unparen(c.Value) is NullLit) return value.Type.IsRef ? Node.IsNull(value) : Node.I32(0);
        var constant = _lowering.Constants.Evaluate(c.Value, _body, Numbers.IsDouble(type) ? type : null);
        var constType = _lowering.Constants.TypeOf(constant);
        var node = _pool.ConstNode(constant);
        switch (constant)
        {
            case ConstInt i when value.Type == WType.I64: return Node.Numeric(Opcode.I64Eq, WType.I32, value, Node.I64(i.Value));
            case ConstInt or ConstDouble or ConstBool or ConstString:
                return Conditions.EqualsNode(new Val(node, constType), new Val(value, type));
            case ConstNull: return value.Type.IsRef ? Node.IsNull(value) : Node.I32(0);
        }

        if (constType is InterfaceType { Class.IsEnum: true } && value.Type.IsRef) return Node.RefEq(value, node);
        return Conditions.EqualsNode(new Val(node, constType), new Val(value, type));
    }

    private Node MatchRelational(RelationalPattern r, Node value, DartType type)
    {
        var constant = _lowering.Constants.Evaluate(r.Value, _body, Numbers.IsDouble(type) ? type : null);
        var right = new Val(_pool.ConstNode(constant), _lowering.Constants.TypeOf(constant));
        var left = new Val(value, type);
        if (r.Op is "==" or "!=")
        {
            var equals = Conditions.EqualsNode(left, right);
            return r.Op == "==" ? equals : Node.Not(equals);
        }

        if (Numbers.NumericOp(left, r.Op, right) is { } fast) return _reprs.Convert(fast.Node, WType.I32);
        return _reprs.Convert(Invocations.CallWithValues(left, r.Op, [right], r).Node, WType.I32);
    }

    private Node MatchList(ListPattern l, Node value, DartType type)
    {
        var element = l.TypeArgs is { } args ? _state.Scope.Resolve(args[0]) : _types.AsInstanceOf(TypeSystem.NonNull(type), _program.CoreClass("List")) is { } known ? known.Args[0] : TypeSystem.IsDynamic(type) ? SimpleType.Dynamic : _program.Object.WithNullable(true);
        var listType = _program.Type("List", element);
        CheckMatched(l, type, listType);
        var test = TypeTests.TypeTest(value, type, listType);
        return And(test, () =>
        {
            var list = _output.TempOf(_reprs.Convert(value, _reprs.Of(listType)), out var set, "list");
            var self = new Val(Node.Get(list), listType);
            var length = _output.TempOf(Access.GetMember(self, "length", l).Node, out var setLength, "length");
            var rest = l.Elements.FindIndex(e => e is RestPattern);
            var count = l.Elements.Count - (rest >= 0 ? 1 : 0);
            var result = Node.Numeric(rest >= 0 ? Opcode.I64GeS : Opcode.I64Eq, WType.I32, Node.Get(length), Node.I64(count));
            var tests = new List<Func<Node>>();
            for (var i = 0; i < l.Elements.Count; i++)
            {
                var index = i;
                var sub = l.Elements[i];
                tests.Add(() =>
                {
                    if (sub is RestPattern r)
                    {
                        if (r.Inner is null) return Node.I32(1);
                        var end = Node.Numeric(Opcode.I64Sub, WType.I64, Node.Get(length), Node.I64(l.Elements.Count - 1 - index));
                        var sublist = Invocations.CallWithValues(self, "sublist", [new Val(Node.I64(index), _program.Int), new Val(end, _program.Int)], r);
                        var restLocal = _output.TempOf(sublist.Node, out var setRest, "rest");
                        return Node.Seq(setRest, LowerMatch(r.Inner, Node.Get(restLocal), listType));
                    }

                    var at = rest >= 0 && index > rest ? Node.Numeric(Opcode.I64Sub, WType.I64, Node.Get(length), Node.I64(l.Elements.Count - index)) : Node.I64(index);
                    var item = Invocations.CallWithValues(self, "[]", [new Val(at, _program.Int)], sub);
                    var itemLocal = _output.TempOf(_reprs.Convert(item.Node, _reprs.Of(element)), out var setItem, "element");
                    return Node.Seq(setItem, LowerMatch(sub, Node.Get(itemLocal), element));
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
            result = result is null ? lowered[i] : lowered[i].Op == IrOp.I32 && lowered[i].Number == 1 ? result : Node.If(lowered[i], result, Node.I32(0), WType.I32);
        if (result is null) return first;
        return first.Op == IrOp.I32 && first.Number == 1 ? result : Node.If(first, result, Node.I32(0), WType.I32);
    }

    private Node MatchMap(MapPattern m, Node value, DartType type)
    {
        var known = _types.AsInstanceOf(TypeSystem.NonNull(type), _program.CoreClass("Map"));
        var top = TypeSystem.IsDynamic(type) ? SimpleType.Dynamic : _program.Object.WithNullable(true);
        var key = m.TypeArgs is { } args ? _state.Scope.Resolve(args[0]) : known?.Args[0] ?? top;
        var element = m.TypeArgs is { } args2 ? _state.Scope.Resolve(args2[1]) : known?.Args[1] ?? top;
        var mapType = _program.Type("Map", key, element);
        CheckMatched(m, type, mapType);
        return And(TypeTests.TypeTest(value, type, mapType), () =>
        {
            var map = _output.TempOf(_reprs.Convert(value, _reprs.Of(mapType)), out var set, "map");
            var self = new Val(Node.Get(map), mapType);
            var tests = m.Entries.Select(entry => (Func<Node>)(() =>
            {
                var constant = _lowering.Constants.Evaluate(entry.Key, _body, null);
                var keyVal = new Val(_reprs.Convert(_reprs.ConvertConstant(_pool.ConstNode(constant), constant, _target.AnyRef), _target.AnyRef), _lowering.Constants.TypeOf(constant));
                var item = Invocations.CallWithValues(self, "[]", [keyVal with { Type = SimpleType.Dynamic }], entry.Value);
                var itemLocal = _output.TempOf(_reprs.Convert(item.Node, _target.AnyRef), out var setItem, "value");
                var contains = Invocations.CallWithValues(self, "containsKey", [keyVal with { Type = SimpleType.Dynamic }], entry.Value);
                var present = TypeSystem.IsNullable(element) ? Node.If(Node.IsNull(Node.Get(itemLocal)), _reprs.Convert(contains.Node, WType.I32), Node.I32(1), WType.I32) : Node.Not(Node.IsNull(Node.Get(itemLocal)));
                return Node.Seq(setItem, And(present, () => LowerMatch(entry.Value, _reprs.Convert(Node.Get(itemLocal), _reprs.Of(element)), element)));
            })).ToList();
            return Node.Seq(set, Chain(Node.I32(1), tests));
        });
    }

    private Node MatchRecord(RecordPattern r, Node value, DartType type)
    {
        var positional = r.Fields.Count(f => f.Name is null);
        var names = r.Fields.Where(f => f.Name is not null).Select(f => f.Name!).Order(StringComparer.Ordinal).ToList();
        var known = TypeSystem.NonNull(type) as RecordType;
        var matches = known is not null && known.Positional.Length == positional && known.Named.Select(n => n.Name).SequenceEqual(names);
        var top = TypeSystem.IsDynamic(type) ? SimpleType.Dynamic : _program.Object.WithNullable(true);
        var recordType = matches ? known! : new RecordType([.. Enumerable.Repeat((DartType)top, positional)], [.. names.Select(n => (n, (DartType)top))]);
        CheckMatched(r, type, recordType);
        return And(matches && !TypeSystem.IsNullable(type) ? Node.I32(1) : TypeTests.TypeTest(value, type, recordType), () =>
        {
            var record = _output.TempOf(_reprs.Convert(value, _reprs.Of(recordType)), out var set, "record");
            var position = 0;
            var tests = r.Fields.Select(field => (Func<Node>)(() =>
            {
                var index = field.Name is null ? position++ : recordType.IndexOf(field.Name);
                var name = field.Name ?? "$" + (index + 1);
                var item = Access.GetMember(new Val(Node.Get(record), recordType.WithNullable(false)), name, r);
                var local = _output.TempOf(item.Node, out var setItem, "field");
                return Node.Seq(setItem, LowerMatch(field.Value, Node.Get(local), item.Type));
            })).ToList();
            return Node.Seq(set, Chain(Node.I32(1), tests));
        });
    }

    private Node MatchObject(ObjectPattern o, Node value, DartType type)
    {
        var tested = _state.Scope.Resolve(o.Type);
        if (o.Type.Args.Count == 0 && tested is InterfaceType { Args.Length: > 0 } generic && TypeSystem.NonNull(type) is InterfaceType from)
        {
            // Type arguments follow from the type of the value.
            var lower = new Dictionary<TypeParam, DartType>();
            var upper = new Dictionary<TypeParam, DartType>();
            _types.Constrain(generic.Class.ThisType, from, [.. generic.Class.TypeParams], lower, upper);
            tested = new InterfaceType(generic.Class, [.. _types.Solve(generic.Class.TypeParams, lower, upper, partial: false)]);
        }

        CheckMatched(o, type, tested);
        var narrowed = _types.IsSubtype(type, tested) && !TypeSystem.IsDynamic(type) ? type : tested;
        return And(TypeTests.TypeTest(value, type, tested), () =>
        {
            var repr = _reprs.Of(narrowed);
            var local = _output.TempOf(_reprs.Convert(value, repr), out var set, "object");
            var tests = o.Fields.Select(field => (Func<Node>)(() =>
            {
                if (field.Name is null) throw _state.Error(field.Value, "A field of an object pattern needs a name.");
                var item = Access.GetMember(new Val(Node.Get(local), narrowed), field.Name, field.Value);
                var itemLocal = _output.TempOf(item.Node, out var setItem, "field");
                return Node.Seq(setItem, LowerMatch(field.Value, Node.Get(itemLocal), item.Type));
            })).ToList();
            return Node.Seq(set, Chain(Node.I32(1), tests));
        });
    }

    /// <summary>A declaration of variables by a pattern.</summary>
    public void LowerPatternDeclaration(PatternDecl p)
    {
        var value = Expressions.Lower(p.Value, PatternContext(p.Pattern));
        var local = _output.TempOf(value.Node, out var set, "value");
        _output.Emit(set);
        EmitIrrefutable(p.Pattern, Node.Get(local), value.Type);
    }

    /// <summary>Emits a match that must not fail.</summary>
    public void EmitIrrefutable(Pattern pattern, Node value, DartType type)
    {
        var saved = _isIrrefutable;
        _isIrrefutable = true;
        var test = LowerMatch(pattern, value, type);
        _isIrrefutable = saved;
        _output.Emit(Node.If(test, Node.Nop(), Node.Seq(Invocations.CallCore("_throwPatternMismatch"), Node.Unreachable()), WType.None));
    }

    /// <summary>An assignment by a pattern.</summary>
    public Val LowerPatternAssign(PatternAssign p)
    {
        var value = Expressions.Lower(p.Value, PatternContext(p.Pattern));
        var local = _output.TempOf(value.Node, out var set, "value");
        var body = _output.Collect(() => EmitIrrefutable(p.Pattern, Node.Get(local), value.Type));
        return new Val(Node.Seq([set, .. body, Node.Get(local)]), value.Type);
    }
}
