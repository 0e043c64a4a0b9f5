using System.Diagnostics;

namespace Harness.Experiments.Fuzzing.Mutation;

/// <summary>
/// <c>harness fuzz --source mutate</c>: makes mutants, compares verdicts with V8's, runs what is valid in all configurations, and reduces
/// and saves what is found, one module for each cause.
/// </summary>
/// <param name="settings">What was asked for.</param>
/// <param name="corpus">The seeds.</param>
/// <param name="known">Where engines may differ.</param>
/// <param name="startEngines">Makes the engines of one job.</param>
internal sealed class MutationRun(MutationSettings settings, SeedCorpus corpus, KnownDifferences known, Func<IMutantEngines> startEngines)
{
    private const int BatchSize = 100;

    private readonly Mutator _mutator = new(corpus);
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, int> _explained = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _causes = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _kinds = new(StringComparer.Ordinal);
    private long _next;
    private long _shown;
    private int _done;
    private int _valid;
    private int _ran;

    /// <summary>How many modules were tried.</summary>
    public int Done => _done;

    /// <summary>How many were valid.</summary>
    public int Valid => _valid;

    /// <summary>How many showed something wrong.</summary>
    public int Findings => _kinds.Values.Sum();

    /// <summary>Runs all; the exit code is 0 if nothing was found.</summary>
    public int Execute()
    {
        Parallel.For(0, settings.Jobs, new ParallelOptions { MaxDegreeOfParallelism = settings.Jobs }, _ => RunJob());
        Console.Error.Write('\r');
        foreach (var (reason, count) in _explained)
        {
            Console.WriteLine($"{count,6} differ from V8: {reason}");
        }

        foreach (var (cause, count) in _causes.Where(cause => cause.Value > 1).OrderByDescending(cause => cause.Value))
        {
            Console.WriteLine($"{count,6} times: {cause}");
        }

        Console.WriteLine(Summary());
        return Findings == 0 ? 0 : 1;
    }

    private string Summary()
    {
        var found = Findings == 0 ? "nothing found" : $"{Findings} findings of {_causes.Count} causes ({string.Join(", ", _kinds.Select(kind => $"{kind.Value} {kind.Key}"))})";
        var used = settings.CompileOnly ? "compiled by both compilers" : $"{_ran} run in all configurations";
        return $"{_done} mutants of {corpus.Modules.Count} seeds from {settings.First} on, {_valid} valid, {used}, "
            + $"{_explained.Values.Sum()} explained differences from V8, {found}, {_watch.Elapsed.TotalSeconds:F1} s ({_done / _watch.Elapsed.TotalSeconds:F0} a second)";
    }

    private void RunJob()
    {
        using var engines = startEngines();
        var judge = new MutantJudge(engines, known);
        while (_watch.Elapsed < settings.Time && Interlocked.Add(ref _next, BatchSize) - BatchSize is var start && start < settings.Count)
        {
            var size = (int)Math.Min(BatchSize, settings.Count - start);
            Mutant[] mutants = [.. Enumerable.Range(0, size).Select(i => _mutator.Make(settings.First + (ulong)(start + i)))];
            var judgements = judge.JudgeVerdicts([.. mutants.Select(mutant => mutant.Bytes)]);
            for (var i = 0; i < size && _watch.Elapsed < settings.Time; i++)
            {
                Note(judgements[i]);
                if (judgements[i].Finding is { } finding)
                {
                    Found(judge, mutants[i], finding);
                }

                if (judgements[i].IsValid && !settings.ValidateOnly && !settings.CompileOnly)
                {
                    RunOne(judge, mutants[i]);
                }

                ShowProgress();
            }
        }
    }

    private void RunOne(MutantJudge judge, Mutant mutant)
    {
        IReadOnlyList<FuzzConfiguration> configurations = settings.Only is { } only
            ? [FuzzConfiguration.Always[0], only]
            : [.. FuzzConfiguration.For(mutant.Number)];
        var findings = judge.JudgeRuns(mutant.Bytes, configurations);
        lock (_gate)
        {
            _ran++;
        }

        // One module has one cause, mostly.
        if (findings is [var first, ..])
        {
            Found(judge, mutant, first);
        }
    }

    private void Note(Judgement judgement)
    {
        lock (_gate)
        {
            _done++;
            _valid += judgement.IsValid ? 1 : 0;
            if (judgement.KnownReason is { } reason)
            {
                _explained[reason] = _explained.GetValueOrDefault(reason) + 1;
            }
        }
    }

    private void Found(MutantJudge judge, Mutant mutant, MutantFinding finding)
    {
        lock (_gate)
        {
            _kinds[finding.Kind] = _kinds.GetValueOrDefault(finding.Kind) + 1;
            _causes[finding.Key] = _causes.GetValueOrDefault(finding.Key) + 1;
            if (_causes[finding.Key] > 1)
            {
                return;
            }
        }

        var configuration = finding.Configuration is { } seenIn ? $", configuration {seenIn.Name}" : "";
        Console.Error.Write('\r');
        Console.WriteLine($"mutant {mutant.Number} of {mutant.Seed}{configuration}: {finding.Kind}: {finding.Detail}");
        if (!judge.Shows(mutant.Bytes, finding))
        {
            Save(mutant, finding, mutant.Bytes, "it did not show a second time");
            return;
        }

        var reducer = new ModuleReducer(module => judge.Shows(module, finding), settings.ReduceTime);
        var reduced = reducer.Reduce(mutant.Bytes);
        Save(mutant, finding, reduced, $"{mutant.Bytes.Length} bytes before, {reducer.Trials} trials");
    }

    private void Save(Mutant mutant, MutantFinding finding, byte[] module, string how)
    {
        Directory.CreateDirectory(settings.Folder);
        var path = Path.Combine(settings.Folder, $"mutate-{mutant.Number}-{finding.Kind}.wasm");
        File.WriteAllBytes(path, module);
        File.WriteAllText(Path.ChangeExtension(path, ".txt"), $"""
            {finding.Kind}: {finding.Detail}
            seed: {mutant.Seed}, mutant {mutant.Number}
            knobs: {finding.Configuration?.CommandLine ?? "none, it was not run"}

            """);
        Console.WriteLine($"  {module.Length} bytes in {path} ({how})");
    }

    private void ShowProgress()
    {
        lock (_gate)
        {
            if (_watch.ElapsedMilliseconds - _shown < 1000)
            {
                return;
            }

            _shown = _watch.ElapsedMilliseconds;
            Console.Error.Write($"\r{_done} mutants, {_valid} valid, {Findings} findings, {_done / _watch.Elapsed.TotalSeconds:F0} a second ");
        }
    }
}

/// <summary>What to do in a run.</summary>
internal sealed record MutationSettings
{
    /// <summary>The number of the first mutant; the others have the ones after it.</summary>
    public required ulong First { get; init; }

    /// <summary>How many mutants to try.</summary>
    public required long Count { get; init; }

    /// <summary>How many processes try them at a time.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>After how long to stop, whatever the count.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.MaxValue;

    /// <summary>The longest time to make one module smaller.</summary>
    public TimeSpan ReduceTime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether nothing is to be compiled and run.</summary>
    public bool ValidateOnly { get; init; }

    /// <summary>Whether what is valid is compiled by both compilers, and not run.</summary>
    public bool CompileOnly { get; init; }

    /// <summary>The only configuration to compare with baseline code; null for all.</summary>
    public FuzzConfiguration? Only { get; init; }

    /// <summary>Where to save what is found.</summary>
    public required string Folder { get; init; }
}
