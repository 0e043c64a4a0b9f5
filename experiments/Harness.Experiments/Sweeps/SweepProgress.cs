using System.Diagnostics;
using System.Globalization;
using Harness.Experiments.Results;
using Spectre.Console;

namespace Harness.Experiments.Sweeps;

/// <summary>Is told what a sweep does.</summary>
internal interface ISweepProgress
{
    void Begin(IReadOnlyList<ProgramRun> pending, int alreadyDone);

    void Start(ProgramRun key);

    void Finish(ProgramRun key, Failure? failure);

    /// <summary>Rows are on the disk.</summary>
    void Measured(IReadOnlyList<Measurement> rows);

    /// <summary>A program is left out, because it cannot be run at all.</summary>
    void Absent(Failure failure);

    /// <summary>Something is left out, because an engine cannot run it.</summary>
    void Gap(EngineGap gap);

    /// <summary>A repetition is left out, because its cell failed too often or cannot be run.</summary>
    void Skip(ProgramRun key);

    /// <summary>The time is up: what is pending stays so.</summary>
    void Stop();
}

/// <summary>
/// Estimates the time left from the repetitions measured so far: each pending one takes as long as its cell's did on
/// average, or as all did where its cell has none yet.
/// </summary>
internal sealed class RemainingTime
{
    private readonly Dictionary<Cell, (int Count, double Seconds)> measured = [];
    private readonly Dictionary<Cell, int> pending = [];

    public void Add(ProgramRun key) => pending[key.Cell] = pending.GetValueOrDefault(key.Cell) + 1;

    public void Remove(ProgramRun key) => pending[key.Cell]--;

    public void Measured(ProgramRun key, double seconds)
    {
        var (count, sum) = measured.GetValueOrDefault(key.Cell);
        measured[key.Cell] = (count + 1, sum + seconds);
    }

    /// <summary>The time left; null as long as nothing was measured.</summary>
    public TimeSpan? Estimate()
    {
        var all = measured.Values.Sum(cell => cell.Count);
        if (all == 0)
            return null;
        var average = measured.Values.Sum(cell => cell.Seconds) / all;
        return TimeSpan.FromSeconds(pending.Sum(cell => cell.Value * (measured.TryGetValue(cell.Key, out var known) ? known.Seconds / known.Count : average)));
    }
}

/// <summary>
/// Shows progress on standard error: on a terminal a line and below it what was found so far (<see cref="LiveTable"/>), a plain line now and then elsewhere. Updated
/// between repetitions only, never while one is measured.
/// </summary>
/// <param name="sweep">The sweep.</param>
internal sealed class ConsoleSweepProgress(SweepDefinition sweep) : ISweepProgress
{
    /// <summary>Lines of a terminal that are left to what was printed before.</summary>
    private const int LinesLeft = 6;

    private static readonly TimeSpan PlainLineInterval = TimeSpan.FromSeconds(10);

    private readonly bool interactive = !Console.IsErrorRedirected;
    private readonly RemainingTime remaining = new();
    private readonly Stopwatch repetition = new();
    private readonly Stopwatch sinceLine = new();
    private readonly LiveTable table = new(sweep);
    private int drawn;
    private int total;
    private int finished;
    private int failed;

    public void Begin(IReadOnlyList<ProgramRun> pending, int alreadyDone)
    {
        total = pending.Count;
        foreach (var key in pending)
            remaining.Add(key);
        Console.Error.WriteLine($"{total} repetitions to measure, {alreadyDone} measured before");
    }

    public void Start(ProgramRun key)
    {
        repetition.Restart();
        if (!interactive && sinceLine.IsRunning && sinceLine.Elapsed < PlainLineInterval)
            return;
        var left = remaining.Estimate() is { } time ? ", about " + FormatTime(time) + " left" : "";
        var failures = failed > 0 ? $", {failed} failed" : "";
        var line = $"{finished}/{total}{failures}{left}: {key.Program}, {key.Configuration}, {key.Engine}";
        if (interactive)
            Draw(line);
        else
            Console.Error.WriteLine(line);
        sinceLine.Restart();
    }

    public void Finish(ProgramRun key, Failure? failure)
    {
        finished++;
        remaining.Remove(key);
        remaining.Measured(key, repetition.Elapsed.TotalSeconds);
        if (failure is not null)
        {
            failed++;
            EndLine();
            Console.Error.WriteLine($"FAILED {key.Program}, {key.Configuration}, {key.Engine}, repetition {key.Repetition}: {failure.Status}: {failure.Message}");
        }

        if (finished == total)
            EndLine();
    }

    public void Measured(IReadOnlyList<Measurement> rows)
    {
        foreach (var row in rows)
            table.Add(row);
    }

    public void Absent(Failure failure)
    {
        failed++;
        EndLine();
        Console.Error.WriteLine($"ABSENT {failure.Workload}: {failure.Message}");
    }

    public void Gap(EngineGap gap)
    {
        EndLine();
        Console.Error.WriteLine($"GAP {gap}");
    }

    public void Skip(ProgramRun key)
    {
        finished++;
        remaining.Remove(key);
    }

    public void Stop()
    {
        EndLine();
        Console.Error.WriteLine($"{finished} of {total} repetitions measured; the time is up");
    }

    /// <summary>Draws line and table in the place of the last ones.</summary>
    private void Draw(string line)
    {
        var width = Math.Max(20, AnsiConsole.Profile.Width - 1);
        var lines = table.Lines(width, AnsiConsole.Profile.Height - LinesLeft).Prepend(line[..Math.Min(line.Length, width)]).ToList();
        EndLine();
        Console.Error.Write(string.Join('\n', lines));
        drawn = lines.Count;
    }

    /// <summary>Clears line and table, from the first of the lines that were drawn.</summary>
    private void EndLine()
    {
        if (!interactive)
            return;
        Console.Error.Write(drawn > 1 ? $"\r\u001b[{drawn - 1}A\u001b[J" : "\r\u001b[J");
        drawn = 0;
    }

    private static string FormatTime(TimeSpan time) => time.TotalMinutes >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min {time.Seconds:00} s")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalSeconds} s");
}
