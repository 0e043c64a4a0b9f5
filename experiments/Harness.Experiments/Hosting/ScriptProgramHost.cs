using System.Text;
using System.Text.Json;
using Harness.Engine.Configuration;
using Harness.Engine.Runtime;
using Harness.Experiments.Engines;
using Harness.Hosts;
using Harness.Hosts.JavaScript;

namespace Harness.Experiments.Hosting;

/// <summary>
/// Scripts in the embedded V8, whose <c>WebAssembly</c> is this engine. A driver (<c>workloads/drivers</c>), the same as on V8 itself
/// (<c>experiments/node/hosts.mjs</c>), loads the program's scripts and runs its iterations.
/// </summary>
internal sealed class ScriptProgramHost : IProgramHost
{
    private const string LoadFunction = "harnessLoad";
    private const string IterateFunction = "harnessIterate";
    private const string ValidateFunction = "harnessValidate";

    private readonly WorkerProgram program;
    private readonly bool checks;
    private readonly JavaScriptHost host;
    private readonly StringBuilder text = new();
    private readonly List<(WeakReference<Store> Store, HeapTotals Totals)> heaps = [];

    public ScriptProgramHost(WorkerProgram program, EngineOptions options, bool checks)
    {
        this.program = program;
        this.checks = checks;
        host = new JavaScriptHost(new JavaScriptOptions
        {
            Engine = options,
            Folder = Path.GetDirectoryName(program.Driver)!,
            Print = words => text.Append(words),
            PrintError = words => text.Append(words),
        });
    }

    public WasmEngine Engine => host.Engine;

    public HeapTotals Heap
    {
        get
        {
            var sum = default(HeapTotals);
            foreach (var (_, totals) in heaps)
                sum += totals;
            return sum;
        }
    }

    public Instance? Instance => host.LastInstance;

    public double CompileMilliseconds => host.CompileMilliseconds;

    /// <summary>Of modules that are made: the engine has also decoded what scripts only ask to be validated.</summary>
    public double DecodeMilliseconds => host.CompileMilliseconds - host.ValidateMilliseconds;

    public double ValidateMilliseconds => host.ValidateMilliseconds;

    public double InstantiateMilliseconds => host.InstantiateMilliseconds;

    public void Load()
    {
        host.RunModule("harness.mjs", MakeBootstrap());
        host.Call(LoadFunction);
    }

    public ProgramOutput Iterate()
    {
        text.Clear();
        host.Call(IterateFunction);
        ReadHeaps();
        return new ProgramOutput { Text = text.ToString() };
    }

    public void Validate() => host.Call(ValidateFunction);

    public void Dispose() => host.Dispose();

    /// <summary>A store may go with the script's last reference to its instance: what its heap did is noted while it is there.</summary>
    private void ReadHeaps()
    {
        var known = new Dictionary<Store, int>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < heaps.Count; i++)
        {
            if (heaps[i].Store.TryGetTarget(out var store))
                known[store] = i;
        }

        foreach (var store in host.Stores)
        {
            if (known.TryGetValue(store, out var index))
                heaps[index] = heaps[index] with { Totals = HeapTotals.Of(store) };
            else
                heaps.Add((new WeakReference<Store>(store), HeapTotals.Of(store)));
        }
    }

    /// <summary>The module that gives the driver what it may ask for; the counterpart of <c>openDriver</c> for V8.</summary>
    private string MakeBootstrap() => $$"""
        import * as driver from "{{JsonEncodedText.Encode(program.Driver!)}}";
        const program = {{WorkerJson.ScriptsView(program)}};
        const { readBytes, readText, inflate, runScript, importModule, print } = harness;
        let loaded;
        globalThis.{{LoadFunction}} = async () => {
          loaded = await driver.load({
            checks: {{(checks ? "true" : "false")}},
            arguments: program.arguments,
            fileNames: Object.keys(program.files),
            path: (name) => program.files[name],
            scripts: program.scripts,
            readBytes: (path) => (path.endsWith('.z') ? inflate(readBytes(path)) : readBytes(path)),
            readText,
            importModule,
            runScript,
            print,
          });
        };
        globalThis.{{IterateFunction}} = () => loaded.iterate();
        globalThis.{{ValidateFunction}} = () => loaded.validate?.();
        """;
}
