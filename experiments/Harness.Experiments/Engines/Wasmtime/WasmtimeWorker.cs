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

    private readonly WorkerRequest _request;
    private readonly WorkerProgram _program;
    private readonly Library.Config _configuration;
    private readonly Library.Engine _engine;
    private readonly Library.Linker _linker;
    private readonly Library.Module _module;
    private readonly OutputRecorder _outputs = new();
    private readonly double _compileMs;
    private double? _firstInstanceMs;
    private Library.Store? _store;
    private long _benchStarted;
    private readonly WorkerLoop.TimedCpu _cpu = new();
    private double? _benchMs;
    private double _benchCpuBefore;
    private double? _benchCpuMs;

    private WasmtimeWorker(WorkerRequest request)
    {
        _request = request;
        _program = request.Program;
        _configuration = WasmtimeConfiguration.Create(request.Knobs);
        _engine = new Library.Engine(_configuration);
        _linker = new Library.Linker(_engine);
        if (_program.Host is not ("none" or "instances" or "compile" or "traps"))
        {
            _linker.DefineWasi();
        }

        if (_program.Host == "sightglass")
        {
            _linker.DefineFunction("bench", "start", () =>
            {
                _benchCpuBefore = WorkerLoop.CpuMs;
                _benchStarted = Stopwatch.GetTimestamp();
            });
            _linker.DefineFunction("bench", "end", () =>
            {
                _benchMs = Stopwatch.GetElapsedTime(_benchStarted).TotalMilliseconds;
                _benchCpuMs = WorkerLoop.CpuMs - _benchCpuBefore;
            });
        }

        var bytes = File.ReadAllBytes(_program.Module!);
        var start = Stopwatch.GetTimestamp();
        try
        {
            _module = Library.Module.FromBytes(_engine, _program.Name, bytes);
        }
        catch (Library.WasmtimeException exception)
        {
            throw new UnsupportedProgramException(Line(exception.Message), exception);
        }

        _compileMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
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
        _store?.Dispose();
        _module.Dispose();
        _linker.Dispose();
        _engine.Dispose();
        _configuration.Dispose();
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
        using var instances = _program.Host == "instances" ? new WasmtimeInstances(_engine, _module) : null;
        long instanceBytes = 0;
        var (warmUp, timed) = instances is null ? MakeIterations() : (MeasureInstances, MeasureInstances);
        var loop = WorkerLoop.Run(_request, warmUp, timed, areTiersQuiet: null, _cpu);
        return new WorkerReport
        {
            Status = WorkerStatus.Ok,
            CompileMs = _compileMs,
            InstantiateMs = _firstInstanceMs ?? 0,
            WarmUpCalls = loop.WarmUpMs.Count,
            WarmUpMs = loop.WarmUpTotalMs,
            Settled = loop.Settled,
            ExecuteMs = loop.ExecuteMs,
            ExecuteCpuMs = loop.ExecuteCpuMs,
            CpuMs = WorkerLoop.CpuMs,
            IterationMs = loop.AllMs,
            Outputs = _outputs.All,
            InstanceBytes = instanceBytes,
            ClockStepMs = WorkerLoop.MeasureClockStep(),
        };

        double MeasureInstances()
        {
            var start = Stopwatch.GetTimestamp();
            var cost = instances!.Measure(_request.Checks);
            instanceBytes = cost.InstanceBytes;
            _outputs.Add(new ProgramOutput { Text = cost.ToString() });
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
    }

    private (Func<double> WarmUp, Func<double> Timed) MakeIterations()
    {
        if (_program.Host == "compile")
        {
            return (CompileAgain, CompileAgain);
        }

        if (_program.Host == "traps")
        {
            return (MeasureTraps, MeasureTraps);
        }

        if (!WorkerLoop.IsCall(_program))
        {
            return (RunCommand, RunCommand);
        }

        var instance = Instantiate(OpenStore());
        return (MakeCall(instance, _program.WarmUp!), MakeCall(instance, _program.Timed!));
    }

    private double CompileAgain()
    {
        var bytes = File.ReadAllBytes(_program.Module!);
        var start = Stopwatch.GetTimestamp();
        using var again = Library.Module.FromBytes(_engine, _program.Name, bytes);
        var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        _outputs.Add(new ProgramOutput { Text = CompileHost.Text(bytes.Length) });
        return elapsed;
    }

    private double MeasureTraps()
    {
        var start = Stopwatch.GetTimestamp();
        var descend = Instantiate(OpenStore()).GetFunction<int, int, int>("descend") ?? throw new ProgramException("the module exports no function 'descend' of its type");
        _outputs.Add(new ProgramOutput { Text = TrapCost.Measure(Trap, depth => descend(depth, 0), _request.Checks) });
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
        _store?.Dispose();
        _store = new Library.Store(_engine);
        if (_request.Knobs.GetValueOrDefault(WasmtimeKnobs.ConsumeFuel.Name) == "on")
        {
            _store.Fuel = ulong.MaxValue;
        }

        if (_request.Knobs.GetValueOrDefault(WasmtimeKnobs.EpochInterruption.Name) == "on")
        {
            _store.SetEpochDeadline(1);
        }

        return _store;
    }

    private Library.Instance Instantiate(Library.Store target)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            return _linker.Instantiate(target, _module);
        }
        finally
        {
            _firstInstanceMs ??= Stopwatch.GetElapsedTime(start).TotalMilliseconds;
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
            {
                throw new WrongResultException($"{call.Function}({string.Join(", ", call.Arguments)}) gave {string.Join(", ", results.Select(value => ToWasmValue(value)))} instead of {string.Join(", ", call.Expected ?? [])}");
            }

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
            (_benchMs, _benchCpuMs) = (null, null);
            var cpuBefore = WorkerLoop.CpuMs;
            var start = Stopwatch.GetTimestamp();
            var wasi = new Library.WasiConfiguration()
                .WithArgs([Path.GetFileName(_program.Module!), .. _program.Arguments])
                .WithEnvironmentVariables(_program.Environment.Select(variable => (variable.Key, variable.Value)))
                .WithPreopenedDirectory(folder.FullName, ".", mutable: true)
                .WithStandardOutput(standardOutput)
                .WithStandardError(standardError);
            var exitCode = RunToExit(_program.StandardInput is { } input ? wasi.WithStandardInput(input) : wasi);
            var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            _cpu.Add(_benchCpuMs ?? (WorkerLoop.CpuMs - cpuBefore));

            // Wasmtime writes its files when the store goes.
            _store!.Dispose();
            _store = null;
            var bytes = File.ReadAllBytes(standardOutput);
            _outputs.Add(new ProgramOutput
            {
                Text = Encoding.UTF8.GetString(bytes),
                Bytes = bytes,
                ErrorText = File.ReadAllText(standardError),
                ExitCode = exitCode,
                Files = ReadFiles(folder.FullName),
            });
            return _benchMs ?? elapsed;
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
        foreach (var input in _program.Inputs)
        {
            var path = Path.Combine(folder, input.Place);
            if (input.File is { } file)
            {
                File.Copy(file, path);
            }
            else if (input.Link is { } target)
            {
                File.CreateSymbolicLink(path, target);
            }
            else
            {
                Directory.CreateDirectory(path);
            }
        }
    }

    private Dictionary<string, byte[]> ReadFiles(string folder)
    {
        var given = _program.Inputs.Where(input => input.File is not null).Select(input => input.Place).ToHashSet();
        return Directory.EnumerateFiles(folder, "*", FilesThemselves)
            .Select(path => (path, name: Path.GetRelativePath(folder, path)))
            .Where(file => !given.Contains(file.name))
            .ToDictionary(file => file.name, file => File.ReadAllBytes(file.path));
    }

    private sealed class WrongResultException(string message) : Exception(message);

    private sealed class UnsupportedProgramException(string message, Exception cause) : Exception(message, cause);
}
