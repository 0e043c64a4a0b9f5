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
        EngineOptions options = EngineOptions.Default;
        var paths = new List<string>();
        int repetitions = 3;
        int only = -1;
        for (int i = 0; i < arguments.Length; i++)
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

        foreach (string path in paths)
        {
            Console.WriteLine(Measure(path, options, repetitions, only));
        }

        return 0;
    }

    private static string Measure(string path, EngineOptions options, int repetitions, int only)
    {
        var module = WasmModule.Decode(File.ReadAllBytes(path), BuiltinSets.JsString);
        using var engine = new WasmEngine(options);
        ModuleCode code = engine.CodeOf(module);
        using var compiler = new OptimizingCompiler(options);
        Measurement? best = null;
        for (int i = 0; i < repetitions; i++)
        {
            // The first round is cold code of the .NET runtime.
            Measurement measured = MeasureOnce(code, compiler, only);
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
        for (int i = 0; i < code.Module.Functions.Length; i++)
        {
            FunctionInfo function = code.Module.Functions[i];
            if (function.IsImported || (only >= 0 && only != i))
            {
                continue;
            }

            code.Engine.Events.CompilationStepDone += onStep;
            long start = ThreadClock.Now;
            measurement.StepStart = start;
            try
            {
                CompiledCode compiled = compiler.Compile(code, i, feedback, allowDeopt: true);
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
        private readonly List<(string Name, double Time, long Nodes)> steps = [];
        private int step;
        private int compiled = -1;

        public List<(int Index, int WireBytes, long Time)> Functions { get; } = [];

        public List<string> Refusals { get; } = [];

        public long CodeBytes { get; set; }

        /// <summary>When the step began that comes next.</summary>
        public long StepStart { get; set; }

        public long Total => Functions.Sum(function => function.Time);

        public void Add(CompilationStep done)
        {
            if (compiled != done.FunctionIndex)
            {
                compiled = done.FunctionIndex;
                step = 0;
            }

            if (step == steps.Count)
            {
                steps.Add((done.Name, 0, 0));
            }

            long now = ThreadClock.Now;
            long nodes = done.Result is Graph graph ? graph.NodeCount : 0;
            steps[step] = (steps[step].Name, steps[step].Time + (now - StepStart), steps[step].Nodes + nodes);
            step++;
            StepStart = ThreadClock.Now;
        }

        public string Describe(string path, WasmModule module)
        {
            long bytes = Functions.Sum(function => (long)function.WireBytes);
            double stepTime = steps.Sum(each => each.Time);
            double mean = (double)Total / bytes;
            var text = new StringWriter(CultureInfo.InvariantCulture);
            text.WriteLine(
                $"{Path.GetFileName(path)}: {Functions.Count} functions, {bytes} wire bytes, {CodeBytes} bytes of code, "
                + $"{Total / 1e6:F0} ms, {bytes * 1e3 / Total:F2} MB/s");
            text.WriteLine($"  {"step",-26} {"ms",8} {"share",6} {"ns/byte",8} {"node ids",9}");
            foreach ((string name, double time, long nodes) in steps)
            {
                text.WriteLine($"  {name,-26} {time / 1e6,8:F1} {time / stepTime,6:P0} {time / bytes,8:F1} {nodes,9}");
            }

            foreach ((int index, int size, long time) in Functions.OrderByDescending(function => function.Time).Take(WorstCount))
            {
                text.WriteLine(
                    $"  {time / 1e6,8:F2} ms {size,7} bytes {time / mean / size,6:F1} times the mean  [{index}] {module.Functions[index]}");
            }

            text.WriteLine("  by cost a byte, of those that took more than 1 ms:");
            foreach ((int index, int size, long time) in Functions
                .Where(function => function.Time > 1_000_000).OrderByDescending(function => function.Time / function.WireBytes).Take(WorstCount))
            {
                text.WriteLine(
                    $"  {time / 1e6,8:F2} ms {size,7} bytes {time / mean / size,6:F1} times the mean  [{index}] {module.Functions[index]}");
            }

            foreach (string refusal in Refusals.Take(WorstCount))
            {
                text.WriteLine($"  not compiled: {refusal}");
            }

            return text.ToString();
        }
    }
}
