using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Inlining;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;
using Harness.Experiments.Fuzzing.Observers;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing;

/// <summary>
/// Whether random programs are worth their while: what the engine makes of them in one configuration. Programs that trap at once,
/// never get hot or have nothing to remove would agree everywhere and prove nothing.
/// </summary>
internal sealed class FuzzStatistics
{
    /// <summary>Operations of which is counted how many the builder makes, and how many are left after the last pass.</summary>
    private static readonly (string Name, Opcode[] Operators)[] Watched =
    [
        ("allocations", [IrOp.NewStruct, IrOp.NewArray, IrOp.NewArrayFixed]),
        ("casts and type tests", [IrOp.RefCast, IrOp.RefTest]),
        ("checks", [IrOp.TrapIf, IrOp.TrapUnless, IrOp.Guard]),
        ("reads of fields and elements",
            [Opcode.StructGet, Opcode.StructGetS, Opcode.StructGetU, Opcode.ArrayGet, Opcode.ArrayGetS, Opcode.ArrayGetU]),
        ("calls by reference", [IrOp.CallReference]),
    ];

    private readonly int[] _built = new int[Watched.Length];
    private readonly int[] _left = new int[Watched.Length];
    private readonly SortedDictionary<string, int> _deopts = [];
    private readonly SortedDictionary<string, int> _decisions = [];
    private int _programs;
    private int _calls;
    private int _traps;
    private int _functions;
    private int _optimized;
    private int _refused;
    private int _collections;

    /// <summary>How many of the functions were optimized.</summary>
    public double OptimizedShare => Share(_optimized, _functions);

    /// <summary>How many of the calls from outside ended in a trap or an exception.</summary>
    public double TrappingShare => Share(_traps, _calls);

    /// <summary>Calls that were inlined.</summary>
    public int InlinedCalls { get; private set; }

    /// <summary>Guards that failed.</summary>
    public int Deopts => _deopts.Values.Sum();

    /// <summary>Allocations fewer after escape analysis than before it.</summary>
    public int RemovedAllocations { get; private set; }

    /// <summary>Runs a program in this process and adds what happened.</summary>
    public void Add(IFuzzProgram program, FuzzConfiguration configuration) =>
        Add(program.Encode(), configuration, (store, module) => EngineObserver.Observe(store, module, program.Calls));

    /// <summary>Runs a module in this process and adds what happened.</summary>
    /// <param name="bytes">The module.</param>
    /// <param name="configuration">How.</param>
    /// <param name="observe">Runs it, and tells the outcome of each call from outside.</param>
    public void Add(byte[] bytes, FuzzConfiguration configuration, Func<Store, WasmModule, IReadOnlyList<string>> observe)
    {
        using var store = new Store(EngineOptions.FromDictionary(configuration.Knobs.ToDictionary()));
        var seen = new HashSet<int>();
        var latest = new int[Watched.Length];
        store.Engine.Events.CompilationStepDone += step => latest = OnStep(step, latest);
        store.Engine.Events.Compiled += compiled => OnCompiled(compiled, seen, latest);
        store.Engine.Events.CompilationFailed += _ => _refused++;
        store.Engine.Events.Deoptimized += deopt => Count(_deopts, deopt.Reason.ToString());
        store.Engine.Events.Collected += _ => _collections++;
        var module = WasmModule.Decode(bytes, BuiltinSets.JsString);
        var outcomes = observe(store, module);
        _programs++;
        _functions += module.Functions.Count(function => !function.IsImported);
        _calls += outcomes.Count;
        _traps += outcomes.Count(outcome => outcome.StartsWith("trap", StringComparison.Ordinal));
        _optimized += seen.Count;
    }

    /// <summary>The sums, a line each.</summary>
    public IEnumerable<string> Describe()
    {
        yield return $"{_programs} programs, {_calls} calls from outside, {TrappingShare:P0} of which trap";
        yield return $"{_functions} functions, {OptimizedShare:P0} of which are optimized; {_refused} times the compiler refused; {_collections} collections";
        yield return $"{InlinedCalls} calls inlined; decisions: {Sums(_decisions)}";
        yield return $"{Deopts} deopts: {Sums(_deopts)}";
        for (var i = 0; i < Watched.Length; i++)
        {
            yield return $"{Watched[i].Name}: {_built[i]}, of which {Share(_left[i], _built[i]):P0} are left";
        }

        yield return $"allocations that escape analysis removed: {RemovedAllocations}";
    }

    private static double Share(int part, int whole) => part / (double)Math.Max(1, whole);

    private int[] OnStep(CompilationStep step, int[] before)
    {
        if (step.Result is InliningTree tree)
        {
            Count(tree);
        }

        if (step.Result is not Graph graph)
        {
            return before;
        }

        var counts = new int[Watched.Length];
        foreach (var id in graph.ReversePostorder().SelectMany(block => block.Nodes))
        {
            for (var i = 0; i < counts.Length; i++)
            {
                counts[i] += Watched[i].Operators.Contains(graph[id].Op) ? 1 : 0;
            }
        }

        if (step.Name == "build")
        {
            AddTo(_built, counts);
        }
        else if (step.Name == "escape-analysis")
        {
            RemovedAllocations += before[0] - counts[0];
        }

        return counts;
    }

    private void OnCompiled(CompiledEvent compiled, HashSet<int> seen, int[] latest)
    {
        if (compiled.Tier != CodeTier.Optimized)
        {
            return;
        }

        seen.Add(compiled.FunctionIndex);
        InlinedCalls += compiled.InlinedCalls;
        AddTo(_left, latest);
    }

    private static void AddTo(int[] sums, int[] counts)
    {
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] += counts[i];
        }
    }

    private void Count(InliningTree caller)
    {
        foreach (var target in caller.CallSites.SelectMany(site => site.Targets))
        {
            Count(_decisions, target.Decision.ToString());
            Count(target);
        }
    }

    private static void Count(SortedDictionary<string, int> sums, string name) => sums[name] = sums.GetValueOrDefault(name) + 1;

    private static string Sums(SortedDictionary<string, int> sums) => string.Join(", ", sums.Select(sum => $"{sum.Value} {sum.Key}"));
}
