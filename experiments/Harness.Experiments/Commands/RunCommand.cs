using System.CommandLine;
using System.Diagnostics;
using Harness.Engine.Configuration;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Experiments.Engines;
using Harness.Experiments.Hosting;
using Harness.Experiments.Reports;
using Harness.Experiments.Workloads;
using Harness.Hosts;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Commands;

/// <summary><c>harness run</c>: calls an exported function on this engine, or runs a program of a manifest with its host.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "module: .wasm or .wat; or the name of a program ('harness workloads' lists them)" };
        var arguments = new Argument<string[]>(HostOptions.ArgumentsName) { Description = HostOptions.ArgumentsText, Arity = ArgumentArity.ZeroOrMore };
        var invoke = new Option<string>("--invoke") { Description = "name of the exported function", HelpName = "NAME", DefaultValueFactory = _ => "main" };
        var repeat = new Option<int>("--repeat") { Description = "call N times; print each time in ms, and their median alone on the last line", HelpName = "N", DefaultValueFactory = _ => 0 }.AtLeast(1);
        var stats = new Option<bool>("--stats") { Description = "print at the end what the compilers and the garbage collector did" };
        var profile = new Option<string?>("--profile-out") { Description = "record at the end what the call sites have seen and what was optimized, for the knob feedback.profile", HelpName = "FILE" };
        var known = new Option<string?>("--profile-in") { Description = "begin with the feedback of FILE, which --profile-out has recorded of the same module: the knob feedback.profile, but it is an error if FILE knows nothing of what is run", HelpName = "FILE" };
        var suites = SuiteOption.Create();
        var command = new Command("run", "call an exported function and print its results, or run a program and print what it gives") { file, arguments, invoke, repeat, stats, profile, known, suites };
        var hosts = HostOptions.AddTo(command, invoke);
        var limitOptions = RunLimits.AddTo(command);
        var knobs = KnobOptions.AddAllTo(command);
        command.SetAction(parsed =>
        {
            var given = knobs.Read(parsed);
            using var limits = RunLimits.Read(parsed, limitOptions);
            var options = limits.Apply(EngineOptions.FromDictionary(KnobCatalog.Shared(given)));
            var source = parsed.GetValue(known);
            if (source is not null)
            {
                options = options with { FeedbackProfile = source };
            }

            var path = parsed.GetRequiredValue(file);
            var words = parsed.GetValue(arguments) ?? [];
            var count = parsed.GetValue(repeat);
            var printsStatistics = parsed.GetValue(stats);
            var target = parsed.GetValue(profile);
            if (target is not null)
            {
                OutputFile.RequireOther(path, target, profile.Name);
            }

            var program = SuiteOption.FindProgram(path, parsed.GetValue(suites) ?? []);
            if (program is not null)
            {
                hosts.RefuseForProgram(parsed, path, words);
                return RunProgram(program, count, printsStatistics, target, source, limits, options, given);
            }

            KnobCatalog.RefuseOfPrograms(given, path);
            var host = hosts.Read(parsed);
            var module = ModuleFile.Load(path);
            host.Check(module, path);
            if (host.IsForCommands)
            {
                return RunProgram(host.ToProgram(path, words), count, printsStatistics, target, source, limits, options, given);
            }

            var name = parsed.GetRequiredValue(invoke);
            var values = ParseArguments(module, path, name, words);
            return ExecutionThread.Run(options, () => Run(module, name, values, count, printsStatistics, target, source, limits, options));
        });
        return command;
    }

    /// <summary>Reads arguments by the parameter types of an exported function.</summary>
    /// <exception cref="HarnessException">There is no such function, or an argument is wrong.</exception>
    public static WasmValue[] ParseArguments(WasmModule module, string file, string name, IReadOnlyList<string> texts)
    {
        var functions = module.Exports.Where(export => export.Kind == ExternalKind.Function).ToList();
        var export = functions.FirstOrDefault(candidate => candidate.Name == name)
            ?? throw new HarnessException($"{file} exports no function '{name}'; it exports {(functions.Count == 0 ? "none" : string.Join(", ", functions.Select(candidate => candidate.Name)))}");
        var type = module.Functions[export.Index].Type;
        if (texts.Count != type.Parameters.Length)
        {
            throw new HarnessException($"'{name}' takes {type.Parameters.Length} arguments ({type}), not {texts.Count}");
        }

        return [.. texts.Select((text, i) => ParseArgument(text, type.Parameters[i], name, i))];
    }

    private static WasmValue ParseArgument(string text, Engine.Modules.ValueType type, string name, int position)
    {
        try
        {
            var literal = TypedLiteral.Parse(text.Contains(':', StringComparison.Ordinal) ? text : $"{type}:{text}");
            return literal.Type == type.ToString() ? WasmLiterals.ToValue(literal) : throw new FormatException($"it is of type {literal.Type}");
        }
        catch (FormatException exception)
        {
            throw new HarnessException($"argument {position + 1} of '{name}': '{text}' is not a number of type {type}", exception);
        }
    }

    private static int RunProgram(
        ProgramDefinition program, int repeat, bool printsStatistics, string? profile, string? source, RunLimits limits, EngineOptions options, IReadOnlyDictionary<string, string> knobs)
    {
        try
        {
            return ProgramSession.Run(program, options, host =>
            {
                limits.Watch(host.Engine);
                host.Load();
                var (output, times) = ProgramSession.Iterate(host, Math.Max(1, repeat));
                if (source is not null)
                {
                    RequireProfile(host.Engine, source, $"program '{program.Name}'");
                }

                WriteOutput(output);
                Console.Error.Write(output.ErrorText);
                if (output.Results.Count > 0)
                {
                    Console.WriteLine(string.Join(' ', output.Results));
                }

                if (repeat > 0)
                {
                    PrintTimes(times);
                }

                if (printsStatistics && host.Instance is { } instance)
                {
                    StatisticsText.Write(instance.Store, Console.Out);
                }

                if (profile is not null)
                {
                    SaveProfile(host.Engine, profile);
                }

                return output.ExitCode;
            }, knobs);
        }
        catch (Exception failure) when (limits.Explain(failure) is not null)
        {
            throw limits.Explain(failure)!;
        }
        catch (WasmTrapException trap)
        {
            Console.Error.WriteLine("trap: " + trap.Message);
            return 1;
        }
    }

    /// <summary>Prints what a program has written, byte for byte where it writes bytes.</summary>
    private static void WriteOutput(ProgramOutput output)
    {
        if (output.Bytes is not { } bytes)
        {
            Console.Write(output.Text);
            return;
        }

        using var standard = Console.OpenStandardOutput();
        standard.Write(bytes);
    }

    /// <summary>Refuses a profile that none of the modules that were run is in.</summary>
    private static void RequireProfile(WasmEngine engine, string file, string subject)
    {
        if (engine.ProfiledModuleCount == 0)
        {
            throw new HarnessException($"'{file}' was recorded of other modules, and knows nothing of {subject}; record it again (--profile-out)");
        }
    }

    private static void PrintTimes(IReadOnlyList<double> times)
    {
        foreach (var time in times)
        {
            Console.WriteLine(Format(time) + " ms");
        }

        Console.WriteLine(Format(times.Median()));
    }

    /// <summary>Functions that are being optimized are to be among those that were.</summary>
    private static void SaveProfile(WasmEngine engine, string file)
    {
        engine.WaitUntilSettled(TimeSpan.FromMinutes(1));
        var profile = engine.TakeProfile();
        profile.Save(file);
        Console.Error.WriteLine($"{file}: feedback of {profile.FunctionCount} functions, {profile.HotFunctionCount} of them optimized");
    }

    private static int Run(
        WasmModule module, string name, WasmValue[] arguments, int repeat, bool printsStatistics, string? profile, string? source, RunLimits limits, EngineOptions options)
    {
        using var store = new Store(options);
        limits.Watch(store.Engine);
        var times = new List<double>();
        try
        {
            if (source is not null && !FeedbackProfile.Load(source).Knows(module))
            {
                throw new HarnessException($"'{source}' was recorded of other modules, and knows nothing of this one; record it again (--profile-out)");
            }

            var function = store.Instantiate(module, HostModules.CreateImports(store)).GetFunction(name);
            for (var i = 0; i < Math.Max(1, repeat); i++)
            {
                var start = Stopwatch.GetTimestamp();
                var results = function.Invoke(arguments);
                times.Add(WorkerLoop.ElapsedMs(start));
                if (i == 0)
                {
                    Console.WriteLine(string.Join(' ', results));
                }
            }
        }
        catch (Exception failure) when (limits.Explain(failure) is not null)
        {
            throw limits.Explain(failure)!;
        }
        catch (WasmTrapException trap)
        {
            Console.Error.WriteLine("trap: " + trap.Message);
            if (printsStatistics)
            {
                StatisticsText.Write(store, Console.Out);
            }

            return 1;
        }
        catch (WasmException exception)
        {
            Console.Error.WriteLine("exception: " + exception.Message);
            return 1;
        }
        catch (OutOfMemoryException exception)
        {
            throw new HarnessException($"the module needs more than it may have: {exception.Message}", exception);
        }
        catch (NotSupportedException exception)
        {
            throw new HarnessException($"the module needs something that the engine does not support: {exception.Message}", exception);
        }
        catch (LinkException exception)
        {
            throw new HarnessException($"the module cannot be instantiated: {exception.Message}; 'harness run' offers only the modules spectest and wasm:js-string, string constants from ' and _, and WASI (--host wasi)", exception);
        }

        if (repeat > 0)
        {
            PrintTimes(times);
        }

        if (printsStatistics)
        {
            StatisticsText.Write(store, Console.Out);
        }

        if (profile is not null)
        {
            SaveProfile(store.Engine, profile);
        }

        return 0;
    }

    private static string Format(double milliseconds) => MarkdownTable.Time(milliseconds, "0.000");
}
