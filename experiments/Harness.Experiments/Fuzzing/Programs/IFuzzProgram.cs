namespace Harness.Experiments.Fuzzing.Programs;

/// <summary>A program whose behaviour is to be the same everywhere.</summary>
internal interface IFuzzProgram
{
    /// <summary>Who made it: one of <see cref="FuzzSource"/>.</summary>
    string Source { get; }

    /// <summary>What it was made from.</summary>
    ulong Seed { get; }

    /// <summary>The calls that make up one run of the program, in order.</summary>
    IReadOnlyList<ProgramCall> Calls { get; }

    /// <summary>The program in the binary format.</summary>
    byte[] Encode();

    /// <summary>A program that does the same and has no instructions that V8 does not have.</summary>
    byte[] EncodeForReference() => Encode();
}
