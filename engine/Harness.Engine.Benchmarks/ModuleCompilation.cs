using System.Globalization;
using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics.Growth;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;

namespace Harness.Engine.Benchmarks;

/// <summary>
/// Compiles all functions of modules with the optimizing compiler, without feedback and without running them, and shows megabytes of
/// wire bytes a second, the time of each step, and the functions that took longest. Times are processor time of the thread, so that
/// a busy machine changes little.
/// </summary>
internal static class ModuleCompilation
{
    private const int WorstCount = 6;

    /// <summary>Runs the command: paths, <c>--repeat N</c> (3; the fastest counts), <c>--function INDEX</c>, and knobs.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string[] arguments)
    {
        var options = EngineOptions.Default;
        var paths = new List<string>();
        var repetitions = 3;
        var only = -1;
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--repeat":
                    repetitions = int.Parse(arguments[++i], CultureInfo.InvariantCulture);
                    break;
                case "--function":
                    only = int.Parse(arguments[++i], CultureInfo.InvariantCulture);
                    break;
                case ['-', '-', .. string knob]:
                    options = options.With(knob, arguments[++i]);
                    break;
                default:
                    paths.Add(arguments[i]);
                    break;
            }
        }

        foreach (var path in paths)
        {
            Console.WriteLine(Measure(path, options, repetitions, only));
        }

        return 0;
    }

    private static string Measure(string path, EngineOptions options, int repetitions, int only)
    {
        var module = WasmModule.Decode(File.ReadAllBytes(path), BuiltinSets.JsString);
        using var engine = new WasmEngine(options);
        var code = engine.CodeOf(module);
        using var compiler = new OptimizingCompiler(options);
        Measurement? best = null;
        for (var i = 0; i < repetitions; i++)
        {
            // The first round is cold code of the .NET runtime.
            var measured = MeasureOnce(code, compiler, only);
            if (best is null || measured.Total < best.Total)
            {
                best = measured;
            }
        }

        return best!.Describe(path, module);
    }

    private static Measurement MeasureOnce(ModuleCode code, OptimizingCompiler compiler, int only)
    {
        var measurement = new Measurement();
        var feedback = new NoFeedback();
        Action<CompilationStep> onStep = measurement.Add;
        for (var i = 0; i < code.Module.Functions.Length; i++)
        {
            var function = code.Module.Functions[i];
            if (function.IsImported || (only >= 0 && only != i))
            {
                continue;
            }

            code.Engine.Events.CompilationStepDone += onStep;
            var start = ThreadClock.Now;
            measurement.StepStart = start;
            try
            {
                var compiled = compiler.Compile(code, i, feedback, allowDeopt: true);
                measurement.CodeBytes += compiled.Block.Size;
                NativeRuntime.CodeSpace.Free(compiled.Block);
            }
            catch (NotSupportedException refusal)
            {
                measurement.Refusals.Add($"{function}: {refusal.Message}");
            }

            measurement.Functions.Add((i, function.BodySize, ThreadClock.Now - start));
            code.Engine.Events.CompilationStepDone -= onStep;
        }

        return measurement;
    }

    private sealed class NoFeedback : IFeedbackSource
    {
        public FunctionFeedback? FeedbackOf(int functionIndex) => null;

        public long WorkOf(int functionIndex) => 0;

        public int DeoptsAt(int bytecodeOffset) => 0;
    }

    /// <summary>One round over all functions. Times are nanoseconds.</summary>
    private sealed class Measurement
    {
        private readonly List<(string Name, double Time, long Nodes)> _steps = [];
        private int _step;
        private int _compiled = -1;

        public List<(int Index, int WireBytes, long Time)> Functions { get; } = [];

        public List<string> Refusals { get; } = [];

        public long CodeBytes { get; set; }

        /// <summary>When the step began that comes next.</summary>
        public long StepStart { get; set; }

        public long Total => Functions.Sum(function => function.Time);

        public void Add(CompilationStep done)
        {
            if (_compiled != done.FunctionIndex)
            {
                _compiled = done.FunctionIndex;
                _step = 0;
            }

            if (_step == _steps.Count)
            {
                _steps.Add((done.Name, 0, 0));
            }

            var now = ThreadClock.Now;
            long nodes = done.Result is Graph graph ? graph.NodeCount : 0;
            _steps[_step] = (_steps[_step].Name, _steps[_step].Time + (now - StepStart), _steps[_step].Nodes + nodes);
            _step++;
            StepStart = ThreadClock.Now;
        }

        public string Describe(string path, WasmModule module)
        {
            var bytes = Functions.Sum(function => (long)function.WireBytes);
            var stepTime = _steps.Sum(each => each.Time);
            var mean = (double)Total / bytes;
            var text = new StringWriter(CultureInfo.InvariantCulture);
            text.WriteLine(
                $"{Path.GetFileName(path)}: {Functions.Count} functions, {bytes} wire bytes, {CodeBytes} bytes of code, "
                + $"{Total / 1e6:F0} ms, {bytes * 1e3 / Total:F2} MB/s");
            text.WriteLine($"  {"step",-26} {"ms",8} {"share",6} {"ns/byte",8} {"node ids",9}");
            foreach (var (name, time, nodes) in _steps)
            {
                text.WriteLine($"  {name,-26} {time / 1e6,8:F1} {time / stepTime,6:P0} {time / bytes,8:F1} {nodes,9}");
            }

            foreach (var (index, size, time) in Functions.OrderByDescending(function => function.Time).Take(WorstCount))
            {
                text.WriteLine(
                    $"  {time / 1e6,8:F2} ms {size,7} bytes {time / mean / size,6:F1} times the mean  [{index}] {module.Functions[index]}");
            }

            text.WriteLine("  by cost a byte, of those that took more than 1 ms:");
            foreach (var (index, size, time) in Functions
                .Where(function => function.Time > 1_000_000).OrderByDescending(function => function.Time / function.WireBytes).Take(WorstCount))
            {
                text.WriteLine(
                    $"  {time / 1e6,8:F2} ms {size,7} bytes {time / mean / size,6:F1} times the mean  [{index}] {module.Functions[index]}");
            }

            foreach (var refusal in Refusals.Take(WorstCount))
            {
                text.WriteLine($"  not compiled: {refusal}");
            }

            return text.ToString();
        }
    }
}
