namespace Harness.Experiments.Fuzzing;

/// <summary>What the bodies of a program's functions have in common.</summary>
/// <param name="Program">The program.</param>
/// <param name="Signatures">The types of the functions that may be called; type index and position are the same.</param>
/// <param name="FunctionsBySignature">The functions of each of them.</param>
/// <param name="Danger">In how many of 100 cases an operation is not protected against trapping.</param>
internal sealed record ProgramContext(
    RandomProgram Program, List<ProgramSignature> Signatures, List<List<int>> FunctionsBySignature, int Danger)
{
    /// <summary>The structures and arrays, by type index.</summary>
    public IReadOnlyList<int> Aggregates { get; } =
        [.. Enumerable.Range(0, Program.Types.Count).Where(index => Program.Types[index] is ProgramAggregate)];

    public ProgramAggregate Aggregate(int type) => (ProgramAggregate)Program.Types[type];

    /// <summary>Whether references of a type refer to functions.</summary>
    public bool IsFunction(ProgramType type) => type.Heap == ProgramType.FuncRef.Heap || (type.Heap >= 0 && type.Heap < Signatures.Count);

    /// <summary>Whether every structure or array of a type is what references of another type refer to.</summary>
    public bool IsBelow(int aggregate, ProgramType type)
    {
        var definition = Aggregate(aggregate);
        return type.Heap == aggregate
            || type.Heap == ProgramType.AnyRef.Heap
            || type.Heap == ProgramType.EqRef.Heap
            || type.Heap == (definition.IsArray ? ProgramType.ArrayRef.Heap : ProgramType.StructRef.Heap)
            || (definition.Supertype >= 0 && IsBelow(definition.Supertype, type));
    }
}
