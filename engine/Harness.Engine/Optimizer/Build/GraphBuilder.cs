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
    /// <param name="loop">Offset in the module's bytes of an outermost loop to begin at; -1 to begin with the function.</param>
    /// <param name="memory">Where the graph's nodes are to lie; memory of its own if there is none.</param>
    /// <param name="cancellation">Cancels the compilation of the graph, here and later.</param>
    /// <exception cref="NotSupportedException">The loop cannot be begun at.</exception>
    /// <exception cref="OperationCanceledException">The compilation was cancelled.</exception>
    public static Graph Build(
        WasmModule module,
        EngineOptions options,
        InliningTree root,
        bool allowDeopt,
        int loop = -1,
        GraphMemory? memory = null,
        CancellationToken cancellation = default) =>
        Build(module, options, root, allowDeopt, loop, memory, makeArgument: null, cancellation);

    /// <summary>Builds a graph of a function by itself that is looked at and not made into code.</summary>
    /// <param name="module">The module.</param>
    /// <param name="options">The knobs.</param>
    /// <param name="functionIndex">The function.</param>
    /// <param name="makeArgument">Makes the node of an argument.</param>
    /// <param name="memory">Where the graph's nodes are to lie.</param>
    /// <param name="cancellation">Cancels the compilation.</param>
    /// <exception cref="NotSupportedException">The function is not supported.</exception>
    /// <exception cref="OperationCanceledException">The compilation was cancelled.</exception>
    public static Graph BuildInTrial(
        WasmModule module, EngineOptions options, int functionIndex, Func<GraphAssembler, int, int> makeArgument, GraphMemory memory, CancellationToken cancellation) => Build(
            module,
            options,
            new InliningTree(functionIndex, null, 0, 0, module.Functions[functionIndex].BodySize),
            allowDeopt: false,
            loop: -1,
            memory,
            makeArgument,
            cancellation);

    private static Graph Build(
        WasmModule module,
        EngineOptions options,
        InliningTree root,
        bool allowDeopt,
        int loop,
        GraphMemory? memory,
        Func<GraphAssembler, int, int>? makeArgument,
        CancellationToken cancellation)
    {
        var graph = new Graph(memory)
        {
            FunctionIndex = root.FunctionIndex,
            LoopOffset = loop,
            Module = module,
            Budget = new CompilationBudget(options.CompileBudget, options.CompileMaxNodes, cancellation),
        };
        var assembler = new GraphAssembler(graph, options, allowDeopt);
        assembler.Start();
        var type = module.Functions[root.FunctionIndex].Type;
        var entry = assembler.Current!;

        // What comes before a loop that the graph begins at is built, since the loop's surroundings follow from it, and cannot be reached.
        if (loop >= 0)
        {
            assembler.Current = assembler.NewBlock(1);
        }

        var arguments = new int[type.Parameters.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = makeArgument?.Invoke(assembler, i) ?? assembler.Append(IrOp.Argument, type.Parameters[i], [], i);
        }

        if (loop < 0)
        {
            graph.ArgumentCount = arguments.Length;
        }

        new FunctionBuilder(assembler, root, caller: null, loopEntry: loop < 0 ? null : entry).Build(arguments);
        assembler.Finish();
        return entry.Successors.Length > 0 || loop < 0
            ? graph
            : throw new NotSupportedException($"control does not come to the loop at offset 0x{loop:x} by what is known of calls");
    }
}
