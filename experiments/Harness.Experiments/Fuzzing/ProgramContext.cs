using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing;

/// <summary>What the bodies of a program's functions have in common.</summary>
/// <param name="Program">The program.</param>
/// <param name="Signatures">The types of the functions that may be called; type index and position are the same.</param>
/// <param name="FunctionsBySignature">The functions of exactly each of them.</param>
/// <param name="Danger">In how many of 100 cases an operation is not protected against trapping.</param>
/// <param name="Emphasis">What the program does much of.</param>
/// <param name="Shapes">How much of the program is in shapes that are rare otherwise.</param>
internal sealed record ProgramContext(
    RandomProgram Program,
    List<ProgramSignature> Signatures,
    List<List<int>> FunctionsBySignature,
    int Danger,
    Emphasis Emphasis,
    ProgramShapes Shapes)
{
    /// <summary>The structures and arrays, by type index.</summary>
    public IReadOnlyList<int> Aggregates { get; } =
        [.. Enumerable.Range(0, Program.Types.Count).Where(index => Program.Types[index] is ProgramAggregate)];

    /// <summary>The arrays among them.</summary>
    public IReadOnlyList<int> Arrays { get; } =
        [.. Enumerable.Range(0, Program.Types.Count).Where(index => Program.Types[index] is ProgramAggregate { IsArray: true })];

    /// <summary>The fields by which objects of a type form lists: they may refer to another object of the type.</summary>
    public IReadOnlyList<(int Type, int Field)> Links { get; } = FindLinks(Program);

    /// <summary>The functions of each signature and its subtypes: what a reference of the signature's type may refer to.</summary>
    public IReadOnlyList<IReadOnlyList<int>> FunctionsBelow { get; } =
    [
        .. Enumerable.Range(0, Signatures.Count).Select(signature => Enumerable.Range(0, Signatures.Count)
            .Where(other => Program.IsSubtype(other, signature)).SelectMany(other => FunctionsBySignature[other]).ToList()),
    ];

    public ProgramAggregate Aggregate(int type) => (ProgramAggregate)Program.Types[type];

    /// <summary>Whether references of a type refer to functions.</summary>
    public bool IsFunction(ProgramType type) => type.Heap == ProgramType.FuncRef.Heap || (type.Heap >= 0 && type.Heap < Signatures.Count);

    /// <summary>Whether every structure or array of a type is what references of another type refer to.</summary>
    public bool IsBelow(int aggregate, ProgramType type) =>
        type.Heap == ProgramType.AnyRef.Heap
        || type.Heap == ProgramType.EqRef.Heap
        || type.Heap == (Aggregate(aggregate).IsArray ? ProgramType.ArrayRef.Heap : ProgramType.StructRef.Heap)
        || (type.Heap >= 0 && Program.IsSubtype(aggregate, type.Heap));

    /// <summary>The immutable globals of a type, whose values are known before the program runs.</summary>
    public IReadOnlyList<int> ConstantGlobals(ProgramType type) =>
        [.. Enumerable.Range(0, Program.Globals.Count).Where(index => !Program.Globals[index].Mutable && Program.Globals[index].Type == type)];

    private static (int Type, int Field)[] FindLinks(RandomProgram program) =>
    [
        .. from type in Enumerable.Range(0, program.Types.Count)
           let structure = program.Types[type] as ProgramAggregate
           where structure is { IsArray: false }
           from field in Enumerable.Range(0, structure.Fields.Length)
           let link = structure.Fields[field].Type
           where link.Heap >= 0 && link.Nullable && program.IsSubtype(type, link.Heap)
           select (type, field),
    ];
}
