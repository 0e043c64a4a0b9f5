using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Engine.Modules;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Operations on the arrays of the target, which the core library has as classes.</summary>
internal sealed class ArrayIntrinsics(FunctionLowering body)
{
    private readonly Representations _reprs = body.Reprs;
    private readonly TargetTypes _target = body.Program.Target;
    private readonly DartOptions _options = body.Program.Options;
    private readonly StringUnits _units = new(body);

    /// <summary>The operation that a member of an array class stands for, or null where there is none.</summary>
    public Node? ArrayIntrinsic(Member member, ClassElement owner, Val? receiver, BoundArguments bound)
    {
        if (owner.Name == "WasmUnits" && _options.Strings == StringKind.OneByte)
        {
            return _units.Lower(member, receiver is { } units ? units.Node : null, [.. bound.Positional.Select(a => a!.Value.Node)]);
        }

        var def = (ArrayDef)_reprs.Of(owner.ThisType).Heap!;
        Node Arg(int i) => bound.Positional[i]!.Value.Node;
        Node Self() => _reprs.Convert(receiver!.Value.Node, WType.Ref(def));
        // Elements are int or double in the language, and narrower in memory.
        Node Store(Node value) => def.Element.Kind switch
        {
            WKind.I8 or WKind.I16 or WKind.I32 => IntrinsicLowering.ToI32(_reprs.Convert(value, WType.I64)),
            WKind.F32 => Node.Numeric(Opcode.F32DemoteF64, WType.F32, _reprs.Convert(value, WType.F64)),
            WKind.Ref => _reprs.Convert(value, _target.AnyRef),
            _ => _reprs.Convert(value, def.Element),
        };
        Node Load(Node value, bool signed) => def.Element.Kind switch
        {
            WKind.I8 or WKind.I16 or WKind.I32 => signed ? IntrinsicLowering.ToI64(value) : Node.Numeric(Opcode.I64ExtendI32U, WType.I64, value),
            WKind.F32 => Node.Numeric(Opcode.F64PromoteF32, WType.F64, value),
            WKind.Ref => _reprs.Convert(value, _reprs.Of(bound.Signature.Result)),
            _ => value,
        };
        // The length comes last.
        if (member.Kind == MemberKind.Constructor)
        {
            return Node.Array(IrOp.ArrayNewDefault, def, WType.Ref(def), IntrinsicLowering.ToI32(Arg(bound.Positional.Count - 1)));
        }

        switch (member.Name)
        {
            case "[]":
            {
                var get = Node.Array(IrOp.ArrayGet, def, def.Unpacked, Self(), IntrinsicLowering.ToI32(Arg(0)));
                return Load(get, signed: false);
            }

            case "getSigned":
            {
                var get = Node.Array(IrOp.ArrayGet, def, def.Unpacked, Self(), IntrinsicLowering.ToI32(Arg(0)));
                get.Number = 1;
                return Load(get, signed: true);
            }

            case "[]=": return Node.Array(IrOp.ArraySet, def, WType.None, Self(), IntrinsicLowering.ToI32(Arg(0)), Store(Arg(1)));
            case "length": return Node.Numeric(Opcode.I64ExtendI32U, WType.I64, new Node { Op = IrOp.ArrayLen, Type = WType.I32, Args = [Self()] });
            case "copy": return Node.Array(IrOp.ArrayCopy, def, WType.None, Self(), IntrinsicLowering.ToI32(Arg(0)), _reprs.Convert(Arg(1), WType.Ref(def)), IntrinsicLowering.ToI32(Arg(2)), IntrinsicLowering.ToI32(Arg(3)));
            case "fill": return Node.Array(IrOp.ArrayFill, def, WType.None, Self(), IntrinsicLowering.ToI32(Arg(0)), Store(Arg(1)), IntrinsicLowering.ToI32(Arg(2)));
            default: return null;
        }
    }
}
