using System.Globalization;
using System.Text.Json;
using Harness.Experiments.Engines.Shells;

namespace Harness.Experiments.Engines.SpiderMonkey;

/// <summary>
/// SpiderMonkey in headless Firefox: each repetition is a browser with a profile of its own, which a page of the harness's own makes run the program. WebDriver BiDi opens
/// the page, and tells what goes wrong in it; the page hands back its report itself, so that nothing looks into its scripts while they run.
/// </summary>
internal sealed class SpiderMonkeyEngine : IEngine
{
    public const string EngineName = "spidermonkey";

    private const string PreferencePrefix = "javascript.options.";

    private readonly Installation.InstalledProgram _program = SpiderMonkeyInstallation.Package.Find()
        ?? throw new HarnessException($"engine '{EngineName}' is not installed; install it with './harness engines --install {EngineName}'");

    public SpiderMonkeyEngine() => SpiderMonkeyInstallation.RequireVersion(_program.Version);

    public string Name => EngineName;

    public string Title => "SpiderMonkey";

    public string Version => "SpiderMonkey in Firefox " + _program.Version.Split('-')[0];

    public string Fingerprint => $"Firefox {_program.Identity}, scripts {BuildFingerprint.OfShells}";

    public void CheckKnobs(IReadOnlyDictionary<string, string> knobs, IReadOnlySet<string> ignored) => SharedKnobs.Check(Title, EngineName, Translate, knobs, ignored);

    public string? FindGap(IReadOnlyDictionary<string, string> knobs, IReadOnlySet<string> ignored) => SharedKnobs.FindGap(Translate, knobs, ignored);

    public IReadOnlyList<string> Settings(IReadOnlyDictionary<string, string> knobs) => [.. Preferences(knobs).Select(pair => $"{pair.Key}={pair.Value}")];

    public string? FindGap(WorkerProgram program) => ShellPrograms.FindGap(program);

    public WorkerReport Measure(WorkerRequest request, TimeSpan timeout)
    {
        using var server = new PageServer(request);
        using var firefox = new FirefoxProcess(_program, Preferences(request.Knobs));
        using var limit = new CancellationTokenSource(timeout);
        try
        {
            return Run(server, firefox, limit.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            return new WorkerReport { Status = WorkerStatus.Timeout, Message = "stopped at the time limit" };
        }
        catch (Exception exception) when (exception is System.Net.WebSockets.WebSocketException or BidiException or JsonException)
        {
            return new WorkerReport { Status = WorkerStatus.Error, Message = $"Firefox: {OneLine.Of(exception.Message)}{firefox.LastWords}" };
        }
    }

    /// <summary>The preferences for some knobs, as JavaScript writes their values.</summary>
    public static IReadOnlyDictionary<string, string> Preferences(IReadOnlyDictionary<string, string> knobs) =>
        SharedKnobs.Resolve(EngineName, Translate, knobs).ToDictionary(pair => PreferencePrefix + pair.Key[(EngineName.Length + 1)..], pair =>
            KnobCatalog.Find(pair.Key).Parse(pair.Value) switch
            {
                bool isOn => isOn ? "true" : "false",
                var value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
            });

    private static async Task<WorkerReport> Run(PageServer server, FirefoxProcess firefox, CancellationToken limit)
    {
        var observer = new ShellObserver();
        server.Marked += line => observer.Observe(line, firefox.ProcessId);
        using var bidi = await BidiConnection.Open(await firefox.WaitForAddress(limit).ConfigureAwait(false), limit).ConfigureAwait(false);
        await bidi.OpenPage(server.PageAddress, limit).ConfigureAwait(false);
        var finished = await Task.WhenAny(server.Report, bidi.Failure, firefox.Exited).WaitAsync(limit).ConfigureAwait(false);
        if (finished == bidi.Failure)
        {
            return new WorkerReport { Status = WorkerStatus.Error, Message = await bidi.Failure.ConfigureAwait(false) };
        }

        if (finished != server.Report)
        {
            throw new BidiException("the browser ended before the program did");
        }

        var line = await server.Report.ConfigureAwait(false);
        observer.Observe(line, firefox.ProcessId);
        var report = JsonSerializer.Deserialize<WorkerReport>(line, WorkerProtocol.Json) ?? throw new JsonException("the page's report is empty");
        return observer.Complete(report) with { StartMs = server.StartMs };
    }

    /// <summary>What a value of a shared knob is in the engine's own knobs. Of calls it speculates on <c>call_ref</c> only, and never leaves optimized code.</summary>
    private static IReadOnlyDictionary<string, string>? Translate(string knob, string value) => (knob, value) switch
    {
        ("inlining", _) => new Dictionary<string, string> { ["spidermonkey.wasm_inlining_level"] = value == "on" ? "5" : "1" },
        ("inlining.call-ref", _) => new Dictionary<string, string> { ["spidermonkey.wasm_call_ref_inlining"] = value },
        ("inlining.call-indirect" or "deopt", "off") => new Dictionary<string, string>(),
        ("tier-up", "never") => new Dictionary<string, string> { ["spidermonkey.wasm_optimizingjit"] = "off" },
        ("tier-up", "eager") => new Dictionary<string, string> { ["spidermonkey.wasm_baselinejit"] = "off" },
        ("tier-up", "synchronous") => new Dictionary<string, string> { ["spidermonkey.wasm_lazy_tiering_synchronous"] = "on" },
        ("tier-up", "background") => new Dictionary<string, string>(),
        _ => null,
    };
}
