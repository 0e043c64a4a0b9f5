using System.Collections.Immutable;
using System.Text.Json;
using Harness.Dart;
using Harness.Dart.Semantics;
using Harness.Experiments.Explaining;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Engines;

/// <summary>A program that workers can run: its module built and assembled, its files found. Or the reason why they cannot.</summary>
/// <param name="Definition">The program.</param>
/// <param name="Request">What workers are told of it; null where it cannot be run.</param>
/// <param name="Fingerprint">A hash of all that it is made of.</param>
/// <param name="Problem">Why it cannot be run, in one line; null if it can.</param>
internal sealed record PreparedProgram(ProgramDefinition Definition, WorkerProgram? Request, string Fingerprint, string? Problem)
{
    /// <summary>
    /// A hash of how it is run, whatever it is made of: its arguments, variables and calls, where it finds its inputs, how its times are read, and the scripts that run it with the files that these
    /// name by relative paths, such as their imports. Empty if it cannot be run.
    /// </summary>
    public string UsageFingerprint { get; init; } = "";

    /// <summary>Gets a program ready.</summary>
    /// <param name="program">The program.</param>
    /// <param name="knobs">Values by knob name, of which those of the Dart compiler count where the program is compiled; null for the defaults.</param>
    /// <exception cref="Harness.Engine.Configuration.KnobException">A knob of the compiler does not take its value.</exception>
    public static PreparedProgram Prepare(ProgramDefinition program, IReadOnlyDictionary<string, string>? knobs = null)
    {
        if (program.Absence is { } absence)
        {
            return new PreparedProgram(program, null, "", absence);
        }

        try
        {
            var module = FindModule(program, DartOptions.FromKnobs(knobs ?? ImmutableDictionary<string, string>.Empty));
            var request = ToRequest(program, module);
            return new PreparedProgram(program, request, program.Fingerprint(module, request.Inputs), null) { UsageFingerprint = FingerprintUsage(program, request) };
        }
        catch (HarnessException exception)
        {
            return new PreparedProgram(program, null, "", exception.Message);
        }
    }

    /// <summary>Path of the binary module, which is built, restored or assembled if need be; null where scripts load it.</summary>
    private static string? FindModule(ProgramDefinition program, DartOptions lowering)
    {
        if (program.Build is { } build)
        {
            return build.Run(program.Name, program.Folder!);
        }

        if (program.Source.Length > 0)
        {
            return CompileDart(program, lowering);
        }

        if (program.Package is not { } package)
        {
            return program.Module.Length > 0 ? ToBinary(program.PathOf(program.Module)) : null;
        }

        var path = NodeInstallation.ProgramPath(package, program.Module);
        return File.Exists(path) ? path : throw new HarnessException($"there is no file {path}");
    }

    private static WorkerProgram ToRequest(ProgramDefinition program, string? module)
    {
        var files = program.Files.ToDictionary(file => file.Key, file => program.PathOf(file.Value));
        if (program.Driver is not null && module is not null)
        {
            files["module"] = module;
        }

        return new WorkerProgram
        {
            Name = program.Name,
            Host = program.Host.ToString().ToLowerInvariant(),
            Module = module,
            Driver = program.Driver,
            Files = files,
            Scripts = [.. program.Scripts.Select(program.PathOf)],
            Inputs = InputTree.Of(program),
            StandardInput = program.StandardInput is { } input ? program.PathOf(input) : null,
            Arguments = program.Arguments,
            Environment = program.Environment,
            Iteration = program.Iteration.ToString().ToLowerInvariant(),
            WarmUp = program.WarmUp?.Words(),
            Timed = program.Timed?.Words(),
            Iterations = program.Iterations,
        };
    }

    /// <summary>Files have the names of the manifest there, so that the hash is the same wherever the program's folder is.</summary>
    private static string FingerprintUsage(ProgramDefinition program, WorkerProgram request)
    {
        var words = request with
        {
            Module = null,
            Driver = null,
            Files = program.Files,
            Scripts = program.Scripts,
            Inputs = [.. program.Inputs.Select(input => new WorkerInput(input.Place, input.Path, null))],
            StandardInput = program.StandardInput,
        };
        return BuildFingerprint.Of(ScriptFiles.Of(ScriptsOf(program, request)), $"{JsonSerializer.Serialize(words, WorkerProtocol.Json)}\n{program.Metric?.Pattern} {program.Metric?.UnitInMilliseconds:R}");
    }

    private static IEnumerable<string> ScriptsOf(ProgramDefinition program, WorkerProgram request)
    {
        foreach (var script in program.Files.Values.Where(ScriptFiles.IsScript).Concat(program.Scripts))
        {
            yield return program.PathOf(script);
        }

        if (program.Driver is { } driver)
        {
            yield return driver;
        }

        // The glue of a library stands beside its module, where its driver looks for it.
        if (program.Host == HostKind.Emscripten && Path.ChangeExtension(request.Module, ".mjs") is { } glue && File.Exists(glue))
        {
            yield return glue;
        }
    }

    /// <summary>The binary module: text is assembled once, so that all engines run the same bytes.</summary>
    private static string ToBinary(string module) => module.EndsWith(".wat", StringComparison.Ordinal) ? Keep(ModuleFile.Load(module).Bytes) : module;

    /// <summary>Compiles a program each time it is prepared, which takes less time than to find out whether compiler, core library and sources are still the same.</summary>
    private static string CompileDart(ProgramDefinition program, DartOptions lowering)
    {
        try
        {
            var packages = program.Packages.ToDictionary(package => package.Key, package => program.PathOf(package.Value));
            var module = DartBuild.Compile(program.PathOf(program.Source), lowering, packages);
            var path = Keep(module.Bytes);
            if (module.Map is { } map)
            {
                KeepMap(path + SourceMapFile.Ending, map.ToJson(Path.GetDirectoryName(path)!));
            }

            return path;
        }
        catch (DartCompilationException exception)
        {
            throw new HarnessException(exception.Message.Split('\n')[0], exception);
        }
        catch (InvalidOperationException exception)
        {
            throw new HarnessException($"{program.Source}: {exception.Message.Split('\n')[0]}", exception);
        }
    }

    /// <summary>Keeps the bytes of a module by their hash.</summary>
    private static string Keep(ReadOnlySpan<byte> bytes) => KeptFile.Of("modules", ".wasm", bytes);

    /// <summary>Keeps the source map of a module beside it: programs that differ in places alone have the same module.</summary>
    private static void KeepMap(string path, string map)
    {
        if (!File.Exists(path) || File.ReadAllText(path) != map)
        {
            WholeFile.WriteText(path, map);
        }
    }
}
