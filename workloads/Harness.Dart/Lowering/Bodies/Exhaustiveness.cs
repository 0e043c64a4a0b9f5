using Harness.Dart.Lowering.Model;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Whether patterns cover all values of a type.</summary>
internal sealed class Exhaustiveness(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly ProgramLowering _lowering = body.Program;
    private readonly DartProgram _program = body.Program.Program;
    private readonly TypeSystem _types = body.Program.Types;
    private readonly FunctionState _state = body.State;

    private MemberLookup Members => _body.Members;

    /// <summary>Whether patterns without guards cover all values of a type: by classes, enum values, bool and null, not by structure.</summary>
    public bool IsExhaustive(IEnumerable<Pattern> patterns, DartType type)
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
            foreach (var value in EnumValues(t))
            {
                if (!ConstCovered(patterns, value)) return false;
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
        var objects = patterns.OfType<ObjectPattern>().Where(o => o.Fields.Count > 0 && _types.IsSubtype(type, _state.Scope.Resolve(o.Type))).ToList();
        if (objects.Count > 0)
        {
            var names = objects.SelectMany(o => o.Fields.Select(f => f.Name)).Distinct().ToList();
            var types = new List<DartType>();
            foreach (var name in names)
            {
                if (name is null || Members.FindMember(type, name) is not var (m, o) || m is null) return false;
                types.Add((m.Kind == MemberKind.Field ? _lowering.Signatures.FieldType(m) : _lowering.Signatures.Of(m).Result).Substitute(o!.Map()));
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
            var accepting = rows.Where(r => FlattenPattern(r[0]).Any(p => part.Constant is not null ? ConstCovered([p], part.Constant) : CoversAll(p, part.Type, depth) || Covers1([p], part.Type, depth))).Select(r => r.Skip(1).ToList()).ToList();
            if (!CoversRows(accepting, types[1..], depth + 1, ref budget)) return false;
        }

        return true;
    }

    private bool Covers1(List<Pattern> patterns, DartType type, int depth)
    {
        var small = 200;
        return Covers(patterns, type, depth + 1, ref small);
    }

    private static IEnumerable<Pattern> FlattenPattern(Pattern p) => p is OrPattern o ? FlattenPattern(o.Left).Concat(FlattenPattern(o.Right)) : [p];

    private List<(DartType Type, ConstValue? Constant)> Split(DartType type, int depth)
    {
        if (depth > 10) return [(type, null)];
        if (type.Nullable && type is not SimpleType) return [(SimpleType.Null, ConstNull.Instance), .. Split(type.WithNullable(false), depth + 1)];
        if (type is InterfaceType t)
        {
            if (t.Class == _program.Bool.Class) return [(type, new ConstBool(true)), (type, new ConstBool(false))];
            if (t.Class.IsEnum) return [.. EnumValues(t).Select(v => (type, (ConstValue?)v))];
            if (t.Class.Node.Sealed) return [.. t.Class.DirectSubtypes.SelectMany(s => Split(new InterfaceType(s, TypeScope.DefaultArgs(s.TypeParams)), depth + 1))];
        }

        return [(type, null)];
    }

    // The values that a type of an enum can have.
    private IEnumerable<ConstValue> EnumValues(InterfaceType type) => type.Class.EnumValues.Select(_lowering.Constants.ValueOf).Where(v => _lowering.Types.IsSubtype(_lowering.Constants.TypeOf(v), type));

    private bool ConstCovered(List<Pattern> patterns, ConstValue constant)
    {
        foreach (var p in patterns)
        {
            if (p is ConstPattern c)
            {
                if (constant is ConstNull ? SyntaxShapes.Unparen(c.Value) is NullLit : SyntaxShapes.Unparen(c.Value) is not NullLit && _lowering.Constants.Evaluate(c.Value, _body, null).Equals(constant)) return true;
            }
            else if (CoversAll(p, constant is ConstNull ? SimpleType.Null : _lowering.Constants.TypeOf(constant), 0))
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
            case WildcardPattern w: return w.Type is null || _types.IsSubtype(type, _state.Scope.Resolve(w.Type));
            case VariablePattern v: return v.Type is null || _types.IsSubtype(type, _state.Scope.Resolve(v.Type));
            case OrPattern o: return CoversAll(o.Left, type, depth + 1) || CoversAll(o.Right, type, depth + 1);
            case AndPattern a: return CoversAll(a.Left, type, depth + 1) && CoversAll(a.Right, type, depth + 1);
            case CastPattern c: return CoversAll(c.Inner, _state.Scope.Resolve(c.Type), depth + 1);
            case NullCheckPattern n: return (n.Assert || !TypeSystem.IsNullable(type)) && CoversAll(n.Inner, TypeSystem.NonNull(type), depth + 1);
            case ConstPattern { Value: NullLit }: return TypeSystem.IsNull(type);
            case ObjectPattern o:
                if (!_types.IsSubtype(type, _state.Scope.Resolve(o.Type)) && !(type is InterfaceType it && _state.Scope.Resolve(o.Type) is InterfaceType ot && o.Type.Args.Count == 0 && _types.AsInstanceOf(it, ot.Class) is not null)) return false;
                foreach (var (name, value) in o.Fields)
                {
                    if (name is null || Members.FindMember(type, name) is not var (m, owner) || m is null) return false;
                    if (!CoversAll(value, (m.Kind == MemberKind.Field ? _lowering.Signatures.FieldType(m) : _lowering.Signatures.Of(m).Result).Substitute(owner!.Map()), depth + 1)) return false;
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
