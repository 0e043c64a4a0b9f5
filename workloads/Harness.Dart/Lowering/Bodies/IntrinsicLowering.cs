using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Engine.Modules;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>What the core library declares external: operations of the target and of the host.</summary>
internal sealed class IntrinsicLowering(FunctionLowering body)
{
    private static readonly WType HostObject = WType.Ref(HeapDef.Extern, true);

    private readonly FunctionLowering _body = body;
    private readonly ProgramLowering _lowering = body.Program;
    private readonly DartProgram _program = body.Program.Program;
    private readonly Representations _reprs = body.Reprs;
    private readonly Selectors _selectors = body.Program.Selectors;
    private readonly ClosureTables _closureTables = body.Program.ClosureTables;
    private readonly TypeArgumentFunctions _typeArguments = body.Program.TypeArguments;
    private readonly ConstantPool _pool = body.Program.Pool;
    private readonly TypeObjects _typeObjects = body.Program.TypeObjects;
    private readonly TargetTypes _target = body.Program.Target;
    private readonly FunctionState _state = body.State;
    private readonly NodeOutput _output = body.Output;

    private bool HasOneByteStrings => _lowering.Options.Strings == StringKind.OneByte;
    private InvocationLowering Invocations => _body.Invocations;
    private ArrayIntrinsics ArrayIntrinsics => _body.ArrayIntrinsics;
    private TypeExpressions TypeExpressions => _body.TypeExpressions;

    /// <summary>The operation that an external member stands for, or null where there is none.</summary>
    public Node? Intrinsic(Member member, Val? receiver, BoundArguments bound, Syntax.Node at)
    {
        if (!member.Library.IsCore)
        {
            return null;
        }

        Node Arg(int i) => bound.Positional[i]!.Value.Node;
        Node Self() => _reprs.Convert(receiver!.Value.Node, _reprs.Of(member.Owner!.ThisType));
        var name = member.FullName;
        if (member.Owner is { } owner && owner.Name.StartsWith("Wasm", StringComparison.Ordinal))
        {
            return ArrayIntrinsics.ArrayIntrinsic(member, owner, receiver, bound);
        }

        Node F(Opcode opcode) => Node.Numeric(opcode, WType.F64, [.. Enumerable.Range(0, bound.Positional.Count).Select(i => _reprs.Convert(Arg(i), WType.F64))]);
        switch (name)
        {
            case "double.toInt" or "double.truncate": return Invocations.CallCore("_doubleToInt", Self());
            case "double.floorToDouble": return Node.Numeric(Opcode.F64Floor, WType.F64, Self());
            case "double.ceilToDouble": return Node.Numeric(Opcode.F64Ceil, WType.F64, Self());
            case "double.truncateToDouble": return Node.Numeric(Opcode.F64Trunc, WType.F64, Self());
            case "double.abs": return Node.Numeric(Opcode.F64Abs, WType.F64, Self());
            case "int.toDouble": return Node.Numeric(Opcode.F64ConvertI64S, WType.F64, Self());
            case "int._$coreclz": return Node.Numeric(Opcode.I64Clz, WType.I64, Self());
            case "identical": return IdenticalNode(bound.Positional[0]!.Value, bound.Positional[1]!.Value);
            case "_$corethrowAt": return Node.Throw(_reprs.Convert(Arg(0), _target.AnyRef), _reprs.Convert(Arg(1), _target.AnyRef));
            case "_$coresameReference": return Node.RefEq(_reprs.Convert(Arg(0), _target.AnyRef), _reprs.Convert(Arg(1), _target.AnyRef));
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
                var value = _reprs.Convert(Arg(0), _target.TopRef);
                return ToI64(_lowering.Specialisations.ClassIdentity(_lowering.Header.ClassIdOf(value)));
            }

            case "_$coreclassIdOf":
                return Node.I64(bound.TypeArgs[0] is InterfaceType t ? t.Class.ClassId : -1);
            case "_$coreboundsChecked": return Node.I32(_lowering.Options.Bounds == CheckKind.Checked ? 1 : 0);
            case "_$coretypeOf": return TypeExpressions.TypeNode(bound.TypeArgs[0]);
            case "_$coretypeArguments": return TypeArgumentsOf(Arg(0));
            case "_$coresupertypes": return Node.Get(_typeObjects.SupertypeTable);
            case "_$coreclassNames": return Node.Get(_typeObjects.ClassNameTable);
            case "_$coreunsafeCast": return _reprs.Convert(Arg(0), _reprs.Of(bound.TypeArgs[0]));
            case "_$coreidentityHash": return ToI64(Node.Field(_target.ObjectStruct, 1, _reprs.Convert(Arg(0), WType.Ref(_target.ObjectStruct))));
            case "_$coresetIdentityHash": return Node.SetField(_target.ObjectStruct, 1, _reprs.Convert(Arg(0), WType.Ref(_target.ObjectStruct)), ToI32(Arg(1)));
            case "_$corehasHeader": return Node.Test(WType.Ref(_target.ObjectStruct), _reprs.Convert(Arg(0), _target.AnyRef));
            case "_$coreclosureType": return Node.NonNull(Node.Field(_target.Closure, 4, _reprs.Convert(Arg(0), WType.Ref(_target.Closure))));
            case "_$coreclosuresEqual":
            {
                var a = _output.TempOf(_reprs.Convert(Arg(0), WType.Ref(_target.Closure)), out var setA);
                var b = _output.TempOf(_reprs.Convert(Arg(1), WType.Ref(_target.Closure)), out var setB);
                var same = Node.If(Node.RefEq(Node.Field(_target.Closure, 3, Node.Get(a)), Node.Field(_target.Closure, 3, Node.Get(b))), Node.RefEq(Node.Field(_target.Closure, 2, Node.Get(a)), Node.Field(_target.Closure, 2, Node.Get(b))), Node.I32(0), WType.I32);
                var instance = _closureTables.InstantiationContext;
                Node Context(IrLocal closure) => Node.Field(_target.Closure, 2, Node.Get(closure));
                Node Given(IrLocal closure, int field) => Node.Field(instance, field, Node.Cast(WType.Ref(instance), Context(closure)));
                var areInstances = Node.Numeric(Opcode.I32And, WType.I32, Node.Test(WType.Ref(instance), Context(a)), Node.Test(WType.Ref(instance), Context(b)));
                var equalInstances = _reprs.Convert(Invocations.CallCore("_instancesEqual", Given(a, 0), Given(b, 0), Given(a, 1), Given(b, 1)), WType.I32);
                return Node.Seq(setA, setB, Node.If(same, Node.I32(1), Node.If(areInstances, equalInstances, Node.I32(0), WType.I32), WType.I32));
            }

            case "_$coreapplyClosure":
            {
                var f = _output.Temp(WType.Ref(_target.Closure), "function");
                _closureTables.NeedDynamicEntries();
                var function = Node.NonNull(Node.Field(_target.VTable, 0, Node.Field(_target.Closure, 3, Node.Get(f))));
                return Node.Seq(Node.Set(f, _reprs.Convert(Arg(0), WType.Ref(_target.Closure))), Node.CallRef(_target.DynamicFunction, Node.Get(f), Node.Null(_target.ObjectArray), Arg(1), Arg(2), function));
            }

            case "_$corecallNoSuchMethod":
            {
                var handler = _program.Object.Class.Members["noSuchMethod"];
                var selector = _selectors.SelectorOf(handler);
                return Invocations.CallSelector(new Val(_reprs.Convert(Arg(0), _target.TopRef), _program.Object), handler, selector, [_reprs.Convert(Arg(1), selector.Params[0].Type), .. selector.Params.Skip(1).Select(_pool.LeftOut)], isSuper: false);
            }

            case "_$coreadmitUnit": return HasOneByteStrings ? Invocations.CallCore("_makeFitUnit", Arg(0), Arg(1)) : Node.Nop();
            case "_$coreadmitUnits": return HasOneByteStrings ? Invocations.CallCore("_makeFitUnits", Arg(0), Arg(1)) : Node.Nop();
            case "_$corestoreUnit": return new Node { Op = IrOp.Store, Number = (long)Opcode.I32Store16, Args = [ToI32(Arg(0)), ToI32(Arg(1))], Type = WType.None };
            case "_$coreloadUnit": return ToI64(new Node { Op = IrOp.Load, Number = (long)Opcode.I32Load16U, Args = [ToI32(Arg(0))], Type = WType.I32 });
            case "StackTrace.current": return Invocations.CallCore("_traceOf", HostTrace(Node.I32(0)));
            case "_$coretracesAreAsked": return Node.Get(_lowering.Traces.Flag);
            case "_$corehostTrace": return HostTrace(ToI32(Arg(0)));
            case "_$corehostTraceText": return ToI64(Node.Call(_lowering.Import("traceText", [HostObject], WType.I32), Arg(0)));
            case "_$corehostWriteError": return Node.Call(_lowering.Import("writeError", [WType.I32, WType.I32], WType.None), ToI32(Arg(0)), ToI32(Arg(1)));
            case "_$corehostWrite": return Node.Call(_lowering.Import("write", [WType.I32, WType.I32], WType.None), ToI32(Arg(0)), ToI32(Arg(1)));
            case "_$corehostFormat": return ToI64(Node.Call(_lowering.Import("formatDouble", [WType.F64, WType.I32, WType.I32], WType.I32), Arg(0), ToI32(Arg(1)), ToI32(Arg(2))));
            case "_$corehostArgument": return ToI64(Node.Call(_lowering.Import("argument", [WType.I32, WType.I32], WType.I32), ToI32(Arg(0)), ToI32(Arg(1))));
            case "_$corehostParse": return Node.Call(_lowering.Import("parseDouble", [WType.I32], WType.F64), ToI32(Arg(0)));
            case "_$corehostClock": return Node.Call(_lowering.Import("clock", [], WType.F64));
            case "_$corehostTime": return Node.Call(_lowering.Import("time", [], WType.F64));
            case "_$corehostSleep": return Node.Call(_lowering.Import("sleep", [WType.F64], WType.None), Arg(0));
            case "_$corehostSeed": return Node.Call(_lowering.Import("seed", [], WType.F64));
        }

        if (name.StartsWith("_$coremath", StringComparison.Ordinal))
        {
            var function = char.ToLowerInvariant(name[10]) + name[11..];
            return Node.Call(_lowering.Import(function, [.. bound.Positional.Select(_ => WType.F64)], WType.F64), [.. bound.Positional.Select((_, i) => _reprs.Convert(Arg(i), WType.F64))]);
        }

        return null;
    }

    // The stack at the place of the call, without its innermost functions.
    private Node HostTrace(Node skipped) => Node.Call(_lowering.Import("trace", [WType.I32], HostObject), skipped);

    private Node IdenticalNode(Val a, Val b)
    {
        if (a.Node.Type == WType.I64 && b.Node.Type == WType.I64)
        {
            return Node.Numeric(Opcode.I64Eq, WType.I32, a.Node, b.Node);
        }

        if (a.Node.Type == WType.I32 && b.Node.Type == WType.I32)
        {
            return Node.Numeric(Opcode.I32Eq, WType.I32, a.Node, b.Node);
        }

        if (a.Node.Op == IrOp.RefNull)
        {
            return b.Node.Type.IsRef ? Node.IsNull(b.Node) : Node.I32(0);
        }

        if (b.Node.Op == IrOp.RefNull)
        {
            return a.Node.Type.IsRef ? Node.IsNull(a.Node) : Node.I32(0);
        }

        return Invocations.CallCore("_identicalObjects", a.Node, b.Node);
    }

    /// <summary>The type arguments of an object, in an array; classes without have a shared empty one.</summary>
    private Node TypeArgumentsOf(Node value)
    {
        var selector = _typeArguments.TypeArgumentsSelector();
        return _lowering.Calls.Add(selector, _state.Function, _reprs.Convert(value, _target.TopRef), null, []);
    }

    /// <summary>The low half of an integer.</summary>
    public static Node ToI32(Node value) => value.Op == IrOp.I64 ? Node.I32((int)value.Number) : Node.Numeric(Opcode.I32WrapI64, WType.I32, value);

    /// <summary>An i32 as an integer of the language.</summary>
    public static Node ToI64(Node value) => Node.Numeric(Opcode.I64ExtendI32S, WType.I64, value);
}
