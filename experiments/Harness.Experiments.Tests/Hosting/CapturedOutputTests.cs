using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;
using Harness.Experiments.Hosting;
using Harness.Hosts;
using Harness.Hosts.Wasi;

namespace Harness.Experiments.Tests.Hosting;

/// <summary>A program that writes for ever is told from one that has written much.</summary>
public sealed class CapturedOutputTests
{
    [Fact]
    public void NoMoreIsKeptThanOneCanMakeATextOf()
    {
        using var output = new CapturedOutput(mebibytes: 1);
        output.Write("grün"u8);
        output.Write(new byte[(1 << 20) - 5]);
        Assert.Equal(1 << 20, output.Length);
        Assert.StartsWith("grün\0", output.ToText(), StringComparison.Ordinal);
        Assert.Equal(1 << 20, output.ToArray().Length);
        Assert.Equal("the program writes more than 1 MiB to one of its streams, which is all that is kept of it", Assert.Throws<ProgramException>(() => output.Write(new byte[1])).Message);
        Assert.Equal(1 << 20, output.Length);
    }

    /// <summary>A program sees no error that it could pass over: it ends.</summary>
    [Fact]
    public void MoreEndsTheProgram()
    {
        using var output = new CapturedOutput(mebibytes: 1);
        using var store = new Store();
        using var host = new WasiHost(new WasiOptions { StandardOutput = output });
        var module = WasmModule.Decode(WatAssembler.Assemble(
            """
            (module
              (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 1)
              (data (i32.const 4) "\00\80")
              (func (export "_start") (local $rounds i32)
                (loop $again
                  (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
                  (br_if $again (i32.lt_u (local.tee $rounds (i32.add (local.get $rounds) (i32.const 1))) (i32.const 33))))))
            """));
        Assert.Throws<ProgramException>(() => host.Run(store, module));
        Assert.Equal(1 << 20, output.Length);
    }
}
