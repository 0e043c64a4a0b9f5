namespace Harness.Experiments.Fuzzing.Programs;

/// <summary>What may be done to a node when a program is reduced.</summary>
internal enum Reducibility
{
    /// <summary>It may be removed, replaced by a constant, or replaced by one of its operands.</summary>
    Free,

    /// <summary>It may be removed or replaced by a constant, as a whole.</summary>
    Whole,

    /// <summary>It has to stay: it bounds the running time of the program.</summary>
    Fixed,
}
