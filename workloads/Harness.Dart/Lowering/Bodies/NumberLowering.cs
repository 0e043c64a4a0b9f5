using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Engine.Modules;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>Operators of int and double where both sides are known to be numbers.</summary>
internal sealed class NumberLowering(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly DartProgram _program = body.Program.Program;
    private readonly Representations _reprs = body.Reprs;

    private InvocationLowering Invocations => _body.Invocations;

    /// <summary>Whether values of a type are integers.</summary>
    public bool IsInt(DartType t) => t is InterfaceType { Nullable: false } i && i.Class == _program.Int.Class;

    /// <summary>Whether values of a type are doubles.</summary>
    public bool IsDouble(DartType t) => t is InterfaceType { Nullable: false } i && i.Class == _program.Double.Class;

    /// <summary>The operation of an operator on two numbers; null where the core library has to do it.</summary>
    public Val? NumericOp(Val left, string op, Val right)
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
                    {
                        return Int(op switch { "<<" => Opcode.I64Shl, ">>" => Opcode.I64ShrS, _ => Opcode.I64ShrU });
                    }

                    return new Val(Invocations.CallCore(op switch { "<<" => "_shiftLeft", ">>" => "_shiftRight", _ => "_shiftRightUnsigned" }, left.Node, right.Node), _program.Int);
                case "~/":
                    if (right.Node is { Op: IrOp.I64, Number: not (0 or -1) })
                    {
                        return Int(Opcode.I64DivS);
                    }

                    return new Val(Invocations.CallCore("_truncatingDivide", left.Node, right.Node), _program.Int);
                case "%":
                    if (right.Node is { Op: IrOp.I64, Number: > 0 } && (right.Node.Number & (right.Node.Number - 1)) == 0)
                    {
                        return new Val(Node.Numeric(Opcode.I64And, WType.I64, left.Node, Node.I64(right.Node.Number - 1)), _program.Int);
                    }

                    return new Val(Invocations.CallCore("_modulo", left.Node, right.Node), _program.Int);
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
                case "%": return new Val(Invocations.CallCore("_moduloDouble", ToDouble(left), ToDouble(right)), _program.Double);
            }
        }

        return null;
    }

    /// <summary>A number as a double.</summary>
    public Node ToDouble(Val v) => v.Node.Type == WType.I64 ? v.Node.Op == IrOp.I64 ? Node.F64(v.Node.Number) : Node.Numeric(Opcode.F64ConvertI64S, WType.F64, v.Node) : _reprs.Convert(v.Node, WType.F64);
}
