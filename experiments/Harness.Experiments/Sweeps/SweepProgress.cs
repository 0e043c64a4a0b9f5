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
    private readonly Dictionary<Cell, (int Count, double Seconds)> _measured = [];
    private readonly Dictionary<Cell, int> _pending = [];

    public void Add(ProgramRun key) => _pending[key.Cell] = _pending.GetValueOrDefault(key.Cell) + 1;

    public void Remove(ProgramRun key) => _pending[key.Cell]--;

    public void Measured(ProgramRun key, double seconds)
    {
        var (count, sum) = _measured.GetValueOrDefault(key.Cell);
        _measured[key.Cell] = (count + 1, sum + seconds);
    }

    /// <summary>The time left; null as long as nothing was measured.</summary>
    public TimeSpan? Estimate()
    {
        var all = _measured.Values.Sum(cell => cell.Count);
        if (all == 0)
        {
            return null;
        }

        var average = _measured.Values.Sum(cell => cell.Seconds) / all;
        return TimeSpan.FromSeconds(_pending.Sum(cell => cell.Value * (_measured.TryGetValue(cell.Key, out var known) ? known.Seconds / known.Count : average)));
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

    private readonly bool _interactive = !Console.IsErrorRedirected;
    private readonly RemainingTime _remaining = new();
    private readonly Stopwatch _repetition = new();
    private readonly Stopwatch _sinceLine = new();
    private readonly LiveTable _table = new(sweep);
    private int _drawn;
    private int _total;
    private int _finished;
    private int _failed;

    public void Begin(IReadOnlyList<ProgramRun> pending, int alreadyDone)
    {
        _total = pending.Count;
        foreach (var key in pending)
        {
            _remaining.Add(key);
        }

        Console.Error.WriteLine($"{_total} repetitions to measure, {alreadyDone} measured before");
    }

    public void Start(ProgramRun key)
    {
        _repetition.Restart();
        if (!_interactive && _sinceLine.IsRunning && _sinceLine.Elapsed < PlainLineInterval)
        {
            return;
        }

        var left = _remaining.Estimate() is { } time ? ", about " + FormatTime(time) + " left" : "";
        var failures = _failed > 0 ? $", {_failed} failed" : "";
        var line = $"{_finished}/{_total}{failures}{left}: {key.Program}, {key.Configuration}, {key.Engine}";
        if (_interactive)
        {
            Draw(line);
        }
        else
        {
            Console.Error.WriteLine(line);
        }

        _sinceLine.Restart();
    }

    public void Finish(ProgramRun key, Failure? failure)
    {
        _finished++;
        _remaining.Remove(key);
        _remaining.Measured(key, _repetition.Elapsed.TotalSeconds);
        if (failure is not null)
        {
            _failed++;
            EndLine();
            Console.Error.WriteLine($"FAILED {key.Program}, {key.Configuration}, {key.Engine}, repetition {key.Repetition}: {failure.Status}: {failure.Message}");
        }

        if (_finished == _total)
        {
            EndLine();
        }
    }

    public void Measured(IReadOnlyList<Measurement> rows)
    {
        foreach (var row in rows)
        {
            _table.Add(row);
        }
    }

    public void Absent(Failure failure)
    {
        _failed++;
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
        _finished++;
        _remaining.Remove(key);
    }

    public void Stop()
    {
        EndLine();
        Console.Error.WriteLine($"{_finished} of {_total} repetitions measured; the time is up");
    }

    /// <summary>Draws line and table in the place of the last ones.</summary>
    private void Draw(string line)
    {
        var width = Math.Max(20, AnsiConsole.Profile.Width - 1);
        var lines = _table.Lines(width, AnsiConsole.Profile.Height - LinesLeft).Prepend(line[..Math.Min(line.Length, width)]).ToList();
        EndLine();
        Console.Error.Write(string.Join('\n', lines));
        _drawn = lines.Count;
    }

    /// <summary>Clears line and table, from the first of the lines that were drawn.</summary>
    private void EndLine()
    {
        if (!_interactive)
        {
            return;
        }

        Console.Error.Write(_drawn > 1 ? $"\r\u001b[{_drawn - 1}A\u001b[J" : "\r\u001b[J");
        _drawn = 0;
    }

    private static string FormatTime(TimeSpan time) => time.TotalMinutes >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min {time.Seconds:00} s")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalSeconds} s");
}
