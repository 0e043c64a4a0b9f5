using Harness.Engine.Modules.Text;
using Harness.Experiments.Engines;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Tests.Engines;

/// <summary>Modules that are compiled and instantiated, and not run, on both engines.</summary>
public sealed class StubHostTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheExportsAreTheSameOnBothEngines()
    {
        var reports = Measure("""
            (module
              (import "wasi:io/poll@0.2.0" "poll" (func (param i32 i32 i32)))
              (import "env" "now" (func (result f64)))
              (memory (export "memory") 1)
              (global (export "top") i32 (i32.const 7))
              (table (export "table") 2 funcref)
              (func (export "run") (result i32) (i32.const 1)))
            """);
        Assert.All(reports, report =>
        {
            Assert.Equal(("", WorkerStatus.Ok), (report.Message, report.Status));
            Assert.True(report is { CompileMs: > 0, InstantiateMs: > 0 });

            // What is between the two is not timed, but for the clock itself and what is compiled around it.
            var phases = report.CompileMs + report.InstantiateMs;
            Assert.InRange(Assert.Single(report.ExecuteMs), phases - 0.01, phases + 20);
            Assert.Equal("memory memory\nglobal top\ntable table\nfunction run\n", Assert.Single(report.Outputs).Text);
        });
    }

    [Theory]
    [InlineData("(module (import \"env\" \"m\" (memory 1)))", WorkerStatus.Error, "the host stubs has functions only, and the module imports the memory 'm' from 'env'")]
    [InlineData("(module (import \"env\" \"f\" (func $f)) (start $f))", WorkerStatus.Error, "the module calls 'f' of 'env', which is a stub")]
    public void WhatAStubCannotDoIsSaid(string text, object status, string message) =>
        Assert.All(Measure(text), report => Assert.Equal(((WorkerStatus)status, message), (report.Status, report.Message)));

    private List<WorkerReport> Measure(string text)
    {
        File.WriteAllBytes(_folder.File("module.wasm"), WatAssembler.Assemble(text));
        var request = new WorkerRequest
        {
            Program = new WorkerProgram { Name = "stubs", Host = "stubs", Iteration = "instance", Module = _folder.File("module.wasm"), Iterations = 1 },
            TimedCalls = 1,
            Settle = new WarmUpRule(1, 0, 1, 1, 0),
            Knobs = new Dictionary<string, string>(),
        };
        return [.. EngineCatalog.ParseOption("both").Select(engine => EngineCatalog.Open(engine).Measure(request, TimeSpan.FromSeconds(60)))];
    }
}
