using Harness.Dart.Ir;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Harness.Engine.Modules;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering;

/// <summary>Patterns: tests that bind variables, and whether a switch covers its type.</summary>
internal sealed partial class FunctionLowering
{
    private void DeclarePattern(Pattern pattern, DartType type, bool irrefutable)
    {
        _ = irrefutable;
        var local = Temp(_p.ReprOf(type), "value");
        LowerMatch(pattern, Node.Get(local), type);
    }

    /// <summary>The type that a pattern gives the value that is destructured, where it tells.</summary>
    private DartType? PatternContext(Pattern pattern)
    {
        switch (pattern)
        {
            case VariablePattern { Type: { } t }: return _scope.Resolve(t);
            case VariablePattern { Declares: false } v when Lookup(v.Name) is { } variable: return variable.Type;
            case ListPattern l: return l.TypeArgs is { } listArgs ? _program.Type("List", _scope.Resolve(listArgs[0])) : l.Elements.FirstOrDefault() is { } first and not RestPattern && PatternContext(first) is { } e ? _program.Type("List", e) : null;
            case RecordPattern r:
                return new RecordType([.. r.Fields.Where(f => f.Name is null).Select(f => PatternContext(f.Value) ?? UnknownType.Instance)], [.. r.Fields.Where(f => f.Name is not null).Select(f => (f.Name!, PatternContext(f.Value) ?? UnknownType.Instance))]);
            case MapPattern { TypeArgs: { } args }: return _program.Type("Map", _scope.Resolve(args[0]), _scope.Resolve(args[1]));
            default: return null;
        }
    }

    /// <summary>What a matched value's type is known to be behind a pattern.</summary>
    private DartType? MatchedType(Pattern pattern, DartType type)
    {
        DartType? tested = pattern switch
        {
            ObjectPattern o => _scope.Resolve(o.Type),
            VariablePattern { Type: { } t } => _scope.Resolve(t),
            WildcardPattern { Type: { } t } => _scope.Resolve(t),
            NullCheckPattern => TypeSystem.NonNull(type),
            AndPattern a => MatchedType(a.Left, type) ?? MatchedType(a.Right, type),
            _ => null,
        };
        return tested is null ? null : PromotedType(type, tested);
    }

    /// <summary>A test whether a value, cheap to repeat, matches a pattern: an i32, that assigns the pattern's variables on its way.</summary>
    private Node LowerMatch(Pattern pattern, Node value, DartType type)
    {
        switch (pattern)
        {
            case WildcardPattern w:
                return w.Type is null ? Node.I32(1) : TypeTest(value, type, _scope.Resolve(w.Type));
            case VariablePattern v: return MatchVariable(v, value, type);
            case ConstPattern c: return MatchConstant(c, value, type);
            case RelationalPattern r: return MatchRelational(r, value, type);
            case OrPattern o:
            {
                var before = _flow.Copy();
                var left = LowerMatch(o.Left, value, type);
                _flow = before;
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
                var to = _scope.Resolve(c.Type);
                var cast = CheckedCast(new Val(value, type), to, c);
                var local = TempOf(cast, out var set);
                return Node.Seq(set, LowerMatch(c.Inner, Node.Get(local), to));
            }

            case NullCheckPattern n:
            {
                var nonNull = TypeSystem.NonNull(type);
                if (!value.Type.IsRef) return LowerMatch(n.Inner, value, nonNull);
                var (inner, innerType) = Refined(value, type, nonNull);
                if (n.Assert)
                    return Node.Seq(Node.If(Node.IsNull(value), Node.Seq(CallCore("_throwNullCheck"), Node.Unreachable()), null, WType.None), LowerMatch(n.Inner, inner, innerType));
                return And(Node.Not(Node.IsNull(value)), () => LowerMatch(n.Inner, inner, innerType));
            }

            case ListPattern l: return MatchList(l, value, type);
            case MapPattern m: return MatchMap(m, value, type);
            case RecordPattern r: return MatchRecord(r, value, type);
            case ObjectPattern o: return MatchObject(o, value, type);
            default: throw Unsupported(pattern, "This pattern");
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
        var repr = _p.ReprOf(refined);
        return (Convert(value, value.Type.IsSubtypeOf(repr) ? value.Type : repr), refined);
    }

    private Node MatchVariable(VariablePattern v, Node value, DartType type)
    {
        if (!v.Declares)
        {
            var place = LowerPlace(new Ident { Pos = v.Pos, Name = v.Name });
            var assigned = Coerce(new Val(value, type), place.WriteType, v);
            var temp = TempOf(Convert(assigned, _p.ReprOf(place.WriteType)), out var setTemp);
            PromoteOnWrite(place, type);
            return Node.Seq([.. place.Before, setTemp, Node.Drop(place.Write(Node.Get(temp))), Node.I32(1)]);
        }

        var declared = v.Type is null ? type is TypeParamType { Promoted: not null } p ? new TypeParamType(p.Parameter, p.Nullable) : TypeSystem.IsNull(type) ? SimpleType.Dynamic : type : _scope.Resolve(v.Type);
        var test = v.Type is null ? Node.I32(1) : TypeTest(value, type, declared);
        LocalVariable variable;
        var bind = Collect(() =>
        {
            var isNew = !_locals.Names.TryGetValue(v.Name, out var existing);
            variable = isNew ? Declare(v.Name, declared, v, v.Final) : existing!;
            var converted = Convert(value, variable.Repr);
            if (isNew) Initialize(variable, converted);
            else if (variable.Cell is { } cell) Emit(Node.Set(variable.Local!, Node.New(cell, converted)));
            else Emit(Node.Set(variable.Local!, converted));
        });
        bind.Add(Node.I32(1));
        return And(test, () => Node.Seq(bind));
    }

    private Node MatchConstant(ConstPattern c, Node value, DartType type)
    {
        if (Unparen(c.Value) is NullLit) return value.Type.IsRef ? Node.IsNull(value) : Node.I32(0);
        var constant = _p.Constants.Evaluate(c.Value, this, IsDouble(type) ? type : null);
        var constType = _p.Constants.TypeOf(constant);
        var node = _p.ConstNode(constant);
        switch (constant)
        {
            case ConstInt i when value.Type == WType.I64: return Node.Numeric(Opcode.I64Eq, WType.I32, value, Node.I64(i.Value));
            case ConstInt or ConstDouble or ConstBool or ConstString:
                return EqualsNode(new Val(node, constType), new Val(value, type));
            case ConstNull: return value.Type.IsRef ? Node.IsNull(value) : Node.I32(0);
        }

        if (constType is InterfaceType { Class.IsEnum: true } && value.Type.IsRef) return Node.RefEq(value, node);
        return EqualsNode(new Val(node, constType), new Val(value, type));
    }

    private Node MatchRelational(RelationalPattern r, Node value, DartType type)
    {
        var constant = _p.Constants.Evaluate(r.Value, this, IsDouble(type) ? type : null);
        var right = new Val(_p.ConstNode(constant), _p.Constants.TypeOf(constant));
        var left = new Val(value, type);
        if (r.Op is "==" or "!=")
        {
            var equals = EqualsNode(left, right);
            return r.Op == "==" ? equals : Node.Not(equals);
        }

        if (NumericOp(left, r.Op, right) is { } fast) return Convert(fast.Node, WType.I32);
        return Convert(CallWithValues(left, r.Op, [right], r).Node, WType.I32);
    }

    private Node MatchList(ListPattern l, Node value, DartType type)
    {
        var element = l.TypeArgs is { } args ? _scope.Resolve(args[0]) : _types.AsInstanceOf(TypeSystem.NonNull(type), _program.CoreClass("List")) is { } known ? known.Args[0] : TypeSystem.IsDynamic(type) ? SimpleType.Dynamic : _program.Object.WithNullable(true);
        var listType = _program.Type("List", element);
        var test = TypeTest(value, type, listType);
        return And(test, () =>
        {
            var list = TempOf(Convert(value, _p.ReprOf(listType)), out var set, "list");
            var self = new Val(Node.Get(list), listType);
            var length = TempOf(GetMember(self, "length", l).Node, out var setLength, "length");
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
                        var sublist = CallWithValues(self, "sublist", [new Val(Node.I64(index), _program.Int), new Val(end, _program.Int)], r);
                        var restLocal = TempOf(sublist.Node, out var setRest, "rest");
                        return Node.Seq(setRest, LowerMatch(r.Inner, Node.Get(restLocal), listType));
                    }

                    var at = rest >= 0 && index > rest ? Node.Numeric(Opcode.I64Sub, WType.I64, Node.Get(length), Node.I64(l.Elements.Count - index)) : Node.I64(index);
                    var item = CallWithValues(self, "[]", [new Val(at, _program.Int)], sub);
                    var itemLocal = TempOf(Convert(item.Node, _p.ReprOf(element)), out var setItem, "element");
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
        var key = m.TypeArgs is { } args ? _scope.Resolve(args[0]) : known?.Args[0] ?? top;
        var element = m.TypeArgs is { } args2 ? _scope.Resolve(args2[1]) : known?.Args[1] ?? top;
        var mapType = _program.Type("Map", key, element);
        return And(TypeTest(value, type, mapType), () =>
        {
            var map = TempOf(Convert(value, _p.ReprOf(mapType)), out var set, "map");
            var self = new Val(Node.Get(map), mapType);
            var tests = m.Entries.Select(entry => (Func<Node>)(() =>
            {
                var constant = _p.Constants.Evaluate(entry.Key, this, null);
                var keyVal = new Val(Convert(ConvertConstant(_p, _p.ConstNode(constant), constant, _p.AnyRef), _p.AnyRef), _p.Constants.TypeOf(constant));
                var item = CallWithValues(self, "[]", [keyVal with { Type = SimpleType.Dynamic }], entry.Value);
                var itemLocal = TempOf(Convert(item.Node, _p.AnyRef), out var setItem, "value");
                var contains = CallWithValues(self, "containsKey", [keyVal with { Type = SimpleType.Dynamic }], entry.Value);
                var present = TypeSystem.IsNullable(element) ? Node.If(Node.IsNull(Node.Get(itemLocal)), Convert(contains.Node, WType.I32), Node.I32(1), WType.I32) : Node.Not(Node.IsNull(Node.Get(itemLocal)));
                return Node.Seq(setItem, And(present, () => LowerMatch(entry.Value, Convert(Node.Get(itemLocal), _p.ReprOf(element)), element)));
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
        return And(matches && !TypeSystem.IsNullable(type) ? Node.I32(1) : TypeTest(value, type, recordType), () =>
        {
            var record = TempOf(Convert(value, _p.ReprOf(recordType)), out var set, "record");
            var position = 0;
            var tests = r.Fields.Select(field => (Func<Node>)(() =>
            {
                var index = field.Name is null ? position++ : recordType.IndexOf(field.Name);
                var name = field.Name ?? "$" + (index + 1);
                var item = GetMember(new Val(Node.Get(record), recordType.WithNullable(false)), name, r);
                var local = TempOf(item.Node, out var setItem, "field");
                return Node.Seq(setItem, LowerMatch(field.Value, Node.Get(local), item.Type));
            })).ToList();
            return Node.Seq(set, Chain(Node.I32(1), tests));
        });
    }

    private Node MatchObject(ObjectPattern o, Node value, DartType type)
    {
        var tested = _scope.Resolve(o.Type);
        if (o.Type.Args.Count == 0 && tested is InterfaceType { Args.Length: > 0 } generic && TypeSystem.NonNull(type) is InterfaceType from)
        {
            // Type arguments follow from the type of the value.
            var lower = new Dictionary<TypeParam, DartType>();
            var upper = new Dictionary<TypeParam, DartType>();
            _types.Constrain(generic.Class.ThisType, from, [.. generic.Class.TypeParams], lower, upper);
            tested = new InterfaceType(generic.Class, [.. _types.Solve(generic.Class.TypeParams, lower, upper, partial: false)]);
        }

        var narrowed = _types.IsSubtype(type, tested) && !TypeSystem.IsDynamic(type) ? type : tested;
        return And(TypeTest(value, type, tested), () =>
        {
            var repr = _p.ReprOf(narrowed);
            var local = TempOf(Convert(value, repr), out var set, "object");
            var tests = o.Fields.Select(field => (Func<Node>)(() =>
            {
                if (field.Name is null) throw Error(field.Value, "A field of an object pattern needs a name.");
                var item = GetMember(new Val(Node.Get(local), narrowed), field.Name, field.Value);
                var itemLocal = TempOf(item.Node, out var setItem, "field");
                return Node.Seq(setItem, LowerMatch(field.Value, Node.Get(itemLocal), item.Type));
            })).ToList();
            return Node.Seq(set, Chain(Node.I32(1), tests));
        });
    }

    /// <summary>Whether patterns without guards cover all values of a type: by classes, enum values, bool and null, not by structure.</summary>
    private bool IsExhaustive(IEnumerable<Pattern> patterns, DartType type)
    {
        var flat = new List<Pattern>();
        var stack = new Stack<Pattern>(patterns.Reverse());
        while (stack.TryPop(out var p))
        {
            if (p is OrPattern or) { stack.Push(or.Right); stack.Push(or.Left); }
            else flat.Add(p);
        }

        var budget = 2000;
        return Covers(flat, TypeSystem.Erase(type), 0, ref budget);
    }

    private bool Covers(List<Pattern> patterns, DartType type, int depth, ref int budget)
    {
        if (depth > 40 || --budget < 0) return true;
        if (TypeSystem.IsNever(type)) return true;
        foreach (var p in patterns)
        {
            if (CoversAll(p, type, depth)) return true;
        }

        if (type is TypeParamType tp) return Covers(patterns, tp.Bound.WithNullable(tp.Nullable || tp.Bound.Nullable), depth + 1, ref budget);
        if (type.Nullable && type is not SimpleType)
        {
            var coversNull = patterns.Exists(p => p is ConstPattern { Value: NullLit } || CoversAll(p, SimpleType.Null, depth));
            return coversNull && Covers(patterns, type.WithNullable(false), depth + 1, ref budget);
        }

        if (TypeSystem.IsFutureOr(type))
        {
            var inner = ((InterfaceType)type).Args[0];
            return Covers(patterns, inner, depth + 1, ref budget) && Covers(patterns, new InterfaceType(_program.CoreClass("Future"), [inner]), depth + 1, ref budget);
        }

        if (type is RecordType record)
        {
            // Each field for itself where the others cover everything; several fields are judged together by expansion.
            var rows = patterns.OfType<RecordPattern>().Where(r => r.Fields.Count == record.Count).Select(r => Enumerable.Range(0, record.Count).Select(i => FieldPattern(r, record, i)).ToList()).ToList();
            return rows.Count > 0 && CoversRows(rows, [.. Enumerable.Range(0, record.Count).Select(record.FieldType)], depth + 1, ref budget);
        }

        if (type is not InterfaceType t) return false;
        if (t.Class == _program.Bool.Class)
            return ConstCovered(patterns, new ConstBool(true)) && ConstCovered(patterns, new ConstBool(false));
        if (t.Class.IsEnum)
        {
            foreach (var v in t.Class.EnumValues)
            {
                if (!ConstCovered(patterns, _p.Constants.ValueOf(v))) return false;
            }

            return true;
        }

        if (t.Class.Node.Sealed)
        {
            foreach (var sub in t.Class.DirectSubtypes)
            {
                var subType = new InterfaceType(sub, [.. sub.TypeParams.Select((_, i) => (DartType)SimpleType.Dynamic)]);
                if (sub.TypeParams.Count > 0)
                {
                    var lower = new Dictionary<TypeParam, DartType>();
                    var upper = new Dictionary<TypeParam, DartType>();
                    _types.Constrain(sub.ThisType, t, [.. sub.TypeParams], lower, upper);
                    subType = new InterfaceType(sub, [.. _types.Solve(sub.TypeParams, lower, upper, partial: false)]);
                }

                if (!Covers(patterns, subType, depth + 1, ref budget)) return false;
            }

            return true;
        }

        // Object patterns with fields, on one class, cover what their fields cover.
        var objects = patterns.OfType<ObjectPattern>().Where(o => o.Fields.Count > 0 && _types.IsSubtype(type, _scope.Resolve(o.Type))).ToList();
        if (objects.Count > 0)
        {
            var names = objects.SelectMany(o => o.Fields.Select(f => f.Name)).Distinct().ToList();
            var types = new List<DartType>();
            foreach (var name in names)
            {
                if (name is null || FindMember(type, name) is not var (m, o) || m is null) return false;
                types.Add((m.Kind == MemberKind.Field ? _p.Signatures.FieldType(m) : _p.Signatures.Of(m).Result).Substitute(o!.Map()));
            }

            var rows = objects.Select(o => names.Select(n => o.Fields.Find(f => f.Name == n).Value ?? new WildcardPattern()).ToList()).ToList();
            return CoversRows(rows, types, depth + 1, ref budget);
        }

        return false;
    }

    private static Pattern FieldPattern(RecordPattern r, RecordType type, int index)
    {
        if (index < type.Positional.Length) return r.Fields.Where(f => f.Name is null).ElementAtOrDefault(index).Value ?? new WildcardPattern();
        var name = type.Named[index - type.Positional.Length].Name;
        return r.Fields.Find(f => f.Name == name).Value ?? new WildcardPattern();
    }

    private bool CoversRows(List<List<Pattern>> rows, List<DartType> types, int depth, ref int budget)
    {
        if (rows.Count == 0) return false;
        if (types.Count == 0) return true;
        if (--budget < 0) return true;
        // The first column: for each way to split its type, the rows that accept it must cover the others.
        foreach (var part in Split(TypeSystem.Erase(types[0]), 0))
        {
            var accepting = rows.Where(r => Flatten(r[0]).Any(p => part.Constant is not null ? ConstCovered([p], part.Constant) : CoversAll(p, part.Type, depth) || Covers1([p], part.Type, depth))).Select(r => r.Skip(1).ToList()).ToList();
            if (!CoversRows(accepting, types[1..], depth + 1, ref budget)) return false;
        }

        return true;
    }

    private bool Covers1(List<Pattern> patterns, DartType type, int depth)
    {
        var small = 200;
        return Covers(patterns, type, depth + 1, ref small);
    }

    private static IEnumerable<Pattern> Flatten(Pattern p) => p is OrPattern o ? Flatten(o.Left).Concat(Flatten(o.Right)) : [p];

    private List<(DartType Type, ConstValue? Constant)> Split(DartType type, int depth)
    {
        if (depth > 10) return [(type, null)];
        if (type.Nullable && type is not SimpleType) return [(SimpleType.Null, ConstNull.Instance), .. Split(type.WithNullable(false), depth + 1)];
        if (type is InterfaceType t)
        {
            if (t.Class == _program.Bool.Class) return [(type, new ConstBool(true)), (type, new ConstBool(false))];
            if (t.Class.IsEnum) return [.. t.Class.EnumValues.Select(v => (type, (ConstValue?)_p.Constants.ValueOf(v)))];
            if (t.Class.Node.Sealed) return [.. t.Class.DirectSubtypes.SelectMany(s => Split(new InterfaceType(s, TypeScope.DefaultArgs(s.TypeParams)), depth + 1))];
        }

        return [(type, null)];
    }

    private bool ConstCovered(List<Pattern> patterns, ConstValue constant)
    {
        foreach (var p in patterns)
        {
            if (p is ConstPattern c)
            {
                if (constant is ConstNull ? Unparen(c.Value) is NullLit : Unparen(c.Value) is not NullLit && _p.Constants.Evaluate(c.Value, this, null).Equals(constant)) return true;
            }
            else if (CoversAll(p, constant is ConstNull ? SimpleType.Null : _p.Constants.TypeOf(constant), 0))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a pattern matches every value of a type.</summary>
    private bool CoversAll(Pattern p, DartType type, int depth)
    {
        if (depth > 60) return true;
        switch (p)
        {
            case WildcardPattern w: return w.Type is null || _types.IsSubtype(type, _scope.Resolve(w.Type));
            case VariablePattern v: return v.Type is null || _types.IsSubtype(type, _scope.Resolve(v.Type));
            case OrPattern o: return CoversAll(o.Left, type, depth + 1) || CoversAll(o.Right, type, depth + 1);
            case AndPattern a: return CoversAll(a.Left, type, depth + 1) && CoversAll(a.Right, type, depth + 1);
            case CastPattern c: return CoversAll(c.Inner, _scope.Resolve(c.Type), depth + 1);
            case NullCheckPattern n: return (n.Assert || !TypeSystem.IsNullable(type)) && CoversAll(n.Inner, TypeSystem.NonNull(type), depth + 1);
            case ConstPattern { Value: NullLit }: return TypeSystem.IsNull(type);
            case ObjectPattern o:
                if (!_types.IsSubtype(type, _scope.Resolve(o.Type)) && !(type is InterfaceType it && _scope.Resolve(o.Type) is InterfaceType ot && o.Type.Args.Count == 0 && _types.AsInstanceOf(it, ot.Class) is not null)) return false;
                foreach (var (name, value) in o.Fields)
                {
                    if (name is null || FindMember(type, name) is not var (m, owner) || m is null) return false;
                    if (!CoversAll(value, (m.Kind == MemberKind.Field ? _p.Signatures.FieldType(m) : _p.Signatures.Of(m).Result).Substitute(owner!.Map()), depth + 1)) return false;
                }

                return true;
            case RecordPattern r:
                if (type is not RecordType { Nullable: false } record || record.Count != r.Fields.Count) return false;
                for (var i = 0; i < record.Count; i++)
                {
                    if (!CoversAll(FieldPattern(r, record, i), record.FieldType(i), depth + 1)) return false;
                }

                return true;
            case ListPattern l:
                return _types.AsInstanceOf(type, _program.CoreClass("List")) is not null && !type.Nullable && l.Elements is [RestPattern { Inner: null or WildcardPattern or VariablePattern }];
            case MapPattern m: return m.Entries.Count == 0 && !type.Nullable && _types.AsInstanceOf(type, _program.CoreClass("Map")) is not null;
            default: return false;
        }
    }
}
