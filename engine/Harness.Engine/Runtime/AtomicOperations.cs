using Harness.Engine.Modules;
using Harness.Engine.X64;

namespace Harness.Engine.Runtime;

/// <summary>What an atomic instruction does with the value that it reads, in the order of the opcodes.</summary>
internal enum AtomicOperation : byte
{
    /// <summary>Adds the operand.</summary>
    Add,

    /// <summary>Subtracts the operand.</summary>
    Subtract,

    /// <summary>Keeps the bits that the operand has.</summary>
    And,

    /// <summary>Adds the bits that the operand has.</summary>
    Or,

    /// <summary>Inverts the bits that the operand has.</summary>
    Xor,

    /// <summary>Puts the operand in its place.</summary>
    Exchange,

    /// <summary>Puts the second operand in its place if it is equal to the first.</summary>
    CompareExchange,
}

/// <summary>The operations of atomic read-modify-write instructions, for both compilers.</summary>
internal static class AtomicOperations
{
    /// <summary>Each operation has a form for every width of both integer types.</summary>
    private const int Forms = 7;

    /// <summary>The operation of an instruction from <see cref="Opcode.I32AtomicRmwAdd"/> on.</summary>
    public static AtomicOperation Of(Opcode opcode) => (AtomicOperation)((opcode - Opcode.I32AtomicRmwAdd) / Forms);

    /// <summary>The processor's operation for one that it can only do in a loop.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The operation is another one.</exception>
    public static AluOp AluOf(AtomicOperation operation) => operation switch
    {
        AtomicOperation.And => AluOp.And,
        AtomicOperation.Or => AluOp.Or,
        AtomicOperation.Xor => AluOp.Xor,
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "not done in a loop"),
    };
}
