using System.Globalization;
using Harness.Experiments.Engines;
using Harness.Experiments.Reports;
using Harness.Experiments.Reports.Documents;
using Harness.Experiments.Reports.Tables;
using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Tuning.Reporting;

/// <summary>What a tuning run found, as a document: the verdict first, then what it rests on, then what was learnt of the knobs.</summary>
internal sealed class TuningDocument
{
    private const int ShownTrials = 15;
    private const int ShownPairs = 5;

    private readonly TuningSpecification _specification;
    private readonly TuningResult _result;
    private readonly IReadOnlyList<Trial> _measured;
    private readonly ResponseModel? _model;

    private TuningDocument(TuningSpecification specification, TuningResult result)
    {
        _specification = specification;
        _result = result;
        _measured = [.. result.Trials.Where(trial => double.IsFinite(trial.Score))];
        _model = ResponseModel.Fit(specification.Space, result.Trials, specification.Seed);
    }

    /// <summary>Makes the document.</summary>
    /// <param name="specification">What was searched.</param>
    /// <param name="result">What was found.</param>
    /// <param name="decisions">What the winner decides differently in programs; may be empty.</param>
    /// <param name="provenance">Where the figures are from; null if nothing is known.</param>
    public static ReportDocument Create(TuningSpecification specification, TuningResult result, IReadOnlyList<ReportItem> decisions, Provenance? provenance) =>
        new TuningDocument(specification, result).Create(decisions, provenance);

    private ReportDocument Create(IReadOnlyList<ReportItem> decisions, Provenance? provenance)
    {
        var origin = provenance is null ? "" : $" Measured on {provenance.Machine.Cpu}, {provenance.Machine.Cores} cores; begun {provenance.Runs[0].StartedUtc}.";
        var subtitle = string.Create(CultureInfo.InvariantCulture, $"{EngineCatalog.TitleOf(_specification.Engine)}, method {_specification.Method} over {_specification.Space.Dimensions} knobs, {_result.Trials.Count} candidates, seed {_specification.Seed}; searched on {Count(_specification.Train)}, held out {Count(_specification.HeldOut)}.{(HasBenchmarks ? $" {MeansWords}" : "")}{origin}");
        List<ReportSection> sections =
        [
            new("verdict", "Verdict", Verdict()),
            .. _result.Environment.Sentences is { Count: > 0 } told ? [new ReportSection("environment", "What else the machine did", [new ReportList(told)])] : Array.Empty<ReportSection>(),
            .. TuningAdvice.Of(_specification, _result, _model) is { Count: > 0 } advice ? [new ReportSection("advice", "What to do with it", [new ReportList(advice)])] : Array.Empty<ReportSection>(),
            .. _result.IsFound ? [new ReportSection("use", "To use it", Use())] : Array.Empty<ReportSection>(),
            .. Judged("held-out", "On held-out programs", _result.HeldOut, _specification.HeldOut),
            .. Judged("confirmed", "In fresh rounds, on the programs of the search", _result.Confirmed, [.. _specification.Train, .. _specification.Validation]),
            .. decisions.Count > 0 ? [new ReportSection("decisions", "What the winner inlines differently", decisions)] : Array.Empty<ReportSection>(),
            new("progress", "Progress of the search", Progress()),
            new("knobs", "Which knobs matter", Knobs()),
            new("front", "Speed against what it costs", Front()),
            new("candidates", "Best candidates of the search", Candidates()),
            new("again", "To do it again", Again(provenance)),
        ];
        return new ReportDocument($"Tuning run {_specification.Name}", subtitle, sections);
    }

    private List<ReportItem> Verdict()
    {
        var items = new List<ReportItem>();
        if (_result.IsFound)
        {
            items.Add(new ReportText($"Found{(_result.Reservations.Count > 0 ? ", with reservations" : "")}: {_result.Winner!.Name}", IsStrong: true));
            items.Add(new ReportList([.. _result.HeldOut is { } held ? [Summary(held, "on held-out programs")] : Array.Empty<string>(), Summary(_result.Confirmed!, "in fresh rounds on the programs of the search")]));
        }
        else
        {
            items.Add(new ReportText("Nothing found: the default stays.", IsStrong: true));
            items.Add(new ReportList([.. _result.Objections]));
        }

        if (_result.Reservations.Count > 0)
        {
            items.Add(new ReportText($"Measured beyond the limit of {Limit} of the default's time, but not shown to be there, since the intervals reach back:"));
            items.Add(new ReportList(_result.Reservations));
        }

        if (_result.Winner is { Knobs.Count: > 0 } winner)
        {
            items.Add(new ReportTable(_result.IsFound ? "The winner" : "The best candidate", Values(winner)));
        }

        return items;
    }

    private string Limit => string.Create(CultureInfo.InvariantCulture, $"{_specification.Constraints.Slower:0.###}x");

    private ResultTable Values(Trial trial)
    {
        var table = new ResultTable([new("knob"), new("default"), new("value"), new("unit"), new("searched")]);
        foreach (var parameter in _specification.Space.Parameters.Where(parameter => trial.Knobs.ContainsKey(parameter.Name)))
        {
            var knob = KnobCatalog.Find(parameter.Name);
            var searched = parameter.IsCategorical ? string.Join(", ", parameter.Values) : string.Create(CultureInfo.InvariantCulture, $"{parameter.Low:0.######} to {parameter.High:0.######}");
            table.Add(parameter.Name, knob.DefaultText, trial.Knobs[parameter.Name], knob.Unit ?? "", searched);
        }

        return table;
    }

    private static string Summary(Judgement judgement, string where) => $"geometric mean of speedups {MarkdownTable.Times(judgement.Speedup.Measured)} {where}; {Costs(judgement)}";

    private List<ReportItem> Use()
    {
        var knobs = _result.Winner!.Knobs;
        var own = KnobCatalog.OfThisEngine(knobs);
        var items = new List<ReportItem>();
        if (own.Count > 0)
        {
            items.Add(new ReportText($"On this engine, the file {TuningFolder.WinnerFile} beside this document, or its knobs one by one:"));
            items.Add(new ReportCode($"./harness run PROGRAM --config {TuningFolder.WinnerFile}\n./harness run PROGRAM {string.Join(' ', own.Select(pair => $"--{pair.Key} {(pair.Value.Contains(' ', StringComparison.Ordinal) ? $"'{pair.Value}'" : pair.Value)}"))}\n"));
        }

        foreach (var settings in EngineSettings.Of(knobs))
        {
            items.Add(new ReportText($"On the command line of {settings.Title} (also in {TuningFolder.SettingsFile(settings.Engine)}){(settings.Missing.Count == 0 ? "" : $", which has no setting for {string.Join(", ", settings.Missing)}")}:"));
            items.Add(new ReportCode(string.Join(' ', settings.Words) + "\n"));
        }

        return items;
    }

    private IEnumerable<ReportSection> Judged(string id, string title, Judgement? judgement, IReadOnlyCollection<Workload> workloads)
    {
        if (judgement is null)
        {
            yield break;
        }

        var unclear = Names(judgement, RatioVerdict.Unclear);
        yield return new ReportSection(id, title,
        [
            new ReportText(string.Create(CultureInfo.InvariantCulture, $"{Count(workloads)}: geometric mean of speedups {MarkdownTable.Times(judgement.Speedup.Measured)}; objective {MarkdownTable.Times(judgement.Gain)}, corrected p {MarkdownTable.Probability(judgement.PValue, "0.####")}; {Costs(judgement)}.")),
            Slower(judgement),
            .. unclear.Count == 0 ? Array.Empty<ReportItem>() : [new ReportText($"Unclear, since the test and the median speedup contradict each other: {string.Join(", ", unclear)}.")],
            .. IsLimited ? [new ReportText(LimitWords(judgement))] : Array.Empty<ReportItem>(),
            new ReportTable("Each program, slowest first", Programs(judgement)),
        ]);
    }

    /// <summary>What is shown of programs that become slower: where the rounds are too few to show anything of single ones, that, and not that none is.</summary>
    private ReportText Slower(Judgement judgement)
    {
        var slower = Names(judgement, RatioVerdict.Below);
        if (slower.Count > 0)
        {
            return new ReportText($"Significantly slower: {string.Join(", ", slower)}.", IsStrong: true);
        }

        var least = SignedRank.LeastPairs(judgement.Programs.Count);
        return new ReportText(_specification.ConfirmRounds >= least
            ? "No program is significantly slower."
            : string.Create(CultureInfo.InvariantCulture, $"Of single programs {_specification.ConfirmRounds} rounds show nothing: corrected for {judgement.Programs.Count} of them, no test of fewer than {least} rounds can. The intervals, each for itself, are all there is."));
    }

    private bool IsLimited => double.IsFinite(_specification.Constraints.Slower);

    private string LimitWords(Judgement judgement)
    {
        var verdicts = judgement.Programs.Select(program => judgement.LimitOf(program, _specification.Constraints.Slower)).ToList();
        return string.Create(CultureInfo.InvariantCulture, $"The limit of {Limit} of the default's time is shown to be kept by {CountOf(LimitVerdict.Kept)}, shown to be broken by {CountOf(LimitVerdict.Broken)}, and open for {CountOf(LimitVerdict.Open)}, by intervals that are widened for all {verdicts.Count} together.");

        int CountOf(LimitVerdict verdict) => verdicts.Count(other => other == verdict);
    }

    private ResultTable Programs(Judgement judgement)
    {
        TableColumn[] limit = IsLimited ? [new("limit")] : [];
        var table = new ResultTable([new("program"), new("speedup", "0.000"), new("low", "0.000"), new("high", "0.000"), TableColumn.Probability("p_corrected"), .. limit]);
        foreach (var program in judgement.Programs.OrderBy(program => program.Speedup.Value))
        {
            object?[] verdict = IsLimited ? [LimitWord(judgement.LimitOf(program, _specification.Constraints.Slower))] : [];
            table.Add([program.Program, program.Speedup.Value, program.Speedup.Low, program.Speedup.High, program.PValue, .. verdict]);
        }

        table.AddNote("low and high: 95% interval of the median speedup over the rounds, of each program for itself.");
        return table;

        static string LimitWord(LimitVerdict verdict) => verdict switch
        {
            LimitVerdict.Kept => "kept",
            LimitVerdict.Broken => "broken",
            _ => "open",
        };
    }

    private static List<string> Names(Judgement judgement, RatioVerdict verdict) => [.. judgement.Programs.Where(program => program.Verdict == verdict).Select(program => program.Program)];

    private List<ReportItem> Progress() => TuningFigures.Progress(_specification, _measured) is { } figure
        ? [.. Figure("progress", figure)]
        : [new ReportText(_measured.Count == 0 ? "No candidate worked." : "No candidate of the search kept the constraints.")];

    private List<ReportItem> Knobs()
    {
        if (_model is null)
        {
            return [new ReportText($"The search measured too few candidates to tell: {_measured.Select(trial => trial.Name).Distinct().Count()} different ones, where {ResponseModel.LeastFor(_specification.Space)} are needed.")];
        }

        var table = new ResultTable([new("knob"), new("share_of_variance", "0.000"), new("deviation", "0.000")]);
        foreach (var knob in _model.Knobs)
        {
            table.Add(_specification.Space.Parameters[knob].Name, _model.Variance.Single(knob).Share, _model.Variance.Single(knob).Deviation);
        }

        foreach (var (first, second) in _model.Variance.Pairs.Take(ShownPairs))
        {
            table.Add($"{_specification.Space.Parameters[first].Name} with {_specification.Space.Parameters[second].Name}", _model.Variance.Pair(first, second).Share, _model.Variance.Pair(first, second).Deviation);
        }

        table.AddNote("share_of_variance: what a knob explains alone, or a pair beyond that, of the objective's variance over the whole space; deviation: over the trees of the forest. "
            + "A knob that a search has seldom moved from one value is known badly, whatever its share.");
        return
        [
            new ReportText($"Functional analysis of variance over a random forest, fitted on {_model.Candidates} measured candidates{(_specification.Constraints.IsAny ? ", those that break a constraint among them, with their objective as it is" : "")}."),
            new ReportTable("Importance", table),
            .. Figure("slices", TuningFigures.Slices(_specification, _model, _result.Winner)),
            .. Figure("maps", TuningFigures.Maps(_specification, _model)),
        ];
    }

    private List<ReportItem> Front()
    {
        if (TuningFigures.Front(_specification, _measured) is not { } figure)
        {
            return [new ReportText("Sizes of code were not measured: write 'objective: {code: …}' or 'constraints: {code: …}' where the engine tells them.")];
        }

        List<ReportItem> items = [.. Figure("front", figure)];
        foreach (var cost in TuningFigures.CostsOf(_specification, _measured))
        {
            items.Add(new ReportTable($"What no other candidate beats in both speed and {cost.Title}, as the search saw them", Table(TuningFigures.FrontOf(_measured, cost))));
        }

        if (_result.Finalists.Count > 1)
        {
            items.Add(new ReportTable("The finalists, in fresh rounds", Table(_result.Finalists)));
        }

        return items;
    }

    private List<ReportItem> Candidates()
    {
        var items = new List<ReportItem>
        {
            new ReportText("As the search saw them; the luck that made them best is in these figures."),
            new ReportTable(_specification.Constraints.IsAny ? "By the objective, and by how far a constraint is broken, which the column does not count" : "By the objective", Table(_measured.OrderBy(trial => trial.Score).DistinctBy(trial => trial.Name).Take(ShownTrials))),
        };
        var failed = _result.Trials.Where(trial => !double.IsFinite(trial.Score)).DistinctBy(trial => trial.Name).Select(trial => $"{trial.Name} ({trial.Failure})").ToList();
        if (failed.Count > 0)
        {
            items.Add(new ReportText($"Failed: {string.Join("; ", failed)}."));
        }

        return items;
    }

    private List<ReportItem> Again(Provenance? provenance)
    {
        var commands = new List<string>();
        if (provenance is not null)
        {
            if (provenance.Runs[^1].Commit is { } commit)
            {
                commands.Add($"git checkout {commit}");
            }

            commands.AddRange(provenance.Runs.Select(run => "./" + run.CommandLine).Distinct());
        }

        commands.Add("./harness tune report FOLDER");
        return [new ReportCode(string.Join('\n', commands) + "\n"), new ReportText("The specification is tune.yaml, every measurement a row of evaluations.csv."), new ReportCode(_specification.SourceText)];
    }

    private ResultTable Table(IEnumerable<Trial> trials)
    {
        // What nobody has told, as where an older version of the harness measured, has no column.
        var costs = TuningQuantity.Costs.Where(cost => _measured.Any(trial => double.IsFinite(trial.Ratios[cost]))).ToList();
        TableColumn[] marks = _specification.Constraints.IsAny ? [new("constraints")] : [];
        var table = new ResultTable([new("candidate"), new("objective", "0.000"), new("speedup", "0.000"), .. costs.Select(cost => new TableColumn(cost.Name, "0.00")), new("rounds", "0"), .. marks]);
        foreach (var trial in trials)
        {
            object?[] mark = marks.Length > 0 ? [trial.IsFeasible ? "kept" : "broken"] : [];
            table.Add([trial.Name, Math.Exp(-trial.Objective), 1 / trial.Ratios[TuningQuantity.Time], .. costs.Select(cost => (object?)trial.Ratios[cost]), trial.Rounds, .. mark]);
        }

        return table;
    }

    /// <summary>What the winner's speed costs; of each quantity also that it is not known.</summary>
    private static string Costs(Judgement judgement) => string.Join(", ", TuningQuantity.Costs.Select(cost =>
        double.IsNaN(judgement.Ratios[cost]) ? cost.Unknown : string.Create(CultureInfo.InvariantCulture, $"{cost.Title} {judgement.Ratios[cost]:0.00}x")));

    /// <summary>Whether any program times several benchmarks itself, so that it matters what means are over.</summary>
    private bool HasBenchmarks => _specification.Train.Concat(_specification.Validation).Concat(_specification.HeldOut).GroupBy(workload => workload.Program).Any(program => program.Count() > 1);

    private string MeansWords => _specification.WeighsBenchmarks ? "Means of times are over benchmarks." : "Means are over programs: the benchmarks of one are averaged first.";

    /// <summary>How many programs there are, and where they time several benchmarks themselves, how many of these.</summary>
    private static string Count(IReadOnlyCollection<Workload> workloads)
    {
        var programs = TuningSpecification.CountPrograms(workloads);
        return programs == workloads.Count ? Count(programs, "program") : $"{Count(programs, "program")} ({Count(workloads.Count, "benchmark")})";
    }

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    /// <summary>A chart, with what touched its figures below it; none where there is nothing to draw.</summary>
    private IEnumerable<ReportItem> Figure(string name, Harness.Experiments.Charts.Drawing.Figure? figure) =>
        figure is null ? [] : [new ReportFigure(name, figure with { Notes = [.. figure.Notes, .. _result.Environment.Warnings] })];
}
