namespace Harness.Engine.Vectors;

/// <summary>How the operations of a <see cref="VectorSelection"/> are put together. D is the result, A to C are the operands.</summary>
internal enum VectorRecipe : byte
{
    /// <summary>A constant, which the compilers load themselves.</summary>
    Constant,

    /// <summary>Sixteen bytes from memory.</summary>
    Load,

    /// <summary>The operation applied to memory.</summary>
    LoadPacked,

    /// <summary>A byte from memory in all lanes.</summary>
    Load8Splat,

    /// <summary>Two bytes from memory in all lanes.</summary>
    Load16Splat,

    /// <summary>Four bytes from memory in all lanes.</summary>
    Load32Splat,

    /// <summary>The low lane from memory, the rest zero.</summary>
    LoadScalar,

    /// <summary>Sixteen bytes to memory.</summary>
    Store,

    /// <summary>A lane to memory.</summary>
    StoreLane,

    /// <summary>An integer in all lanes of a byte.</summary>
    Splat8,

    /// <summary>An integer in all lanes of 16 bits.</summary>
    Splat16,

    /// <summary>An integer in all lanes of 32 bits.</summary>
    Splat32,

    /// <summary>An integer in both lanes of 64 bits.</summary>
    Splat64,

    /// <summary>D = op(A).</summary>
    Unary,

    /// <summary>D = op(A, immediate).</summary>
    UnaryImmediate,

    /// <summary>The operation on the upper half of A.</summary>
    ExtendHigh,

    /// <summary>An integer lane, zero-extended.</summary>
    Extract,

    /// <summary>An integer lane, sign-extended to 32 bits.</summary>
    ExtractSigned,

    /// <summary>A lane as an f32.</summary>
    ExtractF32,

    /// <summary>A lane as an f64.</summary>
    ExtractF64,

    /// <summary>Whether any bit is one.</summary>
    AnyTrue,

    /// <summary>Whether no lane is zero, by the comparison for equality that is the operation.</summary>
    AllTrue,

    /// <summary>The sign bits of bytes.</summary>
    BitMask8,

    /// <summary>The sign bits of lanes of 16 bits.</summary>
    BitMask16,

    /// <summary>The sign bits of lanes of 32 bits.</summary>
    BitMask32,

    /// <summary>The sign bits of lanes of 64 bits.</summary>
    BitMask64,

    /// <summary>The first recipe whose result is computed in the register of the first operand.</summary>
    FirstOverwriting,

    /// <summary>D = op(A, B).</summary>
    Binary = FirstOverwriting,

    /// <summary>D = op(A, B, immediate).</summary>
    BinaryImmediate,

    /// <summary>D = ~op(A, B).</summary>
    InvertedBinary,

    /// <summary>D = second(A, op(A, B)): a comparison of A with the minimum or maximum of both.</summary>
    EqualToExtremum,

    /// <summary>The inverse of <see cref="EqualToExtremum"/>.</summary>
    UnequalToExtremum,

    /// <summary>D = ~A.</summary>
    Not,

    /// <summary>D = (A &amp; C) | (B &amp; ~C).</summary>
    BitSelect,

    /// <summary>Bytes of A and B by constant numbers.</summary>
    Shuffle,

    /// <summary>Bytes of A by the numbers in B.</summary>
    Swizzle,

    /// <summary>An integer in one lane of A.</summary>
    Replace,

    /// <summary>An f32 in one lane of A.</summary>
    ReplaceF32,

    /// <summary>An f64 in one lane of A.</summary>
    ReplaceF64,

    /// <summary>A lane from memory.</summary>
    LoadLane,

    /// <summary>D = op(0, A), a subtraction.</summary>
    Negate,

    /// <summary>The absolute values of lanes of 64 bits.</summary>
    Absolute64,

    /// <summary>The numbers of ones in bytes.</summary>
    PopulationCount,

    /// <summary>A shift by an integer, of which the bits of the immediate count.</summary>
    Shift,

    /// <summary>A shift of bytes to the left.</summary>
    ShiftLeft8,

    /// <summary>A shift of signed bytes to the right.</summary>
    ShiftRightSigned8,

    /// <summary>A shift of unsigned bytes to the right.</summary>
    ShiftRightUnsigned8,

    /// <summary>A shift of signed lanes of 64 bits to the right.</summary>
    ShiftRightSigned64,

    /// <summary>Sums of neighbouring signed bytes.</summary>
    PairwiseSigned8,

    /// <summary>Sums of neighbouring unsigned bytes.</summary>
    PairwiseUnsigned8,

    /// <summary>Sums of neighbouring signed lanes of 16 bits.</summary>
    PairwiseSigned16,

    /// <summary>Sums of neighbouring unsigned lanes of 16 bits.</summary>
    PairwiseUnsigned16,

    /// <summary>Saturating multiplication of numbers with 15 bits behind the point.</summary>
    MultiplyQ15,

    /// <summary>Products of the lower bytes, extended by the operation.</summary>
    MultiplyLow8,

    /// <summary>Products of the upper bytes, extended by the operation.</summary>
    MultiplyHigh8,

    /// <summary>Products of 16 by 16 bits: the operation gives the high halves, the second one puts halves together.</summary>
    Multiply16,

    /// <summary>Products of 32 by 32 bits by the operation, of the lanes that the immediate of a shuffle takes.</summary>
    Multiply32,

    /// <summary>Products of 64 by 64 bits, of which the low halves count.</summary>
    Multiply64,

    /// <summary>The absolute values of floats.</summary>
    AbsoluteF32,

    /// <summary>Floats with the opposite sign.</summary>
    NegateF32,

    /// <summary>The smaller of each two floats, or a NaN.</summary>
    MinimumF32,

    /// <summary>The larger of each two floats, or a NaN.</summary>
    MaximumF32,

    /// <summary>The absolute values of doubles.</summary>
    AbsoluteF64,

    /// <summary>Doubles with the opposite sign.</summary>
    NegateF64,

    /// <summary>The smaller of each two doubles, or a NaN.</summary>
    MinimumF64,

    /// <summary>The larger of each two doubles, or a NaN.</summary>
    MaximumF64,

    /// <summary>D = A * B + C: operation and second operation.</summary>
    MultiplyAdd,

    /// <summary>D = C - A * B: operation and second operation.</summary>
    NegatedMultiplyAdd,

    /// <summary>Sums of four products of bytes, the first unsigned, plus C.</summary>
    DotAdd,

    /// <summary>Floats to signed integers, saturating.</summary>
    TruncateSigned,

    /// <summary>Floats to unsigned integers, saturating.</summary>
    TruncateUnsigned,

    /// <summary>Doubles to signed integers of 32 bits, saturating, the upper lanes zero.</summary>
    TruncateSignedF64,

    /// <summary>Doubles to unsigned integers of 32 bits, saturating, the upper lanes zero.</summary>
    TruncateUnsignedF64,

    /// <summary>Unsigned integers to floats.</summary>
    ConvertUnsigned,

    /// <summary>The lower unsigned integers to doubles.</summary>
    ConvertUnsignedF64,
}
