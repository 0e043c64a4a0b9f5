using System.CommandLine;
using Harness.Dart;
using Harness.Dart.Semantics;
using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Experiments.Engines;
using Harness.Experiments.Explaining;

namespace Harness.Experiments.Commands;

/// <summary><c>harness dart</c>: compiles Dart programs, runs them on this engine, and checks the compiler by conformance tests (<see cref="DartConformanceCommand"/>).</summary>
internal static class DartCommand
{
    /// <summary>Exit code where a program has errors, as Dart's own tools have it.</summary>
    private const int CompilationFailed = 254;

    /// <summary>Exit code where nobody catches an exception.</summary>
    private const int UncaughtException = 255;

    public static Command Create() => new("dart", "compile and run Dart programs")
    {
        CreateBuild(), CreateRun(), CreateCheck(), DartConformanceCommand.Create(),
    };

    private static Argument<string> FileArgument() => new("file") { Description = "the program's file: FILE.dart" };

    private static Command CreateBuild()
    {
        var file = FileArgument();
        var output = new Option<string?>("--output", "-o") { Description = "the module's file; FILE.wasm unless given", HelpName = "FILE" };
        var command = new Command("build", "compile a program to a WebAssembly module") { file, output };
        var packages = PackageOptions.AddTo(command);
        var knobs = KnobOptions.AddCompilerTo(command);
        command.SetAction(parsed =>
        {
            var path = parsed.GetRequiredValue(file);
            var target = parsed.GetValue(output) ?? Path.ChangeExtension(path, ".wasm");
            OutputFile.RequireOther(path, target, output.Name);
            var lowering = DartOptions.FromKnobs(knobs.Read(parsed));
            return Guarded(() =>
            {
                Write(DartBuild.Compile(path, lowering, packages.Read(parsed)), target);
                return 0;
            });
        });
        return command;
    }

    /// <summary>Writes a module with its source map beside it; where there can be no file beside it, the module alone.</summary>
    private static void Write(DartModule module, string target)
    {
        if (WholeFile.IsDevice(Path.GetFullPath(target)))
        {
            File.WriteAllBytes(target, module.Bytes);
            return;
        }

        var mapFile = target + SourceMapFile.Ending;
        if (module.Map is { } map)
        {
            File.WriteAllText(mapFile, map.ToJson(FolderOf(target)));
            File.WriteAllBytes(target, module.WithMapName(Path.GetFileName(mapFile)));
            return;
        }

        // The map of an earlier module would be taken for one of this.
        File.Delete(mapFile);
        File.WriteAllBytes(target, module.Bytes);
    }

    private static string FolderOf(string file) => Path.GetDirectoryName(Path.GetFullPath(file))!;

    private static Command CreateRun()
    {
        var file = FileArgument();
        var arguments = new Argument<string[]>(HostOptions.ArgumentsName) { Description = "what main is given (behind -- where it begins with --)", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("run", "compile a program and run it on this engine") { file, arguments };
        var packages = PackageOptions.AddTo(command);
        var knobs = KnobOptions.AddAllTo(command);
        command.SetAction(parsed =>
        {
            var values = knobs.Read(parsed);
            var (options, lowering) = (EngineOptions.FromDictionary(KnobCatalog.Shared(values)), DartOptions.FromKnobs(values));
            return Guarded(() =>
            {
                var path = parsed.GetRequiredValue(file);
                var module = DartBuild.Compile(path, lowering, packages.Read(parsed));
                return ExecutionThread.Run(options, () => Run(module, FolderOf(path), options, Console.Out, Console.Error, parsed.GetValue(arguments) ?? []));
            });
        });
        return command;
    }

    private static Command CreateCheck()
    {
        var file = FileArgument();
        var command = new Command("check", "report a program's errors") { file };
        var packages = PackageOptions.AddTo(command);
        var knobs = KnobOptions.AddCompilerTo(command);
        command.SetAction(parsed =>
        {
            var lowering = DartOptions.FromKnobs(knobs.Read(parsed));
            return Guarded(() =>
            {
                _ = DartCompiler.Compile(parsed.GetRequiredValue(file), lowering, packages.Read(parsed));
                return 0;
            });
        });
        return command;
    }

    private static int Run(DartModule module, string folder, EngineOptions options, TextWriter output, TextWriter errors, IReadOnlyList<string> arguments)
    {
        using var store = new Store(options);
        var map = new Lazy<SourceMap?>(() => module.Map is { } places ? SourceMap.Parse(places.ToJson(folder), folder) : null);
        var host = new DartHost(output, errors, map, arguments);
        try
        {
            return host.Run(store, WasmModule.Decode(module.Bytes));
        }
        catch (WasmTrapException trap)
        {
            errors.Write(host.Describe(trap));
            return UncaughtException;
        }
    }

    private static int Guarded(Func<int> action)
    {
        try
        {
            return action();
        }
        catch (DartCompilationException exception)
        {
            foreach (var error in exception.Errors)
            {
                Console.Error.WriteLine(error);
            }

            return CompilationFailed;
        }
        catch (InvalidOperationException exception) when (exception.InnerException is not null)
        {
            Console.Error.WriteLine("Error: " + exception.Message.Split('\n')[0]);
            return CompilationFailed;
        }
    }

    /// <summary>The options by which the user says where packages are.</summary>
    private sealed class PackageOptions
    {
        private readonly Option<string[]> _folders = new("--package")
        {
            Description = "where a package is: NAME=FOLDER, its lib folder; can be given several times", HelpName = "NAME=FOLDER", DefaultValueFactory = _ => [],
        };

        private readonly Option<string?> _configuration = new("--packages")
        {
            Description = "file that says where packages are, as Dart's package manager writes it: .dart_tool/package_config.json", HelpName = "FILE",
        };

        public static PackageOptions AddTo(Command command)
        {
            var options = new PackageOptions();
            command.Options.Add(options._folders);
            command.Options.Add(options._configuration);
            return options;
        }

        /// <summary>The folders of packages by name.</summary>
        /// <exception cref="HarnessException">What was given is of another form, or cannot be read.</exception>
        public IReadOnlyDictionary<string, string> Read(ParseResult parsed) => DartPackages.Of(parsed.GetValue(_folders) ?? [], parsed.GetValue(_configuration));
    }
}
