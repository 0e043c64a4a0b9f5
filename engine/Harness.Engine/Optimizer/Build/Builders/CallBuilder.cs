using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Inlining;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Build.Builders;

/// <summary>Calls of a function that is known, or that nothing is known of, and bodies in the place of calls.</summary>
internal sealed class CallBuilder(BuildState state, ExceptionBuilder exceptions, FunctionBuilder builder, GraphAssembler assembler)
{
    /// <summary>Builds the body of a function in place of its call.</summary>
    public int[] Inline(InliningTree target, int[] arguments, int offset)
    {
        state.BeginInlining(offset);
        var results = new FunctionBuilder(assembler, target, builder).Build(arguments);
        assembler.BytecodeOffset = offset;
        return results;
    }

    /// <summary>Builds a call, whose exceptions go to a block that catches if there is one.</summary>
    /// <returns>The results.</returns>
    public int[] Call(Opcode op, FunctionType type, int[] inputs, long immediate, int typeId, Catcher? catcher)
    {
        var call = type.Results.Length == 0
            ? assembler.Append(op, IrType.None, inputs, immediate, typeId)
            : assembler.Append(op, type.Results[0], inputs, immediate, typeId);
        var results = new int[type.Results.Length];
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = i == 0
                ? call
                : assembler.Append(IrOp.Projection, type.Results[i], [call], i);
        }

        if (catcher is { } handler)
        {
            exceptions.Invoke(handler);
        }

        return results;
    }
}
