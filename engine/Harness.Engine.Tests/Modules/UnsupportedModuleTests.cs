using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;

namespace Harness.Engine.Tests.Modules;

/// <summary>What is shared beyond memories is refused in words that say so.</summary>
public class UnsupportedModuleTests
{
    [Fact]
    public void SharedTablesAreRefusedByName()
    {
        var bytes = new ModuleBuilder().Section(SectionId.Table, 1, w => w.Bytes([0x70, 3, 1, 2])).ToArray();
        var fault = Assert.Throws<UnsupportedModuleException>(() => WasmModule.Decode(bytes));
        Assert.StartsWith("threads are not supported: a shared table", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ASharedMemoryNeedsAMaximum()
    {
        var bytes = WatAssembler.Assemble("(module (memory 1 shared))");
        var fault = Assert.Throws<InvalidModuleException>(() => WasmModule.Decode(bytes));
        Assert.StartsWith("shared memory must have maximum", fault.Message, StringComparison.Ordinal);
        Assert.True(WasmModule.Decode(WatAssembler.Assemble("(module (memory 1 2 shared))")).Memories[0].Type.IsShared);
    }
}
