using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;

namespace Harness.Engine.Tests.Modules.Text;

public sealed class ModuleFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    [Fact]
    public void BothFormatsAreToldApartByTheirBeginning()
    {
        const string Text = """(module $m (func (export "f") (result i32) (i32.const 1)))""";
        File.WriteAllText(_path, Text);
        Assert.Equal("f", Assert.Single(WasmModule.FromFile(_path).Exports).Name);
        File.WriteAllBytes(_path, WatAssembler.Assemble(Text));
        Assert.Equal("f", Assert.Single(WasmModule.FromFile(_path).Exports).Name);
    }

    [Fact]
    public void DamagedFilesAreRefused()
    {
        File.WriteAllText(_path, "(module (func)");
        Assert.Throws<WatException>(() => WasmModule.FromFile(_path));
        File.WriteAllBytes(_path, "\0asm\x01\0\0\0\xff"u8.ToArray());
        Assert.Throws<MalformedModuleException>(() => WasmModule.FromFile(_path));
    }

    public void Dispose() => File.Delete(_path);
}
