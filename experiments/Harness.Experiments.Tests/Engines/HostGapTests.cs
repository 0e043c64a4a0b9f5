using Harness.Engine.Modules.Text;
using Harness.Experiments.Engines;
using Harness.Experiments.Hosting;

namespace Harness.Experiments.Tests.Engines;

/// <summary>Commands that need more than any host has are gaps with a name, found without running them.</summary>
public sealed class HostGapTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("(module (import \"wasi_snapshot_preview1\" \"f\" (func)) (import \"wasi_ephemeral_nn\" \"load\" (func)))", "has no host for what the module imports from 'wasi_ephemeral_nn'")]
    [InlineData("(module (import \"wasi_unstable\" \"f\" (func (param i32))))", "has no host for what the module imports from 'wasi_unstable'")]
    [InlineData("(module (import \"wasi_snapshot_preview1\" \"f\" (func)) (import \"env\" \"g\" (func)))", null)]
    [InlineData("(module)", null)]
    public void OtherInterfacesThanPreview1AreNamed(string text, string? gap) => Assert.Equal(gap, Find(WatAssembler.Assemble(text)));

    [Fact]
    public void AComponentIsNamed() =>
        Assert.Equal("has no component model, and module.wasm is a component", Find([0, (byte)'a', (byte)'s', (byte)'m', 0x0D, 0, 1, 0]));

    /// <summary>Nothing is said of what is no module; whoever decodes it says what is wrong.</summary>
    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 2 })]
    [InlineData(new byte[] { 0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 2, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 2, 3, 200, 1, 7 })]
    public void BrokenModulesAreNoGaps(byte[] bytes)
    {
        Assert.Null(Find(bytes));
        Assert.Empty(ModuleHeader.ImportedModules(bytes));
    }

    private string? Find(byte[] bytes)
    {
        File.WriteAllBytes(_folder.File("module.wasm"), bytes);
        var program = new WorkerProgram { Name = "command", Host = "wasi", Iteration = "instance", Module = _folder.File("module.wasm") };
        var gap = HostGap.Of(program);
        Assert.Null(HostGap.Of(program with { Host = "none" }));
        return gap;
    }
}
