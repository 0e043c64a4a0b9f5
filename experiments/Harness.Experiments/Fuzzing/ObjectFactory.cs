using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing;

/// <summary>Objects made by constant expressions.</summary>
internal static class ObjectFactory
{
    /// <summary>Fewest elements of an array, unless an operation goes unprotected.</summary>
    public const int MinimumLength = 4;

    /// <summary>A structure or array of a type, whose references are null below some depth.</summary>
    public static ProgramNode Constant(int type, ProgramContext context, RandomSource random, int depth)
    {
        var aggregate = context.Aggregate(type);
        ProgramType[] results = [ProgramType.ReferenceTo(type, nullable: false)];
        if (!aggregate.IsArray)
        {
            return new ProgramNode(Opcode.StructNew, results, [.. aggregate.Fields.Select(field => Value(field.Type, context, random, depth))]) { Immediates = [type] };
        }

        if (aggregate.IsDefaultable && random.Percent(50))
        {
            return new ProgramNode(Opcode.ArrayNewDefault, results, ProgramNode.I32Const(Length(random), Reducibility.Fixed)) { Immediates = [type] };
        }

        var values = new ProgramNode[random.Between(MinimumLength, MinimumLength + 2)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Value(aggregate.Fields[0].Type, context, random, depth);
        }

        return new ProgramNode(Opcode.ArrayNewFixed, results, values) { Immediates = [type, values.Length] };
    }

    /// <summary>A length for an array, now and then one that is too large for the nursery.</summary>
    public static int Length(RandomSource random) => random.Weighted(970, 29, 1) switch
    {
        0 => random.Between(MinimumLength, 20),
        1 => random.Between(100, 1000),
        _ => 13_000,
    };

    /// <summary>A value for a field of a type; references are null below some depth, where they may be.</summary>
    public static ProgramNode Value(ProgramType type, ProgramContext context, RandomSource random, int depth)
    {
        if (!type.IsReference)
        {
            return Constants.Random(type, random);
        }

        if (!type.Nullable && context.IsFunction(type))
        {
            return Function(type.Heap, context, random);
        }

        if (!type.Nullable && context.ConstantGlobals(type) is { Count: > 0 } globals && random.Percent(85))
        {
            return new ProgramNode(Opcode.GlobalGet, [type]) { Immediates = [random.Pick(globals)] };
        }

        if (type.Heap >= 0 && !context.IsFunction(type) && (!type.Nullable || (depth > 0 && random.Percent(60))))
        {
            return Constant(random.Pick([.. context.Aggregates.Where(index => context.IsBelow(index, type))]), context, random, depth - 1);
        }

        if (type == ProgramType.I31Ref || ((type == ProgramType.AnyRef || type == ProgramType.EqRef) && random.Percent(50)))
        {
            return new ProgramNode(Opcode.RefI31, [type with { Heap = ProgramType.I31Ref.Heap, Nullable = false }], Constants.Random(ProgramType.I32, random));
        }

        return ProgramNode.Zero(type);
    }

    /// <summary>A function of a signature or below it; of any for -1.</summary>
    public static ProgramNode Function(int wanted, ProgramContext context, RandomSource random)
    {
        var function = random.Pick(context.FunctionsBelow[wanted >= 0 ? wanted : random.Below(context.Signatures.Count)]);
        return new ProgramNode(Opcode.RefFunc, [ProgramType.ReferenceTo(context.Program.Functions[function].Type, nullable: false)])
        {
            Immediates = [function],
        };
    }
}
