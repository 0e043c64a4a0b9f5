using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Engine.Modules;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>
/// The units of strings where those that fit have one byte each (<see cref="StringKind.OneByte"/>): a reference to an array of either kind, whose type tells which.
/// </summary>
internal sealed class StringUnits(FunctionLowering body)
{
    private static readonly WType Units = WType.Ref(HeapDef.Array);

    private readonly FunctionLowering _body = body;
    private readonly FunctionState _state = body.State;
    private readonly TargetTypes _target = body.Program.Target;

    private InvocationLowering Invocations => _body.Invocations;

    /// <summary>The operation that a member of the core's class <c>WasmUnits</c> stands for, or null where there is none.</summary>
    /// <param name="member">The member.</param>
    /// <param name="receiver">The units; null for constructors.</param>
    /// <param name="arguments">Arguments by their position.</param>
    public Node? Lower(Member member, Node? receiver, IReadOnlyList<Node> arguments)
    {
        Node Keep(Node value, out Func<Node> get)
        {
            var local = _state.Function.AddLocal(value.Type, "units");
            get = () => Node.Get(local);
            return Node.Set(local, value);
        }

        Node New(ArrayDef def, Node length) => Node.Array(IrOp.ArrayNewDefault, def, WType.Ref(def), length);
        Node IsNarrow(Node units) => Node.Test(WType.Ref(_target.I8Array), units);

        // The length is evaluated after what decides on the width, as arguments are.
        Node Choose(Node condition, Node length)
        {
            var set = Keep(condition, out var narrow);
            var setLength = Keep(length, out var n);
            return Node.Seq(set, setLength, Node.If(narrow(), New(_target.I8Array, n()), New(_target.I16Array, n()), Units));
        }

        Node Access(Func<Node> units, Func<ArrayDef, Node, Node> make, WType type) => Node.If(
            IsNarrow(units()),
            make(_target.I8Array, Node.Cast(WType.Ref(_target.I8Array), units())),
            make(_target.I16Array, Node.Cast(WType.Ref(_target.I16Array), units())),
            type);

        switch (member.Name)
        {
            case "narrow": return New(_target.I8Array, IntrinsicLowering.ToI32(arguments[0]));
            case "wide": return New(_target.I16Array, IntrinsicLowering.ToI32(arguments[0]));
            case "forUnit": return Choose(Node.Numeric(Opcode.I64LtU, WType.I32, arguments[0], Node.I64(256)), IntrinsicLowering.ToI32(arguments[1]));
            case "like": return Choose(IsNarrow(arguments[0]), IntrinsicLowering.ToI32(arguments[1]));
            case "both": return Choose(Node.If(IsNarrow(arguments[0]), IsNarrow(arguments[1]), Node.I32(0), WType.I32), IntrinsicLowering.ToI32(arguments[2]));
            case "ofAll": return Choose(Invocations.CallCore("_allNarrow", arguments[0]), IntrinsicLowering.ToI32(arguments[1]));
            case "length": return Node.Numeric(Opcode.I64ExtendI32U, WType.I64, new Node { Op = IrOp.ArrayLen, Type = WType.I32, Args = [receiver!] });
            case "isNarrow": return IsNarrow(receiver!);
            case "bytes": return Node.Cast(WType.Ref(_target.I8Array), receiver!);
            case "words": return Node.Cast(WType.Ref(_target.I16Array), receiver!);
            case "copy": return Invocations.CallCore("_copyUnits", receiver!, arguments[0], arguments[1], arguments[2], arguments[3]);
            case "[]":
            {
                var units = Keep(receiver!, out var get);
                var set = Keep(IntrinsicLowering.ToI32(arguments[0]), out var index);
                var load = Access(get, (def, array) => Node.Array(IrOp.ArrayGet, def, def.Unpacked, array, index()), WType.I32);
                return Node.Seq(units, set, Node.Numeric(Opcode.I64ExtendI32U, WType.I64, load));
            }

            case "[]=":
            {
                var units = Keep(receiver!, out var get);
                var set = Keep(IntrinsicLowering.ToI32(arguments[0]), out var index);
                var setUnit = Keep(IntrinsicLowering.ToI32(arguments[1]), out var unit);
                return Node.Seq(units, set, setUnit, Access(get, (def, array) => Node.Array(IrOp.ArraySet, def, WType.None, array, index(), unit()), WType.None));
            }

            default: return null;
        }
    }
}
