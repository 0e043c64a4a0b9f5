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

    private readonly WorkerProgram _program;
    private readonly bool _checks;
    private readonly JavaScriptHost _host;
    private readonly StringBuilder _text = new();
    private readonly List<(WeakReference<Store> Store, HeapTotals Totals)> _heaps = [];

    public ScriptProgramHost(WorkerProgram program, EngineOptions options, bool checks)
    {
        _program = program;
        _checks = checks;
        _host = new JavaScriptHost(new JavaScriptOptions
        {
            Engine = options,
            Folder = Path.GetDirectoryName(program.Driver)!,
            Print = words => _text.Append(words),
            PrintError = words => _text.Append(words),
        });
    }

    public WasmEngine Engine => _host.Engine;

    public HeapTotals Heap
    {
        get
        {
            var sum = default(HeapTotals);
            foreach (var (_, totals) in _heaps)
            {
                sum += totals;
            }

            return sum;
        }
    }

    public Instance? Instance => _host.LastInstance;

    public double CompileMilliseconds => _host.CompileMilliseconds;

    /// <summary>Of modules that are made: the engine has also decoded what scripts only ask to be validated.</summary>
    public double DecodeMilliseconds => _host.CompileMilliseconds - _host.ValidateMilliseconds;

    public double ValidateMilliseconds => _host.ValidateMilliseconds;

    public double InstantiateMilliseconds => _host.InstantiateMilliseconds;

    public void Load()
    {
        _host.RunModule("harness.mjs", MakeBootstrap());
        _host.Call(LoadFunction);
    }

    public ProgramOutput Iterate()
    {
        _text.Clear();
        _host.Call(IterateFunction);
        ReadHeaps();
        return new ProgramOutput { Text = _text.ToString() };
    }

    public void Validate() => _host.Call(ValidateFunction);

    public void Dispose() => _host.Dispose();

    /// <summary>A store may go with the script's last reference to its instance: what its heap did is noted while it is there.</summary>
    private void ReadHeaps()
    {
        var known = new Dictionary<Store, int>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < _heaps.Count; i++)
        {
            if (_heaps[i].Store.TryGetTarget(out var store))
            {
                known[store] = i;
            }
        }

        foreach (var store in _host.Stores)
        {
            if (known.TryGetValue(store, out var index))
            {
                _heaps[index] = _heaps[index] with { Totals = HeapTotals.Of(store) };
            }
            else
            {
                _heaps.Add((new WeakReference<Store>(store), HeapTotals.Of(store)));
            }
        }
    }

    /// <summary>The module that gives the driver what it may ask for; the counterpart of <c>openDriver</c> for V8.</summary>
    private string MakeBootstrap() => $$"""
        import * as driver from "{{JsonEncodedText.Encode(_program.Driver!)}}";
        const program = {{WorkerJson.ScriptsView(_program)}};
        const { readBytes, readText, inflate, runScript, importModule, print } = harness;
        let loaded;
        globalThis.{{LoadFunction}} = async () => {
          loaded = await driver.load({
            checks: {{(_checks ? "true" : "false")}},
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
