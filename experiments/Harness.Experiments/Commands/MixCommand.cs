using System.CommandLine;
using System.Text;
using System.Text.Json;
using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics;
using Harness.Engine.Runtime;
using Harness.Experiments.Engines;
using Harness.Experiments.Hosting;
using Harness.Experiments.Reports;
using Harness.Hosts;

namespace Harness.Experiments.Commands;

/// <summary>
/// <c>harness mix</c>: what programs consist of and how they call, one beside the other: whether a small program stands for a large one is
/// seen here.
/// </summary>
internal static class MixCommand
{
    /// <summary>Two shares are said to differ where one is more than this often the other, and at least one of them matters.</summary>
    private const double Alike = 2;

    private const double LeastShare = 0.01;

    /// <summary>Baseline code that counts all calls: no function is small enough to be optimized.</summary>
    private static readonly EngineOptions Counting = EngineOptions.Default with { CompileMaxNodes = 1, PolymorphismLimit = 16 };

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Create()
    {
        var programs = new Argument<string[]>("programs") { Description = "one program or two: names ('harness workloads' lists them), or modules (.wasm, .wat)", Arity = ArgumentArity.OneOrMore };
        var invoke = new Option<string>("--invoke") { Description = "of modules, the exported function without parameters that is called", HelpName = "NAME", DefaultValueFactory = _ => "main" };
        var repeat = new Option<int>("--repeat") { Description = "iterations", HelpName = "N", DefaultValueFactory = _ => 1 }.AtLeast(1);
        var json = new Option<bool>("--json") { Description = "write JSON instead of a table" };
        var suites = SuiteOption.Create();
        var command = new Command("mix", "run programs in baseline code and compare their instructions, the targets of their call sites and their allocation")
        {
            programs, invoke, repeat, json, suites,
        };
        command.SetAction(parsed =>
        {
            var names = parsed.GetRequiredValue(programs);
            if (names.Length > 2)
            {
                throw new HarnessException($"mix compares two programs, not {names.Length}");
            }

            var mixes = names.Select(name => Take(name, parsed.GetRequiredValue(invoke), parsed.GetValue(repeat), parsed.GetValue(suites) ?? [])).ToList();
            if (parsed.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(names.Zip(mixes).ToDictionary(pair => pair.First, pair => pair.Second), Json));
            }
            else
            {
                Console.Write(ToTable(names, mixes));
            }
        });
        return command;
    }

    /// <summary>The tables of one program, or of two beside each other.</summary>
    public static string ToTable(IReadOnlyList<string> names, IReadOnlyList<Measured> mixes)
    {
        var text = new StringBuilder();
        foreach (var title in mixes[0].Shares.Keys)
        {
            AddShares(text, title, names, [.. mixes.Select(mix => mix.Shares[title])]);
        }

        var objects = new MarkdownTable(["objects", .. names]);
        objects.Add(["bytes allocated for each function entered", .. mixes.Select(mix => MarkdownTable.Number(mix.BytesPerEntry, "0.00"))]);
        objects.Add(["survivors made old, share of bytes", .. mixes.Select(mix => MarkdownTable.Number(mix.Survival, "0.0%"))]);
        objects.WriteTo(text);
        return text.ToString();
    }

    private static void AddShares(StringBuilder text, string title, IReadOnlyList<string> names, IReadOnlyList<IReadOnlyDictionary<string, double>> shares)
    {
        var table = new MarkdownTable(names.Count == 2 ? [title, .. names, "differ"] : [title, .. names]);
        foreach (var row in shares.SelectMany(share => share.Keys).Distinct().OrderByDescending(row => shares[0].GetValueOrDefault(row)).ThenBy(row => row, StringComparer.Ordinal))
        {
            var values = shares.Select(share => share.GetValueOrDefault(row)).ToList();
            var cells = values.Select(value => MarkdownTable.Number(value, "0.0%"));
            table.Add([row, .. cells, .. values.Count == 2 && Differ(values[0], values[1]) ? ["x"] : Array.Empty<string>()]);
        }

        table.WriteTo(text);
    }

    private static bool Differ(double left, double right) =>
        Math.Max(left, right) >= LeastShare && Math.Max(left, right) > Alike * Math.Min(left, right);

    private static Measured Take(string name, string function, int repeat, IReadOnlyList<string> suites)
    {
        if (SuiteOption.FindProgram(name, suites) is { } program)
        {
            return ProgramSession.Run(program, Counting, host =>
            {
                host.Load();
                ProgramSession.Iterate(host, repeat);
                return new Measured(ProgramMix.Of(host.Engine), host.Heap);
            });
        }

        var module = ModuleFile.Load(name);
        RunCommand.ParseArguments(module, name, function, []);
        return ExecutionThread.Run(Counting, () =>
        {
            using var store = new Store(Counting);
            try
            {
                var called = store.Instantiate(module, HostModules.CreateImports(store)).GetFunction(function);
                for (var i = 0; i < repeat; i++)
                {
                    called.Invoke();
                }
            }
            catch (Exception exception) when (exception is WasmTrapException or WasmException or LinkException or OutOfMemoryException or NotSupportedException)
            {
                throw new HarnessException($"{name}: {exception.Message.Split('\n')[0]}", exception);
            }

            return new Measured(ProgramMix.Of(store.Engine), HeapTotals.Of(store));
        });
    }

    /// <summary>What is shown of one program.</summary>
    internal sealed class Measured
    {
        public Measured(ProgramMix mix, HeapTotals heap)
        {
            Entries = mix.Entries;
            Shares = new Dictionary<string, IReadOnlyDictionary<string, double>>
            {
                ["instructions"] = ToShares(mix.Instructions),
                ["call sites"] = ToShares(mix.Sites),
                ["calls"] = ToShares(mix.Calls),
            };
            BytesPerEntry = mix.Entries == 0 ? 0 : heap.AllocatedBytes / (double)mix.Entries;
            Survival = heap.AllocatedBytes == 0 ? 0 : heap.PromotedBytes / (double)heap.AllocatedBytes;
        }

        /// <summary>How often functions were entered.</summary>
        public long Entries { get; }

        /// <summary>Shares by row, of each table.</summary>
        public IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> Shares { get; }

        /// <summary>Bytes of objects for each entry of a function.</summary>
        public double BytesPerEntry { get; }

        /// <summary>The share of allocated bytes that became old.</summary>
        public double Survival { get; }

        private static Dictionary<string, double> ToShares(IReadOnlyDictionary<string, double> counts)
        {
            var sum = counts.Values.Sum();
            return counts.ToDictionary(pair => pair.Key, pair => pair.Value / sum);
        }
    }
}
