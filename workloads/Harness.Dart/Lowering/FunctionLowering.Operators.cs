using Harness.Dart.Ir;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Harness.Engine.Modules;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering;

/// <summary>Operators, conditions and assignments.</summary>
internal sealed partial class FunctionLowering
{
    private bool IsInt(DartType t) => t is InterfaceType { Nullable: false } i && i.Class == _program.Int.Class;

    private bool IsDouble(DartType t) => t is InterfaceType { Nullable: false } i && i.Class == _program.Double.Class;

    private bool IsBool(DartType t) => t is InterfaceType { Nullable: false } i && i.Class == _program.Bool.Class;

    private Val LowerBinary(Binary b, DartType? context)
    {
        switch (b.Op)
        {
            case "&&" or "||" or "==" or "!=":
                var condition = LowerCondition(b, out var whenTrue, out var whenFalse);
                _flow = Flow.Join(whenTrue, whenFalse);
                return new Val(condition, _program.Bool);
            case "??":
                return LowerIfNull(b, context);
        }

        if (b.Left is Super)
        {
            CheckSuperMember(b.Op, b);
            return CallNamed(SuperReceiver(b), b.Op, Args(b.Right), null, context, b, isSuper: true);
        }

        if (ExtensionOverride(b.Left) is { } over && over.Extension.Members.TryGetValue(b.Op, out var ofExtension))
            return CallExtension(ofExtension, over.Args, over.Receiver.Node, Args(b.Right), null, context, b);
        // A numeric context reaches the operands, so that 1 + x may be a double.
        var leftContext = IsDoubleContext(context) && b.Op is "+" or "-" or "*" or "%" && IsDoubleContext(context) && IsNumericLiteral(b.Left) ? null : null as DartType;
        var left = Lower(b.Left, leftContext);
        return BinaryOp(left, b.Op, b.Right, context, b);
    }

    private bool IsDoubleContext(DartType? context) => context is InterfaceType { Nullable: false } i && i.Class == _program.Double.Class;

    private static bool IsNumericLiteral(Expr e) => Unparen(e) is IntLit;

    private Val BinaryOp(Val left, string op, Expr rightExpr, DartType? context, Syntax.Node at)
    {
        if (TypeSystem.IsNever(left.Type)) return left;
        if (IsInt(left.Type) || IsDouble(left.Type))
        {
            var isIntLeft = IsInt(left.Type);
            // The right operand of a double is a double where it is a literal; an int's is what the context wants.
            DartType? rightContext = isIntLeft ? (context is not null && op is "+" or "-" or "*" or "%" && IsDoubleContext(context) ? _program.Double : op is "+" or "-" or "*" or "%" && context is not null && IsInt(context) ? _program.Int : _program.Num) : op is "&" or "|" ? null : _program.Double;
            if (!isIntLeft && Unparen(rightExpr) is not IntLit and not Unary { Op: "-" }) rightContext = _program.Num;
            var right = Lower(rightExpr, rightContext);
            if (NumericOp(left, op, right) is { } fast) return fast;
            return CallOperator(left, op, right, at);
        }

        if (FindMember(left.Type, op) is not null || TypeSystem.IsDynamic(left.Type) || FindExtension(left.Type, op) is not null)
        {
            var args = Args(rightExpr);
            var result = CallNamed(left, op, args, null, context, at);
            // num's operators give int or double where both sides tell.
            return result;
        }

        throw Error(at, left.Type.Nullable
            ? $"Operator '{op}' cannot be called on '{left.Type}' because it is potentially null."
            : $"The operator '{op}' isn't defined for the type '{left.Type}'.");
    }

    private Val CallOperator(Val left, string op, Val right, Syntax.Node at)
    {
        if (FindMember(left.Type, op) is not var (member, owner) || member is null)
        {
            if (FindExtension(left.Type, op) is { } ext)
            {
                var f = _p.StaticFunction(ext.Member);
                var sig = (FunctionType)_p.Signatures.Of(ext.Member).Substitute(MapOf(ext.Member.Owner!.TypeParams, ext.Args));
                return new Val(Narrowed(Node.Call(f, [.. ext.Args.Select(TypeNode), Convert(left.Node, f.Params[ext.Args.Length].Type), Convert(Coerce(right, sig.Required[0], at), f.Params[ext.Args.Length + 1].Type)]), f.Result, sig.Result), sig.Result);
            }

            throw Error(at, $"The operator '{op}' isn't defined for the type '{left.Type}'.");
        }

        var signature = (FunctionType)_p.Signatures.Of(member).Substitute(owner!.Map());
        var bound = new Bound { Signature = signature };
        bound.Positional.Add(new Val(Coerce(right, signature.Required[0], at), signature.Required[0]));
        var result = Invoke(left, member, bound, at, isSuper: false);
        if (IsInt(left.Type) && op is "+" or "-" or "*" or "%" or "~/" && IsInt(left.Type) && right.Type is InterfaceType r)
        {
            if (IsInt(r) && op != "/") return new Val(Convert(result.Node, WType.I64), _program.Int);
            if (IsDouble(r) && op != "~/") return new Val(Convert(result.Node, WType.F64), _program.Double);
        }

        return result;
    }

    private Val? NumericOp(Val left, string op, Val right)
    {
        var intInt = IsInt(left.Type) && IsInt(right.Type);
        if (intInt)
        {
            Val Int(Opcode opcode) => new(Node.Numeric(opcode, WType.I64, left.Node, right.Node), _program.Int);
            Val Bool(Opcode opcode) => new(Node.Numeric(opcode, WType.I32, left.Node, right.Node), _program.Bool);
            switch (op)
            {
                case "+": return Int(Opcode.I64Add);
                case "-": return Int(Opcode.I64Sub);
                case "*": return Int(Opcode.I64Mul);
                case "&": return Int(Opcode.I64And);
                case "|": return Int(Opcode.I64Or);
                case "^": return Int(Opcode.I64Xor);
                case "<": return Bool(Opcode.I64LtS);
                case "<=": return Bool(Opcode.I64LeS);
                case ">": return Bool(Opcode.I64GtS);
                case ">=": return Bool(Opcode.I64GeS);
                case "<<" or ">>" or ">>>":
                    if (right.Node is { Op: IrOp.I64, Number: >= 0 and < 64 })
                        return Int(op switch { "<<" => Opcode.I64Shl, ">>" => Opcode.I64ShrS, _ => Opcode.I64ShrU });
                    return new Val(CallCore(op switch { "<<" => "_shiftLeft", ">>" => "_shiftRight", _ => "_shiftRightUnsigned" }, left.Node, right.Node), _program.Int);
                case "~/":
                    if (right.Node is { Op: IrOp.I64, Number: not (0 or -1) }) return Int(Opcode.I64DivS);
                    return new Val(CallCore("_truncatingDivide", left.Node, right.Node), _program.Int);
                case "%":
                    if (right.Node is { Op: IrOp.I64, Number: > 0 } && (right.Node.Number & (right.Node.Number - 1)) == 0)
                        return new Val(Node.Numeric(Opcode.I64And, WType.I64, left.Node, Node.I64(right.Node.Number - 1)), _program.Int);
                    return new Val(CallCore("_modulo", left.Node, right.Node), _program.Int);
                case "/":
                    return new Val(Node.Numeric(Opcode.F64Div, WType.F64, ToDouble(left), ToDouble(right)), _program.Double);
            }

            return null;
        }

        if ((IsDouble(left.Type) || IsInt(left.Type)) && (IsDouble(right.Type) || IsInt(right.Type)))
        {
            Val Double(Opcode opcode) => new(Node.Numeric(opcode, WType.F64, ToDouble(left), ToDouble(right)), _program.Double);
            Val Bool(Opcode opcode) => new(Node.Numeric(opcode, WType.I32, ToDouble(left), ToDouble(right)), _program.Bool);
            switch (op)
            {
                case "+": return Double(Opcode.F64Add);
                case "-": return Double(Opcode.F64Sub);
                case "*": return Double(Opcode.F64Mul);
                case "/": return Double(Opcode.F64Div);
                case "<": return Bool(Opcode.F64Lt);
                case "<=": return Bool(Opcode.F64Le);
                case ">": return Bool(Opcode.F64Gt);
                case ">=": return Bool(Opcode.F64Ge);
                case "%": return new Val(CallCore("_moduloDouble", ToDouble(left), ToDouble(right)), _program.Double);
            }
        }

        return null;
    }

    private Node ToDouble(Val v) => v.Node.Type == WType.I64 ? v.Node.Op == IrOp.I64 ? Node.F64(v.Node.Number) : Node.Numeric(Opcode.F64ConvertI64S, WType.F64, v.Node) : Convert(v.Node, WType.F64);

    private Val LowerUnary(Unary u, DartType? context)
    {
        switch (u.Op)
        {
            case "!":
                var condition = LowerCondition(u.Operand, out var whenTrue, out var whenFalse);
                _flow = Flow.Join(whenTrue, whenFalse);
                return new Val(Node.Not(condition), _program.Bool);
            case "-" when u.Operand is IntLit literal:
                return LowerInt(literal, context, negative: true) is var v && v.Node.Op == IrOp.F64 && v.Node.Number == 0 ? v with { Node = Node.F64(-0.0) } : v;
            case "-" when u.Operand is DoubleLit d:
                return new Val(Node.F64(-d.Value), _program.Double);
        }

        var name = u.Op == "-" ? "unary-" : u.Op;
        if (u.Operand is Super) return CallNamed(SuperReceiver(u), name, NoArguments, null, context, u, isSuper: true);
        if (ExtensionOverride(u.Operand) is { } over && over.Extension.Members.TryGetValue(name, out var ofExtension))
            return CallExtension(ofExtension, over.Args, over.Receiver.Node, NoArguments, null, context, u);
        var value = Lower(u.Operand, context);
        if (IsInt(value.Type))
        {
            return u.Op == "-"
                ? new Val(Node.Numeric(Opcode.I64Sub, WType.I64, Node.I64(0), value.Node), _program.Int)
                : new Val(Node.Numeric(Opcode.I64Xor, WType.I64, value.Node, Node.I64(-1)), _program.Int);
        }

        if (IsDouble(value.Type) && u.Op == "-") return new Val(Node.Numeric(Opcode.F64Neg, WType.F64, value.Node), _program.Double);
        return CallNamed(value, name, NoArguments, null, context, u);
    }

    private Val LowerIfNull(Binary b, DartType? context)
    {
        var left = Lower(b.Left, context?.WithNullable(true));
        if (!left.Node.Type.IsRef || !TypeSystem.IsNullable(left.Type))
        {
            // The right side is never evaluated, but it has its type.
            var before = _flow.Copy();
            _ = Lower(b.Right, context);
            _flow = before;
            return left;
        }

        var local = TempOf(left.Node, out var set);
        var saved = _flow.Copy();
        var right = Lower(b.Right, context ?? left.Type);
        if (right.Node.IsNever) { _flow = saved; if (PromotionKey(b.Left) is { } key) Promote(_flow, key, TypeSystem.NonNull(left.Type)); }
        else _flow = Flow.Join(saved, _flow);
        var nonNull = TypeSystem.NonNull(left.Type);
        var type = MergedType(nonNull, right.Type, context);
        var repr = TypeSystem.IsVoid(type) ? WType.None : _p.ReprOf(type);
        var kept = Convert(Node.Get(local), repr);
        return new Val(Node.Seq(set, Node.If(Node.IsNull(Node.Get(local)), CoerceOrConvert(right, type, b), kept, repr)), type);
    }

    /// <summary>A boolean expression as an i32, with what is known where it is true and where it is false.</summary>
    private Node LowerCondition(Expr e, out Flow whenTrue, out Flow whenFalse)
    {
        switch (e)
        {
            case Paren p: return LowerCondition(p.Value, out whenTrue, out whenFalse);
            case Unary { Op: "!" } u: return Node.Not(LowerCondition(u.Operand, out whenFalse, out whenTrue));
            case IsExpr i: return LowerIsCondition(i, out whenTrue, out whenFalse);
            case Binary { Op: "&&" } b:
            {
                var left = LowerCondition(b.Left, out var leftTrue, out var leftFalse);
                _flow = leftTrue;
                var right = LowerCondition(b.Right, out whenTrue, out var rightFalse);
                whenFalse = Flow.Join(leftFalse, rightFalse);
                return Node.If(left, right, Node.I32(0), WType.I32);
            }

            case Binary { Op: "||" } b:
            {
                var left = LowerCondition(b.Left, out var leftTrue, out var leftFalse);
                _flow = leftFalse;
                var right = LowerCondition(b.Right, out var rightTrue, out whenFalse);
                whenTrue = Flow.Join(leftTrue, rightTrue);
                return Node.If(left, Node.I32(1), right, WType.I32);
            }

            case Binary { Op: "==" or "!=" } b:
            {
                var node = LowerEquals(b, out whenTrue, out whenFalse);
                if (b.Op == "==") return node;
                (whenTrue, whenFalse) = (whenFalse, whenTrue);
                return Node.Not(node);
            }

            case BoolLit b:
                whenTrue = _flow.Copy();
                whenFalse = _flow.Copy();
                if (b.Value) whenFalse.IsReachable = false;
                else whenTrue.IsReachable = false;
                return Node.I32(b.Value ? 1 : 0);
            default:
                var value = Lower(e, _program.Bool);
                whenTrue = _flow;
                whenFalse = _flow.Copy();
                if (TypeSystem.IsNever(value.Type)) return value.Node;
                return Coerce(value, _program.Bool, e);
        }
    }

    private Node LowerEquals(Binary b, out Flow whenTrue, out Flow whenFalse)
    {
        if (b.Left is Super)
        {
            var self = SuperReceiver(b);
            var superResult = CallNamed(self, "==", Args(b.Right), null, null, b, isSuper: true);
            whenTrue = _flow.Copy();
            whenFalse = _flow;
            return Convert(superResult.Node, WType.I32);
        }

        var left = Lower(b.Left, null);
        var leftKey = PromotionKey(b.Left);
        if (Unparen(b.Right) is NullLit)
        {
            whenTrue = _flow;
            whenFalse = _flow.Copy();
            if (leftKey is not null && TypeSystem.IsNullable(left.Type)) Promote(whenFalse, leftKey, TypeSystem.NonNull(left.Type));
            return left.Node.Type.IsRef ? Node.IsNull(left.Node) : Node.Seq(Node.Drop(left.Node), Node.I32(0));
        }

        var right = Lower(b.Right, null);
        whenTrue = _flow;
        whenFalse = _flow.Copy();
        if (TypeSystem.IsNull(left.Type) && PromotionKey(b.Right) is { } rightKey && TypeSystem.IsNullable(right.Type))
            Promote(whenFalse, rightKey, TypeSystem.NonNull(right.Type));
        return EqualsNode(left, right);
    }

    private Node EqualsNode(Val left, Val right)
    {
        if (left.Node.IsNever) return left.Node;
        if (IsInt(left.Type) && IsInt(right.Type)) return Node.Numeric(Opcode.I64Eq, WType.I32, left.Node, right.Node);
        if (left.Node.Type.Kind is WKind.I64 or WKind.F64 && right.Node.Type.Kind is WKind.I64 or WKind.F64) return Node.Numeric(Opcode.F64Eq, WType.I32, ToDouble(left), ToDouble(right));
        if (left.Node.Type == WType.I32 && right.Node.Type == WType.I32) return Node.Numeric(Opcode.I32Eq, WType.I32, left.Node, right.Node);
        if (TypeSystem.IsNull(right.Type)) return left.Node.Type.IsRef ? Node.Seq(Node.Drop(right.Node), Node.IsNull(left.Node)) is var n && right.Node.Op == IrOp.RefNull ? Node.IsNull(left.Node) : n : Node.Seq(Node.Drop(left.Node), Node.Drop(right.Node), Node.I32(0));
        if (TypeSystem.IsNull(left.Type) && left.Node.Op == IrOp.RefNull) return right.Node.Type.IsRef ? Node.IsNull(right.Node) : Node.Seq(Node.Drop(right.Node), Node.I32(0));
        // An enum's values are equal where they are the same object, and so are those of a class without its own '=='.
        if (TypeSystem.NonNull(left.Type) is InterfaceType { Class.IsEnum: true } or InterfaceType { Class.Name: "Type", Class.Library.IsCore: true, Nullable: true } && left.Node.Type.IsRef && right.Node.Type.IsRef && TypeSystem.NonNull(left.Type) is InterfaceType { Class.IsEnum: true })
            return Node.RefEq(left.Node, right.Node);
        var member = FindMember(TypeSystem.NonNull(left.Type), "==");
        var selector = _p.SelectorOf(member!.Value.Member);
        var l = TempOf(Convert(left.Node, left.Node.Type.IsRef ? left.Node.Type : _p.AnyRef), out var setLeft, "left");
        var r = TempOf(Convert(right.Node, right.Node.Type.IsRef ? right.Node.Type : _p.AnyRef), out var setRight, "right");
        var call = CallSelector(new Val(Node.Get(l), TypeSystem.NonNull(left.Type)), member.Value.Member, selector, [Convert(r.Type.Nullable ? Node.NonNull(Node.Get(r)) : Node.Get(r), selector.Params[0].Type)], isSuper: false);
        Node result = Convert(call, WType.I32);
        if (r.Type.Nullable) result = Node.If(Node.IsNull(Node.Get(r)), Node.I32(0), result, WType.I32);
        if (l.Type.Nullable) result = Node.If(Node.IsNull(Node.Get(l)), r.Type.Nullable ? Node.IsNull(Node.Get(r)) : Node.I32(0), result, WType.I32);
        return Node.Seq(setLeft, setRight, result);
    }

    // Assignments.

    /// <summary>Something that can be assigned: its parts are in variables, so that it can be read and written once each.</summary>
    private sealed class Place2
    {
        public List<Node> Before { get; } = [];
        public required Func<Val> Read { get; init; }

        /// <summary>Makes the node that writes a value, given in the write type's representation.</summary>
        public required Func<Node, Node> Write { get; init; }
        public required DartType WriteType { get; init; }
        public object? Key { get; set; }
        public DartType? Declared { get; set; }
    }

    private Place2 LowerPlace(Expr target)
    {
        switch (target)
        {
            case Ident id: return IdentPlace(id);
            case PropertyGet { Target: Super } p:
                CheckSuperMember(p.Name + "=", p);
                return MemberPlace(SuperReceiver(p), p.Name, p, isSuper: true);
            case PropertyGet p when StaticTarget(p.Target) is { } holder:
                return StaticPlace(holder, p);
            case PropertyGet p when ExtensionOverride(p.Target) is { } over:
            {
                over.Extension.Members.TryGetValue(p.Name + "=", out var setter);
                if (setter is null) throw Error(p, $"The setter '{p.Name}' isn't defined.");
                var local2 = TempOf(over.Receiver.Node, out var set2);
                var place2 = new Place2
                {
                    WriteType = SetterType(setter).Substitute(MapOf(over.Extension.TypeParams, over.Args)),
                    Read = () => GetExtension(over.Extension.Members[p.Name], over.Args, Node.Get(local2), p),
                    Write = v => CallSetterExtension(setter, over.Args, Node.Get(local2), v),
                };
                place2.Before.Add(set2);
                return place2;
            }

            case PropertyGet p:
                var receiver = LowerTarget(p.Target);
                if (p.NullAware) receiver = ShortOnNull(receiver);
                return MemberPlace(receiver, p.Name, p, isSuper: false);
            case IndexExpr i:
                var isSuper = i.Target is Super;
                var container = isSuper ? SuperReceiver(i) : LowerTarget(i.Target);
                if (i.NullAware) container = ShortOnNull(container);
                var local = TempOf(container.Node, out var set, "container");
                var parameterType = FindMember(container.Type, "[]=") is var (m, o) && m is not null
                    ? (FunctionType)_p.Signatures.Of(m).Substitute(o!.Map())
                    : FindExtension(container.Type, "[]=") is { } ext ? (FunctionType)_p.Signatures.Of(ext.Member).Substitute(MapOf(ext.Member.Owner!.TypeParams, ext.Args))
                    : TypeSystem.IsDynamic(container.Type) ? new FunctionType([], [SimpleType.Dynamic, SimpleType.Dynamic], [], [], SimpleType.Void)
                    : throw Error(i, $"The operator '[]=' isn't defined for the type '{container.Type}'.");
                var indexValue = Lower(i.Index, parameterType.Required[0]);
                var indexNode = Coerce(indexValue, parameterType.Required[0], i.Index);
                var index = TempOf(indexNode, out var setIndex, "index");
                var place = new Place2
                {
                    WriteType = parameterType.Required[1],
                    Read = () => CallWithValues(container with { Node = Node.Get(local) }, "[]", [new Val(Node.Get(index), parameterType.Required[0])], i, isSuper),
                    Write = v => CallWithValues(container with { Node = Node.Get(local) }, "[]=", [new Val(Node.Get(index), parameterType.Required[0]), new Val(v, parameterType.Required[1])], i, isSuper).Node,
                };
                place.Before.Add(set);
                place.Before.Add(setIndex);
                return place;
            case Paren p: return LowerPlace(p.Value);
            default: throw Error(target, "Can't assign to this.");
        }
    }

    /// <summary>Calls a method with values that are already lowered.</summary>
    private Val CallWithValues(Val receiver, string name, Val[] values, Syntax.Node at, bool isSuper = false)
    {
        if (FindMember(receiver.Type, name) is var (member, owner) && member is not null && !owner!.Class.IsExtensionType)
        {
            var signature = (FunctionType)_p.Signatures.Of(member).Substitute(owner!.Map());
            var bound = new Bound { Signature = signature };
            for (var i = 0; i < values.Length; i++) bound.Positional.Add(new Val(Coerce(values[i], signature.Positional(i), at), signature.Positional(i)));
            return Invoke(receiver, member, bound, at, isSuper);
        }

        if (TypeSystem.IsDynamic(receiver.Type))
            return new Val(_p.DynamicCall(name, DynamicKind.Call, Convert(receiver.Node, _p.AnyRef), null, [.. values.Select(v => Convert(v.Node, _p.AnyRef))], []), SimpleType.Dynamic);
        (Member Member, DartType[] Args)? extension = FindMember(receiver.Type, name) is var (em, eo) && em is not null ? (em, eo!.Args) : FindExtension(receiver.Type, name);
        if (extension is { } ext)
        {
            var signature = (FunctionType)_p.Signatures.Of(ext.Member).Substitute(MapOf(ext.Member.Owner!.TypeParams, ext.Args));
            var function = _p.StaticFunction(ext.Member);
            var nodes = ext.Args.Select(TypeNode).ToList();
            nodes.Add(Convert(receiver.Node, function.Params[nodes.Count].Type));
            foreach (var v in values) nodes.Add(Convert(Coerce(v, signature.Positional(nodes.Count - ext.Args.Length - 1), at), function.Params[nodes.Count].Type));
            return new Val(Narrowed(Node.Call(function, [.. nodes]), function.Result, signature.Result), signature.Result);
        }

        throw Error(at, $"The method '{name}' isn't defined for the type '{receiver.Type}'.");
    }

    private Place2 MemberPlace(Val receiver, string name, Syntax.Node at, bool isSuper)
    {
        var local = TempOf(receiver.Node, out var set, "receiver");
        var self = receiver with { Node = Node.Get(local) };
        var place = new Place2
        {
            WriteType = SetterTypeOf(receiver.Type, name, at),
            Read = () => GetMember(self, name, at, isSuper),
            Write = v => SetMember(self, name, v, at, isSuper),
        };
        place.Before.Add(set);
        return place;
    }

    private Place2 IdentPlace(Ident id)
    {
        if (Lookup(id.Name) is { } variable)
        {
            if (variable.FunctionType is not null || variable.Constant is not null) throw Error(id, $"Can't assign to '{id.Name}'.");
            if (variable.IsFinal && !(variable.IsLate && variable.LateInit is null) && !variable.IsUnassignedFinal) throw Error(id, $"Can't assign to the final variable '{id.Name}'.");
            return new Place2
            {
                Key = CanPromote(variable) ? variable : null,
                Declared = variable.Type,
                WriteType = variable.Type,
                Read = () => Read(variable, id),
                Write = v => WriteVariable(variable, v),
            };
        }

        var setter = LookupNonLocal(id.Name + "=", out var implicitThis);
        var getter = LookupNonLocal(id.Name, out var implicitGetter);
        if (setter is Member s && !implicitThis)
        {
            return new Place2
            {
                WriteType = SetterType(s),
                Read = () => getter is not null && !implicitGetter ? LowerElement(getter, id, null) : LowerIdent(id, null),
                Write = v => WriteStatic(s, v, id),
            };
        }

        if (ThisPlace() is { } self && ThisType() is { } type && (setter is not null || getter is null || implicitGetter))
            return MemberPlace(new Val(self, type), id.Name, id, isSuper: false);
        if (getter is null) throw Error(id, $"Setter not found: '{id.Name}'.");
        throw Error(id, $"Can't assign to '{id.Name}': it is final or no variable.");
    }

    private Place2 StaticPlace(object holder, PropertyGet p)
    {
        object? setter = holder switch
        {
            PrefixElement prefix => prefix.Members.GetValueOrDefault(p.Name + "="),
            ClassElement cls => cls.Statics.GetValueOrDefault(p.Name + "="),
            TypedefElement when _scope.Resolve(TypeNodeOf(p.Target)!) is InterfaceType t => t.Class.Statics.GetValueOrDefault(p.Name + "="),
            _ => null,
        };
        if (setter is not Member member) throw Error(p, $"Setter not found: '{p.Name}'.");
        return new Place2
        {
            WriteType = SetterType(member),
            Read = () => LowerStaticProperty(holder, p, null),
            Write = v => WriteStatic(member, v, p),
        };
    }

    private Node WriteStatic(Member member, Node value, Syntax.Node at)
    {
        if (member.Kind == MemberKind.Setter)
        {
            var function = _p.StaticFunction(member);
            return Node.Call(function, Convert(value, function.Params[0].Type));
        }

        var variable = _p.Variable(member);
        if (member.Field is { Final: true, Late: true })
        {
            var check = variable.Flag is { } f ? Node.Get(f) : Node.Not(Node.IsNull(Node.Get(variable.Global)));
            return Node.Seq(Node.If(check, Node.Seq(CallCore("_throwLateAlreadyInitialized", StringConst(member.Name)), Node.Unreachable()), null, WType.None), Node.Set(variable.Global, Convert(value, variable.Global.Type)), variable.Flag is { } g ? Node.Set(g, Node.I32(1)) : Node.Nop());
        }

        var set = Node.Set(variable.Global, Convert(value, variable.Global.Type));
        return variable.Flag is { } flag ? Node.Seq(set, Node.Set(flag, Node.I32(1))) : set;
    }

    private Node WriteVariable(LocalVariable variable, Node value)
    {
        value = Convert(value, variable.Repr);
        Node Raw(Node v) => variable.Cell is { } cell ? Node.SetField(cell, 0, Place(variable), v) : Node.Set(variable.Local!, v);
        if (variable is { IsLate: true, IsFinal: true })
        {
            var current = ReadRaw(variable);
            var unset = UsesNullForUninitialized(variable.Type) ? Node.IsNull(current) : Node.RefEq(current, Node.Get(_p.SentinelGlobal));
            var temp = TempOf(value, out var set);
            return Node.Seq(set, Node.If(unset, Node.Nop(), Node.Seq(CallCore("_throwLateAlreadyInitialized", StringConst(variable.Name)), Node.Unreachable()), WType.None), Raw(Node.Get(temp)));
        }

        return Raw(value);
    }

    private void PromoteOnWrite(Place2 place, DartType valueType)
    {
        if (place.Key is null || place.Declared is null) return;
        _flow.Promoted.Remove(place.Key);
        // What is assigned tells the type where the variable's own is wider but null.
        if (TypeSystem.IsNullable(place.Declared) && !TypeSystem.IsNullable(valueType) && !TypeSystem.IsDynamic(place.Declared) && _types.IsSubtype(valueType, TypeSystem.NonNull(place.Declared)) && !TypeSystem.IsTop(place.Declared))
            Promote(_flow, place.Key, TypeSystem.NonNull(place.Declared));
    }

    private Val LowerAssign(Assign a, DartType? context)
    {
        var place = LowerPlace(a.Target);
        if (a.Op is null)
        {
            var value = Lower(a.Value, place.WriteType);
            var node = Coerce(value, place.WriteType, a.Value);
            var type = TypeSystem.IsDynamic(value.Type) ? place.WriteType : value.Type;
            PromoteOnWrite(place, type);
            var repr = _p.ReprOf(place.WriteType);
            if (TypeSystem.IsVoid(place.WriteType)) type = place.WriteType;
            var local = TempOf(Convert(node, repr), out var set, "value");
            return new Val(Node.Seq([.. place.Before, set, Node.Drop(place.Write(Node.Get(local))), Narrow(Node.Get(local), type)]), type);
        }

        if (a.Op == "??")
        {
            var current = place.Read();
            if (!current.Node.Type.IsRef || !TypeSystem.IsNullable(current.Type)) return new Val(Node.Seq([.. place.Before, current.Node]), current.Type);
            var old = TempOf(current.Node, out var setOld, "old");
            var before = _flow.Copy();
            var value = Lower(a.Value, place.WriteType);
            var coerced = Coerce(value, place.WriteType, a.Value);
            var type = MergedType(TypeSystem.NonNull(current.Type), value.Type, context);
            _flow = Flow.Join(before, _flow);
            PromoteOnWrite(place, type);
            var repr = _p.ReprOf(type);
            var local = TempOf(Convert(coerced, _p.ReprOf(place.WriteType)), out var set, "value");
            var assign = Node.Seq(set, Node.Drop(place.Write(Node.Get(local))), Convert(Node.Get(local), repr));
            return new Val(Node.Seq([.. place.Before, setOld, Node.If(Node.IsNull(Node.Get(old)), assign, Convert(Node.Get(old), repr), repr)]), type);
        }

        {
            var current = place.Read();
            var value = BinaryOp(current, a.Op, a.Value, place.WriteType, a);
            return Store(place, value, a);
        }
    }

    private Val Store(Place2 place, Val value, Syntax.Node at)
    {
        var node = Coerce(value, place.WriteType, at);
        PromoteOnWrite(place, value.Type);
        var local = TempOf(Convert(node, _p.ReprOf(place.WriteType)), out var set, "value");
        var type = TypeSystem.IsDynamic(value.Type) ? place.WriteType : value.Type;
        return new Val(Node.Seq([.. place.Before, set, Node.Drop(place.Write(Node.Get(local))), Narrow(Node.Get(local), type)]), type);
    }

    private Val LowerUpdate(Update u)
    {
        var place = LowerPlace(u.Target);
        var current = place.Read();
        if (TypeSystem.IsNullable(current.Type) && !TypeSystem.IsDynamic(current.Type))
            throw Error(u, $"Operator '{u.Op[..1]}' cannot be called on '{current.Type}' because it is potentially null.");
        var old = TempOf(current.Node, out var setOld, "old");
        var one = IsDouble(current.Type) ? new Val(Node.F64(1), _program.Double) : new Val(Node.I64(1), _program.Int);
        var left = current with { Node = Node.Get(old) };
        var op = u.Op == "++" ? "+" : "-";
        var value = NumericOp(left, op, one) ?? (TypeSystem.IsDynamic(current.Type) ? CallWithValues(left, op, [one], u) : CallOperator(left, op, one, u));
        var node = Coerce(value, place.WriteType, u);
        PromoteOnWrite(place, value.Type);
        var local = TempOf(Convert(node, _p.ReprOf(place.WriteType)), out var set, "value");
        var result = u.Prefix ? Narrow(Node.Get(local), value.Type) : Node.Get(old);
        return new Val(Node.Seq([.. place.Before, setOld, set, Node.Drop(place.Write(Node.Get(local))), result]), u.Prefix ? value.Type : current.Type);
    }
}
