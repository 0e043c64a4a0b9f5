using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Harness.Experiments.Engines;

/// <summary>
/// What a process finds in its cache of code when it starts, as configurations that every sweep can name: where the knob <c>cache.directory</c> has the value <c>empty</c>, each process of a cell has a
/// folder with nothing in it; where it has <c>filled</c>, one with what a process has left that ran the same program with the same knobs before. The folder is the cell's own, and each process begins
/// with the same: what one leaves is gone before the next.
/// </summary>
internal sealed class CellCache
{
    /// <summary>The value that asks for a folder with nothing in it.</summary>
    public const string Empty = "empty";

    /// <summary>The value that asks for a folder that a process has filled.</summary>
    public const string Filled = "filled";

    /// <summary>The knob that has these values.</summary>
    public const string Knob = "cache.directory";

    private const UnixFileMode OwnAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly Dictionary<string, (string Occasion, WorkerReport Report)> _fillings = [];
    private string? _ready;

    /// <summary>Where all such folders are; each begins with the number of the process that made it, and goes once that has ended.</summary>
    public static string Root => Path.Combine(ProjectLayout.Artifacts, "caches");

    /// <summary>Whether a configuration asks for it.</summary>
    public static bool IsAskedFor(IReadOnlyDictionary<string, string> knobs) => knobs.GetValueOrDefault(Knob) is Empty or Filled;

    /// <summary>
    /// Makes the folder that the next process of a cell begins with. It is filled on first need, once on the same <see cref="WorkerRequest.Occasion"/>; what <see cref="Take"/> has not given away stays.
    /// </summary>
    /// <param name="request">What is to be measured.</param>
    /// <param name="run">Runs a process.</param>
    /// <returns>The report of the process that has filled it, if that failed; else null.</returns>
    public WorkerReport? Prepare(WorkerRequest request, Func<WorkerRequest, WorkerReport> run)
    {
        var place = PlaceOf(request);
        var (source, own) = (Path.Combine(place, "filled"), Path.Combine(place, "own"));
        if (_ready == own)
        {
            return null;
        }

        if (request.Knobs[Knob] == Filled)
        {
            if (!_fillings.TryGetValue(place, out var known) || known.Occasion != request.Occasion || known.Report.Status != WorkerStatus.Ok)
            {
                Renew(source, origin: null);
                _fillings[place] = known = (request.Occasion, run(With(request, source)));
            }

            if (known.Report.Status != WorkerStatus.Ok)
            {
                return known.Report;
            }
        }

        Renew(own, request.Knobs[Knob] == Filled ? source : null);
        _ready = own;
        return null;
    }

    /// <summary>The request with the folder that was prepared for it in the place of the value; it is used up by that.</summary>
    public WorkerRequest Take(WorkerRequest request)
    {
        _ready = null;
        return With(request, Path.Combine(PlaceOf(request), "own"));
    }

    private static WorkerRequest With(WorkerRequest request, string folder) => request with { Knobs = new Dictionary<string, string>(request.Knobs) { [Knob] = folder } };

    private static string PlaceOf(WorkerRequest request) => Path.Combine(
        Root, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(request, WorkerProtocol.Json)))[..16]}"));

    /// <summary>Makes a folder that has what another has, or nothing. The engine takes only one that nobody else can write to.</summary>
    private static void Renew(string folder, string? origin)
    {
        RemoveAbandoned();
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, OwnAlone);
        }

        foreach (var file in origin is null ? [] : Directory.GetFiles(origin))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }
    }

    private static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (IOException)
        {
            // Another process is at it.
        }
    }

    /// <summary>Removes what processes have left that have ended since. Others do so as well.</summary>
    private static void RemoveAbandoned()
    {
        if (!Directory.Exists(Root))
        {
            return;
        }

        foreach (var folder in Directory.EnumerateDirectories(Root))
        {
            if (Path.GetFileName(folder).Split('-')[0] is var process && process != Environment.ProcessId.ToString(CultureInfo.InvariantCulture) && !Directory.Exists($"/proc/{process}"))
            {
                Remove(folder);
            }
        }
    }
}
