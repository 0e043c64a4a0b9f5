namespace Harness.Experiments.Fuzzing;

/// <summary>
/// What a program has more or less of than others: factors of likelihoods. Programs that do a few things often come upon other faults
/// than programs that do everything now and then (Groce et al., "Swarm Testing", 2012).
/// </summary>
/// <param name="Objects">Reading, writing and making objects.</param>
/// <param name="Walks">Loops over arrays and lists.</param>
/// <param name="Exceptions">Throwing and catching.</param>
/// <param name="Calls">Calls.</param>
/// <param name="State">Memories, tables and globals.</param>
internal sealed record Emphasis(int Objects, int Walks, int Exceptions, int Calls, int State)
{
    public static Emphasis Random(RandomSource random)
    {
        int Factor(int least) => Math.Max(least, random.Weighted(15, 55, 30) switch { 0 => 0, 1 => 1, _ => 3 });
        return new Emphasis(Factor(0), Factor(0), Factor(0), Factor(1), Factor(0));
    }
}
