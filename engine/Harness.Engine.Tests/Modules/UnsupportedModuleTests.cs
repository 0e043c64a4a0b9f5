using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;

namespace Harness.Engine.Tests.Modules;

/// <summary>Threads: what needs them is refused in words that say so; what merely mentions them is accepted.</summary>
public class UnsupportedModuleTests
{
    [Theory]
    [InlineData(0xFE, "threads are not supported: an atomic instruction")]
    public void InstructionsAreRefusedByName(byte prefix, string message)
    {
        byte[] bytes = ModuleBuilder.OfBody(ModuleBuilder.Function([], []), w => w.Bytes([prefix, 12]));
        var fault = Assert.Throws<UnsupportedModuleException>(() => WasmModule.Decode(bytes));
        Assert.StartsWith(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ASharedMemoryNeedsAMaximum()
    {
        byte[] bytes = WatAssembler.Assemble("(module (memory 1 shared))");
        var fault = Assert.Throws<InvalidModuleException>(() => WasmModule.Decode(bytes));
        Assert.StartsWith("shared memory must have maximum", fault.Message, StringComparison.Ordinal);
        Assert.True(WasmModule.Decode(WatAssembler.Assemble("(module (memory 1 2 shared))")).Memories[0].Type.IsShared);
    }
}
