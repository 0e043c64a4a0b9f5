using CsvHelper;

namespace Harness.Experiments.Growth;

/// <summary>What it cost to compile one module of a growing shape in one tier: a row of <c>growth.csv</c>.</summary>
[CsvRecord]
internal sealed partial record GrowthRow
{
    [CsvColumn("shape")]
    public required string Shape { get; init; }

    /// <summary><c>baseline</c>, with decoding and validation, or <c>optimizing</c>.</summary>
    [CsvColumn("tier")]
    public required string Tier { get; init; }

    /// <summary>The number that the shape grows with.</summary>
    [CsvColumn("size")]
    public required int Size { get; init; }

    [CsvColumn("module_bytes")]
    public required int ModuleBytes { get; init; }

    /// <summary>Processor time of the compiling thread, in milliseconds: the least of all repetitions.</summary>
    [CsvColumn("compile_ms")]
    public required double CompileMs { get; init; }

    /// <summary>Bytes that were allocated in all, machine code among them.</summary>
    [CsvColumn("allocated_bytes")]
    public required long AllocatedBytes { get; init; }

    [CsvColumn("code_bytes")]
    public required long CodeBytes { get; init; }

    /// <summary>The step of the optimizing compiler that took longest, and its share of the time.</summary>
    [CsvColumn("longest_step")]
    public required string LongestStep { get; init; }

    /// <summary>Why a function was not compiled; empty if all were.</summary>
    [CsvColumn("refusal")]
    public required string Refusal { get; init; }
}
