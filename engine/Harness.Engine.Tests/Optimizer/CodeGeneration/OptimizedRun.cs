using Harness.Engine.Configuration;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Optimizer.Build;
using Harness.Engine.Optimizer.Emission;
using Harness.Engine.Optimizer.Inlining;
using Harness.Engine.Optimizer.Passes;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Tests.Optimizer.CodeGeneration;

/// <summary>
/// A module in the text format, instantiated to run in optimized code only, in which every allocation of registers is checked.
/// </summary>
internal sealed class OptimizedRun : IDisposable
{
    private readonly WasmEngine _engine;
    private readonly Store _store;
    private readonly VerifyingCompiler _compiler;

    /// <param name="text">The module's fields.</param>
    /// <param name="knobs">Knobs and values, such as <c>inlining=off</c>.</param>
    public OptimizedRun(string text, params string[] knobs)
        : this(WasmModule.Decode(WatAssembler.Assemble($"(module {text})")), knobs)
    {
    }

    /// <param name="module">The module.</param>
    /// <param name="knobs">Knobs and values, such as <c>inlining=off</c>.</param>
    public OptimizedRun(WasmModule module, params string[] knobs)
    {
        var options = EngineOptions.Default.With("tier-up", "eager").WithKnobs(knobs);
        _compiler = new VerifyingCompiler(options);
        _engine = new WasmEngine(options, Compilers.CreateBaseline(), _compiler);
        _store = new Store(_engine);
        Instance = _store.Instantiate(module);
    }

    public Instance Instance { get; }

    public WasmValue Call(string name, params ReadOnlySpan<WasmValue> arguments) => CallAll(name, arguments)[0];

    public WasmValue[] CallAll(string name, params ReadOnlySpan<WasmValue> arguments) =>
        Instance.GetFunction(name).Invoke(arguments);

    /// <summary>The kind of trap that a call ends in.</summary>
    public TrapKind TrapOf(string name, params WasmValue[] arguments) =>
        Assert.Throws<WasmTrapException>(() => CallAll(name, arguments)).Kind;

    /// <summary>The instructions of a function's code as text, which is there once it has been called.</summary>
    public string[] Listing(string name)
    {
        var code = _compiler.Code[Instance.GetFunction(name).Index];
        return [.. Disassembly.Lines(code.Block.Bytes, code.InstructionBytes, code.Block.Address).Select(line => line.Text)];
    }

    public void Dispose()
    {
        _store.Dispose();
        _engine.Dispose();
    }

    private sealed class VerifyingCompiler(EngineOptions options) : IOptimizingCompiler
    {
        public Dictionary<int, CompiledCode> Code { get; } = [];

        public CompiledCode Compile(ModuleCode code, int functionIndex, IFeedbackSource feedback, bool allowDeopt, CancellationToken cancellation)
        {
            var tree = new InliningTreeGrower(code.Module, options, feedback).Grow(functionIndex, cancellation);
            var graph = GraphBuilder.Build(code.Module, options, tree, allowDeopt, cancellation: cancellation);
            new PassPipeline(options).Run(graph, null, cancellation: cancellation);
            using var generator = new CodeGenerator { VerifiesAllocation = true };
            return Code[functionIndex] = generator.Generate(graph, code);
        }

        public void Dispose()
        {
        }
    }
}
