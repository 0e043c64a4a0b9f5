using Harness.Experiments.Results;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Tests.Results;
using Harness.Experiments.Tests.Tuning;
using Harness.Experiments.Tuning;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Tests.Documents;

/// <summary>Small files and folders of the kinds that commands in documents speak of, for all tests of a class.</summary>
public sealed class DocumentExamples : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public DocumentExamples()
    {
        _folder.Write("module.wat", """
            (module
              (type $f (func (param i32) (result i32)))
              (table $t funcref (elem $increment $double))
              (func $increment (type $f) (i32.add (local.get 0) (i32.const 1)))
              (func $double (type $f) (i32.shl (local.get 0) (i32.const 1)))
              (func (export "main") (result i32) (call_indirect $t (type $f) (i32.const 20) (i32.const 1)))
              (func (export "apply") (param i32) (result i32) (call_indirect $t (type $f) (local.get 0) (i32.and (local.get 0) (i32.const 1)))))
            """);
        _folder.Write("command.wat", """
            (module
              (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
              (memory (export "memory") 1)
              (data (i32.const 8) "\10\00\00\00\06\00\00\00hello\n")
              (func (export "_start") (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 0))) (call $exit (i32.const 3))))
            """);
        _folder.Write("scripts/add.wast", "(module (func (export \"f\") (result i32) (i32.add (i32.const 1) (i32.const 2))))\n(assert_return (invoke \"f\") (i32.const 3))\n");
        _folder.Write("api/first.any.js", "test(() => assert_equals(typeof WebAssembly.Module, 'function'), 'there is a constructor');");
        _folder.Write("program.dart", "void main() {\n  print('seven');\n}\n");
        _folder.Write("conformance/add_t01.dart", "void main() {\n  if (1 + 1 != 2) throw 'wrong';\n}\n");
        _folder.Write("tiny.yaml", "workloads: [two-targets]\nconfigurations: [{name: base, knobs: {deopt: off}}, {name: deopt}]\nrepetitions: 2\n");
        foreach (var name in (string[])["README.md", "RESULTS.md", "KNOBS.md", "experiments/README.md"])
        {
            _folder.Write(name, File.ReadAllText(Path.Combine(ProjectLayout.Root, name)));
        }

        Directory.CreateDirectory(_folder.File("empty"));
        SyntheticResults.Pair(_folder.File("results"), factor: 1.5);
        SyntheticResults.Pair(_folder.File("suites"), factor: 1.5, workloads: "dart/alpha,dart-sources/alpha");
        Dictionary<string, string> same = new() { ["deopt"] = "off" };
        SyntheticResults.Write(_folder.File("same"), ["ours"], new Dictionary<string, Dictionary<string, string>> { ["a1"] = same, ["b1"] = same }, ["alpha", "beta"], 21, _ => 10);
        WriteTuningRuns();
    }

    /// <summary>The folder.</summary>
    internal string Root => _folder.Path;

    public void Dispose() => _folder.Dispose();

    /// <summary>A tuning run and the shards of a search, all of them finished, whose times are a function of the knobs.</summary>
    private void WriteTuningRuns()
    {
        var whole = TuningFile.Read(_folder.Write("tuning.yaml", TestTuning.Text), ProgramCatalog.Read());
        var processes = new ProcessEvaluator(whole);
        foreach (var (name, shard) in ((string, SweepShard)[])[("tuned", SweepShard.Whole), ("shard-1", new SweepShard(1, 2)), ("shard-2", new SweepShard(2, 2))])
        {
            var specification = TuningShards.ShareOf(whole, shard);
            var folderOfRun = new TuningFolder(_folder.File(name));
            folderOfRun.Prepare(specification, processes.EngineVersion, processes.Fingerprints(), shard);
            using var recorded = new RecordedEvaluator(new FunctionEvaluator(1, (knobs, _) => knobs.GetValueOrDefault("deopt", "on") == "off" ? 1.2 : 1), folderOfRun.Evaluations);
            var run = new TuningRun(specification, recorded);
            if (shard.IsWhole)
            {
                run.Run();
            }
            else
            {
                run.Explore();
            }

            (Provenance.Read(folderOfRun.Provenance)! with { FinishedUtc = Provenance.Now() }).Write(folderOfRun.Provenance);
        }
    }
}
