namespace Harness.Engine.Runtime;

/// <summary>
/// Why an execution trapped (WebAssembly 3.0, section 4.6).
/// </summary>
public enum TrapKind : byte
{
    /// <summary>No trap.</summary>
    None,

    /// <summary>The <c>unreachable</c> instruction was executed.</summary>
    Unreachable,

    /// <summary>A load, store or bulk operation reached past the end of a memory.</summary>
    MemoryOutOfBounds,

    /// <summary>The address of an atomic access is not a multiple of its size.</summary>
    UnalignedAtomic,

    /// <summary>A wait at an address of a memory that is not shared, where nobody could end it.</summary>
    UnsharedMemory,

    /// <summary>A table access reached past the end of a table.</summary>
    TableOutOfBounds,

    /// <summary>An indirect call named an element past the end of its table.</summary>
    UndefinedElement,

    /// <summary>An indirect call named a null element.</summary>
    UninitializedElement,

    /// <summary>An indirect call found a function of another type.</summary>
    IndirectCallTypeMismatch,

    /// <summary>Integer division or remainder by zero.</summary>
    IntegerDivideByZero,

    /// <summary>Integer division or conversion whose result cannot be represented.</summary>
    IntegerOverflow,

    /// <summary>Conversion of a NaN to an integer.</summary>
    InvalidConversionToInteger,

    /// <summary><c>call_ref</c> of a null reference.</summary>
    NullFunctionReference,

    /// <summary><c>ref.as_non_null</c> or <c>ref.get_desc</c> of a null reference.</summary>
    NullReference,

    /// <summary>An access to a field of a null structure.</summary>
    NullStructure,

    /// <summary>An access to an element or the length of a null array.</summary>
    NullArray,

    /// <summary><c>i31.get</c> of a null reference.</summary>
    NullI31,

    /// <summary><c>throw_ref</c> of a null reference.</summary>
    NullException,

    /// <summary>A reference is not of the type that it is cast to.</summary>
    CastFailure,

    /// <summary>The descriptor that an object is to get, or is compared by, is null.</summary>
    NullDescriptor,

    /// <summary>A reference does not have the descriptor that it is cast by.</summary>
    DescriptorCastFailure,

    /// <summary>An array access reached past the end of the array.</summary>
    ArrayOutOfBounds,

    /// <summary>An access to a code unit past the end of a string.</summary>
    StringOutOfBounds,

    /// <summary>A number above 0x10FFFF was to become a string.</summary>
    InvalidCodePoint,

    /// <summary>The heap has reached its limit, or an array is larger than any can be.</summary>
    OutOfMemory,

    /// <summary>The call stack is used up.</summary>
    StackOverflow,

    /// <summary>Another thread asked the execution to stop, or the deadline of the store has come.</summary>
    Interrupted,

    /// <summary>The store's fuel is used up.</summary>
    OutOfFuel,

    /// <summary>
    /// The kind was left in the store context by a runtime function or a host function that failed; code sites use it
    /// where the cause is known only at run time.
    /// </summary>
    Pending,
}
