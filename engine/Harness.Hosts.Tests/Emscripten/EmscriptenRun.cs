using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;
using Harness.Hosts.Emscripten;

namespace Harness.Hosts.Tests.Emscripten;

/// <summary>Programs in text with Emscripten's host around them.</summary>
internal static class EmscriptenRun
{
    public static EmscriptenHost Load(Store store, string text, EmscriptenOptions? options = null)
    {
        var host = new EmscriptenHost(options ?? new EmscriptenOptions());
        host.Instantiate(store, WasmModule.Decode(WatAssembler.Assemble(text)));
        return host;
    }

    public static int[] Call(EmscriptenHost host, string name, params int[] arguments) =>
        [.. host.GetFunction(name).Invoke([.. arguments.Select(argument => (WasmValue)argument)]).Select(result => result.AsI32())];
}
