using System.Text;
using Harness.Engine.Configuration;
using Harness.Hosts.Emscripten;

namespace Harness.Hosts.Programs;

/// <summary>
/// QuickJS as Emscripten compiled it (npm package <c>@jitl/quickjs-wasmfile-release-sync</c>), evaluating a script. An iteration is a new context
/// of JavaScript, and its output the script's value as text. <c>workloads/drivers/quickjs.mjs</c> makes the same calls on V8.
/// </summary>
public sealed class QuickJsProgram : EmscriptenProgram
{
    /// <summary>
    /// What the imports are, which the closure compiler has left no names of: the functions' text in the package's glue says it.
    /// </summary>
    private static readonly Dictionary<string, string> ImportNames = new()
    {
        ["a"] = "memory",
        ["b"] = "__assert_fail",
        ["c"] = "fd_write",
        ["d"] = "fd_close",
        ["e"] = "environ_get",
        ["f"] = "environ_sizes_get",
        ["g"] = "qts_host_normalize_module",
        ["h"] = "qts_host_load_module_source",
        ["i"] = "qts_host_interrupt_handler",
        ["j"] = "_setitimer_js",
        ["k"] = "emscripten_resize_heap",
        ["l"] = "_emscripten_runtime_keepalive_clear",
        ["m"] = "_localtime_js",
        ["n"] = "_tzset_js",
        ["o"] = "fd_seek",
        ["p"] = "emscripten_date_now",
        ["q"] = "_abort_js",
        ["r"] = "exit",
        ["s"] = "qts_host_call_function",
        ["t"] = "qts_host_ref_free",
    };

    private readonly string _gluePath;
    private readonly string _scriptPath;

    /// <summary>Makes a program that is not loaded yet.</summary>
    /// <param name="modulePath">QuickJS's module; its glue, <c>emscripten-module.mjs</c>, lies beside it.</param>
    /// <param name="scriptPath">The script.</param>
    /// <param name="options">The engine's options; null for the defaults.</param>
    public QuickJsProgram(string modulePath, string scriptPath, EngineOptions? options = null)
        : base(modulePath, options)
    {
        _gluePath = Path.ChangeExtension(modulePath, ".mjs");
        _scriptPath = scriptPath;
    }

    /// <inheritdoc/>
    /// <exception cref="ProgramException">The script throws.</exception>
    private protected override ProgramOutput Run()
    {
        var script = File.ReadAllText(_scriptPath);
        var runtime = (uint)Call("QTS_NewRuntime");
        var context = (uint)Call("QTS_NewContext", runtime, 0);
        var source = Host.Allocate(script);
        var name = Host.Allocate(Path.GetFileName(_scriptPath));
        var value = (uint)Call("QTS_Eval", context, source, (ulong)Encoding.UTF8.GetByteCount(script), name, 0, 0);
        var error = (uint)Call("QTS_ResolveException", context, value);
        var text = (uint)Call("QTS_GetString", context, error != 0 ? error : value);
        var result = Host.ReadText(text);
        if (error != 0)
        {
            throw new ProgramException($"QuickJS: {Path.GetFileName(_scriptPath)} throws {result}");
        }

        Call("QTS_FreeCString", context, text);
        Call("QTS_FreeValuePointer", context, value);
        Call("QTS_FreeContext", context);
        Call("QTS_FreeRuntime", runtime);
        Call("free", source);
        Call("free", name);
        return new ProgramOutput { Text = result + "\n" };
    }

    private protected override EmscriptenOptions CreateOptions()
    {
        // The host's functions are called only by what scripts get from it, and by limits that are not set.
        const ulong initialPages = 256;
        var options = new EmscriptenOptions { Names = GlueNames.Parse(File.ReadAllText(_gluePath), ImportNames), InitialPages = initialPages };
        foreach (var name in ImportNames.Values.Where(name => name.StartsWith("qts_", StringComparison.Ordinal)))
        {
            options.Functions[name] = (_, _) => throw new ProgramException($"QuickJS calls {name}, which the program does not serve");
        }

        return options;
    }
}
