using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Dart;

/// <summary>The host interface of compiled programs: output, arguments, clock, texts of doubles, and functions of mathematics.</summary>
/// <param name="output">Where a program's lines go.</param>
/// <param name="arguments">What <c>main</c> is given; null for nothing.</param>
internal sealed class DartHost(TextWriter output, IReadOnlyList<string>? arguments = null)
{
    /// <summary>Most units of a text that pass through the memory at once.</summary>
    private const int MostUnits = 30_000;

    private readonly IReadOnlyList<string> _arguments = arguments ?? [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly StringBuilder _line = new();
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

    /// <summary>What a compiled module imports.</summary>
    public Imports CreateImports()
    {
        var imports = new Imports();
        void Add(string name, HostFunction function) => imports.Define("host", name, function);
        Add("write", HostFunction.Create<int, int>(Write));
        Add("argument", HostFunction.Create<int, int, int>(WriteArgument));
        Add("formatDouble", HostFunction.Create<double, int, int, int>(FormatDouble));
        Add("parseDouble", HostFunction.Create<int, double>(ParseDouble));
        Add("clock", HostFunction.Create(() => _clock.Elapsed.TotalMicroseconds));
        Add("time", HostFunction.Create(() => (DateTime.UtcNow - DateTime.UnixEpoch).TotalMicroseconds));
        Add("sleep", HostFunction.Create<double>(milliseconds => Thread.Sleep((int)Math.Min(milliseconds, 60_000))));
        Add("seed", HostFunction.Create(() => (double)Random.Shared.Next()));
        foreach (var (name, function) in (ReadOnlySpan<(string, Func<double, double>)>)
                 [("sin", Math.Sin), ("cos", Math.Cos), ("tan", Math.Tan), ("asin", Math.Asin), ("acos", Math.Acos), ("atan", Math.Atan), ("exp", Math.Exp), ("log", Math.Log)])
            Add(name, HostFunction.Create(function));
        Add("atan2", HostFunction.Create<double, double, double>(Math.Atan2));
        Add("pow", HostFunction.Create<double, double, double>(Math.Pow));
        return imports;
    }

    private string ReadText(int length) => new(MemoryMarshal.Cast<byte, char>(_instance!.GetMemory("memory").Span(0, length * 2)));

    private void Write(int length, int isLast)
    {
        _line.Append(ReadText(length));
        if (isLast == 0)
            return;
        output.Write(_line.Append('\n').ToString());
        _line.Clear();
    }

    private void WriteText(ReadOnlySpan<char> text) => text.CopyTo(MemoryMarshal.Cast<byte, char>(_instance!.GetMemory("memory").Span(0, text.Length * 2)));

    private int WriteArgument(int index, int start)
    {
        if (index >= _arguments.Count)
            return -1;
        var rest = _arguments[index].AsSpan(start);
        WriteText(rest[..Math.Min(rest.Length, MostUnits)]);
        return rest.Length;
    }

    private int FormatDouble(double value, int kind, int digits)
    {
        var text = DoubleText.Format(value, kind, digits);
        WriteText(text);
        return text.Length;
    }

    // The grammar is checked by the core library; what comes is a number.
    private double ParseDouble(int length) =>
        double.TryParse(ReadText(length), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : double.NaN;
}
