using System.Diagnostics;
using System.Text;
using Harness.Experiments.Costs;
using Harness.Experiments.Hosting;
using Harness.Experiments.Workloads;
using Harness.Hosts;
using Library = global::Wasmtime;

namespace Harness.Experiments.Engines.Wasmtime;

/// <summary>One repetition on Wasmtime: a call of an export, or a WASI command that is run from its beginning.</summary>
internal sealed class WasmtimeWorker : IDisposable
{
    /// <summary>Stack of the thread that runs the program: more than Wasmtime may be told to use.</summary>
    private const int StackBytes = 1 << 30;

    /// <summary>Files of a folder and those below it; what symbolic links lead to is elsewhere, or listed there.</summary>
    private static readonly EnumerationOptions FilesThemselves = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false };

    private readonly WorkerRequest request;
    private readonly WorkerProgram program;
    private readonly Library.Config configuration;
    private readonly Library.Engine engine;
    private readonly Library.Linker linker;
    private readonly Library.Module module;
    private readonly OutputRecorder outputs = new();
    private readonly double compileMs;
    private double? firstInstanceMs;
    private Library.Store? store;
    private long benchStarted;
    private readonly WorkerLoop.TimedCpu cpu = new();
    private double? benchMs;
    private double benchCpuBefore;
    private double? benchCpuMs;

    private WasmtimeWorker(WorkerRequest request)
    {
        this.request = request;
        program = request.Program;
        configuration = WasmtimeConfiguration.Create(request.Knobs);
        engine = new Library.Engine(configuration);
        linker = new Library.Linker(engine);
        if (program.Host is not ("none" or "instances" or "compile" or "traps"))
            linker.DefineWasi();
        if (program.Host == "sightglass")
        {
            linker.DefineFunction("bench", "start", () =>
            {
                benchCpuBefore = WorkerLoop.CpuMs;
                benchStarted = Stopwatch.GetTimestamp();
            });
            linker.DefineFunction("bench", "end", () =>
            {
                benchMs = Stopwatch.GetElapsedTime(benchStarted).TotalMilliseconds;
                benchCpuMs = WorkerLoop.CpuMs - benchCpuBefore;
            });
        }

        var bytes = File.ReadAllBytes(program.Module!);
        var start = Stopwatch.GetTimestamp();
        try
        {
            module = Library.Module.FromBytes(engine, program.Name, bytes);
        }
        catch (Library.WasmtimeException exception)
        {
            throw new UnsupportedProgramException(Line(exception.Message), exception);
        }

        compileMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>Reads a request (JSON) from standard input and writes a report (JSON) as the last line of standard output.</summary>
    public static int Run()
    {
        var startMs = WorkerLoop.SinceProcessStartMs;
        var request = WorkerJson.ReadRequest();
        var report = new WorkerReport { Status = WorkerStatus.Error };
        var thread = new Thread(() => report = Attempt(request), StackBytes);
        thread.Start();
        thread.Join();
        WorkerJson.WriteReport(report with { StartMs = startMs, PeakMemoryBytes = WorkerLoop.PeakMemoryBytes });
        return 0;
    }

    public void Dispose()
    {
        store?.Dispose();
        module.Dispose();
        linker.Dispose();
        engine.Dispose();
        configuration.Dispose();
    }

    private static WorkerReport Attempt(WorkerRequest request)
    {
        try
        {
            using var worker = new WasmtimeWorker(request);
            return worker.Measure();
        }
        catch (UnsupportedProgramException exception)
        {
            return Failed(WorkerStatus.Unsupported, exception.Message);
        }
        catch (WrongResultException exception)
        {
            return Failed(WorkerStatus.WrongResult, exception.Message);
        }
        catch (Library.TrapException exception)
        {
            return Failed(WorkerStatus.Trap, exception.Message);
        }
        catch (Exception exception) when (exception is Library.WasmtimeException or ProgramException or IOException or UnauthorizedAccessException or InvalidOperationException or ArgumentException or HarnessException)
        {
            return Failed(WorkerStatus.Error, exception.Message);
        }
    }

    private static WorkerReport Failed(WorkerStatus status, string message) => new() { Status = status, Message = Line(message) };

    private static string Line(string message) => message.Split('\n')[0].TrimEnd();

    private WorkerReport Measure()
    {
        using var instances = program.Host == "instances" ? new WasmtimeInstances(engine, module) : null;
        long instanceBytes = 0;
        var (warmUp, timed) = instances is null ? MakeIterations() : (MeasureInstances, MeasureInstances);
        var loop = WorkerLoop.Run(request, warmUp, timed, areTiersQuiet: null, cpu);
        return new WorkerReport
        {
            Status = WorkerStatus.Ok,
            CompileMs = compileMs,
            InstantiateMs = firstInstanceMs ?? 0,
            WarmUpCalls = loop.WarmUpMs.Count,
            WarmUpMs = loop.WarmUpTotalMs,
            Settled = loop.Settled,
            ExecuteMs = loop.ExecuteMs,
            ExecuteCpuMs = loop.ExecuteCpuMs,
            CpuMs = WorkerLoop.CpuMs,
            IterationMs = loop.AllMs,
            Outputs = outputs.All,
            InstanceBytes = instanceBytes,
            ClockStepMs = WorkerLoop.MeasureClockStep(),
        };

        double MeasureInstances()
        {
            var start = Stopwatch.GetTimestamp();
            var cost = instances!.Measure(request.Checks);
            instanceBytes = cost.InstanceBytes;
            outputs.Add(new ProgramOutput { Text = cost.ToString() });
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
    }

    private (Func<double> WarmUp, Func<double> Timed) MakeIterations()
    {
        if (program.Host == "compile")
            return (CompileAgain, CompileAgain);
        if (program.Host == "traps")
            return (MeasureTraps, MeasureTraps);
        if (!WorkerLoop.IsCall(program))
            return (RunCommand, RunCommand);
        var instance = Instantiate(OpenStore());
        return (MakeCall(instance, program.WarmUp!), MakeCall(instance, program.Timed!));
    }

    private double CompileAgain()
    {
        var bytes = File.ReadAllBytes(program.Module!);
        var start = Stopwatch.GetTimestamp();
        using var again = Library.Module.FromBytes(engine, program.Name, bytes);
        var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        outputs.Add(new ProgramOutput { Text = CompileHost.Text(bytes.Length) });
        return elapsed;
    }

    private double MeasureTraps()
    {
        var start = Stopwatch.GetTimestamp();
        var descend = Instantiate(OpenStore()).GetFunction<int, int, int>("descend") ?? throw new ProgramException("the module exports no function 'descend' of its type");
        outputs.Add(new ProgramOutput { Text = TrapCost.Measure(Trap, depth => descend(depth, 0), request.Checks) });
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;

        int Trap(int depth)
        {
            try
            {
                descend(depth, 1);
                return 0;
            }
            catch (Library.TrapException trap) when (trap.Type == Library.TrapCode.Unreachable)
            {
                return trap.Frames?.Count ?? 0;
            }
        }
    }

    private Library.Store OpenStore()
    {
        store?.Dispose();
        store = new Library.Store(engine);
        if (request.Knobs.GetValueOrDefault(WasmtimeKnobs.ConsumeFuel.Name) == "on")
            store.Fuel = ulong.MaxValue;
        if (request.Knobs.GetValueOrDefault(WasmtimeKnobs.EpochInterruption.Name) == "on")
            store.SetEpochDeadline(1);
        return store;
    }

    private Library.Instance Instantiate(Library.Store target)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            return linker.Instantiate(target, module);
        }
        finally
        {
            firstInstanceMs ??= Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
    }

    private static Func<double> MakeCall(Library.Instance instance, WorkerInvocation call)
    {
        var function = instance.GetFunction(call.Function) ?? throw new ProgramException($"the module exports no function '{call.Function}'");
        var arguments = call.Arguments.Select(text => ToValue(TypedLiteral.Parse(text))).ToArray();
        var expected = (call.Expected ?? []).Select(TypedLiteral.Parse).ToArray();
        return () =>
        {
            var start = Stopwatch.GetTimestamp();
            var result = function.Invoke(arguments);
            var elapsed = WorkerLoop.ElapsedMs(start);
            var results = result switch { null => [], object?[] several => several, _ => (object?[])[result] };
            if (results.Length != expected.Length || !results.Zip(expected).All(pair => WasmLiterals.Matches(ToWasmValue(pair.First), pair.Second)))
                throw new WrongResultException($"{call.Function}({string.Join(", ", call.Arguments)}) gave {string.Join(", ", results.Select(value => ToWasmValue(value)))} instead of {string.Join(", ", call.Expected ?? [])}");
            return elapsed;
        };
    }

    private static Library.ValueBox ToValue(TypedLiteral literal)
    {
        var value = WasmLiterals.ToValue(literal);
        return literal.Type switch
        {
            "i32" => value.AsI32(),
            "i64" => value.AsI64(),
            "f32" => value.AsF32(),
            _ => value.AsF64(),
        };
    }

    private static Harness.Engine.Runtime.WasmValue ToWasmValue(object? value) => value switch
    {
        int number => Harness.Engine.Runtime.WasmValue.FromI32(number),
        long number => Harness.Engine.Runtime.WasmValue.FromI64(number),
        float number => Harness.Engine.Runtime.WasmValue.FromF32(number),
        double number => Harness.Engine.Runtime.WasmValue.FromF64(number),
        _ => throw new ProgramException($"a result of the type {value?.GetType().Name ?? "reference"} cannot be checked on Wasmtime"),
    };

    /// <summary>A WASI command: each iteration has a store, an instance and a folder of its own.</summary>
    private double RunCommand()
    {
        var scratch = Directory.CreateTempSubdirectory("harness-wasmtime-");
        try
        {
            var folder = scratch.CreateSubdirectory("folder");
            FillFolder(folder.FullName);
            var (standardOutput, standardError) = (Path.Combine(scratch.FullName, "stdout"), Path.Combine(scratch.FullName, "stderr"));
            (benchMs, benchCpuMs) = (null, null);
            var cpuBefore = WorkerLoop.CpuMs;
            var start = Stopwatch.GetTimestamp();
            var wasi = new Library.WasiConfiguration()
                .WithArgs([Path.GetFileName(program.Module!), .. program.Arguments])
                .WithEnvironmentVariables(program.Environment.Select(variable => (variable.Key, variable.Value)))
                .WithPreopenedDirectory(folder.FullName, ".", mutable: true)
                .WithStandardOutput(standardOutput)
                .WithStandardError(standardError);
            var exitCode = RunToExit(program.StandardInput is { } input ? wasi.WithStandardInput(input) : wasi);
            var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            cpu.Add(benchCpuMs ?? (WorkerLoop.CpuMs - cpuBefore));

            // Wasmtime writes its files when the store goes.
            store!.Dispose();
            store = null;
            var bytes = File.ReadAllBytes(standardOutput);
            outputs.Add(new ProgramOutput
            {
                Text = Encoding.UTF8.GetString(bytes),
                Bytes = bytes,
                ErrorText = File.ReadAllText(standardError),
                ExitCode = exitCode,
                Files = ReadFiles(folder.FullName),
            });
            return benchMs ?? elapsed;
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    private int RunToExit(Library.WasiConfiguration wasi)
    {
        var target = OpenStore();
        target.SetWasiConfiguration(wasi);
        var entry = Instantiate(target).GetAction("_start") ?? throw new ProgramException("the module exports no function '_start': it is no WASI command");
        try
        {
            entry();
            return 0;
        }
        catch (Library.WasmtimeException exception) when (exception.ExitCode is not null)
        {
            return exception.ExitCode.Value;
        }
    }

    /// <summary>Puts what the program is given into its folder.</summary>
    private void FillFolder(string folder)
    {
        foreach (var input in program.Inputs)
        {
            var path = Path.Combine(folder, input.Place);
            if (input.File is { } file)
                File.Copy(file, path);
            else if (input.Link is { } target)
                File.CreateSymbolicLink(path, target);
            else
                Directory.CreateDirectory(path);
        }
    }

    private Dictionary<string, byte[]> ReadFiles(string folder)
    {
        var given = program.Inputs.Where(input => input.File is not null).Select(input => input.Place).ToHashSet();
        return Directory.EnumerateFiles(folder, "*", FilesThemselves)
            .Select(path => (path, name: Path.GetRelativePath(folder, path)))
            .Where(file => !given.Contains(file.name))
            .ToDictionary(file => file.name, file => File.ReadAllBytes(file.path));
    }

    private sealed class WrongResultException(string message) : Exception(message);

    private sealed class UnsupportedProgramException(string message, Exception cause) : Exception(message, cause);
}
