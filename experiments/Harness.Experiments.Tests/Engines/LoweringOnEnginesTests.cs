using Harness.Experiments.Engines;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Tests.Engines;

/// <summary>However a program in Dart is compiled, every engine takes the module and gives the same; knobs of the compiler are nothing to an engine.</summary>
public sealed class LoweringOnEnginesTests
{
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

    [Fact]
    public void WhatWasmOptRefusesIsAProblemOfTheProgram()
    {
        var problem = PreparedProgram.Prepare(ProgramCatalog.Read().Find("dart-interface-2"), new Dictionary<string, string> { ["dart.wasm-opt"] = "--no-such-pass" }).Problem;
        Assert.StartsWith("wasm-opt failed with code ", problem, StringComparison.Ordinal);
        Assert.Contains("--no-such-pass", problem, StringComparison.Ordinal);
    }
}
