using Harness.Engine.Configuration;
using Harness.Engine.Optimizer.Build;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Passes;

namespace Harness.Engine.Optimizer.Inlining.Trials;

/// <summary>
/// Builds the targets of calls in trial and simplifies them, with what is known of the calls' arguments, before anything is decided about them (Prokopec et al., CGO 2019). Each
/// is built once for the same arguments, and by itself: what it calls stays calls. Nothing is built once <c>inlining.incremental.trial-budget</c> is used up, so that a compilation costs no more however much is explored.
/// </summary>
/// <param name="state">What is known while the tree of a function grows.</param>
internal sealed class InliningTrials(InliningState state)
{
    private readonly EngineOptions _options = state.Options;
    private readonly Dictionary<TrialKey, InliningTrial?> _known = [];
    private readonly PassPipeline _passes = PassPipeline.ForTrials(state.Options);
    private GraphMemory? _memory;

    /// <summary>Wire bytes of the functions that were built, each as often as it was.</summary>
    public int BytesBuilt { get; private set; }

    /// <summary>The trial of a call's target.</summary>
    /// <param name="candidate">The call.</param>
    /// <param name="passed">Where its arguments come from; there may be fewer than parameters.</param>
    /// <returns>Null where there is none: of what is decided already or never called, or larger than any function that is inlined, or beyond the budget, or what the optimizing compiler does not support.</returns>
    public InliningTrial? Find(InliningTree candidate, ReadOnlySpan<ValueOrigin> passed)
    {
        if (candidate.Decision != InliningDecision.NotConsidered || candidate.CallCount == 0 || candidate.WireSize > _options.InliningMaxSize || !state.Module.IsValid(candidate.FunctionIndex))
        {
            return null;
        }

        var arguments = new ValueOrigin[state.Module.Functions[candidate.FunctionIndex].Type.Parameters.Length];
        for (var i = 0; i < Math.Min(arguments.Length, passed.Length); i++)
        {
            arguments[i] = TrialArguments.Useful(passed[i]);
        }

        var key = new TrialKey(candidate.FunctionIndex, arguments);
        return key.IsPlain ? FindPlain(candidate, key) : FindWith(candidate, key);
    }

    private InliningTrial? FindPlain(InliningTree candidate, TrialKey key)
    {
        if (!_known.TryGetValue(key, out var trial) && TryPay(candidate))
        {
            trial = Build(key) is { } found ? new InliningTrial(found.Built, found.Left, found.Left, PassedObjects: 0) : null;
            _known.Add(key, trial);
        }

        return trial;
    }

    private InliningTrial? FindWith(InliningTree candidate, TrialKey key)
    {
        if (_known.TryGetValue(key, out var trial))
        {
            return trial;
        }

        if (FindPlain(candidate, new TrialKey(key.Function, new ValueOrigin[key.Arguments.Length])) is not { } plain || !TryPay(candidate))
        {
            return null;
        }

        var objects = Array.FindAll(key.Arguments, static argument => argument.Kind == ValueOriginKind.NewObject).Length;
        trial = Build(key) is { } found ? new InliningTrial(plain.Built, plain.Plain, found.Left, objects) : null;
        _known.Add(key, trial);
        return trial;
    }

    private bool TryPay(InliningTree candidate)
    {
        if (BytesBuilt + candidate.WireSize > _options.InliningIncrementalTrialBudget)
        {
            return false;
        }

        BytesBuilt += candidate.WireSize;
        return true;
    }

    /// <summary>Builds a function and simplifies it.</summary>
    /// <returns>The number of its nodes before, and what is left of them; null where the optimizing compiler does not support it.</returns>
    private (int Built, TrialCount Left)? Build(TrialKey key)
    {
        _memory ??= new GraphMemory();
        try
        {
            var parameters = state.Module.Functions[key.Function].Type.Parameters;
            var graph = GraphBuilder.BuildInTrial(
                state.Module,
                _options,
                key.Function,
                (assembler, index) => TrialArguments.Make(assembler, index, parameters[index], key.Arguments[index]),
                _memory,
                state.Cancellation);
            var built = TrialCount.Of(graph).Nodes;
            _passes.Run(graph, observe: null, cancellation: state.Cancellation);
            return (built, TrialCount.Of(graph));
        }
        catch (NotSupportedException)
        {
            return null;
        }
        finally
        {
            _memory.Forget();
        }
    }
}
