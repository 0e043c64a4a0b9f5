namespace Harness.Experiments.Fuzzing.DartPrograms.Generation;

/// <summary>Ways to make something, each as likely as its weight says, some of which turn out not to be possible at the place.</summary>
/// <param name="random">Decides.</param>
internal sealed class Choices<T>(RandomSource random)
    where T : class
{
    private readonly List<(int Weight, Func<T?> Make)> _ways = [];

    /// <summary>Adds a way, unless its weight is 0. One that gives null must not have changed anything.</summary>
    public Choices<T> Add(int weight, Func<T?> make)
    {
        if (weight > 0)
        {
            _ways.Add((weight, make));
        }

        return this;
    }

    /// <summary>Takes one way after another until one gives something; null if none does.</summary>
    public T? Pick()
    {
        while (_ways.Count > 0)
        {
            var index = random.Weighted([.. _ways.Select(way => way.Weight)]);
            if (_ways[index].Make() is { } made)
            {
                return made;
            }

            _ways.RemoveAt(index);
        }

        return null;
    }
}
