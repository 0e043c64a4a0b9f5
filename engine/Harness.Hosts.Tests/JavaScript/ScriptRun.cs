using System.Text;
using Harness.Engine.Configuration;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;
using Harness.Hosts.JavaScript;

namespace Harness.Hosts.Tests.JavaScript;

/// <summary>Runs scripts around a module in the JavaScript host; <c>show</c> prints, <c>attempt</c> tells what is thrown.</summary>
internal static class ScriptRun
{
    /// <summary>Checks what a script prints that has the module's bytes as <c>bytes</c>.</summary>
    public static void Check(string module, string script, string expected, EngineOptions? options = null) => Assert.Equal(expected, Output(module, script, options));

    /// <summary>What the script prints, on one line.</summary>
    public static string Output(string module, string script, EngineOptions? engine = null)
    {
        var folder = Directory.CreateTempSubdirectory("harness-js-");
        try
        {
            File.WriteAllBytes(Path.Combine(folder.FullName, "module.wasm"), WatAssembler.Assemble(module));
            var output = new StringBuilder();
            var options = engine ?? EngineOptions.Default;
            ExecutionThread.Run(options, () =>
            {
                using var host = new JavaScriptHost(new JavaScriptOptions { Engine = options, Folder = folder.FullName, Print = text => output.Append(text) });
                host.RunModule("test.mjs", $$"""
                    const bytes = harness.readBytes('module.wasm');
                    const show = (...values) => console.log(...values);
                    const attempt = action => { try { return action(); } catch (error) { return error.constructor.name; } };
                    {{script}}
                    """);
            });
            return output.ToString().Trim().ReplaceLineEndings(" ");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
