using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Build;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Inlining.Trials;

/// <summary>
/// Makes the arguments of a function that is built in trial: constants, known functions and objects of constant globals as they are, and new objects by making them of fields of
/// which nothing is known, so that they stay virtual where they would in the caller. All others are arguments as ever.
/// </summary>
internal static class TrialArguments
{
    /// <summary>Most fields of a structure that is made; a larger one is an argument.</summary>
    private const int MostFields = 64;

    /// <summary>What of an origin tells the function something; else unknown.</summary>
    public static ValueOrigin Useful(ValueOrigin origin) => origin.Kind switch
    {
        ValueOriginKind.Constant when origin.Detail is null => default,
        ValueOriginKind.Parameter => default,
        ValueOriginKind.NewObject when !CanMake(origin) => default,
        _ => origin,
    };

    /// <summary>Whether a function that is built in trial is told of an origin.</summary>
    public static bool Tells(ValueOrigin origin) => Useful(origin).Kind != ValueOriginKind.Unknown;

    /// <summary>Makes an argument.</summary>
    /// <param name="assembler">Where the graph grows.</param>
    /// <param name="index">Which it is.</param>
    /// <param name="type">The parameter's type.</param>
    /// <param name="origin">Where the argument comes from.</param>
    /// <returns>The node.</returns>
    public static int Make(GraphAssembler assembler, int index, Modules.ValueType type, ValueOrigin origin)
    {
        switch (origin.Kind)
        {
            case ValueOriginKind.Constant:
                var number = GraphAssembler.TypeOf(type);
                return assembler.Constant(OperatorTable.ConstantOf(number), number, origin.Detail!.Value);
            case ValueOriginKind.Null:
                return assembler.Zero(IrType.Ref);
            case ValueOriginKind.Function:
                return assembler.FunctionAddress((int)origin.Detail!.Value);
            case ValueOriginKind.ConstantObject:
                var global = (int)origin.Detail!.Value;
                return assembler.Append(Opcode.GlobalGet, assembler.Module.Globals[global].Type.Type, [], global);
            case ValueOriginKind.NewObject:
                var typeId = (int)origin.Detail!.Value;
                FieldType[] fields = [.. TypeRegistry.Get(typeId).Struct!.Fields];
                var values = Array.ConvertAll(fields, field => assembler.Append(IrOp.Argument, field.Type, [], index));
                return assembler.Append(IrOp.NewStruct, ReferenceTypes.To(typeId), values, aux: typeId);
            default:
                return assembler.Append(IrOp.Argument, type, [], index);
        }
    }

    /// <summary>Whether an object is a structure without a descriptor that is not too large.</summary>
    private static bool CanMake(ValueOrigin origin) =>
        origin.Detail is { } typeId && TypeRegistry.Get((int)typeId) is { Struct.Fields.Length: <= MostFields, DescriptorSlot: < 0 };
}
