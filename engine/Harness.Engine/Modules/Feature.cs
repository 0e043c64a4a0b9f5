namespace Harness.Engine.Modules;

/// <summary>The step of WebAssembly's history with which an instruction came: the first version, or a proposal that extended it.</summary>
internal enum Feature : byte
{
    /// <summary>The first version, 1.0.</summary>
    Core,

    /// <summary>Sign-extension operators.</summary>
    SignExtension,

    /// <summary>Conversions of floats to integers that do not trap.</summary>
    SaturatingConversions,

    /// <summary>Bulk memory operations.</summary>
    BulkMemory,

    /// <summary>Reference types: <c>funcref</c> and <c>externref</c>, instructions on tables.</summary>
    ReferenceTypes,

    /// <summary>Tail calls.</summary>
    TailCalls,

    /// <summary>Typed function references.</summary>
    FunctionReferences,

    /// <summary>Structures, arrays and casts.</summary>
    GarbageCollection,

    /// <summary>Exceptions with <c>exnref</c>.</summary>
    Exceptions,

    /// <summary>Exceptions as they were before, which the standard has deprecated.</summary>
    LegacyExceptions,

    /// <summary>Vectors of 128 bits.</summary>
    Vectors,

    /// <summary>Vector instructions whose results may differ between processors.</summary>
    RelaxedVectors,

    /// <summary>Atomic instructions and shared memories.</summary>
    Threads,

    /// <summary>Sums, differences and products of 128 bits.</summary>
    WideArithmetic,

    /// <summary>Descriptors of structures, and exact types.</summary>
    CustomDescriptors,
}
