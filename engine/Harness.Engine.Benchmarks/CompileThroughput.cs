using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using Harness.Engine.Baseline;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer;
using Harness.Engine.Runtime;

namespace Harness.Engine.Benchmarks;

/// <summary>How fast each tier compiles all functions of a module of more than 300 KB, on one thread.</summary>
[InProcess]
[Config(typeof(Columns))]
public class CompileThroughput
{
    private static readonly WasmModule Module = SyntheticModule.Create(4000);
    private readonly NoFeedback _feedback = new();
    private WasmEngine _engine = null!;
    private ModuleCode _code = null!;
    private BaselineCompiler _baseline = null!;
    private OptimizingCompiler _optimizing = null!;

    /// <summary>Wire bytes of all bodies.</summary>
    private static int WireBytes { get; } = Module.Functions.Sum(function => function.BodySize);

    [GlobalSetup]
    public void SetUp()
    {
        _engine = new WasmEngine();
        _code = _engine.CodeOf(Module);
        _baseline = new BaselineCompiler(NativeRuntime.CodeSpace, NativeRuntime.Stubs.Stubs);
        _optimizing = new OptimizingCompiler(_engine.Options);
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _optimizing.Dispose();
        _engine.Dispose();
    }

    [Benchmark]
    public void Baseline()
    {
        for (var i = 0; i < Module.Functions.Length; i++)
        {
            NativeRuntime.CodeSpace.Free(_baseline.Compile(_code, i).Block);
        }
    }

    [Benchmark]
    public void Optimizing()
    {
        for (var i = 0; i < Module.Functions.Length; i++)
        {
            NativeRuntime.CodeSpace.Free(_optimizing.Compile(_code, i, _feedback, allowDeopt: true).Block);
        }
    }

    private sealed class NoFeedback : IFeedbackSource
    {
        public FunctionFeedback? FeedbackOf(int functionIndex) => null;

        public long WorkOf(int functionIndex) => 0;

        public int DeoptsAt(int bytecodeOffset) => 0;
    }

    private sealed class Columns : ManualConfig
    {
        public Columns() => AddColumn(new ThroughputColumn());
    }

    private sealed class ThroughputColumn : IColumn
    {
        public string Id => ColumnName;

        public string ColumnName => "MB/s";

        public bool AlwaysShow => true;

        public ColumnCategory Category => ColumnCategory.Custom;

        public int PriorityInCategory => 0;

        public bool IsNumeric => true;

        public UnitType UnitType => UnitType.Dimensionless;

        public string Legend => $"Megabytes of wire bytes compiled a second, of a module with {WireBytes} of them";

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase) =>
            summary[benchmarkCase]?.ResultStatistics is { } statistics ? $"{WireBytes * 1e3 / statistics.Median:F1}" : "?";

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) =>
            GetValue(summary, benchmarkCase);

        public bool IsAvailable(Summary summary) => true;

        public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;
    }
}
