using Harness.Engine.Configuration;
using Harness.Engine.Runtime;
using Harness.Hosts.JavaScript;

namespace Harness.Hosts.Tests.JavaScript;

/// <summary>Modules that scripts import.</summary>
public sealed class ModuleLoaderTests
{
    /// <summary>From where the importing file lies, from the folder, by paths and URLs: a file is one module.</summary>
    [Fact]
    public void ModulesAreFoundFromTheirImporterAndFromTheFolder() => WithFolder((folder, host) =>
    {
        Directory.CreateDirectory(Path.Combine(folder, "sub"));
        File.WriteAllText(Path.Combine(folder, "state.mjs"), "export const state = { loads: 0 }; state.loads++;");
        File.WriteAllText(Path.Combine(folder, "other file.mjs"), "export const other = 'other';");
        File.WriteAllText(Path.Combine(folder, "sub", "other.mjs"), "export const near = 'near';");
        File.WriteAllText(Path.Combine(folder, "sub", "main.mjs"), """
            import { state } from '../state.mjs';
            import { state as same } from 'state.mjs';
            import { near } from './other.mjs';
            import { near as nearToo } from 'other.mjs';
            import { other } from '../other%20file.mjs';
            export const found = [state === same, near, nearToo, other].join();
            export { state };
            """);
        host.RunModule("start.mjs", $$"""
            import { found, state } from './sub/main.mjs';
            import { state as first } from "{{folder}}/state.mjs";
            import { state as second } from "{{new Uri(Path.Combine(folder, "state.mjs")).AbsoluteUri}}";
            globalThis.found = [found, state === first, state === second, state.loads].join();
            """);
        Assert.Equal("true,near,near,other,true,true,1", host.RunScript("found.js", "globalThis.found"));
    });

    [Fact]
    public void AModuleThatIsNotThereIsNamed() => WithFolder((_, host) =>
    {
        foreach (var specifier in (string[])["./absent.mjs", "absent", "/absent/absent.mjs", "https://example.org/absent.mjs"])
        {
            Assert.Contains($"there is no module {specifier}", Assert.Throws<ProgramException>(() => host.RunModule("start.mjs", $"import '{specifier}';")).Message);
        }
    });

    /// <summary>A file may have changed since another host has read it.</summary>
    [Fact]
    public void EachHostReadsItsModulesAnew() => WithFolder((folder, host) =>
    {
        File.WriteAllText(Path.Combine(folder, "value.mjs"), "export const value = 1;");
        const string Script = "import { value } from './value.mjs'; globalThis.value = value;";
        host.RunModule("start.mjs", Script);
        File.WriteAllText(Path.Combine(folder, "value.mjs"), "export const value = 2;");
        using var other = new JavaScriptHost(new JavaScriptOptions { Folder = folder });
        other.RunModule("start.mjs", Script);
        Assert.Equal(1, host.RunScript("value.js", "globalThis.value"));
        Assert.Equal(2, other.RunScript("value.js", "globalThis.value"));
    });

    private static void WithFolder(Action<string, JavaScriptHost> use)
    {
        var folder = Directory.CreateTempSubdirectory("harness-js-");
        try
        {
            ExecutionThread.Run(EngineOptions.Default, () =>
            {
                using var host = new JavaScriptHost(new JavaScriptOptions { Folder = folder.FullName });
                use(folder.FullName, host);
            });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
