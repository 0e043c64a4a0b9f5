using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Build.Builders;

/// <summary>
/// Functions on strings that the engine provides. To the optimizer a string is an array of code units that never change, and a
/// reference that should be one is cast; what is known of casts and arrays then holds for strings.
/// </summary>
internal sealed class StringBuiltinBuilder(ReferenceChecks checks, ObjectBuilder objects, CallBuilder calls, GraphAssembler assembler)
{
    /// <summary>Share of comparisons of strings that have the same length.</summary>
    private const double SameLengthFrequency = 0.5;

    /// <summary>Builds a call of a function on strings, or what it does, and gives the result.</summary>
    public int CallStringBuiltin(StringBuiltin builtin, FunctionInfo function, int[] arguments)
    {
        switch (builtin)
        {
            case StringBuiltin.Cast:
                return CastToString(arguments[0], isNullable: false);
            case StringBuiltin.Test:
                return assembler.RefTest(arguments[0], Modules.ValueType.Reference(HeapType.String, nullable: false));
            case StringBuiltin.Length:
                return objects.ArrayLength(CastToString(arguments[0], isNullable: false), out _);
            case StringBuiltin.CharCodeAt:
                var text = objects.CheckElement(CastToString(arguments[0], isNullable: false), arguments[1], TrapKind.StringOutOfBounds);
                return assembler.Append(Opcode.ArrayGetU, IrType.I32, [text, arguments[1]], aux: TypeRegistry.StringId);
            case StringBuiltin.Equals:
                return CompareStrings(CastToString(arguments[0], isNullable: true), CastToString(arguments[1], isNullable: true));
            default:
                // These trap, but they throw no exceptions.
                var call = calls.Call(
                    IrOp.CallDirect, function.Type, arguments, function.Index, function.CanonicalTypeId, catcher: null)[0];
                if (assembler.Graph[call].Type == IrType.Ref)
                {
                    assembler.Graph[call].ReferenceType = Modules.ValueType.Reference(HeapType.String, nullable: false);
                }

                return call;
        }
    }

    private int CastToString(int reference, bool isNullable) => assembler.Append(
        IrOp.RefCast, checks.CastType(reference, Modules.ValueType.Reference(HeapType.String, isNullable)), [reference]);

    /// <summary>Whether two strings, or null, are equal: the code units are compared only where the lengths are the same.</summary>
    private int CompareStrings(int left, int right)
    {
        var end = new Merge();
        var frequency = assembler.Current!.Frequency;
        var isSame = assembler.Append(IrOp.ReferenceEqual, IrType.I32, [left, right]);
        DecideWhen(isSame, 1, end);
        left = DecideWhenNull(left, end);
        right = DecideWhenNull(right, end);
        var differ = assembler.Append(
            Opcode.I32Ne, IrType.I32, [objects.ArrayLength(left, out _), objects.ArrayLength(right, out _)]);
        DecideWhen(differ, 0, end, SameLengthFrequency);
        var areEqual = assembler.Append(IrOp.CallBuiltin, IrType.I32, [left, right], (long)Builtin.StringEquals);
        end.Add(assembler.Terminate(TerminatorKind.Jump, -1, [default]), 0, PathValues.Of([areEqual]));
        assembler.Current = end.Seal(assembler.Graph, frequency, out var results);
        return results.Operands[0];
    }

    private int DecideWhenNull(int reference, Merge end)
    {
        if (assembler.MayBeNull(reference))
        {
            DecideWhen(assembler.Append(Opcode.RefIsNull, IrType.I32, [reference]), 0, end);
        }

        return assembler.NarrowToNonNull(reference);
    }

    /// <summary>Goes to the end with a result where a condition holds, and on to a new block otherwise.</summary>
    private void DecideWhen(int condition, int result, Merge end, double share = 1)
    {
        var next = assembler.NewBlock(assembler.Current!.Frequency * share);
        var constant = assembler.I32(result);
        end.Add(assembler.Terminate(TerminatorKind.Branch, condition, [default, new Edge(next.Id, [])]), 0, PathValues.Of([constant]));
        assembler.Current = next;
    }
}
