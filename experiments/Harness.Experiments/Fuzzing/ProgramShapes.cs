namespace Harness.Experiments.Fuzzing;

/// <summary>
/// How likely code of a program is in shapes that chance alone seldom gives, and that compilers have cases of their own for. Each is a weight beside those of
/// all other statements, or expressions; 0 for none.
/// </summary>
/// <param name="Conditions">One condition that several users have.</param>
/// <param name="Casts">Several tests of one reference that lead to the same place.</param>
/// <param name="Handlers">Locals that a try writes and its handlers read.</param>
/// <param name="Overlaps">Accesses of several widths at the same and at neighbouring addresses.</param>
/// <param name="Edges">Expressions with the constants at which instructions change their ways.</param>
internal sealed record ProgramShapes(int Conditions, int Casts, int Handlers, int Overlaps, int Edges)
{
    /// <summary>No code in such shapes.</summary>
    public static ProgramShapes None { get; } = new(0, 0, 0, 0, 0);

    /// <summary>Some shapes often, some now and then, some not at all.</summary>
    public static ProgramShapes Random(RandomSource random)
    {
        int Weight() => random.Weighted(35, 40, 25) switch { 0 => 0, 1 => 6, _ => 20 };
        return new ProgramShapes(Weight(), Weight(), Weight(), Weight(), Weight());
    }
}
