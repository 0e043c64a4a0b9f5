namespace Harness.Experiments.Fuzzing;

/// <summary>The makers of random programs.</summary>
internal static class FuzzSource
{
    /// <summary><see cref="ProgramGenerator"/>.</summary>
    public const string Own = "own";

    /// <summary><c>wasm-opt</c> of Binaryen.</summary>
    public const string Binaryen = "binaryen";

    /// <summary><see cref="Mutation.Mutator"/>, whose modules need not be valid.</summary>
    public const string Mutate = "mutate";
}
