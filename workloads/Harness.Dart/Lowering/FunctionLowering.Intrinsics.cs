using Harness.Dart.Ir;
using Harness.Dart.Semantics;
using Harness.Engine.Modules;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering;

/// <summary>What the core library declares external: operations of the target and of the host.</summary>
internal sealed partial class FunctionLowering
{
    private static Node ToI32(Node value) => value.Op == IrOp.I64 ? Node.I32((int)value.Number) : Node.Numeric(Opcode.I32WrapI64, WType.I32, value);

    private static Node ToI64(Node value) => Node.Numeric(Opcode.I64ExtendI32S, WType.I64, value);

    /// <summary>The operation that an external member stands for, or null where there is none.</summary>
    private Node? Intrinsic(Member member, Val? receiver, Bound bound, Syntax.Node at)
    {
        if (!member.Library.IsCore) return null;
        Node Arg(int i) => bound.Positional[i]!.Value.Node;
        Node Self() => Convert(receiver!.Value.Node, _p.ReprOf(member.Owner!.ThisType));
        var name = member.FullName;
        if (member.Owner is { } owner && owner.Name.StartsWith("Wasm", StringComparison.Ordinal)) return ArrayIntrinsic(member, owner, receiver, bound);
        Node F(Opcode opcode) => Node.Numeric(opcode, WType.F64, [.. Enumerable.Range(0, bound.Positional.Count).Select(i => Convert(Arg(i), WType.F64))]);
        switch (name)
        {
            case "double.toInt" or "double.truncate": return CallCore("_doubleToInt", Self());
            case "double.floorToDouble": return Node.Numeric(Opcode.F64Floor, WType.F64, Self());
            case "double.ceilToDouble": return Node.Numeric(Opcode.F64Ceil, WType.F64, Self());
            case "double.truncateToDouble": return Node.Numeric(Opcode.F64Trunc, WType.F64, Self());
            case "double.abs": return Node.Numeric(Opcode.F64Abs, WType.F64, Self());
            case "int.toDouble": return Node.Numeric(Opcode.F64ConvertI64S, WType.F64, Self());
            case "int._$coreclz": return Node.Numeric(Opcode.I64Clz, WType.I64, Self());
            case "identical": return IdenticalNode(bound.Positional[0]!.Value, bound.Positional[1]!.Value);
            case "_$coresameReference": return Node.RefEq(Convert(Arg(0), _p.AnyRef), Convert(Arg(1), _p.AnyRef));
            case "_$coreshl": return Node.Numeric(Opcode.I64Shl, WType.I64, Arg(0), Arg(1));
            case "_$coreshr": return Node.Numeric(Opcode.I64ShrS, WType.I64, Arg(0), Arg(1));
            case "_$coreushr": return Node.Numeric(Opcode.I64ShrU, WType.I64, Arg(0), Arg(1));
            case "_$corediv": return Node.Numeric(Opcode.I64DivS, WType.I64, Arg(0), Arg(1));
            case "_$corerem": return Node.Numeric(Opcode.I64RemS, WType.I64, Arg(0), Arg(1));
            case "_$coreult": return Node.Numeric(Opcode.I64LtU, WType.I32, Arg(0), Arg(1));
            case "_$coreudiv": return Node.Numeric(Opcode.I64DivU, WType.I64, Arg(0), Arg(1));
            case "_$coretruncate": return Node.Numeric(Opcode.I64TruncSatF64S, WType.I64, Arg(0));
            case "_$coredoubleBits": return Node.Numeric(Opcode.I64ReinterpretF64, WType.I64, Arg(0));
            case "_$corebitsDouble": return Node.Numeric(Opcode.F64ReinterpretI64, WType.F64, Arg(0));
            case "_$corefloatBits": return ToI64(Node.Numeric(Opcode.I32ReinterpretF32, WType.I32, Node.Numeric(Opcode.F32DemoteF64, WType.F32, Arg(0))));
            case "_$corebitsFloat": return Node.Numeric(Opcode.F64PromoteF32, WType.F64, Node.Numeric(Opcode.F32ReinterpretI32, WType.F32, ToI32(Arg(0))));
            case "_$corefround": return Node.Numeric(Opcode.F64PromoteF32, WType.F64, Node.Numeric(Opcode.F32DemoteF64, WType.F32, Arg(0)));
            case "_$coresqrt": return F(Opcode.F64Sqrt);
            case "_$corefmin": return F(Opcode.F64Min);
            case "_$corefmax": return F(Opcode.F64Max);
            case "_$coreclassId":
            {
                var value = Convert(Arg(0), _p.TopRef);
                return ToI64(_p.Header.ClassIdOf(value));
            }

            case "_$coreclassIdOf":
                return Node.I64(bound.TypeArgs[0] is InterfaceType t ? t.Class.ClassId : -1);
            case "_$coreboundsChecked": return Node.I32(_p.Options.Bounds == CheckKind.Checked ? 1 : 0);
            case "_$coretypeOf": return TypeNode(bound.TypeArgs[0]);
            case "_$coretypeArguments": return TypeArgumentsOf(Arg(0));
            case "_$coresupertypes": return Node.Get(_p.SupertypeTable);
            case "_$coreclassNames": return Node.Get(_p.ClassNameTable);
            case "_$coreunsafeCast": return Convert(Arg(0), _p.ReprOf(bound.TypeArgs[0]));
            case "_$coreidentityHash": return ToI64(Node.Field(_p.ObjectStruct, 1, Convert(Arg(0), WType.Ref(_p.ObjectStruct))));
            case "_$coresetIdentityHash": return Node.SetField(_p.ObjectStruct, 1, Convert(Arg(0), WType.Ref(_p.ObjectStruct)), ToI32(Arg(1)));
            case "_$corehasHeader": return Node.Test(WType.Ref(_p.ObjectStruct), Convert(Arg(0), _p.AnyRef));
            case "_$coreclosureType": return Node.NonNull(Node.Field(_p.Closure, 4, Convert(Arg(0), WType.Ref(_p.Closure))));
            case "_$coreclosuresEqual":
            {
                var a = TempOf(Convert(Arg(0), WType.Ref(_p.Closure)), out var setA);
                var b = TempOf(Convert(Arg(1), WType.Ref(_p.Closure)), out var setB);
                var same = Node.If(Node.RefEq(Node.Field(_p.Closure, 3, Node.Get(a)), Node.Field(_p.Closure, 3, Node.Get(b))), Node.RefEq(Node.Field(_p.Closure, 2, Node.Get(a)), Node.Field(_p.Closure, 2, Node.Get(b))), Node.I32(0), WType.I32);
                return Node.Seq(setA, setB, same);
            }

            case "_$coreapplyClosure":
            {
                var f = Temp(WType.Ref(_p.Closure), "function");
                _p.NeedDynamicEntries();
                var function = Node.NonNull(Node.Field(_p.VTable, 0, Node.Field(_p.Closure, 3, Node.Get(f))));
                return Node.Seq(Node.Set(f, Convert(Arg(0), WType.Ref(_p.Closure))), Node.CallRef(_p.DynamicFunction, Node.Get(f), Node.Null(_p.ObjectArray), Arg(1), Arg(2), function));
            }

            case "_$corecallNoSuchMethod":
            {
                var handler = _program.Object.Class.Members["noSuchMethod"];
                var selector = _p.SelectorOf(handler);
                return CallSelector(new Val(Convert(Arg(0), _p.TopRef), _program.Object), handler, selector, [Convert(Arg(1), selector.Params[0].Type)], isSuper: false);
            }

            case "_$corestoreUnit": return new Node { Op = IrOp.Store, Number = (long)Opcode.I32Store16, Args = [ToI32(Arg(0)), ToI32(Arg(1))], Type = WType.None };
            case "_$coreloadUnit": return ToI64(new Node { Op = IrOp.Load, Number = (long)Opcode.I32Load16U, Args = [ToI32(Arg(0))], Type = WType.I32 });
            case "_$corehostWrite": return Node.Call(_p.Import("write", [WType.I32, WType.I32], WType.None), ToI32(Arg(0)), ToI32(Arg(1)));
            case "_$corehostFormat": return ToI64(Node.Call(_p.Import("formatDouble", [WType.F64, WType.I32, WType.I32], WType.I32), Arg(0), ToI32(Arg(1)), ToI32(Arg(2))));
            case "_$corehostParse": return Node.Call(_p.Import("parseDouble", [WType.I32], WType.F64), ToI32(Arg(0)));
            case "_$corehostClock": return Node.Call(_p.Import("clock", [], WType.F64));
            case "_$corehostTime": return Node.Call(_p.Import("time", [], WType.F64));
            case "_$corehostSleep": return Node.Call(_p.Import("sleep", [WType.F64], WType.None), Arg(0));
            case "_$corehostSeed": return Node.Call(_p.Import("seed", [], WType.F64));
        }

        if (name.StartsWith("_$coremath", StringComparison.Ordinal))
        {
            var function = char.ToLowerInvariant(name[10]) + name[11..];
            return Node.Call(_p.Import(function, [.. bound.Positional.Select(_ => WType.F64)], WType.F64), [.. bound.Positional.Select((_, i) => Convert(Arg(i), WType.F64))]);
        }

        return null;
    }

    private Node IdenticalNode(Val a, Val b)
    {
        if (a.Node.Type == WType.I64 && b.Node.Type == WType.I64) return Node.Numeric(Opcode.I64Eq, WType.I32, a.Node, b.Node);
        if (a.Node.Type == WType.I32 && b.Node.Type == WType.I32) return Node.Numeric(Opcode.I32Eq, WType.I32, a.Node, b.Node);
        if (a.Node.Op == IrOp.RefNull) return b.Node.Type.IsRef ? Node.IsNull(b.Node) : Node.I32(0);
        if (b.Node.Op == IrOp.RefNull) return a.Node.Type.IsRef ? Node.IsNull(a.Node) : Node.I32(0);
        return CallCore("_identicalObjects", a.Node, b.Node);
    }

    /// <summary>The type arguments of an object, in an array; classes without have a shared empty one.</summary>
    private Node TypeArgumentsOf(Node value)
    {
        var selector = _p.TypeArgumentsSelector();
        return _p.Calls.Add(selector, _fn, Convert(value, _p.TopRef), null, []);
    }

    private Node? ArrayIntrinsic(Member member, ClassElement owner, Val? receiver, Bound bound)
    {
        var def = (ArrayDef)_p.ReprOf(owner.ThisType).Heap!;
        Node Arg(int i) => bound.Positional[i]!.Value.Node;
        Node Self() => Convert(receiver!.Value.Node, WType.Ref(def));
        // Elements are int or double in the language, and narrower in memory.
        Node Store(Node value) => def.Element.Kind switch
        {
            WKind.I8 or WKind.I16 or WKind.I32 => ToI32(Convert(value, WType.I64)),
            WKind.F32 => Node.Numeric(Opcode.F32DemoteF64, WType.F32, Convert(value, WType.F64)),
            WKind.Ref => Convert(value, _p.AnyRef),
            _ => Convert(value, def.Element),
        };
        Node Load(Node value, bool signed) => def.Element.Kind switch
        {
            WKind.I8 or WKind.I16 or WKind.I32 => signed ? ToI64(value) : Node.Numeric(Opcode.I64ExtendI32U, WType.I64, value),
            WKind.F32 => Node.Numeric(Opcode.F64PromoteF32, WType.F64, value),
            WKind.Ref => Convert(value, _p.ReprOf(bound.Signature.Result)),
            _ => value,
        };
        switch (member.Name)
        {
            case "" when member.Kind == MemberKind.Constructor: return Node.Array(IrOp.ArrayNewDefault, def, WType.Ref(def), ToI32(Arg(0)));
            case "[]":
            {
                var get = Node.Array(IrOp.ArrayGet, def, def.Unpacked, Self(), ToI32(Arg(0)));
                return Load(get, signed: false);
            }

            case "getSigned":
            {
                var get = Node.Array(IrOp.ArrayGet, def, def.Unpacked, Self(), ToI32(Arg(0)));
                get.Number = 1;
                return Load(get, signed: true);
            }

            case "[]=": return Node.Array(IrOp.ArraySet, def, WType.None, Self(), ToI32(Arg(0)), Store(Arg(1)));
            case "length": return Node.Numeric(Opcode.I64ExtendI32U, WType.I64, new Node { Op = IrOp.ArrayLen, Type = WType.I32, Args = [Self()] });
            case "copy": return Node.Array(IrOp.ArrayCopy, def, WType.None, Self(), ToI32(Arg(0)), Convert(Arg(1), WType.Ref(def)), ToI32(Arg(2)), ToI32(Arg(3)));
            case "fill": return Node.Array(IrOp.ArrayFill, def, WType.None, Self(), ToI32(Arg(0)), Store(Arg(1)), ToI32(Arg(2)));
            default: return null;
        }
    }
}
