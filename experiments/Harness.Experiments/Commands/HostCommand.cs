using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Harness.Engine.Configuration;
using Harness.Engine.Runtime;
using Harness.Experiments.Engines;
using Harness.Experiments.Hosting;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Commands;

/// <summary><c>harness host</c>: runs a program of another benchmark suite from its folder, on this engine and on V8.</summary>
internal static class HostCommand
{
    public static Command Create()
    {
        var suite = new Argument<string>("suite") { Description = "what the program belongs to: " + string.Join(", ", GuestHost.Names) };
        var folder = new Argument<string>("folder") { Description = "folder with the module and its input" };
        var repeat = new Option<int>("--repeat") { Description = "number of runs in one process", HelpName = "N", DefaultValueFactory = _ => 11 }.AtLeast(1);
        var engine = new Option<string>("--engine") { Description = "ours, v8 or both", HelpName = "NAME", DefaultValueFactory = _ => "both" };
        var trace = new Option<bool>("--trace") { Description = "make the program tell every number that it reads from or writes to an object, and compare these" };
        var command = new Command("host", "run a program of another benchmark suite and check its result") { suite, folder, repeat, engine, trace };
        var knobs = KnobOptions.AddTo(command);
        command.SetAction(parsed =>
        {
            var values = knobs.Read(parsed);
            var name = parsed.GetRequiredValue(suite);
            var host = GuestHost.Open(name, parsed.GetRequiredValue(folder));
            var count = Math.Max(1, parsed.GetValue(repeat));
            var chosen = parsed.GetRequiredValue(engine);
            if (chosen is not ("ours" or "v8" or "both"))
                throw new HarnessException($"unknown engine '{chosen}'; there are ours, v8 and both");
            using var traced = parsed.GetValue(trace) ? Trace(name, host) : null;
            var path = traced?.Path ?? host.ModulePath;
            var reports = new List<GuestReport>();
            if (chosen is "ours" or "both")
                reports.Add(Show("ours", RunHere(host, path, count, EngineOptions.FromDictionary(values))));
            if (chosen is "v8" or "both")
                reports.Add(Show("v8", RunOnNode(name, path, count, values)));
            if (reports.Select(report => report.Result).Distinct().Count() > 1)
                throw new HarnessException("the engines' results differ");
        });
        return command;
    }

    private static TracedModule Trace(string suite, GuestHost host) =>
        host.CanTrace ? new TracedModule(host.ModulePath) : throw new HarnessException($"programs of {suite} cannot be traced");

    private static GuestReport RunHere(GuestHost host, string path, int count, EngineOptions options)
    {
        var module = ModuleFile.Load(path);
        return ExecutionThread.Run(options, () =>
        {
            using var store = new Store(options);
            return host.Run(store, module, count);
        });
    }

    private static GuestReport RunOnNode(string suite, string path, int count, IReadOnlyDictionary<string, string> knobs)
    {
        string[] arguments =
        [
            .. V8Engine.Flags(knobs), Path.Combine(ProjectLayout.Node, "host.mjs"), suite, path, count.ToString(CultureInfo.InvariantCulture),
        ];
        using var process = Process.Start(new ProcessStartInfo(NodeInstallation.NodePath, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<GuestReport>(output, WorkerProtocol.Json)!
            : throw new HarnessException($"Node failed with code {process.ExitCode}");
    }

    private static GuestReport Show(string engine, GuestReport report)
    {
        var times = string.Join(' ', report.Milliseconds.Select(Format));
        Console.WriteLine($"{engine}: {Format(report.Milliseconds.Median())} ms (median of {report.Milliseconds.Count}: {times})");
        if (report.Result.Length > 0)
            Console.WriteLine("  " + report.Result.ReplaceLineEndings("\n  "));
        return report;
    }

    private static string Format(double milliseconds) => milliseconds.ToString("0.0", CultureInfo.InvariantCulture);
}
