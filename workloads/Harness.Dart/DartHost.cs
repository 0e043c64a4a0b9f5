using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Harness.Engine.Diagnostics;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.Runtime.Stacks;

namespace Harness.Dart;

/// <summary>The host interface of compiled programs: output, arguments, clock, stack traces, texts of doubles, and functions of mathematics.</summary>
/// <param name="output">What programs print to.</param>
/// <param name="errors">What is told there of exceptions that nobody catches; null for the output.</param>
/// <param name="map">The module's source map, which is read when the first trace is written; null where it has none.</param>
/// <param name="arguments">What <c>main</c> is given; null for nothing.</param>
internal sealed class DartHost(TextWriter output, TextWriter? errors = null, Lazy<SourceMap?>? map = null, IReadOnlyList<string>? arguments = null)
{
    /// <summary>Most units of a text that pass through the memory at once.</summary>
    private const int MostUnits = 30_000;

    // A text passes through the memory of the module, which has 64 Ki units.
    private const int LongestTrace = 60_000;

    private readonly IReadOnlyList<string> _arguments = arguments ?? [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Printer _output = new(output);
    private readonly Printer _errors = new(errors ?? output);
    private readonly StackTraceText _traces = new(map);
    private Instance? _instance;

    /// <summary>Runs a module's <c>main</c>.</summary>
    /// <returns>The exit code: 0, or 255 where an exception was not caught.</returns>
    public int Run(Store store, WasmModule module)
    {
        var instance = store.Instantiate(module, CreateImports());
        Attach(instance);
        return RunMain(instance);
    }

    /// <summary>Runs an instance's <c>main</c>.</summary>
    /// <returns>The exit code: 0, or 255 where an exception was not caught.</returns>
    public static int RunMain(Instance instance) => instance.GetFunction("main").Invoke()[0].AsI32();

    /// <summary>Tells the host whose memory texts pass through: the instance that was made with its imports.</summary>
    public void Attach(Instance instance) => _instance = instance;

    /// <summary>A trap as an exception that nobody caught, with the stack.</summary>
    public string Describe(WasmTrapException trap) => $"Unhandled exception:\n{trap.Kind.Message()}\n{_traces.Write(trap.CallStack, 0, trap.IsCallStackTruncated)}";

    /// <summary>What a compiled module imports.</summary>
    public Imports CreateImports()
    {
        var imports = new Imports();
        void Add(string name, HostFunction function) => imports.Define("host", name, function);
        Add("write", HostFunction.Create<int, int>((length, isLast) => _output.Write(ReadText(length), isLast != 0)));
        Add("writeError", HostFunction.Create<int, int>((length, isLast) => _errors.Write(ReadText(length), isLast != 0)));
        Add("trace", HostFunction.Create(Engine.Modules.FunctionType.Of([Engine.Modules.ValueType.I32], [Engine.Modules.ValueType.ExternRef]), CaptureTrace));
        Add("traceText", HostFunction.Create(Engine.Modules.FunctionType.Of([Engine.Modules.ValueType.ExternRef], [Engine.Modules.ValueType.I32]), WriteTrace));
        Add("argument", HostFunction.Create<int, int, int>(WriteArgument));
        Add("formatDouble", HostFunction.Create<double, int, int, int>((value, kind, digits) => WriteText(DoubleText.Format(value, kind, digits))));
        Add("parseDouble", HostFunction.Create<int, double>(ParseDouble));
        Add("clock", HostFunction.Create(() => _clock.Elapsed.TotalMicroseconds));
        Add("time", HostFunction.Create(() => (DateTime.UtcNow - DateTime.UnixEpoch).TotalMicroseconds));
        Add("sleep", HostFunction.Create<double>(milliseconds => Thread.Sleep((int)Math.Min(milliseconds, 60_000))));
        Add("seed", HostFunction.Create(() => (double)Random.Shared.Next()));
        foreach (var (name, function) in (ReadOnlySpan<(string, Func<double, double>)>)
                 [("sin", Math.Sin), ("cos", Math.Cos), ("tan", Math.Tan), ("asin", Math.Asin), ("acos", Math.Acos), ("atan", Math.Atan), ("exp", Math.Exp), ("log", Math.Log)])
        {
            Add(name, HostFunction.Create(function));
        }

        Add("atan2", HostFunction.Create<double, double, double>(Math.Atan2));
        Add("pow", HostFunction.Create<double, double, double>(Math.Pow));
        return imports;
    }

    private string ReadText(int length) => new(MemoryMarshal.Cast<byte, char>(_instance!.GetMemory("memory").Span(0, length * 2)));

    private int WriteText(ReadOnlySpan<char> text)
    {
        text.CopyTo(MemoryMarshal.Cast<byte, char>(_instance!.GetMemory("memory").Span(0, text.Length * 2)));
        return text.Length;
    }

    private int WriteArgument(int index, int start)
    {
        if (index >= _arguments.Count)
        {
            return -1;
        }

        var rest = _arguments[index].AsSpan(start);
        WriteText(rest[..Math.Min(rest.Length, MostUnits)]);
        return rest.Length;
    }

    // The stack is told by an object of the host: it lives as long as the module's object that has it.
    private static void CaptureTrace(HostCaller caller, ReadOnlySpan<WasmValue> arguments, Span<WasmValue> results) =>
        results[0] = WasmValue.FromExtern(new Trace(caller.CaptureStack(), arguments[0].AsI32()));

    private void WriteTrace(HostCaller caller, ReadOnlySpan<WasmValue> arguments, Span<WasmValue> results)
    {
        var trace = (Trace)arguments[0].AsExtern()!;
        var text = _traces.Write(trace.Stack.Symbolize(), trace.Skipped, trace.Stack.IsTruncated);
        results[0] = WriteText(text.AsSpan(0, Math.Min(text.Length, LongestTrace)));
    }

    // The grammar is checked by the core library; what comes is a number.
    private double ParseDouble(int length) =>
        double.TryParse(ReadText(length), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : double.NaN;

    /// <summary>A stack, and how many of its innermost functions are no part of the trace.</summary>
    private sealed record Trace(CapturedStack Stack, int Skipped);

    /// <summary>Puts lines together that come in pieces.</summary>
    private sealed class Printer(TextWriter writer)
    {
        private readonly StringBuilder _line = new();

        public void Write(string text, bool isLast)
        {
            _line.Append(text);
            if (!isLast)
            {
                return;
            }

            writer.Write(_line.Append('\n').ToString());
            _line.Clear();
        }
    }
}
