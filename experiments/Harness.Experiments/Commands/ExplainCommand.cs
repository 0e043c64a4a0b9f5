using System.CommandLine;
using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Experiments.Engines;
using Harness.Experiments.Explaining;
using Harness.Experiments.Hosting;
using Harness.Experiments.Reports.Html;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Commands;

/// <summary><c>harness explain</c>: runs a function and says what the engine did with the module, and why.</summary>
internal static class ExplainCommand
{
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "module: .wasm or .wat; or the name of a program ('harness workloads' lists them)" };
        var arguments = new Argument<string[]>(HostOptions.ArgumentsName) { Description = HostOptions.ArgumentsText, Arity = ArgumentArity.ZeroOrMore };
        var invoke = new Option<string>("--invoke") { Description = "name of the exported function", HelpName = "NAME", DefaultValueFactory = _ => "main" };
        var repeat = new Option<int>("--repeat") { Description = "call the function N times", HelpName = "N", DefaultValueFactory = _ => 1 }.AtLeast(1);
        var then = new Option<string[]>("--then") { Description = "another call, 'NAME ARGS…', made once when what the calls before it have made hot is optimized; such as one with which a speculation fails (may be repeated)", HelpName = "CALL", DefaultValueFactory = _ => [] };
        var functions = new Option<string[]>("--function") { Description = "show only this function; can be given several times", HelpName = "NAME", DefaultValueFactory = _ => [] };
        var graphs = new Option<bool>("--ir") { Description = "show the graph after each pass" };
        var code = new Option<bool>("--code") { Description = "show the machine code of both tiers, beside the instructions that it is of, and the source lines where there is a source map beside the module" };
        var json = new Option<bool>("--json") { Description = "write JSON instead of text" };
        var page = new Option<string?>("--html") { Description = "write one HTML document instead, with the tree of inlining decisions to unfold", HelpName = "FILE" };
        var suites = SuiteOption.Create();
        var command = new Command("explain", "run a function and show call sites with their feedback, inlining decisions, deopts, graphs and machine code")
        {
            file, arguments, invoke, repeat, then, functions, graphs, code, json, page, suites,
        };
        var hosts = HostOptions.AddTo(command, invoke);
        var knobs = KnobOptions.AddAllTo(command);
        command.SetAction(parsed =>
        {
            var values = knobs.Read(parsed);
            var options = EngineOptions.FromDictionary(KnobCatalog.Shared(values));
            var path = parsed.GetRequiredValue(file);
            if (parsed.GetValue(page) is { } written)
            {
                OutputFile.RequireOther(path, written, page.Name);
            }

            var words = parsed.GetValue(arguments) ?? [];
            var program = hosts.FindProgram(parsed, path, parsed.GetValue(suites) ?? [], words);
            var shown = parsed.GetValue(functions)!.ToHashSet();
            if (program is null)
            {
                KnobCatalog.RefuseOfPrograms(values, path);
            }

            bool IsShown(string function) => shown.Count == 0 || shown.Contains(function);
            var recorded = new RecorderOptions
            {
                Functions = function => IsShown(function.ToString()),
                Graphs = parsed.GetValue(graphs),
                Code = parsed.GetValue(code),
            };
            var later = parsed.GetValue(then) ?? [];
            if (program is not null && later.Length > 0)
            {
                throw new HarnessException($"--then calls functions of a module, and '{path}' is run as a program, which says itself what is called; leave it out, or give the file of a module of functions");
            }

            var explanation = program is not null
                ? ExplainProgram(program, parsed.GetValue(repeat), options, recorded, shown, values)
                : ExplainModule(path, parsed.GetRequiredValue(invoke), words, parsed.GetValue(repeat), options, recorded, shown, later);
            explanation = explanation with { Functions = [.. explanation.Functions.Where(function => IsShown(function.Name))] };
            if (parsed.GetValue(page) is { } document)
            {
                HtmlFile.Write(document, html => ExplanationPage.Write(html, path, explanation));
                Console.WriteLine(document);
            }
            else if (parsed.GetValue(json))
            {
                Console.WriteLine(explanation.ToJson());
            }
            else
            {
                ExplanationTextWriter.Write(Console.Out, explanation);
            }
        });
        return command;
    }

    /// <summary>Runs a function of a module and explains what the engine did with it.</summary>
    /// <param name="path">The module's file.</param>
    /// <param name="name">The exported function.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="repeat">How often it is called.</param>
    /// <param name="options">The engine's knobs.</param>
    /// <param name="recorded">What is kept.</param>
    /// <param name="shown">The functions that are asked for; empty for all.</param>
    /// <param name="then">Calls that are made once each after that, as <c>NAME ARGS…</c>.</param>
    public static Explanation ExplainModule(
        string path, string name, IReadOnlyList<string> arguments, int repeat, EngineOptions options, RecorderOptions recorded, IReadOnlySet<string> shown, IReadOnlyList<string>? then = null)
    {
        var module = ModuleFile.Load(path);
        List<PlannedCall> calls = [new(name, RunCommand.ParseArguments(module, path, name, arguments), repeat, string.Join(' ', arguments.Prepend(name)))];
        foreach (var text in then ?? [])
        {
            if (text.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var function, .. var words])
            {
                throw new HarnessException("--then needs a function and its arguments, as in --then 'main 5'");
            }

            calls.Add(new(function, RunCommand.ParseArguments(module, path, function, words), 1, text));
        }

        CheckFunctions(module, path, shown);
        var map = recorded.Code ? SourceMapFile.Find(path, module) : null;
        var explanation = ExecutionThread.Run(options, () => Run(module, calls, options, recorded));
        return map is null ? explanation : map.AddTo(explanation);
    }

    /// <summary>Runs a program and explains what the engine did with it.</summary>
    public static Explanation ExplainProgram(
        ProgramDefinition program, int repeat, EngineOptions options, RecorderOptions recorded, IReadOnlySet<string> shown, IReadOnlyDictionary<string, string>? knobs = null) =>
        ProgramSession.Run(program, options, (host, request) =>
        {
            using var recorder = new ExecutionRecorder(host.Engine, recorded);
            try
            {
                host.Load();
                ProgramSession.Iterate(host, repeat);
            }
            catch (WasmTrapException trap)
            {
                Console.Error.WriteLine("trap: " + trap.Message);
            }

            var instance = host.Instance ?? throw new HarnessException($"program '{program.Name}' made no instance");
            CheckFunctions(instance.Module, program.Name, shown);
            host.Engine.WaitUntilSettled(SettleTime);
            var explanation = recorder.Explain(instance);
            return recorded.Code && request.Module is { } module && SourceMapFile.Find(module, instance.Module) is { } map ? map.AddTo(explanation) : explanation;
        }, knobs);

    private static void CheckFunctions(WasmModule module, string path, IReadOnlySet<string> shown)
    {
        foreach (var unknown in shown.Where(function => !module.Functions.Any(candidate => candidate.ToString() == function)))
        {
            throw new HarnessException($"{path} has no function '{unknown}'");
        }
    }

    private static Explanation Run(WasmModule module, IReadOnlyList<PlannedCall> calls, EngineOptions options, RecorderOptions recorded)
    {
        using var engine = new WasmEngine(options);
        using var recorder = new ExecutionRecorder(engine, recorded);
        using var store = new Store(engine);
        Instance instance;
        try
        {
            instance = store.Instantiate(module, HostModules.CreateImports(store));
        }
        catch (LinkException exception)
        {
            throw new HarnessException($"the module cannot be instantiated: {exception.Message}; 'harness explain' offers only the modules spectest and wasm:js-string, string constants from ' and _, and WASI (--host wasi)", exception);
        }
        catch (OutOfMemoryException exception)
        {
            throw new HarnessException($"the module needs more than it may have: {exception.Message}", exception);
        }
        catch (NotSupportedException exception)
        {
            throw new HarnessException($"the module needs something that the engine does not support: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is WasmTrapException or WasmException)
        {
            throw new HarnessException($"the module's start function fails, or its segments do not fit: {exception.Message.Split('\n')[0]}", exception);
        }

        // What a call has made hot is optimized before the next one begins, so that the next one meets optimized code.
        foreach (var call in calls)
        {
            recorder.NoteCall(call.Text, call.Times);
            try
            {
                for (var i = 0; i < call.Times; i++)
                {
                    instance.GetFunction(call.Function).Invoke(call.Arguments);
                }
            }
            catch (WasmTrapException trap)
            {
                Console.Error.WriteLine("trap: " + trap.Message);
            }
            catch (WasmException exception)
            {
                Console.Error.WriteLine("exception: " + exception.Message);
            }

            engine.WaitUntilSettled(SettleTime);
        }

        return recorder.Explain(instance);
    }

    /// <summary>A call that is to be made.</summary>
    private sealed record PlannedCall(string Function, WasmValue[] Arguments, int Times, string Text);
}
