using System.Diagnostics;
using System.Globalization;
using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics;
using Harness.Engine.Modules;
using Harness.Experiments.Engines;
using Harness.Hosts;

namespace Harness.Experiments.Hosting;

/// <summary>
/// A module that is compiled as a whole and not run: an iteration decodes and validates it and compiles all of its functions, with the baseline compiler where <c>tier-up</c> is never and else with
/// the optimizing one, on <c>tiering.threads</c> threads (0 for all processors). What it gives is the size of the module.
/// </summary>
internal sealed class CompileHost(WorkerProgram program, EngineOptions options) : ProgramHost(program, options)
{
    private byte[] _bytes = [];
    private TimeSpan _decoded;
    private TimeSpan _validated;

    /// <summary>The module is decoded without the engine, whose cache has no part in this.</summary>
    public override double DecodeMilliseconds => _decoded.TotalMilliseconds;

    public override double ValidateMilliseconds => _validated.TotalMilliseconds;

    public override void Load() => _bytes = File.ReadAllBytes(Program.Module!);

    public override ProgramOutput Iterate()
    {
        var threads = Engine.Options.TieringThreads == 0 ? Environment.ProcessorCount : Engine.Options.TieringThreads;
        var start = Stopwatch.GetTimestamp();
        var module = WasmModule.Decode(_bytes, HostModules.Builtins, Engine.Options.CompileValidationThreads, Engine.Options.CompileLazyValidation);
        _decoded += Stopwatch.GetElapsedTime(start) - module.ValidationTime;
        _validated += module.ValidationTime;
        var result = WholeCompilation.Run(module, Engine.Options, threads);
        var elapsed = Stopwatch.GetElapsedTime(start);
        CompileMilliseconds += elapsed.TotalMilliseconds;
        if (result.Refused > 0)
        {
            throw new ProgramException($"{result.Refused} of {result.Refused + result.Functions} functions were not compiled");
        }

        return new ProgramOutput { Text = Text(_bytes.Length), TimedMilliseconds = elapsed.TotalMilliseconds };
    }

    /// <summary>What an iteration gives, on any engine.</summary>
    public static string Text(int bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes\n");
}
