using Harness.Experiments.Engines;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Tests.Engines;

/// <summary>However a program in Dart is compiled, every engine takes the module and gives the same; knobs of the compiler are nothing to an engine.</summary>
public sealed class LoweringOnEnginesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("dart.dispatch=class-switch dart.inline=60")]
    [InlineData("dart.dispatch=vtable-globals dart.immutable=off")]
    [InlineData("dart.dispatch=vtable-fields dart.devirtualize=off")]
    [InlineData("dart.strings=one-byte")]
    [InlineData("dart.wasm-opt=-O2")]
    [InlineData("dart.interfaces=itables dart.casts=trusted dart.bounds=trusted dart.exact-types=off")]
    public void EveryLoweringRunsOnBothEngines(string words)
    {
        var knobs = words.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        var program = ProgramCatalog.Read().Find("dart-interface-2");
        program = program with { Timed = program.WarmUp };
        var prepared = PreparedProgram.Prepare(program, knobs);
        Assert.Null(prepared.Problem);
        Assert.Equal(words.Length == 0, prepared.Fingerprint == PreparedProgram.Prepare(program).Fingerprint);
        foreach (var engine in EngineCatalog.Both.Select(EngineCatalog.Open))
        {
            var request = new WorkerRequest { Program = prepared.Request!, TimedCalls = 1, Settle = new WarmUpRule(1, 0, 1, 1, 0), Knobs = knobs, Checks = true };
            var report = ProgramResult.Check(program, engine.Measure(request, TimeSpan.FromMinutes(2)));
            Assert.Equal((engine.Name, "", WorkerStatus.Ok), (engine.Name, report.Message, report.Status));
        }
    }

    /// <summary>A long one passes in parts.</summary>
    [Fact]
    public void MainGetsTheArgumentsOfTheManifestOnBothEngines()
    {
        _folder.Write("main.dart", "void main(List<String> args) { print('${args.length} ${args[0]} ${args[1]} ${args[2].length} ${args[2].hashCode}'); }");
        var text = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i} "));
        var manifest = _folder.Write("programs.yaml", $"- {{name: main, source: main.dart, host: dart, iteration: instance, arguments: [two words, 'ü𝄞', '{text}']}}");
        var program = ProgramManifest.Read(manifest, "suite", _folder.Path)[0];
        var hash = text.Aggregate(0L, (sum, unit) => ((sum * 31) + unit) & 0x3fff_ffff);
        foreach (var knobs in (Dictionary<string, string>[])[[], new() { ["dart.strings"] = "one-byte" }])
        {
            var prepared = PreparedProgram.Prepare(program, knobs);
            Assert.Null(prepared.Problem);
            foreach (var engine in EngineCatalog.Both.Select(EngineCatalog.Open))
            {
                var report = engine.Measure(new WorkerRequest { Program = prepared.Request!, TimedCalls = 2, Settle = new WarmUpRule(1, 0, 1, 1, 0), Knobs = knobs }, TimeSpan.FromMinutes(2));
                Assert.Equal((engine.Name, "", WorkerStatus.Ok), (engine.Name, report.Message, report.Status));
                Assert.Equal((engine.Name, $"3 two words ü𝄞 {text.Length} {hash}\n"), (engine.Name, Assert.Single(report.Outputs).Text));
            }
        }
    }

    [Fact]
    public void WhatWasmOptRefusesIsAProblemOfTheProgram()
    {
        var problem = PreparedProgram.Prepare(ProgramCatalog.Read().Find("dart-interface-2"), new Dictionary<string, string> { ["dart.wasm-opt"] = "--no-such-pass" }).Problem;
        Assert.StartsWith("wasm-opt failed with code ", problem, StringComparison.Ordinal);
        Assert.Contains("--no-such-pass", problem, StringComparison.Ordinal);
    }
}
