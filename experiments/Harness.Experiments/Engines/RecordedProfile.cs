using System.Security.Cryptography;
using System.Text.Json;

namespace Harness.Experiments.Engines;

/// <summary>
/// "Perfect feedback from the start" as a configuration that every sweep can name: where the knob <c>feedback.profile</c> has the value <c>recorded</c>, a process of its own first runs the
/// program as it is measured, with the same knobs but without a profile, and records what it has learnt in the end; the processes that are measured begin with that.
/// </summary>
internal sealed class RecordedProfile
{
    /// <summary>The value that asks for it.</summary>
    public const string Recorded = "recorded";

    private const string Knob = "feedback.profile";
    private const string FirstCallKnob = "feedback.first-call";

    private readonly Dictionary<string, (string Occasion, string File, WorkerReport Report)> _recordings = [];

    /// <summary>Whether a knob asks for a profile that is recorded.</summary>
    public static bool IsAskedFor(string knob, string value) => knob == Knob && value == Recorded;

    /// <summary>Whether a configuration does.</summary>
    public static bool IsAskedFor(IReadOnlyDictionary<string, string> knobs) => knobs.GetValueOrDefault(Knob) == Recorded;

    /// <summary>The configuration with a file in the place of the request.</summary>
    public static IReadOnlyDictionary<string, string> With(IReadOnlyDictionary<string, string> knobs, string file) =>
        new Dictionary<string, string>(knobs) { [Knob] = file };

    /// <summary>The profile of a program under some knobs, recorded on first need: one for all repetitions of a cell on the same <see cref="WorkerRequest.Occasion"/>. The next occasion's takes its place.</summary>
    /// <param name="request">What is to be measured.</param>
    /// <param name="run">Runs a process.</param>
    /// <returns>The file, and the report of the process that has recorded it.</returns>
    public (string File, WorkerReport Report) Of(WorkerRequest request, Func<WorkerRequest, WorkerReport> run)
    {
        var recorded = request with { Knobs = request.Knobs.Where(knob => knob.Key is not (Knob or FirstCallKnob)).ToDictionary() };
        var key = Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(recorded, WorkerProtocol.Json)))[..16];
        if (_recordings.TryGetValue(key, out var known) && known.Occasion == request.Occasion && known.Report.Status == WorkerStatus.Ok)
        {
            return (known.File, known.Report);
        }

        var folder = Path.Combine(ProjectLayout.Artifacts, "profiles");
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, $"{key}.feedback");
        var report = run(recorded with { ProfileOut = file });
        _recordings[key] = (request.Occasion, file, report);
        return (file, report);
    }
}
