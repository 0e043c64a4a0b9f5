namespace Harness.Experiments.Fuzzing;

/// <summary>What random programs are made of.</summary>
internal enum ProgramProfile
{
    /// <summary>Every instruction. The program of a seed stays what it is when the other profile gets more, so that thresholds of tests hold.</summary>
    Basic,

    /// <summary>
    /// Besides, code in <see cref="ProgramShapes"/>, more than two memories, memories with pages of one byte and tables with indices of 64 bits.
    /// This is what <c>harness fuzz</c> runs, unless it is told to take the other by <c>--source basic</c>.
    /// </summary>
    Full,
}
