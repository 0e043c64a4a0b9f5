using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing;

/// <summary>The instructions that random programs choose from, by the kind of value that they give.</summary>
internal static class OperatorCatalog
{
    /// <summary>How names of instructions on lanes of floats end that move bits, or give masks.</summary>
    private static readonly string[] BitwiseSuffixes = ["splat", "replace_lane", ".eq", ".ne", ".lt", ".gt", ".le", ".ge"];

    private static readonly Dictionary<ValueKind, OpcodeInfo[]> OperatorsByResult = WithResult(ImmediateKind.None);
    private static readonly Dictionary<ValueKind, OpcodeInfo[]> LoadsByResult = WithResult(ImmediateKind.MemoryArgument);
    private static readonly ILookup<ValueKind, OpcodeInfo> AtomicsByResult = Atomics().Where(info => info.Results.Length == 1).ToLookup(info => info.Results[0]);

    private static readonly Dictionary<ValueKind, OpcodeInfo[]> VectorOperatorsByResult =
        Vectors(info => info.Immediates is ImmediateKind.None or ImmediateKind.Lane or ImmediateKind.Shuffle)
            .GroupBy(info => info.Results[0]).ToDictionary(group => group.Key, group => group.ToArray());

    /// <summary>The loads of vectors, those of single lanes among them.</summary>
    public static IReadOnlyList<OpcodeInfo> VectorLoads { get; } = [.. Vectors(info => info.NaturalAlignment >= 0 && info.Results.Length == 1)];

    /// <summary>The stores of vectors, those of single lanes among them.</summary>
    public static IReadOnlyList<OpcodeInfo> VectorStores { get; } = [.. Vectors(info => info.NaturalAlignment >= 0 && info.Results.Length == 0)];

    /// <summary>The comparisons of two numbers.</summary>
    public static IReadOnlyList<OpcodeInfo> Comparisons { get; } =
        [.. Where(info => info.Opcode is > Opcode.I32Eqz and <= Opcode.F64Ge && info.Parameters.Length == 2)];

    /// <summary>All stores but atomic ones.</summary>
    public static IReadOnlyList<OpcodeInfo> Stores { get; } =
        [.. Where(info => info.Immediates == ImmediateKind.MemoryArgument && info.Results.Length == 0)];

    /// <summary>All atomic stores.</summary>
    public static IReadOnlyList<OpcodeInfo> AtomicStores { get; } = [.. Atomics().Where(info => info.Results.Length == 0)];

    /// <summary>The numeric instructions whose result is of a kind.</summary>
    public static IReadOnlyList<OpcodeInfo> Operators(ValueKind result) => OperatorsByResult[result];

    /// <summary>The numeric instructions on two values of a kind whose result is of that kind.</summary>
    public static IReadOnlyList<OpcodeInfo> Arithmetic(ValueKind kind) =>
        [.. OperatorsByResult[kind].Where(info => info.Parameters is [var left, var right] && left == kind && right == kind)];

    /// <summary>The atomic instructions whose result, of a kind, comes from memory.</summary>
    public static IReadOnlyList<OpcodeInfo> AtomicReads(ValueKind result) => [.. AtomicsByResult[result]];

    /// <summary>The loads whose result is of a kind, but atomic ones.</summary>
    public static IReadOnlyList<OpcodeInfo> Loads(ValueKind result) => LoadsByResult[result];

    /// <summary>The instructions on vectors, without memory, whose result is of a kind; none for those that have none.</summary>
    public static IReadOnlyList<OpcodeInfo> VectorOperators(ValueKind result) => VectorOperatorsByResult.GetValueOrDefault(result, []);

    /// <summary>Whether an instruction on vectors computes floats, so that a NaN in the result may have any bits.</summary>
    public static bool MakesNaN(OpcodeInfo info) =>
        info.Results is [ValueKind.V128] && info.Name.StartsWith('f') && !BitwiseSuffixes.Any(suffix => info.Name.EndsWith(suffix, StringComparison.Ordinal));

    /// <summary>Whether an instruction divides, so that it traps where its last operand is zero.</summary>
    public static bool IsDivision(Opcode opcode) =>
        (OpcodeTable.Get(opcode).Traps & Traps.DivisionByZero) != 0;

    /// <summary>Whether an instruction converts a float to an integer and traps where it does not fit.</summary>
    public static bool IsTrappingConversion(Opcode opcode) =>
        (OpcodeTable.Get(opcode).Traps & Traps.InvalidConversion) != 0;

    /// <summary>Whether the result of an instruction depends on the bits of a NaN in its last operand.</summary>
    public static bool SeesBitsOfNaN(Opcode opcode) => opcode is
        Opcode.I32ReinterpretF32 or Opcode.I64ReinterpretF64 or Opcode.F32Copysign or Opcode.F64Copysign or Opcode.F32Store or Opcode.F64Store;

    /// <summary>Relaxed instructions are left out: engines may differ.</summary>
    private static IEnumerable<OpcodeInfo> Vectors(Func<OpcodeInfo, bool> condition) =>
        OpcodeTable.All.ToArray().Where(info => info.IsVector && !info.Name.Contains("relaxed", StringComparison.Ordinal) && condition(info));

    private static Dictionary<ValueKind, OpcodeInfo[]> WithResult(ImmediateKind immediates) =>
        Where(info => info.Immediates == immediates && info.Results.Length == 1)
            .GroupBy(info => info.Results[0]).ToDictionary(group => group.Key, group => group.ToArray());

    private static IEnumerable<OpcodeInfo> Where(Func<OpcodeInfo, bool> condition) =>
        OpcodeTable.All.ToArray().Where(info => info.HasSignature && !info.IsVector && !info.IsAtomic && info.Parameters.Length > 0 && condition(info));

    /// <summary>Loads, stores, and what reads and writes at once.</summary>
    private static IEnumerable<OpcodeInfo> Atomics() => OpcodeTable.All.ToArray().Where(info => info.Opcode >= Opcode.I32AtomicLoad);
}
