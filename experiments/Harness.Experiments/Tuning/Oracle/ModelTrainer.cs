using Harness.Engine.Configuration;
using MathNet.Numerics.LinearAlgebra;

namespace Harness.Experiments.Tuning.Oracle;

/// <summary>A model that was trained, and what it is worth on programs that it has not seen.</summary>
/// <param name="Model">The model.</param>
/// <param name="Decisions">Measured decisions that it was trained on.</param>
/// <param name="Programs">Programs that they are of.</param>
/// <param name="Penalty">How strongly it was held to the model that it started from, chosen by what is worth most on programs left out.</param>
/// <param name="RightBefore">Share of the decisions that the model it started from gets right, each with the weight of the time that it decides about.</param>
/// <param name="RightLeftOut">The same of models trained likewise, penalty included, each on all programs but one and judged by that one; of one program, on all calls but a fifth.</param>
internal sealed record TrainedModel(InliningModel Model, int Decisions, int Programs, double Penalty, double RightBefore, double RightLeftOut)
{
    /// <summary>Whether models trained likewise get more right of what they have not seen than the one that they started from.</summary>
    public bool IsBetter => RightLeftOut > RightBefore;
}

/// <summary>
/// Learns from measured decisions whether a call is worth inlining: logistic regression on the features of calls, each decision with the weight of its effect on the time as far as the measurement tells it from its own
/// error, held by a quadratic penalty to the weights of a model that is there already.
/// </summary>
internal sealed class ModelTrainer
{
    /// <summary>Decisions below which nothing is learnt.</summary>
    public const int LeastDecisions = 20;

    /// <summary>Effects on the logarithm of the time beyond which a decision counts no more.</summary>
    private const double MostEffect = 0.2;

    /// <summary>Deviation of effects that is taken for granted: where errors hide all effects, decisions weigh little, but not nothing.</summary>
    private const double LeastDeviation = 0.005;

    /// <summary>Largest error of a logarithm of times that a search can have measured: from a nanosecond to a year are less.</summary>
    private const double MostError = 40;

    private const int Steps = 50;
    private const int Folds = 5;

    private static readonly double[] Penalties = [100, 10, 1, 0.1, 0.01];

    private readonly InliningModel _start;
    private readonly IReadOnlyList<ChangeRow> _rows;
    private readonly double[][] _features;
    private readonly double[] _effects;
    private readonly double[] _means;
    private readonly double[] _deviations;

    private ModelTrainer(InliningModel start, IReadOnlyList<ChangeRow> rows)
    {
        _start = start;
        _rows = rows;
        _features = [.. rows.Select(row => (double[])[.. row.Features])];
        _effects = EffectsOf(rows);
        _means = [.. _features[0].Select((_, i) => _features.Average(row => row[i]))];
        _deviations = [.. _means.Select((mean, i) => Math.Sqrt(_features.Average(row => Math.Pow(row[i] - mean, 2))))];
    }

    /// <summary>Trains a model.</summary>
    /// <param name="start">The model to start from.</param>
    /// <param name="rows">Measured decisions.</param>
    /// <param name="name">Name of the model.</param>
    /// <exception cref="HarnessException">There are too few decisions, or rows that no search has written.</exception>
    public static TrainedModel Train(InliningModel start, IReadOnlyList<ChangeRow> rows, string name)
    {
        var expected = Enum.GetValues<InliningFeature>().Length;
        if (rows.FirstOrDefault(row => row.Features.Count != expected || !row.Features.All(double.IsFinite) || !double.IsFinite(row.Benefit)) is { } wrong)
        {
            throw new HarnessException($"the decision about {wrong.Path} of {wrong.Program} has not the {expected} features of this engine; search it again with 'harness oracle'");
        }

        if (rows.FirstOrDefault(row => row.Error is not (>= 0 and <= MostError)) is { } changed)
        {
            throw new HarnessException($"the decision about {changed.Path} of {changed.Program} has an error of {changed.Error}, which no search has written; search it again with 'harness oracle'");
        }

        if (rows.Count < LeastDecisions)
        {
            throw new HarnessException($"{rows.Count} decisions are too few to learn from; 'harness oracle' on more programs, or with more --processes, gives at least {LeastDecisions}");
        }

        return new ModelTrainer(start, rows).Train(name);
    }

    private TrainedModel Train(string name)
    {
        var programs = _rows.Select(row => row.Program).Distinct().ToList();
        var all = Enumerable.Range(0, _rows.Count).ToList();
        double left = 0;

        // What judges takes no part in the choice of the penalty either: that of the best of five would flatter itself.
        foreach (var (fold, others) in Split(all))
        {
            left += Right(Fit(others, ChoosePenalty(others)), fold);
        }

        var penalty = ChoosePenalty(all);
        var total = all.Sum(Weight);
        return new TrainedModel(ToModel(Fit(all, penalty), name), _rows.Count, programs.Count, penalty, Right(Vector<double>.Build.Dense(_means.Length + 1), all) / total, left / total);
    }

    /// <summary>The penalty with which models get most right of what they have not seen.</summary>
    private double ChoosePenalty(List<int> members)
    {
        var parts = Split(members);
        return Penalties.MaxBy(candidate => parts.Sum(part => Right(Fit(part.Others, candidate), part.Fold)));
    }

    /// <summary>
    /// Leaves each part of some decisions out once: a program, or where all are of one, a part of its calls. A call that was turned round more than once is in one part with all that was measured of it, since what
    /// is known of it is the same each time.
    /// </summary>
    private List<(List<int> Fold, List<int> Others)> Split(List<int> members)
    {
        var programs = members.Select(row => _rows[row].Program).Distinct().ToList();
        var paths = members.Select(row => _rows[row].Path).Distinct().Select((path, index) => (path, index)).ToDictionary(pair => pair.path, pair => pair.index);
        return [.. members.GroupBy(row => programs.Count > 1 ? programs.IndexOf(_rows[row].Program) : paths[_rows[row].Path] % Folds)
            .Select(fold => (fold.ToList(), members.Except(fold).ToList()))];
    }

    private double Weight(int row) => _effects[row];

    /// <summary>
    /// What is to be expected of each effect by its measurement (a normal prior, whose variance is what the measured effects have beyond their errors, those counting most whose errors are small): of one whose error is
    /// large little is left, however large it was measured.
    /// </summary>
    private static double[] EffectsOf(IReadOnlyList<ChangeRow> rows)
    {
        var (sum, total) = (0.0, 0.0);
        foreach (var row in rows)
        {
            var error = row.Error * row.Error;
            var share = 1 / Math.Pow((LeastDeviation * LeastDeviation) + error, 2);
            sum += share * ((row.Benefit * row.Benefit) - error);
            total += share;
        }

        var variance = Math.Max(LeastDeviation * LeastDeviation, sum / total);
        return [.. rows.Select(row => Math.Min(MostEffect, Math.Abs(row.Benefit) * variance / (variance + (row.Error * row.Error))))];
    }

    private double Sign(int row) => _rows[row].Benefit >= 0 ? 1 : -1;

    /// <summary>The weights of the decisions that a model gets right.</summary>
    private double Right(Vector<double> change, List<int> judged) => judged.Sum(row => (Score(change, row) >= 0 ? 1 : -1) == Sign(row) ? Weight(row) : 0);

    private double Score(Vector<double> change, int row) => _start.Evaluate(_features[row]) + change.DotProduct(Inputs(row));

    /// <summary>One, and the features with mean 0 and deviation 1; those that are the same everywhere are 0.</summary>
    private Vector<double> Inputs(int row) => Vector<double>.Build.Dense(
        _means.Length + 1, i => i == 0 ? 1 : _deviations[i - 1] > 0 ? (_features[row][i - 1] - _means[i - 1]) / _deviations[i - 1] : 0);

    /// <summary>The change of weights that makes the decisions most likely, by Newton's method; steps that lead up are halved.</summary>
    private Vector<double> Fit(List<int> members, double penalty)
    {
        var change = Vector<double>.Build.Dense(_means.Length + 1);
        var total = Math.Max(1e-12, members.Sum(Weight));
        var inputs = members.Select(Inputs).ToList();
        var bases = members.Select(row => _start.Evaluate(_features[row])).ToList();
        var loss = Loss(change);
        for (var step = 0; step < Steps; step++)
        {
            var gradient = change * penalty;
            var curvature = Matrix<double>.Build.DenseIdentity(change.Count) * penalty;
            for (var i = 0; i < members.Count; i++)
            {
                var (sign, weight) = (Sign(members[i]), members.Count * Weight(members[i]) / total);
                var wrong = Logistic(-sign * (bases[i] + change.DotProduct(inputs[i])));
                gradient -= inputs[i] * (weight * sign * wrong);
                curvature += inputs[i].OuterProduct(inputs[i]) * (weight * wrong * (1 - wrong));
            }

            var direction = curvature.Cholesky().Solve(gradient);
            var length = 1.0;
            while (length > 1e-6 && Loss(change - (direction * length)) > loss)
            {
                length /= 2;
            }

            if (length <= 1e-6)
            {
                break;
            }

            change -= direction * length;
            var next = Loss(change);
            var isDone = loss - next < 1e-9 * Math.Max(1, loss);
            loss = next;
            if (isDone)
            {
                break;
            }
        }

        return change;

        double Loss(Vector<double> at) => (penalty / 2 * at.DotProduct(at))
            + members.Select((row, i) => members.Count * Weight(row) / total * LogOfOneAndExp(-Sign(row) * (bases[i] + at.DotProduct(inputs[i])))).Sum();
    }

    /// <summary>The model with weights for features as they are.</summary>
    private InliningModel ToModel(Vector<double> change, string name)
    {
        var weights = new double[_means.Length];
        var intercept = _start.Intercept + change[0];
        for (var i = 0; i < weights.Length; i++)
        {
            var weight = _deviations[i] > 0 ? change[i + 1] / _deviations[i] : 0;
            weights[i] = _start.WeightOf((InliningFeature)i) + weight;
            intercept -= weight * _means[i];
        }

        return _start.With(name, intercept, weights);
    }

    private static double Logistic(double value) => 1 / (1 + Math.Exp(-value));

    private static double LogOfOneAndExp(double value) => value > 30 ? value : Math.Log(1 + Math.Exp(value));
}
