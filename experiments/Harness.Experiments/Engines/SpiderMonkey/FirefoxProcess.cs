using System.Diagnostics;
using Harness.Experiments.Engines.Installation;

namespace Harness.Experiments.Engines.SpiderMonkey;

/// <summary>A headless Firefox with a profile of its own, which listens for WebDriver BiDi.</summary>
internal sealed class FirefoxProcess : IDisposable
{
    private const string AddressWords = "WebDriver BiDi listening on ";
    private const int KeptLines = 3;

    /// <summary>How long its children are waited for, which have nothing left to do but to end.</summary>
    private static readonly TimeSpan MostToEnd = TimeSpan.FromSeconds(2);

    /// <summary>What every browser is told: precise clocks, nothing that calls home or works on its own.</summary>
    private static readonly Dictionary<string, string> OwnPreferences = new()
    {
        ["privacy.reduceTimerPrecision"] = "false",
        ["privacy.reduceTimerPrecision.unconditional"] = "false",
        ["privacy.resistFingerprinting.reduceTimerPrecision.jitter"] = "false",
        ["app.update.disabledForTesting"] = "true",
        ["browser.shell.checkDefaultBrowser"] = "false",
        ["browser.startup.homepage_override.mstone"] = "\"ignore\"",
        ["browser.startup.page"] = "0",
        ["browser.newtabpage.enabled"] = "false",
        ["browser.safebrowsing.update.enabled"] = "false",
        ["datareporting.policy.dataSubmissionEnabled"] = "false",
        ["dom.ipc.processPrelaunch.enabled"] = "false",
        ["dom.max_script_run_time"] = "0",
        ["extensions.update.enabled"] = "false",
        ["network.captive-portal-service.enabled"] = "false",
        ["network.connectivity-service.enabled"] = "false",
        ["remote.prefs.recommended"] = "true",
        ["services.settings.server"] = "\"data:,#remote-settings-dummy/v1\"",
        ["toolkit.telemetry.enabled"] = "false",
        ["toolkit.telemetry.server"] = "\"\"",
    };

    private readonly DirectoryInfo _profile = Directory.CreateTempSubdirectory("harness-firefox-");
    private readonly Process _process;
    private readonly TaskCompletionSource<string> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<string> _lastLines = new();
    private readonly Task _outputs;

    /// <summary>Starts it.</summary>
    /// <param name="program">The browser.</param>
    /// <param name="preferences">Values by preference, as JavaScript writes them.</param>
    /// <exception cref="HarnessException">It cannot be started.</exception>
    public FirefoxProcess(InstalledProgram program, IReadOnlyDictionary<string, string> preferences)
    {
        File.WriteAllLines(Path.Combine(_profile.FullName, "user.js"), OwnPreferences.Concat(preferences).Select(pair => $"user_pref(\"{pair.Key}\", {pair.Value});"));
        _process = WorkerProcess.Start(new WorkerLaunch(program.Program, ["--headless", "--no-remote", "--profile", _profile.FullName, "--remote-debugging-port", "0"])
        {
            // A home of its own: where there is none, or nobody may write there, Firefox does not start.
            Environment = new Dictionary<string, string>(program.Environment) { ["HOME"] = _profile.FullName, ["MOZ_HEADLESS"] = "1", ["MOZ_CRASHREPORTER_DISABLE"] = "1" },
        });
        _process.StandardInput.Close();
        _outputs = Task.WhenAll(Task.Run(() => Read(_process.StandardError)), Task.Run(() => Read(_process.StandardOutput)));
        _ = _process.WaitForExitAsync().ContinueWith(_ => _exited.TrySetResult(), TaskScheduler.Default);
    }

    public int ProcessId => _process.Id;

    /// <summary>Ends when the browser does.</summary>
    public Task Exited => _exited.Task;

    /// <summary>What it printed last, for messages; empty if nothing.</summary>
    public string LastWords
    {
        get
        {
            lock (_lastLines)
            {
                return _lastLines.Count == 0 ? "" : $" ({string.Join(' ', _lastLines)})";
            }
        }
    }

    /// <summary>Waits until it listens.</summary>
    /// <returns>The address for WebDriver BiDi.</returns>
    public async Task<Uri> WaitForAddress(CancellationToken limit)
    {
        var first = await Task.WhenAny(_address.Task, _exited.Task).WaitAsync(limit).ConfigureAwait(false);
        return first == _address.Task
            ? new Uri(await _address.Task.ConfigureAwait(false) + "/session")
            : throw new BidiException($"the browser ended at its start with code {_process.ExitCode}");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.WaitForExit();

        // Its children hold its outputs, too, which end when the last of them has given its memory back: until then they are at work beside whatever comes next.
        _ = Task.WaitAny([_outputs], MostToEnd);
        _process.Dispose();
        try
        {
            _profile.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A child that is just ending still writes; the system's folder for temporary files is cleaned by others.
        }
    }

    private void Read(StreamReader reader)
    {
        while (reader.ReadLine() is { } line)
        {
            var start = line.IndexOf(AddressWords, StringComparison.Ordinal);
            if (start >= 0)
            {
                _address.TrySetResult(line[(start + AddressWords.Length)..].Trim());
            }

            lock (_lastLines)
            {
                _lastLines.Enqueue(line.Trim());
                if (_lastLines.Count > KeptLines)
                {
                    _lastLines.Dequeue();
                }
            }
        }
    }
}
