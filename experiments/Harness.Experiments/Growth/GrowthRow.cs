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

    /// <summary>Processor time of the compiling thread, in milliseconds: the least of all repetitions, by a compiler that has compiled the module before.</summary>
    [CsvColumn("compile_ms")]
    public required double CompileMs { get; init; }

    /// <summary>Page faults of the repetition with that time.</summary>
    [CsvColumn("page_faults")]
    public required long PageFaults { get; init; }

    /// <summary>How long these took at most, in milliseconds: as if each had given a page of memory that nobody on the machine had had before.</summary>
    [CsvColumn("page_fault_ms")]
    public required double PageFaultMs { get; init; }

    /// <summary>The same time of the first compilation, by a compiler without buffers, whose memory is new.</summary>
    [CsvColumn("first_compile_ms")]
    public required double FirstCompileMs { get; init; }

    /// <summary>Page faults of the first compilation.</summary>
    [CsvColumn("first_page_faults")]
    public required long FirstPageFaults { get; init; }

    /// <summary>Bytes that the first compilation allocated in all, machine code among them.</summary>
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

    /// <summary>How much of the time went to page faults at most.</summary>
    public double PageFaultShare => Math.Min(1, PageFaultMs / CompileMs);
}
