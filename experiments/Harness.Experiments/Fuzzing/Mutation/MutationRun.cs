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

    private readonly Mutator mutator = new(corpus);
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, int> explained = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> causes = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> kinds = new(StringComparer.Ordinal);
    private long next;
    private long shown;
    private int done;
    private int valid;
    private int ran;

    /// <summary>How many modules were tried.</summary>
    public int Done => done;

    /// <summary>How many were valid.</summary>
    public int Valid => valid;

    /// <summary>How many showed something wrong.</summary>
    public int Findings => kinds.Values.Sum();

    /// <summary>Runs all; the exit code is 0 if nothing was found.</summary>
    public int Execute()
    {
        Parallel.For(0, settings.Jobs, new ParallelOptions { MaxDegreeOfParallelism = settings.Jobs }, _ => RunJob());
        Console.Error.Write('\r');
        foreach (var (reason, count) in explained)
            Console.WriteLine($"{count,6} differ from V8: {reason}");
        foreach (var (cause, count) in causes.Where(cause => cause.Value > 1).OrderByDescending(cause => cause.Value))
            Console.WriteLine($"{count,6} times: {cause}");
        Console.WriteLine(Summary());
        return Findings == 0 ? 0 : 1;
    }

    private string Summary()
    {
        var found = Findings == 0 ? "nothing found" : $"{Findings} findings of {causes.Count} causes ({string.Join(", ", kinds.Select(kind => $"{kind.Value} {kind.Key}"))})";
        var used = settings.CompileOnly ? "compiled by both compilers" : $"{ran} run in all configurations";
        return $"{done} mutants of {corpus.Modules.Count} seeds from {settings.First} on, {valid} valid, {used}, "
            + $"{explained.Values.Sum()} explained differences from V8, {found}, {watch.Elapsed.TotalSeconds:F1} s ({done / watch.Elapsed.TotalSeconds:F0} a second)";
    }

    private void RunJob()
    {
        using var engines = startEngines();
        var judge = new MutantJudge(engines, known);
        while (watch.Elapsed < settings.Time && Interlocked.Add(ref next, BatchSize) - BatchSize is var start && start < settings.Count)
        {
            var size = (int)Math.Min(BatchSize, settings.Count - start);
            Mutant[] mutants = [.. Enumerable.Range(0, size).Select(i => mutator.Make(settings.First + (ulong)(start + i)))];
            var judgements = judge.JudgeVerdicts([.. mutants.Select(mutant => mutant.Bytes)]);
            for (var i = 0; i < size && watch.Elapsed < settings.Time; i++)
            {
                Note(judgements[i]);
                if (judgements[i].Finding is { } finding)
                    Found(judge, mutants[i], finding);
                if (judgements[i].IsValid && !settings.ValidateOnly && !settings.CompileOnly)
                    RunOne(judge, mutants[i]);
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
        lock (gate)
            ran++;

        // One module has one cause, mostly.
        if (findings is [var first, ..])
            Found(judge, mutant, first);
    }

    private void Note(Judgement judgement)
    {
        lock (gate)
        {
            done++;
            valid += judgement.IsValid ? 1 : 0;
            if (judgement.KnownReason is { } reason)
                explained[reason] = explained.GetValueOrDefault(reason) + 1;
        }
    }

    private void Found(MutantJudge judge, Mutant mutant, MutantFinding finding)
    {
        lock (gate)
        {
            kinds[finding.Kind] = kinds.GetValueOrDefault(finding.Kind) + 1;
            causes[finding.Key] = causes.GetValueOrDefault(finding.Key) + 1;
            if (causes[finding.Key] > 1)
                return;
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
        lock (gate)
        {
            if (watch.ElapsedMilliseconds - shown < 1000)
                return;
            shown = watch.ElapsedMilliseconds;
            Console.Error.Write($"\r{done} mutants, {valid} valid, {Findings} findings, {done / watch.Elapsed.TotalSeconds:F0} a second ");
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
