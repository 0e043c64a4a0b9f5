namespace Harness.Experiments.Fuzzing.Mutation;

/// <summary>Decides what is wrong with modules: asks the engines and compares what they say.</summary>
/// <param name="engines">The engines.</param>
/// <param name="known">Where they may differ.</param>
internal sealed class MutantJudge(IMutantEngines engines, KnownDifferences known)
{
    /// <summary>Judges the verdicts on modules.</summary>
    public IReadOnlyList<Judgement> JudgeVerdicts(IReadOnlyList<byte[]> modules)
    {
        var answer = Task.Run(() => engines.VerdictsOfV8(modules));
        var ours = engines.Verdicts(modules);
        var theirs = answer.GetAwaiter().GetResult();
        return [.. modules.Select((_, i) => Judge(ours[i], theirs?[i]))];
    }

    /// <summary>Runs a valid module in configurations of which the first one tells what is right.</summary>
    public IReadOnlyList<MutantFinding> JudgeRuns(byte[] module, IReadOnlyList<FuzzConfiguration> configurations)
    {
        var outcomes = engines.Run(module, configurations);
        var findings = new List<MutantFinding>();
        for (var i = 0; i < outcomes.Count; i++)
        {
            if (outcomes[i] is [var only] && MutantFinding.OfFault(only, configurations[i]) is { } fault)
            {
                findings.Add(fault);
            }
            else if (!(outcomes[0] is [var first] && MutantFinding.OfFault(first, null) is not null) && MutantRunner.FirstDifference(outcomes[0], outcomes[i]) is >= 0 and var at)
            {
                findings.Add(new MutantFinding(MutantFinding.OutcomeKind, configurations[i], $"{At(outcomes[i], at)} instead of {At(outcomes[0], at)}"));
            }
        }

        return findings;
    }

    /// <summary>Whether a module shows what another one showed.</summary>
    public bool Shows(byte[] module, MutantFinding finding)
    {
        var judgement = JudgeVerdicts([module])[0];
        if (finding.Configuration is null)
        {
            return judgement.Finding?.Key == finding.Key;
        }

        return judgement.IsValid && JudgeRuns(module, [FuzzConfiguration.Always[0], finding.Configuration])
            .Any(seen => seen.Key == finding.Key && (seen.Configuration == finding.Configuration || finding.Configuration == FuzzConfiguration.Always[0]));
    }

    private Judgement Judge(string ours, string? theirs)
    {
        if (MutantFinding.OfFault(ours, null) is { } fault)
        {
            return new Judgement(false, fault, null);
        }

        var isValid = ours == Verdict.Valid;
        if (theirs is null || isValid == (theirs == Verdict.Valid))
        {
            return new Judgement(isValid, null, null);
        }

        var (side, message) = isValid ? ("v8", theirs) : ("ours", ours);
        if (known.ReasonFor(side, message) is { } reason)
        {
            return new Judgement(isValid, null, reason);
        }

        return new Judgement(isValid, new MutantFinding(MutantFinding.VerdictKind, null, $"only {(isValid ? "V8" : "this engine")} refuses the module: {message}"), null);
    }

    private static string At(IReadOnlyList<string> outcomes, int index) => index < outcomes.Count ? $"'{outcomes[index]}'" : "nothing";
}

/// <summary>What came of comparing two verdicts.</summary>
/// <param name="IsValid">Whether this engine takes the module.</param>
/// <param name="Finding">What is wrong, if anything is.</param>
/// <param name="KnownReason">Why the verdicts may differ, if they do.</param>
internal sealed record Judgement(bool IsValid, MutantFinding? Finding, string? KnownReason);
