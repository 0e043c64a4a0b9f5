using Harness.Engine.Configuration;
using Harness.Engine.Optimizer.Inlining.Trials;

namespace Harness.Engine.Optimizer.Inlining.Policies;

/// <summary>
/// Decides about a call together with those below it, in the manner of Prokopec et al., "An optimization-driven incremental inline
/// substitution algorithm for just-in-time compilers" (CGO 2019): the tree below a candidate is explored where it promises most; calls that
/// gain more together than alone are merged into clusters, bottom up; and the cluster with the highest gain a node is decided about first, as
/// a whole, against a threshold that rises with the size of the function.
/// </summary>
/// <remarks>
/// What a callee is once it is simplified is found by building it in trial (<see cref="InliningTrials"/>), as in the paper; beyond the trials'
/// budget it is estimated from its summary. Exploring is bounded by <c>inlining.incremental.explore</c> for a candidate and
/// <c>inlining.incremental.explore-total</c> for a function.
/// </remarks>
internal sealed class IncrementalPolicy : IInliningPolicy
{
    private readonly InliningState _state;
    private readonly EngineOptions _options;
    private readonly BenefitEstimator _estimator;
    private readonly GainThreshold _threshold;

    /// <summary>What was found out about candidates that wait for a decision.</summary>
    private readonly Dictionary<InliningTree, Cluster> _clusters = [];

    /// <summary>Calls whose cluster was admitted.</summary>
    private readonly HashSet<InliningTree> _admitted = [];

    private int _explored;

    /// <summary>Makes the policy for a compilation.</summary>
    public IncrementalPolicy(InliningState state)
    {
        _state = state;
        _options = state.Options;
        _estimator = new BenefitEstimator(state, _options.InliningIncrementalTrialBudget > 0 ? new InliningTrials(state) : null);
        _threshold = new GainThreshold(state, _estimator);
    }

    /// <inheritdoc/>
    public double Score(InliningTree candidate)
    {
        if (_admitted.Contains(candidate))
        {
            return double.PositiveInfinity;
        }

        if (candidate.Decision != InliningDecision.NotConsidered)
        {
            return GainOf(new Cluster(NewCall(candidate, null)));
        }

        var cluster = Analyse(Explore(candidate));
        _clusters[candidate] = cluster;
        return GainOf(cluster);
    }

    /// <inheritdoc/>
    public InliningVerdict Judge(InliningTree candidate)
    {
        var estimate = _estimator.Estimate(candidate);
        var decision = _admitted.Contains(candidate)
            ? _threshold.Decide(double.PositiveInfinity, estimate.NodesAdded)
            : DecideCluster(candidate, estimate);
        _clusters.Remove(candidate);
        if (decision == InliningDecision.Inlined)
        {
            _threshold.Count(estimate);
        }

        return new InliningVerdict(decision, estimate) { Miss = _estimator.MissOf(candidate), Reason = _estimator.TrialOf(candidate)?.Description };
    }

    private InliningDecision DecideCluster(InliningTree candidate, InliningEstimate estimate)
    {
        var obstacle = _threshold.Obstacle(candidate, estimate);
        if (obstacle != InliningDecision.NotConsidered)
        {
            return obstacle;
        }

        var cluster = _clusters[candidate];
        var decision = _threshold.Decide(GainOf(cluster), cluster.Nodes);
        if (decision == InliningDecision.BudgetExceeded)
        {
            // Where there is no room for all of it, the call alone may still be worth it.
            return _threshold.Decide(
                _threshold.GainOf(candidate.Frequency * estimate.CyclesSaved, estimate.NodesAdded), estimate.NodesAdded);
        }

        if (decision == InliningDecision.Inlined)
        {
            _admitted.UnionWith(cluster.Members);
        }

        return decision;
    }

    /// <summary>Looks into a candidate and the calls below it, always where most is to be gained, until enough were seen.</summary>
    /// <returns>The calls, each after its caller; the candidate first.</returns>
    private List<Call> Explore(InliningTree candidate)
    {
        var calls = new List<Call>();
        var frontier = new PriorityQueue<Call, (double NegatedGain, int Arrival)>();
        var arrivals = 0;
        frontier.Enqueue(NewCall(candidate, null), default);
        while (frontier.TryDequeue(out var call, out _))
        {
            calls.Add(call);
            var isOut = _threshold.Obstacle(call.Tree, call.Estimate) != InliningDecision.NotConsidered;
            if (isOut || calls.Count > _options.InliningIncrementalExplore || _explored >= _options.InliningIncrementalExploreTotal)
            {
                break;
            }

            _explored++;
            _state.Expand(call.Tree);
            foreach (var site in call.Tree.CallSites)
            {
                foreach (var target in site.Targets)
                {
                    if (target.Decision != InliningDecision.NotConsidered)
                    {
                        continue;
                    }

                    var below = NewCall(target, call);
                    if (_threshold.Obstacle(target, below.Estimate) == InliningDecision.NotConsidered)
                    {
                        var gain = _threshold.GainOf(below.CyclesSaved, below.Estimate.NodesAdded);
                        frontier.Enqueue(below, (-gain, ++arrivals));
                    }
                }
            }
        }

        return calls;
    }

    private Call NewCall(InliningTree tree, Call? caller) => new(tree, caller, _estimator.Estimate(tree));

    /// <summary>Makes clusters bottom up: a call takes those below it whose gain a node is higher than that of what it has.</summary>
    /// <returns>The cluster of the first call.</returns>
    private static Cluster Analyse(List<Call> calls)
    {
        for (var i = calls.Count - 1; i >= 0; i--)
        {
            var call = calls[i];
            var cluster = new Cluster(call);
            while (call.Below.TryPeek(out var best, out _) && best.CyclesPerNode > cluster.CyclesPerNode)
            {
                call.Below.Dequeue();
                cluster.Merge(best);
                foreach (var fringe in best.Fringe)
                {
                    call.Below.Enqueue(fringe, -fringe.CyclesPerNode);
                }
            }

            foreach (var (left, _) in call.Below.UnorderedItems)
            {
                cluster.Fringe.Add(left);
            }

            call.Cluster = cluster;
            call.Caller?.Below.Enqueue(cluster, -cluster.CyclesPerNode);
        }

        return calls[0].Cluster!;
    }

    private double GainOf(Cluster cluster) => _threshold.GainOf(cluster.CyclesSaved, cluster.Nodes);

    /// <summary>A call that was looked into, with the clusters right below it.</summary>
    private sealed class Call(InliningTree tree, Call? caller, InliningEstimate estimate)
    {
        public InliningTree Tree => tree;

        public Call? Caller => caller;

        public InliningEstimate Estimate => estimate;

        /// <summary>Cycles saved in a call of the compiled function.</summary>
        public double CyclesSaved => tree.Frequency * estimate.CyclesSaved;

        public PriorityQueue<Cluster, double> Below { get; } = new();

        public Cluster? Cluster { get; set; }
    }

    /// <summary>Calls that are inlined together or not at all.</summary>
    private sealed class Cluster(Call top)
    {
        public double CyclesSaved { get; private set; } = top.CyclesSaved;

        public double Nodes { get; private set; } = top.Estimate.NodesAdded;

        public double CyclesPerNode => CyclesSaved / Math.Max(1, Nodes);

        /// <summary>The calls but for the first one.</summary>
        public List<InliningTree> Members { get; } = [];

        /// <summary>Clusters right below that were not merged.</summary>
        public List<Cluster> Fringe { get; } = [];

        private InliningTree Top => top.Tree;

        public void Merge(Cluster other)
        {
            CyclesSaved += other.CyclesSaved;
            Nodes += other.Nodes;
            Members.Add(other.Top);
            Members.AddRange(other.Members);
        }
    }
}
