using Harness.Engine.Modules.Text;
using Harness.Hosts.JavaScript;

namespace Harness.Experiments.Tests.Hosting;

/// <summary>The times of the phases of modules that scripts make.</summary>
public sealed class ScriptPhasesTests
{
    private static readonly byte[] Module = WatAssembler.Assemble($"(module {string.Concat(Enumerable.Range(0, 300).Select(i => $"(func (result i32) (i32.add (i32.const {i}) (i32.const 1)))"))})");

    /// <summary>Glue asks for what an engine has by small modules that it makes nothing of.</summary>
    [Fact]
    public void WhatScriptsOnlyAskToBeValidatedIsInNoPhase()
    {
        using var host = new JavaScriptHost(new JavaScriptOptions());
        host.RunScript("ask.js", $"globalThis.bytes = new Uint8Array([{string.Join(',', Module)}]); if (!WebAssembly.validate(bytes)) throw new Error('not valid');");
        Assert.Equal((0, 0), (host.CompileMilliseconds, host.ValidateMilliseconds));
        Assert.True(host.Engine.Statistics.ValidationTime > TimeSpan.Zero);

        host.RunScript("make.js", "new WebAssembly.Module(bytes)");
        Assert.InRange(host.ValidateMilliseconds, double.Epsilon, host.CompileMilliseconds);
        Assert.True(host.ValidateMilliseconds < host.Engine.Statistics.ValidationTime.TotalMilliseconds);
    }
}
