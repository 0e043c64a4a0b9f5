namespace Harness.Experiments.Fuzzing;

/// <summary>The makers of random programs.</summary>
internal static class FuzzSource
{
    /// <summary><see cref="ProgramGenerator"/>, in <see cref="ProgramProfile.Full"/>.</summary>
    public const string Own = "own";

    /// <summary>The same in <see cref="ProgramProfile.Basic"/>.</summary>
    public const string Basic = "basic";

    /// <summary><c>wasm-opt</c> of Binaryen.</summary>
    public const string Binaryen = "binaryen";

    /// <summary><see cref="DartPrograms.Generation.DartGenerator"/>, whose programs the Dart compiler compiles under several lowerings.</summary>
    public const string Dart = "dart";

    /// <summary><see cref="Mutation.Mutator"/>, whose modules need not be valid.</summary>
    public const string Mutate = "mutate";
}
