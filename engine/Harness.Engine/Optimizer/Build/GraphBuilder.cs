using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Inlining;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Build;

/// <summary>
/// Builds the graph of a function from its bytes, with the functions that its inlining tree admits built in place of their
/// calls.
/// </summary>
internal static class GraphBuilder
{
    /// <summary>Builds a graph.</summary>
    /// <param name="module">The module.</param>
    /// <param name="options">The knobs.</param>
    /// <param name="root">What to inline.</param>
    /// <param name="allowDeopt">Whether guards may deoptimize; without it they lead to generic calls.</param>
    public static Graph Build(WasmModule module, EngineOptions options, InliningTree root, bool allowDeopt)
    {
        var graph = new Graph
        {
            FunctionIndex = root.FunctionIndex,
            Module = module,
            Budget = new CompilationBudget(options.CompileBudget, options.CompileMaxNodes),
        };
        var assembler = new GraphAssembler(graph, options, allowDeopt);
        assembler.Start();
        FunctionType type = module.Functions[root.FunctionIndex].Type;
        var arguments = new int[type.Parameters.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            arguments[i] = assembler.Append(IrOp.Argument, type.Parameters[i], [], i);
        }

        new FunctionBuilder(assembler, root, caller: null).Build(arguments);
        return graph;
    }
}
