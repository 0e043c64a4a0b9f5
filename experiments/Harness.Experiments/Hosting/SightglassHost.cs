using System.Diagnostics;
using System.Text;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Experiments.Hosting;

/// <summary>
/// Programs of Sightglass: WASI commands that read files beside the module and tell by <c>bench.start</c> and <c>bench.end</c> what is
/// to be timed. What they print must be what stands in <c>*.stdout.expected</c>. Each run has its own instance.
/// </summary>
internal sealed class SightglassHost(string folder) : GuestHost(folder)
{
    private const string Wasi = "wasi_snapshot_preview1";
    private const int FirstFile = 4;
    private const int Success = 0;
    private const int BadFile = 8;
    private const int NoEntry = 44;

    private readonly List<byte> output = [];
    private readonly List<FileStream?> files = [];
    private long started;
    private double elapsed;

    public override GuestReport Run(Store store, WasmModule module, int repetitions)
    {
        var imports = new Imports()
            .Define("bench", "start", HostFunction.Create(() => { started = Stopwatch.GetTimestamp(); }))
            .Define("bench", "end", HostFunction.Create(() => { elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds; }))
            .Define(Wasi, "path_open", Function(9, [5, 6], Open))
            .Define(Wasi, "fd_read", Function(4, [], (memory, arguments) => Transfer(memory, arguments, Read)))
            .Define(Wasi, "fd_write", Function(4, [], (memory, arguments) => Transfer(memory, arguments, Write)))
            .Define(Wasi, "fd_close", Function(1, [], (_, arguments) => Close(arguments[0].AsI32())));
        var times = new double[repetitions];
        for (var i = 0; i < repetitions; i++)
        {
            output.Clear();
            store.Instantiate(module, imports).GetFunction("_start").Invoke();
            times[i] = elapsed;
            Check();
        }
        return new GuestReport(times, Text);
    }

    private string Text => Encoding.UTF8.GetString([.. output]).Trim();

    /// <summary>A function of WASI: all parameters are i32 but some, which are i64; the result is an error number.</summary>
    private static HostFunction Function(int parameters, int[] longs, Func<Memory, WasmValue[], int> callback)
    {
        var types = Enumerable.Range(0, parameters).Select(index => longs.Contains(index) ? Engine.Modules.ValueType.I64 : Engine.Modules.ValueType.I32);
        return HostFunction.Create(FunctionType.Of([.. types], [Engine.Modules.ValueType.I32]), (caller, arguments, results) =>
            results[0] = callback(caller.Instance!.GetMemory("memory"), arguments.ToArray()));
    }

    private int Open(Memory memory, WasmValue[] arguments)
    {
        var name = Encoding.UTF8.GetString(memory.Span((uint)arguments[2].AsI32(), arguments[3].AsI32()));
        var path = Path.Combine(Path.GetDirectoryName(ModulePath)!, Path.GetFileName(name));
        if (!File.Exists(path))
            return NoEntry;
        memory.Write((uint)arguments[8].AsI32(), FirstFile + files.Count);
        files.Add(File.OpenRead(path));
        return Success;
    }

    private int Close(int descriptor)
    {
        if (FileOf(descriptor) is not { } file)
            return BadFile;
        file.Dispose();
        files[descriptor - FirstFile] = null;
        return Success;
    }

    private FileStream? FileOf(int descriptor) =>
        descriptor >= FirstFile && descriptor - FirstFile < files.Count ? files[descriptor - FirstFile] : null;

    /// <summary>Reads or writes the buffers of a vector of addresses and lengths, and stores how many bytes that were.</summary>
    private static int Transfer(Memory memory, WasmValue[] arguments, Func<int, Memory, uint, int, int> transfer)
    {
        var (vector, total) = ((uint)arguments[1].AsI32(), 0);
        for (var i = 0u; i < (uint)arguments[2].AsI32(); i++)
        {
            var count = transfer(arguments[0].AsI32(), memory, memory.Read<uint>(vector + 8 * i), memory.Read<int>(vector + 8 * i + 4));
            if (count < 0)
                return BadFile;
            total += count;
        }
        memory.Write((uint)arguments[3].AsI32(), total);
        return Success;
    }

    private int Read(int descriptor, Memory memory, uint address, int length) => FileOf(descriptor)?.Read(memory.Span(address, length)) ?? -1;

    private int Write(int descriptor, Memory memory, uint address, int length)
    {
        if (descriptor is not (1 or 2))
            return -1;
        output.AddRange(memory.Span(address, length));
        return length;
    }

    private void Check()
    {
        if (Directory.GetFiles(Path.GetDirectoryName(ModulePath)!, "*.stdout.expected") is [var path]
            && File.ReadAllText(path).Trim() is var expected && expected != Text)
        {
            throw new HarnessException($"{ModulePath} printed '{Text}' instead of '{expected}'");
        }
    }
}
