using Harness.Dart.Ir;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering;

/// <summary>Expressions.</summary>
internal sealed partial class FunctionLowering
{
    /// <summary>Lowers an expression. The result is a tree: nothing of it is emitted yet.</summary>
    private Val Lower(Expr e, DartType? context)
    {
        if (context is UnknownType) context = null;
        switch (e)
        {
            case Paren p: return Lower(p.Value, context);
            case IntLit i: return LowerInt(i, context, negative: false);
            case DoubleLit d: return new Val(Node.F64(d.Value), _program.Double);
            case BoolLit b: return new Val(Node.I32(b.Value ? 1 : 0), _program.Bool);
            case NullLit: return new Val(Node.Null(_p.Top), SimpleType.Null);
            case StringLit s: return LowerString(s);
            case SymbolLit s: return new Val(_p.ConstNode(new ConstSymbol(s.Name)), _program.Type("Symbol"));
            case ListLit l: return LowerList(l, context);
            case SetOrMapLit l: return LowerSetOrMap(l, context);
            case RecordLit r: return LowerRecord(r, context);
            case This:
                return new Val(ThisPlace() ?? throw Error(e, "Expected identifier, but got 'this'."), ThisType()!);
            case Ident or PropertyGet or IndexExpr or Call or NullAssert or Instantiation: return LowerChain(e, context);
            case NewExpr n: return LowerNew(n, context);
            case Binary b: return LowerBinary(b, context);
            case Unary u: return LowerUnary(u, context);
            case Update or Assign: return LowerChain(e, context);
            case Conditional c: return LowerConditional(c, context);
            case IsExpr i: return LowerIs(i);
            case AsExpr a: return LowerAs(a);
            case AwaitExpr a: return LowerAwait(a, context);
            case ThrowExpr t: return LowerThrow(t);
            case RethrowExpr: return LowerRethrow(e);
            case Cascade c: return LowerCascade(c, context);
            case CascadeTarget: return new Val(Node.Get(_cascade!.Value.Local), _cascade.Value.Type);
            case FunctionExpr f: return LowerClosure(f.Function, context, null);
            case SwitchExpr s: return LowerSwitchExpression(s, context);
            case PatternAssign p: return LowerPatternAssign(p);
            case Super: throw Error(e, "Can't use 'super' as an expression.");
            default: throw Unsupported(e, e.GetType().Name);
        }
    }

    private Val LowerInt(IntLit i, DartType? context, bool negative)
    {
        if (context is not null && TypeSystem.IsFutureOr(context)) context = ((InterfaceType)context).Args[0];
        if (ParseInt(i.Text, negative) is not { } value)
        {
            if (context is InterfaceType { Class.Name: "double" }) value = 0;
            else throw Error(i, $"The integer literal {i.Text} can't be represented in 64 bits.");
        }

        if (context is InterfaceType { Class: var cls } && cls == _program.Double.Class)
            return new Val(Node.F64(i.Text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? value : (negative ? -1 : 1) * double.Parse(i.Text, System.Globalization.CultureInfo.InvariantCulture)), _program.Double);
        return new Val(Node.I64(value), _program.Int);
    }

    internal static long? ParseInt(string text, bool negative)
    {
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            if (!ulong.TryParse(text.AsSpan(2), System.Globalization.NumberStyles.HexNumber, null, out var hex)) return null;
            if (negative) return hex <= 1UL << 63 ? unchecked(-(long)hex) : null;
            return unchecked((long)hex);
        }

        if (!ulong.TryParse(text, out var value)) return null;
        if (negative) return value <= 1UL << 63 ? unchecked(-(long)value) : null;
        return value <= long.MaxValue ? (long)value : null;
    }

    private Val LowerString(StringLit s)
    {
        if (s.IsConstantText)
            return new Val(StringConst((string)s.Parts[0]), _program.String);
        var pieces = new List<Node>();
        foreach (var part in s.Parts)
        {
            if (part is string text)
            {
                if (text.Length > 0) pieces.Add(StringConst(text));
                continue;
            }

            var value = Lower((Expr)part, null);
            if (TypeSystem.IsVoid(value.Type)) throw Error((Expr)part, "This expression has type 'void' and can't be used.");
            pieces.Add(ToStringOf(value));
        }

        if (pieces.Count == 1)
            return new Val(pieces[0], _program.String);
        if (pieces.Count == 2)
            return new Val(CallCore("_concat2", pieces[0], pieces[1]), _program.String);
        var array = Node.Array(IrOp.ArrayNewFixed, _p.ObjectArray, WType.Ref(_p.ObjectArray), [.. pieces.Select(p => Convert(p, _p.AnyRef))]);
        return new Val(CallCore("_concatAll", array), _program.String);
    }

    private Node ToStringOf(Val value)
    {
        var repr = _p.ReprOf(_program.String);
        if (value.Type is InterfaceType { Nullable: false } t && t.Class == _program.String.Class) return Convert(value.Node, repr);
        if (value.Node.Type == WType.I64) return CallCore("_intToString", value.Node);
        if (value.Node.Type == WType.F64) return CallCore("_doubleToString", value.Node);
        return CallCore("_toStringOf", value.Node);
    }

    // Selector chains, in which a null receiver may cut the whole short.

    private IrLabel? _shortLabel;
    private List<Node>? _shortNulls;

    private static bool IsNullShorting(Expr e)
    {
        while (true)
        {
            switch (e)
            {
                case PropertyGet p: if (p.NullAware) return true; e = p.Target; break;
                case IndexExpr i: if (i.NullAware) return true; e = i.Target; break;
                case Call c: e = c.Target; break;
                case NullAssert n: e = n.Value; break;
                case Instantiation n: e = n.Target; break;
                case Assign a: e = a.Target; break;
                case Update u: e = u.Target; break;
                default: return false;
            }
        }
    }

    private Val LowerChain(Expr e, DartType? context)
    {
        if (!IsNullShorting(e))
            return LowerSelector(e, context);
        var (savedLabel, savedNulls) = (_shortLabel, _shortNulls);
        var label = new IrLabel();
        _shortLabel = label;
        var nulls = _shortNulls = [];
        var before = _flow.Copy();
        var value = LowerSelector(e, context);
        (_shortLabel, _shortNulls) = (savedLabel, savedNulls);
        _flow = Flow.Join(_flow, before);
        var type = TypeSystem.IsVoid(value.Type) ? value.Type : value.Type.WithNullable(true);
        if (value.Type is SimpleType { Kind: SimpleKind.Never }) type = SimpleType.Null;
        var repr = TypeSystem.IsVoid(type) ? WType.None : _p.ReprOf(type);
        var node = Convert(value.Node, repr);
        foreach (var n in nulls)
        {
            n.Args = repr.Kind == WKind.None ? [] : [Node.Null(repr.Heap!)];
        }

        return new Val(Node.Block(label, [node], repr), type);
    }

    /// <summary>A receiver, behind a test that leaves the chain where it is null.</summary>
    private Val ShortOnNull(Val receiver)
    {
        if (!TypeSystem.IsNullable(receiver.Type) || !receiver.Node.Type.IsRef)
            return receiver;
        var local = TempOf(receiver.Node, out var set, "receiver");
        var leave = Node.Br(_shortLabel!);
        _shortNulls!.Add(leave);
        var type = TypeSystem.NonNull(receiver.Type);
        var node = Node.Seq(set, Node.If(Node.IsNull(Node.Get(local)), leave, null, WType.None), Convert(Node.Get(local), TypeSystem.IsDynamic(type) ? local.Type.AsNonNull : _p.ReprOf(type)));
        return new Val(node, type);
    }

    private Val LowerTarget(Expr target, DartType? context = null) => target is PropertyGet or IndexExpr or Call or NullAssert or Instantiation or Assign or Update ? LowerSelector(target, context) : Lower(target, context);

    private Val LowerSelector(Expr e, DartType? context)
    {
        switch (e)
        {
            case Ident id: return LowerIdent(id, context);
            case PropertyGet p: return LowerProperty(p, context);
            case Call c: return LowerCall(c, context);
            case NullAssert n:
                var checkedValue = LowerTarget(n.Value, context?.WithNullable(true));
                if (!TypeSystem.IsNullable(checkedValue.Type)) return checkedValue;
                var nonNull = TypeSystem.NonNull(checkedValue.Type);
                if (!checkedValue.Node.Type.IsRef) return checkedValue with { Type = nonNull };
                var asserted = NullChecked(checkedValue.Node, nonNull, "_throwNullCheck");
                if (Unparen(n.Value) is Ident name && Lookup(name.Name) is { } variable && CanPromote(variable)) Promote(_flow, variable, nonNull);
                return new Val(asserted, nonNull);
            case IndexExpr i:
                if (i.Target is Super)
                {
                    var self = SuperReceiver(i);
                    return CallNamed(self, "[]", Args(i.Index), null, null, i, isSuper: true);
                }

                var target = LowerTarget(i.Target);
                if (i.NullAware) target = ShortOnNull(target);
                return CallNamed(target, "[]", Args(i.Index), null, context, i);
            case Assign a: return LowerAssign(a, context);
            case Update u: return LowerUpdate(u);
            case Instantiation ins: return LowerInstantiation(ins, context);
            default: return Lower(e, context);
        }
    }

    private static Arguments Args(params Expr[] values)
    {
        var args = new Arguments();
        foreach (var v in values) args.Items.Add((null, v));
        return args;
    }

    private Node NullChecked(Node node, DartType nonNull, string thrower)
    {
        var local = TempOf(node, out var set);
        var repr = TypeSystem.IsDynamic(nonNull) || nonNull is TypeParamType ? local.Type.AsNonNull : _p.ReprOf(nonNull);
        return Node.Seq(set, Node.If(Node.IsNull(Node.Get(local)), Node.Seq(CallCore(thrower), Node.Unreachable()), null, WType.None), Convert(Node.Get(local), repr));
    }

    private Val SuperReceiver(Syntax.Node at)
    {
        var self = ThisPlace() ?? throw Error(at, "Can't use 'super' here.");
        var super = (_class ?? EnclosingClass())!.Supertype!;
        return new Val(self, super);
    }

    private ClassElement? EnclosingClass() => _class ?? _parent?.EnclosingClass();

    /// <summary>A member for a <c>super</c> call: only what the superclass implements counts.</summary>
    private void CheckSuperMember(string name, Syntax.Node at)
    {
        var super = EnclosingClass()!.Supertype!.Class;
        if (TypeSystem.FindImplementation(super, name) is null && EnclosingClass()!.Node.Kind != ClassKind.Mixin)
            throw Error(at, $"Superclass has no member named '{name}'.");
    }

    // Identifiers.

    private object? LookupNonLocal(string name, out bool implicitThis)
    {
        implicitThis = false;
        for (var cls = LexicalClass(); cls is not null;)
        {
            if (cls.Statics.TryGetValue(name, out var s)) return s;
            if (cls.Members.TryGetValue(name, out var m))
            {
                implicitThis = true;
                return m;
            }

            break;
        }

        if (_scope.LookupTopLevel(name) is { } top) return top;
        return null;
    }

    private ClassElement? LexicalClass() => _member?.Lexical ?? _parent?.LexicalClass() ?? (_parent is null ? _scope.Class : null);

    private Val LowerIdent(Ident id, DartType? context)
    {
        if (Lookup(id.Name) is { } variable)
            return Read(variable, id);
        if (_scope.LookupParam(id.Name) is { } typeParam)
            return new Val(TypeNode(typeParam), _program.Type("Type"));
        var element = LookupNonLocal(id.Name, out var implicitThis);
        if (!implicitThis && element is not null)
            return LowerElement(element, id, context);
        if (ThisPlace() is { } self && ThisType() is { } thisType)
        {
            if (element is not null || FindMember(thisType, id.Name) is not null || FindExtension(thisType, id.Name) is not null || TypeSystem.NonNull(thisType) is RecordType)
            {
                var value = GetMember(new Val(self, thisType), id.Name, id);
                if (PromotableField(thisType, id.Name) is { } field && Promoted((field, "this")) is { } promoted)
                    return new Val(Convert(value.Node, _p.ReprOf(promoted)), promoted);
                return value;
            }
        }
        else if (element is not null)
        {
            throw Error(id, $"Can't access '{id.Name}' here: there is no 'this'.");
        }

        switch (id.Name)
        {
            case "dynamic": return new Val(_p.ConstNode(new ConstType(SimpleType.Dynamic)), _program.Type("Type"));
            case "Never": return new Val(_p.ConstNode(new ConstType(SimpleType.Never)), _program.Type("Type"));
            case "void": return new Val(_p.ConstNode(new ConstType(SimpleType.Void)), _program.Type("Type"));
        }

        throw Error(id, $"Undefined name '{id.Name}'.");
    }

    /// <summary>A private final field, whose value cannot change between a test and a use.</summary>
    private Member? PromotableField(DartType type, string name)
    {
        if (name[0] != '_' || FindMember(type, name) is not var (member, _) || member is not { Kind: MemberKind.Field, IsStatic: false, Field: { Final: true, Late: false, External: false } })
            return null;
        if (member.Owner!.Node.Kind == ClassKind.ExtensionType) return member;
        return _p.SelectorOf(member).Members.All(m => m.Kind == MemberKind.Field && m.Field!.Final) ? member : null;
    }

    private Val LowerElement(object element, Syntax.Node at, DartType? context)
    {
        switch (element)
        {
            case Member { Kind: MemberKind.Field } field: return ReadStatic(field, at);
            case Member { Kind: MemberKind.Getter } getter:
                return CallStatic(getter, NoArguments, null, context, at);
            case Member { Kind: MemberKind.Method } method:
                return new Val(_p.ConstNode(new ConstFunction(method, [], null)), _p.Signatures.Of(method));
            case ClassElement { Node.Kind: ClassKind.Extension }:
                throw Error(at, "An extension can't be used as an expression.");
            case ClassElement cls:
                return new Val(_p.ConstNode(new ConstType(cls.Name == "Null" && cls.Library.IsCore ? SimpleType.Null : new InterfaceType(cls, TypeScope.DefaultArgs(cls.TypeParams)))), _program.Type("Type"));
            case TypedefElement typedef:
                return new Val(TypeNode(new TypeScope(_program, typedef.Library, typedef.File, null).Resolve(new NamedTypeNode { Pos = at.Pos, Name = typedef.Name })), _program.Type("Type"));
            case PrefixElement:
                throw Error(at, "A library prefix can't be used as an expression.");
            case AmbiguousElement a:
                throw Error(at, $"'{a.Name}' is imported from more than one library.");
            default:
                throw Error(at, "This can't be used as an expression.");
        }
    }

    private Val ReadStatic(Member field, Syntax.Node at)
    {
        if (field.EnumValue is not null || field.Field!.Const)
        {
            var constant = _p.Constants.ValueOf(field);
            var type = _p.Signatures.FieldType(field);
            return new Val(ConvertConstant(_p, _p.ConstNode(constant), constant, _p.ReprOf(type)), type);
        }

        if (field.Field.External) throw Unsupported(at, "An external variable");
        var variable = _p.Variable(field);
        if (variable.IsEager)
            return new Val(Node.Get(variable.Global), variable.Type);
        return new Val(Node.Call(variable.Getter!), variable.Type);
    }

    private Val LowerProperty(PropertyGet p, DartType? context)
    {
        if (p.Target is Super)
        {
            CheckSuperMember(p.Name, p);
            return GetMember(SuperReceiver(p), p.Name, p, isSuper: true);
        }

        if (StaticTarget(p.Target) is { } target)
            return LowerStaticProperty(target, p, context);
        if (ExtensionOverride(p.Target) is { } over)
        {
            if (!over.Extension.Members.TryGetValue(p.Name, out var member)) throw Error(p, $"The extension has no member '{p.Name}'.");
            return GetExtension(member, over.Args, over.Receiver.Node, p);
        }

        var receiver = LowerTarget(p.Target);
        if (p.NullAware) receiver = ShortOnNull(receiver);
        var value = GetMember(receiver, p.Name, p);
        if (PromotionKey(p) is { } key && Promoted(key) is { } promoted)
            return new Val(Convert(value.Node, _p.ReprOf(promoted)), promoted);
        return value;
    }

    /// <summary>What a promotion of an expression is kept under: a variable, or a private final field of this or of a variable.</summary>
    private object? PromotionKey(Expr e)
    {
        switch (Unparen(e))
        {
            case Ident id:
                if (Lookup(id.Name) is { } variable) return CanPromote(variable) ? variable : null;
                if (LookupNonLocal(id.Name, out var implicitThis) is not null && !implicitThis) return null;
                return ThisType() is { } thisType && PromotableField(thisType, id.Name) is { } field ? (field, "this") : null;
            case PropertyGet { Target: This } p when ThisType() is { } self:
                return PromotableField(self, p.Name) is { } f ? (f, "this") : null;
            case PropertyGet { Target: Ident name } p when Lookup(name.Name) is { IsAssigned: false } local:
                return PromotableField(Promoted(local) ?? local.Type, p.Name) is { } g ? (g, local) : null;
            default: return null;
        }
    }

    /// <summary>A class, typedef or prefix that an expression names, or null.</summary>
    private object? StaticTarget(Expr e)
    {
        switch (e)
        {
            case Ident id when Lookup(id.Name) is null && _scope.LookupParam(id.Name) is null:
                var element = LookupNonLocal(id.Name, out var implicitThis);
                return implicitThis ? null : element is ClassElement or TypedefElement or PrefixElement ? element : null;
            case PropertyGet { NullAware: false, Target: Ident prefix } p when StaticTarget(prefix) is PrefixElement found:
                return found.Members.TryGetValue(p.Name, out var member) && member is ClassElement or TypedefElement ? member : null;
            case Instantiation { TypeArgs: var args, Target: var inner } when StaticTarget(inner) is ClassElement or TypedefElement:
                return ResolveTypeExpression(e) is InterfaceType t ? t : null;
            default: return null;
        }
    }

    private NamedTypeNode? TypeNodeOf(Expr e) => e switch
    {
        Ident id => new NamedTypeNode { Pos = id.Pos, Name = id.Name },
        PropertyGet { Target: Ident prefix } p => new NamedTypeNode { Pos = p.Pos, Prefix = prefix.Name, Name = p.Name },
        Instantiation i when TypeNodeOf(i.Target) is { } named => new NamedTypeNode { Pos = i.Pos, Prefix = named.Prefix, Name = named.Name, Args = i.TypeArgs },
        _ => null,
    };

    private DartType? ResolveTypeExpression(Expr e) => TypeNodeOf(e) is { } node ? _scope.Resolve(node) : null;

    private Val LowerStaticProperty(object target, PropertyGet p, DartType? context)
    {
        switch (target)
        {
            case PrefixElement prefix:
                if (p.Name == "loadLibrary" && prefix.IsDeferred) return LowerElement(_program.CoreFunction("_loadLibrary"), p, context);
                if (!prefix.Members.TryGetValue(p.Name, out var element)) throw Error(p, $"Undefined name '{p.Name}'.");
                return LowerElement(element, p, context);
            case ClassElement cls:
                if (cls.Statics.TryGetValue(p.Name, out var member)) return LowerElement(member, p, context);
                if (cls.IsEnum && p.Name == "values") return new Val(_p.ConstNode(_p.Constants.EnumValues(cls)), _program.Type("List", cls.ThisType));
                if (cls.Constructors.TryGetValue(p.Name == "new" ? "" : p.Name, out var constructor))
                    return ConstructorTearoff(constructor, null, context);
                // A member of the object that stands for the type.
                if (_program.Object.Class.Members.ContainsKey(p.Name)) return GetMember(LowerElement(cls, p, null), p.Name, p);
                throw Error(p, $"Member not found: '{p.Name}'.");
            case TypedefElement typedef:
                if (_scope.Resolve(new NamedTypeNode { Pos = p.Pos, Name = typedef.Name }) is InterfaceType aliased)
                    return LowerStaticProperty(typedef.Params.Count == 0 && aliased.Args.Length > 0 ? aliased : aliased.Class, p, context);
                throw Error(p, $"Member not found: '{p.Name}'.");
            case InterfaceType type:
                if (type.Class.Constructors.TryGetValue(p.Name == "new" ? "" : p.Name, out var instantiated))
                    return ConstructorTearoff(instantiated, type, context);
                throw Error(p, $"Member not found: '{p.Name}'.");
            default:
                throw Error(p, $"Member not found: '{p.Name}'.");
        }
    }

    private (ClassElement Extension, DartType[] Args, Val Receiver)? ExtensionOverride(Expr e)
    {
        if (e is not Call { Args.Items.Count: 1 } call) return null;
        var name = call.Target is Ident id && Lookup(id.Name) is null ? LookupNonLocal(id.Name, out _) : call.Target is PropertyGet { Target: Ident prefix } p && StaticTarget(prefix) is PrefixElement pe ? pe.Members.GetValueOrDefault(p.Name) : null;
        if (name is not ClassElement { Node.Kind: ClassKind.Extension } extension) return null;
        var receiver = Lower(call.Args.Items[0].Value, null);
        var args = call.TypeArgs is { } explicitArgs ? [.. explicitArgs.Select(_scope.Resolve)] : ExtensionArgs(extension, receiver.Type)
            ?? (TypeSystem.IsDynamic(receiver.Type) ? [.. extension.TypeParams.Select(_ => (DartType)SimpleType.Dynamic)] : throw Error(call, "The extension does not apply to this type."));
        return (extension, args, receiver);
    }

    private Val LowerCall(Call c, DartType? context)
    {
        var typeArgs = c.TypeArgs?.Select(_scope.Resolve).ToList();
        switch (c.Target)
        {
            case Super:
                return CallNamed(SuperReceiver(c), "call", c.Args, typeArgs, context, c, isSuper: true);
            case Ident id when Lookup(id.Name) is { } variable:
                return CallClosure(Read(variable, id), c.Args, typeArgs, context, c);
            case Ident id when _scope.LookupParam(id.Name) is null:
                var element = LookupNonLocal(id.Name, out var implicitThis);
                if (element is not null && !implicitThis)
                    return CallElement(element, c, typeArgs, context);
                if (implicitThis && PromotionKey(id) is { } promotedKey && Promoted(promotedKey) is not null)
                    return CallClosure(LowerIdent(id, null), c.Args, typeArgs, context, c);
                if (ThisPlace() is { } self && ThisType() is { } thisType)
                    return CallNamed(new Val(self, thisType), id.Name, c.Args, typeArgs, context, id);
                throw Error(id, element is null ? $"Method not found: '{id.Name}'." : $"Can't access '{id.Name}' here: there is no 'this'.");
            case PropertyGet p:
                if (p.Target is Super)
                {
                    CheckSuperMember(p.Name, p);
                    return CallNamed(SuperReceiver(c), p.Name, c.Args, typeArgs, context, p, isSuper: true);
                }

                if (StaticTarget(p.Target) is { } target)
                    return CallStaticTarget(target, p, c, typeArgs, context);
                if (ExtensionOverride(p.Target) is { } over)
                {
                    if (!over.Extension.Members.TryGetValue(p.Name, out var member)) throw Error(p, $"The extension has no member '{p.Name}'.");
                    return member.Kind == MemberKind.Method
                        ? CallExtension(member, over.Args, over.Receiver.Node, c.Args, typeArgs, context, c)
                        : CallClosure(GetExtension(member, over.Args, over.Receiver.Node, p), c.Args, typeArgs, context, c);
                }

                var receiver = LowerTarget(p.Target);
                if (p.NullAware) receiver = ShortOnNull(receiver);
                return CallNamed(receiver, p.Name, c.Args, typeArgs, context, p);
            case Instantiation when StaticTarget(c.Target) is InterfaceType type:
                return Construct(type.Class, type.Args, null, c.Args, context, c);
        }

        return CallClosure(LowerTarget(c.Target), c.Args, typeArgs, context, c);
    }

    private Val CallElement(object element, Call c, List<DartType>? typeArgs, DartType? context)
    {
        switch (element)
        {
            case Member { Kind: MemberKind.Method } method:
                return CallStatic(method, c.Args, typeArgs, context, c);
            case Member:
                return CallClosure(LowerElement(element, c, null), c.Args, typeArgs, context, c);
            case ClassElement { Node.Kind: ClassKind.Extension } extension:
                throw Error(c, $"The application of the extension '{extension.Name}' can't be used as an expression.");
            case ClassElement cls:
                return Construct(cls, typeArgs?.ToArray(), null, c.Args, context, c);
            case TypedefElement typedef when _scope.Resolve(new NamedTypeNode { Pos = c.Pos, Name = typedef.Name, Args = c.TypeArgs ?? [] }) is InterfaceType aliased:
                return Construct(aliased.Class, aliased.Args, null, c.Args, context, c);
            default:
                throw Error(c, "This can't be called.");
        }
    }

    private Val CallStaticTarget(object target, PropertyGet p, Call c, List<DartType>? typeArgs, DartType? context)
    {
        switch (target)
        {
            case PrefixElement { IsDeferred: true } when p.Name == "loadLibrary" && c.Args.Items.Count == 0:
                return new Val(CallCore("_loadLibrary"), _program.Type("Future", SimpleType.Dynamic));
            case PrefixElement prefix:
                if (!prefix.Members.TryGetValue(p.Name, out var element)) throw Error(p, $"Method not found: '{p.Name}'.");
                if (element is TypedefElement)
                    return _scope.Resolve(new NamedTypeNode { Pos = c.Pos, Prefix = prefix.Name, Name = p.Name, Args = c.TypeArgs ?? [] }) is InterfaceType t ? Construct(t.Class, t.Args, null, c.Args, context, c) : throw Error(c, "This can't be called.");
                return CallElement(element, c, typeArgs, context);
            case ClassElement cls:
                if (cls.Statics.TryGetValue(p.Name, out var member)) return CallElement(member, c, typeArgs, context);
                if (cls.Constructors.ContainsKey(p.Name == "new" ? "" : p.Name)) return Construct(cls, null, p.Name == "new" ? null : p.Name, c.Args, context, c);
                if (p.Name == "toString") return CallNamed(LowerElement(cls, p, null), p.Name, c.Args, typeArgs, context, p);
                throw Error(p, $"Method not found: '{cls.Name}.{p.Name}'.");
            case TypedefElement typedef when _scope.Resolve(TypeNodeOf(p.Target)!) is InterfaceType aliased:
                if (aliased.Class.Statics.ContainsKey(p.Name)) return CallStaticTarget(aliased.Class, p, c, typeArgs, context);
                return Construct(aliased.Class, typedef.Params.Count > 0 ? null : aliased.Args, p.Name == "new" ? null : p.Name, c.Args, context, c);
            case InterfaceType type:
                return Construct(type.Class, type.Args, p.Name == "new" ? null : p.Name, c.Args, context, c);
            default:
                throw Error(p, $"Method not found: '{p.Name}'.");
        }
    }

    private Val LowerNew(NewExpr n, DartType? context)
    {
        var (node, name) = SplitConstructorName(n.Type, n.Constructor, _scope);
        if (_scope.Resolve(node) is not InterfaceType { Nullable: false } type)
            throw Error(n, "This type can't be instantiated.");
        var typedefArgs = node.Args.Count > 0 || _scope.LookupTopLevel(node.Name) is TypedefElement { Params.Count: 0 } && type.Args.Length > 0;
        return Construct(type.Class, typedefArgs ? type.Args : null, name, n.Args, context, n, n.Const);
    }

    private Val LowerConditional(Conditional c, DartType? context)
    {
        var condition = LowerCondition(c.Condition, out var whenTrue, out var whenFalse);
        _flow = whenTrue;
        var then = Lower(c.Then, context);
        var afterThen = _flow;
        if (then.Node.IsNever) afterThen.IsReachable = false;
        _flow = whenFalse;
        var otherwise = Lower(c.Else, context);
        if (otherwise.Node.IsNever) _flow.IsReachable = false;
        _flow = Flow.Join(afterThen, _flow);
        return Merge(condition, then, otherwise, context, c);
    }

    private DartType MergedType(DartType a, DartType b, DartType? context)
    {
        var type = _types.Lub(a, b);
        if (context is not null && !context.HasUnknown && !TypeSystem.IsVoid(context) && !_types.IsSubtype(type, context) && _types.IsSubtype(a, context) && _types.IsSubtype(b, context)) return context;
        return type;
    }

    private Val Merge(Node condition, Val then, Val otherwise, DartType? context, Syntax.Node at)
    {
        var type = MergedType(then.Type, otherwise.Type, context);
        var repr = TypeSystem.IsVoid(type) ? WType.None : _p.ReprOf(type);
        return new Val(Node.If(condition, CoerceOrConvert(then, type, at), CoerceOrConvert(otherwise, type, at), repr), type);
    }

    private Node CoerceOrConvert(Val value, DartType type, Syntax.Node at) =>
        TypeSystem.IsVoid(type) ? Convert(value.Node, WType.None) : value.Type.Equals(type) || !_types.IsSubtype(value.Type, type) ? Convert(value.Node, _p.ReprOf(type)) : Coerce(value, type, at);

    private Val LowerIs(IsExpr i)
    {
        var node = LowerIsCondition(i, out var whenTrue, out var whenFalse);
        _flow = Flow.Join(whenTrue, whenFalse);
        return new Val(node, _program.Bool);
    }

    private Node LowerIsCondition(IsExpr i, out Flow whenTrue, out Flow whenFalse)
    {
        var value = Lower(i.Value, null);
        var type = _scope.Resolve(i.Type);
        var local = TempOf(value.Node, out var set);
        var test = Node.Seq(set, TypeTest(Node.Get(local), value.Type, type));
        whenTrue = _flow.Copy();
        whenFalse = _flow.Copy();
        var positive = i.Negated ? whenFalse : whenTrue;
        var negative = i.Negated ? whenTrue : whenFalse;
        if (PromotionKey(i.Value) is { } key && PromotedType(value.Type, type) is { } promoted)
            Promote(positive, key, promoted);
        if (PromotionKey(i.Value) is { } key2 && TypeSystem.IsNull(type)) Promote(negative, key2, TypeSystem.NonNull(value.Type));
        return i.Negated ? Node.Not(test) : test;
    }

    /// <summary>What a value of a type is known to be when it is an instance of another, or null where that tells nothing.</summary>
    private DartType? PromotedType(DartType current, DartType tested)
    {
        if (tested.Equals(current) || TypeSystem.IsTop(tested) && !TypeSystem.IsTop(current)) return null;
        if (_types.IsSubtype(tested, current) || TypeSystem.IsDynamic(current)) return tested;
        if (current is TypeParamType p && _types.IsSubtype(tested, p.Bound)) return new TypeParamType(p.Parameter, false, tested);
        if (TypeSystem.IsNullable(current) && _types.IsSubtype(TypeSystem.NonNull(current), tested)) return TypeSystem.NonNull(current);
        return null;
    }

    private Val LowerAs(AsExpr a)
    {
        var type = _scope.Resolve(a.Type);
        var value = Lower(a.Value, null);
        var key = PromotionKey(a.Value);
        var node = CheckedCast(value, type, a, explicitCast: true);
        if (key is not null && PromotedType(value.Type, type) is { } promoted) Promote(_flow, key, promoted);
        return new Val(node, type);
    }

    private Val LowerThrow(ThrowExpr t)
    {
        var value = Lower(t.Value, null);
        if (TypeSystem.IsNullable(value.Type) && !TypeSystem.IsDynamic(value.Type) && TypeSystem.IsVoid(value.Type)) throw Error(t, "Can't throw a value of type 'void'.");
        var node = Node.Throw(CallCore("_checkThrown", value.Node), CallCore("_captureStackTrace"));
        return new Val(node, SimpleType.Never);
    }

    private (LocalVariable Exception, LocalVariable Stack)? _caughtVariables;

    private Val LowerRethrow(Syntax.Node at)
    {
        if (_caughtVariables is not var (exception, stack)) throw Error(at, "'rethrow' can only be used in catch clauses.");
        return new Val(Node.Throw(ReadRaw(exception), ReadRaw(stack)), SimpleType.Never);
    }

    private (IrLocal Local, DartType Type)? _cascade;

    private Val LowerCascade(Cascade c, DartType? context)
    {
        var target = Lower(c.Target, context);
        var saved = _cascade;
        var local = TempOf(target.Node, out var set, "cascade");
        var type = target.Type;
        Node result;
        if (c.NullAware && TypeSystem.IsNullable(type) && local.Type.IsRef)
        {
            var nonNull = TypeSystem.NonNull(type);
            var inner = Temp(TypeSystem.IsDynamic(nonNull) ? local.Type : _p.ReprOf(nonNull), "cascade");
            var before = _flow.Copy();
            var body = new List<Node> { Node.Set(inner, Convert(Node.Get(local), inner.Type)) };
            _cascade = (inner, nonNull);
            body.AddRange(c.Sections.Select(s => Node.Drop(Lower(s, null).Node)));
            _flow = Flow.Join(before, _flow);
            result = Node.Seq(set, Node.If(Node.IsNull(Node.Get(local)), Node.Nop(), Node.Seq(body), WType.None), Node.Get(local));
        }
        else
        {
            _cascade = (local, type);
            result = Node.Seq([set, .. c.Sections.Select(s => Node.Drop(Lower(s, null).Node)), Node.Get(local)]);
        }

        _cascade = saved;
        return new Val(result, type);
    }

    private Val LowerRecord(RecordLit r, DartType? context)
    {
        var expected = context is RecordType rc && rc.Positional.Length == r.Fields.Count(f => f.Name is null) ? rc : null;
        var names = r.Fields.Where(f => f.Name is not null).Select(f => f.Name!).Order(StringComparer.Ordinal).ToList();
        var positional = r.Fields.Count(f => f.Name is null);
        var before = new List<Node>();
        var values = new Node[r.Fields.Count];
        var types = new DartType[r.Fields.Count];
        var position = 0;
        foreach (var (name, value) in r.Fields)
        {
            var index = name is null ? position++ : positional + names.IndexOf(name);
            var fieldContext = expected is null ? null : name is null ? expected.Positional[index] : expected.IndexOf(name) is >= 0 and var at ? expected.FieldType(at) : null;
            var lowered = Lower(value, fieldContext);
            types[index] = lowered.Type;
            if (fieldContext is not null && !fieldContext.HasUnknown && TypeSystem.IsDynamic(lowered.Type) && !TypeSystem.IsTop(fieldContext)) { lowered = new Val(Coerce(lowered, fieldContext, value), fieldContext); types[index] = fieldContext; }
            var local = TempOf(Convert(lowered.Node, _p.AnyRef), out var set, "field");
            before.Add(set);
            values[index] = Node.Get(local);
        }

        var type = new RecordType(types[..positional], [.. names.Select((n, i) => (n, types[positional + i]))]);
        if (type.Count == 0 && false) return default;
        var array = Node.Array(IrOp.ArrayNewFixed, _p.ObjectArray, WType.Ref(_p.ObjectArray), values);
        return new Val(Node.Seq([.. before, _p.NewCore("_Record", _p.RecordShape(type), array)]), type);
    }
}
