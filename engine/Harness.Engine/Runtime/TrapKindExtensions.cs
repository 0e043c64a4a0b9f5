namespace Harness.Engine.Runtime;

/// <summary>The wording of traps.</summary>
public static class TrapKindExtensions
{
    /// <summary>The message of a trap, as the official test suite words it.</summary>
    /// <param name="kind">Any kind but <see cref="TrapKind.None"/> and <see cref="TrapKind.Pending"/>.</param>
    public static string Message(this TrapKind kind) => kind switch
    {
        TrapKind.Unreachable => "unreachable",
        TrapKind.MemoryOutOfBounds => "out of bounds memory access",
        TrapKind.UnalignedAtomic => "unaligned atomic",
        TrapKind.UnsharedMemory => "expected shared memory",
        TrapKind.TableOutOfBounds => "out of bounds table access",
        TrapKind.UndefinedElement => "undefined element",
        TrapKind.UninitializedElement => "uninitialized element",
        TrapKind.IndirectCallTypeMismatch => "indirect call type mismatch",
        TrapKind.IntegerDivideByZero => "integer divide by zero",
        TrapKind.IntegerOverflow => "integer overflow",
        TrapKind.InvalidConversionToInteger => "invalid conversion to integer",
        TrapKind.NullFunctionReference => "null function reference",
        TrapKind.NullReference => "null reference",
        TrapKind.NullStructure => "null structure reference",
        TrapKind.NullArray => "null array reference",
        TrapKind.NullI31 => "null i31 reference",
        TrapKind.NullException => "null exception reference",
        TrapKind.CastFailure => "cast failure",
        TrapKind.NullDescriptor => "null descriptor reference",
        TrapKind.DescriptorCastFailure => "descriptor cast failure",
        TrapKind.ArrayOutOfBounds => "out of bounds array access",
        TrapKind.StringOutOfBounds => "out of bounds string access",
        TrapKind.InvalidCodePoint => "invalid code point",
        TrapKind.OutOfMemory => "out of memory: the object is too large, or the heap has reached its limit (heap.limit)",
        TrapKind.StackOverflow => "call stack exhausted",
        TrapKind.Interrupted => "interrupted",
        TrapKind.OutOfFuel => "out of fuel",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a trap"),
    };
}
