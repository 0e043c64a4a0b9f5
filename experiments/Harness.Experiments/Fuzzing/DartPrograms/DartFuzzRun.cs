using System.Diagnostics;
using Harness.Experiments.Fuzzing.DartPrograms.Generation;
using Harness.Experiments.Fuzzing.Observers;

namespace Harness.Experiments.Fuzzing.DartPrograms;

/// <summary><c>harness fuzz --source dart</c>: generates programs, compiles each under several lowerings, compares what they print, and reduces and saves what is found.</summary>
/// <param name="settings">What was asked for.</param>
/// <param name="startEngines">Makes the engines of one job.</param>
internal sealed class DartFuzzRun(DartFuzzSettings settings, Func<IDartEngines> startEngines)
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, int> _kinds = new(StringComparer.Ordinal);
    private long _next;
    private long _shown;
    private int _done;

    /// <summary>How many programs showed something wrong.</summary>
    public int Findings => _kinds.Values.Sum();

    /// <summary>Runs all; the exit code is 0 if nothing was found.</summary>
    public int Execute()
    {
        Parallel.For(0, settings.Jobs, new ParallelOptions { MaxDegreeOfParallelism = settings.Jobs }, _ => RunJob());
        Console.Error.Write('\r');
        var found = Findings == 0 ? "" : $" ({string.Join(", ", _kinds.Select(kind => $"{kind.Value} {kind.Key}"))})";
        Console.WriteLine($"{_done} programs from seed {settings.First} on, {Findings} failed{found}, {_watch.Elapsed.TotalSeconds:F1} s");
        return Findings == 0 ? 0 : 1;
    }

    /// <summary>Runs the programs under the default lowering in one configuration, and prints statistics of what the engine did.</summary>
    public int Describe()
    {
        var configuration = settings.Only ?? FuzzConfiguration.Find("optimizing");
        var statistics = new FuzzStatistics();
        for (var number = 0L; number < settings.Count; number++)
        {
            var compilation = DartCompilation.Of(DartGenerator.Generate(settings.First + (ulong)number).Text, DartLowerings.Default);
            var module = compilation.Module ?? throw new InvalidOperationException($"the program of seed {settings.First + (ulong)number} is not compiled: {compilation.Detail}");
            statistics.Add(module, configuration, (store, decoded) => [DartObserver.Observe(store, decoded)[^1]]);
        }

        foreach (var line in statistics.Describe())
        {
            Console.WriteLine(line);
        }

        return 0;
    }

    private void RunJob()
    {
        using var engines = startEngines();
        var judge = new DartJudge(engines);
        while (_watch.Elapsed < settings.Time && Interlocked.Increment(ref _next) - 1 is var number && number < settings.Count)
        {
            var source = DartGenerator.Generate(settings.First + (ulong)number);
            var finding = judge.Judge(source.Text, DartTrial.For(source, settings.Only));
            lock (_gate)
            {
                Report(source, finding);
            }

            if (settings.Reduce && finding is not null)
            {
                Keep(judge, source, finding);
            }
        }
    }

    private void Report(DartSource source, DartFinding? finding)
    {
        _done++;
        if (finding is not null)
        {
            _kinds[finding.Kind] = _kinds.GetValueOrDefault(finding.Kind) + 1;
            Console.Error.Write('\r');
            Console.WriteLine($"""
                seed {source.Seed}, {finding.Place}: {finding.Kind}: {finding.Detail}
                  again: harness fuzz --source {FuzzSource.Dart} --seed {source.Seed} --count 1{(finding.Configuration is { } seenIn ? " --configuration " + seenIn.Name : "")} --reduce
                  knobs:{DartLowerings.CommandLine(finding.Lowering)} {finding.Configuration?.CommandLine}
                """);
        }

        if (_watch.ElapsedMilliseconds - _shown < 1000)
        {
            return;
        }

        _shown = _watch.ElapsedMilliseconds;
        Console.Error.Write($"\r{_done} programs, {Findings} failed, {_done / _watch.Elapsed.TotalSeconds:F1} a second ");
    }

    /// <summary>Makes a program as small as possible, with as few knobs as possible, and writes it to a file.</summary>
    private void Keep(DartJudge judge, DartSource source, DartFinding finding)
    {
        var before = source.Text;
        var how = "it did not show a second time";
        if (judge.Shows(before, finding))
        {
            finding = WithFewestKnobs(judge, before, finding);
            var reducer = new DartReducer(source.Root, text => judge.Shows(text, finding), settings.ReduceTime);
            reducer.Reduce();
            finding = judge.Judge(source.Text, finding.Trials) ?? finding;
            how = $"{before.Length} characters before, {reducer.Trials} trials";
        }

        Directory.CreateDirectory(settings.Folder);
        var path = Path.Combine(settings.Folder, $"{FuzzSource.Dart}-{source.Seed}-{finding.Kind}.dart");
        File.WriteAllText(path, source.Text);
        File.WriteAllText(Path.ChangeExtension(path, ".txt"), $"""
            {finding.Kind}: {finding.Detail}
            seed: {source.Seed}
            again: harness dart run {Path.GetFileName(path)}{DartLowerings.CommandLine(finding.Lowering)} {finding.Configuration?.CommandLine}

            """);
        lock (_gate)
        {
            Console.WriteLine($"  {source.Text.Length} characters in {path} ({how})");
        }
    }

    /// <summary>Sets knobs of the lowering back that the finding does not need.</summary>
    private static DartFinding WithFewestKnobs(DartJudge judge, string text, DartFinding finding)
    {
        foreach (var name in finding.Lowering.Keys.ToList())
        {
            var fewer = finding with { Lowering = finding.Lowering.Where(knob => knob.Key != name).ToDictionary() };
            if (judge.Shows(text, fewer))
            {
                finding = fewer;
            }
        }

        return finding;
    }
}

/// <summary>What to do in a run.</summary>
internal sealed record DartFuzzSettings
{
    /// <summary>The seed of the first program; the others have the ones after it.</summary>
    public required ulong First { get; init; }

    /// <summary>How many programs to run.</summary>
    public required long Count { get; init; }

    /// <summary>How many at a time.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>After how long to stop, whatever the count.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.MaxValue;

    /// <summary>The longest time to make one program smaller.</summary>
    public TimeSpan ReduceTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether programs that fail are made small and saved.</summary>
    public bool Reduce { get; init; }

    /// <summary>The only configuration; null for all.</summary>
    public FuzzConfiguration? Only { get; init; }

    /// <summary>Where to save what is found.</summary>
    public required string Folder { get; init; }
}
