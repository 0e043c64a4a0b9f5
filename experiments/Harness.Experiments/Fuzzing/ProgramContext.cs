namespace Harness.Experiments.Fuzzing;

/// <summary>What the bodies of a program's functions have in common.</summary>
/// <param name="Program">The program.</param>
/// <param name="Signatures">The types of the functions that may be called; type index and position are the same.</param>
/// <param name="FunctionsBySignature">The functions of each of them.</param>
/// <param name="Danger">In how many of 100 cases an operation is not protected against trapping.</param>
internal sealed record ProgramContext(
    RandomProgram Program, List<ProgramSignature> Signatures, List<List<int>> FunctionsBySignature, int Danger);
